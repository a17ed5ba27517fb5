"""What is known of words before any label is seen: directions in the space of n-grams.

Two files: what tells apart the classes of names that stand for general knowledge, written for
this project (``nlp/training/*.txt``), and what a pretrained encoder says words mean
(`nlp.training.words`). A model of other labels may use both, as `nlp.ridge.Design` says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nlp.directions import Directions
from nlp.errors import ModelFormatError
from nlp.packaged import packaged

BITS, WORDS, CHARS = 20, 1, 3
"""Arguments of `nlp.hashing.hashed_counts` for the rows that a prior speaks of."""
_FILES = ("prior", "words")


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """Directions over the buckets of word 1-grams and character 1-3-grams, rounded.

    Attributes
    ----------
    buckets : int32 array (n,)
        Buckets of any weight, ascending.
    codes : int8 array (n, k)
        Their coefficients divided by `scales`.
    scales : float32 array (k,)
        Size of one code.
    """

    buckets: NDArray[np.int32]
    codes: NDArray[np.int8]
    scales: NDArray[np.float32]

    def directions(self, bits: int = BITS) -> Directions:
        """Coefficients over ``2**bits`` columns: those of buckets that are joined are added."""
        columns, first = np.unique(self.buckets >> (BITS - bits), return_index=True)
        return Directions(columns, np.add.reduceat(self.codes * self.scales, first, axis=0))

    @classmethod
    def of(cls, directions: Directions, levels: int, reach: float | None = None) -> "Prior":
        """Prior of coefficients, each rounded to one of `levels` steps to either side.

        The last step is `reach` times the spread of a direction, beyond which values are cut;
        without it the largest value.
        """
        table = directions.table
        last = np.abs(table).max(axis=0) if reach is None else reach * table.std(axis=0)
        scales = np.maximum(last / levels, 1e-12).astype(np.float32)
        codes = np.clip(np.rint(table / scales), -levels, levels).astype(np.int8)
        some = codes.any(axis=1)
        return cls(directions.columns[some], codes[some], scales)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays of the prior."""
        return {"buckets": self.buckets, "codes": self.codes, "scales": self.scales}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Prior":
        """Prior of the arrays `to_arrays` gave. Raises `ModelFormatError` if one does not fit."""
        buckets = arrays["buckets"].astype(np.int32)
        codes, scales = arrays["codes"].astype(np.int8), arrays["scales"].astype(np.float32)
        if codes.ndim != 2 or codes.shape != (*buckets.shape, *scales.shape):
            raise ModelFormatError(
                "prior",
                f"codes {codes.shape} do not fit buckets {buckets.shape} and scales {scales.shape}",
            )
        return cls(buckets, codes, scales)


@cache
def default_priors() -> tuple[Prior, ...]:
    """Return the packaged priors, read once per process and only where a model is fitted.

    Examples
    --------
    >>> all(prior.buckets.max() < 2**BITS for prior in default_priors())
    True
    """
    return tuple([Prior.from_arrays(packaged(name)) for name in _FILES])
