"""Events to a user×item matrix of weights, for a whole log and for one user alike."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from recommend.errors import ConfigError, ShapeError
from recommend.events import EVENT_WEIGHTS, EventTable, EventTypes, event_weights

SECONDS_PER_DAY = 86_400.0
REJECTING_WEIGHT = -0.5
"""A stand (explicit event) of this weight or below rejects the item."""

T = TypeVar("T", np.float64, np.bool_)
Values = Sequence[float | None] | NDArray[np.floating] | None


def interaction_matrix(
    user_rows: ArrayLike,
    item_rows: ArrayLike,
    types: EventTypes,
    values: Values = None,
    times: ArrayLike | None = None,
    *,
    shape: tuple[int, int],
    now: float | None = None,
    half_life_days: float | None = None,
    signed: bool = False,
    table: EventTable = EVENT_WEIGHTS,
) -> csr_array[np.float64]:
    """Weights of user-item pairs (equation 3 of `docs/math.md`), not negative unless `signed`.

    For each user, item and type one event counts: the latest if the type is revisable,
    else the strongest; so repeating an event adds nothing. What counts is summed over
    types; a sum below zero is what a row says against an item, and no interaction that a fit
    could learn from. A row depends on its own user's
    events only, to the last bit: one user's events with ``shape=(1, n_items)`` give the
    same row as the whole log. The order of events matters only between equal times.

    Parameters
    ----------
    user_rows, item_rows : array of int
        One per event; an event with a negative row (unknown id) is left out.
    types, values : see `event_weights`
    times : array of float, optional
        Seconds, any epoch shared with `now`. Without times, a later position is later.
    shape : (n_users, n_items)
    now : float, optional
        Needed with `half_life_days`. Events of the future have age 0.
    half_life_days : float, optional
        Age at which an event counts half. ``None``: no decay.
    signed : bool
        Keep sums below zero: rows to score, not to fit on.

    Raises
    ------
    UnknownEventError
        If a type is not in `table`.
    ShapeError
        If the arrays differ in length or a row is past `shape`.
    ConfigError
        If the half-life is not positive, or comes without `times` and `now`.

    Examples
    --------
    >>> interaction_matrix([0, 0, 0], [1, 1, 1], ["view", "view", "enrol"], shape=(1, 2)).toarray()
    array([[0. , 1.2]])
    """
    codes, weights, when = _checked(user_rows, item_rows, types, values, times, shape, table)
    users, items = np.asarray(user_rows, np.int64), np.asarray(item_rows, np.int64)
    if half_life_days is not None:
        if half_life_days <= 0 or not np.isfinite(half_life_days):
            raise ConfigError("half_life_days", half_life_days, "a positive number of days")
        if now is None or times is None:
            raise ConfigError("half_life_days", half_life_days, "`times` and `now` beside it")
        age_days = np.maximum(now - when, 0.0) / SECONDS_PER_DAY
        weights = weights * 0.5 ** (age_days / half_life_days)

    revisable = table.revisable[codes]
    known = (users >= 0) & (items >= 0) & (revisable | (weights != 0))
    pairs = (users * shape[1] + items)[known]
    cells = pairs * len(table) + codes[known]
    weights = weights[known]
    strength = np.where(revisable[known], when[known], np.abs(weights))
    order = np.lexsort((weights, strength, cells))
    last = np.ones(len(order), bool)
    last[:-1] = np.diff(cells[order]) != 0
    chosen = order[last]

    pairs, weights = pairs[chosen], weights[chosen]
    first = np.ones(len(pairs), bool)
    first[1:] = np.diff(pairs) != 0
    # bincount adds one by one, in the order of types: the sum is the same in any log
    totals = np.bincount(np.cumsum(first) - 1, weights).astype(np.float64)
    return _csr(pairs[first], totals, totals != 0 if signed else totals > 0, shape)


def rejection_mask(
    user_rows: ArrayLike,
    item_rows: ArrayLike,
    types: EventTypes,
    values: Values = None,
    times: ArrayLike | None = None,
    *,
    shape: tuple[int, int],
    table: EventTable = EVENT_WEIGHTS,
) -> csr_array[np.bool_]:
    """Items each user turned down and must not be shown: the latest stand decides.

    A stand is an event of an explicit type (favourite, purchase, rate, dislike, refund, …).
    A later purchase takes a dislike back; watching or viewing does not.

    Parameters
    ----------
    user_rows, item_rows, types, values, times, shape, table : see `interaction_matrix`

    Returns
    -------
    csr_array of bool
        Stored entries are the rejected pairs; fits `exclude` of `top_n`.

    Examples
    --------
    >>> mask = rejection_mask([0, 0], [0, 1], ["dislike", "enrol"], shape=(1, 2))
    >>> mask.toarray()
    array([[ True, False]])
    """
    codes, weights, when = _checked(user_rows, item_rows, types, values, times, shape, table)
    users, items = np.asarray(user_rows, np.int64), np.asarray(item_rows, np.int64)
    stand = (users >= 0) & (items >= 0) & table.explicit[codes] & (weights != 0)
    pairs, weights, when = (users * shape[1] + items)[stand], weights[stand], when[stand]
    order = np.lexsort((weights, when, pairs))
    last = np.ones(len(order), bool)
    last[:-1] = np.diff(pairs[order]) != 0
    chosen = order[last]
    rejected = weights[chosen] <= REJECTING_WEIGHT
    return _csr(pairs[chosen], rejected, rejected, shape)


def _checked(
    user_rows: ArrayLike,
    item_rows: ArrayLike,
    types: EventTypes,
    values: Values,
    times: ArrayLike | None,
    shape: tuple[int, int],
    table: EventTable,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    codes = table.codes(types)
    n_events = len(codes)
    when = np.arange(n_events, dtype=np.float64) if times is None else np.asarray(times, np.float64)
    for name, found in (("user_rows", user_rows), ("item_rows", item_rows), ("times", when)):
        if np.shape(found) != (n_events,):
            raise ShapeError(name, np.shape(found), f"({n_events},), one per event")
    if values is not None and len(values) != n_events:
        raise ShapeError("values", (len(values),), f"({n_events},), one per event")
    for name, rows, size in zip(("user", "item"), (user_rows, item_rows), shape, strict=True):
        if n_events and np.max(rows) >= size:
            raise ShapeError(f"{name} row", int(np.max(rows)), f"below {size}")
    return codes, event_weights(codes, values, table=table), when


def _csr(
    pairs: NDArray[np.int64], data: NDArray[T], keep: NDArray[np.bool_], shape: tuple[int, int]
) -> csr_array[T]:
    """CSR of distinct ascending pairs ``user * n_items + item``."""
    users, items = np.divmod(pairs[keep], max(shape[1], 1))
    indptr = np.zeros(shape[0] + 1, np.int64)
    np.cumsum(np.bincount(users, minlength=shape[0]), out=indptr[1:])
    return csr_array((data[keep], items, indptr), shape=shape)
