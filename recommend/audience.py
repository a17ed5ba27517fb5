"""Who should see an item: every user's score for one item, without a score of any other.

A score is linear in the user's row (equation 7 of `docs/math.md`), so the scores of all users
for one item are one product of their rows with the item's influences: what a unit weight of
each other item adds. That costs ``n_items · n_factors + nnz`` for any number of users.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.checks import checked_weights, require
from recommend.errors import ShapeError
from recommend.hybrid import HybridSVD
from recommend.shrinkage import Rate, beta_rate

Array = NDArray[np.float64]

_CHUNK = 8_192
LIFT_STRENGTH = 4.0
"""Takers that the prior of a lift is worth: it is pulled to 1."""


def influences(model: HybridSVD, item: int) -> Array:
    """What a unit weight of each item adds to the score of one item, (n_items,).

    The item itself adds nothing where the model takes out the diagonal. Cold items have
    influences by their content.

    Raises
    ------
    UnknownItemError
        If the model has no such item.
    """
    out = np.zeros(model.n_items)
    for start in range(0, model.n_items, _CHUNK):
        columns = np.arange(start, min(start + _CHUNK, model.n_items))
        row = csr_array((np.ones(len(columns)), columns, [0, len(columns)]), (1, model.n_items))
        parts = model.explain(row, item)
        out[parts.history] = parts.contributions
    model.explain(csr_array((1, model.n_items)), item)  # an item that is not there is an error
    return out


def affinities(rows: csr_array[np.float64], influence: Array) -> Array:
    """Score of the item for each row of weights, (n_rows,); 0 for an empty row.

    Equal to the item's column of `HybridSVD.score` less its prior, which is the same for all users,
    but for rows that fall back to popularity.
    """
    rows = checked_weights(rows, n_items=len(influence), at_most=True)
    return np.asarray(rows @ influence)


@dataclass(frozen=True, slots=True)
class Lift:
    """How much denser takers are in an audience than among all: 1 is no better than chance.

    Attributes
    ----------
    value, low, high : float
        Posterior mean and 95 % interval; pulled to 1 by a prior worth `LIFT_STRENGTH` takers.
    takers, reached : int
        Takers among all, and in the audience.
    """

    value: float
    low: float
    high: float
    takers: int
    reached: int


def ranked(scores: Array) -> NDArray[np.int64]:
    """Rows by falling score, equal ones in their order."""
    return np.argsort(-scores, kind="stable").astype(np.int64)


def audience_size(n_users: int, share: float) -> int:
    """Number of users in the best `share` of them, at least one if there is any.

    Examples
    --------
    >>> audience_size(100, 0.1), audience_size(5, 0.1), audience_size(0, 0.1)
    (10, 1, 0)
    """
    require("share", share, 0 < share <= 1, "in (0, 1]")
    return int(np.ceil(round(share * n_users, 9)))


def takers_reached(scores: Array, takers: NDArray[np.bool_], share: float) -> int:
    """Takers among the best `share` of users by these scores.

    Parameters
    ----------
    scores : array of shape (n_users,)
        Made without knowing who took the item: its own weight left out, or of a model that
        has not seen the takes.
    takers : bool array of shape (n_users,)
    share : float
        In (0, 1].

    Examples
    --------
    >>> takers_reached(np.arange(10.0), np.arange(10) >= 7, 0.2)
    2
    """
    if scores.shape != takers.shape:
        raise ShapeError("takers", takers.shape, scores.shape)
    return int(takers[ranked(scores)[: audience_size(len(scores), share)]].sum())


def lift(reached: int, takers: int, base: float, *, noise: float = 0.0) -> Lift:
    """Lift of an audience of a share `base` of all users that has `reached` of the takers.

    Parameters
    ----------
    reached, takers : int
        ``0 <= reached <= takers``.
    base : float
        In (0, 1].
    noise : float
        See :func:`recommend.shrinkage.beta_rate`.

    Examples
    --------
    >>> found = lift(2, 2, 0.2)
    >>> found.takers, found.reached, round(found.value, 2)
    (2, 2, 2.33)
    """
    require("base", base, 0 < base <= 1, "in (0, 1]")
    if base == 1:
        return Lift(1.0, 1.0, 1.0, takers, reached)
    rate: Rate = beta_rate(reached, takers, usual=base, strength=LIFT_STRENGTH, noise=noise)
    return Lift(rate.mean / base, rate.low / base, rate.high / base, takers, reached)
