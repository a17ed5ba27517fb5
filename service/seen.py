"""What a person has seen or turned down, and so is never shown again."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend import EventTable, rejection_mask
from service.store.events import Log

#: events that do not say that somebody had anything to do with an item
UNSEEN = frozenset({"impression", "search", "other"})

Rows = NDArray[np.int64]
Mask = csr_array[np.bool_]


def seen_mask(users: Rows, items: Rows, types: Sequence[str], *, shape: tuple[int, int]) -> Mask:
    """Items each user had to do with; rows of items that are not there are negative.

    Examples
    --------
    >>> users, items = np.array([0, 0, 0]), np.array([0, 2, -1])
    >>> seen_mask(users, items, ["view", "impression", "play"], shape=(1, 3)).indices.tolist()
    [0]
    """
    seen = (items >= 0) & np.array([t not in UNSEEN for t in types], dtype=bool)
    return csr_array((np.ones(int(seen.sum()), bool), (users[seen], items[seen])), shape=shape)


def masks_of(
    log: Log, users: Rows, items: Rows, *, shape: tuple[int, int], table: EventTable
) -> dict[str, Mask]:
    """Pairs of users and items that a list leaves out, by the reason that it names.

    Parameters
    ----------
    log, users, items
        Events, and the row of each one's user and item, ``-1`` for an item that is gone.
    table : EventTable
        What events weigh.
    """
    events = (users, items, log.type, log.value, log.time)
    return {
        "rejected": rejection_mask(*events, shape=shape, table=table),
        "seen": seen_mask(users, items, log.type, shape=shape),
    }
