"""Streams of lines: NDJSON in, one answer a line out, in constant memory.

The whole request is read before the first answer is sent: a client that sends all and then
reads would otherwise wait for the server while the server waits for it. The answers wait on
disk meanwhile. Each batch is durable before its answers are written down.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import IO, Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from service.errors import (
    BodyTooLargeError,
    InvalidRequestError,
    NotJsonError,
    ServiceError,
)
from service.openapi import OrjsonProvider, parse_json
from service.pipeline import Fate
from service.schemas import LineError, LineOut

T = TypeVar("T")

_MEMORY = 1 << 20
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Line(Generic[T]):
    """One line of a request: its 1-based number and its value."""

    number: int
    value: T


@dataclass(frozen=True, slots=True)
class BadLine:
    """One line that has no value: why not, and the id it came with if that could be read."""

    number: int
    error: ServiceError
    id: str | None = None


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
            error = BodyTooLargeError(f"the line is longer than {max_bytes} bytes")
            yield BadLine(number, error)
        elif raw.strip():
            yield _parse(number, raw, adapter)


def answer_lines(
    lines: Iterator[Line[T] | BadLine],
    handle: Callable[[Sequence[T]], Sequence[Fate]],
    *,
    batch: int,
) -> IO[bytes]:
    """Handle lines batch by batch; the answers, in order, as a file at its start."""
    return spooled(_answers(lines, handle, batch))


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


def refused(line: BadLine) -> LineOut:
    """Answer to a line that was not taken."""
    error = line.error
    field = error.errors[0] if error.errors else None
    conflict = error.status == HTTPStatus.CONFLICT
    return LineOut(
        line=line.number,
        id=line.id,
        status=409 if conflict else 422,
        error=LineError(
            title=HTTPStatus(error.status).phrase,
            detail=error.detail if field is None else field.detail,
            pointer=None if field is None else field.pointer,
        ),
    )


def _answers(
    lines: Iterator[Line[T] | BadLine],
    handle: Callable[[Sequence[T]], Sequence[Fate]],
    batch: int,
) -> Iterator[bytes]:
    while waiting := list(islice(lines, batch)):
        good = [line.value for line in waiting if isinstance(line, Line)]
        fates = iter(handle(good) if good else ())
        for line in waiting:
            out = refused(line) if isinstance(line, BadLine) else _fate(line.number, next(fates))
            yield OrjsonProvider.encode(out) + b"\n"


def _fate(number: int, fate: Fate) -> LineOut:
    if fate.error is not None:
        return refused(BadLine(number, fate.error, fate.id))
    return LineOut(line=number, id=fate.id, status=201 if fate.status == 201 else 200)


def _parse(number: int, raw: bytes, adapter: TypeAdapter[T]) -> Line[T] | BadLine:
    found: Any = None
    try:
        found = parse_json(raw, line=True)
        return Line(number, adapter.validate_python(found, strict=True))
    except ValidationError as error:
        given = found.get("id") if isinstance(found, dict) else None
        known = given if isinstance(given, str) else None
        return BadLine(number, InvalidRequestError.of(error), known)
    except NotJsonError as error:
        return BadLine(number, error)


def _raw_lines(stream: IO[bytes], max_bytes: int) -> Iterator[bytes | None]:
    """Lines without their ends; ``None`` for one that is too long, whose bytes are dropped."""
    while line := stream.readline(max_bytes + 2):
        if len(line.rstrip(b"\r\n")) <= max_bytes:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_CHUNK)
        yield None
