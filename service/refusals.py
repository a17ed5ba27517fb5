"""Fields that were refused: from pydantic's report to one sentence a field, where it stands.

pydantic reports each way in which a field could have been right by itself, and names its own
alternatives in the place. Here the place is what the sender wrote, and the ways are one sentence.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic import ValidationError

from service import messages
from service.messages import Language, Message, Remark
from service.messages.fields import EITHER, FORMATS, FOUND_LONG, UNFIT

#: longest value that is shown, in characters
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class RefusedField:
    """What is wrong with one field; the sentence is written for who asked."""

    message: Message
    pointer: str
    where: str = "body"
    facts: Mapping[str, Any] = field(default_factory=dict)
    found: str | Remark | None = None

    @property
    def detail(self) -> str:
        """The sentence in English."""
        return self.say("en")

    def say(self, language: Language) -> str:
        """The sentence, and what was found."""
        reason = self.message.say(language, **self.facts)
        if self.found is None:
            return reason
        return messages.FOUND.say(language, reason=reason, found=self.found)


#: errors of fields that are not there, or should not be, and those that say what was found
_WITHOUT_VALUE = (
    *("missing", "extra_forbidden", "form_length", "hour_or_now", "pack_taxonomy", "span"),
)

#: errors that pydantic reports at the whole value though fields of it are the cause
_RESTS_ON: dict[str, tuple[tuple[str, ...], ...]] = {
    "event_type": (("type",),),
    "form_length": (("minutes",),),
    "hour_or_now": (("hour",), ("now",)),
    "pack_taxonomy": (("forms", "taxonomy"),),
}
_QUOTED = re.compile(r"'([^']*)'")


def refused_fields(
    error: ValidationError, source: str, prefix: Sequence[str], value: object
) -> list[RefusedField]:
    """The fields of a report, each once.

    Parameters
    ----------
    source : str
        ``"body"``, ``"query"`` or ``"path"``.
    prefix : sequence of str
        Where `value` stands.
    value : object
        What was validated; ``None`` if that is not known.
    """
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for item in error.errors(include_url=False):
        one: dict[str, Any] = dict(item)
        steps = _place(one, value)
        for rest in _RESTS_ON.get(one["type"], ((),)):
            found.setdefault((*prefix, *steps, *rest), []).append(_within(one, rest))
    return [
        _refused(ways, place, source)
        for place, ways in found.items()
        # a way that another one got further in than this place is not what was meant
        if not all(_is_other_type(way) for way in ways)
        or not any(other[: len(place)] == place for other in found if other != place)
    ]


def _place(error: Mapping[str, Any], value: object) -> tuple[str, ...]:
    """Steps of a location that are in the value; names of pydantic's alternatives are not."""
    steps, here = [], value
    for number, step in enumerate(error["loc"], start=1):
        if isinstance(here, dict) and step in here:
            here = here[step]
        elif isinstance(here, list) and isinstance(step, int):
            here = here[step] if step < len(here) else None
        elif isinstance(here, dict | list) or value is not None:
            if not (error["type"] == "missing" and number == len(error["loc"])):
                continue
        elif isinstance(step, str) and step.startswith("\x00"):
            continue  # a tag of our own
        steps.append(str(step))
    return tuple(steps)


def _within(error: dict[str, Any], rest: Sequence[str]) -> dict[str, Any]:
    """The error as of a field of the value: what was found is what stands there."""
    here = error.get("input")
    for step in rest:
        here = here.get(step) if isinstance(here, dict) else None
    return error | {"input": here}


def _is_other_type(error: Mapping[str, Any]) -> bool:
    return str(error["type"]).endswith("_type")


def _refused(ways: Sequence[Mapping[str, Any]], place: Sequence[str], source: str) -> RefusedField:
    """One field, in whichever way it could be right; ways of the right type come alone."""
    fitting = [way for way in ways if not _is_other_type(way)] or ways
    reason = _reason(fitting[0])
    said = [reason]
    for way in fitting[1:]:
        other = _reason(way)
        if other not in said:
            said.append(other)
            reason = Remark(EITHER, {"one": reason, "other": other})
    pointer = "".join("/" + s.replace("~", "~0").replace("/", "~1") for s in place)
    first = fitting[0]
    found = None if first["type"] in _WITHOUT_VALUE else shown(first.get("input"))
    return RefusedField(reason.message, pointer, source, reason.facts, found)


def _reason(error: Mapping[str, Any]) -> Remark:
    """Why a value is refused, as a sentence."""
    kind, facts = error["type"], dict(error.get("ctx", {}))
    if kind == "string_pattern_mismatch":
        return Remark(FORMATS.get(facts["pattern"], UNFIT))
    for name in ("expected", "expected_tags"):
        if isinstance(facts.get(name), str):
            facts[name] = tuple(_QUOTED.findall(facts[name])) or facts[name]
    whole = {n: int(f) for n, f in facts.items() if isinstance(f, float) and f.is_integer()}
    return Remark(messages.FIELDS.get(kind, UNFIT), facts | whole)


def shown(value: object) -> str | Remark:
    """A value as JSON, or its type and length where that is long.

    Examples
    --------
    >>> shown({"a": True}), shown("a" * 100).say("en")
    ('{"a":true}', 'a text of 100 characters')
    """
    try:
        text = orjson.dumps(value, default=str).decode()
    except TypeError:  # a whole number beyond 64 bits
        text = str(value)
    if len(text) <= _SHOWN:
        return text
    kind = next((k for k in FOUND_LONG if isinstance(value, k)), str)
    size = value if isinstance(value, str | list | dict) else text
    return Remark(FOUND_LONG[kind], {"n": len(size)})
