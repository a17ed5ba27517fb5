"""用户画像: what a person's events say of them, with how sure that is and what it rests on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend import event_weights, interaction_matrix
from recommend.shrinkage import confidence, effective_number, shrunk_mean, shrunk_shares
from service import messages
from service.context import PARTS_OF_DAY, Circumstances, local_hours, part_of_day
from service.insight.facts import Facts, taxonomy_of
from service.insight.traits import (
    N_EVIDENCE,
    Measure,
    Trait,
    counted,
    latest,
    mean_of,
    ordered,
)
from service.insight.weighing import Weighing
from service.messages import Remark
from service.seen import UNSEEN
from service.store import StoredEvent

#: events that a portrait looks at, the newest; interests shown
N_EVENTS, N_INTERESTS = 5_000, 12

#: share of an item that must be played for its level to count as managed
_MANAGED = 0.8


@dataclass(frozen=True, slots=True)
class Profile:
    """A portrait. Parts without any evidence are empty or ``None``.

    Attributes
    ----------
    interests : tuple of Trait
        Topics taken more than usual, the most telling first.
    level : Measure or None
        1 to 5, over what was managed: completed, played to 80 %, or exercised.
    mastery : Measure or None
        Mean score of exercises, in [0, 1].
    minutes : Measure or None
        Length of the items taken, a weighted mean of minutes.
    kinds, forms, lengths, parts, devices, regions : tuples of Trait
        Of each, the whole distribution by falling share.
    hours : tuple of float
        Share of each hour of the day, 24 of them, or none.
    hours_confidence : float
        Of all 24 together; the events are those of `parts`.
    weekend : Trait or None
        Share of what is done on Saturday and Sunday; 2/7 is usual.
    sentiment : Measure or None
        Mean polarity of their reviews, -1 to 1.
    """

    user: str
    attributes: Mapping[str, Any]
    n_events: int
    n_items: int
    interests: tuple[Trait, ...] = ()
    level: Measure | None = None
    mastery: Measure | None = None
    minutes: Measure | None = None
    kinds: tuple[Trait, ...] = ()
    forms: tuple[Trait, ...] = ()
    lengths: tuple[Trait, ...] = ()
    parts: tuple[Trait, ...] = ()
    hours: tuple[float, ...] = ()
    hours_confidence: float = 0.0
    weekend: Trait | None = None
    devices: tuple[Trait, ...] = ()
    regions: tuple[Trait, ...] = ()
    sentiment: Measure | None = None

    @property
    def short_reason(self) -> Remark | None:
        """Why there are no interests."""
        if self.interests:
            return None
        if not self.n_events:
            return Remark(messages.NO_EVENTS)
        if not self.n_items:
            return Remark(messages.NOTHING_TAKEN, {"n": self.n_events})
        return Remark(messages.NO_INTEREST, {"n": self.n_items})


@dataclass(frozen=True, eq=False)
class _Taken:
    """Items of positive weight, and the events that speak of each, the strongest first."""

    ids: Sequence[str]
    weights: NDArray[np.float64]
    events: Mapping[str, Sequence[str]]

    def evidence(self, item_weights: NDArray[np.float64]) -> tuple[str, ...]:
        order = np.argsort(-item_weights, kind="stable")
        strongest = (self.events[self.ids[i]] for i in order if item_weights[i] > 0)
        return tuple(events[0] for events, _ in zip(strongest, range(N_EVIDENCE), strict=False))


def portrait(
    user: str,
    attributes: Mapping[str, Any],
    events: Sequence[StoredEvent],
    facts: Facts,
    zone: tzinfo,
    weighing: Weighing,
) -> Profile:
    """The portrait of a user from their events, in any order.

    Parameters
    ----------
    attributes : mapping
        What the platform said of the user.
    zone : tzinfo
        The clock by which hours are told.
    weighing : Weighing
        What events weigh.
    """
    events = sorted(events, key=lambda e: (e.time, e.id))
    taken = _taken(events, facts, weighing)
    done = [e for e in events if e.type not in UNSEEN]
    parts, hours, weekend = _clocked(done, zone)
    told = [(e, Circumstances.of(e.context)) for e in done]
    return Profile(
        user=user,
        attributes=attributes,
        n_events=len(events),
        n_items=len(taken.ids),
        interests=_interests(taken, facts),
        level=_level(events, taken, facts),
        mastery=mean_of([e for e in events if e.type == "exercise"], 0.5),
        minutes=_minutes(taken, facts),
        kinds=_by_item(taken, lambda i: facts.by_id[i].kind, facts.usual_kinds),
        forms=_by_item(taken, lambda i: facts.by_id[i].form, facts.usual_forms),
        lengths=_by_item(taken, lambda i: facts.by_id[i].length, facts.usual_lengths),
        parts=parts,
        hours=hours,
        hours_confidence=confidence(len(done)),
        weekend=weekend,
        devices=counted((e.id, c.device) for e, c in told),
        regions=counted((e.id, c.region) for e, c in told),
        sentiment=mean_of([e for e in events if e.type == "review"], 0.0),
    )


def _taken(events: Sequence[StoredEvent], facts: Facts, weighing: Weighing) -> _Taken:
    known = [e for e in events if e.item in facts.by_id]
    ids = sorted({e.item for e in known})
    rows = {item: row for row, item in enumerate(ids)}
    values = np.array([np.nan if e.value is None else e.value for e in known])
    types = [e.type for e in known]
    matrix: csr_array = interaction_matrix(
        np.zeros(len(known), np.int64),
        np.array([rows[e.item] for e in known], np.int64),
        types,
        values,
        np.array([e.time for e in known], np.float64),
        shape=(1, len(ids)),
        now=weighing.now,
        half_life_days=weighing.half_life_days,
        table=weighing.table,
    )
    strength = event_weights(types, values, table=weighing.table).tolist()
    speaking: dict[str, list[tuple[float, str]]] = {}
    for event, weight in zip(known, strength, strict=True):
        speaking.setdefault(event.item, []).append((-weight, event.id))
    kept = [ids[i] for i in matrix.indices]
    ordered = {item: [name for _, name in sorted(speaking[item])] for item in kept}
    return _Taken(kept, matrix.data, ordered)


def _interests(taken: _Taken, facts: Facts) -> tuple[Trait, ...]:
    """Topics by how much more of them is taken than usual: ``share · ln(share / usual)``."""
    found: list[tuple[float, Trait]] = []
    names = sorted({name for i in taken.ids for name in facts.by_id[i].topics})
    topics = [facts.by_id[i].topics for i in taken.ids]
    for taxonomy in sorted({taxonomy_of(name) for name in names}):
        told = np.array([any(taxonomy_of(n) == taxonomy for n in t) for t in topics], bool)
        n, total = effective_number(taken.weights[told]), float(taken.weights[told].sum())
        for name in (n for n in names if taxonomy_of(n) == taxonomy):
            weights = taken.weights * np.array([t.get(name, 0.0) for t in topics])
            seen, usual = n * float(weights.sum()) / total, facts.usual_topics[name]
            share = shrunk_mean(seen, n, usual)
            if share > usual:
                trait = Trait(name, share, usual, confidence(seen), taken.evidence(weights))
                found.append((share * float(np.log(share / usual)), trait))
    found.sort(key=lambda pair: (-pair[0], pair[1].name))
    return tuple(trait for _, trait in found[:N_INTERESTS])


def _by_item(
    taken: _Taken, of: Callable[[str], str | None], usual: Mapping[str, float]
) -> tuple[Trait, ...]:
    """The distribution of something that each item has one of."""
    values = [of(item) for item in taken.ids]
    told = taken.weights * np.array([v is not None for v in values])
    n, total = effective_number(told), float(told.sum())
    if n == 0:
        return ()
    masses = {name: told * np.array([v == name for v in values]) for name in usual}
    seen = n * np.array([float(m.sum()) / total for m in masses.values()])
    found = shrunk_shares(seen, list(usual.values())).tolist()
    return ordered(
        Trait(name, share, usual[name], confidence(evidence), taken.evidence(masses[name]))
        for name, share, evidence in zip(usual, found, seen.tolist(), strict=True)
    )


def _clocked(
    events: Sequence[StoredEvent], zone: tzinfo
) -> tuple[tuple[Trait, ...], tuple[float, ...], Trait | None]:
    """Parts of the day, hours, and the weekend."""
    if not events:
        return (), (), None
    hours, days = local_hours(np.array([e.time for e in events]), zone)
    width = dict.fromkeys(PARTS_OF_DAY.values(), 0.0)
    for hour in range(24):
        width[part_of_day(hour)] += 1 / 24
    ids: dict[str, list[str]] = {name: [] for name in width}
    free = [e.id for e, day in zip(events, days.tolist(), strict=True) if day >= 5]
    for event, hour in zip(events, hours.tolist(), strict=True):
        ids[part_of_day(hour)].append(event.id)
    found = shrunk_shares([len(ids[n]) for n in width], list(width.values())).tolist()
    parts = ordered(
        Trait(n, share, width[n], confidence(len(ids[n])), latest(ids[n]))
        for n, share in zip(width, found, strict=True)
    )
    by_hour = shrunk_shares(np.bincount(hours, minlength=24), np.full(24, 1 / 24))
    share = shrunk_mean(len(free), len(events), 2 / 7)
    weekend = Trait("周末", share, 2 / 7, confidence(len(events)), latest(free))
    return parts, tuple(by_hour.tolist()), weekend


def _level(events: Sequence[StoredEvent], taken: _Taken, facts: Facts) -> Measure | None:
    managed = {
        e.item
        for e in events
        if e.type in ("complete", "exercise")
        or (e.type == "play" and e.value is not None and e.value >= _MANAGED)
    }
    levels = [facts.by_id[i].level if i in managed else None for i in taken.ids]
    return _weighed(taken, levels, facts.usual_level)


def _minutes(taken: _Taken, facts: Facts) -> Measure | None:
    return _weighed(taken, [facts.by_id[i].minutes for i in taken.ids], facts.usual_minutes)


def _weighed(taken: _Taken, values: Sequence[float | None], usual: float) -> Measure | None:
    """Weighted mean over the items that have the value, shrunk."""
    weights = taken.weights * np.array([v is not None for v in values])
    n = effective_number(weights)
    if n == 0:
        return None
    mean = float(weights @ np.array([v or 0.0 for v in values]) / weights.sum())
    value = shrunk_mean(n * mean, n, usual)
    return Measure(value, usual, confidence(n), taken.evidence(weights))
