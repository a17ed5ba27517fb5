"""Files of the command line: items and interactions in the formats of the README."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from service.errors import InvalidRequestError, NotJsonError, ServiceError
from service.export import Kind
from service.schemas.events import EVENT_TYPES, EventIn
from service.schemas.items import ItemLine
from service.schemas.users import UserLine
from service.strictjson import parse_json

_ITEM: TypeAdapter[ItemLine] = TypeAdapter(ItemLine)
_EVENT: TypeAdapter[EventIn] = TypeAdapter(EventIn)
_USER: TypeAdapter[UserLine] = TypeAdapter(UserLine)


class FileFormatError(ServiceError, ValueError):
    """A line of a file is not what it should be."""

    def __init__(self, path: Path, line: int, detail: str) -> None:
        super().__init__(f"{path}, line {line}: {detail}")
        self.path, self.line, self.reason = path, line, detail


class FieldError(ServiceError, ValueError):
    """A field of a line is not what it should be: what was found, what is needed."""

    def __init__(self, field: str, found: object, needed: str) -> None:
        shown = "nothing" if found is None else repr(found)
        if len(shown) > 60:
            shown = f"{type(found).__name__} of {len(shown)} characters"
        super().__init__(f"{field}: found {shown}, needs {needed}")


@dataclass(frozen=True, slots=True)
class Interaction:
    """A line of an interactions file; `type` is that of an event, if the file says it."""

    user: str
    item: str
    value: float | None
    time: float | None
    type: str | None = None


def read_items(path: Path) -> Iterator[ItemLine]:
    """Items of a JSONL file; fields that an item does not have become attributes."""
    for number, found in _json_lines(path):
        known = {k: v for k, v in found.items() if k in ItemLine.model_fields}
        others = {k: v for k, v in found.items() if k not in known and v is not None}
        if isinstance(attributes := known.get("attributes", {}), dict):
            known["attributes"] = others | attributes
        yield _valid(_ITEM, known, path, number)


def read_events(path: Path, type_: str) -> Iterator[EventIn]:
    """Events of a JSONL file, or of a CSV file of interactions, which all become `type_`."""
    if path.suffix != ".csv":
        for number, found in _json_lines(path):
            yield _valid(_EVENT, found, path, number)
        return
    for number, row in enumerate(read_interactions(path), start=2):
        event = {"user": row.user, "item": row.item, "type": type_, "time": row.time}
        if type_ in ("rate", "play"):
            event["value"] = row.value
        yield _valid(_EVENT, event, path, number)


def read_users(path: Path) -> Iterator[UserLine]:
    """Users of a JSONL file, bare or each as the ``user`` of its line."""
    for number, found in _json_lines(path):
        yield _valid(_USER, found.get("user", found), path, number)


def read_lists(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Lists of a JSONL file: ``{"user", "items": [..]}``, the first place first."""
    for number, found in _json_lines(path):
        user, items = found.get("user"), found.get("items")
        if not isinstance(user, str):
            raise FileFormatError(path, number, str(FieldError("user", user, "a text")))
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise FileFormatError(path, number, str(FieldError("items", items, "a list of ids")))
        yield user, items


def read_interactions(path: Path) -> Iterator[Interaction]:
    """Rows of a CSV file with the columns user, item and, if known, value, timestamp and type.

    A JSONL file is one of events, each with its type.
    """
    if path.suffix != ".csv":
        for event in read_events(path, ""):
            yield Interaction(event.user, event.item, event.value, event.time, event.type)
        return
    with path.open(encoding="utf-8-sig", newline="") as file, _utf8(path):
        rows = csv.DictReader(file)
        missing = {"user", "item"} - set(rows.fieldnames or ())
        if missing:
            raise FileFormatError(path, 1, f"no column {sorted(missing)}, found {rows.fieldnames}")
        for number, row in enumerate(rows, start=2):
            try:
                value, time = row.get("value"), row.get("timestamp")
                if (type_ := row.get("type") or None) not in (None, *EVENT_TYPES):
                    raise FileFormatError(path, number, f"type: no event is a {type_!r}")
                yield Interaction(
                    row["user"],
                    row["item"],
                    float(value) if value else None,
                    float(time) if time else None,
                    type_,
                )
            except ValueError as error:
                raise FileFormatError(path, number, str(error)) from None


def count_lines(path: Path) -> int:
    """Lines of a file, for the length of a progress bar."""
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def kind_of(path: Path) -> Kind:
    """What a file holds: its name says so, as ``users.jsonl`` does, or its first line."""
    if path.suffix == ".csv":
        return "events"
    user = next((found for _, found in _json_lines(path)), {}).get("user")
    if path.name == "users.jsonl" or isinstance(user, dict):
        return "users"
    return "items" if user is None else "events"


@contextmanager
def _utf8(path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        detail = f"not UTF-8 ({error.reason} at byte {error.start}): convert it, perhaps from GBK"
        raise FileFormatError(path, 1, detail) from None
    except csv.Error as error:
        raise FileFormatError(path, 1, f"not CSV: {error}") from None


def utf8(raw: bytes) -> str:
    """Text of a line. Raises `FieldError` if it is none."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"bytes that are not UTF-8 ({error.reason}), perhaps GBK"
        raise FieldError("line", found, "UTF-8") from None


def json_object(raw: bytes) -> dict[str, Any]:
    """The object of a line. Raises `NotJsonError` or `FieldError`."""
    try:
        found = parse_json(raw, "line")
    except NotJsonError:
        utf8(raw)
        raise
    if not isinstance(found, dict):
        raise FieldError("line", found, "an object")
    return found


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            try:
                yield number, json_object(raw)
            except (NotJsonError, FieldError) as error:
                raise FileFormatError(path, number, error.detail) from None


def _valid(adapter: TypeAdapter[Any], value: Any, path: Path, number: int) -> Any:
    try:
        return adapter.validate_python(value, strict=True)
    except ValidationError as error:
        refused = InvalidRequestError.of(error, value=value).errors[0]
        raise FileFormatError(path, number, f"{refused.pointer}: {refused.detail}") from None
