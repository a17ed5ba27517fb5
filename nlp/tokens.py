"""Normal text to words with part of speech: the only file that speaks to jieba.

Formulas, code, numbers and foreign terms are kept whole by a scan of our own; runs of Han
characters go to a segmentation engine. The reference engine is one `jieba.Tokenizer` whose
dictionary is built here from the packaged text, so no cache file is read or written and
nothing is shared with the module-global functions of jieba.
"""

import hashlib
import importlib.resources
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import jieba
import numpy as np

from nlp.analysis import Token
from nlp.errors import DictionaryError
from nlp.text import Normalized

_HAN = "\u3400-\u4dbf\u4e00-\u9fff〇"
_LETTER = "A-Za-z0-9À-ÖØ-öø-ÿΑ-ωА-я"
# jieba's Viterbi copies paths: quadratic in one run. Longer runs carry no punctuation and are cut.
_MAX_RUN = 256

_RUN = re.compile(
    rf"""(?P<han>[{_HAN}]+)
       | (?P<latex>\$(?![\s$])[^$\n{_HAN}]{{0,299}}(?<!\s)\$)
       | (?P<ascii>[{_LETTER}!-#%-/:-@\[-`{{-~√∑∫∂±×÷≤≥≠≈∞°′″·]+)
       | (?P<other>\S)""",
    re.VERBOSE,
)
_TERM = re.compile(
    rf"""(?P<url>(?:https?|ftp)://[^\s"'<>(){{}}]+ | www\.[A-Za-z0-9\-.]+[^\s"'<>(){{}}]*)
       | (?P<mail>[A-Za-z0-9._+\-]{{1,64}}@[A-Za-z0-9\-]{{1,63}}(?:\.[A-Za-z0-9\-]{{1,63}})+)
       | (?P<number>\d+(?:[.,:/\-]\d+)*(?:%|°C|°|‰)?(?![{_LETTER}]))
       | (?P<word>\.NET\b | [{_LETTER}]+(?:['._\-&+@][{_LETTER}]+)*(?:\+\+|\#)?)
       | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_FORMULA = re.compile(rf"[{_LETTER}_.,()\[\]{{}}|'=<>^*/+\-√∑∫∂±×÷≤≥≠≈∞°′″·\\]+")
_FORMULA_MARK = re.compile(r"[=^≤≥≠≈±×÷√∑∫∂]")
_EDGE = ".,:;!?'\"、"
_NUMERAL = re.compile(
    "[第〇零一二三四五六七八九十百千万亿两几半数]+[个年月日天章节讲课次周期级类种位条页]?"
)
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎"
    "鲁韦马苗方俞任袁柳鲍史唐费薛雷贺倪汤滕殷罗毕郝安常傅卞齐康伍余元顾孟黄穆萧尹姚邵汪祁毛"
    "狄贝明成戴宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍万卢莫"
    "房裴陆翁曾沙丁邓温庄晏阎司马叶程白龙"
)


class Engine(Protocol):
    """What a segmentation engine must do. It is immutable and thread-safe."""

    @property
    def version(self) -> str:
        """Digest of everything that decides the output."""

    def cut(self, run: str) -> Iterable[str]:
        """Words of a run of Han characters; they join back to the run."""

    def pos(self, word: str) -> str:
        """Part of speech of one word."""


@dataclass(frozen=True, slots=True)
class UserDictionary:
    """Extra words of one tenant or one request.

    Attributes
    ----------
    words : tuple of (word, pos)
        Words the segmentation should prefer, each of Han characters only or starting with
        them; other terms are kept whole anyway.

    Raises
    ------
    DictionaryError
        If a word is empty or holds white space.

    Examples
    --------
    >>> engine = default_engine().with_dictionary(UserDictionary((("凸优化", "n"),)))
    >>> list(engine.cut("学习凸优化"))
    ['学习', '凸优化']
    """

    words: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for word, _ in self.words:
            if not word or word.split() != [word]:
                raise DictionaryError(word, "need a word without white space")


class JiebaEngine:
    """The reference engine: jieba's own segmentation, POS from its dictionary.

    `jieba.posseg` runs a second, 256-state model in Python at about 30,000 characters a
    second; the dictionary's most frequent tag of a known word is what it would answer for
    nearly all words, so unknown words alone are guessed here, by surname, numeral and
    last part.
    """

    def __init__(self, freq: dict[str, int], total: int, tags: dict[str, str], version: str):
        tokenizer = jieba.Tokenizer()
        tokenizer.FREQ, tokenizer.total = freq, total
        tokenizer.initialized = True  # never reads or writes the marshal cache
        self._tokenizer, self._tags, self._version = tokenizer, tags, version

    @property
    def version(self) -> str:
        """Digest of jieba's version, its dictionary and the user words."""
        return self._version

    def cut(self, run: str) -> Iterator[str]:
        """Words of a run, cut as ``jieba.cut`` does."""
        for start in range(0, len(run), _MAX_RUN):
            yield from self._tokenizer.cut(run[start : start + _MAX_RUN])

    def pos(self, word: str) -> str:
        """Tag from the dictionary, or a guess from the form of the word."""
        return self._tags.get(word) or _guess(word, self._tags)

    def with_dictionary(self, dictionary: UserDictionary) -> "JiebaEngine":
        """Return a new engine that also knows the words of `dictionary`; this one is unchanged."""
        freq, tags, total = dict(self._tokenizer.FREQ), dict(self._tags), self._tokenizer.total
        for word, pos in dictionary.words:
            # The word must win against its best split; the corpus total is a safe bound
            # only for the product of parts, so a share of it is taken for long words.
            count = max(freq.get(word, 0), total // 10_000)
            total += count - freq.get(word, 0)
            freq[word] = count
            tags[word] = pos
            for end in range(1, len(word)):
                freq.setdefault(word[:end], 0)
        digest = hashlib.sha256(f"{self._version}{sorted(dictionary.words)}".encode())
        return JiebaEngine(freq, total, tags, digest.hexdigest()[:12])


def _guess(word: str, tags: dict[str, str]) -> str:
    if not "\u3400" <= word[0] <= "\u9fff" and word[0] != "〇":
        return "x"
    if _NUMERAL.fullmatch(word):
        return "m"
    if 2 <= len(word) <= 3 and word[0] in SURNAMES:
        return "nr"
    for start in range(1, len(word)):
        tag = tags.get(word[start:])
        if tag is not None:
            return tag if tag[0] in "nva" else "n"
    return "n" if len(word) > 1 else "x"


@cache
def default_engine() -> JiebaEngine:
    """Return the engine with jieba's packaged dictionary, built once per process."""
    data = importlib.resources.files("jieba").joinpath("dict.txt").read_bytes()
    fields = data.decode("utf-8").split()
    tags = dict(zip(fields[::3], fields[2::3], strict=True))
    freq = dict(zip(fields[::3], map(int, fields[1::3]), strict=True))
    total = sum(map(int, fields[1::3]))  # one word stands twice, and jieba counts it twice
    for word in tags:  # jieba's prefix dictionary: every beginning of a word is a key
        for end in range(len(word) - 1, 0, -1):
            if word[:end] in freq:
                break  # its own beginnings are keys already, or will be when its turn comes
            freq[word[:end]] = 0
    digest = hashlib.sha256(jieba.__version__.encode() + data).hexdigest()[:12]
    return JiebaEngine(freq, total, tags, digest)


@dataclass(frozen=True, slots=True)
class Rarity:
    """IDF of words in jieba's general corpus: the prior where no catalogue is known."""

    values: dict[str, float]
    median: float

    def idf(self, word: str) -> float:
        """IDF of a word; the median if the corpus does not have it."""
        return self.values.get(word, self.median)


@cache
def default_rarity() -> Rarity:
    """Return the IDF table that comes with jieba, read once per process."""
    data = importlib.resources.files("jieba").joinpath("analyse/idf.txt").read_text("utf-8")
    fields = data.split()
    values = dict(zip(fields[::2], map(float, fields[1::2]), strict=True))
    numbers = np.fromiter(values.values(), dtype=np.float64)
    return Rarity(values, float(np.partition(numbers, len(numbers) // 2)[len(numbers) // 2]))


@cache
def _mixed_words() -> re.Pattern[str]:
    """Match the dictionary words that begin with a letter and end in Han: C语言, X射线."""
    tags = default_engine()._tags
    words = [w for w in tags if w[0] < "\u0250" and w[-1] >= "\u3400"]
    return re.compile("|".join(sorted(map(re.escape, words), key=lambda w: (-len(w), w))))


@dataclass(frozen=True, slots=True)
class Word:
    """A token beside its normal form: what the rest of `nlp` reads.

    ``text`` and ``start``, ``end`` belong to the normalised text; `token` to the original.
    """

    text: str
    start: int
    end: int
    pos: str
    token: Token


def words(text: Normalized, engine: Engine) -> tuple[Word, ...]:
    """Words of a normalised text, each with its token of the original.

    White space gives no word. Where one original character stands for several of the
    normal form (``㎏``), words that share it are joined, so tokens never overlap.

    Examples
    --------
    >>> from nlp.text import normalize
    >>> found = words(normalize("用Python3.11算 E=mc^2"), default_engine())
    >>> [(w.text, w.pos) for w in found]
    [('用', 'p'), ('Python3.11', 'eng'), ('算', 'v'), ('E=mc^2', 'eng')]
    """
    found: list[Word] = []
    original = text.original
    identity = isinstance(text.starts, range)
    known: dict[str, str] = {}
    for start, end, pos in _scan(text.text, engine):
        word = text.text[start:end]
        first, last = (start, end) if identity else text.to_original(start, end)
        if not pos:
            pos = known.get(word) or known.setdefault(word, engine.pos(word))
        if found and first < found[-1].token.end:
            before = found.pop()
            first, start, pos = before.token.start, before.start, before.pos
            word = text.text[start:end]
        token = Token(word if identity else original[first:last], first, last, pos)
        found.append(Word(word, start, end, pos, token))
    return tuple(found)


def _scan(text: str, engine: Engine) -> Iterator[tuple[int, int, str]]:
    mixed = _mixed_words()
    at = 0
    while (match := _RUN.search(text, at)) is not None:
        start, at = match.span()
        kind = match.lastgroup
        if kind == "han":
            for word in engine.cut(match.group()):
                yield start, start + len(word), ""
                start += len(word)
        elif kind == "ascii":
            last = _last_word(text, start, at)
            joined = mixed.match(text, last)
            if joined is not None and joined.end() > at:
                yield from _terms(text, start, last)
                yield last, joined.end(), ""
                at = joined.end()
            else:
                yield from _terms(text, start, at)
        else:
            yield start, at, "eng" if kind == "latex" else "x"


def _last_word(text: str, start: int, end: int) -> int:
    """Offset of the letters that end ``text[start:end]``."""
    at = end
    while at > start and text[at - 1].isalnum():
        at -= 1
    return at


def _terms(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Tokens of a run without Han: one formula, or terms, numbers and single signs."""
    run = text[start:end]
    left = len(run) - len(run.lstrip(_EDGE))
    body = run[left:].rstrip(_EDGE)
    if _is_formula(body):
        for i in range(start, start + left):
            yield i, i + 1, "x"
        yield start + left, start + left + len(body), "eng"
        for i in range(start + left + len(body), end):
            yield i, i + 1, "x"
        return
    for term in _TERM.finditer(run):
        kind = term.lastgroup
        tag = "m" if kind == "number" else "x" if kind == "other" else "eng"
        yield start + term.start(), start + term.end(), tag


def _is_formula(body: str) -> bool:
    return (
        2 < len(body) <= 200
        and _FORMULA_MARK.search(body) is not None
        and _FORMULA.fullmatch(body) is not None
        and sum(ch.isalnum() for ch in body) * 3 >= len(body)
        and all(body.count(a) == body.count(b) for a, b in ("()", "[]", "{}"))
    )
