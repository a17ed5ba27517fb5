"""Places given to what is little known, with the probability that each item got its place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommend.checks import require
from recommend.ranking import top_n

DRAWN_FROM = 50
"""Items that one exploring place is drawn from."""
LITTLE_KNOWN = 0.25
"""Share of the items, by number of users, that counts as little known."""


@dataclass(frozen=True, eq=False)
class Draw:
    """Items drawn, one a place, and the probability of each to be drawn.

    Attributes
    ----------
    items : int array of shape (n_slots,)
    propensities : array of shape (n_slots,)
        In (0, 1]: the chance of this item to be in the list at all.
    pool : int array
        All items that could have been drawn.
    chances : array as long as `pool`
        Their propensities; they sum to the number of slots.
    """

    items: NDArray[np.int64]
    propensities: NDArray[np.float64]
    pool: NDArray[np.int64]
    chances: NDArray[np.float64]


def n_slots(n: int, share: float) -> int:
    """Places of a list of `n` that explore: its share, rounded, a half up.

    Examples
    --------
    >>> n_slots(10, 0.2), n_slots(10, 0.04), n_slots(5, 0.1)
    (2, 0, 1)
    """
    require("explore", share, 0 <= share <= 1, "in [0, 1]")
    return int(np.floor(share * n + 0.5))


def slots(n: int, count: int) -> NDArray[np.int64]:
    """Places, from 0, of `count` exploring items among `n`: spread evenly, the last one last.

    Examples
    --------
    >>> slots(10, 2).tolist()
    [4, 9]
    """
    return (np.arange(1, count + 1) * n // max(count, 1) - 1).astype(np.int64)


def draw(
    scores: NDArray[np.float64],
    support: NDArray[np.int64],
    candidates: NDArray[np.int64],
    count: int,
    *,
    rng: np.random.Generator,
) -> Draw:
    """Draw little-known items that the scores still find likely (equation 15).

    Of the quarter of the candidates with the fewest users, the best by score are dealt in turn
    to the slots, and each slot draws one of its own with a chance that falls with the number
    of its users, ``1 / √(1 + users)``. As no item belongs to two slots, its chance to be
    drawn is its chance to be shown, exactly.

    Parameters
    ----------
    scores, support : arrays of shape (n_items,)
        Score, and number of users so far, of each item.
    candidates : int array
        Items that may be drawn.
    count : int
        Slots; there are fewer if there are fewer candidates.
    rng : Generator

    Examples
    --------
    >>> found = draw(np.ones(3), np.array([9, 0, 0]), np.arange(3), 2, rng=np.random.default_rng(0))
    >>> sorted(found.items.tolist()), found.propensities.tolist()
    ([1, 2], [1.0, 1.0])
    """
    count = min(count, len(candidates))
    if count == 0:
        nothing = np.zeros(0)
        return Draw(np.zeros(0, np.int64), nothing, np.zeros(0, np.int64), nothing)
    users = support[candidates]
    enough = max(count, int(LITTLE_KNOWN * len(users)))  # never fewer than there are slots
    rare = candidates[users <= np.partition(users, enough - 1)[enough - 1]]
    pool = rare[top_n(scores[rare], DRAWN_FROM * count).items]
    weight = 1.0 / np.sqrt(1.0 + support[pool])
    slot = np.arange(len(pool)) % count
    chances = weight / np.bincount(slot, weight)[slot]
    luck = rng.random(count)
    drawn = np.empty(count, np.int64)
    for place in range(count):
        mine = np.flatnonzero(slot == place)
        up_to = np.cumsum(chances[mine])
        drawn[place] = mine[min(np.searchsorted(up_to, luck[place], "right"), len(mine) - 1)]
    return Draw(pool[drawn], chances[drawn], pool, chances)
