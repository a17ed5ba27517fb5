"""``zhiying analyze``."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import IO, Any

import click

from nlp import Analyzer
from service.cli.common import PATH, bar
from service.files import read_texts
from service.openapi import OrjsonProvider
from service.routes.analysis import analysis_parts
from service.schemas import TextLine


@click.command("analyze")
@click.argument("files", nargs=-1, type=PATH)
@click.option("--title", default="", help="Title of the text on standard input.")
@click.option("-o", "--output", type=click.File("wb"), default="-", help="File to write.")
@click.option("-j", "--jobs", default=1, show_default=True, help="Processes.")
def command(files: tuple[Path, ...], title: str, output: IO[bytes], jobs: int) -> None:
    """Analyse text files, JSONL files or standard input; writes JSON lines."""
    if files:
        texts = [text for path in files for text in read_texts(path)]
    else:
        texts = [TextLine(text=sys.stdin.read().replace("\0", ""), title=title)]
    with _mapper(jobs) as run:
        for line in bar(run(_analysed, texts), len(texts), "texts"):
            output.write(line + b"\n")


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
