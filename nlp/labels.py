"""Labels that are paths, such as 理学/数学: each beginning is a label too."""

from collections.abc import Iterable, Mapping


def with_beginnings(labels: Iterable[str]) -> tuple[str, ...]:
    """Labels with every beginning of those that are paths, sorted.

    Examples
    --------
    >>> with_beginnings(["理学/数学", "法学"])
    ('法学', '理学', '理学/数学')
    """
    return tuple(sorted({part for label in labels for part in (label, *_beginnings(label))}))


def _beginnings(label: str) -> list[str]:
    parts = label.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]


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
