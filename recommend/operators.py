"""Behaviour and content as one matrix that is never written down."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator


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
    """

    def __init__(
        self,
        r: csr_array[np.float64],
        scaling: NDArray[np.float64],
        f: csr_array[np.float64] | None = None,
        content_weight: float = 0.0,
    ) -> None:
        self.r, self.rt = r, csr_array(r.T)
        self.scaling = scaling[:, None]
        self.n_users = r.shape[0]
        self.f = self.ft = None
        n_rows = self.n_users
        if f is not None and content_weight > 0:
            self.f, self.ft = f, csr_array(f.T)
            self.root_weight = np.sqrt(content_weight)
            n_rows += f.shape[1]
        super().__init__(np.dtype(np.float64), (n_rows, r.shape[1]))  # type: ignore[call-arg]

    def _matmat(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        upper = np.asarray(self.r @ (self.scaling * x))
        if self.ft is None:
            return upper
        return np.vstack([upper, self.root_weight * np.asarray(self.ft @ x)])

    def _rmatmat(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        upper = np.asarray(self.scaling * np.asarray(self.rt @ y[: self.n_users]))
        if self.f is None:
            return upper
        return np.asarray(upper + self.root_weight * np.asarray(self.f @ y[self.n_users :]))

    def _matvec(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._matmat(x.reshape(-1, 1))[:, 0]

    def _rmatvec(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(self._rmatmat(y.reshape(-1, 1))[:, 0])
