"""Names by subject and by domain, written for this project from general knowledge."""

from functools import cache
from importlib.resources import files


def curriculum() -> tuple[tuple[str, str], ...]:
    """Pairs of (course name or term, subject).

    Examples
    --------
    >>> ("线性代数", "理学") in curriculum()
    True
    """
    return _pairs("curriculum.txt")


def domains() -> tuple[tuple[str, str], ...]:
    """Pairs of (name or term, path of domain and leaf).

    Examples
    --------
    >>> ("钢琴", "文化娱乐/音乐") in domains()
    True
    """
    return _pairs("domains.txt")


@cache
def _pairs(name: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    label = ""
    for line in files("nlp.training").joinpath(name).read_text("utf-8").splitlines():
        if line.startswith("# "):
            label = line[2:]
        else:
            found.extend((term, label) for term in line.split("、") if term)
    return tuple(found)
