"""What may stand beside a goal: items about the same, no easier than it and little harder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.paths.curriculum import Curriculum
from service.paths.goals import Goal

#: an item whose tags and topics are less near to those of a goal is not about it; chosen on the
#: sample catalogue and on the texts of MOOCCubeX: note 0035
LEAST_NEAR = 0.35
#: what matches the words of a goal less surely is not about them either
LEAST_SURE = 0.6
#: levels above the goal that somebody who reached it can go on with
HARDER = 1.0
#: what somebody likes is in this share of the catalogue, by their taste
LIKED = 0.1


@dataclass(frozen=True, slots=True)
class Beside:
    """Why an item is near a goal.

    Attributes
    ----------
    goal : Goal
    near : float
        How near, in (0, 1]: how surely it is about the words, or the cosine of tags and topics.
    found : str, optional
        What of the item matches the words of the goal about as well; ``None`` where its text is
        like that of the goal.
    """

    goal: Goal
    near: float
    found: str | None = None


def beside(curriculum: Curriculum, goals: Sequence[Goal]) -> dict[str, Beside]:
    """Items that may be added to a path to these goals, by the nearest of them.

    None is easier than that goal, none more than a level harder; of unknown levels nothing is
    said.
    """
    taken = {goal.item for goal in goals}
    found: dict[str, Beside] = {}
    for goal in goals:
        for item, why in _near(curriculum, goal):
            if item in taken or not _fits(curriculum, goal.item, item):
                continue
            if item not in found or why.near > found[item].near:
                found[item] = why
    return found


def _near(curriculum: Curriculum, goal: Goal) -> Iterator[tuple[str, Beside]]:
    for item, match in goal.peers.items():
        if match.score >= LEAST_SURE:
            yield item, Beside(goal, match.score, match.found)
    for item, near in curriculum.index.nearness([goal.item]).items():
        if near >= LEAST_NEAR:
            yield item, Beside(goal, near)


def _fits(curriculum: Curriculum, goal: str, item: str) -> bool:
    level, own = curriculum.syllabi[goal].level, curriculum.syllabi[item].level
    return level is None or own is None or level <= own <= level + HARDER


def liked(taste: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Items that somebody likes, by the scores of a model that knows them.

    Examples
    --------
    >>> liked(np.arange(10.0)).nonzero()[0].tolist()
    [9]
    """
    return (taste > 0) & (taste >= np.quantile(taste, 1.0 - LIKED)) if len(taste) else taste > 0
