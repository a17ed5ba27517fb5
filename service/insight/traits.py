"""Traits and measures: shares and means of a portrait, with their evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from recommend.shrinkage import confidence, shrunk_mean, shrunk_shares
from service.store import StoredEvent

#: event ids named for each trait
N_EVIDENCE = 5


@dataclass(frozen=True, slots=True)
class Trait:
    """A share of what somebody does, beside what is usual, both in [0, 1].

    Attributes
    ----------
    name : str
    share : float
        Shrunk to `usual`: without evidence the two are equal.
    usual : float
        Share in the catalogue, or an equal share where the catalogue has none.
    confidence : float
        ``n / (n + 5)`` with n pieces of evidence, see :func:`recommend.shrinkage.confidence`.
    evidence : tuple of str
        Ids of the events that weigh most, at most five.
    """

    name: str
    share: float
    usual: float
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean shrunk to what is usual, with its confidence and evidence; see `Trait`."""

    value: float
    usual: float
    confidence: float
    evidence: tuple[str, ...]


def counted(pairs: Iterable[tuple[str, str | None]]) -> tuple[Trait, ...]:
    """The distribution of something that events have one of; an equal share is usual."""
    ids: dict[str, list[str]] = {}
    for event, value in pairs:
        if value is not None:
            ids.setdefault(value, []).append(event)
    names = sorted(ids)
    usual = np.full(len(names), 1 / max(len(names), 1))
    found = shrunk_shares([len(ids[n]) for n in names], usual).tolist() if names else []
    return ordered(
        Trait(n, share, usual[0].item(), confidence(len(ids[n])), latest(ids[n]))
        for n, share in zip(names, found, strict=True)
    )


def mean_of(events: Sequence[StoredEvent], usual: float) -> Measure | None:
    """Mean value of the events that have one, pulled to `usual`."""
    told = [e for e in events if e.value is not None]
    if not told:
        return None
    value = shrunk_mean(sum(e.value or 0.0 for e in told), len(told), usual)
    return Measure(value, usual, confidence(len(told)), latest([e.id for e in told]))


def latest(ids: Sequence[str]) -> tuple[str, ...]:
    """The last few of ids in the order of time, newest first."""
    return tuple(reversed(ids[-N_EVIDENCE:]))


def ordered(traits: Iterable[Trait]) -> tuple[Trait, ...]:
    """By falling share, equal ones by name."""
    return tuple(sorted(traits, key=lambda t: (-t.share, t.name)))
