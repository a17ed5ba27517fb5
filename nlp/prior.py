"""What is known of subjects before any label is seen: directions in the space of n-grams.

A direction tells apart the classes of names that stand for general knowledge: course names by
subject and terms by discipline, both written for this project (``nlp/training/*.txt``).
A model of other labels may use them, as `nlp.ridge.Design` says.
"""

import importlib.resources
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nlp.errors import ModelFormatError


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """Directions over the buckets of word 1-grams and character 1-3-grams.

    Attributes
    ----------
    codes : int8 array (2**bits, k)
        Coefficients divided by `scales`.
    scales : float32 array (k,)
        Size of one code.
    """

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]

    @property
    def bits(self) -> int:
        """Logarithm of the number of buckets."""
        return int(self.codes.shape[0]).bit_length() - 1

    def directions(self) -> NDArray[np.float32]:
        """Coefficients, shape (2**bits, k)."""
        return self.codes * self.scales

    @classmethod
    def of(cls, directions: NDArray[np.float64]) -> "Prior":
        """Prior of coefficients, rounded to 8 bits; an n-gram of no weight stays so."""
        scales = np.maximum(np.abs(directions).max(axis=0) / 127.0, 1e-12).astype(np.float32)
        return cls(np.rint(directions / scales).astype(np.int8), scales)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays of the prior."""
        return {"codes": self.codes, "scales": self.scales}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Prior":
        """Prior of the arrays `to_arrays` gave. Raises `ModelFormatError` if one does not fit."""
        codes, scales = arrays["codes"].astype(np.int8), arrays["scales"].astype(np.float32)
        if codes.ndim != 2 or scales.shape != codes.shape[1:]:
            raise ModelFormatError("prior", f"codes {codes.shape} do not fit scales {scales.shape}")
        return cls(codes, scales)


@cache
def default_prior() -> Prior:
    """Return the packaged prior, read once per process and only where a model is fitted.

    Examples
    --------
    >>> default_prior().directions().shape[0] == 2 ** default_prior().bits
    True
    """
    raw = importlib.resources.files("nlp").joinpath("data/prior.npz").read_bytes()
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        return Prior.from_arrays(arrays)
