"""The ``zhiying`` command. Results go to standard output, all else to standard error."""

import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import IO, Any, TypeVar

import click
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from tqdm import tqdm

from nlp import Analyzer, NlpError
from recommend import MODELS, RecommendError
from service import evaluation, logs, sample
from service.config import Settings
from service.errors import InvalidRequestError, ServiceError
from service.files import count_lines, is_items, read_events, read_items, read_texts
from service.fitting import refit
from service.jobs import work_off
from service.models import Manifest
from service.openapi import OrjsonProvider
from service.pipeline import Fate
from service.routes.analysis import analysis_parts
from service.routes.recommendations import recommendations_out
from service.schemas import EVENT_TYPES, EventIn, ItemLine, RecommendationsOut, TextLine
from service.server import serve
from service.services import Services
from service.serving import Wish
from service.store import Store

T = TypeVar("T")

BATCH = 500
SAMPLE_ITEM = "course-edu-001"
PATH = click.Path(exists=True, dir_okay=False, path_type=Path)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class _Group(click.Group):
    """Turns the project's own errors into one line and exit status 1."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except ValidationError as error:
            fields = InvalidRequestError.of(error).errors
            raise click.ClickException(
                "; ".join(f"{f.pointer.strip('/')}: {f.detail}" for f in fields)
            ) from error
        except (ServiceError, NlpError, RecommendError, SQLAlchemyError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zhiying")
@click.option("--home", type=click.Path(path_type=Path), help="Folder of the data.")
@click.option("--database-url", help="SQLAlchemy URL instead of SQLite in that folder.")
@click.pass_context
def main(context: click.Context, home: Path | None, database_url: str | None) -> None:
    """知影: analyse Chinese course text, and recommend from it.

    Settings come from ZHIYING_… variables (docs/settings.md); options win.
    """
    context.obj = _override(Settings(), {"home": home, "database_url": database_url})
    logs.configure(context.obj.log_level)


@main.command("serve")
@click.option("--host")
@click.option("--port", type=int)
@click.option("--workers", type=int)
@click.option("--threads", type=int)
@click.pass_obj
def serve_command(settings: Settings, /, **given: Any) -> None:
    """Serve HTTP until interrupted."""
    serve(_override(settings, given), on_ready=_announce)


@main.command()
@click.option("--port", type=int)
@click.option("--serve/--no-serve", "then_serve", default=True, help="Serve at the end.")
@click.pass_obj
def demo(settings: Settings, port: int | None, then_serve: bool) -> None:
    """Load the sample catalogue, fit, show what comes out, and serve it."""
    settings = _override(settings, {"port": port})
    services = Services.build(settings)
    items = sample.catalogue()
    _put(services, items, len(items), "items")
    events = list(sample.learners(items))
    _add(services, events, len(events), "events")
    manifest = _fit(services)
    _say(f"model {manifest.version}: {manifest.n_users} users, {manifest.n_items} items")
    _show_example(services, _sample_user(events), next(i for i in items if i.id == SAMPLE_ITEM))
    if then_serve:
        services.store.close()
        serve(settings, on_ready=_announce)


@main.command()
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option(
    "--type",
    "type_",
    default="enrol",
    type=click.Choice(EVENT_TYPES),
    help="Type of the events of a CSV file.",
)
@as_json
@click.pass_obj
def load(settings: Settings, files: tuple[Path, ...], type_: str, as_json: bool) -> None:
    """Load items (JSONL) and events (JSONL, or CSV with user,item) into the store.

    Files of items first. Loading a file again changes nothing.
    """
    services = Services.build(settings)
    counts = {"new": 0, "unchanged": 0, "refused": 0}
    for path in sorted(files, key=lambda p: not is_items(p)):
        if is_items(path):
            fates = _put(services, read_items(path), count_lines(path), path.name)
        else:
            fates = _add(services, read_events(path, type_), count_lines(path), path.name)
        for fate in fates:
            counts[{201: "new", 200: "unchanged"}.get(fate.status, "refused")] += 1
            if fate.error is not None:
                _say(f"{path.name}: {fate.error.detail}")
    _print(counts if as_json else "  ".join(f"{n}: {c}" for n, c in counts.items()))


@main.command()
@click.argument("files", nargs=-1, type=PATH)
@click.option("--title", default="", help="Title of the text on standard input.")
@click.option("-o", "--output", type=click.File("wb"), default="-", help="File to write.")
@click.option("-j", "--jobs", default=1, show_default=True, help="Processes.")
def analyze(files: tuple[Path, ...], title: str, output: IO[bytes], jobs: int) -> None:
    """Analyse text files, JSONL files or standard input; writes JSON lines."""
    if files:
        texts = [text for path in files for text in read_texts(path)]
    else:
        texts = [TextLine(text=sys.stdin.read().replace("\0", ""), title=title)]
    with _mapper(jobs) as run:
        for line in _bar(run(_analysed, texts), len(texts), "texts"):
            output.write(line + b"\n")


@main.command()
@click.option("--auto", is_flag=True, help="Choose the parameters on a validation split.")
@as_json
@click.pass_obj
def fit(settings: Settings, auto: bool, as_json: bool) -> None:
    """Fit the model on all that is stored and put it into service."""
    manifest = _fit(Services.build(settings), auto=auto)
    if as_json:
        _print(manifest)
    else:
        _print(f"{manifest.version}: {manifest.n_users} users × {manifest.n_items} items")


@main.command(hidden=True)
@click.pass_obj
def work(settings: Settings) -> None:
    """Work off the queue of jobs; the server starts this."""
    work_off(settings)


@main.command()
@click.argument("user")
@click.option("-n", default=10, show_default=True, type=click.IntRange(1, 1000))
@click.option("--explain", is_flag=True, help="Say why.")
@as_json
@click.pass_obj
def recommend(settings: Settings, user: str, n: int, explain: bool, as_json: bool) -> None:
    """What is next for USER."""
    services = Services.build(settings)
    picks = services.serving.for_user(user, Wish(n=n, explain=explain))
    out = recommendations_out(picks, explain)
    _print(out if as_json else _table(out))


@main.group()
def evaluate() -> None:
    """Measure on held-out data."""


@evaluate.command("recommend")
@click.option("--items", required=True, type=PATH)
@click.option("--interactions", required=True, type=PATH)
@click.option("--split", default="random", type=click.Choice(evaluation.SPLITS), show_default=True)
@click.option("--models", default=",".join(MODELS), show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--n", default=10, show_default=True, type=click.IntRange(1, 100))
@click.option(
    "--merge",
    default="text_group",
    show_default=True,
    help="Items with the same value >= 0 of this field are one; '' merges none.",
)
@click.option("--min-value", type=float, help="Drop interactions of a lower value.")
@as_json
def evaluate_recommend(
    items: Path, interactions: Path, models: str, as_json: bool, **options: Any
) -> None:
    """Compare the models in one table: full ranking, seen items masked, 95 % intervals."""
    with tqdm(total=100, desc="evaluate", disable=None, file=sys.stderr) as bar:
        result = evaluation.evaluate_recommend(
            items,
            interactions,
            models=[m for m in models.split(",") if m],
            progress=lambda share: _move(bar, share),
            **options,
        )
    _print(result if as_json else evaluation.table(result))


@main.group()
def db() -> None:
    """Look after the database."""


@db.command()
@as_json
@click.pass_obj
def upgrade(settings: Settings, as_json: bool) -> None:
    """Bring the schema to this program's version."""
    revision = Store(settings.url).upgrade()
    _print({"revision": revision} if as_json else revision)


