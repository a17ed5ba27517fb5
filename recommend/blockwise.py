"""The first n of many rows at once, without their scores ever standing in memory."""

from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.errors import ConfigError, ShapeError
from recommend.foldin import Queries
from recommend.ranking import TopN, low_bar
from recommend.scores import Scorer
from recommend.threads import in_threads, one_blas_thread, usable_cores

#: rows that share a product, at most: the factors are read once for so many
ROWS = 512

#: rows for which a thread of their own pays
FEW_ROWS = 64

#: columns of a block: with `ROWS` and float32, 1 MB, which stays in the cache until it is judged
COLUMNS = 512


class Lists(NamedTuple):
    """`TopN` of many rows, and the rows whose list is popularity, as `FoldIn.is_fallback` says."""

    items: NDArray[np.int64]
    scores: NDArray[np.float64]
    fallback: NDArray[np.bool_]


def top_n_blockwise(
    model: Scorer,
    rows: csr_array[np.float64],
    n: int,
    *,
    exclude: csr_array[Any] | None = None,
    n_threads: int | None = None,
) -> Lists:
    """`ranking.top_n` of `Scorer.score`, to the rounding of its products, in half the time.

    Scores are made some columns at a time, and only those above the n-th best so far of their
    row are looked at again. Gain and prior go into the product: ``[z, 1] · [g v, p]`` is
    ``g (z · v) + p``, and a block of factors is smaller than the block of scores they make.

    Parameters
    ----------
    model : Scorer
    rows : csr_array of shape (n_rows, at most n_items)
        As `Scorer.score` takes them, any number.
    n : int
        At least 0.
    exclude : csr_array of shape (n_rows, at most n_items), optional
        Stored entries are left out.
    n_threads : int, optional
        By default the cores this process may use. More than one share out the rows, each with
        one thread of BLAS; a row gets the same list from any number.

    Returns
    -------
    Lists
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
    fallback = np.zeros(shape[0], bool)

    def fill(here: slice) -> None:
        hidden = None if exclude is None else csr_array(exclude[here])
        asked = model.queries(csr_array(rows[here]))
        fallback[here] = asked.silent
        if items.shape[1]:
            items[here], scores[here] = _batch(model, asked, items.shape[1], hidden)

    n_threads = n_threads or usable_cores()
    with one_blas_thread() if n_threads > 1 else nullcontext():
        in_threads(fill, _batches(shape[0], n_threads), n_threads=n_threads)
    return Lists(items, scores, fallback)


def _batches(n_rows: int, n_threads: int) -> list[slice]:
    """Rows in equal shares, so many that no thread waits for another's last."""
    if n_rows == 0:
        return []
    n_threads = min(n_threads, -(-n_rows // FEW_ROWS))
    count = -(-n_rows // (ROWS * n_threads)) * n_threads
    size = -(-n_rows // count)
    return [slice(start, start + size) for start in range(0, n_rows, size)]


def _batch(model: Scorer, asked: Queries, n: int, exclude: csr_array[Any] | None) -> TopN:
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


def _finished(model: Scorer, start: int, stop: int, out: NDArray[Any]) -> NDArray[Any]:
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
    All of it stands by falling score, equal ones by column.
    """

    def __init__(self, n_rows: int, n: int) -> None:
        self.n_rows, self.n = n_rows, n
        self.bars: NDArray[Any] | None = None
        self._waiting: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = []
        self._n_new = 0

    def offer(self, block: NDArray[Any], start: int) -> None:
        """Scores of the next columns, from `start` on; ``-inf`` is none."""
        n_columns = block.shape[1]
        if self.bars is None:  # bars of its own spare to keep nearly all of it
            above = (block >= low_bar(block, self.n)[:, None]) & (block > -np.inf)
        else:
            above = block > self.bars[:, None]
        flat = np.flatnonzero(above)
        who = (flat // n_columns).astype(np.int16)  # sorted by radix
        self._waiting.append((who, flat % n_columns + start, block.ravel()[flat]))
        self._n_new += len(flat)
        if self.bars is None or self._n_new > self.n_rows * self.n:
            self._keep_best()

    def best(self) -> TopN:
        """The best, by falling score; equal ones by column."""
        self._keep_best()
        ((who, what, value),) = self._waiting
        items = np.full((self.n_rows, self.n), -1)
        scores = np.full(items.shape, -np.inf)
        place = _place(who, self.n_rows)
        items[who, place], scores[who, place] = what, value
        return TopN(items, scores)

    def _keep_best(self) -> None:
        who, what, value = (np.concatenate(part) for part in zip(*self._waiting, strict=True))
        order = np.lexsort((-value, who))
        who, what, value = who[order], what[order], value[order]
        place = _place(who, self.n_rows)
        self.bars = np.full(self.n_rows, -np.inf, value.dtype)
        last = place == self.n - 1
        self.bars[who[last]] = value[last]
        kept = place < self.n
        self._waiting, self._n_new = [(who[kept], what[kept], value[kept])], 0


def _place(who: NDArray[Any], n_rows: int) -> NDArray[np.int64]:
    """Place of each entry among those of its row; `who` rises."""
    counts = np.bincount(who, minlength=n_rows)
    return np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)
