"""Opinion words with negation and degree: the rule side of sentiment, and the clause score."""

import importlib.resources
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from nlp.tokens import Word

_WEIGHT = 0.6  # of an opinion word without a degree
_SCOPE = 4  # words after a negator that it may turn
_STOPS = frozenset("。!?;…,、:，！？；：\n")


@dataclass(frozen=True, slots=True)
class Opinion:
    """One opinion word.

    Attributes
    ----------
    value : float
        In [-1, 1], after negation and degree.
    negated : bool
        It stands in the scope of a negation.
    direct : bool
        It is negated and only light words stand between: 不会让人觉得无聊, not 没有解决麻烦.
    """

    word: Word
    value: float
    negated: bool
    direct: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Opinion words, and the words that turn or scale them.

    `transparent` words may stand between a negator and the word it turns directly
    (不会让人觉得无聊); after a negator, a `comparing` word strengthens instead
    (没有这么失望过).
    """

    values: dict[str, float]
    negators: frozenset[str]
    degrees: dict[str, float]
    transparent: frozenset[str]
    comparing: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """Return the packaged lexicon."""
    text = importlib.resources.files("nlp").joinpath("data/opinion.json").read_text("utf-8")
    raw = json.loads(text)
    values = dict.fromkeys(raw["positive"], 1.0) | dict.fromkeys(raw["negative"], -1.0)
    return Lexicon(
        values,
        frozenset(raw["negators"]),
        raw["degrees"],
        frozenset(raw["transparent"]),
        frozenset(raw["comparing"]),
    )


def scopes(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Ranges of words under a negation, as ``(first, last + 1)``.

    A scope begins after its negator and ends at punctuation, at the next negator, or
    after four words.
    """
    known = lexicon()
    i = 0
    while i < len(words):
        if words[i].text not in known.negators:
            i += 1
            continue
        start = end = i + 1
        while end < len(words) and end - start < _SCOPE:
            if words[end].text in _STOPS or words[end].text in known.negators:
                break
            end += 1
        if end > start and words[start].text not in known.comparing:
            yield start, end
        i = max(end, i + 1)


def opinions(words: Sequence[Word]) -> tuple[Opinion, ...]:
    """Opinion words of a clause or sentence, in order.

    Negation turns a value and weakens it a little (不好 is milder than 差); a degree word
    up to two places before scales it.

    Examples
    --------
    >>> from nlp.parsed import parse
    >>> from nlp.engines import default_engine
    >>> found = opinions(parse("没有浪费时间，讲得非常清楚", default_engine()).words)
    >>> [(o.word.text, round(o.value, 2)) for o in found]
    [('浪费时间', 0.48), ('清楚', 0.9)]
    """
    known = lexicon()
    scope = {i: start for start, end in scopes(words) for i in range(start, end)}
    found = []
    for i, word in enumerate(words):
        turned = _turned(word.text, known)
        value = _WEIGHT if turned else _WEIGHT * _value(word.text, known)
        if value == 0.0:
            continue
        for before in words[max(0, i - 2) : i]:
            value *= known.degrees.get(before.text, 1.0)
        if i in scope:
            value *= -0.8
        direct = i in scope and all(w.text in known.transparent for w in words[scope[i] : i])
        value = max(-1.0, min(1.0, value))
        found.append(Opinion(word, value, turned or i in scope, turned or direct))
    return tuple(found)


def _turned(word: str, known: Lexicon) -> bool:
    """Say whether one word is a negated bad one: 不难, 不差."""
    return word not in known.values and word[0] in "不没" and known.values.get(word[1:], 0.0) < 0.0


def _value(word: str, known: Lexicon) -> float:
    value = known.values.get(word, 0.0)
    if value == 0.0 and len(word) >= 4:  # 浪费时间, 通俗易懂: the segmentation joined a phrase
        value = known.values.get(word[:2], 0.0) or known.values.get(word[-2:], 0.0)
    return value
