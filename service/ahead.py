"""Lists made ahead: at the fit, for everybody in it, all at once.

One list alone reads all item factors, at 100,000 items and 512 factors 200 MB: some 20 ms. Many
together read them once. A list holds for as long as its user has done nothing new and its model
is in service; then it is the list that would be made now, to the rounding of float32, and is
only filtered. ``docs/design/0031-lists.md`` has the figures.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend import EVENT_WEIGHTS, EventTable, HybridSVD, TopN, top_n
from recommend.interactions import SECONDS_PER_DAY
from service.catalogue import Catalogue
from service.seen import masks_of
from service.store.events import Log
from service.store.lists import StoredList
from service.wishes import Wish

#: items of a list that is made ahead: what is asked for, and what filters may take of it
DEPTH = 128

#: lists that are made together: their scores take 4 bytes × this × items
BATCH = 256


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
    n_users, n_items = r.shape
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
    for start in range(0, len(chosen), BATCH):
        rows = np.sort(chosen[start : start + BATCH])  # neighbours in the matrix are read faster
        part = csr_array(r[rows])
        found = top_n(model.score(part), min(DEPTH, n_items), exclude=csr_array(hidden[rows]))
        silent = model.is_fallback(part)
        yield [
            StoredList(names[row], version, int(n_events[row]), at, _packed(ids, scores))
            for row, ids, scores, skip in zip(
                rows.tolist(), found.items, found.scores, silent.tolist(), strict=True
            )
            if not skip
        ]


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
    if made is None or made.model != catalogue.version or not _is_plain(wish):
        return None
    rows, scores = _unpacked(made.picks)
    if half_life_days is not None:  # all events of a row fade alike
        scores = scores * 0.5 ** ((now - made.at) / SECONDS_PER_DAY / half_life_days)
    shown = _shown(catalogue, rows, wish, now)
    if int(shown.sum()) < wish.n:
        return None
    best = TopN(rows[shown][: wish.n], scores[shown][: wish.n])
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


def _is_plain(wish: Wish) -> bool:
    """Whether nothing but filters is asked for."""
    plain = Wish()
    return plain == replace(
        wish,
        n=plain.n,
        kinds=plain.kinds,
        attributes=plain.attributes,
        exclude=plain.exclude,
    )


def _packed(items: NDArray[np.int64], scores: NDArray[np.float64]) -> bytes:
    there = items >= 0
    return items[there].astype("<i4").tobytes() + scores[there].astype("<f4").tobytes()


def _unpacked(picks: bytes) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Inverse of `_packed`.

    Examples
    --------
    >>> rows, scores = _unpacked(_packed(np.array([7, 3, -1]), np.array([0.5, 0.25, -np.inf])))
    >>> rows.tolist(), scores.tolist()
    ([7, 3], [0.5, 0.25])
    """
    half = len(picks) // 2
    rows = np.frombuffer(picks, "<i4", count=half // 4).astype(np.int64)
    return rows, np.frombuffer(picks, "<f4", offset=half).astype(np.float64)
