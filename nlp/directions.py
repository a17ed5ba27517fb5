"""Directions in the space of n-grams: coefficients learned elsewhere, of a part of the columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True, eq=False)
class Directions:
    """Coefficients of some columns, those of the others being 0.

    Attributes
    ----------
    columns : int32 array (n,)
        Which columns, ascending.
    table : float32 array (n, k)
        Their coefficients in each direction.
    """

    columns: NDArray[np.int32]
    table: NDArray[np.float32]

    def of(self, rows: csr_array) -> NDArray[np.float32]:
        """Projections of the rows, shape (n_rows, k)."""
        found: NDArray[np.float32] = csr_array(rows[:, self.columns]) @ self.table
        return found

    def kept(self, there: NDArray[np.bool_]) -> "Directions":
        """The same where only the columns that are `there` are left, numbered anew."""
        own = there[self.columns]
        number = np.cumsum(there, dtype=np.int32) - np.int32(1)
        return Directions(number[self.columns[own]], self.table[own])

    def sized(self, rows: csr_array, size: float) -> "Directions":
        """Directions scaled so that the projections of `rows` on them spread by `size`."""
        spread = float(self.of(rows).std())
        return Directions(self.columns, self.table * np.float32(size / max(spread, 1e-12)))
