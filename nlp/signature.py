"""Signature of a text: near-duplicates have signatures that differ in few bits.

One-bit minwise hashing over character pairs: of 64 hash functions, each keeps the lowest bit
of the least hash of the set of pairs. Two bits agree with probability (1 + J) / 2, where J is
the Jaccard similarity of the sets, so distance / 64 estimates (1 - J) / 2. How it was chosen:
docs/design/0008-signature.md.

References
----------
.. [1] Li, König. b-Bit minwise hashing. WWW 2010. doi:10.1145/1772690.1772759
"""

import re

import numpy as np
from numpy.typing import NDArray

from nlp.script import script_free
from nlp.text import normalize

_SILENT = re.compile(r"[\W_]+")  # what str.isalnum denies
NEAR = 8  # bits; texts this near have most of their character pairs in common
_MOST = 2**64 - 1
_BLOCK = 4096  # pairs hashed at once: 2 MB for each step


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


_FACTORS = _mixed(np.arange(1, 65, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)


def signature(text: str) -> str | None:
    """Signature of a text: 16 hexadecimal digits, or ``None`` if it has no letter or digit.

    Markup, white space, punctuation, case, the width of letters and the script (繁简) do not
    matter.

    Examples
    --------
    >>> a = signature("本课介绍矩阵分解，以及它在推荐系统中的应用，并讲解奇异值分解的原理。")
    >>> b = signature("<p>本课介绍矩阵分解，以及它在推荐系统中的应用，并讲解奇异值分解的原理</p>")
    >>> a == b, distance(a, signature("高三英语语法总复习：定语从句与虚拟语气。")) > NEAR
    (True, True)
    >>> signature("……") is None
    True
    """
    return normal_signature(normalize(text).text)


def normal_signature(text: str) -> str | None:
    """Signature of a text that is in normal form already."""
    letters = _SILENT.sub("", text.lower())
    if not letters:
        return None
    given = np.frombuffer(letters.encode("utf-32-le"), dtype="<u4")
    codes = script_free(given).astype(np.uint64)
    pairs = codes << np.uint64(32)
    pairs[:-1] |= codes[1:]
    pairs[-1:] |= codes[:1]  # a circle, so one letter makes a pair too
    pairs.sort()  # np.unique hashes, which costs more than all the rest for a short text
    new = np.ones(len(pairs), dtype=bool)
    np.not_equal(pairs[1:], pairs[:-1], out=new[1:])
    pairs = _mixed(pairs[new])
    least = np.full(64, _MOST, dtype=np.uint64)
    for start in range(0, len(pairs), _BLOCK):
        hashes = _FACTORS[:, np.newaxis] * pairs[start : start + _BLOCK]
        hashes ^= hashes >> np.uint64(32)
        np.minimum(least, hashes.min(axis=1), out=least)
    # the lowest bit of a product by an odd number is that of the pair: take a mixed one
    bits = ((least >> np.uint64(3)) & np.uint64(1)).astype(np.uint8)
    return np.packbits(bits).tobytes().hex()


def distance(a: str, b: str) -> int:
    """Number of bits, 0 to 64, in which two signatures differ; near-duplicates: at most `NEAR`.

    Examples
    --------
    >>> distance("00000000000000ff", "000000000000000f")
    4
    """
    return (int(a, 16) ^ int(b, 16)).bit_count()
