"""Sentiment of a text: a three-class model by sentence, then the mean.

The classes are the opinions of reviews (positive, negative) and exposition (neutral), so
a sentence that only says what is taught is neutral. The mean over sentences cannot be
saturated by length. SnowNLP stands here as the baseline of comparisons only: it is slow,
and it is never part of an analysis.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nlp.analysis import Sentiment
from nlp.linear import Document, Floats, HashedLinear
from nlp.opinion import Opinion, opinions, scopes
from nlp.parsed import Parsed
from nlp.tokens import Word

LABELS = ("negative", "neutral", "positive")
_MARGIN = 0.1  # |polarity - 0.5| below which a text is neutral; chosen on training data
_TURN = 4.5  # log-odds; this and _SHORT chosen on held-out reviews, where they cost nothing
_SHORT = 6.0  # words
_COPIES = 6  # buckets of each lexicon feature: six weigh as much as a rare word
_SMOOTHING = np.array([0.25, 0.5, 0.25])


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or clause as it is judged.

    Attributes
    ----------
    document : Document
        What the model reads.
    lean : float
        What the rules add to the log-odds of positive against negative.
    """

    document: Document
    lean: float


def statement(text: str, start: int, words: Sequence[Word]) -> Statement:
    """Prepare one sentence or clause.

    Characters under a negation are marked, so 没有浪费 shares no n-gram with 浪费, and
    each opinion word adds a feature for its sign and its negation.

    Parameters
    ----------
    text : str
        The sentence, normalised.
    start : int
        Offset of the sentence in the text the `words` come from.
    words : sequence of Word
        Its words.
    """
    # A word may reach past a clause: a URL with a comma in it.
    spans = [(w.start - start, min(w.end - start, len(text))) for w in words]
    marked = [(spans[a][0], spans[b - 1][1]) for a, b in scopes(words)]
    found = opinions(words)
    extra = [
        f"{copy} {'negated ' if o.negated else ''}{'good' if (o.value > 0) != o.negated else 'bad'}"
        for o in found
        for copy in range(_COPIES)
    ]
    return Statement(Document(text, spans, marked, extra), _lean(found, len(words)))


def _lean(found: Sequence[Opinion], n_words: int) -> float:
    # The fewer words a statement has, the less the model knows and the more the rules say.
    short = min(1.0, _SHORT / max(1, n_words)) ** 2
    lean = (1.0 + short) * max(-1.0, min(1.0, sum(o.value for o in found)))
    # Reviews hold too few sentences like 没有浪费时间 for the model to learn that they praise.
    if any(o.direct and o.value > 0 for o in found):
        lean += _TURN * short
    return lean


@dataclass(frozen=True, slots=True, eq=False)
class SentimentModel:
    """Judge sentences with a linear model of classes negative, neutral, positive."""

    linear: HashedLinear

    def probabilities(self, statements: Sequence[Statement]) -> Floats:
        """Class probabilities of each statement, in the order of `LABELS`."""
        p = self.linear.probabilities([s.document for s in statements])
        # The rules move opinion between its sides; how much of it is opinion stays.
        # share = P(positive) / (P(positive) + P(negative)), logit(share') = logit(share) + lean
        lift = np.exp(np.array([s.lean for s in statements]))
        share = p[:, 2] * lift / np.maximum(p[:, 2] * lift + p[:, 0], 1e-300)
        opinion = p[:, 0] + p[:, 2]
        return np.stack([opinion * (1.0 - share), p[:, 1], opinion * share], axis=1)

    def judge(self, parsed: Parsed, piece: Parsed | None = None) -> Sentiment | None:
        """Sentiment of a text, or ``None`` if it has no sentence.

        Parameters
        ----------
        parsed : Parsed
            The text.
        piece : Parsed, optional
            If the text is this piece repeated: it is judged in its place, since saying a
            thing again is emphasis, not evidence. The arc stays that of the text.
        """
        if not parsed.sentences:
            return None
        found = summary(self._sentences(parsed))
        if piece is None or not piece.sentences:
            return found
        return replace(summary(self._sentences(piece)), arc=found.arc)

    def _sentences(self, parsed: Parsed) -> Floats:
        return self.probabilities(
            [
                statement(s.text, s.start, words)
                for s, words in zip(parsed.sentences, parsed.sentence_words, strict=True)
            ]
        )

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays of the model."""
        return self.linear.to_arrays()

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "SentimentModel":
        """Model of the arrays `to_arrays` gave."""
        return cls(HashedLinear.from_arrays(arrays))


def summary(probabilities: Floats) -> Sentiment:
    """Sentiment of a text from the class probabilities of its sentences.

    polarity = mean over sentences of 1/2 + (P(positive) - P(negative)) / 2

    Examples
    --------
    >>> summary(np.array([[0.0, 0.2, 0.8], [0.0, 0.8, 0.2]])).polarity
    0.75
    """
    series = 0.5 + (probabilities[:, 2] - probabilities[:, 0]) / 2
    polarity = float(series.mean())
    side = 1 if abs(polarity - 0.5) < _MARGIN else 2 if polarity > 0.5 else 0
    padded = np.concatenate([series[:1], series, series[-1:]])
    arc = np.convolve(padded, _SMOOTHING, mode="valid")
    return Sentiment(
        polarity=polarity,
        label=LABELS[side],
        confidence=float(probabilities[:, side].mean()),
        arc=tuple(float(v) for v in arc),
    )


class SnowNLPPolarity:
    """SnowNLP's polarity by sentence, averaged: the baseline to compare with.

    Its model is trained on shopping reviews and has no neutral class; whole texts saturate
    it, so it is asked sentence by sentence.
    """

    def polarity(self, parsed: Parsed) -> float | None:
        """Mean over sentences in [0, 1], or ``None`` if there is no sentence."""
        from snownlp import SnowNLP  # two seconds and 400 MB: loaded only where it is compared

        values = [float(SnowNLP(s.text).sentiments) for s in parsed.sentences]
        return sum(values) / len(values) if values else None
