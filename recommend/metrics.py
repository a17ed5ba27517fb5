"""How good lists are, by user, and how sure one can be of the mean.

A list is a row of item rows, best first, ``-1`` where it is short; what it should have
found is a row of a matrix whose stored entries are relevant. All metrics are binary.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.checks import require
from recommend.errors import ShapeError

Array = NDArray[np.float64]
Lists = NDArray[np.int64]


def hits(lists: Lists, relevant: csr_array[np.float64]) -> NDArray[np.bool_]:
    """Which places of the lists (n_users, length) hold a relevant item."""
    if len(lists) != relevant.shape[0]:
        raise ShapeError("lists", lists.shape, f"({relevant.shape[0]}, length)")
    n_items = max(relevant.shape[1], 1)
    who = np.arange(len(lists))[:, None]
    wanted = np.repeat(np.arange(relevant.shape[0]), np.diff(relevant.indptr)) * n_items
    known = (lists >= 0) & (lists < n_items)  # a row past the width is another user's cell
    return np.isin(who * n_items + lists, wanted + relevant.indices) & known


def ndcg(lists: Lists, relevant: csr_array[np.float64], *, n: int) -> Array:
    """NDCG at `n` by user, in [0, 1] (equation 12); NaN for a user with nothing relevant.

    Examples
    --------
    >>> ndcg(np.array([[2, 0, 1]]), csr_array(np.array([[0.0, 0.0, 1.0]])), n=3).tolist()
    [1.0]
    """
    discount = 1.0 / np.log2(np.arange(2, n + 2))
    found = hits(lists[:, :n], relevant)
    # not `@`: a user's value must not depend, by a rounding, on the users around
    gain = np.where(found, discount[: found.shape[1]], 0.0).sum(axis=1)
    ideal = np.concatenate([[0.0], np.cumsum(discount)])[np.minimum(_sizes(relevant), n)]
    return _ratio(gain, ideal)


def recall(lists: Lists, relevant: csr_array[np.float64], *, n: int) -> Array:
    """Share of the relevant items in the first `n`, by user; NaN without any."""
    return _ratio(hits(lists[:, :n], relevant).sum(axis=1), _sizes(relevant))


def precision(lists: Lists, relevant: csr_array[np.float64], *, n: int) -> Array:
    """Share of the first `n` places that hold a relevant item, by user; NaN without any."""
    found = hits(lists[:, :n], relevant).sum(axis=1) / n
    return np.where(_sizes(relevant) > 0, found, np.nan)


def mrr(lists: Lists, relevant: csr_array[np.float64], *, n: int) -> Array:
    """One over the rank of the first relevant item, 0 if none is in the first `n`."""
    found = hits(lists[:, :n], relevant)
    first = found.argmax(axis=1) if found.shape[1] else np.zeros(len(found), np.int64)
    reciprocal = np.where(found.any(axis=1), 1.0 / (first + 1), 0.0)
    return np.where(_sizes(relevant) > 0, reciprocal, np.nan)


def coverage(lists: Lists, n_items: int, *, n: int) -> float:
    """Share of the catalogue that is in the first `n` of somebody."""
    top = lists[:, :n]
    return len(np.unique(top[top >= 0])) / n_items if n_items else 0.0


def popularity_lift(lists: Lists, train: csr_array[np.float64], *, n: int) -> float:
    """Mean popularity of what is recommended over that of what users took; 1 is as popular.

    Popularity of an item is its number of users in `train`. NaN without interactions.
    """
    counts = np.bincount(train.indices, minlength=train.shape[1]).astype(np.float64)
    top = lists[:, :n]
    shown = counts[top[top >= 0]]
    if train.nnz == 0 or shown.size == 0:
        return float("nan")
    return float(shown.mean() / counts[train.indices].mean())


def prerequisite_violations(
    lists: Lists, requires: csr_array[np.float64], known: csr_array[np.float64], *, n: int
) -> Array:
    """Share of the first `n` places whose item needs something not yet known, by user.

    What a prerequisite is must be met by: the user knows it, or it stands earlier in the list.

    Parameters
    ----------
    lists : array of shape (n_users, length)
    requires : csr_array of shape (n_items, n_items)
        Stored entries of a row are the prerequisites of its item.
    known : csr_array of shape (n_users, n_items)
        Stored entries are what the user knows.
    n : int

    Returns
    -------
    array of shape (n_users,)
        In [0, 1]; NaN for an empty list.

    Examples
    --------
    >>> requires = csr_array(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0.0]]))
    >>> lists, nobody = np.array([[0, 1, 2], [2, 1, 0]]), csr_array((2, 3))
    >>> prerequisite_violations(lists, requires, nobody, n=2).tolist()
    [0.0, 1.0]
    """
    if len(lists) != known.shape[0]:
        raise ShapeError("lists", lists.shape, f"({known.shape[0]}, length)")
    n_items = max(requires.shape[0], 1)
    top = lists[:, :n]
    who, rank = np.nonzero(top >= 0)
    item = top[who, rank]
    counts = np.diff(requires.indptr)[item]
    place = np.repeat(np.arange(len(item)), counts)  # one line for each place and prerequisite
    offset = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
    needed = requires.indices[requires.indptr[item][place] + offset]
    cells = who[place] * n_items + needed
    mine = np.repeat(np.arange(known.shape[0]), np.diff(known.indptr)) * n_items + known.indices
    shown = who * n_items + item
    order = np.argsort(shown, kind="stable")
    found = np.minimum(np.searchsorted(shown[order], cells), max(len(shown) - 1, 0))
    is_earlier = (shown[order][found] == cells) & (rank[order][found] < rank[place])
    lacking = np.bincount(place, ~(np.isin(cells, mine) | is_earlier), minlength=len(item))
    wrong = np.bincount(who, lacking > 0, minlength=len(lists))
    return _ratio(wrong, np.bincount(who, minlength=len(lists)))


@dataclass(frozen=True)
class Interval:
    """Mean over users with its 95 % (or other) bootstrap interval."""

    mean: float
    low: float
    high: float


def bootstrap_interval(
    values: Array, *, rng: np.random.Generator, level: float = 0.95, n_resamples: int = 1000
) -> Interval:
    """Percentile bootstrap over users; users without a value (NaN) are left out.

    Examples
    --------
    >>> bootstrap_interval(np.full(5, 0.5), rng=np.random.default_rng(0))
    Interval(mean=0.5, low=0.5, high=0.5)
    """
    require("level", level, 0 < level < 1, "a number in (0, 1)")
    require("n_resamples", n_resamples, n_resamples >= 1, "at least 1")
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    means = np.empty(n_resamples)
    batch = max(1, 2_000_000 // len(known))
    for start in range(0, n_resamples, batch):
        size = min(batch, n_resamples - start)
        picks = rng.integers(0, len(known), (size, len(known)), dtype=np.int32)
        means[start : start + size] = known[picks].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(known.mean()), float(low), float(high))


def paired_difference(
    a: Array, b: Array, *, rng: np.random.Generator, level: float = 0.95, n_resamples: int = 1000
) -> Interval:
    """Interval of the mean of ``a - b`` over the same users: what a comparison needs.

    Two intervals may overlap while one model beats the other for nearly every user.
    """
    if a.shape != b.shape:
        raise ShapeError("b", b.shape, f"{a.shape}, the same users")
    return bootstrap_interval(a - b, rng=rng, level=level, n_resamples=n_resamples)


def _sizes(relevant: csr_array[np.float64]) -> NDArray[np.int64]:
    return np.diff(relevant.indptr).astype(np.int64)


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> Array:
    out = np.full(len(whole), np.nan)
    np.divide(part, whole, out=out, where=np.asarray(whole > 0))
    return out
