"""Why an item got its score: exact parts, not a story told afterwards."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Explanation:
    """``score == behaviour.sum() + content.sum() + popularity``.

    Attributes
    ----------
    item : int
        Row of the item explained.
    history : array of int of shape (n,)
        Rows of the items that speak for or against it.
    behaviour, content : arrays of shape (n,)
        What each of them contributes through what users did, and through what texts say.
        An item nobody has touched is known by content only.
    popularity : float
        What the item owes to everybody: the prior, or the whole score when the row was empty.
    """

    item: int
    history: NDArray[np.int64]
    behaviour: NDArray[np.float64]
    content: NDArray[np.float64]
    popularity: float

    @classmethod
    def of_popularity(cls, item: int, popularity: float) -> "Explanation":
        """Explanation of the fallback: no item speaks, popularity does."""
        nothing = np.zeros(0)
        return cls(item, np.zeros(0, np.int64), nothing, nothing, popularity)

    @property
    def contributions(self) -> NDArray[np.float64]:
        """Behaviour and content together, by item of the history."""
        return self.behaviour + self.content

    @property
    def score(self) -> float:
        """Sum of all parts."""
        return float(self.behaviour.sum() + self.content.sum() + self.popularity)
