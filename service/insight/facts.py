"""What portraits count with: the topics, level, length and kind of each item.

Topics are named ``taxonomy:label``. What the platform says itself wins over the analysis: an
item whose attributes have a `domain` (and a `leaf` in it) is of that domain.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from service.store import Store
from service.store.readings import ItemSummary

LEVEL_NAMES = {1: "初级", 2: "初级", 3: "中级", 4: "高级", 5: "高级"}
MIDDLE_LEVEL = 3.0

#: name of a length -> minutes below which an item is that long
LENGTHS = {"短": 30.0, "中": 180.0, "长": float("inf")}


@dataclass(frozen=True, slots=True)
class ItemFact:
    """One item as portraits see it; what is not known is ``None`` or empty.

    Attributes
    ----------
    topics : mapping of str to float
        Probability by ``taxonomy:label``.
    level : float or None
        1 to 5: the attribute `level`, else the difficulty of the text.
    minutes, session_minutes : float or None
        Length of the whole, and of one sitting, from the attributes of these names.
    """

    title: str
    kind: str
    topics: Mapping[str, float]
    level: float | None
    minutes: float | None
    session_minutes: float | None
    attributes: Mapping[str, Any]

    @property
    def form(self) -> str | None:
        """Its attribute `form` (视频, 图文, 直播), if it is a text."""
        form = self.attributes.get("form")
        return form if isinstance(form, str) and form else None

    @property
    def length(self) -> str | None:
        """Name of its length, ``None`` if unknown."""
        return None if self.minutes is None else length_name(self.minutes)


@dataclass(frozen=True)
class Facts:
    """Facts of all items that are there, by id, as of a change of the catalogue."""

    change: int
    by_id: Mapping[str, ItemFact]

    @cached_property
    def usual_topics(self) -> Mapping[str, float]:
        """Mean probability of each topic over the items that have its taxonomy."""
        sums: dict[str, float] = {}
        told: dict[str, int] = {}
        for fact in self.by_id.values():
            for name, p in fact.topics.items():
                sums[name] = sums.get(name, 0.0) + p
            for taxonomy in {taxonomy_of(name) for name in fact.topics}:
                told[taxonomy] = told.get(taxonomy, 0) + 1
        return {name: total / told[taxonomy_of(name)] for name, total in sorted(sums.items())}

    @cached_property
    def usual_kinds(self) -> Mapping[str, float]:
        """Share of each kind in the catalogue."""
        return shares(fact.kind for fact in self.by_id.values())

    @cached_property
    def usual_forms(self) -> Mapping[str, float]:
        """Share of each form among the items that say theirs."""
        return shares(f.form for f in self.by_id.values() if f.form is not None)

    @cached_property
    def usual_lengths(self) -> Mapping[str, float]:
        """Share of each length among the items whose length is known."""
        return shares(f.length for f in self.by_id.values() if f.length is not None)

    @cached_property
    def usual_level(self) -> float:
        """Mean level of the items that have one."""
        return mean((f.level for f in self.by_id.values()), MIDDLE_LEVEL)

    @cached_property
    def usual_minutes(self) -> float:
        """Mean length of the items whose length is known."""
        return mean((f.minutes for f in self.by_id.values()), 0.0)


@dataclass
class FactBook:
    """Keeps facts up to date with the store: each question reads what changed since the last."""

    store: Store
    _facts: Facts = field(default_factory=lambda: Facts(-1, {}))
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def newest(self) -> Facts:
        """Facts as of now; the object returned never changes."""
        with self._lock:
            change, changed = self.store.readings.summaries_since(self._facts.change)
            if changed:
                by_id = dict(self._facts.by_id)
                for item in changed:
                    if item.kind is None:
                        by_id.pop(item.id, None)
                    else:
                        by_id[item.id] = item_fact(item, item.kind)
                self._facts = Facts(change, by_id)
            return self._facts


def item_fact(item: ItemSummary, kind: str) -> ItemFact:
    """Facts of one item from what is stored of it."""
    topics = {
        f"{taxonomy}:{topic['label']}": float(topic["probability"])
        for taxonomy, found in item.summary.get("topics", {}).items()
        for topic in found
    }
    domain, leaf = item.attributes.get("domain"), item.attributes.get("leaf")
    if isinstance(domain, str) and domain:
        topics = {n: p for n, p in topics.items() if not n.startswith("domain:")}
        topics[f"domain:{domain}"] = 1.0
        if isinstance(leaf, str) and leaf:
            topics[f"domain:{domain}/{leaf}"] = 1.0
    level = number(item.attributes.get("level"), 1.0, 5.0)
    if level is None and item.summary.get("difficulty") is not None:
        level = float(item.summary["difficulty"])
    return ItemFact(
        title=item.title,
        kind=kind,
        topics=topics,
        level=level,
        minutes=number(item.attributes.get("minutes"), 0.0, 1e6),
        session_minutes=number(item.attributes.get("session_minutes"), 0.0, 1e6),
        attributes=item.attributes,
    )


def number(value: object, low: float, high: float) -> float | None:
    """The value, if it is a number within these bounds.

    Examples
    --------
    >>> number(3, 1, 5), number("3", 1, 5), number(True, 0, 5), number(9, 1, 5)
    (3.0, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if low <= value <= high else None


def length_name(minutes: float) -> str:
    """Name of a length.

    Examples
    --------
    >>> [length_name(m) for m in (12, 30, 400)]
    ['短', '中', '长']
    """
    return next(name for name, bound in LENGTHS.items() if minutes < bound)


def level_name(level: float) -> str:
    """Name of a level from 1 to 5.

    Examples
    --------
    >>> level_name(1.4), level_name(3.2), level_name(4.6)
    ('初级', '中级', '高级')
    """
    return LEVEL_NAMES[min(5, max(1, round(level)))]


def taxonomy_of(topic: str) -> str:
    """Taxonomy of a topic named ``taxonomy:label``."""
    return topic.partition(":")[0]


def mean(values: Iterable[float | None], otherwise: float) -> float:
    """Mean of the values that are known."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else otherwise


def shares(values: Iterable[str]) -> dict[str, float]:
    """Share of each value, in the order of names."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    total = sum(counts.values())
    return {name: counts[name] / total for name in sorted(counts)}
