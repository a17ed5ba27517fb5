"""A linear classifier over hashed word and character n-grams: shared by topics and sentiment.

A model is a few small arrays. It is the sum of two linear maps of the same row: support vector
machines, which find what separates the classes, and naive Bayes, which trusts every n-gram a
little and so helps where texts are short and rows few (`nlp.bayes` has the equation).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp.errors import ModelFormatError
from nlp.hashing import (
    Document,
    Floats,
    Grams,
    hashed_counts,
    weighted,
)

_BLOCK = 1 << 15  # products summed at once: 256 kB, which the processor keeps near


@dataclass(frozen=True, slots=True, eq=False)
class HashedLinear:
    """A fitted linear model; its coefficients are 16-bit integers times one scale per class.

    Attributes
    ----------
    labels : tuple of str
        Classes, in the order of the columns of every result.
    bits, words, chars : int
        Arguments of `hashed_counts` the model was fitted with.
    idf : float32 array (2**bits,)
        Weight of each bucket; equation (1) of docs/math.md.
    codes : int16 array (2**bits, n_classes)
        Coefficients divided by `scales`.
    scales, intercepts : float32 arrays (n_classes,)
        Size of one code, and the constant of each class.
    temperature : float
        Divides the decision values before the softmax; fitted on texts left out.
    evenness : float
        Power of the spread of a row that divides it as well: at 1 all rows are equally sure.
    floor : float
        Least spread that divides: a row of few known words stays less sure than the others.
    tail : float
        How slowly far classes become unlikely: `tailed`; at 0 as in any softmax.
    independent : bool
        Whether a text may have several classes: each probability is then a logistic function
        of its own decision value, and they need not sum to 1.
    """

    labels: tuple[str, ...]
    bits: int
    words: int
    chars: int
    idf: NDArray[np.float32]
    codes: NDArray[np.int16]
    scales: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    temperature: float
    independent: bool = False
    evenness: float = 0.0
    floor: float = 0.0
    tail: float = 0.0

    def decision(self, grams: Grams) -> Floats:
        """Decision values of each document, shape (len(grams), n_classes)."""
        if not len(grams):
            return np.zeros((0, len(self.labels)))
        row, columns, counts = grams.counted(self.bits, self.words, self.chars)
        # the rows of `weighted` times the coefficients, without a sparse matrix between
        data = np.log(counts)
        data += 1.0
        data *= self.idf.take(columns)
        data /= np.sqrt(np.bincount(row, weights=data * data)).take(row)
        bounds = row.searchsorted(np.arange(len(grams) + 1))
        values = np.empty((len(grams), len(self.labels)))
        for first, last in _blocks(bounds, _BLOCK // len(self.labels)):
            part = slice(bounds[first], bounds[last])
            products = self.codes.take(columns[part], axis=0).astype(np.float64)
            products *= data[part, np.newaxis]
            np.add.reduceat(products, bounds[first:last] - bounds[first], out=values[first:last])
        values *= self.scales.astype(np.float64)
        values += self.intercepts
        return values

    def probabilities(self, documents: Sequence[Document]) -> Floats:
        """Calibrated probabilities; each row sums to 1 unless the classes are independent."""
        return self.calibrated(self.decision(Grams(documents)))

    def calibrated(self, decisions: Floats) -> Floats:
        """Probabilities of decision values."""
        values = evened(decisions, self.evenness, self.floor) / self.temperature
        return probability(tailed(values, self.tail), independent=self.independent)

    def rows(self, documents: Sequence[Document]) -> csr_array:
        """Return unit rows of tf-idf over the buckets."""
        return weighted(
            hashed_counts(documents, bits=self.bits, words=self.words, chars=self.chars), self.idf
        )

    def with_temperature(
        self, temperature: float, evenness: float = 0.0, floor: float = 0.0, tail: float = 0.0
    ) -> "HashedLinear":
        """Return the same model with another calibration."""
        return replace(self, temperature=temperature, evenness=evenness, floor=floor, tail=tail)

    def rounded(self, step: int) -> "HashedLinear":
        """Return the same model with codes that are multiples of `step`: a smaller file.

        Unlike codes of fewer bits this keeps the many small coefficients that are above half
        a step of the largest one's 32,767.
        """
        codes = np.rint(self.codes.astype(np.float64) / step) * step
        return replace(self, codes=np.clip(codes, -32767, 32767).astype(np.int16))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays, none of object type."""
        return {
            "labels": np.array(self.labels, dtype=np.str_),
            "shape": np.array([self.bits, self.words, self.chars], dtype=np.int64),
            "idf": self.idf.astype(np.float16),
            "codes": self.codes,
            "scales": self.scales,
            "intercepts": self.intercepts,
            "temperature": np.array(self.temperature),
            "independent": np.array(self.independent),
            "evenness": np.array(self.evenness),
            # absent where there is none: files of models without one keep their bytes
            **({"floor": np.array(self.floor)} if self.floor else {}),
            **({"tail": np.array(self.tail)} if self.tail else {}),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "HashedLinear":
        """Model of the arrays `to_arrays` gave; it answers the same to the last bit.

        Raises
        ------
        ModelFormatError
            If an array is missing or does not fit the others.
        """
        needed = {"labels", "shape", "idf", "codes", "scales", "intercepts", "temperature"}
        if missing := needed - set(arrays):
            raise ModelFormatError("linear", f"lacks {sorted(missing)}")
        labels = tuple(str(label) for label in arrays["labels"])
        bits, words, chars = (int(n) for n in arrays["shape"].astype(np.int64))
        codes = arrays["codes"].astype(np.int16)
        if codes.shape != (1 << bits, len(labels)):
            raise ModelFormatError("linear", f"codes have shape {codes.shape}")
        return cls(
            labels=labels,
            bits=bits,
            words=words,
            chars=chars,
            idf=arrays["idf"].astype(np.float32),
            codes=codes,
            scales=arrays["scales"].astype(np.float32),
            intercepts=arrays["intercepts"].astype(np.float32),
            temperature=float(arrays["temperature"].astype(np.float64)),
            independent=bool(arrays["independent"]) if "independent" in arrays else False,
            evenness=float(arrays["evenness"].astype(np.float64)) if "evenness" in arrays else 0.0,
            floor=float(arrays["floor"].astype(np.float64)) if "floor" in arrays else 0.0,
            tail=float(arrays["tail"].astype(np.float64)) if "tail" in arrays else 0.0,
        )


def _blocks(bounds: NDArray[np.int64], size: int) -> Iterator[tuple[int, int]]:
    """Ranges of documents with about `size` n-grams together; document i ends at bounds[i + 1]."""
    first, n = 0, len(bounds) - 1
    while first < n:
        last = max(first + 1, int(bounds.searchsorted(bounds[first] + size, "right")) - 1)
        yield first, last
        first = last


def evened(values: Floats, evenness: float, floor: float = 0.0) -> Floats:
    """Rows divided by a power of their spread, the standard deviation over the classes.

    A spread below `floor` counts as that: to divide by it would make sure of what is not known.
    """
    if not evenness:
        return values
    spread = np.maximum(values.std(axis=1, keepdims=True), max(floor, 1e-9))
    result: Floats = values / spread**evenness
    return result


def tailed(values: Floats, tail: float) -> Floats:
    """Values whose softmax falls by a power of the distance to the best class.

    v_i = -ln(1 + a (max_j x_j - x_i)) / a

    for a `tail` a, which is the softmax of `values` as a goes to 0, and near the best class always:
    the exponential family of t-logistic regression [1]_. The order of the classes stays.

    References
    ----------
    .. [1] Ding, Vishwanathan. t-logistic regression. NIPS 2010.

    Examples
    --------
    >>> tailed(np.array([[3.0, 2.0, 0.0]]), 1.0).round(2).tolist()
    [[-0.0, -0.69, -1.39]]
    """
    if not tail:
        return values
    result: Floats = np.log1p(tail * (values.max(axis=1, keepdims=True) - values)) / -tail
    return result


def probability(values: Floats, *, independent: bool = False) -> Floats:
    """Softmax of each row, or the logistic function of each value."""
    if not independent:
        return softmax(values)
    result: Floats = 1.0 / (1.0 + np.exp(-np.clip(values, -500.0, 500.0)))
    return result


def softmax(values: Floats) -> Floats:
    """Softmax of each row."""
    shifted = np.exp(values - values.max(axis=1, keepdims=True))
    result: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def quantised(coefficients: Floats) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """Codes and scales of coefficients, as `HashedLinear` keeps them."""
    # 16 bits without clipping: 8 bits cost two points of accuracy, since few coefficients are
    # large and the many small ones matter together.
    scales = np.maximum(np.abs(coefficients).max(axis=0) / 32767.0, 1e-12).astype(np.float32)
    return np.rint(coefficients / scales).astype(np.int16), scales
