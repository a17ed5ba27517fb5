"""From scores to the list that is shown: masks, variety, exploration, and their record."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.checks import require
from recommend.diversity import diversified, pool_size
from recommend.exploration import draw, n_slots, slots
from recommend.ranking import TopN, top_n


@dataclass(frozen=True)
class Policy:
    """How a list is made of scores.

    Attributes
    ----------
    n : int
        Length asked for.
    diversity : float
        In [0, 1], see `diversified`; 0 is the plain order of scores.
    explore : float
        Share of the places that are drawn among little-known items, see `draw`; in [0, 1].
    """

    n: int = 10
    diversity: float = 0.0
    explore: float = 0.0

    def __post_init__(self) -> None:
        require("n", self.n, self.n >= 0, "at least 0")
        require("diversity", self.diversity, 0 <= self.diversity <= 1, "in [0, 1]")
        require("explore", self.explore, 0 <= self.explore <= 1, "in [0, 1]")


@dataclass(frozen=True, eq=False)
class Ranking:
    """A list as it is shown.

    Attributes
    ----------
    items : int array of shape (n_shown,)
    scores : array of shape (n_shown,)
        Of the model; they fall along the list where it neither varies nor explores.
    propensities : array of shape (n_shown,)
        Chance of each item to be in the list, given the scores: 1 unless it was drawn.
    explored : bool array of shape (n_shown,)
        Items that were drawn.
    """

    items: NDArray[np.int64]
    scores: NDArray[np.float64]
    propensities: NDArray[np.float64]
    explored: NDArray[np.bool_]

    @classmethod
    def of(cls, best: TopN) -> "Ranking":
        """The plain order: nothing was drawn."""
        return cls(*best, np.ones(len(best.items)), np.zeros(len(best.items), bool))


def rank(
    scores: NDArray[np.float64],
    policy: Policy,
    *,
    exclude: NDArray[np.bool_] | csr_array[Any] | None = None,
    content: csr_array[np.float64] | None = None,
    support: NDArray[np.int64] | None = None,
    rng: np.random.Generator | None = None,
) -> Ranking:
    """The list of one row of scores under a policy.

    What is excluded takes no places. With neither diversity nor exploration this is
    `top_n`, to the bit.

    Parameters
    ----------
    scores : array of shape (n_items,)
    policy : Policy
    exclude : see `top_n`
    content : csr_array of shape (n_items, n_features), optional
        What diversity looks at; without it, there is none.
    support : int array of shape (n_items,), optional
        Users of each item so far; without it, all items are equally little known.
    rng : Generator, optional
        Needed to explore.

    Examples
    --------
    >>> found = rank(np.array([3.0, 1.0, 2.0]), Policy(2))
    >>> found.items.tolist(), found.propensities.tolist()
    ([0, 2], [1.0, 1.0])
    """
    n_drawn = n_slots(policy.n, policy.explore)
    best = _varied(scores, policy.n - n_drawn, policy.diversity, exclude, content)
    if rng is None:
        require("explore", policy.explore, n_drawn == 0, "0 without an rng")
    if n_drawn == 0 or rng is None:
        return Ranking.of(best)
    open_ = scores > -np.inf  # NaN is not above
    if exclude is not None:
        open_[exclude if isinstance(exclude, np.ndarray) else exclude.indices] = False
    open_[best.items] = False
    users = np.zeros(len(scores), np.int64) if support is None else support
    drawn = draw(scores, users, np.flatnonzero(open_), n_drawn, rng=rng)
    n_shown = len(best.items) + len(drawn.items)
    explored = np.zeros(n_shown, bool)
    explored[slots(n_shown, len(drawn.items))] = True
    items, chances = np.empty(n_shown, np.int64), np.ones(n_shown)
    items[explored], items[~explored] = drawn.items, best.items
    chances[explored] = drawn.propensities
    return Ranking(items, np.asarray(scores[items], np.float64), chances, explored)


def _varied(
    scores: NDArray[np.float64],
    n: int,
    diversity: float,
    exclude: NDArray[np.bool_] | csr_array[Any] | None,
    content: csr_array[np.float64] | None,
) -> TopN:
    if diversity == 0 or content is None:
        return top_n(scores, n, exclude=exclude)
    pool = top_n(scores, pool_size(n), exclude=exclude)
    texts = csr_array(content[pool.items])
    chosen = diversified(pool.scores.astype(np.float64), texts, n, diversity)
    return TopN(pool.items[chosen], pool.scores[chosen])
