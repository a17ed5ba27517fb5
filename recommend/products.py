"""Sparse × dense on all cores: scipy's own product, band by band of rows in threads."""

from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.threads import in_threads, usable_cores

Dense = NDArray[Any]
Band = tuple[int, int, csr_array[Any]]
SMALL = 2_000_000
"""Multiplications below which a thread costs more than it saves."""
_BANDS_PER_THREAD = 4


class Bands:
    """A sparse matrix cut into bands of rows of about equally many entries.

    scipy releases the interpreter's lock inside a product, so threads share it. A row is
    summed by one thread in the order of its entries: the result is the same, to the bit, for
    any number of threads, and that of ``matrix @ x``.

    Parameters
    ----------
    matrix : csr_array of shape (m, n)
        Its arrays are shared, not copied, if `dtype` is theirs.
    dtype : float32 or float64
        Of the product. float32 halves the memory that goes by, which is what it costs.
    n_threads : int, optional
        By default the cores this process may use.

    Examples
    --------
    >>> a = csr_array(np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]]))
    >>> (Bands(a, np.float64, n_threads=2) @ np.ones((2, 1))).ravel().tolist()
    [1.0, 2.0, 3.0]
    """

    def __init__(
        self,
        matrix: csr_array[Any],
        dtype: type[np.float32] | type[np.float64] = np.float64,
        *,
        n_threads: int | None = None,
    ) -> None:
        self.n_threads = n_threads or usable_cores()
        data: NDArray[Any] = matrix.data.astype(dtype, copy=False)
        self.dtype = dtype
        self.shape = (int(matrix.shape[0]), int(matrix.shape[1]))
        parts: Any = (data, matrix.indices, matrix.indptr)
        self.whole: csr_array[Any] = csr_array(parts, shape=self.shape)

    def __matmul__(self, x: Dense) -> Dense:
        x = np.ascontiguousarray(x, dtype=self.dtype)
        if self.n_threads == 1 or self.whole.nnz * x.shape[1] < SMALL:
            return np.asarray(self.whole @ x)
        out = np.empty((self.shape[0], x.shape[1]), self.dtype)

        def fill(band: Band) -> None:
            start, stop, part = band
            out[start:stop] = part @ x

        in_threads(fill, self._bands, n_threads=self.n_threads)
        return out

    @cached_property
    def _bands(self) -> list[Band]:
        whole, count = self.whole, _BANDS_PER_THREAD * self.n_threads
        inner = np.searchsorted(whole.indptr, np.linspace(0, whole.nnz, count + 1)[1:-1])
        edges = np.unique([0, *inner.tolist(), self.shape[0]]).tolist()
        out: list[Band] = []
        for start, stop in pairwise(edges):
            low, high = int(whole.indptr[start]), int(whole.indptr[stop])
            parts: Any = (
                whole.data[low:high],
                whole.indices[low:high],
                whole.indptr[start : stop + 1] - low,
            )
            out.append((start, stop, csr_array(parts, shape=(stop - start, self.shape[1]))))
        return out
