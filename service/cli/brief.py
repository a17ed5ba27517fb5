"""``zhiying brief``."""

from contextlib import closing
from pathlib import Path

import click

from service.brief_out import LABELS, brief_out
from service.briefs import Brief
from service.cli.common import as_json, say, show
from service.config import Settings
from service.pages import brief_page
from service.schemas.brief import BriefOut
from service.services import Services


@click.command("brief")
@click.argument("source", metavar="ITEM|FILE")
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page to print to this file.",
)
@as_json
@click.pass_obj
def command(settings: Settings, source: str, page: Path | None, as_json: bool) -> None:
    """A screen-adaptation brief of a stored ITEM, or of a text FILE named by its title.

    An item of that id comes before a file of that name.
    """
    services = Services.build(settings)
    with closing(services.store):
        out = brief_out(_brief(services, source))
    if page is not None:
        page.write_text(brief_page(out), "utf-8")
        say(f"wrote {page}")
    if as_json or page is None:
        show(out if as_json else brief_as_text(out))


def _brief(services: Services, source: str) -> Brief:
    item, path = services.store.items.get(source), Path(source)
    if item is not None:
        return services.briefs.of_item(item)
    if not path.is_file():
        raise click.BadParameter(f"found no item and no file {source!r}, needs one of them")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{path}: found {error.reason}, needs UTF-8") from None
    return services.briefs.of_text(path.stem, text, {})


def brief_as_text(out: BriefOut) -> str:
    """A brief for reading on a terminal."""
    low, high = out.length.minutes
    lines = [
        out.title or out.id or "",
        f"形式  {out.form.form}（{out.form.why}）",
        f"时长  {low:g}–{high:g} 分钟（{out.length.why}）",
    ]
    if out.tone is not None:
        lines.append(f"基调  {out.tone.mood}，{out.tone.shape}")
    lines += [f"{LABELS[b.beat]}  {b.text}  [{b.start}:{b.end}，{b.why}]" for b in out.beats]
    lines += [f"{c.label}  {c.name}" for c in out.characters]
    lines += [f"缺  {m.label}：{m.why}" for m in out.missing]
    lines += [
        f"参考  《{c.title or c.id}》 {c.form or ''} 相似 {c.similarity:.2f}"
        for c in out.comparable
    ]
    return "\n".join(lines)
