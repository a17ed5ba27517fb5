"""Groups of people with readable names, none of them too small to be shown.

Sizes are rounded (see `service.insight.disclosure`): what is left over of an audience, beside the
groups that are shown, is no number of people either.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

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
        ``share / usual`` shrunk to 1, with its 95 % interval.
    """

    name: str
    by: Literal["profile", "attribute"]
    size: int
    share: float
    usual: float
    lift: float
    low: float
    high: float


def partition(labels: Sequence[Sequence[str]], disclosure: Disclosure) -> list[str]:
    """A group for each person: the most detailed one that may be shown, or ``""``.

    Parameters
    ----------
    labels : sequence of sequences of str
        Of each person, from what matters most to details; an empty one has no group.

    Examples
    --------
    >>> people = [("数学", "初级")] * 4 + [("数学", "高级")] * 1 + [("烹饪", "初级")] * 5
    >>> partition(people, Disclosure(2))[::3]
    ['数学 · 初级', '数学 · 初级', '烹饪 · 初级', '烹饪 · 初级']
    >>> partition(people, Disclosure(2))[4]
    ''
    """
    groups = [""] * len(labels)
    depth = max((len(label) for label in labels), default=0)
    for length in range(depth, 0, -1):
        counts: dict[str, list[int]] = {}
        for person, label in enumerate(labels):
            if not groups[person] and len(label) >= length:
                counts.setdefault(JOINT.join(label[:length]), []).append(person)
        for name, people in counts.items():
            if disclosure.shown(len(people)):
                for person in people:
                    groups[person] = name
    return groups


def by_profile(
    inside: Sequence[Sequence[str]],
    everybody: Iterable[Sequence[str]],
    n_users: int,
    disclosure: Disclosure,
) -> list[Segment]:
    """Groups of an audience by their labels, beside all users."""
    sizes = Counter(group for group in partition(inside, disclosure) if group)
    usual = dict.fromkeys(sizes, 0)
    for label in everybody:
        found = (JOINT.join(label[:n]) for n in range(len(label), 0, -1))
        name = next((name for name in found if name in sizes), None)
        if name is not None:
            usual[name] += 1
    return _ordered(
        _segment(name, "profile", size, len(inside), usual[name], n_users, disclosure)
        for name, size in sizes.items()
    )


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
    return _ordered(
        _segment(f"{name}={value}", "attribute", n, size, usual[name, value], n_users, disclosure)
        for (name, value), n in here.items()
        if disclosure.shown(n)
    )


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
    lifts = (rate.mean / usual, rate.low / usual, rate.high / usual)
    return Segment(name, by, size, size / whole, usual, *lifts)


def _ordered(segments: Iterable[Segment]) -> list[Segment]:
    return sorted(segments, key=lambda s: (-s.low, -s.size, s.name))
