"""What is known about a word wherever it stands: its part of speech, and how rare it is.

jieba's dictionary and IDF table, packaged as sorted arrays: 350,000 Python strings in a dict
would be most of the memory and of the start-up time of this package. `python -m
nlp.training.lexicon` makes the file; a test compares it with what jieba ships, word for word.
"""

import hashlib
import importlib.resources
import math
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise, takewhile

import numpy as np
from numpy.typing import NDArray

from nlp.errors import ModelFormatError
from nlp.memory import Memory
from nlp.packaged import packaged

_NUMERAL = re.compile(
    "[第〇零一二三四五六七八九十百千万亿两几半数]+[个年月日天章节讲课次周期级类种位条页]?"
)
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎"
    "鲁韦马苗方俞任袁柳鲍史唐费薛雷贺倪汤滕殷罗毕郝安常傅卞齐康伍余元顾孟黄穆萧尹姚邵汪祁毛"
    "狄贝明成戴宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍万卢莫"
    "房裴陆翁曾沙丁邓温庄晏阎司马叶程白龙"
)


@cache
def word_list(name: str) -> frozenset[str]:
    """Return the words of a list in ``nlp/data``, less its remarks after ``#``."""
    text = importlib.resources.files("nlp").joinpath("data", name).read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


class Lexicon:
    """Words in the order of their UTF-8 bytes, each with its tag and IDF where known.

    Immutable; looking up costs one bisection of the packed words, and nothing for a word
    that was asked for lately.
    """

    __slots__ = ("_bounds", "_idf", "_names", "_pos", "_row_of", "_text")

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        if missing := {"words", "pos", "names", "idf"} - set(arrays):
            raise ModelFormatError("lexicon", f"lacks {sorted(missing)}")
        text = arrays["words"].astype(np.uint8)
        ends = np.flatnonzero(text == ord("\n")).astype(np.uint32)
        if not len(ends) == len(arrays["pos"]) == len(arrays["idf"]):
            raise ModelFormatError("lexicon", f"{len(ends)} words, {len(arrays['pos'])} tags")
        self._text = text.tobytes()
        # the word of row i ends at _bounds[i + 1] and begins behind the line feed at _bounds[i]
        self._bounds = np.concatenate([np.zeros(1, np.uint32), ends + np.uint32(1)]).data
        self._pos = arrays["pos"].astype(np.uint8).tobytes()
        self._names = tuple(str(name) for name in arrays["names"])
        self._idf = arrays["idf"].astype(np.float64).data
        self._row_of = Memory(self._row).__getitem__

    def __len__(self) -> int:
        return len(self._pos)

    def __iter__(self) -> Iterator[str]:
        for start, end in pairwise(self._bounds):
            yield self._text[start : end - 1].decode()

    def _row(self, word: str) -> int:
        """Row of a word, or -1."""
        key = word.encode("utf-8", "surrogatepass") + b"\n"
        text, bounds = self._text, self._bounds
        low, high = 0, len(self._pos)
        while low < high:
            middle = (low + high) // 2
            # a line feed sorts before every byte of a word, so a word precedes its extensions
            if text[bounds[middle] : bounds[middle + 1]] < key:
                low = middle + 1
            else:
                high = middle
        found = low < len(self._pos) and text[bounds[low] : bounds[low + 1]] == key
        return low if found else -1

    def pos(self, word: str) -> str:
        """Most frequent tag of a word; "" if the dictionary does not have it."""
        row = self._row_of(word)
        return self._names[self._pos[row]] if row >= 0 else ""

    def idf(self, word: str) -> float:
        """IDF of a word in general text; NaN if the table does not have it."""
        row = self._row_of(word)
        return self._idf[row] if row >= 0 else math.nan

    def tag(self, word: str) -> str:
        """Tag from the dictionary, or a guess from the form of the word.

        `jieba.posseg` runs a second, 256-state model in Python at about 30,000 characters a
        second; the dictionary's most frequent tag of a known word is what it would answer
        for nearly all words, so unknown words alone are guessed: by surname, numeral and
        last part.
        """
        tag = self.pos(word)
        if tag:
            return tag
        if not "\u3400" <= word[0] <= "\u9fff" and word[0] != "〇":
            return "n" if "\u3400" <= word[-1] <= "\u9fff" else "x"  # B站
        if _NUMERAL.fullmatch(word):
            return "m"
        if 2 <= len(word) <= 3 and word[0] in SURNAMES:
            return "nr"
        for start in range(1, len(word)):
            tag = self.pos(word[start:])
            if tag:
                return tag if tag[0] in "nva" else "n"
        return "n" if len(word) > 1 else "x"

    def mixed(self) -> list[str]:
        """Words that begin with a letter and end in Han: C语言, X射线."""
        return [w for w in takewhile(lambda w: w[0] < "\u0250", self) if w[-1] >= "\u3400"]

    def median_idf(self) -> float:
        """IDF in the middle of the table."""
        known = np.asarray(self._idf)[~np.isnan(np.asarray(self._idf))]
        return float(np.partition(known, len(known) // 2)[len(known) // 2])

    def n_rarities(self) -> int:
        """Count the words whose IDF is known."""
        return int(np.count_nonzero(~np.isnan(np.asarray(self._idf))))


@cache
def default_lexicon() -> Lexicon:
    """Return the packaged lexicon, loaded once per process."""
    return Lexicon(packaged("lexicon"))


class _Idf(Mapping[str, float]):
    """IDF by word, read from the lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def __getitem__(self, word: str) -> float:
        value = self._lexicon.idf(word)
        if math.isnan(value):
            raise KeyError(word)
        return value

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and not math.isnan(self._lexicon.idf(word))

    def __iter__(self) -> Iterator[str]:
        return (word for word in self._lexicon if word in self)

    def __len__(self) -> int:
        return self._lexicon.n_rarities()


class Rarity:
    """IDF of words in jieba's general corpus: the prior where no catalogue is known.

    Attributes
    ----------
    values : mapping of str to float
        IDF of the words the corpus has.
    median : float
        IDF of every other word.
    version : str
        Digest of what was learned from a catalogue; "" for general text.
    """

    __slots__ = ("idf", "median", "values", "version")

    def __init__(self, values: Mapping[str, float], median: float, version: str = "") -> None:
        self.values, self.median, self.version = values, median, version
        #: IDF of a word; the median if the corpus does not have it
        self.idf = Memory(self._idf).__getitem__

    def _idf(self, word: str) -> float:
        return self.values.get(word, self.median)

    def with_learned(self, learned: Mapping[str, float]) -> "Rarity":
        """Return these with the IDF of some words in place of theirs; nothing else is copied."""
        known = repr((self.version, sorted(learned.items())))
        digest = hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        # a ChainMap writes to its first map only, and nobody writes to this one
        values = ChainMap(dict(learned), self.values)  # type: ignore[arg-type]
        return Rarity(values, self.median, digest)


@cache
def default_rarity() -> Rarity:
    """Return the IDF table that comes with jieba."""
    lexicon = default_lexicon()
    return Rarity(_Idf(lexicon), lexicon.median_idf())
