"""Groups of people with readable names, none of them smaller than a floor.

A group that is not shown must not follow from those that are: what is left over is nobody, at
least the floor, or of several kinds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from recommend.shrinkage import beta_rate

#: joins the parts of a name
JOINT = " · "

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
        People of the audience in it.
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


def partition(labels: Sequence[Sequence[str]], floor: int) -> list[str]:
    """A group for each person: the most detailed one that has `floor` people, or ``""``.

    Parameters
    ----------
    labels : sequence of sequences of str
        Of each person, from what matters most to details; an empty one has no group.
    floor : int
        Smallest group. The people without one are none, at least as many, or of several kinds.

    Examples
    --------
    >>> people = [("数学", "初级")] * 3 + [("数学", "高级")] * 1 + [("烹饪", "初级")] * 2
    >>> partition(people, 2)  # the one 高级 would follow from 烹饪 and the whole
    ['数学 · 初级', '数学 · 初级', '数学 · 初级', '', '', '']
    >>> partition([*people, ("历史", "初级")], 2)[3:]
    ['', '烹饪 · 初级', '烹饪 · 初级', '']
    """
    groups = [""] * len(labels)
    depth = max((len(label) for label in labels), default=0)
    for length in range(depth, 0, -1):
        counts: dict[str, list[int]] = {}
        for person, label in enumerate(labels):
            if not groups[person] and len(label) >= length:
                counts.setdefault(JOINT.join(label[:length]), []).append(person)
        for name, people in counts.items():
            if len(people) >= floor:
                for person in people:
                    groups[person] = name
    return _hidden_well(groups, labels, floor)


def _hidden_well(groups: list[str], labels: Sequence[Sequence[str]], floor: int) -> list[str]:
    """Take back the smallest groups while the people without one are too few, and alike."""
    while any(groups):
        kinds = [tuple(label[:1]) for label, group in zip(labels, groups, strict=True) if not group]
        if not 0 < len(kinds) < floor or len(set(kinds)) > 1:
            break
        sizes: dict[str, int] = {}
        for group in groups:
            sizes[group] = sizes.get(group, 0) + bool(group)
        smallest = min((name for name in sizes if name), key=lambda name: (sizes[name], name))
        groups = ["" if group == smallest else group for group in groups]
    return groups


def by_profile(
    inside: Sequence[Sequence[str]], everybody: Iterable[Sequence[str]], n_users: int, floor: int
) -> list[Segment]:
    """Groups of an audience by their labels, beside all users."""
    shown = [group for group in partition(inside, floor) if group]
    names = set(shown)
    usual: dict[str, int] = dict.fromkeys(names, 0)
    for label in everybody:
        found = (JOINT.join(label[:n]) for n in range(len(label), 0, -1))
        name = next((name for name in found if name in names), None)
        if name is not None:
            usual[name] += 1
    return _ordered(
        _segment(name, "profile", shown.count(name), len(inside), usual[name], n_users)
        for name in names
    )


def by_attribute(
    inside: Mapping[str, Mapping[str, object]],
    everybody: Mapping[str, Mapping[str, object]],
    size: int,
    n_users: int,
    floor: int,
) -> list[Segment]:
    """Groups of an audience by single attributes, each attribute a division of its own.

    Parameters
    ----------
    inside, everybody : mapping of user to attributes
        Of those who have any.
    size, n_users : int
        People in the audience, and all.
    """
    segments: list[Segment] = []
    for name in sorted({name for attributes in inside.values() for name in attributes}):
        values = [_label(name, attributes.get(name)) for attributes in inside.values()]
        values += [()] * (size - len(values))
        shown = [group for group in partition(values, floor) if group]
        usual = [_label(name, attributes.get(name)) for attributes in everybody.values()]
        for group in set(shown):
            n = sum(label == (group,) for label in usual)
            segments.append(_segment(group, "attribute", shown.count(group), size, n, n_users))
    return _ordered(segments)


def _label(name: str, value: object) -> tuple[str, ...]:
    return (f"{name}={value}",) if isinstance(value, str | int | float) else ()


def _segment(
    name: str, by: Literal["profile", "attribute"], size: int, whole: int, n: int, n_users: int
) -> Segment:
    usual = n / n_users
    if usual >= 1:
        return Segment(name, by, size, size / whole, usual, 1.0, 1.0, 1.0)
    rate = beta_rate(size, whole, usual=usual, strength=_STRENGTH)
    lifts = (rate.mean / usual, rate.low / usual, rate.high / usual)
    return Segment(name, by, size, size / whole, usual, *lifts)


def _ordered(segments: Iterable[Segment]) -> list[Segment]:
    return sorted(segments, key=lambda s: (-s.low, -s.size, s.name))
