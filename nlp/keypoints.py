"""Key points: the sentences that say most, with position and role."""

import math
from collections.abc import Mapping

from nlp.analysis import KeyPoint
from nlp.cues import cues
from nlp.lexicon import Rarity
from nlp.parsed import Parsed
from nlp.terms import is_term
from nlp.tokens import Word

OTHER = "其他"
_MAX_POINTS = 8
_SHARE = 0.3  # of the sentences
_SHORT, _LONG = 8, 120  # characters of a sentence that reads well
_ROLE_BONUS = 1.25
_LEAD_BONUS = 1.15


def role(sentence: str) -> str:
    """Role of a sentence by its cue words.

    Examples
    --------
    >>> [role(s) for s in ("所谓梯度，是指导数的推广", "例如掷骰子", "因此收敛", "今天天气好")]
    ['定义', '例子', '结论', '其他']
    """
    for name, pattern in cues().roles:
        if pattern.search(sentence):
            return name
    return OTHER


def key_points(parsed: Parsed, counts: Mapping[str, float], rarity: Rarity) -> tuple[KeyPoint, ...]:
    """Choose at most eight sentences, in the order of the text.

    A sentence weighs the mean of ``ln(1 + count) · idf`` over its different terms, more if
    it has a role or opens the text, less if it is very short or long. The heaviest has
    weight 1; equal sentences are listed once.
    """
    scored: dict[str, tuple[float, int]] = {}
    for i, sentence in enumerate(parsed.sentences):
        if sentence.text not in scored:
            score = _score(parsed.sentence_words[i], counts, rarity)
            score *= _LEAD_BONUS if i == 0 else 1.0
            score *= 1.0 if role(sentence.text) == OTHER else _ROLE_BONUS
            length = sentence.end - sentence.start
            score *= min(1.0, length / _SHORT, (2 * _LONG) / (_LONG + length))
            scored[sentence.text] = (score, i)
    best = sorted((s, -i) for s, i in scored.values() if s > 0.0)[::-1]
    chosen = best[: min(_MAX_POINTS, math.ceil(_SHARE * len(parsed.sentences)))]
    points = []
    for score, negative in sorted(chosen, key=lambda pair: -pair[1]):
        sentence = parsed.sentences[-negative]
        text, start, end = parsed.original(sentence.start, sentence.end)
        points.append(KeyPoint(text, start, end, role(sentence.text), score / best[0][0]))
    return tuple(points)


def _score(words: tuple[Word, ...], counts: Mapping[str, float], rarity: Rarity) -> float:
    found = {w.text for w in words if is_term(w)}
    total = sum(math.log1p(counts.get(term, 1.0)) * rarity.idf(term) for term in sorted(found))
    # + 2: a sentence with one rare word does not beat one with five
    return total / (len(found) + 2)
