"""Candidates for tags: every run of one to six words that could be a term.

All candidates of a text are found at once with arrays; the cost is linear in the words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nlp.dictionary import Terms
from nlp.lexicon import Rarity, default_lexicon
from nlp.spans import Hashes, Rows, SpanHashes
from nlp.tokens import Word
from nlp.vocabulary import STOP_PARTS, stopwords

MAX_WORDS = 6
_MAX_HAN, _MAX_FOREIGN = 16, 40  # characters of a phrase
_LINKS = frozenset("-·/—–")  # may stand inside: 车-桥耦合
_BREAKS = frozenset("rpcuyeo")  # by first letter of the part of speech: never inside
_ALONE = frozenset("nvajlibeszdt")  # may be a candidate by itself
# Chosen by many authors of papers, and of no use to who looks for a course.
_DULL = frozenset(
    ["应用", "实践", "技术", "指导", "计划", "准备", "推荐", "欢迎", "中心", "影片", "观众"]
)
# What a title says of the course, not of its subject: part of no tag.
_KINDS_OF_COURSE = frozenset(
    ["入门", "概论", "导论", "导读", "简介", "课程", "教程", "讲义", "公开课", "慕课"]
)
# Verbs that join what stands around them: 导数是函数.
_JOINING = frozenset("是有为使让令能会要可需应像叫")
_MEASURES = tuple("个种条位次项段名只场张本")  # 三个, 一条: not 三维
_PARTS = STOP_PARTS | {"learning"}  # stop words that phrases are made of
# A word the dictionary does not have often swallowed a particle: 波在, 按水.
_BEFORE = frozenset("的地得了着过和与及或对在中为是等其以将把被之也又都而于从由向到就有")
_BEHIND = _BEFORE | frozenset("后前上下时内来")

KINDS = ("noun", "verb", "adjective", "foreign", "idiom", "other")
_KIND = {"n": 0, "v": 1, "vn": 2, "an": 2, "a": 2, "b": 2, "eng": 3, "l": 4, "i": 4, "j": 4}
FACTS = np.dtype(
    [("kind", "u1"), ("left", "u1"), ("right", "u1"), ("breaks", "?"), ("first", "?"),
     ("last", "?"), ("alone", "?"), ("stop", "?"), ("unknown", "?"), ("foreign", "?")]
)  # fmt: skip


@lru_cache(1 << 15)
def facts(text: str, pos: str) -> bytes:
    """What a word may do in a phrase: one record of `FACTS`, packed, so records join.

    Examples
    --------
    >>> found = np.frombuffer(facts("矩阵", "n") + facts("的", "uj"), dtype=FACTS)
    >>> found["breaks"].tolist(), found["alone"].tolist()
    ([False, True], [True, False])
    """
    foreign = pos == "eng"
    letters = any(ch.isalpha() for ch in text)
    stop = text.lower() in stopwords()
    empty = stop and text.lower() not in _PARTS
    unknown = "\u3400" <= text[0] <= "\u9fff" and default_lexicon().pos(text) == ""
    left = unknown and len(text) > 1 and text[0] in _BEFORE
    right = unknown and len(text) > 1 + left and text[-1] in _BEHIND
    inside = text in _LINKS or text.isdigit()
    breaks = not inside and (
        not letters
        or (pos[0] in _BREAKS and not foreign)
        or (empty and (foreign or len(text) == 1))
        or (foreign and len(text) > _MAX_FOREIGN)
        or (pos[0] == "m" and text.endswith(_MEASURES))
        or text in _KINDS_OF_COURSE
        or (text in _JOINING and pos[0] == "v")
        or "@" in text
    )
    edge = not breaks and (not empty or pos[0] == "n" or pos == "vn")
    first = edge and not inside and pos[0] != "k"
    last = edge and text not in _LINKS and (pos[0] != "m" or inside) and pos != "ad"
    alone = first and last and not stop and len(text) > 1 and pos[0] in _ALONE
    alone = alone and text not in _DULL
    kind = _KIND.get(pos, _KIND.get(pos[0], len(KINDS) - 1))
    record = (kind, left, right, breaks, first, last, alone, stop, unknown, foreign)
    return np.array([record], dtype=FACTS).tobytes()


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A title and a text, their words as arrays.

    Attributes
    ----------
    text : str
        Title, a line feed, and the text: what every offset counts in.
    starts, ends : int arrays (n,)
        Words of the title, then of the text, particles cut off.
    facts : array (n,) of `FACTS`
        What each word may do.
    idf : float32 array (n,)
        Rarity of each word.
    spans : SpanHashes
        Hashes of spans of the text.
    n_title, title_end : int
        Words that stand in the title, and where it ends.
    forced : bool array (n,) or None
        Words that the user's dictionary forces.
    """

    text: str
    starts: Rows
    ends: Rows
    facts: NDArray[np.void]
    idf: NDArray[np.float32]
    spans: SpanHashes
    n_title: int
    title_end: int
    forced: NDArray[np.bool_] | None


