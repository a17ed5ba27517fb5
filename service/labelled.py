"""Labelled files: texts with labels, segmented sentences, abstracts with keywords.

Every bad line is named, with its field, what was found and what is needed; the good ones are
used, and the caller says how many were not. A file without any good line is refused.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from nlp import TrainingDataError
from service.errors import NotJsonError
from service.files import FieldError, FileFormatError, json_object, utf8

T = TypeVar("T")

Label = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text with its label, or with several."""

    text: str
    label: Label


@dataclass(frozen=True, slots=True)
class KeywordText:
    """A text with the keywords its authors gave it."""

    text: str
    title: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """The good lines of a file, and what is wrong with each of the others."""

    good: tuple[T, ...]
    refused: tuple[FileFormatError, ...]


def read_labelled(path: Path) -> Rows[LabelledText]:
    """Lines ``{"text", "label"}``; the label is a text, a number, or a list of these.

    ``"labels": [...]`` is read like a list in ``"label"``.
    """
    return _read(path, lambda raw: _labelled(json_object(raw)), 'lines {"text", "label"}')


def read_keywords(path: Path) -> Rows[KeywordText]:
    """Lines ``{"text", "title"?, "keywords": [...]}``."""

    def parse(raw: bytes) -> KeywordText:
        found = json_object(raw)
        keywords = found.get("keywords")
        if not isinstance(keywords, list) or not all(isinstance(k, str) for k in keywords):
            raise FieldError("keywords", keywords, "a list of texts")
        title = found.get("title") or ""
        if not isinstance(title, str):
            raise FieldError("title", title, "a text")
        return KeywordText(_text(found), title, tuple(keywords))

    return _read(path, parse, 'lines {"text", "title"?, "keywords"}')


def read_segmented(path: Path) -> Rows[tuple[str, ...]]:
    """Sentences, one a line, words separated by white space."""

    def parse(raw: bytes) -> tuple[str, ...]:
        words = tuple(utf8(raw).split())
        if words[0].startswith('{"'):
            raise FieldError("line", "JSON", needed)
        return words

    needed = "words separated by white space"
    read = _read(path, parse, f"lines of {needed}")
    if all(len(words) == 1 for words in read.good):
        raise TrainingDataError(f"no white space within a line of {path.name}", needed)
    return read


def _read(path: Path, parse: Callable[[bytes], T], needed: str) -> Rows[T]:
    good: list[T] = []
    refused: list[FileFormatError] = []
    for number, raw in _lines(path):
        try:
            good.append(parse(raw))
        except (FieldError, NotJsonError) as error:
            refused.append(FileFormatError(path, number, str(error)))
    if not good:
        first = f" (line {refused[0].line}: {refused[0].reason})" if refused else ", which is empty"
        raise TrainingDataError(f"no usable line in {path.name}{first}", needed)
    return Rows(tuple(good), tuple(refused))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if raw.strip():
                yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw


def _text(found: dict[str, Any]) -> str:
    text = found.get("text")
    if not isinstance(text, str) or not text.strip():
        raise FieldError("text", text, "a text that is not empty")
    return text


def _labelled(found: dict[str, Any]) -> LabelledText:
    field = "labels" if "label" not in found and "labels" in found else "label"
    value = found.get(field)
    if isinstance(value, list):
        if not value:
            raise FieldError(field, value, "at least one label")
        return LabelledText(_text(found), tuple(_one_label(field, v) for v in value))
    return LabelledText(_text(found), _one_label(field, value))


def _one_label(field: str, value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise FieldError(field, value, "a text or a whole number, or a list of these")
