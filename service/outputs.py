"""Results of a long run on disk: JSON lines, CSV or Parquet, and where a broken run stopped.

Each line says which file and line of the input it came from. That is what `resume` reads: a
torn last line is cut off, and the last whole one says where to go on.
"""

import csv
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, Protocol

import orjson

from nlp import Analysis
from nlp.subtitles import Transcript
from service.errors import MissingExtraError, ServiceError
from service.inputs import InputText
from service.openapi import OrjsonProvider
from service.routes.analysis import PARTS, analysis_parts
from service.schemas.analysis import Part
from service.timing import NAMES, timed

OutputFormat = Literal["jsonl", "csv", "parquet"]
OUTPUT_FORMATS: tuple[OutputFormat, ...] = ("jsonl", "csv", "parquet")
_TAIL = 1 << 16

Row = dict[str, Any]


class ResumeError(ServiceError, ValueError):
    """An output cannot be continued: it was not made by this run."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the input a result came from, and the analyser that made it."""

    file: str
    line: int
    version: str


def json_line(text: InputText, analysis: Analysis, include: Sequence[Part]) -> bytes:
    """One line of JSON: id, file, line, and the parts asked for as the service answers them.

    Of subtitles also the text that offsets refer to, its cues, and the times of the parts.
    """
    head: dict[str, Any] = {"id": text.id, "file": text.file, "line": text.line}
    if text.cues:
        head |= timed(Transcript(text.text, text.cues, ()), analysis, include)
    return OrjsonProvider.encode({**head, **analysis_parts(analysis, include)}) + b"\n"


def flat_row(text: InputText, analysis: Analysis, include: Sequence[Part]) -> Row:
    """One row of a table: numbers and labels in columns of their own, lists as JSON."""
    row: Row = {
        "id": text.id,
        "file": text.file,
        "line": text.line,
        "version": analysis.version,
    }
    for part in include or PARTS:
        value = getattr(analysis, part)
        if part == "sentiment":
            for name in ("polarity", "label", "confidence"):
                row[f"sentiment_{name}"] = None if value is None else getattr(value, name)
        elif part == "difficulty":
            row["difficulty"] = None if value is None else value.level
        elif part == "topics":
            for name, found in value.items():
                row[f"topic_{name}"] = found[0].label if found else None
                row[f"topic_{name}_probability"] = found[0].probability if found else None
        elif part == "tags":
            row["tags"] = "|".join(" ".join(tag.text.split()) for tag in value)
        else:
            row[part] = OrjsonProvider.encode(value).decode()
    return row


def csv_line(row: Mapping[str, Any]) -> bytes:
    """The values as one line of CSV; none of them holds a line break."""
    return _csv(" ".join(v.splitlines()) if isinstance(v, str) else v for v in row.values())


class Writer(Protocol):
    """Takes results in order."""

    def write(self, results: Sequence[Any]) -> None:
        """Write results; they are with the operating system when this returns."""

    def close(self) -> None:
        """End the file."""


class LineWriter:
    """JSON lines or CSV, into a file or a stream.

    Parameters
    ----------
    stream : binary file
    columns : sequence of str
        Head line of a CSV; empty for JSON lines, or when a file is continued.
    """

    def __init__(self, stream: IO[bytes], columns: Sequence[str] = ()) -> None:
        self.stream = stream
        if columns:
            stream.write(_csv(columns))

    def write(self, results: Sequence[bytes]) -> None:
        """Write lines."""
        self.stream.writelines(results)
        self.stream.flush()

    def close(self) -> None:
        """Close the file; a stream of others is only flushed by `write`."""
        self.stream.close()


class ParquetWriter:
    """A Parquet file, a row group for each batch of results; valid only when closed."""

    def __init__(self, path: Path, example: Row) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            raise MissingExtraError("Parquet", "parquet") from None
        self._table = pyarrow.Table.from_pylist
        kinds = {"line": pyarrow.int64(), "difficulty": pyarrow.int64()}
        numbers = ("_probability", "_polarity", "_confidence")
        self.schema = pyarrow.schema(
            [
                (
                    name,
                    kinds.get(
                        name, pyarrow.float64() if name.endswith(numbers) else pyarrow.string()
                    ),
                )
                for name in example
            ]
        )
        self.file = pyarrow.parquet.ParquetWriter(path, self.schema)
        self.waiting: list[Row] = []

    def write(self, results: Sequence[Row]) -> None:
        """Take rows; written by the thousand."""
        self.waiting.extend(results)
        if len(self.waiting) >= 1000:
            self._flush()

    def close(self) -> None:
        """Write what waits, and the foot of the file."""
        self._flush()
        self.file.close()

    def _flush(self) -> None:
        if self.waiting:
            self.file.write_table(self._table(self.waiting, schema=self.schema))
            self.waiting = []


def last_place(path: Path, format_: OutputFormat, columns: Sequence[str]) -> Place | None:
    """Where a broken run stopped; its torn last line is cut off the file.

    Returns
    -------
    Place or None
        ``None`` if no result was written.

    Raises
    ------
    ResumeError
        If the file was not written by such a run.
    """
    if not path.exists() or path.stat().st_size == 0:
        return None
    with path.open("rb+") as file:
        last = _last_whole_line(file)
        if format_ == "csv":
            file.seek(0)
            head = file.readline()
            if head and head != _csv(columns):
                raise ResumeError(f"{path}: other columns than this run writes: start anew")
            if last == head:
                return None
    if not last:
        return None
    try:
        if format_ == "jsonl":
            found = orjson.loads(last)
            keys = [name for name in found if name not in NAMES]
        else:
            values = next(csv.reader([last.decode()]))
            found = dict(zip(columns, values, strict=True))
            keys = list(columns)
        place = Place(found["file"], int(found["line"]), found["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise ResumeError(f"{path}: its last line is not one of this command: {error}") from None
    if format_ == "jsonl" and keys != list(columns):
        raise ResumeError(f"{path}: other parts than this run writes: start anew")
    return place


def _last_whole_line(file: IO[bytes]) -> bytes:
    """The last line that has its end; what stands after it is cut off."""
    end = file.seek(0, os.SEEK_END)
    start, tail = end, b""
    while start > 0 and tail.count(b"\n") < 2:
        step = min(_TAIL, start)
        start -= step
        file.seek(start)
        tail = file.read(step) + tail
    whole = tail.rfind(b"\n") + 1
    file.truncate(start + whole)
    lines = tail[:whole].splitlines(keepends=True)
    return lines[-1] if lines else b""


def _csv(values: Any) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue().encode()
