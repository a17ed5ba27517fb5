"""``zhiying analyze``."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import click
import orjson
from tqdm import tqdm

from service.bulk_analysis import Batch, Work, after, all_cores, analyzer_of, run
from service.cli.common import say
from service.config import Settings
from service.files import FileFormatError
from service.inputs import FORMATS, STANDARD_INPUT, Format, InputText, Source, count, sources, texts
from service.outputs import (
    OUTPUT_FORMATS,
    LineWriter,
    OutputFormat,
    ParquetWriter,
    ResumeError,
    Writer,
    flat_row,
    json_line,
    last_place,
)
from service.routes.analysis import PARTS
from service.schemas.analysis import Part

_EXISTING = click.Path(exists=True, allow_dash=True, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("analyze")
@click.argument("paths", nargs=-1, type=_EXISTING)
@click.option("--title", default="", help="Title of texts that have none.")
@click.option("-o", "--output", type=_FILE, help="File to write; standard output if left out.")
@click.option(
    "--to", "format_", type=click.Choice(OUTPUT_FORMATS), help="Format; by the output's suffix."
)
@click.option(
    "--from",
    "given",
    type=click.Choice(FORMATS),
    help="How to read standard input and other suffixes.",
)
@click.option("--include", multiple=True, type=click.Choice(PARTS), help="Only these parts.")
@click.option("--topics", multiple=True, help="A trained topic model by name; may be repeated.")
@click.option("--sentiment", help="A trained sentiment model by name.")
@click.option("-j", "--jobs", type=click.IntRange(1), help="Processes; all cores if left out.")
@click.option("--scheduler", help="Address of a Dask cluster, such as tcp://host:8786.")
@click.option("--resume", is_flag=True, help="Go on where a broken run into OUTPUT stopped.")
@click.option("--errors", type=_FILE, help="File for lines that could not be read, as JSON.")
@click.pass_obj
def command(
    settings: Settings,
    /,
    paths: tuple[Path, ...],
    title: str,
    output: Path | None,
    format_: OutputFormat | None,
    given: Format | None,
    include: tuple[Part, ...],
    topics: tuple[str, ...],
    sentiment: str | None,
    jobs: int | None,
    scheduler: str | None,
    resume: bool,
    errors: Path | None,
) -> None:
    """Analyse files, folders or standard input into JSON lines, CSV or Parquet.

    Reads .txt, .md, .html and subtitles (.srt, .vtt) whole, in UTF-8, UTF-16 or GBK; .jsonl
    ({"text", "title"?, "id"?}) and .csv (columns text, title, id) by the line, in UTF-8; and
    folders of these. Results stand in the order of the input; a line that cannot be read is
    named, and the rest goes on.
    """
    format_ = format_ or _by_suffix(output)
    if resume and (output is None or format_ == "parquet"):
        raise click.UsageError("--resume needs -o with a .jsonl or .csv file")
    if format_ == "parquet" and output is None:
        raise click.UsageError("Parquet needs a file: -o FILE")
    work = Work(include, topics, sentiment, settings.text_models, format_, settings.pack)
    found = _others(sources(paths or [STANDARD_INPUT], given), output, errors)
    rows: Iterator[Any] = texts(found, title=title)
    example, columns = _shape(work)
    continued = False
    if resume and output is not None:
        place = last_place(output, format_, columns)
        if place is not None:
            _same_version(work, place.version)
            rows, continued = after(rows, place), True
    with ExitStack() as stack:
        head = columns if format_ == "csv" and not continued else ()
        writer = _writer(output, format_, example, head, continued)
        stack.callback(writer.close)
        refusals = _Refusals(errors, append=resume)
        stack.callback(refusals.close)
        total = count(found) if sys.stderr.isatty() else None
        bar = stack.enter_context(tqdm(total=total, desc="texts", disable=None, file=sys.stderr))
        for batch, results in run(work, rows, jobs=jobs or all_cores(), scheduler=scheduler):
            refusals.tell(batch)
            writer.write(results)
            bar.update(len(batch))
    if refusals.n:
        say(f"{refusals.n} lines could not be read")


class _Refusals:
    """Lines that could not be read: to standard error, or as JSON lines into a file."""

    def __init__(self, path: Path | None, *, append: bool) -> None:
        self.file = None if path is None else path.open("ab" if append else "wb")
        self.n = 0

    def tell(self, batch: Batch) -> None:
        for error in batch:
            if not isinstance(error, FileFormatError):
                continue
            self.n += 1
            if self.file is None:
                tqdm.write(str(error), file=sys.stderr)
            else:
                line = {"file": str(error.path), "line": error.line, "error": error.reason}
                self.file.write(orjson.dumps(line) + b"\n")
                self.file.flush()

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


def _others(found: list[Source], *written: Path | None) -> list[Source]:
    """The sources but for what this run writes, which may lie in a folder it reads."""
    outputs = {path.resolve() for path in written if path is not None}
    kept = [s for s in found if s.path == STANDARD_INPUT or s.path.resolve() not in outputs]
    if not kept:
        raise click.UsageError("the output is the only input: give it another name")
    return kept


def _by_suffix(output: Path | None) -> OutputFormat:
    suffix = "" if output is None else output.suffix.lower()
    return {".csv": "csv", ".parquet": "parquet"}.get(suffix, "jsonl")  # type: ignore[return-value]


def _shape(work: Work) -> tuple[dict[str, Any], list[str]]:
    """An example row, and the names of what each result has."""
    nothing = InputText("", 1, None, "", "")
    analysis = analyzer_of(work).analyze("")
    row = flat_row(nothing, analysis, work.include)
    if work.format == "jsonl":
        return row, list(orjson.loads(json_line(nothing, analysis, work.include)))
    return row, list(row)


def _same_version(work: Work, version: str) -> None:
    now = analyzer_of(work).version
    if version != now:
        raise ResumeError(f"the output was made by analyser {version}, this is {now}: start anew")


def _writer(
    output: Path | None,
    format_: OutputFormat,
    example: dict[str, Any],
    columns: Sequence[str],
    continued: bool,
) -> Writer:
    if output is None:
        return LineWriter(_Kept(sys.stdout.buffer), columns)  # type: ignore[arg-type]
    if format_ == "parquet":
        return ParquetWriter(output, example)
    file: IO[bytes] = output.open("ab" if continued else "wb")
    return LineWriter(file, columns)


class _Kept:
    """A stream of others, which stays open."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.writelines, self.write, self.flush = stream.writelines, stream.write, stream.flush

    def close(self) -> None:
        self.flush()