def _override(settings: Settings, given: dict[str, Any]) -> Settings:
    chosen = {name: value for name, value in given.items() if value is not None}
    return Settings.model_validate(settings.model_dump() | chosen)


def _put(services: Services, items: Iterable[Any], total: int, name: str) -> list[Fate]:
    return _in_batches(services.pipeline.put_items, items, total, name)


def _add(services: Services, events: Iterable[Any], total: int, name: str) -> list[Fate]:
    add = services.pipeline.add_events
    return _in_batches(lambda batch: add(batch, repeatable=True), events, total, name)


def _in_batches(
    write: Callable[[list[T]], list[Fate]], rows: Iterable[T], total: int, name: str
) -> list[Fate]:
    fates: list[Fate] = []
    rows = iter(_bar(rows, total, name))
    while batch := list(islice(rows, BATCH)):
        fates.extend(write(batch))
    return fates


def _fit(services: Services, *, auto: bool = False) -> Manifest:
    with tqdm(total=100, desc="fit", disable=None, file=sys.stderr) as bar:
        return refit(
            services.store,
            services.models,
            auto=auto,
            half_life_days=services.settings.half_life_days,
            keep=services.settings.keep_models,
            progress=lambda share: _move(bar, share),
        )


def _analysed(text: TextLine) -> bytes:
    analysis = Analyzer.default().analyze(text.text, title=text.title)
    return OrjsonProvider.encode({"id": text.id, **analysis_parts(analysis)})


