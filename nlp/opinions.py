"""Opinion in a text: sentiment and aspects, which read the same sentences with the same model."""

from nlp.analysis import Aspect, Sentiment
from nlp.aspects import AspectWords, clause_statements, judged_aspects, naming_clauses
from nlp.parsed import Parsed
from nlp.sentiment import SentimentModel, judged, sentence_statements


def opinions(
    parsed: Parsed,
    piece: Parsed | None,
    model: SentimentModel,
    words: AspectWords | None = None,
) -> tuple[Sentiment | None, tuple[Aspect, ...]]:
    """Sentiment and aspects of a text, as `SentimentModel.judge` and `aspects` give them.

    The sentences, those of the repeated piece, and the clauses are judged in one call of the
    model, whose fixed cost is that of a hundred words; each sentence is read by the rules once.

    Examples
    --------
    >>> from nlp.analyzer import Analyzer
    >>> from nlp.parsed import parse
    >>> analyzer = Analyzer.default()
    >>> sentiment, aspects = opinions(
    ...     parse("老师讲得非常清楚。", analyzer.engine), None, analyzer.sentiment
    ... )
    >>> sentiment.label, [a.name for a in aspects]
    ('positive', ['讲师'])
    """
    sentences = sentence_statements(parsed)
    repeated = [] if piece is None else sentence_statements(piece)
    clauses = naming_clauses(parsed, sentences, words or AspectWords.default())
    p = model.probabilities([*sentences, *repeated, *clause_statements(parsed, clauses)])
    first, last = len(sentences), len(sentences) + len(repeated)
    return judged(p[:first], p[first:last]), judged_aspects(parsed, clauses, p[last:])
