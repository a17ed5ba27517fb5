"""In how many texts, titles and lists of keywords a phrase stands: counts by hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nlp.errors import ModelFormatError
from nlp.spans import Hashes

Floats = NDArray[np.float32]

SOURCES = ("texts", "titles", "keywords")
_MOST = 65535


def keys_of(hashes: Hashes) -> NDArray[np.uint32]:
    """Top 32 bits of hashes: what a background knows a phrase by."""
    keys: NDArray[np.uint32] = (hashes >> np.uint64(32)).astype(np.uint32)
    return keys


@dataclass(frozen=True, eq=False)
class Background:
    """Counts of phrases; one that is not known counts 0.

    Attributes
    ----------
    keys : uint32 array (n,)
        `keys_of` the hashes of the phrases, rising.
    counts : uint16 array (n, 3)
        Number of texts, titles and lists of keywords that hold each phrase.
    """

    keys: NDArray[np.uint32]
    counts: NDArray[np.uint16]

    def rows(self, keys: NDArray[np.uint32]) -> NDArray[np.intp]:
        """Row of each key; ``len(self.keys)`` for one that is not known."""
        found = self.keys.searchsorted(keys)
        found[self._bounded.take(found) != keys] = len(self.keys)
        return found

    def logs(self, hashes: Hashes) -> Floats:
        """ln(1 + count) of each phrase in each of `SOURCES`, shape (n, 3)."""
        return self._logs.take(self.rows(keys_of(hashes)), axis=0)

    @cached_property
    def _bounded(self) -> NDArray[np.int64]:
        return np.append(self.keys.astype(np.int64), -1)

    @cached_property
    def _logs(self) -> Floats:
        return np.log1p(np.vstack([self.counts, np.zeros_like(self.counts, shape=(1, 3))])).astype(
            np.float32
        )

    @classmethod
    def count(cls, sources: Sequence[Sequence[Hashes]], *, least: Sequence[int]) -> "Background":
        """Count phrases, each once a text.

        Parameters
        ----------
        sources : sequence of sequences of hashes
            For each of `SOURCES` the phrases of each of its texts.
        least : sequence of int
            A smaller count of a source is taken as 0; a phrase of no count is not kept.

        Examples
        --------
        >>> a, b = np.array([[1 << 40], [2 << 40]], dtype=np.uint64)
        >>> found = Background.count([[a, a, b], [a], []], least=(2, 1, 1))
        >>> found.keys.tolist(), found.counts.tolist()
        ([256], [[2, 1, 0]])
        """
        none = np.zeros(0, dtype=np.uint32)
        flat = [
            np.concatenate([none, *(np.unique(keys_of(one)) for one in texts)]) for texts in sources
        ]
        keys, row = np.unique(np.concatenate(flat), return_inverse=True)
        ends = np.cumsum([len(one) for one in flat])
        counts = np.column_stack(
            [np.bincount(rows, minlength=len(keys)) for rows in np.split(row, ends[:-1])]
        )
        counts[counts < np.array(least)] = 0
        kept = counts.any(axis=1)
        return cls(keys[kept], np.minimum(counts[kept], _MOST).astype(np.uint16))

    def without(self, own: Sequence[Hashes], *, least: Sequence[int]) -> "Background":
        """Background that never saw one text: of phrases `own` in each source, one less."""
        counts = np.vstack([self.counts, np.zeros_like(self.counts, shape=(1, len(SOURCES)))])
        for column, hashes in enumerate(own):
            rows = np.unique(self.rows(keys_of(hashes)))
            counts[rows, column] -= counts[rows, column] > 0
        counts[counts < np.array(least)] = 0
        return Background(self.keys, counts[:-1])

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays of the background."""
        return {"keys": self.keys, "counts": self.counts}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Background":
        """Background of the arrays `to_arrays` gave.

        Raises
        ------
        ModelFormatError
            If the arrays do not fit each other, or the keys do not rise.
        """
        keys, counts = arrays["keys"].astype(np.uint32), arrays["counts"].astype(np.uint16)
        if counts.shape != (len(keys), len(SOURCES)) or not (keys[1:] > keys[:-1]).all():
            raise ModelFormatError("tags", f"counts {counts.shape} do not fit {len(keys)} keys")
        return cls(keys, counts)
