"""A linear classifier over hashed word and character n-grams: shared by topics and sentiment.

No vocabulary is kept: an n-gram is its hash, computed for all texts at once with wrapping
64-bit arithmetic, so a row costs microseconds and a model is a few small arrays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from nlp.errors import ModelFormatError, TrainingDataError

Floats = NDArray[np.float64]
_Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15  # odd, so it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 2**64)
_FIRST, _LAST = 0x110001, 0x110002  # beyond Unicode: the edges of a text
_MARK = 1 << 21  # set on the characters of marked spans, so their n-grams are others


@dataclass(frozen=True, slots=True)
class Document:
    """A text as the hasher sees it.

    Attributes
    ----------
    text : str
        Normalised text.
    words : sequence of (start, end)
        Word spans of `text`, in order.
    marked : sequence of (start, end)
        Spans whose n-grams must not be mixed up with those of plain text, such as the
        scope of a negation.
    extra : sequence of str
        Names of further features of the text.
    """

    text: str
    words: Sequence[tuple[int, int]]
    marked: Sequence[tuple[int, int]] = ()
    extra: Sequence[str] = ()


def _mix(x: _Hashes) -> _Hashes:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _powers(base: int, n: int) -> _Hashes:
    powers = np.full(n + 1, base, dtype=np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)


def _codes(documents: Sequence[Document], offsets: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Characters of all documents with their edges; document i begins at ``offsets[i]``."""
    raw = "".join(f" {d.text} " for d in documents).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(raw, dtype="<u4").astype(np.uint32)
    upper = (codes >= 65) & (codes <= 90)
    codes[upper] += 32  # ASCII only: other case pairs change lengths
    for offset, document in zip(offsets.tolist(), documents, strict=False):
        for start, end in document.marked:
            codes[offset + start + 1 : offset + end + 1] |= _MARK
    codes[offsets[:-1]], codes[offsets[1:] - 1] = _FIRST, _LAST
    return codes


def hashed_counts(
    documents: Sequence[Document], *, bits: int, words: int = 2, chars: int = 3
) -> csr_array:
    """Count word 1..`words`-grams and character 1..`chars`-grams in ``2**bits`` buckets.

    Parameters
    ----------
    documents : sequence of Document
        An empty one gives the n-grams of its two edges only.
    bits : int
        Logarithm of the number of columns.
    words, chars : int
        Longest n-gram of each kind.

    Returns
    -------
    csr_array of shape (len(documents), 2**bits)
        A row depends on its own document only.

    Examples
    --------
    >>> rows = hashed_counts([Document("好课", [(0, 1), (1, 2)])], bits=16, words=2, chars=2)
    >>> int(rows.sum())  # 3 words and pairs, 4 characters with edges, 3 pairs of them
    10
    """
    row, columns, counts = _counted(documents, bits, words, chars)
    indptr = np.searchsorted(row, np.arange(len(documents) + 1)).astype(np.int32)
    return csr_array(
        (counts.astype(np.float64), columns.astype(np.int32), indptr),
        shape=(len(documents), 1 << bits),
    )


