"""Order of study: what people did first who did both, as evidence for prerequisites."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, log_ndtr

from recommend.checks import require
from recommend.errors import ShapeError
from recommend.prerequisites import Edges, Source

Rows = NDArray[np.int64]
Array = NDArray[np.float64]

_CHUNK = 4_000_000  # pairs counted at a time
_STEPS = 60  # of the earliness fit; it has converged by then on the logs measured


@dataclass(frozen=True)
class OrderConfig:
    """How much an order of study must show (equation P4 of `docs/math.md`).

    Attributes
    ----------
    least_learners : int
        Learners who did both, in either order.
    false_discovery_rate : float
        Share of the edges that chance alone may make up (Benjamini, Hochberg).
    prior : float
        Learners of no preference that are added to each pair, and to each item.
    least_confidence : float
        Weaker edges are not kept.
    longest_history : int
        Only the first so many items of a learner are compared.
    """

    least_learners: int = 10
    false_discovery_rate: float = 0.01
    prior: float = 10.0
    least_confidence: float = 0.05
    longest_history: int = 200

    def __post_init__(self) -> None:
        require("least_learners", self.least_learners, self.least_learners >= 1, "at least 1")
        rate = self.false_discovery_rate
        require("false_discovery_rate", rate, 0 < rate < 1, "a number in (0, 1)")
        require("prior", self.prior, 0 < self.prior < np.inf, "a positive number")
        least = self.least_confidence
        require("least_confidence", least, 0 < least <= 1, "a number in (0, 1]")
        require("longest_history", self.longest_history, self.longest_history >= 2, "at least 2")


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of items that somebody did both of, ``first[k] < second[k]``.

    Attributes
    ----------
    forward, backward : array of int
        Learners who did `first` earlier, and `second` earlier.
    learners : array of shape (n_items,)
        Learners of each item.
    n_users : int
        Learners of anything.
    """

    first: Rows
    second: Rows
    forward: Rows
    backward: Rows
    learners: Rows
    n_users: int