class _mapper:  # noqa: N801
    """``map`` in this process, or over several."""

    def __init__(self, jobs: int) -> None:
        self.pool = ProcessPoolExecutor(jobs) if jobs > 1 else None

    def __enter__(self) -> Callable[..., Iterator[Any]]:
        if self.pool is None:
            return map
        pool = self.pool
        return lambda function, rows: pool.map(function, rows, chunksize=32)

    def __exit__(self, *_: object) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)


def _bar(rows: Iterable[T], total: int, name: str) -> Iterable[T]:
    return tqdm(rows, total=total, desc=name, disable=None, file=sys.stderr)


def _move(bar: Any, share: float) -> None:
    bar.update(round(100 * share) - bar.n)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _print(value: Any) -> None:
    click.echo(value if isinstance(value, str) else OrjsonProvider.encode(value).decode())


def _announce(address: str) -> None:
    _say(f"知影 listens on {address}   documentation: {address}/docs/")


def _table(out: RecommendationsOut) -> str:
    lines = []
    for item in out.items:
        lines.append(
            f"{item.rank:>3}  {item.score:8.4f}  {item.source:<10}  {item.title or item.id}"
        )
        lines.extend(
            f"     {reason.contribution:+8.4f}  {reason.text}" for reason in item.reasons or ()
        )
    return "\n".join(lines) or (out.short_reason or "nothing to recommend")


def _sample_user(events: list[EventIn]) -> str:
    """The first learner with enough of a history to say something, and not too much to read."""
    taken: dict[str, set[str]] = {}
    for event in events:
        taken.setdefault(event.user, set()).add(event.item)
    return next(user for user, items in taken.items() if 5 <= len(items) <= 8)


def _show_example(services: Services, user: str, item: ItemLine) -> None:
    analysis = services.analyzer.analyze(item.text, title=item.title)
    _print(f"\n《{item.title}》\n{item.text}\n")
    _print("标签  " + "  ".join(f"{t.text} {t.weight:.2f}" for t in analysis.tags[:8]))
    subjects = (f"{t.label} {t.probability:.2f}" for t in analysis.topics["subject"][:3])
    _print("主题  " + ("  ".join(subjects) or "不确定"))
    if analysis.sentiment is not None:
        _print(f"情感  {analysis.sentiment.label} {analysis.sentiment.polarity:.2f}")
    for point in analysis.key_points[:3]:
        _print(f"要点  [{point.role}] {point.text}")
    log = services.store.events.of_user(user)
    names = [services.store.items.get(i) for i in dict.fromkeys(log.item)]
    _print(f"\n{user} 学过：" + "、".join(i.title for i in names if i is not None))
    _print(f"推荐给 {user}：")
    picks = services.serving.for_user(user, Wish(n=5, explain=True))
    _print(_table(recommendations_out(picks, explain=True)))
