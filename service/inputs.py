"""Texts to analyse, one at a time: from files, folders, CSV, JSON lines and standard input.

A file's suffix says how it is read; a line that cannot be used becomes a `FileFormatError`
in its place, so that the rest goes on.
"""

import csv
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Literal

from nlp.subtitles import Cue, read_subtitles
from service.encoding import decoded
from service.errors import NotJsonError
from service.files import FieldError, FileFormatError, count_lines, json_object

Format = Literal["text", "csv", "jsonl", "subtitles"]
FORMATS: tuple[Format, ...] = ("text", "csv", "jsonl", "subtitles")
STANDARD_INPUT = Path("-")

_SUFFIXES: dict[str, Format] = {
    ".txt": "text",
    ".md": "text",
    ".html": "text",
    ".htm": "text",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".srt": "subtitles",
    ".vtt": "subtitles",
}


@dataclass(frozen=True, slots=True)
class InputText:
    """A text and where it stands: `file` as it was named, `line` from 1.

    Of subtitles, `cues` says when each part of the text is spoken.
    """

    file: str
    line: int
    id: str | None
    text: str
    title: str
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, and the name its texts carry."""

    path: Path
    name: str
    format: Format


Read = InputText | FileFormatError


def sources(paths: Iterable[Path], given: Format | None = None) -> list[Source]:
    """The files behind the paths; of a folder all with a known suffix, in the order of names.

    Parameters
    ----------
    paths : iterable of Path
        Files, folders, or ``-`` for standard input.
    given : str, optional
        How to read a file of another suffix, and standard input; text by default.

    Raises
    ------
    FileFormatError
        If a folder holds no file that can be read.
    """
    found: list[Source] = []
    for path in paths:
        if path.is_dir():
            files = sorted(f for f in path.rglob("*") if f.suffix.lower() in _SUFFIXES)
            if not files:
                raise FileFormatError(path, 0, f"no file with one of {', '.join(_SUFFIXES)}")
            found.extend(
                Source(f, str(f.relative_to(path)), _SUFFIXES[f.suffix.lower()]) for f in files
            )
            continue
        format_ = _SUFFIXES.get(path.suffix.lower()) or given or "text"
        found.append(Source(path, path.name, format_))
    names = Counter(source.name for source in found)
    return [s if names[s.name] == 1 else replace(s, name=str(s.path)) for s in found]


def texts(found: Iterable[Source], *, title: str = "") -> Iterator[Read]:
    """All texts in order; `title` is that of texts which have none."""
    for source in found:
        yield from _READERS[source.format](source, title)


def count(found: Iterable[Source]) -> int:
    """About how many texts there are, for a progress bar."""
    return sum(
        1 if s.format in ("text", "subtitles") or s.path == STANDARD_INPUT else count_lines(s.path)
        for s in found
    )


def _open(source: Source) -> IO[bytes]:
    return sys.stdin.buffer if source.path == STANDARD_INPUT else source.path.open("rb")


def _whole(source: Source, title: str) -> Iterator[Read]:
    with _open(source) as file:
        raw = file.read()
    try:
        text = decoded(raw)
    except UnicodeDecodeError as error:
        yield _not_utf8(source, 1, error)
        return
    name = None if source.path == STANDARD_INPUT else source.name
    yield InputText(source.name, 1, name, text, title)


def _subtitles(source: Source, title: str) -> Iterator[Read]:
    for read in _whole(source, title):
        if isinstance(read, FileFormatError):
            yield read
            continue
        transcript = read_subtitles(read.text)
        for problem in transcript.problems:
            yield FileFormatError(
                source.path, problem.line, f"{problem.problem}, found {problem.found!r}"
            )
        yield replace(read, text=transcript.text, cues=transcript.cues)


def _json_lines(source: Source, title: str) -> Iterator[Read]:
    with _open(source) as file:
        for number, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            raw = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            try:
                found = json_object(raw)
                if "text" not in found and "title" not in found:
                    raise FieldError("text", None, "a text")
                yield _row(source, number, found, title)
            except (NotJsonError, FieldError) as error:
                yield FileFormatError(source.path, number, error.detail)


def _csv_rows(source: Source, title: str) -> Iterator[Read]:
    csv.field_size_limit(1 << 30)
    with _open(source) as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        rows = csv.DictReader(file)
        try:
            if "text" not in (rows.fieldnames or ()):
                detail = f"no column 'text', found {list(rows.fieldnames or ())}"
                yield FileFormatError(source.path, 1, detail)
                return
            for row in rows:
                try:
                    yield _row(source, rows.line_num, row, title)
                except FieldError as error:
                    yield FileFormatError(source.path, rows.line_num, error.detail)
        except UnicodeDecodeError as error:
            yield _not_utf8(source, rows.line_num + 1, error)
        except csv.Error as error:
            yield FileFormatError(source.path, rows.line_num + 1, f"not CSV: {error}")


_READERS: dict[Format, Callable[[Source, str], Iterator[Read]]] = {
    "text": _whole,
    "csv": _csv_rows,
    "jsonl": _json_lines,
    "subtitles": _subtitles,
}


def _row(source: Source, number: int, found: dict[str, Any], title: str) -> InputText:
    text, own_title, id_ = found.get("text"), found.get("title"), found.get("id")
    if text is None:
        text = ""
    if not isinstance(text, str):
        raise FieldError("text", text, "a text")
    if own_title is not None and not isinstance(own_title, str):
        raise FieldError("title", own_title, "a text")
    if id_ is not None and (isinstance(id_, bool) or not isinstance(id_, str | int)):
        raise FieldError("id", id_, "a text or a whole number")
    return InputText(
        file=source.name,
        line=number,
        id=None if id_ is None else str(id_),
        text=text,
        title=own_title or title,
    )


def _not_utf8(source: Source, line: int, error: UnicodeDecodeError) -> FileFormatError:
    found = f"not UTF-8 ({error.reason} at byte {error.start})"
    detail = f"{found}: convert it, perhaps from GBK or Big5"
    return FileFormatError(source.path, line, detail)