def count_pairs(
    users: ArrayLike,
    items: ArrayLike,
    times: ArrayLike,
    *,
    n_items: int,
    longest_history: int = 200,
) -> Pairs:
    """Count who did what first. Only the first event of a user with an item counts.

    Parameters
    ----------
    users, items : array of int
        One per event; an event with a negative row is left out.
    times : array of float
        Any order that can be compared; equal times say nothing about a pair.

    Examples
    --------
    >>> pairs = count_pairs([0, 0, 1, 1], [0, 1, 0, 1], [1, 2, 1, 2], n_items=2)
    >>> pairs.forward.tolist(), pairs.backward.tolist()
    ([2], [0])
    """
    who, what = np.asarray(users, np.int64), np.asarray(items, np.int64)
    when = np.asarray(times, np.float64)
    for name, found in (("items", what), ("times", when)):
        if found.shape != who.shape:
            raise ShapeError(name, found.shape, f"{who.shape}, one per event")
    who, what, when = _first_events(who, what, when)
    starts = np.flatnonzero(np.concatenate([[True], who[1:] != who[:-1]])) if len(who) else who
    sizes = np.diff(np.append(starts, len(who)))
    learners = np.bincount(what, minlength=n_items)
    keys, counts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for size in np.unique(np.minimum(sizes, longest_history)).tolist():
        if size < 2:
            continue
        of_size = starts[np.minimum(sizes, longest_history) == size]
        early, late = np.triu_indices(size, 1)
        batch = max(1, _CHUNK // len(early))
        for begin in range(0, len(of_size), batch):
            places = of_size[begin : begin + batch, None] + np.arange(size)
            a, b = what[places][:, early], what[places][:, late]
            strict = when[places][:, early] < when[places][:, late]
            key, count = np.unique(a[strict] * n_items + b[strict], return_counts=True)
            keys.append(key)
            counts.append(count)
    key, place = np.unique(np.concatenate(keys), return_inverse=True)
    total = np.bincount(place, np.concatenate(counts), minlength=len(key)).astype(np.int64)
    a, b = np.divmod(key, max(n_items, 1))
    pair = np.minimum(a, b) * n_items + np.maximum(a, b)
    both, place = np.unique(pair, return_inverse=True)
    forward = np.bincount(place[a < b], total[a < b], minlength=len(both)).astype(np.int64)
    backward = np.bincount(place[a > b], total[a > b], minlength=len(both)).astype(np.int64)
    first, second = np.divmod(both, max(n_items, 1))
    return Pairs(first, second, forward, backward, learners, len(starts))


def earliness(pairs: Pairs, *, prior: float = 10.0) -> Array:
    """How early each item is done in general: strengths of a Bradley-Terry model.

    ``P(i before j) = sigmoid(s_i - s_j)``; popular and old items are early whatever follows
    them. Fitted by damped diagonal Newton steps with a ridge that is worth `prior` comparisons.
    """
    n_items = len(pairs.learners)
    strength = np.zeros(n_items)
    both = (pairs.forward + pairs.backward).astype(np.float64)
    for _ in range(_STEPS):
        expected = expit(strength[pairs.first] - strength[pairs.second])
        surprise, spread = pairs.forward - both * expected, both * expected * (1 - expected)
        slope = -prior / 4 * strength
        slope += np.bincount(pairs.first, surprise, minlength=n_items)
        slope -= np.bincount(pairs.second, surprise, minlength=n_items)
        curve = np.full(n_items, prior / 4)
        for rows in (pairs.first, pairs.second):
            curve += np.bincount(rows, spread, minlength=n_items)
        strength += 0.5 * slope / curve
    return strength


def order_edges(pairs: Pairs, config: OrderConfig = OrderConfig()) -> Edges:
    """Edges where one item is done before another far more often than the other way round.

    Three things are asked of a pair, all corrected for popularity: that the two are done by the
    same people more often than by chance, that one comes first more often than not (binomial
    test, false discoveries controlled over all pairs), and more often than `earliness` explains.
    The confidence is what it takes to be a prerequisite: the share of the later item's learners
    who had done the earlier one, times how one-sided the order is, both shrunk.

    Examples
    --------
    >>> users, items = np.repeat(np.arange(40), 2), np.tile([0, 1], 40)
    >>> alone = np.arange(40, 400)  # learners of something else
    >>> pairs = count_pairs(np.append(users, alone), np.append(items, np.full(360, 2)),
    ...                     np.append(np.tile([1, 2], 40), np.ones(360)), n_items=3)
    >>> edges = order_edges(pairs)
    >>> edges.before.tolist(), edges.after.tolist(), edges.confidence.round(2).tolist()
    ([0], [1], [0.64])
    """
    both = pairs.forward + pairs.backward
    ahead = np.maximum(pairs.forward, pairs.backward)
    is_forward = pairs.forward >= pairs.backward
    before = np.where(is_forward, pairs.first, pairs.second)
    after = np.where(is_forward, pairs.second, pairs.first)

    judged = both >= config.least_learners
    chance = pairs.learners[before] * pairs.learners[after] / max(pairs.n_users, 1)
    judged &= both > chance + 3.0 * np.sqrt(chance)  # together more than apart would be
    if not judged.any():
        return Edges.of([], [], [], Source.ORDER)
    both, ahead, before, after = both[judged], ahead[judged], before[judged], after[judged]

    strength = earliness(pairs, prior=config.prior)
    explained = expit(strength[before] - strength[after])
    log_p = log_ndtr(-(2.0 * ahead - both) / np.sqrt(both)) + np.log(2.0)
    from scipy.stats import false_discovery_control  # half a second and 30 MB, for fits alone

    adjusted = false_discovery_control(np.minimum(np.exp(log_p), 1.0))
    share = (ahead + config.prior / 2) / (both + config.prior)
    needed = ahead / (pairs.learners[after] + config.prior)
    confidence = needed * (2.0 * share - 1.0)
    kept = (
        (adjusted <= config.false_discovery_rate)
        & (ahead > both * explained)
        & (confidence >= config.least_confidence)
    )
    return Edges.of(before[kept], after[kept], confidence[kept], Source.ORDER)


def _first_events(who: Rows, what: Rows, when: Array) -> tuple[Rows, Rows, Array]:
    """First event of each user with each item, by user and time."""
    known = (who >= 0) & (what >= 0)
    who, what, when = who[known], what[known], when[known]
    order = np.lexsort((when, what, who))
    who, what, when = who[order], what[order], when[order]
    new = np.ones(len(who), bool)
    new[1:] = (who[1:] != who[:-1]) | (what[1:] != what[:-1])
    who, what, when = who[new], what[new], when[new]
    order = np.lexsort((what, when, who))
    return who[order], what[order], when[order]
