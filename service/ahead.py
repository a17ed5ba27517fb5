"""Lists made ahead: at the fit, for everybody in it, all at once.

One list alone reads all item factors, at 100,000 items and 512 factors 200 MB: some 20 ms. Many
together read them once. A list holds for as long as its user has done nothing new and its model
is in service; then it is the list that would be made now, to the rounding of float32, and is
only filtered. ``docs/design/0031-lists.md`` has the figures.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend import EVENT_WEIGHTS, EventTable, HybridSVD, TopN, top_n_blockwise
from recommend.interactions import SECONDS_PER_DAY
from service.catalogue import Catalogue
from service.seen import masks_of
from service.store.events import Log
from service.store.lists import StoredList
from service.wishes import Wish

#: items of a list that is made ahead: what is asked for, and what filters may take of it
DEPTH = 128

#: lists that are made together
BATCH = 2048


@dataclass(frozen=True, slots=True)
class Listed:
    """The best items of somebody, as they are kept.

    Attributes
    ----------
    rows : int array
    scores : array
        Falling; equal ones by row.
    rest : float
        The largest prior of the items that are neither here nor hidden: all that can lift one of
        them above these when the events behind the scores fade.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float64]
    rest: float

    def faded(self, share: float, prior: NDArray[np.float64]) -> "Listed":
        """What is sure to lead when only this share is left of what events weigh.

        ``s = p + z`` becomes ``p + share · z``, p the prior, of each item here; of all
        others, at most ``share · last + (1 - share) · rest``.
        """
        mine = prior[self.rows]
        scores = mine + share * (self.scores - mine)
        bar = -np.inf
        if self.rest > -np.inf:
            bar = share * self.scores[-1] + (1.0 - share) * self.rest
        order = np.lexsort((self.rows, -scores))
        order = order[scores[order] > bar]
        return Listed(self.rows[order], scores[order], self.rest)

    def packed(self) -> bytes:
        """Bytes for the store: rows, scores, rest, 4 bytes each."""
        numbers = np.append(self.scores, self.rest)
        return self.rows.astype("<i4").tobytes() + numbers.astype("<f4").tobytes()

    @classmethod
    def unpacked(cls, picks: bytes) -> "Listed":
        """Inverse of `packed`; of lists from before there was a `rest`, it is not known.

        Examples
        --------
        >>> found = Listed.unpacked(Listed(np.array([7, 3]), np.array([0.5, 0.25]), 0.125).packed())
        >>> found.rows.tolist(), found.scores.tolist(), found.rest
        ([7, 3], [0.5, 0.25], 0.125)
        """
        n = len(picks) // 8
        numbers = np.frombuffer(picks, "<f4", offset=4 * n).astype(np.float64)
        rest = float(numbers[n]) if len(numbers) > n else np.inf
        return cls(np.frombuffer(picks, "<i4", count=n).astype(np.int64), numbers[:n], rest)


def lists_ahead(
    model: HybridSVD,
    version: str,
    r: csr_array[np.float64],
    log: Log,
    users: NDArray[np.int64],
    items: NDArray[np.int64],
    *,
    at: float,
    most: int,
    table: EventTable = EVENT_WEIGHTS,
) -> Iterator[list[StoredList]]:
    """Lists of the users of a fit, some hundred at a time; the last active ones first.

    Users whose list could change by something other than a new event are left out: who has an
    event of the future, or of an item that is not there now and may come back.

    Parameters
    ----------
    model : HybridSVD
    version : str
        Its name.
    r : csr_array of shape (n_users, n_items)
        Signed weights of their events.
    log, users, items
        All events, and the row of each one's user and item, ``-1`` for an item that is gone.
    at : float
        The moment of `r`.
    most : int
        Users who get a list.
    table : EventTable
        What events weigh.
    """
    n_users = r.shape[0]
    last = np.full(n_users, -np.inf)
    np.maximum.at(last, users, log.time)
    odd = (items < 0) | (log.time > at)
    fit = ~np.isin(np.arange(n_users), users[odd]) & (np.diff(r.indptr) > 0)
    chosen = np.argsort(-last, kind="stable")
    chosen = chosen[fit[chosen]][:most]
    masks = masks_of(log, users, items, shape=r.shape, table=table)
    hidden = csr_array(masks["seen"] + masks["rejected"])
    n_events = np.bincount(users, minlength=n_users)
    names: dict[int, str] = dict(zip(users.tolist(), log.user, strict=True))
    by_prior = np.argsort(-model.prior, kind="stable").tolist()
    for start in range(0, len(chosen), BATCH):
        rows = np.sort(chosen[start : start + BATCH])  # neighbours in the matrix are read faster
        part = csr_array(r[rows])
        unseen = csr_array(hidden[rows])
        found = top_n_blockwise(model, part, DEPTH, exclude=unseen)
        lists = []
        for place in np.flatnonzero(~found.fallback).tolist():
            there = found.items[place] >= 0
            best, scores = found.items[place][there], found.scores[place][there]
            gone = unseen.indices[unseen.indptr[place] : unseen.indptr[place + 1]]
            rest = _rest(model.prior, by_prior, {*best.tolist(), *gone.tolist()})
            row = int(rows[place])
            listed = Listed(best, scores, rest).packed()
            lists.append(StoredList(names[row], version, int(n_events[row]), at, listed))
        yield lists


def _rest(prior: NDArray[np.float64], by_prior: list[int], taken: set[int]) -> float:
    """The largest prior of what is not taken."""
    for row in by_prior:
        if row not in taken:
            return float(prior[row])
    return -np.inf


def list_made_ahead(
    catalogue: Catalogue,
    made: StoredList | None,
    wish: Wish,
    score_added: Callable[[], NDArray[np.float64]],
    *,
    now: float,
    half_life_days: float | None,
) -> TopN | None:
    """The best `wish.n` of a list made ahead; ``None`` where it cannot say what they are.

    Parameters
    ----------
    score_added : callable
        Scores of the items posted since the fit; called if there are any.
    """
    if made is None or made.model != catalogue.version or not wish.is_plain:
        return None
    listed = Listed.unpacked(made.picks)
    if half_life_days is not None and catalogue.model is not None:
        share = 0.5 ** ((now - made.at) / SECONDS_PER_DAY / half_life_days)
        listed = listed.faded(share, catalogue.model.prior)
    shown = np.flatnonzero(_shown(catalogue, listed.rows, wish, now))[: wish.n]
    if len(shown) < wish.n:
        return None
    best = TopN(listed.rows[shown], listed.scores[shown])
    return _merged(catalogue, best, wish, score_added(), now) if catalogue.cold else best


def _shown(
    catalogue: Catalogue, rows: NDArray[np.int64], wish: Wish, now: float
) -> NDArray[np.bool_]:
    shown = catalogue.shows(rows, now=now, kinds=wish.kinds, attributes=wish.attributes)
    if wish.exclude:
        shown &= ~np.isin(rows, catalogue.ids.rows(wish.exclude))
    return shown


def _merged(
    catalogue: Catalogue, best: TopN, wish: Wish, added: NDArray[np.float64], now: float
) -> TopN:
    rows = np.arange(len(catalogue.ids) - len(added), len(catalogue.ids))
    shown = _shown(catalogue, rows, wish, now)
    rows, scores = np.append(best.items, rows[shown]), np.append(best.scores, added[shown])
    order = np.lexsort((rows, -scores))[: wish.n]
    return TopN(rows[order], scores[order])
