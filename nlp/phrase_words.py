"""What the words of titles and texts may do in a phrase, and how rare they are, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.dictionary import Terms
from nlp.lexicon import Rarity, default_lexicon
from nlp.spans import Rows, SpanHashes
from nlp.tokens import Word
from nlp.vocabulary import STOP_PARTS, stopwords

MAX_FOREIGN = 40  # characters of a phrase of foreign words
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
        or (foreign and len(text) > MAX_FOREIGN)
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


class Piece(NamedTuple):
    """A title and a text, or a part of one; together they have a word.

    Attributes
    ----------
    title, text : str
        Normal forms.
    title_words, text_words : sequence of Word
        Offsets count in their own string, those of the text from `shift`.
    shift : int
        Where a part begins in its text.
    """

    title: str
    title_words: Sequence[Word]
    text: str
    text_words: Sequence[Word]
    shift: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Pieces one after another, their words as arrays.

    Attributes
    ----------
    text : str
        Title, a line feed, and the text of each piece, and a line feed between pieces: what
        every offset counts in.
    begins, sizes, n_words, n_title : int arrays (n_pieces,)
        Where each piece begins in the text, its characters, its words, and those of its title.
    piece : int array (n,)
        Which piece each word stands in.
    starts, ends : int arrays (n,)
        Words of the title, then of the text, particles cut off.
    in_title : bool array (n,)
        Whether each word stands in a title.
    facts : array (n,) of `FACTS`
        What each word may do.
    idf : float32 array (n,)
        Rarity of each word.
    spans : SpanHashes
        Hashes of spans of the text.
    forced : bool array (n,) or None
        Words that the user's dictionary forces.
    """

    text: str
    begins: Rows
    sizes: Rows
    n_words: Rows
    n_title: Rows
    piece: Rows
    starts: Rows
    ends: Rows
    in_title: NDArray[np.bool_]
    facts: NDArray[np.void]
    idf: NDArray[np.float32]
    spans: SpanHashes
    forced: NDArray[np.bool_] | None


def read(pieces: Sequence[Piece], rarity: Rarity, *, terms: Terms | None = None) -> Reading:
    """Words of titles and texts as arrays.

    Parameters
    ----------
    pieces : sequence of Piece
        One at least. What is found in a piece does not depend on the others.
    rarity : Rarity
        IDF of words.
    terms : Terms, optional
        What the user's dictionary forces.
    """
    texts, starts, ends, pos = zip(
        *chain.from_iterable(chain(p.title_words, p.text_words) for p in pieces), strict=True
    )
    known = np.frombuffer(b"".join(map(facts, texts, pos)), dtype=FACTS)
    whole = "\n".join([f"{p.title}\n{p.text}" for p in pieces])
    # of the title and the text of each piece: number of words, and what their offsets lack
    shape = np.array(
        [
            (len(p.title) + 1 + len(p.text), len(p.title) + 1, p.shift)
            + (len(p.title_words), len(p.text_words))
            for p in pieces
        ],
        dtype=np.intp,
    )
    sizes, heads, shifts, n_title, n_text = shape.T
    begins = np.zeros_like(sizes)
    np.cumsum(sizes[:-1] + 1, out=begins[1:])
    counts = shape[:, 3:].ravel()
    lacks = np.column_stack([begins, begins + heads - shifts]).ravel().repeat(counts)
    cut = np.array([known["left"], known["right"]], dtype=np.intp)
    forced = np.array([text in terms for text in texts], dtype=bool) if terms else None
    if forced is not None:
        cut[:, forced] = 0
    n_words = n_title + n_text
    return Reading(
        text=whole,
        begins=begins,
        sizes=sizes,
        n_words=n_words,
        n_title=n_title,
        piece=np.arange(len(pieces)).repeat(n_words),
        starts=np.array(starts, dtype=np.intp) + lacks + cut[0],
        ends=np.array(ends, dtype=np.intp) + lacks - cut[1],
        in_title=np.tile([True, False], len(pieces)).repeat(counts),
        facts=known,
        idf=np.array(list(map(rarity.idf, texts)), dtype=np.float32),
        spans=SpanHashes(whole),
        forced=forced,
    )
