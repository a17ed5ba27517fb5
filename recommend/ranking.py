"""Scores to the first n."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.errors import ConfigError, ShapeError


class TopN(NamedTuple):
    """Item rows by falling score, and those scores."""

    items: NDArray[np.int64]
    scores: NDArray[np.float64]


def top_n(
    scores: NDArray[np.float64],
    n: int,
    *,
    exclude: NDArray[np.bool_] | csr_array[Any] | None = None,
) -> TopN:
    """The best `n` items that are not excluded; equal scores by item row.

    The mask is applied first, so excluded items take no places, and the first `n` of a
    longer list are the shorter list.

    Parameters
    ----------
    scores : array of shape (n_items,) or (n_rows, n_items)
        NaN and ``-inf`` mean "not to be returned".
    n : int
        At least 0.
    exclude : bool array of the same shape, or csr_array, optional
        True or stored entries are left out.

    Returns
    -------
    TopN
        For one row, what there is, at most `n`. For many rows, arrays
        (n_rows, min(n, n_items)), short rows filled with item ``-1`` and score ``-inf``.

    Examples
    --------
    >>> top_n(np.array([0.5, 0.9, 0.5, 0.1]), 3, exclude=np.array([False, True, False, False]))
    TopN(items=array([0, 2, 3]), scores=array([0.5, 0.5, 0.1]))
    """
    if n < 0:
        raise ConfigError("n", n, "at least 0")
    single = scores.ndim == 1
    precision = scores.dtype if scores.dtype == np.float32 else np.float64
    masked = np.array(np.atleast_2d(scores), precision)
    np.copyto(masked, -np.inf, where=np.isnan(masked))
    if exclude is not None:
        _mask(masked, exclude, scores.shape)
    items, best = _top(masked, min(n, masked.shape[1]))
    if single:
        there = items[0] >= 0
        return TopN(items[0, there], best[0, there])
    return TopN(items, best)


def _mask(
    scores: NDArray[np.float64],
    exclude: NDArray[np.bool_] | csr_array[Any],
    shape: tuple[int, ...],
) -> None:
    if isinstance(exclude, np.ndarray):
        if exclude.shape != shape:
            raise ShapeError("exclude", exclude.shape, shape)
        scores[np.atleast_2d(exclude)] = -np.inf
        return
    if exclude.shape[0] != scores.shape[0] or exclude.shape[1] > scores.shape[1]:
        raise ShapeError("exclude", exclude.shape, scores.shape)
    who = np.repeat(np.arange(scores.shape[0]), np.diff(exclude.indptr))
    scores[who, exclude.indices] = -np.inf


def low_bar(scores: NDArray[Any], n: int) -> NDArray[Any]:
    """At most the n-th largest score of each row, and few are above it; 0 < `n` <= n_items.

    Exactly: the n-th largest of the maxima of many groups, if they are worth the pass.
    """
    n_rows, n_items = scores.shape
    group = max(n_items // (8 * n), 1)
    if group >= 4:
        whole = n_items // group
        scores = scores[:, : whole * group].reshape(n_rows, whole, group).max(axis=2)
    last = scores.shape[1] - n
    return np.asarray(np.partition(scores, last, axis=1)[:, last])


def _bar(scores: NDArray[Any], n: int) -> NDArray[Any]:
    """The n-th largest score of each row; only what reaches `low_bar` is sorted."""
    low = low_bar(scores, n)
    bars = np.empty(len(scores), scores.dtype)
    for row in range(len(scores)):
        reach = scores[row][scores[row] >= low[row]]
        bars[row] = np.partition(reach, len(reach) - n)[len(reach) - n]
    return bars


def _top(scores: NDArray[Any], n: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    n_rows = len(scores)
    items = np.full((n_rows, n), -1, np.int64)
    best = np.full((n_rows, n), -np.inf)
    if n == 0 or n_rows == 0:
        return items, best
    bar = _bar(scores, n)
    # every candidate, ties at the bar included: `partition` alone would pick among them freely
    who, what = np.nonzero((scores >= bar[:, None]) & (scores > -np.inf))
    value = scores[who, what]
    order = np.lexsort((what, -value, who))
    who, what, value = who[order], what[order], value[order]
    place = np.arange(len(who)) - np.searchsorted(who, who)
    kept = place < n
    items[who[kept], place[kept]] = what[kept]
    best[who[kept], place[kept]] = value[kept]
    return items, best
