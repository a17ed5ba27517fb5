"""Labels of texts: one each, or several; a label may be a path, such as 理学/数学."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Labels = Sequence[str] | Sequence[tuple[str, ...]]


def with_beginnings(labels: Iterable[str]) -> tuple[str, ...]:
    """Labels with every beginning of those that are paths, sorted.

    Examples
    --------
    >>> with_beginnings(["理学/数学", "法学"])
    ('法学', '理学', '理学/数学')
    """
    return tuple(sorted({part for label in labels for part in (label, *_beginnings(label))}))


@lru_cache(1 << 12)
def _beginnings(label: str) -> tuple[str, ...]:
    parts = label.split("/")
    return tuple(["/".join(parts[:n]) for n in range(1, len(parts))])


def with_parents(found: Mapping[str, float], *, independent: bool) -> dict[str, float]:
    """Probabilities of leaves, and of every beginning of their paths.

    Where a text has one label, a beginning has the sum of what is below it; where it may have
    several, the beginning was learned as well, and has at least the largest.

    Examples
    --------
    >>> leaves = {"理学/数学": 0.5, "理学/物理": 0.25, "法学": 0.25}
    >>> with_parents(leaves, independent=False)["理学"]
    0.75
    >>> with_parents({**leaves, "理学": 0.4}, independent=True)["理学"]
    0.5
    """
    result = dict(found)
    for label, value in found.items():
        for parent in _beginnings(label):
            before = result.get(parent, 0.0)
            result[parent] = max(before, value) if independent else before + value
    return result


def members(labels: Labels) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Sorted classes, and which of them each row has: shape (n, n_classes).

    Examples
    --------
    >>> classes, member = members([("a", "b"), ("b",)])
    >>> classes, member.tolist()
    (('a', 'b'), [[True, True], [False, True]])
    """
    sets = [(label,) if isinstance(label, str) else tuple(label) for label in labels]
    classes = tuple(sorted({name for names in sets for name in names}))
    number = {name: i for i, name in enumerate(classes)}
    member = np.zeros((len(sets), len(classes)), dtype=bool)
    for row, names in enumerate(sets):
        member[row, [number[name] for name in names]] = True
    return classes, member
