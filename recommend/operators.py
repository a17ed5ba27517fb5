"""Behaviour and content as one matrix that is never written down."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator

from recommend.products import Bands, Dense


class StackedOperator(LinearOperator):
    """``[R D; sqrt(beta) Fᵀ]``, matrix-free (equation 5); R may come with its rows weighed.

    Its shape is (n_users + n_features, n_items).

    Parameters
    ----------
    r : csr_array of shape (n_users, n_items)
        Weights.
    scaling : array of shape (n_items,)
        Diagonal of D.
    f : csr_array of shape (n_items, n_features), optional
        Content; ``None`` leaves the lower block out.
    content_weight : float
        ``beta``; 0 leaves the lower block out.
    dtype : float32 or float64
        Of the products: float32 where the factorisation's tolerance is far above its rounding.
    """

    def __init__(
        self,
        r: csr_array[np.float64],
        scaling: NDArray[np.float64],
        f: csr_array[np.float64] | None = None,
        content_weight: float = 0.0,
        *,
        dtype: type[np.float32] | type[np.float64] = np.float64,
    ) -> None:
        self.r, self.rt = Bands(r, dtype), Bands(csr_array(r.T), dtype)
        self.scaling: Dense = scaling[:, None].astype(dtype)
        self.n_users = r.shape[0]
        self.f = self.ft = None
        n_rows = self.n_users
        if f is not None and content_weight > 0:
            self.f, self.ft = Bands(f, dtype), Bands(csr_array(f.T), dtype)
            self.root_weight = dtype(content_weight**0.5)
            n_rows += f.shape[1]
        super().__init__(np.dtype(dtype), (n_rows, r.shape[1]))  # type: ignore[call-arg]

    def _matmat(self, x: Dense) -> Dense:
        x = x.astype(self.dtype, copy=False)
        upper = self.r @ (self.scaling * x)
        if self.ft is None:
            return upper
        lower: Dense = self.root_weight * (self.ft @ x)
        return np.vstack([upper, lower])

    def _rmatmat(self, y: Dense) -> Dense:
        upper: Dense = self.scaling * (self.rt @ y[: self.n_users])
        if self.f is not None:
            upper += self.root_weight * (self.f @ y[self.n_users :])
        return np.asarray(upper)

    def _matvec(self, x: Dense) -> Dense:
        return self._matmat(x.reshape(-1, 1))[:, 0]

    def _rmatvec(self, y: Dense) -> Dense:
        return np.asarray(self._rmatmat(y.reshape(-1, 1))[:, 0])
