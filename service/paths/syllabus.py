"""What the planner knows of one item: what it teaches, what it asks for, how long it takes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any

from service.catalogue import Entry

#: minutes of an item that does not say, by kind; of any other kind, see `READING`
DEFAULT_MINUTES = {"course": 240.0, "film": 90.0, "short_drama": 60.0}
#: characters read in a minute, and the least an item takes
READING, LEAST_MINUTES = 300.0, 10.0
#: how much a topic says about an item beside a tag of weight 1; less probable ones say nothing
TOPIC_WEIGHT, LEAST_TOPIC = 0.5, 0.2

Summary = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Syllabus:
    """An item as the planner sees it.

    Attributes
    ----------
    title : str
        Folded: lower case, as phrases are looked for in it.
    kind : str
    level : float or None
        1 to 5: the attribute ``level``, else the difficulty of the text.
    minutes : float
        The attribute ``minutes`` or ``duration_minutes``, else a default.
    is_estimated : bool
        Whether `minutes` is the default.
    prerequisites : tuple of str, or None
        The attribute of that name: ids that an editor set. They are the whole truth about
        this item, an empty list too; ``None`` if nobody set any.
    requires : tuple of str
        Folded phrases that the text expects to be known.
    terms : mapping of str to float
        Folded tags with their weights, and probable topics as ``taxonomy:label``: of a topic
        and its parent, the topic alone.
    norm : float
        Length of `terms`.
    values : frozenset of str
        Folded texts among the values of all attributes but the prerequisites.
    """

    title: str
    kind: str
    level: float | None
    minutes: float
    is_estimated: bool
    prerequisites: tuple[str, ...] | None
    requires: tuple[str, ...]
    terms: Mapping[str, float]
    norm: float
    values: frozenset[str]


def syllabus(entry: Entry, summary: Summary, n_characters: int) -> Syllabus:
    """Read an item; attributes of a wrong type count as not there.

    Parameters
    ----------
    entry : Entry
    summary : mapping
        What :func:`service.pipeline.summarise` wrote.
    n_characters : int
        Length of the item's text.
    """
    attributes = entry.attributes
    minutes = _number(attributes.get("minutes")) or _number(attributes.get("duration_minutes"))
    level = _number(attributes.get("level")) or _number(summary.get("difficulty"))
    # many items have the same terms: one text each is kept
    terms = {intern(fold(tag["text"])): float(tag["weight"]) for tag in summary.get("tags", ())}
    for taxonomy, topics in summary.get("topics", {}).items():
        for label, probability in _probable(topics).items():
            terms[intern(f"{taxonomy}:{label}")] = TOPIC_WEIGHT * probability
    return Syllabus(
        title=fold(entry.title),
        kind=entry.kind,
        level=None if level is None else min(max(level, 1.0), 5.0),
        minutes=minutes or max(DEFAULT_MINUTES.get(entry.kind, 0.0), _reading(n_characters)),
        is_estimated=minutes is None,
        prerequisites=_ids(attributes.get("prerequisites")),
        requires=tuple(dict.fromkeys(fold(phrase) for phrase in summary.get("requires", ()))),
        terms=terms,
        norm=math.sqrt(sum(weight * weight for weight in terms.values())),
        values=frozenset(
            fold(text)
            for name, value in attributes.items()
            if name != "prerequisites"
            for text in _texts(value)
        ),
    )


def fold(text: str) -> str:
    """A phrase as it is compared.

    Examples
    --------
    >>> fold(" 《Python》 入门 ")
    'python 入门'
    """
    return " ".join(text.casefold().replace("《", "").replace("》", "").split())


def _probable(topics: Sequence[Summary]) -> dict[str, float]:
    found = {t["label"]: t["probability"] for t in topics if t["probability"] >= LEAST_TOPIC}
    parents = {label.rpartition("/")[0] for label in found}
    return {label: float(p) for label, p in found.items() if label not in parents}


def _number(value: object) -> float | None:
    """A positive finite number, or nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < 1e6 else None


def _texts(value: object) -> list[str]:
    return [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str)]


def _ids(value: object) -> tuple[str, ...] | None:
    return tuple(dict.fromkeys(_texts(value))) if isinstance(value, str | list) else None


def _reading(n_characters: int) -> float:
    return max(LEAST_MINUTES, math.ceil(n_characters / READING))
