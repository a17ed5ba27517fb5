"""What a path is planned from, and what it is: values without a rule."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recommend.checks import require

Array = NDArray[np.float64]
Role = Literal["goal", "prerequisite", "enrichment"]

#: of 1 to 5, where the level is unknown
MIDDLE_LEVEL = 3.0

#: no path is longer, whatever is asked for: ten years
LONGEST_WEEKS = 520


@dataclass(frozen=True, eq=False)
class Situation:
    """Everything about one learner and the items, one number an item.

    Attributes
    ----------
    mastery : array in [0, 1]
        See `recommend.mastery`.
    taste : array in [0, 1]
        How much this person likes an item.
    relevance : array in [0, 1]
        How near an item is to the goal.
    minutes : array
        What is left to do of an item, > 0.
    level : array
        Difficulty; NaN where unknown. Settles the order of what nothing else orders.
    blocked : array of bool
        Items that cannot be taken.
    optional : array of bool
        Items that may be added though nothing needs them.
    """

    mastery: Array
    taste: Array
    relevance: Array
    minutes: Array
    level: Array
    blocked: NDArray[np.bool_]
    optional: NDArray[np.bool_]


@dataclass(frozen=True)
class Budget:
    """What may be spent.

    Attributes
    ----------
    minutes_per_week : float
        At least 1.
    n : int
        Steps at most.
    weeks : int, optional
        Weeks at most. Without, as many as the goal needs, up to `LONGEST_WEEKS`; what is left
        of the last one is free for items that nothing needs.
    """

    minutes_per_week: float
    n: int = 20
    weeks: int | None = None

    def __post_init__(self) -> None:
        per_week = self.minutes_per_week
        require("minutes_per_week", per_week, 1 <= per_week < np.inf, "at least 1")
        require("n", self.n, self.n >= 1, "at least 1")
        if self.weeks is not None:
            require("weeks", self.weeks, self.weeks >= 1, "at least 1")


@dataclass(frozen=True)
class Step:
    """One item of a path.

    Attributes
    ----------
    item : int
    role : str
        ``"enrichment"`` is needed by nothing.
    needed_by : tuple of int
        Items of the path that it is a prerequisite of.
    readiness : float
        Probability, before anything of the path is done, that all it needs is known.
    begins, ends : float
        Minutes from the start of the path; a week has `minutes_per_week` of them.
    left : float
        Minutes of the item that remain when the budget is spent: 0, but for the last step.
    """

    item: int
    role: Role
    needed_by: tuple[int, ...]
    readiness: float
    begins: float
    ends: float
    left: float = 0.0


@dataclass(frozen=True)
class Path:
    """An answer to "how do I get there?".

    Attributes
    ----------
    steps : tuple of Step
        In order: every prerequisite of a step is mastered or an earlier step.
    mastered : tuple of int
        Goals and prerequisites that are known already, and so are left out.
    missing : tuple of int
        Blocked items without which a goal cannot be reached.
    beyond : tuple of int
        Items that the goals need and that cannot even be begun within the budget.
    needed_minutes : float
        Of all that the goals need, blocked items left out.
    """

    steps: tuple[Step, ...]
    mastered: tuple[int, ...]
    missing: tuple[int, ...]
    beyond: tuple[int, ...]
    needed_minutes: float

    @property
    def is_reachable(self) -> bool:
        """Whether the last step leaves nothing of the goals open."""
        return not self.missing and not self.beyond and not self.left

    @property
    def left(self) -> float:
        """Minutes of the last step that do not fit."""
        return self.steps[-1].left if self.steps else 0.0
