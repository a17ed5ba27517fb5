"""Ways to keep interactions back, to judge a model by what it has not seen."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from recommend.checks import checked_weights, require
from recommend.errors import ShapeError, SplitError

SplitName = Literal["random", "time", "cold-items"]


@dataclass(frozen=True, eq=False)
class Split:
    """Interactions to learn from and interactions to be judged by, rows and columns alike.

    Attributes
    ----------
    name : {"random", "time", "cold-items"}
    train, test : csr_array of shape (n_users, n_items)
        Disjoint. Rows and columns keep their numbers; many are empty.
    candidates : bool array of shape (n_items,)
        Items that may be recommended: all of them, or the held-out ones of "cold-items"
        (with the warm ones in the list, they would be judged on popularity).
    train_times : array of shape (train.nnz,), optional
        When the interactions of `train` happened, after a "time" split.
    """

    name: SplitName
    train: csr_array[np.float64]
    test: csr_array[np.float64]
    candidates: NDArray[np.bool_]
    train_times: NDArray[np.float64] | None = None

    @property
    def users(self) -> NDArray[np.int64]:
        """Rows that can be judged: something to learn from and something to find."""
        has_both = (np.diff(self.train.indptr) > 0) & (np.diff(self.test.indptr) > 0)
        return np.flatnonzero(has_both).astype(np.int64)

    @property
    def train_items(self) -> NDArray[np.int64]:
        """Rows of the items that occur in training."""
        return np.unique(self.train.indices).astype(np.int64)


def random_split(
    r: csr_array[np.float64], *, fraction: float = 0.2, rng: np.random.Generator
) -> Split:
    """Keep back a share of each user's interactions.

    A user of two or more loses at least one and keeps at least one; a user of one keeps it.

    Examples
    --------
    >>> split = random_split(csr_array(np.ones((4, 10))), rng=np.random.default_rng(0))
    >>> np.diff(split.train.indptr).tolist(), np.diff(split.test.indptr).tolist()
    ([8, 8, 8, 8], [2, 2, 2, 2])
    """
    r = _checked(r, fraction)
    sizes = np.diff(r.indptr)
    taken = np.clip(np.round(fraction * sizes), 1, np.maximum(sizes - 1, 0))
    who = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((rng.random(r.nnz), who))
    place = np.empty(r.nnz, np.int64)
    place[order] = np.arange(r.nnz) - np.repeat(r.indptr[:-1], sizes)
    return _split("random", r, place < taken[who])


def time_split(
    r: csr_array[np.float64], times: csr_array[np.float64] | ArrayLike, *, fraction: float = 0.2
) -> Split:
    """Keep back the latest share of all interactions: one cut through the calendar.

    Nobody's future is in anybody's past. Interactions at the instant of the cut are held out.

    Parameters
    ----------
    r : csr_array
    times : array of shape (r.nnz,), or csr_array with the pattern of `r`
        When each interaction happened.
    fraction : float
        Share of interactions after the cut, at least.

    Raises
    ------
    ShapeError
        If `times` does not match `r`.
    SplitError
        If all interactions fall on one side.
    """
    canonical = _checked(r, fraction)
    if isinstance(times, csr_array):
        times = _checked_times(times, canonical)
    when = np.asarray(times, np.float64)
    if when.shape != (canonical.nnz,):
        raise ShapeError("times", when.shape, f"({canonical.nnz},), one per interaction")
    if canonical.nnz == 0:
        raise SplitError("there are none")
    cut = np.quantile(when, 1 - fraction, method="lower")
    split = _split("time", canonical, when >= cut)
    if split.train.nnz == 0:
        raise SplitError("all happened at once, there is no earlier part")
    return replace(split, train_times=when[when < cut])


def cold_item_split(
    r: csr_array[np.float64], *, fraction: float = 0.2, rng: np.random.Generator
) -> Split:
    """Keep back all interactions of a share of the items."""
    r = _checked(r, fraction)
    used = np.unique(r.indices)
    if len(used) < 2:
        raise SplitError("cold items need at least two items with interactions")
    count = int(np.clip(round(fraction * len(used)), 1, len(used) - 1))
    cold = np.zeros(r.shape[1], bool)
    cold[rng.choice(used, count, replace=False)] = True
    return _split("cold-items", r, cold[r.indices], cold)


def carve(split: Split, *, fraction: float = 0.2, rng: np.random.Generator) -> Split:
    """Validation split of the training part, made the way `split` itself was made."""
    if split.name == "cold-items":
        return cold_item_split(split.train, fraction=fraction, rng=rng)
    if split.name == "time" and split.train_times is not None:
        return time_split(split.train, split.train_times, fraction=fraction)
    return random_split(split.train, fraction=fraction, rng=rng)


def _checked(r: csr_array[np.float64], fraction: float) -> csr_array[np.float64]:
    require("fraction", fraction, 0 < fraction < 1, "a number in (0, 1)")
    return checked_weights(r)


def _checked_times(times: csr_array[np.float64], r: csr_array[np.float64]) -> NDArray[np.float64]:
    same = times.shape == r.shape and np.array_equal(times.indptr, r.indptr)
    if not same or not np.array_equal(times.indices, r.indices):
        raise ShapeError("times", f"{times.shape} with {times.nnz} entries", "the pattern of r")
    return np.asarray(times.data)


def _split(
    name: SplitName,
    r: csr_array[np.float64],
    held: NDArray[np.bool_],
    candidates: NDArray[np.bool_] | None = None,
) -> Split:
    everything = np.ones(r.shape[1], bool) if candidates is None else candidates
    return Split(name, _part(r, ~held), _part(r, held), everything)


def _part(r: csr_array[np.float64], kept: NDArray[np.bool_]) -> csr_array[np.float64]:
    indptr = np.concatenate([[0], np.cumsum(kept)])[r.indptr]
    return csr_array((r.data[kept], r.indices[kept], indptr), shape=r.shape)
