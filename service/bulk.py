"""Streams of lines: NDJSON in, one answer a line out, in constant memory.

The whole request is read before the first answer is sent: a client that sends all and then
reads would otherwise wait for the server while the server waits for it. The answers wait on
disk meanwhile. Each batch is durable before its answers are written down.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from service import messages
from service.errors import (
    BodyTooLargeError,
    InvalidRequestError,
    NotJsonError,
    ServiceError,
)
from service.messages import Language
from service.openapi import OrjsonProvider
from service.pipeline import Fate
from service.schemas.base import LineError, LineOut
from service.strictjson import parse_json

T = TypeVar("T")

_MEMORY = 1 << 20
#: a batch ends with the line that makes it so long, in bytes: texts of books are analysed for
#: seconds, and what is durable should not wait for hundreds of them
BATCH_BYTES = 1 << 20
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Line(Generic[T]):
    """One line of a request: its 1-based number, its value, and its length in bytes."""

    number: int
    value: T
    size: int = 0


@dataclass(frozen=True, slots=True)
class BadLine:
    """One line that has no value: why not, and the id it came with if that could be read."""

    number: int
    error: ServiceError
    id: str | None = None
    size: int = 0


def read_lines(
    stream: IO[bytes], adapter: TypeAdapter[T], *, max_bytes: int
) -> Iterator[Line[T] | BadLine]:
    r"""Parse and validate each line; blank lines are passed over, bad ones carry their error.

    Examples
    --------
    >>> import io
    >>> lines = read_lines(io.BytesIO(b'1\n\nx\n'), TypeAdapter(int), max_bytes=100)
    >>> [(line.number, isinstance(line, Line)) for line in lines]
    [(1, True), (3, False)]
    """
    for number, raw in enumerate(_raw_lines(stream, max_bytes), start=1):
        if raw is None:
            error = BodyTooLargeError(messages.LINE_TOO_LARGE, limit=max_bytes)
            yield BadLine(number, error)
        elif raw.strip():
            yield _parse(number, raw, adapter)


def answer_lines(
    lines: Iterator[Line[T] | BadLine],
    handle: Callable[[Sequence[T]], Sequence[Fate]],
    *,
    batch: int,
    language: Language,
) -> IO[bytes]:
    """Handle lines batch by batch; the answers, in order, as a file at its start.

    An exception on the way is given `durable_lines`: the number of the last line whose fate is
    settled. Who sends the lines after it again has sent everything.
    """
    return spooled(_answers(lines, handle, batch, language))


def spooled(lines: Iterable[bytes]) -> IO[bytes]:
    """All lines, on disk when they are many, as a file at its start."""
    answers: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_MEMORY)  # noqa: SIM115
    try:
        answers.writelines(lines)
        answers.seek(0)
    except BaseException:
        answers.close()
        raise
    return answers


def stream(answers: IO[bytes]) -> Iterator[bytes]:
    """The file piece by piece; closed at the end."""
    with answers:
        while chunk := answers.read(_CHUNK):
            yield chunk


def refused(line: BadLine, language: Language) -> LineOut:
    """Answer to a line that was not taken."""
    error = line.error
    field = error.errors[0] if error.errors else None
    conflict = error.status == HTTPStatus.CONFLICT
    return LineOut(
        line=line.number,
        id=line.id,
        status=409 if conflict else 422,
        error=LineError(
            title=messages.TITLES[error.code].say(language),
            detail=error.say(language) if field is None else field.say(language),
            pointer=None if field is None else field.pointer,
        ),
    )


def batches(
    lines: Iterable[Line[T] | BadLine], n: int, n_bytes: int
) -> Iterator[list[Line[T] | BadLine]]:
    """Lines in their order, up to `n` together, and no more once they have `n_bytes`.

    Examples
    --------
    >>> lines = [Line(i, "", size) for i, size in enumerate([1, 1, 1, 9, 1], start=1)]
    >>> [[line.number for line in batch] for batch in batches(lines, 2, 9)]
    [[1, 2], [3, 4], [5]]
    """
    waiting: list[Line[T] | BadLine] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += line.size
        if len(waiting) == n or size >= n_bytes:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting


def _answers(
    lines: Iterator[Line[T] | BadLine],
    handle: Callable[[Sequence[T]], Sequence[Fate]],
    batch: int,
    language: Language,
) -> Iterator[bytes]:
    durable = 0
    try:
        for waiting in batches(lines, batch, BATCH_BYTES):
            good = [line.value for line in waiting if isinstance(line, Line)]
            fates = iter(handle(good) if good else ())
            durable = waiting[-1].number
            for line in waiting:
                if isinstance(line, BadLine):
                    out = refused(line, language)
                else:
                    out = _fate(line.number, next(fates), language)
                yield OrjsonProvider.encode(out) + b"\n"
    except Exception as error:
        error.durable_lines = durable  # type: ignore[attr-defined]
        raise


def _fate(number: int, fate: Fate, language: Language) -> LineOut:
    if fate.error is not None:
        return refused(BadLine(number, fate.error, fate.id), language)
    return LineOut(line=number, id=fate.id, status=201 if fate.status == 201 else 200)


def _parse(number: int, raw: bytes, adapter: TypeAdapter[T]) -> Line[T] | BadLine:
    found: Any = None
    try:
        found = parse_json(raw, "line")
        return Line(number, adapter.validate_python(found, strict=True), len(raw))
    except ValidationError as error:
        given = found.get("id") if isinstance(found, dict) else None
        known = given if isinstance(given, str) else None
        return BadLine(number, InvalidRequestError.of(error, value=found), known, len(raw))
    except NotJsonError as error:
        return BadLine(number, error, size=len(raw))


def _raw_lines(stream: IO[bytes], max_bytes: int) -> Iterator[bytes | None]:
    """Lines without their ends; ``None`` for one that is too long, whose bytes are dropped."""
    while line := stream.readline(max_bytes + 2):
        if len(line.rstrip(b"\r\n")) <= max_bytes:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_CHUNK)
        yield None
