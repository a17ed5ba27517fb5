"""Opinion in texts: sentiment and aspects, which read the same sentences with the same model."""

from collections.abc import Sequence

from nlp.analysis import Aspect, Sentiment
from nlp.aspects import AspectWords, clause_statements, judged_aspects, naming_clauses
from nlp.parsed import Parsed
from nlp.sentiment import SentimentModel, Statement, judged, sentence_statements


def opinions(
    texts: Sequence[tuple[Parsed, Parsed | None]],
    model: SentimentModel,
    words: AspectWords | None = None,
) -> list[tuple[Sentiment | None, tuple[Aspect, ...]]]:
    """Sentiment and aspects of texts, as `SentimentModel.judge` and `aspects` give them.

    The sentences of all texts, of the pieces they repeat, and the clauses are judged in one call
    of the model, whose fixed cost is that of a hundred words; each sentence is read by the rules
    once.

    Examples
    --------
    >>> from nlp.analyzer import Analyzer
    >>> from nlp.parsed import parse
    >>> analyzer = Analyzer.default()
    >>> [(sentiment, aspects)] = opinions(
    ...     [(parse("老师讲得非常清楚。", analyzer.engine), None)], analyzer.sentiment
    ... )
    >>> sentiment.label, [a.name for a in aspects]
    ('positive', ['讲师'])
    """
    statements: list[Statement] = []
    parts = []
    known = words or AspectWords.default()
    for parsed, piece in texts:
        sentences = sentence_statements(parsed)
        repeated = [] if piece is None else sentence_statements(piece)
        clauses = naming_clauses(parsed, sentences, known)
        first, second = len(statements) + len(sentences), len(sentences) + len(repeated)
        parts.append((parsed, clauses, len(statements), first, len(statements) + second))
        statements += [*sentences, *repeated, *clause_statements(parsed, clauses)]
    p = model.probabilities(statements)
    return [
        (judged(p[a:b], p[b:c]), judged_aspects(parsed, clauses, p[c : c + len(clauses)]))
        for parsed, clauses, a, b, c in parts
    ]
