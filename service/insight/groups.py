"""Groups of people with readable names: those that an audience surely has more of than all users.

A group is everybody its name fits, so that groups overlap, and one that is shown for a larger
audience is never smaller. Sizes are rounded (see `service.insight.disclosure`), and everything else
is computed from rounded sizes, which groups are shown among it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from recommend.attributes import AttributeSpace
from service.insight.disclosure import Disclosure
from service.insight.labels import JOINT

#: people that the prior of a group's share is worth
_STRENGTH = 10.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A group of an audience.

    Attributes
    ----------
    by : {"profile", "attribute"}
        What names it: topic, level and part of the day, or an attribute of the platform.
    size : int
        People of the audience in it, rounded as every number here.
    share, usual : float
        Share of the audience, and of all users.
    lift, low, high : float
        ``share / usual`` shrunk to 1, with its 95 % interval: that of chance and of the rounding
        of both, to tenths, as rounded numbers say no more.
    """

    name: str
    by: Literal["profile", "attribute"]
    size: int
    share: float
    usual: float
    lift: float
    low: float
    high: float


def denser(segments: Iterable[Segment]) -> list[Segment]:
    """Those that the audience surely has more of than all users: profiles first, the surest first.

    The detail of a group is told beside it where it is denser still.
    """
    sure = [s for s in segments if s.low > 1]
    lifts = {s.name: s.lift for s in sure if s.by == "profile"}
    kept = (s for s in sure if s.by == "attribute" or all(s.lift > x for x in _wider(s, lifts)))
    return sorted(kept, key=lambda s: (s.by == "attribute", -s.low, -s.size, s.name))


def _wider(detail: Segment, lifts: Mapping[str, float]) -> list[float]:
    """Lifts of the groups that one is a detail of."""
    parts = detail.name.split(JOINT)
    names = (JOINT.join(parts[:n]) for n in range(1, len(parts)))
    return [lifts[name] for name in names if name in lifts]


def by_profile(
    inside: Iterable[Sequence[str]],
    everybody: Iterable[Sequence[str]],
    size: int,
    n_users: int,
    disclosure: Disclosure,
) -> list[Segment]:
    """Groups of an audience by labels, from a topic to its details, beside all users.

    Parameters
    ----------
    inside, everybody : iterables of sequences of str
        Of each person, from what matters most to details; an empty one has no group.
    size, n_users : int
        People in the audience, and all.
    """
    here, usual = (
        Counter(JOINT.join(label[:n]) for label in people for n in range(1, len(label) + 1))
        for people in (inside, everybody)
    )
    return [
        _segment(name, "profile", n, size, usual[name], n_users, disclosure)
        for name, n in here.items()
        if disclosure.shown(n)
    ]


def by_attribute(
    inside: Mapping[str, Mapping[str, object]],
    everybody: Mapping[str, Mapping[str, object]],
    size: int,
    n_users: int,
    disclosure: Disclosure,
) -> list[Segment]:
    """Groups of an audience by single attributes, each attribute a division of its own.

    Numbers of many values are cut into ranges, as those that lists heed are; of several values of
    one name, each counts.

    Parameters
    ----------
    inside, everybody : mapping of user to attributes
        Of those who have any.
    size, n_users : int
        People in the audience, and all.
    """
    space = AttributeSpace.fit(list(everybody.values()))
    here, usual = (
        Counter(pair for attributes in people.values() for pair in space.values(attributes))
        for people in (inside, everybody)
    )
    return [
        _segment(f"{name}={value}", "attribute", n, size, usual[name, value], n_users, disclosure)
        for (name, value), n in here.items()
        if disclosure.shown(n)
    ]


def _segment(
    name: str,
    by: Literal["profile", "attribute"],
    size: int,
    whole: int,
    n: int,
    n_users: int,
    disclosure: Disclosure,
) -> Segment:
    size, whole, n, n_users = (disclosure.told(x) for x in (size, whole, n, n_users))
    usual = n / n_users
    if usual >= 1:
        return Segment(name, by, size, size / whole, usual, 1.0, 1.0, 1.0)
    rate = disclosure.rate(size, whole, usual=usual, strength=_STRENGTH)
    lift, low, high = (x / usual for x in (rate.mean, rate.low, rate.high))
    # δ(r / u) = δr / u - (r / u) δn / n with u = n / n_users
    error = 1.96 * lift * np.sqrt(disclosure.noise) / n
    low = max(0.0, lift - float(np.hypot(lift - low, error)))
    high = lift + float(np.hypot(high - lift, error))
    return Segment(name, by, size, size / whole, usual, *(round(x, 1) for x in (lift, low, high)))
