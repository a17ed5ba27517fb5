"""Many texts analysed: batches on all cores or a Dask cluster, results in the order of the input.

At most a few batches a worker are under way, so memory does not grow with the input.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import parent_process
from pathlib import Path
from typing import Any, Protocol

from nlp import Analyzer
from service.errors import MissingExtraError, ServiceError
from service.inputs import InputText, Read
from service.outputs import (
    OutputFormat,
    Place,
    ResumeError,
    csv_line,
    flat_row,
    json_line,
)
from service.packs import DEFAULT, load_trade
from service.schemas.analysis import Part
from service.text_models import TextModels

_BATCH_TEXTS, _BATCH_CHARACTERS = 32, 100_000
_AHEAD = 3  # batches under way for each worker


class SchedulerError(ServiceError, OSError):
    """No Dask scheduler answers at the address."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is done to each text; small, and sent to the workers."""

    include: tuple[Part, ...]
    topics: tuple[str, ...]
    sentiment: str | None
    text_models: Path
    format: OutputFormat
    pack: str = DEFAULT


@cache
def analyzer_of(work: Work) -> Analyzer:
    """The analyser with the named models; a process loads it once.

    Raises
    ------
    UnknownError, ModelFileError
        See :meth:`service.text_models.TextModels.get`.
    """
    named = TextModels(work.text_models)
    return named.analyzer(load_trade(work.pack).analyzer, work.topics, work.sentiment)


Batch = Sequence[Read]
#: encoded lines, or rows of a table, one for each text that could be read
Results = list[Any]


def analysed(work: Work, texts: Sequence[InputText]) -> Results:
    """Results of texts: what a worker runs."""
    analyses = analyzer_of(work).analyze_many((text.text, text.title) for text in texts)
    results: Results = []
    for text, analysis in zip(texts, analyses, strict=True):
        if work.format == "jsonl":
            results.append(json_line(text, analysis, work.include))
        else:
            row = flat_row(text, analysis, work.include)
            results.append(csv_line(row) if work.format == "csv" else row)
    return results


class Future(Protocol):
    """A result to come, of a process pool or of Dask."""

    def result(self) -> Results:
        """Wait for it."""


Submit = Callable[[Work, Sequence[InputText]], Future]


def run(
    work: Work, texts: Iterable[Read], *, jobs: int, scheduler: str | None = None
) -> Iterator[tuple[Batch, Results]]:
    """Analyse texts; each batch with its results, in order, whatever `jobs` is.

    Parameters
    ----------
    work : Work
    texts : iterable
        Read as needed.
    jobs : int
        Processes of this machine; 1 works in this one.
    scheduler : str, optional
        Address of a Dask cluster, whose workers have this package installed and see the
        folder of the text models.
    """
    analyzer_of(work)  # before the fork: shared by the processes, and unknown names are told here
    waiting = _batches(texts)
    if scheduler is None:
        first = next(waiting, None)
        second = next(waiting, None)
        waiting = _chain([b for b in (first, second) if b is not None], waiting)
        if jobs == 1 or second is None:
            yield from ((batch, analysed(work, _readable(batch))) for batch in waiting)
            return
        pool: AbstractContextManager[tuple[Submit, int]] = _processes(jobs)
    else:
        pool = _dask(scheduler)
    with pool as (submit, workers):
        under_way: deque[tuple[Batch, Future]] = deque()
        for batch in waiting:
            under_way.append((batch, submit(work, _readable(batch))))
            if len(under_way) >= _AHEAD * workers:
                batch, future = under_way.popleft()
                yield batch, future.result()
        while under_way:
            batch, future = under_way.popleft()
            yield batch, future.result()


def after(texts: Iterable[Read], place: Place) -> Iterator[Read]:
    """The texts behind a place. Raises `ResumeError` if the place is not among them."""
    rows = iter(texts)
    for text in rows:
        if isinstance(text, InputText) and (text.file, text.line) == (place.file, place.line):
            return rows
    raise ResumeError(
        f"the output ends with {place.file}, line {place.line}, which the input lacks: start anew"
    )


def all_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _processes(jobs: int) -> Iterator[tuple[Submit, int]]:
    pool = ProcessPoolExecutor(jobs, initializer=_end_with_parent)
    try:
        yield lambda work, texts: pool.submit(analysed, work, texts), jobs
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Let a worker end when its starter is killed, rather than wait for work for ever."""
    parent = parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _dask(address: str) -> Iterator[tuple[Submit, int]]:
    try:
        from distributed import Client
    except ImportError:
        raise MissingExtraError("--scheduler", "dask") from None
    try:
        client = Client(address, set_as_default=False, timeout=10)
    except (OSError, ValueError) as error:
        raise SchedulerError(f"scheduler: cannot reach {address!r}: {error}") from None
    with client:
        workers = max(1, sum(client.nthreads().values()))
        yield lambda work, texts: client.submit(analysed, work, texts, pure=False), workers


def _readable(batch: Batch) -> list[InputText]:
    return [text for text in batch if isinstance(text, InputText)]


def _batches(texts: Iterable[Read]) -> Iterator[Batch]:
    batch: list[Read] = []
    characters = 0
    for text in texts:
        batch.append(text)
        characters += len(text.text) if isinstance(text, InputText) else 0
        if len(batch) >= _BATCH_TEXTS or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _chain(first: Iterable[Batch], rest: Iterator[Batch]) -> Iterator[Batch]:
    yield from first
    yield from rest
