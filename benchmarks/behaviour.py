"""A seeded log of any size as matrices: tastes, items and users by power laws, content by taste.

The spectrum falls as that of a real log does. Users are drawn a few thousand at a time, so that
what is held beside the result does not grow with it.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

TASTES = 400
WORDS = 20_000
USERS_AT_ONCE = 4_000
ANYTHING = 0.2
"""Share of what is taken without regard to one's tastes."""


@dataclass(frozen=True)
class Behaviour:
    """R (n_users, n_items) of ones in float32, and F (n_items, `WORDS`) of unit rows."""

    r: csr_array
    f: csr_array


def synthetic(n_users: int, n_items: int, n_interactions: int, features: int = 50) -> Behaviour:
    """So many interactions, each user with an item at most once, and so many features an item."""
    rng = np.random.default_rng(0)
    share = _cumulative(np.arange(1, TASTES + 1) ** -0.8)
    taste = np.sort(np.searchsorted(share, rng.random(n_items)))
    first = np.searchsorted(taste, np.arange(TASTES + 1))
    active = _cumulative(rng.lognormal(sigma=0.8, size=n_users))
    items = np.empty(n_interactions, np.int32)
    lengths = np.zeros(n_users, np.int64)
    done = 0
    for start in range(0, n_users, USERS_AT_ONCE):
        here = active[start : start + USERS_AT_ONCE]
        before = active[start - 1] if start else 0.0
        total = round(here[-1] * n_interactions) - done
        pairs = _drawn((here - before) / (here[-1] - before), share, first, n_items, total, rng)
        users, items[done : done + total] = np.divmod(pairs, n_items)
        lengths[start : start + len(here)] = np.bincount(users, minlength=len(here))
        done += total
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    parts = (np.ones(n_interactions, np.float32), items, indptr)
    return Behaviour(csr_array(parts, shape=(n_users, n_items)), _content(taste, features, rng))


def _drawn(
    active: np.ndarray,
    share: np.ndarray,
    first: np.ndarray,
    n_items: int,
    total: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """So many distinct pairs, as ``user * n_items + item`` in order."""
    likes = np.searchsorted(share, rng.random((len(active), 3)))
    pairs = np.zeros(0, np.int64)
    while len(pairs) < total:  # popular items are drawn again and again
        n = int(1.3 * (total - len(pairs))) + 1000
        user = np.minimum(np.searchsorted(active, rng.random(n)), len(active) - 1)
        taste = likes[user, rng.integers(0, 3, n)]
        anything = rng.random(n) < ANYTHING
        taste[anything] = np.searchsorted(share, rng.random(int(anything.sum())))
        low, high = first[taste], first[taste + 1]
        place = rng.random(n) ** 2.5  # the first items of a taste are its popular ones
        item = np.minimum(low + (place * (high - low)).astype(np.int64), n_items - 1)
        pairs = np.sort(np.concatenate([pairs, user * np.int64(n_items) + item]))
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return np.delete(pairs, rng.choice(len(pairs), len(pairs) - total, replace=False))


def _content(taste: np.ndarray, features: int, rng: np.random.Generator) -> csr_array:
    n_items = len(taste)
    word = (taste[:, None] * 97 + rng.integers(0, TASTES, (n_items, features))) % WORDS
    where = (np.repeat(np.arange(n_items), features), word.ravel())
    value = np.full(word.size, max(features, 1) ** -0.5)
    return csr_array((value, where), shape=(n_items, WORDS))


def _cumulative(weights: np.ndarray) -> np.ndarray:
    total = np.cumsum(weights)
    return np.asarray(total / total[-1])
