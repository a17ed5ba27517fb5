"""Words and characters of texts to hashed counts: the rows every linear model of `nlp` reads.

No vocabulary is kept: an n-gram is its hash, computed for all texts at once with wrapping
64-bit arithmetic, so a row costs microseconds. A bucket is the top bits of the hash, so the
buckets of ``2**(b-1)`` columns are those of ``2**b`` columns joined in pairs.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
_Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15  # odd, so it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 2**64)
_FIRST, _LAST = 0x110001, 0x110002  # beyond Unicode: the edges of a text


class Document(NamedTuple):
    """A text, or a part of one, with its words.

    Attributes
    ----------
    text : str
        Normalised text.
    begins, ends : sequence of int
        Where each word begins and ends, in order. One that ends past the text is cut there.
    start : int
        Offset of `text` in the text the words are counted in.
    """

    text: str
    begins: Sequence[int]
    ends: Sequence[int]
    start: int = 0


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


def _codes(documents: Sequence[Document], ends: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Characters of all documents, each between its edges; ``ends`` is where each stops."""
    raw = "".join([f" {d.text} " for d in documents]).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(raw, dtype="<u4").astype(np.uint32)
    upper = (codes >= 65) & (codes <= 90)
    codes[upper] += 32  # ASCII only: other case pairs change lengths
    codes[0], codes[ends[:-1]], codes[ends - 1] = _FIRST, _FIRST, _LAST
    return codes


class _Level(NamedTuple):
    """All n-grams of one kind and length."""

    hashes: _Hashes
    rows: NDArray[np.int64]  # the document each begins in
    last: NDArray[np.int64]  # the document each ends in


class Counted(NamedTuple):
    """N-grams of documents: row of the document, bucket and count of each."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    counts: NDArray[np.int64]


class Grams:
    """Hashed n-grams of some documents: made and counted once, for all models that ask alike.

    Parameters
    ----------
    documents : sequence of Document
        An empty one has the n-grams of its two edges only.

    Examples
    --------
    >>> grams = Grams([Document("好课", [0, 1], [1, 2])])
    >>> _, buckets, _ = grams.counted(bits=16, words=1, chars=2)
    >>> _, coarser, _ = grams.counted(bits=15, words=1, chars=2)
    >>> set(coarser.tolist()) == {bucket // 2 for bucket in buckets.tolist()}
    True
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._chars: list[_Level] = []
        self._words: list[_Level] = []
        self._counted: dict[tuple[int, int, int], Counted] = {}
        self._sizes = np.array([len(d.text) + 2 for d in documents], dtype=np.int64)

    def __len__(self) -> int:
        return len(self._documents)

    def counted(self, bits: int, words: int, chars: int) -> Counted:
        """Count each n-gram of each document, sorted; no document is without one.

        What `hashed_counts` gives as a matrix, without the cost of making one.
        """
        asked = bits, words, chars
        if (found := self._counted.get(asked)) is None:
            found = self._counted[asked] = self._count(*asked)
        return found

    def _count(self, bits: int, words: int, chars: int) -> Counted:
        if not self._documents:
            none = np.zeros(0, dtype=np.int64)
            return Counted(none, none, none)
        levels = [*self._char_levels(chars), *self._word_levels(words)]
        hashes = np.concatenate([level.hashes for level in levels])
        hashes >>= np.uint64(64 - bits)
        keys = hashes.view(np.int64)  # the top bit is free now
        if len(self) > 1:
            # an n-gram across two documents is none
            rows = np.concatenate([level.rows for level in levels])
            keys += rows << bits
            keys = keys[rows == np.concatenate([level.last for level in levels])]
        keys.sort()
        last = np.ones(len(keys), dtype=bool)  # of each run of equal keys
        np.not_equal(keys[1:], keys[:-1], out=last[:-1])
        ends = last.nonzero()[0]
        counts = ends.copy()
        counts[1:] -= ends[:-1]
        counts[0] += 1
        keys = keys[ends]
        return Counted(keys >> bits, keys & ((1 << bits) - 1), counts)

    def _char_levels(self, n: int) -> list[_Level]:
        levels = self._chars
        if not levels:
            row = np.arange(len(self)).repeat(self._sizes)
            codes = _codes(self._documents, self._sizes.cumsum())
            levels.append(_Level(_mix(codes.astype(np.uint64) + np.uint64(_BASE)), row, row))
        letters = levels[0].hashes
        return _longer(levels, n, np.uint64(_BASE), letters)

    def _word_levels(self, n: int) -> list[_Level]:
        levels = self._words
        if not levels:
            letters = self._char_levels(1)[0].hashes
            holder = np.arange(len(self)).repeat([len(d.begins) for d in self._documents])
            stops = self._sizes.cumsum() - 1
            inside = np.array([d.start for d in self._documents], np.int64)
            shifts = (stops - self._sizes + 2 - inside)[holder]
            first = np.array(list(chain.from_iterable(d.begins for d in self._documents)), np.int64)
            last = np.array(list(chain.from_iterable(d.ends for d in self._documents)), np.int64)
            first += shifts
            last += shifts
            np.minimum(last, stops[holder], out=last)
            # hash of letters[a:b] = (P[b] - P[a]) / base^a with P[i] = sum_{j<i} letter_j base^j
            size = len(letters)
            powers, inverses = _first_powers(_BASE, size), _first_powers(_INVERSE, size)
            prefix = np.zeros(size + 1, np.uint64)
            (letters * powers).cumsum(out=prefix[1:])
            whole = _mix((prefix[last] - prefix[first]) * inverses[first] + np.uint64(1))
            levels.append(_Level(whole, holder, holder))
        return _longer(levels, n, np.uint64(_INVERSE), levels[0].hashes)


def _longer(levels: list[_Level], n: int, factor: np.uint64, units: _Hashes) -> list[_Level]:
    """First n levels; those that are missing are made of the one before and the units."""
    row = levels[0].rows
    for size in range(len(levels) + 1, n + 1):
        grams = _mix(levels[-1].hashes[:-1] * factor + units[size - 1 :])
        levels.append(_Level(grams, row[: len(grams)], row[size - 1 :]))
    return levels[:n]


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
    >>> rows = hashed_counts([Document("好课", [0, 1], [1, 2])], bits=16, words=2, chars=2)
    >>> int(rows.sum())  # 3 words and pairs, 4 characters with edges, 3 pairs of them
    10
    """
    row, columns, counts = Grams(documents).counted(bits, words, chars)
    indptr = np.searchsorted(row, np.arange(len(documents) + 1)).astype(np.int32)
    return csr_array(
        (counts.astype(np.float64), columns.astype(np.int32), indptr),
        shape=(len(documents), 1 << bits),
    )


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
