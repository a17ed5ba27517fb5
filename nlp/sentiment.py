"""Sentiment of a text: a three-class model by sentence, then the mean.

The classes are the opinions of reviews (positive, negative) and exposition (neutral), so
a sentence that only says what is taught is neutral. Rules add what structure says (`nlp.opinion`)
to the log-odds of the model, by the equations of `Trust`. The mean over sentences cannot be
saturated by length. SnowNLP stands here as the baseline of comparisons only: it is slow,
and it is never part of an analysis.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.analysis import Sentiment
from nlp.hashing import Document, Floats
from nlp.linear import HashedLinear, softmax
from nlp.opinion import Reading, read
from nlp.parsed import Parsed

LABELS = ("negative", "neutral", "positive")
_MARGIN = 0.1  # |polarity - 0.5| below which a text is neutral; chosen on training data
_MUTE = "。;,、. "  # what may end a sentence and say nothing
_LOUD = "!?…~"  # what speaks for itself
_SMOOTHING = np.array([0.25, 0.5, 0.25])


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the rules are trusted against the model: all constants of their sum.

    With the plain and sure opinion P, S in [-1, 1] of a reading, Q its being a question (0 or 1),
    E an exposition (0, 1, or 2 where its form says so), and s = min(1, `short` / words)^`fade`,
    the log-odds a of positive against negative and b of opinion against neutral become

        a' = (1 - hold s |S|) clip(a, -cap, cap) + plain (long + s) P + sure s S
        b' = (1 - ask_hold Q) b + lift s |S| - ask Q (1 - |P|) - told E

    so a long sentence is left to the model, and each term is bounded. Negating the signs of P,
    S and a negates a': praise and complaint are treated alike.
    """

    plain: float = 2.0
    long: float = 0.3
    sure: float = 6.0
    hold: float = 0.8
    cap: float = 5.0
    lift: float = 3.0
    ask: float = 2.5
    ask_hold: float = 0.7
    told: float = 2.0
    short: float = 8.0
    fade: float = 2.0


class Statement(NamedTuple):
    """A sentence or clause as it is judged.

    Attributes
    ----------
    document : Document
        What the model reads: the plain n-grams, so that a model never depends on the rules.
    reading : Reading
        What the rules read.
    """

    document: Document
    reading: Reading


def statement(parsed: Parsed, start: int, end: int) -> Statement:
    """Prepare one sentence or clause: ``[start, end)`` of the normal form."""
    document = parsed.document(start, end)
    return Statement(document, read(document))


def whole_statement(parsed: Parsed) -> Statement:
    """A text as one statement."""
    return statement(parsed, 0, len(parsed.normalized.text))


def sentence_documents(parsed: Parsed) -> list[Document]:
    """Sentences of a text, in order, each with one full stop, whether it has one or not.

    A stop says nothing, but the model has seen it more in exposition than in reviews: 很好 and
    很好。must weigh the same, or joining texts by stops would move their polarity.
    """
    return [
        _stopped(parsed, s.start, s.start + len(s.text.rstrip(_MUTE))) for s in parsed.sentences
    ]


def sentence_statements(parsed: Parsed) -> list[Statement]:
    """Sentences of a text, in order, read by the rules: see `sentence_documents`."""
    return [Statement(said, read(said)) for said in sentence_documents(parsed)]


def _stopped(parsed: Parsed, start: int, end: int) -> Document:
    said = parsed.document(start, end)
    if said.text[-1] in _LOUD:
        return said
    ends = [*said.ends, end + 1]
    if len(ends) > 1:
        ends[-2] = min(ends[-2], end)  # no other word can end behind the sentence
    return Document(said.text + "。", [*said.begins, end], ends, start)


