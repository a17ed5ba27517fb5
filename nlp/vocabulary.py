"""What a word may be wherever it stands: a stop word, a term, a part of a phrase.

All is asked of a word once, and remembered for the next text.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from nlp.lexicon import default_lexicon, word_list
from nlp.memory import Memory

_HEADS = ("n", "vn", "eng", "j", "l", "an")
#: parts of speech that may end a phrase; a verb may too: 矩阵|分解
ENDING = (*_HEADS, "v")
_ANYWHERE = (*ENDING, "a", "b")
# Too common to be a term, but good at either end of a phrase: 机器|学习, 网络|安全.
STOP_PARTS = frozenset(["学习", "网络", "方法", "理论", "体系", "过程", "教学", "能力", "专业"])
_NEVER = frozenset(["nr", "nrt", "nrfg", "ns", "m", "t", "f", "r", "ng", "vg", "ag"])

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
#: Of each word: its kind, by row in `KINDS`; characters of particles to cut off at its sides;
#: whether it breaks every phrase, may be the first word of a candidate for a tag, the last, or all
#: of it; is a stop word, unknown to the dictionary, foreign; means something by itself; may stand
#: in a noun phrase; has a letter or a digit.
FACTS = np.dtype(
    [("kind", "u1"), ("left", "u1"), ("right", "u1"), ("breaks", "?"), ("first", "?"),
     ("last", "?"), ("alone", "?"), ("stop", "?"), ("unknown", "?"), ("foreign", "?"),
     ("term", "?"), ("part", "?"), ("spoken", "?")]
)  # fmt: skip


def stopwords() -> frozenset[str]:
    """Return words that make no term, and neither begin nor end a phrase."""
    return word_list("stopwords.txt")


def facts(texts: Iterable[str], pos: Iterable[str]) -> NDArray[np.void]:
    """What each word may be and do: a record of `FACTS`.

    Examples
    --------
    >>> found = facts(["矩阵", "的"], ["n", "uj"])
    >>> found["breaks"].tolist(), found["alone"].tolist()
    ([False, True], [True, False])
    """
    records = map(_known.__getitem__, zip(texts, pos, strict=True))
    return np.frombuffer(b"".join(records), dtype=FACTS)


def _facts(word: tuple[str, str]) -> bytes:
    text, pos = word
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
    own = _is_term(text, pos), _is_part(text, pos), any(ch.isalnum() for ch in text)
    return np.array([record + own], dtype=FACTS).tobytes()


_known = Memory(_facts)


def _is_term(text: str, pos: str) -> bool:
    return (
        len(text) > 1
        and pos[0] in "nvajlibe"
        and text.lower() not in stopwords()
        and any(ch.isalpha() for ch in text)
        and "/" not in text
        and "@" not in text
    )


def _is_part(text: str, pos: str) -> bool:
    return (
        pos.startswith(_ANYWHERE)
        and pos not in _NEVER
        and (len(text) > 1 or pos in ("n", "eng"))
        and any(ch.isalpha() for ch in text)
        and len(text) <= 8
        and (text not in stopwords() or text in STOP_PARTS)
    )
