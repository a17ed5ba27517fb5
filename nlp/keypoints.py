"""Key points: the sentences that say most, with position and role."""

import heapq
import math
from collections.abc import Mapping

from nlp.analysis import KeyPoint
from nlp.cues import cues
from nlp.lexicon import Rarity
from nlp.parsed import Parsed
from nlp.text import Sentence

OTHER = "其他"
_MAX_POINTS = 8
_SHARE = 0.3  # of the sentences
# Chosen on the first half of the abstracts of kw_csl: see docs/design/0020-key-points.md.
_SIZE, _FADE = 20, 0.75  # a sentence is worth what it says by (characters + _SIZE) ** _FADE
_LEAD, _LEAD_SENTENCES = 0.6, 0.5  # gain of the first sentence; falls as 1 / (1 + row / 0.5)
_ROLE_BONUS = 1.25
_ASIDE = 0.6  # a question or heading says less than its words promise
_SAID = 0.3  # what a term is worth that a chosen sentence has said
_SAME = 0.8  # of the terms of a sentence; with so many in one chosen, it is left out


def role(sentence: str) -> str:
    """Role of a sentence by its first cue.

    It is 其他 for a question, a heading, or a sentence that says what is taught.

    Examples
    --------
    >>> [role(s) for s in ("所谓梯度，是指导数的推广", "例如掷骰子", "因此收敛", "今天天气好")]
    ['定义', '例子', '结论', '其他']
    >>> [role(s) for s in ("什么是梯度？", "第三章 总结", "本章介绍梯度的定义。")]
    ['其他', '其他', '其他']
    """
    known = cues()
    found = known.roles.search(sentence)
    if found is None or not found.lastgroup:
        return OTHER
    headed = found.group()[-1] in ":："  # 本章小结:…, which names the chapter and still concludes
    if not headed and (known.heading.search(sentence) or known.exposition.search(sentence)):
        return OTHER
    return found.lastgroup


def key_points(
    parsed: Parsed, counts: Mapping[str, float], rarity: Rarity, *, most: int | None = None
) -> tuple[KeyPoint, ...]:
    """Choose the sentences that say most, in the order of the text.

    One after another: the sentence with the most to say that is not said yet, for its length
    ("Key points" in docs/math.md), more if it has a role or stands near the beginning, less
    if it is a question or a heading. One that repeats a chosen one is left out. The heaviest
    has weight 1.

    Parameters
    ----------
    parsed : Parsed
        The text.
    counts : mapping of str to float
        Count of each term; those of the title weigh more.
    rarity : Rarity
        IDF of words.
    most : int, optional
        How many at most; three in ten and at most eight if not given.
    """
    roles: dict[int, str] = {}
    found: dict[int, frozenset[str]] = {}
    factors: dict[int, float] = {}
    for i, (sentence, content) in enumerate(
        zip(parsed.sentences, parsed.sentence_terms, strict=True)
    ):
        if content:
            roles[i] = role(sentence.text)
            found[i] = content
            factors[i] = _factor(i, sentence, roles[i])
    worth = {
        term: math.log1p(counts.get(term, 1.0)) * rarity.idf(term)
        for term in frozenset().union(*found.values())
    }
    if most is None:
        most = min(_MAX_POINTS, math.ceil(_SHARE * len(parsed.sentences)))
    chosen = _chosen(found, factors, worth, most)
    heaviest = max((weight for _, weight in chosen), default=1.0)
    return tuple(
        KeyPoint(
            *parsed.original(parsed.sentences[i].start, parsed.sentences[i].end),
            roles[i],
            weight / heaviest,
        )
        for i, weight in sorted(chosen)
    )


def _chosen(
    found: Mapping[int, frozenset[str]],
    factors: Mapping[int, float],
    worth: Mapping[str, float],
    n: int,
) -> list[tuple[int, float]]:
    """Rows of at most n sentences with what each adds, greedily.

    What a sentence adds only falls while others are chosen, so one whose value was found
    anew and still leads is the best: nearly all others are never looked at again.
    """
    said: set[str] = set()
    taken: list[frozenset[str]] = []
    chosen: list[tuple[int, float]] = []

    def adds(row: int) -> float:
        total = math.fsum(worth[t] * (_SAID if t in said else 1.0) for t in found[row])
        return factors[row] * total

    waiting = [(-adds(row), row, 0) for row in found]
    heapq.heapify(waiting)
    while waiting and len(chosen) < n:
        value, row, seen = heapq.heappop(waiting)
        if value >= 0.0:
            break
        if seen < len(chosen):
            if not any(_repeats(found[row], other) for other in taken[seen:]):
                heapq.heappush(waiting, (-adds(row), row, len(chosen)))
            continue
        chosen.append((row, -value))
        taken.append(found[row])
        said |= found[row]
    return chosen


def _repeats(terms: frozenset[str], chosen: frozenset[str]) -> bool:
    """Say whether two sentences say the same: most terms of both are shared."""
    return len(terms & chosen) >= _SAME * max(len(terms), len(chosen))


def _factor(row: int, sentence: Sentence, its_role: str) -> float:
    factor = 1.0 + _LEAD / (1.0 + row / _LEAD_SENTENCES)
    factor /= math.pow(sentence.end - sentence.start + _SIZE, _FADE)
    if its_role != OTHER:
        return factor * _ROLE_BONUS
    return factor * (_ASIDE if cues().heading.search(sentence.text) else 1.0)
