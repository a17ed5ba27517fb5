"""xAPI statements (1.0.3, 2.0) as events."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

import orjson

from service.fields import iso
from service.schemas.xapi import StatementIn, VoidingIn
from service.store import StoredEvent
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
)

_VIDEO = "https://w3id.org/xapi/video/extensions/"
_CMI5 = "https://w3id.org/xapi/cmi5/result/extensions/"
_SEGMENT = re.compile(r"(\d+(?:\.\d+)?)\[\.\](\d+(?:\.\d+)?)")


def of_xapi(sent: StatementIn | VoidingIn, pointer: str = "") -> Statement:
    """The event of a statement; its id names the event, an unknown verb weighs nothing.

    Parameters
    ----------
    sent : StatementIn or VoidingIn
        The event of one that voids is about the item of the statement that it voids.
    pointer : str
        Where it stands in the body.
    """
    if isinstance(sent, VoidingIn):
        return statement(
            "xapi",
            sent.raw,
            mapped=Mapped(OTHER, None),
            value=None,
            items=(),
            pointer=f"{pointer}/object/id",
            voids=sent.object.id.lower(),
            id=_id(sent),
            user=sent.actor.user,
            time=sent.timestamp,
        )
    mapped = table("xapi").get((sent.verb.id,), Mapped(OTHER, None))
    result = sent.result.model_dump(by_alias=True) if sent.result is not None else {}
    value = _VALUES[mapped.value](result) if mapped.value is not None else None
    context = {}
    if sent.context is not None:
        context = {"platform": sent.context.platform, "language": sent.context.language}
    return statement(
        "xapi",
        sent.raw,
        mapped=mapped,
        value=value,
        text=result.get("response") if mapped.type == "review" else None,
        items=names_of(sent.object.id),
        pointer=f"{pointer}/object/id",
        id=_id(sent),
        user=sent.actor.user,
        time=sent.timestamp,
        context={name: found for name, found in context.items() if found is not None} or None,
    )


def _id(sent: StatementIn | VoidingIn) -> str:
    return sent.id.lower() if sent.id is not None else str(uuid.uuid4())


def shown(event: StoredEvent) -> dict[str, Any]:
    """A stored statement as it came, with what the standard lets a receiver set if it is not there.

    That is `id`, `timestamp` and `version`.
    """
    raw: dict[str, Any] = orjson.loads(event.original or "{}").get("statement", {})
    return {"id": event.id, "timestamp": iso(event.time), "version": "1.0.0"} | raw


def is_xapi(event: StoredEvent) -> bool:
    """Whether an event was read from a statement."""
    return bool(orjson.loads(event.original or "{}").get("form") == "xapi")


def voiding_of(event: StoredEvent) -> str | None:
    """Id of the statement that took this one back, ``None`` if none did."""
    found: str | None = orjson.loads(event.original or "{}").get("voided_by")
    return found


def _progress(result: Mapping[str, Any]) -> float | None:
    """Share that was played: told, or the segments together, or the place reached.

    Else the duration over the length, and all of it where nothing but `completion` is told.
    """
    told = result.get("extensions") or {}
    progress = number(told.get(_VIDEO + "progress"))
    if progress is not None:
        return min(progress, 1.0)
    if (percent := share(told.get(_CMI5 + "progress"), 100)) is not None:
        return percent
    length = told.get(_VIDEO + "length")
    segments = told.get(_VIDEO + "played-segments")
    if isinstance(segments, str) and (played := _played_s(segments)) > 0:
        return share(played, length)
    if (reached := share(told.get(_VIDEO + "time"), length)) is not None:
        return reached
    if (spent := share(seconds_of(result.get("duration")), length)) is not None:
        return spent
    return 1.0 if result.get("completion") is True else None


def _played_s(segments: str) -> float:
    """Seconds that the segments cover together: what was played twice counts once.

    Examples
    --------
    >>> _played_s("0[.]10[,]5[.]20[,]30[.]31")
    21.0
    """
    spans = sorted((float(a), float(b)) for a, b in _SEGMENT.findall(segments))
    covered = reached = 0.0
    for start, end in spans:
        covered += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return covered


def _score(result: Mapping[str, Any]) -> float | None:
    """Score in [0, 1]: scaled, else the raw one between its ends, else success."""
    score = result.get("score") or {}
    scaled = number(score.get("scaled"))
    if scaled is not None:
        return min(1.0, max(0.0, scaled))
    placed = between(score.get("raw"), score.get("min"), score.get("max"))
    if placed is None and isinstance(success := result.get("success"), bool):
        return float(success)
    return placed


def _rating(result: Mapping[str, Any]) -> float | None:
    """Rating in [-1, 1]: the raw one between its ends, else scaled as it is."""
    score = result.get("score") or {}
    placed = between(score.get("raw"), score.get("min"), score.get("max"))
    return number(score.get("scaled")) if placed is None else 2 * placed - 1


def _nothing(_: Mapping[str, Any]) -> None:
    return None


_VALUES = {"progress": _progress, "score": _score, "rating": _rating, "response": _nothing}
