"""Hashes of the spans of one text, all at once: equal substrings have equal hashes.

Upper and lower case ASCII are one, so ``Python`` and ``python`` are the same span.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Rows = NDArray[np.intp]

_BASE = 0x9E3779B97F4A7C15  # odd, so it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 2**64)
_KEPT = 1 << 12


def mixed(values: Hashes) -> Hashes:
    """Mix the bits of each number (the finaliser of MurmurHash3); a new array."""
    x: Hashes = values ^ (values >> np.uint64(33))
    x *= np.uint64(0xFF51AFD7ED558CCD)
    x ^= x >> np.uint64(33)
    x *= np.uint64(0xC4CEB9FE1A85EC53)
    x ^= x >> np.uint64(33)
    return x


@lru_cache(2)
def _table(base: int) -> Hashes:
    return _powers(base, _KEPT)


def _powers(base: int, n: int) -> Hashes:
    powers = np.full(n, base, dtype=np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, dtype=np.uint64)


def _first(base: int, n: int) -> Hashes:
    return _table(base)[:n] if n <= _KEPT else _powers(base, n)


class SpanHashes:
    """Hash of any span of one text for a few operations, after one pass over the text.

    Attributes
    ----------
    codes : uint32 array (len(text),)
        Code points, ASCII capitals as small letters.

    Examples
    --------
    >>> spans = SpanHashes("矩阵与Matrix，矩阵与matrix")
    >>> found = spans.of(np.array([0, 10, 3, 13]), np.array([2, 12, 9, 19]))
    >>> bool(found[0] == found[1]), bool(found[2] == found[3]), bool(found[0] == found[2])
    (True, True, False)
    """

    __slots__ = ("_inverses", "_prefix", "codes")

    def __init__(self, text: str) -> None:
        raw = text.encode("utf-32-le", "surrogatepass")
        codes = np.frombuffer(raw, dtype="<u4").astype(np.uint32)
        codes[(codes >= 65) & (codes <= 90)] += np.uint32(32)
        self.codes = codes
        letters = mixed(codes.astype(np.uint64) + np.uint64(_BASE))
        n = len(letters) + 1
        # hash of letters[a:b] = (P[b] - P[a]) / base^a  with  P[i] = sum_{j<i} letter_j base^j
        self._prefix = np.zeros(n, dtype=np.uint64)
        (letters * _first(_BASE, n)[: n - 1]).cumsum(out=self._prefix[1:])
        self._inverses = _first(_INVERSE, n)

    def of(self, starts: Rows, ends: Rows) -> Hashes:
        """Hashes of the spans ``text[starts:ends]``."""
        prefix = self._prefix
        return mixed((prefix[ends] - prefix[starts]) * self._inverses[starts])
