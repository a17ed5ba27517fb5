"""``zhiying brief``."""

import re
from contextlib import closing
from pathlib import Path

import click

from service.brief_out import brief_out
from service.briefs import Brief
from service.cli.common import as_json, say, show, spoken
from service.config import Settings
from service.messages import Language, reasons, terminal
from service.messages import brief as said
from service.pages import brief_page
from service.schemas.brief import BriefOut
from service.services import Services

_CHINESE = re.compile("[\u4e00-\u9fff]")


@click.command("brief")
@click.argument("source", metavar="ITEM|FILE")
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page to print to this file.",
)
@click.option("--title", help="Title of the text; of a file, its name if that is Chinese.")
@as_json
@click.pass_obj
def command(
    settings: Settings, source: str, page: Path | None, title: str | None, as_json: bool
) -> None:
    """A screen-adaptation brief of a stored ITEM, or of a text FILE.

    An item of that id comes before a file of that name.
    """
    services, language = Services.build(settings), spoken(settings)
    with closing(services.store):
        out = brief_out(_brief(services, source, title, language), language)
    if page is not None:
        page.write_text(brief_page(out, language), "utf-8")
        say(f"wrote {page}")
    if as_json or page is None:
        show(out if as_json else brief_as_text(out, language))


def _brief(services: Services, source: str, title: str | None, language: Language) -> Brief:
    item, path = services.store.items.get(source), Path(source)
    if item is not None and title is not None:
        raise click.BadParameter(terminal.TITLE_OF_ITEM.say(language, source=source))
    if item is not None:
        return services.briefs.of_item(item)
    if not path.is_file():
        raise click.BadParameter(terminal.NO_SOURCE.say(language, source=source))
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        told = terminal.NOT_UTF8.say(language, path=path, reason=error.reason)
        raise click.BadParameter(told) from None
    if title is None:
        # "script" or "ch01" says nothing of the text, but would weigh as a title
        title = path.stem if _CHINESE.search(path.stem) else ""
    return services.briefs.of_text(title, text, {})


def brief_as_text(out: BriefOut, language: Language) -> str:
    """A brief for reading on a terminal."""

    def say(name: str, **facts: object) -> str:
        return said.PAGE[name].say(language, **facts)

    low, high = out.length.minutes
    topic, chance = out.form.topic.label or say("unsure"), out.form.topic.probability
    lines = [
        out.title or out.id or say("untitled"),
        f"{say('topic')}  {topic}" + ("" if chance is None else f" ({chance:.2f})"),
        f"{say('form')}  {out.form.form}{say('remark', why=out.form.why)}",
        f"{say('length')}  {say('minutes', low=low, high=high)}"
        + say("remark", why=out.length.why),
    ]
    if out.tone is not None:
        lines.append(f"{say('tone')}  {out.tone.text}")
    for beat in out.beats:
        lines.append(f"{beat.label}  {beat.text}  [{beat.start}:{beat.end}]  {beat.why}")
    for person in out.characters:
        share = "" if person.share is None else say("by_audience", share=person.share)
        lines.append(f"{person.label}  {person.name}{share}")
    lines += [f"{say('lacks')}  {m.label}{say('colon')}{m.why}" for m in out.missing]
    for film in out.comparable:
        name = reasons.TITLE.say(language, title=film.title or film.id)
        lines.append(
            f"{say('comparable')}  {name} {film.form or ''} {say('like')} {film.similarity:.2f}"
        )
    return "\n".join(lines)
