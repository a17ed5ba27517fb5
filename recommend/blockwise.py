"""The first n of many rows at once, without their scores ever standing in memory."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.errors import ConfigError, ShapeError
from recommend.foldin import FoldIn
from recommend.ranking import TopN

#: rows that share a product: the factors are read once for so many
ROWS = 512

#: columns of a block: with `ROWS` and float32, 1 MB, which stays in the cache until it is judged
COLUMNS = 512


def top_n_blockwise(
    model: FoldIn,
    rows: csr_array[np.float64],
    n: int,
    *,
    exclude: csr_array[Any] | None = None,
) -> TopN:
    """`ranking.top_n` of `FoldIn.score`, to the rounding of its products, in half the time.

    Scores are made some columns at a time, and only those above the n-th best so far of their
    row are looked at again. Gain and prior go into the product: ``[z, 1] · [g v, p]`` is
    ``g (z · v) + p``, and a block of factors is smaller than the block of scores they make.

    Parameters
    ----------
    model : FoldIn
    rows : csr_array of shape (n_rows, at most n_items)
        As `FoldIn.score` takes them, any number.
    n : int
        At least 0.
    exclude : csr_array of shape (n_rows, at most n_items), optional
        Stored entries are left out.

    Returns
    -------
    TopN
        Arrays (n_rows, min(n, n_items)), short rows filled with item ``-1`` and score ``-inf``.

    Examples
    --------
    >>> from recommend import HybridConfig, HybridSVD
    >>> r = csr_array(np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]))
    >>> model = HybridSVD.fit(r, None, HybridConfig(n_factors=1), rng=np.random.default_rng(0))
    >>> top_n_blockwise(model, r, 2, exclude=r).items.tolist()
    [[2, -1], [-1, -1]]
    """
    if n < 0:
        raise ConfigError("n", n, "at least 0")
    shape = (rows.shape[0], model.n_items)
    if exclude is not None and (exclude.shape[0] != shape[0] or exclude.shape[1] > shape[1]):
        raise ShapeError("exclude", exclude.shape, shape)
    items = np.full((shape[0], min(n, shape[1])), -1, np.int64)
    scores = np.full(items.shape, -np.inf)
    if items.size:
        for start in range(0, shape[0], ROWS):
            here = slice(start, start + ROWS)
            hidden = None if exclude is None else csr_array(exclude[here])
            items[here], scores[here] = _batch(model, csr_array(rows[here]), items.shape[1], hidden)
    return TopN(items, scores)


def _batch(
    model: FoldIn, rows: csr_array[np.float64], n: int, exclude: csr_array[Any] | None
) -> TopN:
    asked = model.queries(rows)
    n_rows, dtype = len(asked.w), asked.w.dtype
    w = np.concatenate([asked.w, np.ones((n_rows, 1), dtype)], axis=1)
    fallback = np.append(model.popularity, np.zeros(len(model.extra_factors)))
    width = max(COLUMNS, 4 * n)
    own, hidden = (_Entries(of, width, model.n_items) for of in (asked.heard, exclude))
    factors = np.empty((width, w.shape[1]), dtype)
    scores = np.empty(n_rows * width, dtype)
    leaders = _Leaders(n_rows, n)
    for start in range(0, model.n_items, width):
        stop = min(start + width, model.n_items)
        block = scores[: n_rows * (stop - start)].reshape(n_rows, -1)
        np.matmul(w, _finished(model, start, stop, factors).T, out=block)
        who, what, entry = own.of_block(start // width)
        block[who, what - start] -= asked.own[entry] * model.gain[what]
        block[asked.silent] = fallback[start:stop]
        who, what, _ = hidden.of_block(start // width)
        block[who, what - start] = -np.inf
        leaders.offer(block, start)
    return leaders.best()


def _finished(model: FoldIn, start: int, stop: int, out: NDArray[Any]) -> NDArray[Any]:
    """Factors of these items times their gain, their prior behind them."""
    out, fitted = out[: stop - start], model.n_fitted
    inside = max(min(stop, fitted) - start, 0)
    gain = model.gain[start:stop, None]
    np.multiply(model.item_factors[start:stop], gain[:inside], out=out[:inside, :-1])
    extra = model.extra_factors[max(start - fitted, 0) : max(stop - fitted, 0)]
    np.multiply(extra, gain[inside:], out=out[inside:, :-1])
    out[:, -1] = model.prior[start:stop]
    return out


class _Entries:
    """The entries of a sparse matrix, by blocks of `width` columns."""

    def __init__(self, matrix: csr_array[Any] | None, width: int, n_columns: int) -> None:
        matrix = csr_array((0, 0)) if matrix is None else matrix
        who = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        blocks = matrix.indices // width
        self.entry = np.argsort(blocks, kind="stable")
        self.who, self.what = who[self.entry], matrix.indices[self.entry]
        counts = np.bincount(blocks, minlength=-(-n_columns // width))
        self.edges = np.append(0, np.cumsum(counts)).tolist()

    def of_block(self, number: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Row, column and number of its entries."""
        here = slice(self.edges[number], self.edges[number + 1])
        return self.who[here], self.what[here], self.entry[here]


class _Leaders:
    """The best `n` of each row among the columns offered so far, at most `ROWS` rows.

    What is above the bar of its row waits; when as much waits as is kept, the bars are raised.
    All of it stands by column within its row, so equal scores keep that order.
    """

    def __init__(self, n_rows: int, n: int) -> None:
        self.n_rows, self.n = n_rows, n
        self.bars: NDArray[Any] | None = None
        self._waiting: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = []
        self._n_new = 0

    def offer(self, block: NDArray[Any], start: int) -> None:
        """Scores of the next columns, from `start` on; ``-inf`` is none."""
        n_columns = block.shape[1]
        bars = self.bars
        if bars is None:  # its own bar spares to keep nearly all of it
            last = max(n_columns - self.n, 0)
            low = np.partition(block, last, axis=1)[:, last]
            above = (block >= low[:, None]) & (block > -np.inf)
        else:
            above = block > bars[:, None]
        flat = np.flatnonzero(above)
        who = (flat // n_columns).astype(np.int16)  # sorted by radix
        self._waiting.append((who, flat % n_columns + start, block.ravel()[flat]))
        self._n_new += len(flat)
        if bars is None or self._n_new > self.n_rows * self.n:
            self._raise_bars()

    def best(self) -> TopN:
        """The best, by falling score; equal ones by column."""
        items, scores = self._table()
        order = np.argsort(-scores, axis=1, kind="stable")[:, : self.n]
        items, scores = (np.take_along_axis(of, order, axis=1) for of in (items, scores))
        return TopN(items, scores.astype(np.float64))

    def _raise_bars(self) -> None:
        scores = self._table()[1]
        self.bars = bars = np.partition(scores, -self.n, axis=1)[:, -self.n]
        ((who, what, value),) = self._waiting
        kept = value >= bars[who]
        self._waiting, self._n_new = [(who[kept], what[kept], value[kept])], 0

    def _table(self) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """What waits as items and scores, a row each, filled with -1 and ``-inf``."""
        who, what, value = (np.concatenate(part) for part in zip(*self._waiting, strict=True))
        order = np.argsort(who, kind="stable")
        who, what, value = who[order], what[order], value[order]
        self._waiting = [(who, what, value)]
        counts = np.bincount(who, minlength=self.n_rows)
        place = np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)
        shape = (self.n_rows, max(int(counts.max()), self.n))
        items, scores = np.full(shape, -1), np.full(shape, -np.inf, value.dtype)
        items[who, place], scores[who, place] = what, value
        return items, scores