def _counted(
    documents: Sequence[Document], bits: int, words: int, chars: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Document, bucket and count of each n-gram, sorted; no document is without one."""
    if not documents:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    sizes = np.array([len(d.text) + 2 for d in documents])
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    row = np.repeat(np.arange(len(documents)), sizes)
    letters = _mix(_codes(documents, offsets).astype(np.uint64) + np.uint64(_BASE))

    hashes, rows = [letters], [row]
    grams = letters
    for n in range(2, chars + 1):
        grams = _mix(grams[:-1] * np.uint64(_BASE) + letters[n - 1 :])
        inside = row[: len(row) - n + 1] == row[n - 1 :]
        hashes.append(grams[inside])
        rows.append(row[: len(row) - n + 1][inside])

    spans = np.array([span for d in documents for span in d.words], dtype=np.int64).reshape(-1, 2)
    holder = np.repeat(np.arange(len(documents)), [len(d.words) for d in documents])
    spans += offsets[holder, np.newaxis] + 1
    # hash of letters[a:b] = (P[b] - P[a]) / base^a  with  P[i] = sum_{j<i} letter_j base^j
    powers, inverses = _powers(_BASE, len(letters)), _powers(_INVERSE, len(letters))
    prefix = np.concatenate([np.zeros(1, np.uint64), np.cumsum(letters * powers[:-1])])
    whole = _mix((prefix[spans[:, 1]] - prefix[spans[:, 0]]) * inverses[spans[:, 0]] + np.uint64(1))
    grams = whole
    for n in range(1, words + 1):
        if n > 1:
            grams = _mix(grams[:-1] * np.uint64(_INVERSE) + whole[n - 1 :])
        inside = holder[: len(holder) - n + 1] == holder[n - 1 :]
        hashes.append(grams[inside])
        rows.append(holder[: len(holder) - n + 1][inside])

    named = [(i, name) for i, d in enumerate(documents) for name in d.extra]
    if named:
        hashes.append(_mix(np.array([_name_hash(name) for _, name in named], dtype=np.uint64)))
        rows.append(np.array([i for i, _ in named], dtype=np.int64))

    buckets = (np.concatenate(hashes) >> np.uint64(64 - bits)).astype(np.int64)
    keys = (np.concatenate(rows) << bits) + buckets
    keys.sort()
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    counts = np.diff(first, append=len(keys))
    keys = keys[first]
    return keys >> bits, keys & ((1 << bits) - 1), counts


@cache
def _name_hash(name: str) -> int:
    return int.from_bytes(name.encode("utf-8")[:24].ljust(24, b"\0"), "little") % (2**64 - 59)


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
        Divides the decision values before the softmax; fitted out of fold.
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

    def decision(self, documents: Sequence[Document]) -> Floats:
        """Decision values, shape (len(documents), n_classes)."""
        if not documents:
            return np.zeros((0, len(self.labels)))
        row, columns, counts = _counted(documents, self.bits, self.words, self.chars)
        # the rows of `weighted` times the coefficients, without a sparse matrix between
        data = (1.0 + np.log(counts)) * self.idf[columns]
        data /= np.sqrt(np.bincount(row, weights=data * data))[row]
        starts = np.searchsorted(row, np.arange(len(documents)))
        values: Floats = np.add.reduceat(data[:, np.newaxis] * self.codes[columns], starts)
        return values * self.scales.astype(np.float64) + self.intercepts

    def probabilities(self, documents: Sequence[Document]) -> Floats:
        """Calibrated probabilities; each row sums to 1."""
        return softmax(self.decision(documents) / self.temperature)

    def rows(self, documents: Sequence[Document]) -> csr_array:
        """Return unit rows of tf-idf over the buckets."""
        return weighted(
            hashed_counts(documents, bits=self.bits, words=self.words, chars=self.chars), self.idf
        )

    def with_temperature(self, temperature: float) -> "HashedLinear":
        """Return the same model with another calibration."""
        return replace(self, temperature=temperature)

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
        )


def weighted(counts: csr_array, idf: NDArray[np.float32]) -> csr_array:
    """Rows (1 + ln count) · idf of unit length; an empty row stays empty."""
    data = (1.0 + np.log(counts.data)) * idf[counts.indices]
    sizes = np.diff(counts.indptr)
    row = np.repeat(np.arange(counts.shape[0]), sizes)
    norms = np.sqrt(np.bincount(row, weights=data * data, minlength=counts.shape[0]))
    return csr_array((data / norms[row], counts.indices, counts.indptr), shape=counts.shape)


def softmax(values: Floats) -> Floats:
    """Softmax of each row."""
    shifted = np.exp(values - values.max(axis=1, keepdims=True))
    result: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def inverse_document_frequency(counts: csr_array) -> NDArray[np.float32]:
    """Weight of each bucket, rounded to half precision as it is stored.

    idf = ln((1 + n) / (1 + df)) + 1, equation (1) of docs/math.md
    """
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log((1 + counts.shape[0]) / (1 + df)) + 1.0
    return idf.astype(np.float16).astype(np.float32)


def separators(
    rows: csr_array, labels: Sequence[str], *, penalty: float, weights: Floats | None = None
) -> tuple[tuple[str, ...], Floats, Floats]:
    """Fit one-against-rest support vector machines (squared hinge).

    Returns
    -------
    classes, coefficients, intercepts
        Sorted labels, and arrays of shape (n_columns, n_classes) and (n_classes,).

    Raises
    ------
    TrainingDataError
        If there are fewer than two classes, or rows and labels differ in number.
    """
    # sklearn takes a second to import and only fitting needs it
    from sklearn.svm import LinearSVC

    classes = tuple(sorted(set(labels)))
    if len(labels) != rows.shape[0]:
        raise TrainingDataError(f"{rows.shape[0]} texts, {len(labels)} labels", "one label a text")
    if len(classes) < 2:
        raise TrainingDataError(f"the classes {classes}", "at least two")
    number = {label: i for i, label in enumerate(classes)}
    model = LinearSVC(C=penalty, random_state=0, tol=1e-3, max_iter=3000)
    model.fit(rows, np.array([number[label] for label in labels]), sample_weight=weights)
    coefficients, intercepts = model.coef_.T, model.intercept_
    if len(classes) == 2:
        coefficients = np.hstack([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    return classes, coefficients, intercepts


def fit(
    counts: csr_array,
    labels: Sequence[str],
    *,
    words: int,
    chars: int,
    penalty: float = 1.0,
    weights: Floats | None = None,
    idf: NDArray[np.float32] | None = None,
    directions: NDArray[np.float32] | None = None,
) -> HashedLinear:
    """Fit a classifier on hashed counts.

    Parameters
    ----------
    counts : csr_array of shape (n, 2**bits)
        Rows from `hashed_counts` with the same `words` and `chars`.
    labels : sequence of str
        Class of each row; at least two different ones.
    penalty : float
        `C` of the support vector machine: larger trusts the data more.
    weights : float array (n,), optional
        Weight of each row.
    idf : float32 array (2**bits,), optional
        Weight of each bucket; learned from `counts` if not given.
    directions : float32 array (2**bits, k), optional
        Coefficients learned elsewhere, such as from a larger set with other labels. The
        fit may use the projections on them as k more columns at little cost; what it
        learns is folded back, so the model stays one linear map of the row.

    Returns
    -------
    HashedLinear
        With temperature 1: see `calibrate`.

    Raises
    ------
    TrainingDataError
        If there are fewer than two classes, or rows and labels differ in number.
    """
    if idf is None:
        idf = inverse_document_frequency(counts)
    rows = weighted(counts, idf)
    n_columns = rows.shape[1]
    if directions is not None:
        rows = _with_columns(rows, rows @ directions)
    classes, coefficients, intercepts = separators(rows, labels, penalty=penalty, weights=weights)
    if directions is not None:
        # [x, x D] [w; v] = x (w + D v)
        coefficients = coefficients[:n_columns] + directions @ coefficients[n_columns:]
    codes, scales = _quantised(coefficients)
    bits = n_columns.bit_length() - 1
    return HashedLinear(
        classes, bits, words, chars, idf, codes, scales, intercepts.astype(np.float32), 1.0
    )


def _with_columns(rows: csr_array, dense: Floats) -> csr_array:
    joined = csr_array(hstack([rows, csr_array(dense)], format="csr"))
    # liblinear takes 32-bit indices only
    return csr_array(
        (joined.data, joined.indices.astype(np.int32), joined.indptr.astype(np.int32)),
        shape=joined.shape,
    )


def _quantised(coefficients: Floats) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    # 16 bits without clipping: 8 bits cost two points of accuracy, since few coefficients are
    # large and the many small ones matter together.
    scales = np.maximum(np.abs(coefficients).max(axis=0) / 32767.0, 1e-12).astype(np.float32)
    return np.rint(coefficients / scales).astype(np.int16), scales


def calibrate(decisions: Floats, target: NDArray[np.int64]) -> float:
    """Temperature that makes the softmax of out-of-fold decision values most likely.

    Golden-section search on the logarithm of the temperature; the likelihood has one peak.
    """

    def loss(log_t: float) -> float:
        p = softmax(decisions / np.exp(log_t))
        return -float(np.log(np.maximum(p[np.arange(len(target)), target], 1e-12)).mean())

    low, high = np.log(0.01), np.log(100.0)
    ratio = (5**0.5 - 1) / 2
    for _ in range(60):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        if loss(a) < loss(b):
            high = b
        else:
            low = a
    return float(np.exp((low + high) / 2))
