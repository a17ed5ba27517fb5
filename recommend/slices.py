"""Parts of a judgement: which users and which items a mean over everybody hides."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.split import Split

SHORT, LONG_HISTORY = 5, 20
"""Most interactions of a short history, and of a middling one."""
HEAD = 0.5
"""Popular items are the fewest that hold this share of the training interactions."""


@dataclass(frozen=True, eq=False)
class Slice:
    """Some of the judged users, and the items that count as found.

    Attributes
    ----------
    name : str
    users : bool array, one per judged user
    items : bool array, one per item
    """

    name: str
    users: NDArray[np.bool_]
    items: NDArray[np.bool_]

    def relevant(self, test: csr_array[np.float64]) -> csr_array[np.float64]:
        """Held-out interactions of the judged users, (n_users, n_items), that belong here."""
        who = np.repeat(np.arange(test.shape[0]), np.diff(test.indptr))
        kept = self.items[test.indices] & self.users[who]
        indptr = np.concatenate([[0], np.cumsum(kept)])[test.indptr]
        return csr_array((test.data[kept], test.indices[kept], indptr), shape=test.shape)


def slices(split: Split, users: NDArray[np.int64]) -> Iterator[Slice]:
    """Short, middling and long histories; popular, tail and new items. Empty ones are left out.

    Items are told apart by training alone: *new* ones have no interaction there, *popular* ones
    are the fewest that hold half of all, the *tail* are the others.

    Parameters
    ----------
    split : Split
    users : array of int
        Rows that are judged.

    Examples
    --------
    >>> train = csr_array(np.array([[1.0, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]]))
    >>> test = csr_array(np.array([[0.0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 1, 1]]))
    >>> split = Split("random", train, test, np.ones(4, bool))
    >>> for part in slices(split, split.users):
    ...     print(part.name, int(part.users.sum()), np.flatnonzero(part.items).tolist())
    short histories 3 [0, 1, 2, 3]
    tail items 3 [1]
    new items 3 [2, 3]
    """
    history = np.diff(split.train.indptr)[users]
    counts = np.bincount(split.train.indices, minlength=split.train.shape[1])
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    head = np.zeros(len(counts), bool)
    head[order] = before < HEAD * counts.sum()
    warm = counts > 0
    everybody, everything = np.ones(len(users), bool), np.ones(len(counts), bool)
    parts = (
        Slice("short histories", history <= SHORT, everything),
        Slice("middling histories", (history > SHORT) & (history <= LONG_HISTORY), everything),
        Slice("long histories", history > LONG_HISTORY, everything),
        Slice("popular items", everybody, head & warm),
        Slice("tail items", everybody, ~head & warm),
        Slice("new items", everybody, ~warm),
    )
    test = csr_array(split.test[users])
    return (part for part in parts if part.relevant(test).nnz)
