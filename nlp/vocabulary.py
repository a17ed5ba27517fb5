"""What a word may be wherever it stands: a stop word, a term by itself, a part of a phrase.

Text follows Zipf's law: what is asked of a word once is remembered for the next text.
"""

import importlib.resources
from functools import cache, lru_cache

_CACHED = 1 << 15
_HEADS = ("n", "vn", "eng", "j", "l", "an")
#: parts of speech that may end a phrase; a verb may too: 矩阵|分解
ENDING = (*_HEADS, "v")
_ANYWHERE = (*ENDING, "a", "b")
# Too common to be a term, but good at either end of a phrase: 机器|学习, 网络|安全.
STOP_PARTS = frozenset(["学习", "网络", "方法", "理论", "体系", "过程", "教学", "能力", "专业"])
_NEVER = frozenset(["nr", "nrt", "nrfg", "ns", "m", "t", "f", "r", "ng", "vg", "ag"])


@cache
def stopwords() -> frozenset[str]:
    """Return words that make no term, and neither begin nor end a phrase."""
    text = importlib.resources.files("nlp").joinpath("data/stopwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


@lru_cache(_CACHED)
def is_term(text: str, pos: str) -> bool:
    """Say whether a word means something by itself: a noun, name, verb or foreign term."""
    return (
        len(text) > 1
        and pos[0] in "nvajlibe"
        and text.lower() not in stopwords()
        and any(ch.isalpha() for ch in text)
        and "/" not in text
        and "@" not in text
    )


@lru_cache(_CACHED)
def is_part(text: str, pos: str) -> bool:
    """Say whether a word may stand in a phrase."""
    return (
        pos.startswith(_ANYWHERE)
        and pos not in _NEVER
        and (len(text) > 1 or pos in ("n", "eng"))
        and any(ch.isalpha() for ch in text)
        and len(text) <= 8
        and (text not in stopwords() or text in STOP_PARTS)
    )


@lru_cache(_CACHED)
def is_spoken(text: str) -> bool:
    """Say whether a word has a letter or a digit."""
    return any(ch.isalnum() for ch in text)