@dataclass(frozen=True, slots=True, eq=False)
class SentimentModel:
    """Judge sentences with a linear model of classes negative, neutral, positive.

    Attributes
    ----------
    linear : HashedLinear
    trust : Trust
        How rules move its log-odds.
    rules : float
        Share of the rules, in [0, 1], where a text is read at once (`classify`): a model that
        has seen whole reviews of its domain may need them less than sentences do.
    """

    linear: HashedLinear
    trust: Trust = Trust()
    rules: float = 1.0

    def probabilities(self, statements: Sequence[Statement]) -> Floats:
        """Class probabilities of each statement, in the order of `LABELS`."""
        return corrected(
            self.linear.probabilities([s.document for s in statements]), statements, self.trust
        )

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
        found = self.probabilities(sentence_statements(parsed))
        of_piece = self.probabilities([] if piece is None else sentence_statements(piece))
        return judged(found, of_piece)

    def classify(self, parsed: Parsed) -> Floats:
        """Class probabilities of a text read as one statement, shape (3,).

        To sort reviews this is surer than the mean over sentences, one of which may be beside
        the point; but it grows with length, so `judge` never uses it.
        """
        said = whole_statement(parsed)
        model = self.linear.probabilities([said.document])
        whole: Floats = between(model, corrected(model, [said], self.trust), self.rules)[0]
        return whole

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays of the model."""
        share = {} if self.rules == 1.0 else {"rules": np.array(self.rules)}
        return self.linear.to_arrays() | share

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "SentimentModel":
        """Model of the arrays `to_arrays` gave."""
        rules = float(arrays["rules"].astype(np.float64)) if "rules" in arrays else 1.0
        return cls(HashedLinear.from_arrays(arrays), rules=rules)


def corrected(model: Floats, statements: Sequence[Statement], trust: Trust) -> Floats:
    """Class probabilities (n, 3) of the model, moved by the rules: see `Trust`."""
    if not statements:
        return model
    readings = [s.reading for s in statements]
    said = [(r.plain, r.sure, float(r.question), float(r.exposition)) for r in readings]
    plain, sure, asks, told = np.array(said).T
    n_words = np.array([max(1, len(s.document.begins)) for s in statements])
    short = np.minimum(1.0, trust.short / n_words) ** trust.fade
    p = np.maximum(model, 1e-12)
    side = np.minimum(np.maximum(np.log(p[:, 2] / p[:, 0]), -trust.cap), trust.cap)
    opinion = np.log((p[:, 0] + p[:, 2]) / p[:, 1])
    # a' of `Trust`
    side *= 1.0 - trust.hold * short * np.abs(sure)
    side += trust.plain * (trust.long + short) * plain + trust.sure * short * sure
    # b' of `Trust`
    opinion *= 1.0 - trust.ask_hold * asks
    opinion += trust.lift * short * np.abs(sure) - trust.ask * asks * (1.0 - np.abs(plain))
    opinion -= trust.told * told
    share, amount = 1.0 / (1.0 + np.exp(-side)), 1.0 / (1.0 + np.exp(-opinion))
    moved = np.empty_like(model)
    moved[:, 0], moved[:, 1], moved[:, 2] = amount * (1.0 - share), 1.0 - amount, amount * share
    return moved


def between(model: Floats, moved: Floats, share: float) -> Floats:
    """Geometric mean of two sets of class probabilities (n, 3), scaled to sum to 1.

    Parameters
    ----------
    model, moved : float arrays (n, 3)
        Of the model alone, and of `corrected`.
    share : float
        Weight of `moved` in [0, 1].

    Examples
    --------
    >>> between(np.array([[0.5, 0.0, 0.5]]), np.array([[0.1, 0.0, 0.9]]), 0.5).round(2).tolist()
    [[0.25, 0.0, 0.75]]
    """
    log = (1.0 - share) * np.log(np.maximum(model, 1e-12))
    return softmax(log + share * np.log(np.maximum(moved, 1e-12)))


def judged(text: Floats, piece: Floats) -> Sentiment | None:
    """Sentiment of a text from the class probabilities of its sentences.

    Parameters
    ----------
    text : float array (n, 3)
        Of the sentences of the text; no sentence gives ``None``.
    piece : float array (m, 3)
        Of the sentences of the piece the text repeats, or of none: see `SentimentModel.judge`.
    """
    if not len(text):
        return None
    found = summary(text)
    return replace(summary(piece), arc=found.arc) if len(piece) else found


def summary(probabilities: Floats) -> Sentiment:
    """Sentiment of a text from the class probabilities of its sentences.

    polarity = mean over sentences of s_i = 1/2 + (P(positive) - P(negative)) / 2
    arc_i    = s_(i-1) / 4 + s_i / 2 + s_(i+1) / 4, the ends repeated

    so the arc has one value a sentence, in [0, 1], and shows a turn without hiding where it is.
    A text is neutral within 0.1 of 1/2, or within 0.2 if mean P(neutral) is above 1/2.

    Examples
    --------
    >>> summary(np.array([[0.0, 0.2, 0.8], [0.0, 0.8, 0.2]])).polarity
    0.75
    """
    series = 0.5 + (probabilities[:, 2] - probabilities[:, 0]) / 2
    n = len(series)
    polarity = float(series.sum()) / n
    wide = 2.0 if float(probabilities[:, 1].sum()) / n > 0.5 else 1.0
    side = 1 if abs(polarity - 0.5) < wide * _MARGIN else 2 if polarity > 0.5 else 0
    padded = np.concatenate([series[:1], series, series[-1:]])
    arc = np.convolve(padded, _SMOOTHING, mode="valid")
    return Sentiment(
        polarity=polarity,
        label=LABELS[side],
        confidence=float(probabilities[:, side].sum()) / n,
        arc=tuple(arc.tolist()),
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