def read(
    title: str,
    title_words: Sequence[Word],
    text: str,
    text_words: Sequence[Word],
    rarity: Rarity,
    *,
    terms: Terms | None = None,
    shift: int = 0,
) -> Reading:
    """Words of a title and of a text as arrays.

    Parameters
    ----------
    title, text : str
        Normal forms; at least one of them has a word. Offsets of the words count in their
        own string, those of the text from `shift`.
    rarity : Rarity
        IDF of words.
    terms : Terms, optional
        What the user's dictionary forces.
    """
    n_title = len(title_words)
    texts, starts, ends, pos = zip(*title_words, *text_words, strict=True)
    known = np.frombuffer(b"".join(map(facts, texts, pos)), dtype=FACTS)
    whole = f"{title}\n{text}"
    offsets = np.array([starts, ends], dtype=np.intp)
    offsets[:, n_title:] += len(title) + 1 - shift
    cut = np.array([known["left"], known["right"]], dtype=np.intp)
    forced = np.array([text in terms for text in texts], dtype=bool) if terms else None
    if forced is not None:
        cut[:, forced] = 0
    return Reading(
        text=whole,
        starts=offsets[0] + cut[0],
        ends=offsets[1] - cut[1],
        facts=known,
        idf=np.array(list(map(rarity.idf, texts)), dtype=np.float32),
        spans=SpanHashes(whole),
        n_title=n_title,
        title_end=len(title),
        forced=forced,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """Candidates of a reading, in an order that means nothing, and where each occurs.

    Attributes
    ----------
    reading : Reading
        The words.
    hashes : uint64 array (n_groups,)
        Of all words and candidates, each once, rising.
    word_group : int array (n_words,)
        Row in `hashes` of each word.
    group : int array (n,)
        Row in `hashes` of each candidate.
    first_word, last_word, candidate : int arrays (m,)
        Each occurrence: its words, and its candidate. Those of one candidate stand together,
        in the order of the text.
    at, counts : int arrays (n,)
        First occurrence of each candidate, and number of its occurrences.
    """

    reading: Reading
    hashes: Hashes
    word_group: Rows
    group: Rows
    first_word: Rows
    last_word: Rows
    candidate: Rows
    at: Rows
    counts: Rows

    def __len__(self) -> int:
        return len(self.at)

    @property
    def forced(self) -> NDArray[np.bool_] | None:
        """Whether each candidate is a forced term; ``None`` if no word is."""
        forced = self.reading.forced
        if forced is None:
            return None
        first, last = self.first_word[self.at], self.last_word[self.at]
        alone: NDArray[np.bool_] = forced[first] & (first == last)
        return alone

    def spans(self, chosen: Rows) -> tuple[Rows, Rows]:
        """Offsets in ``reading.text`` of the first occurrences of some candidates."""
        at = self.at[chosen]
        return self.reading.starts[self.first_word[at]], self.reading.ends[self.last_word[at]]

    def texts(self) -> list[str]:
        """Candidates as they first stand in the text."""
        text = self.reading.text
        starts, ends = self.spans(np.arange(len(self)))
        return [text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]


_STEPS = np.arange(MAX_WORDS)


def candidates(reading: Reading) -> Phrases:
    """Every run of one to six adjacent words that could be a term, equal ones together.

    Examples
    --------
    >>> from nlp.engines import default_engine
    >>> from nlp.lexicon import default_rarity
    >>> from nlp.parsed import parse
    >>> parsed = parse("矩阵分解的deep learning", default_engine())
    >>> reading = read("", (), parsed.normalized.text, parsed.words, default_rarity())
    >>> found = candidates(reading)
    >>> sorted(found.texts())
    ['deep', 'deep learning', '分解', '矩阵', '矩阵分解']
    """
    first_word, last_word = _occurrences(reading)
    starts, ends = reading.starts, reading.ends
    n_words = len(starts)
    hashes = reading.spans.of(
        np.concatenate([starts, starts[first_word]]), np.concatenate([ends, ends[last_word]])
    )
    order = hashes.argsort(kind="stable")
    new = np.ones(len(hashes), dtype=bool)
    ranked = hashes[order]
    np.not_equal(ranked[1:], ranked[:-1], out=new[1:])
    group = np.empty(len(hashes), dtype=np.intp)
    group[order] = new.cumsum() - 1
    occurrences = order[order >= n_words] - n_words
    first_word, last_word = first_word[occurrences], last_word[occurrences]
    of = group[n_words:][occurrences]
    begins = np.ones(len(of), dtype=bool)
    np.not_equal(of[1:], of[:-1], out=begins[1:])
    at = begins.nonzero()[0]
    return Phrases(
        reading=reading,
        hashes=ranked[new],
        word_group=group[:n_words],
        group=of[at],
        first_word=first_word,
        last_word=last_word,
        candidate=begins.cumsum() - 1,
        at=at,
        counts=np.diff(at, append=len(of)),
    )


def _occurrences(reading: Reading) -> tuple[Rows, Rows]:
    """First and last word of every run that could be a term, in the order of the text."""
    starts, ends, known = reading.starts, reading.ends, reading.facts
    n = len(starts)
    breaks, foreign = known["breaks"], known["foreign"]
    gaps = starts[1:] - ends[:-1]
    joined = gaps == 0
    # foreign words make a phrase across one space
    spaced = (gaps == 1) & foreign[1:] & foreign[:-1]
    spaced &= reading.spans.codes.take(ends[:-1], mode="clip") == ord(" ")
    joined |= spaced
    joined &= ~(breaks[1:] | breaks[:-1])
    run = np.zeros(n + MAX_WORDS, dtype=np.intp)
    np.cumsum(~joined, out=run[1:n])
    run[n:] = -1
    row = np.arange(n)[:, np.newaxis]
    last = row + _STEPS
    valid = run.take(last) == run[:n, np.newaxis]
    last.clip(max=n - 1, out=last)
    length = ends.take(last) - starts[:, np.newaxis]
    limit = np.where(foreign, _MAX_FOREIGN, _MAX_HAN)
    valid &= known["first"][:, np.newaxis]
    valid &= known["last"].take(last)
    valid &= (length > 1) & (length <= limit.take(last))
    valid[:, 0] &= known["alone"]
    if reading.forced is not None:
        valid[:, 0] |= reading.forced
    first, steps = valid.nonzero()
    return first, first + steps
