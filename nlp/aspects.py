"""Aspects of reviews: which side of a course a clause judges, and how."""

import re
from collections.abc import Iterator

from nlp.analysis import Aspect
from nlp.cues import cues
from nlp.parsed import Parsed
from nlp.sentiment import SentimentModel, statement
from nlp.tokens import Word

_CLAUSE = re.compile(r"[^，,、。!?！？;；:：\s…]+")
_OPINION = 0.5  # of a clause, the least share of opinion against exposition
_MARGIN = 0.1
_MAX_ASPECTS = 200


def aspects(parsed: Parsed, model: SentimentModel) -> tuple[Aspect, ...]:
    """Find the clauses that name an aspect and hold an opinion, in the order of the text.

    A clause of exposition gives none, so course texts rarely do. At most 200.
    """
    found = list(_clauses(parsed))[: 4 * _MAX_ASPECTS]
    if not found:
        return ()
    text = parsed.normalized.text
    statements = [statement(text[a:b], a, words) for _, a, b, words in found]
    judged = []
    for (name, a, b, _), p in zip(found, model.probabilities(statements), strict=True):
        polarity = float(0.5 + (p[2] - p[0]) / 2)
        if 1.0 - p[1] >= _OPINION and abs(polarity - 0.5) >= _MARGIN:
            judged.append(Aspect(name, polarity, *parsed.original(a, b)))
    return tuple(judged[:_MAX_ASPECTS])


def _clauses(parsed: Parsed) -> Iterator[tuple[str, int, int, tuple[Word, ...]]]:
    names = cues().aspects
    for sentence in parsed.sentences:
        for clause in _CLAUSE.finditer(sentence.text):
            start, end = sentence.start + clause.start(), sentence.start + clause.end()
            words = parsed.within(start, end)
            named = [names[w.text] for w in words if w.text in names]
            for name in dict.fromkeys(named):
                yield name, start, end, words
