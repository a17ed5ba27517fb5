"""Caliper events (1.1, 1.2) as events."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.schemas.caliper import Actor, CaliperEvent, Entity
from service.vocabularies import (
    OTHER,
    Mapped,
    Statement,
    between,
    names_of,
    number,
    seconds_of,
    share,
    statement,
    table,
    user_of,
)


def of_caliper(sent: CaliperEvent, pointer: str = "") -> Statement:
    """The event of a Caliper event; an action that the table does not know weighs nothing.

    A grade is about whom the attempt is by, not about who gave it; without that it counts nothing.

    Parameters
    ----------
    sent : CaliperEvent
    pointer : str
        Where it stands in the body.
    """
    raw = sent.raw
    kind = sent.type.rpartition("#")[2].rpartition("/")[2]
    action = sent.action.rpartition("#")[2]
    mapped = table("caliper").get((kind, action), Mapped(OTHER, None))
    user = user_of(iri_of(sent.actor))
    if mapped.value == "grade":
        learner = user_of(iri_of(_part(raw.get("object"), "assignee")))
        user, mapped = (learner, mapped) if learner else (user, Mapped(OTHER, None))
    value = _VALUES[mapped.value](raw) if mapped.value is not None else None
    app = iri_of(raw.get("edApp"))
    return statement(
        "caliper",
        raw,
        mapped=mapped,
        value=value,
        text=_comment(raw) if mapped.type == "review" else None,
        items=_items(raw.get("object")),
        pointer=f"{pointer}/object",
        id=sent.id,
        user=user,
        time=sent.event_time,
        context={"platform": app} if app else None,
    )


def iri_of(entity: object) -> str:
    """IRI of an entity, which stands for itself or is described; "" if it has none."""
    if isinstance(entity, Actor | Entity):
        return entity.id
    found = entity.get("id", "") if isinstance(entity, Mapping) else entity
    return found if isinstance(found, str) else ""


def _items(entity: object) -> Iterator[str]:
    """Names of what it is about: the object, what that is an attempt at, what it is part of."""
    for _ in range(4):
        if iri := iri_of(entity):
            yield from names_of(iri)
        entity = _part(entity, "assignable") or _part(entity, "isPartOf")
        if entity is None:
            return


def _part(entity: object, name: str) -> Any:
    return entity.get(name) or None if isinstance(entity, Mapping) else None


def _position(raw: Mapping[str, Any]) -> float | None:
    """Share of the medium that lies before the place where it was played."""
    at = seconds_of(_part(raw.get("target"), "currentTime"))
    return share(at, seconds_of(_part(raw.get("object"), "duration")))


def _grade(raw: Mapping[str, Any]) -> float | None:
    score = raw.get("generated")
    return share(_part(score, "scoreGiven") or 0, _part(score, "maxScore"))


def _ranking(raw: Mapping[str, Any]) -> float | None:
    """Rating in [-1, 1]: the one selection on its scale."""
    rating = raw.get("generated")
    chosen = _part(rating, "selections")
    scale = _part(_part(rating, "question"), "scale")
    if not isinstance(chosen, list) or len(chosen) != 1:
        return None
    values = _part(scale, "itemValues")
    if isinstance(values, list) and chosen[0] in values:
        placed = between(values.index(chosen[0]), 0, len(values) - 1)
    else:
        ends = (number(_part(scale, "minValue")), number(_part(scale, "maxValue")))
        placed = between(_number(chosen[0]), *ends)
    return None if placed is None else 2 * placed - 1


def _number(text: object) -> float | None:
    try:
        return number(float(text)) if isinstance(text, str) else number(text)
    except ValueError:
        return None


def _comment(raw: Mapping[str, Any]) -> str | None:
    found = _part(raw.get("generated"), "value")
    return found if isinstance(found, str) else None


def _nothing(_: Mapping[str, Any]) -> None:
    return None


_VALUES = {"position": _position, "grade": _grade, "ranking": _ranking, "comment": _nothing}
