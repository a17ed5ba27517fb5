"""A linear classifier over hashed word and character n-grams: shared by topics and sentiment.

A model is a few small arrays. It is the sum of two linear maps of the same row: support vector
machines, which find what separates the classes, and naive Bayes, which trusts every n-gram a
little and so helps where texts are short and rows few (`_bayes` has the equation).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from nlp.errors import ModelFormatError, TrainingDataError
from nlp.hashing import (
    Document,
    Floats,
    Grams,
    hashed_counts,
    inverse_document_frequency,
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
        Divides the decision values before the softmax; fitted out of fold.
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
        return probability(decisions / self.temperature, independent=self.independent)

    def rows(self, documents: Sequence[Document]) -> csr_array:
        """Return unit rows of tf-idf over the buckets."""
        return weighted(
            hashed_counts(documents, bits=self.bits, words=self.words, chars=self.chars), self.idf
        )

    def with_temperature(self, temperature: float) -> "HashedLinear":
        """Return the same model with another calibration."""
        return replace(self, temperature=temperature)

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
        )


def _blocks(bounds: NDArray[np.int64], size: int) -> Iterator[tuple[int, int]]:
    """Ranges of documents with about `size` n-grams together; document i ends at bounds[i + 1]."""
    first, n = 0, len(bounds) - 1
    while first < n:
        last = max(first + 1, int(bounds.searchsorted(bounds[first] + size, "right")) - 1)
        yield first, last
        first = last


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


Labels = Sequence[str] | Sequence[tuple[str, ...]]


def members(labels: Labels) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Sorted classes, and which of them each row has: shape (n, n_classes).

    Examples
    --------
    >>> classes, member = members([("a", "b"), ("b",)])
    >>> classes, member.tolist()
    (('a', 'b'), [[True, True], [False, True]])
    """
    sets = [(label,) if isinstance(label, str) else tuple(label) for label in labels]
    classes = tuple(sorted({name for names in sets for name in names}))
    number = {name: i for i, name in enumerate(classes)}
    member = np.zeros((len(sets), len(classes)), dtype=bool)
    for row, names in enumerate(sets):
        member[row, [number[name] for name in names]] = True
    return classes, member


def separators(
    rows: csr_array, labels: Labels, *, penalty: float, weights: Floats | None = None
) -> tuple[tuple[str, ...], Floats, Floats]:
    """Fit one-against-rest support vector machines (squared hinge).

    Parameters
    ----------
    labels : sequence of str, or of tuples of str
        The class of each row, or the classes of each row.

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

    if len(labels) != rows.shape[0]:
        raise TrainingDataError(f"{rows.shape[0]} texts, {len(labels)} labels", "one label a text")
    classes, member = members(labels)
    if len(classes) < 2:
        raise TrainingDataError(f"the classes {classes}", "at least two")
    model = LinearSVC(C=penalty, random_state=0, tol=1e-3, max_iter=3000)
    if not isinstance(labels[0], str):
        parts = []
        for column in member.T:
            if column.all():  # nothing to separate: every row has it
                parts.append((np.zeros(rows.shape[1]), np.float64(1.0)))
                continue
            model.fit(rows, column, sample_weight=weights)
            parts.append((model.coef_[0], model.intercept_[0]))
        return classes, np.stack([c for c, _ in parts], axis=1), np.array([b for _, b in parts])
    model.fit(rows, member.argmax(axis=1), sample_weight=weights)
    coefficients, intercepts = model.coef_.T, model.intercept_
    if len(classes) == 2:
        coefficients = np.hstack([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    return classes, coefficients, intercepts


def fit(
    counts: csr_array,
    labels: Labels,
    *,
    words: int,
    chars: int,
    penalty: float = 1.0,
    bayes: float = 0.0,
    weights: Floats | None = None,
    idf: NDArray[np.float32] | None = None,
    directions: NDArray[np.float32] | None = None,
) -> HashedLinear:
    """Fit a classifier on hashed counts.

    Parameters
    ----------
    counts : csr_array of shape (n, 2**bits)
        Rows from `hashed_counts` with the same `words` and `chars`.
    labels : sequence of str, or of tuples of str
        Class of each row, or its classes; at least two different ones.
    penalty : float
        `C` of the support vector machine: larger trusts the data more.
    bayes : float
        Share of naive Bayes: its decision values are added so that on the rows of the fit
        they spread `bayes` times as far as those of the support vector machine.
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
    read = rows if directions is None else _with_columns(rows, rows @ directions)
    classes, coefficients, intercepts = separators(read, labels, penalty=penalty, weights=weights)
    if directions is not None:
        # [x, x D] [w; v] = x (w + D v)
        coefficients = coefficients[:n_columns] + directions @ coefficients[n_columns:]
    if bayes:
        member = members(labels)[1].astype(np.float64)
        likely = _bayes(rows, member if weights is None else member * weights[:, None])
        spread = (rows @ coefficients).std() / max((rows @ likely).std(), 1e-12)
        coefficients = coefficients + bayes * spread * likely
    codes, scales = _quantised(coefficients)
    return HashedLinear(
        labels=classes,
        bits=n_columns.bit_length() - 1,
        words=words,
        chars=chars,
        idf=idf,
        codes=codes,
        scales=scales,
        intercepts=intercepts.astype(np.float32),
        temperature=1.0,
        independent=not isinstance(labels[0], str),
    )


def sized(directions: NDArray[np.float32], rows: csr_array, size: float) -> NDArray[np.float32]:
    """Directions scaled so that the projections of `rows` on them spread by `size`."""
    spread = float((rows @ directions).std())
    return directions * np.float32(size / max(spread, 1e-12))


_PSEUDO = 2e-3  # tf-idf mass each n-gram has in each class before any row is seen


def _bayes(rows: csr_array, member: Floats) -> Floats:
    """Coefficients of multinomial naive Bayes on tf-idf rows, centred over the classes.

    b_gc = ln((m_gc + a) / sum_g (m_gc + a)), less its mean over c; m is the tf-idf mass of
    n-gram g in class c. An n-gram in no row speaks, weakly, for the classes of little text:
    that is how length counts.
    """
    mass = np.asarray(rows.T @ member, dtype=np.float64) + _PSEUDO
    log = np.log(mass / mass.sum(axis=0))
    centred: Floats = log - log.mean(axis=1, keepdims=True)
    return centred


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


def calibrate(decisions: Floats, member: NDArray[np.bool_], *, independent: bool = False) -> float:
    """Temperature that makes the classes of out-of-fold decision values most likely.

    Golden-section search on the logarithm of the temperature; the likelihood has one peak.

    Parameters
    ----------
    decisions : float array (n, n_classes)
        Decision values of rows the model has not seen.
    member : bool array (n, n_classes)
        The classes of each row; just one, unless `independent`.
    """

    def loss(log_t: float) -> float:
        p = probability(decisions / np.exp(log_t), independent=independent)
        missed = np.log(np.maximum(p[member], 1e-12)).sum()
        if independent:
            missed += np.log(np.maximum(1.0 - p[~member], 1e-12)).sum()
        return -float(missed) / max(len(decisions), 1)

    low, high = np.log(0.01), np.log(100.0)
    ratio = (5**0.5 - 1) / 2
    for _ in range(60):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        if loss(a) < loss(b):
            high = b
        else:
            low = a
    return float(np.exp((low + high) / 2))
