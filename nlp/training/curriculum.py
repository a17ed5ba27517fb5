"""Names of courses by subject, written for this project from general knowledge."""

from functools import cache
from importlib.resources import files


@cache
def curriculum() -> tuple[tuple[str, str], ...]:
    """Pairs of (course name or term, subject).

    Examples
    --------
    >>> ("线性代数", "理学") in curriculum()
    True
    """
    found: list[tuple[str, str]] = []
    subject = ""
    for line in files("nlp.training").joinpath("curriculum.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            subject = line[2:]
        else:
            found.extend((name, subject) for name in line.split("、") if name)
    return tuple(found)
