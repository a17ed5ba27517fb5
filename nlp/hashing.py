"""Words and characters of texts to hashed counts: the rows every linear model of `nlp` reads.

No vocabulary is kept: an n-gram is its hash, computed for all texts at once with wrapping
64-bit arithmetic, so a row costs microseconds. A bucket is the top bits of the hash, so the
buckets of ``2**(b-1)`` columns are those of ``2**b`` columns joined in pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

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


_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31)
_FACTORS = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def _mix(x: _Hashes) -> _Hashes:
    """Mix the bits of each number, which must be the caller's own: they change in place."""
    for shift, factor in zip(_SHIFTS, _FACTORS, strict=False):
        x ^= x >> shift
        x *= factor
    x ^= x >> _SHIFTS[2]
    return x


@lru_cache(8)
def _powers(base: int, n: int) -> _Hashes:
    powers = np.full(n, base, dtype=np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)


def _first_powers(base: int, n: int) -> _Hashes:
    """First n powers; those of short texts are kept."""
    size = 1 << 12
    return _powers(base, size)[:n] if n <= size else _powers.__wrapped__(base, n)


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
    row, columns, counts = counted(documents, bits, words, chars)
    indptr = np.searchsorted(row, np.arange(len(documents) + 1)).astype(np.int32)
    return csr_array(
        (counts.astype(np.float64), columns.astype(np.int32), indptr),
        shape=(len(documents), 1 << bits),
    )


def counted(
    documents: Sequence[Document], bits: int, words: int, chars: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Document, bucket and count of each n-gram, sorted; no document is without one.

    What `hashed_counts` gives as a matrix, without the cost of making one.
    """
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
        _take_inside(hashes, rows, grams, row, n)

    flat = chain.from_iterable(chain.from_iterable(d.words for d in documents))
    spans = np.fromiter(flat, dtype=np.int64).reshape(-1, 2)
    holder = np.repeat(np.arange(len(documents)), [len(d.words) for d in documents])
    spans += offsets[holder, np.newaxis] + 1
    # hash of letters[a:b] = (P[b] - P[a]) / base^a  with  P[i] = sum_{j<i} letter_j base^j
    size = len(letters)
    powers, inverses = _first_powers(_BASE, size), _first_powers(_INVERSE, size)
    prefix = np.zeros(size + 1, np.uint64)
    np.cumsum(letters * powers, out=prefix[1:])
    first, last = spans[:, 0], spans[:, 1]
    whole = _mix((prefix[last] - prefix[first]) * inverses[first] + np.uint64(1))
    grams = whole
    for n in range(1, words + 1):
        if n > 1:
            grams = _mix(grams[:-1] * np.uint64(_INVERSE) + whole[n - 1 :])
        _take_inside(hashes, rows, grams, holder, n)

    named = [(i, name) for i, d in enumerate(documents) for name in d.extra]
    if named:
        hashes.append(_mix(np.array([_name_hash(name) for _, name in named], dtype=np.uint64)))
        rows.append(np.array([i for i, _ in named], dtype=np.int64))

    buckets = (np.concatenate(hashes) >> np.uint64(64 - bits)).astype(np.int64)
    keys = (np.concatenate(rows) << bits) + buckets
    keys.sort()
    # the end of each run of equal keys
    ends = np.append((keys[1:] != keys[:-1]).nonzero()[0], len(keys) - 1)
    counts = ends.copy()
    counts[1:] -= ends[:-1]
    counts[0] += 1
    keys = keys[ends]
    return keys >> bits, keys & ((1 << bits) - 1), counts


def _take_inside(
    hashes: list[_Hashes],
    rows: list[NDArray[np.int64]],
    grams: _Hashes,
    row: NDArray[np.int64],
    n: int,
) -> None:
    """Append the n-grams that begin and end in one document."""
    begins = row[: len(row) - n + 1]
    inside = begins == row[n - 1 :]
    hashes.append(grams[inside])
    rows.append(begins[inside])


@cache
def _name_hash(name: str) -> int:
    return int.from_bytes(name.encode("utf-8")[:24].ljust(24, b"\0"), "little") % (2**64 - 59)


def weighted(counts: csr_array, idf: NDArray[np.float32]) -> csr_array:
    """Rows (1 + ln count) · idf of unit length; an empty row stays empty."""
    data = (1.0 + np.log(counts.data)) * idf[counts.indices]
    sizes = np.diff(counts.indptr)
    row = np.repeat(np.arange(counts.shape[0]), sizes)
    norms = np.sqrt(np.bincount(row, weights=data * data, minlength=counts.shape[0]))
    return csr_array((data / norms[row], counts.indices, counts.indptr), shape=counts.shape)


def inverse_document_frequency(counts: csr_array) -> NDArray[np.float32]:
    """Weight of each bucket, rounded to half precision as it is stored.

    idf = ln((1 + n) / (1 + df)) + 1, equation (1) of docs/math.md
    """
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log((1 + counts.shape[0]) / (1 + df)) + 1.0
    return idf.astype(np.float16).astype(np.float32)
