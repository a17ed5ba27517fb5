"""Statements of other vocabularies as events: one table for xAPI and Caliper, as data."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
from pydantic import TypeAdapter

from service.schemas.events import EventIn, Form

#: what is kept and weighs nothing: a verb that the table does not know
OTHER = "other"
_EVENT: TypeAdapter[EventIn] = TypeAdapter(EventIn)
#: types that say nothing without a value
_NEEDS_VALUE = frozenset({"rate"})
_DURATION = re.compile(
    r"P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_ID = re.compile(r"[^\x00-\x1f\x7f\ufffd]{1,256}")
_SECONDS = (604_800, 86_400, 3_600, 60, 1)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a verb stands for.

    Attributes
    ----------
    type : str
        Type of the event.
    value : str or None
        How its value is read; the readers are `service.vocabularies.xapi` and ``caliper``.
    """

    type: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it will be stored.

    Attributes
    ----------
    items : tuple of str
        Names its object may have in the catalogue, the likeliest first.
    pointer : str
        JSON pointer to the object in what was sent.
    fields : mapping
        Of the event, all but the item.
    voids : str or None
        Id of the statement that this one takes back.
    """

    items: tuple[str, ...]
    pointer: str
    fields: Mapping[str, Any]
    voids: str | None = None

    def event(self, item: str) -> EventIn:
        """The event about one of `items`."""
        return _EVENT.validate_python({**self.fields, "item": item})


@cache
def table(vocabulary: Form) -> Mapping[tuple[str, ...], Mapped]:
    """What each verb of a vocabulary stands for: by IRI, or by class and action.

    Examples
    --------
    >>> table("caliper")["MediaEvent", "Ended"].type
    'complete'
    """
    rows = orjson.loads(files("service.vocabularies").joinpath("table.json").read_bytes())
    names = {"xapi": ("verb",), "caliper": ("event", "action")}[vocabulary]
    return {
        tuple(row[name] for name in names): Mapped(row["type"], row["value"])
        for row in rows[vocabulary]
    }


def statement(
    form: Form,
    raw: Mapping[str, Any],
    *,
    mapped: Mapped,
    value: float | None,
    text: str | None = None,
    items: Iterable[str],
    pointer: str,
    voids: str | None = None,
    **known: Any,
) -> Statement:
    """A statement with its original; a type that needs a value it has not counts nothing."""
    kind = OTHER if mapped.type in _NEEDS_VALUE and value is None else mapped.type
    fields = {
        **{name: found for name, found in known.items() if found is not None},
        "type": kind,
        "original": {"form": form, "statement": dict(raw)},
    }
    if value is not None and kind != OTHER:
        fields["value"] = value
    if text is not None:
        fields["text"] = text
    return Statement(tuple(dict.fromkeys(items)), pointer, fields, voids)


def names_of(iri: str) -> tuple[str, ...]:
    """Names that an IRI may have here: itself, and the last step of its path.

    Examples
    --------
    >>> names_of("https://example.org/items/%E5%BE%AE%E7%A7%AF%E5%88%86")
    ('https://example.org/items/%E5%BE%AE%E7%A7%AF%E5%88%86', '微积分')
    >>> names_of("urn:uuid:1")
    ('urn:uuid:1',)
    """
    try:
        last = unquote(urlsplit(iri).path.rstrip("/").rpartition("/")[2])
    except ValueError:  # not even a URL: [ without ]
        return (iri,)
    return (iri, last) if "://" in iri and _ID.fullmatch(last) else (iri,)


def user_of(iri: str) -> str | None:
    """Id of the user of an IRI, ``None`` if it cannot be one."""
    name = names_of(iri)[-1]
    return name if _ID.fullmatch(name) else None


def seconds_of(duration: object) -> float | None:
    """Seconds of an ISO 8601 duration; years and months have no length, and give ``None``.

    Examples
    --------
    >>> seconds_of("PT1H30M0.5S"), seconds_of("P1Y")
    (5400.5, None)
    """
    match = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    if match is None or not any(match.groups()):
        return None
    return sum(float(n) * s for n, s in zip(match.groups(), _SECONDS, strict=True) if n)


def number(value: object) -> float | None:
    """A finite number, or ``None``."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < float("inf") else None


def share(part: object, whole: object) -> float | None:
    """Part of a whole in [0, 1]; ``None`` without both."""
    a, b = number(part), number(whole)
    return None if a is None or b is None or b <= 0 else min(1.0, max(0.0, a / b))


def between(value: object, low: object, high: object) -> float | None:
    """Place of a value between two ends, in [0, 1]; ``None`` where there is none.

    Examples
    --------
    >>> between(4, 1, 5), between(4, 5, 5)
    (0.75, None)
    """
    v, a, b = number(value), number(low), number(high)
    if v is None or a is None or b is None or not a < b:
        return None
    return share(v - a, b - a)
