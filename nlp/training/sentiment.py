"""Sentiment of a sentence: reviews as opinions, course introductions as exposition."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp import linear_fit
from nlp.analyzer import Analyzer
from nlp.calibration import calibrate
from nlp.engines import default_engine
from nlp.errors import TrainingDataError
from nlp.hashing import Document, Floats, Grams, hashed_counts, inverse_document_frequency, weighted
from nlp.linear import HashedLinear, sized
from nlp.metrics import area_under_curve, expected_calibration_error, macro_f1
from nlp.parsed import Parsed, parse
from nlp.sentiment import (
    LABELS,
    SentimentModel,
    Statement,
    Trust,
    between,
    corrected,
    sentence_statements,
    whole_statement,
)
from nlp.training.examples import COURSE_SETS, Example, lexicon_examples, read_examples

_T = TypeVar("_T")

_WORDS, _CHARS = 2, 3
_DIRECTION_SIZE = 0.2  # length of the projections beside the unit row; .1 to .8 are as good
_NEVER = -1e4  # decision value of a class that was not learned
_SHARES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)  # of the rules in the reading of whole texts
_PRAISE = 0.25  # mean reading over sentences


@dataclass(frozen=True, slots=True)
class Recipe:
    """How reviews are fitted: see `nlp.linear_fit.fit`.

    Attributes
    ----------
    sentences : int
        Texts of up to so many sentences are also learned sentence by sentence,
    share : float
        which weigh so much together beside their text.
    """

    bits: int
    penalty: float
    bayes: float
    sentences: int
    share: float


# Naive Bayes helps in one domain and hurts over several: its classes differ in domain as well.
_PACKAGED = Recipe(bits=19, penalty=0.5, bayes=0.0, sentences=4, share=1.0)
_DOMAIN = Recipe(bits=19, penalty=1.0, bayes=1.0, sentences=100, share=1.0)


@dataclass(frozen=True, eq=False)
class Apart:
    """A packaged model fitted without the held fifth, and that fifth.

    Attributes
    ----------
    model : SentimentModel
        Calibrated on the held texts.
    examples, parsed : lists
        The held texts.
    """

    model: SentimentModel
    examples: list[Example]
    parsed: list[Parsed]


def fit_apart(examples: Sequence[Example], parsed: Sequence[Parsed]) -> Apart:
    """Fit on what is not held (`Example.held`), calibrate on what is."""
    held = np.array([example.held for example in examples])
    trained = _fit_packaged(_take(examples, ~held), _take(parsed, ~held)).linear
    kept, texts = _take(examples, held), _take(parsed, held)
    target = np.array([LABELS.index(example.label) for example in kept])
    decisions = trained.decision(Grams([whole_statement(text).document for text in texts]))
    temperature = calibrate(decisions, np.eye(3, dtype=bool)[target])
    return Apart(SentimentModel(trained.with_temperature(temperature)), kept, texts)


def train_sentiment(data: Path) -> tuple[SentimentModel, dict[str, float]]:
    """Train the three-class sentence model; figures from a fifth of the texts held out.

    Returns
    -------
    model, figures
        The model is fitted on all texts, with the temperature of the held-out fit.
        ``accuracy:<set>`` counts a review as right if its polarity is on the right side
        of 0.5; ``neutral:<kind>:<set>`` counts a sentence of exposition as right if its label
        is neutral. ``ece`` is of the three classes of whole texts.
    """
    examples = read_examples(data)
    parsed = [parse(example.text, default_engine()) for example in examples]
    apart = fit_apart(examples, parsed)
    p = apart.model.probabilities([whole_statement(text) for text in apart.parsed])
    target = np.array([LABELS.index(example.label) for example in apart.examples])
    figures = {
        "n": float(len(examples)),
        "accuracy": float((p.argmax(axis=1) == target).mean()),
        "macro_f1": macro_f1(p.argmax(axis=1), target),
        "ece": expected_calibration_error(p, target),
    }
    figures |= _by_set(apart)
    model = _fit_packaged(examples, parsed).linear
    temperature = apart.model.linear.temperature
    return SentimentModel(model.with_temperature(temperature)), figures


def _fit_packaged(examples: Sequence[Example], parsed: Sequence[Parsed]) -> SentimentModel:
    """Fit without course reviews that say the opposite of their stars, and with the lexicon."""
    kept = [
        not (e.label == "negative" and e.source in COURSE_SETS and _praises(text))
        for e, text in zip(examples, parsed, strict=True)
    ]
    told = lexicon_examples()
    shown = [*_take(examples, np.array(kept)), *told]
    texts = _take(parsed, np.array(kept)) + [parse(e.text, default_engine()) for e in told]
    return _fit_sentiment(shown, texts, _PACKAGED)


def _praises(parsed: Parsed) -> bool:
    """Say whether the rules read praise: one star in twenty was meant to be five."""
    readings = [statement.reading for statement in sentence_statements(parsed)]
    return sum(r.plain + r.sure for r in readings) > _PRAISE * len(readings)


#: spellings of each class that files may use
SPELLINGS = {
    "negative": ("0", "neg", "negative"),
    "neutral": ("neu", "neutral"),
    "positive": ("1", "pos", "positive"),
}


def review_label(label: str) -> str:
    """Class of a label as files spell it.

    Raises
    ------
    TrainingDataError
        If it is none of the accepted spellings.

    Examples
    --------
    >>> review_label("1"), review_label("neg")
    ('positive', 'negative')
    """
    for name, spellings in SPELLINGS.items():
        if label.lower() in spellings:
            return name
    accepted = "; ".join(f"{name}: {', '.join(s)}" for name, s in SPELLINGS.items())
    raise TrainingDataError(f"the label {label!r}", f"one of {accepted}")


def fit_reviews(
    texts: Sequence[str], labels: Sequence[str], *, start: SentimentModel | None = None
) -> SentimentModel:
    """Sentiment model of one domain: whole reviews and their sentences, calibrated on a fifth.

    It starts from a model that knows reviews of other domains. Its temperature, and the share of
    the rules in the reading of whole texts, make that fifth most likely.

    Parameters
    ----------
    texts, labels : sequences of str
        Labels in the spellings of `review_label`; positive and negative must be there.
    start : SentimentModel, optional
        What it starts from; the packaged model if not given.

    Raises
    ------
    TrainingDataError
        If a label is unknown, or positive or negative has fewer than five texts.
    """
    if len(texts) != len(labels):
        raise TrainingDataError(f"{len(texts)} texts, {len(labels)} labels", "one label a text")
    known = [review_label(label) for label in labels]
    for name in sorted({"negative", "positive", *known}):
        if known.count(name) < 5:
            raise TrainingDataError(f"{known.count(name)} {name} texts", "at least five")
    examples = [Example(t, label, 1.0, "") for t, label in zip(texts, known, strict=True)]
    engine = default_engine()
    prior = (start or Analyzer.default().sentiment).linear
    parsed = [parse(text, engine) for text in texts]
    held = np.zeros(len(texts), dtype=bool)
    for name in set(known):  # every fifth of each class
        held[np.flatnonzero(np.array(known) == name)[::5]] = True
    part = _fit_sentiment(_take(examples, ~held), _take(parsed, ~held), _DOMAIN, prior).linear
    part = _three_classes(part)
    asked = [whole_statement(text) for text in _take(parsed, held)]
    target = np.eye(3, dtype=bool)[[LABELS.index(label) for label in _take(known, held)]]
    decisions = part.decision(Grams([said.document for said in asked]))
    temperature = calibrate(decisions, target)
    share = _share_of_rules(part.with_temperature(temperature).calibrated(decisions), asked, target)
    model = _three_classes(_fit_sentiment(examples, parsed, _DOMAIN, prior).linear)
    return SentimentModel(model.with_temperature(temperature), rules=share)


def _share_of_rules(model: Floats, asked: Sequence[Statement], target: NDArray[np.bool_]) -> float:
    """Share of the rules that makes the classes of whole texts left out most likely."""
    moved = corrected(model, asked, Trust())
    losses = {
        share: -float(np.log(np.maximum(between(model, moved, share)[target], 1e-12)).mean())
        for share in _SHARES
    }
    return min(losses, key=losses.__getitem__)


def _three_classes(model: HashedLinear) -> HashedLinear:
    """The model with a neutral class; if it learned none, one that is never likely."""
    if len(model.labels) == len(LABELS):
        return model
    return replace(
        model,
        labels=LABELS,
        codes=np.insert(model.codes, 1, 0, axis=1),
        scales=np.insert(model.scales, 1, 1.0),
        intercepts=np.insert(model.intercepts, 1, _NEVER),
    )


def _take(values: Sequence[_T], mask: NDArray[np.bool_]) -> list[_T]:
    return [v for v, keep in zip(values, mask.tolist(), strict=True) if keep]


def _fit_sentiment(
    examples: Sequence[Example],
    parsed: Sequence[Parsed],
    recipe: Recipe,
    prior: HashedLinear | None = None,
) -> SentimentModel:
    """Fit on whole reviews and on the sentences of those that have several.

    With `prior` the fit starts from what that model knows of opinion.
    """
    documents: list[Document] = []
    labels: list[str] = []
    weights: list[float] = []
    for example, text in zip(examples, parsed, strict=True):
        documents.append(whole_statement(text).document)
        labels.append(example.label)
        weights.append(example.weight)
        if 1 < len(text.sentences) <= recipe.sentences:
            for sentence in sentence_statements(text):
                documents.append(sentence.document)
                labels.append(example.label)
                weights.append(example.weight * recipe.share / len(text.sentences))
    counts = hashed_counts(documents, bits=recipe.bits, words=_WORDS, chars=_CHARS)
    idf = inverse_document_frequency(counts)
    model = linear_fit.fit(
        counts,
        labels,
        words=_WORDS,
        chars=_CHARS,
        penalty=recipe.penalty,
        bayes=recipe.bayes,
        weights=np.array(weights),
        idf=idf,
        directions=_directions(prior, weighted(counts, idf)) if prior else None,
    )
    return SentimentModel(model)


def _directions(prior: HashedLinear, rows: csr_array) -> NDArray[np.float32]:
    """What a model of three classes knows: praise against complaint, and opinion against none."""
    negative, neutral, positive = (prior.codes * prior.scales).T
    directions = np.stack([positive - negative, (positive + negative) / 2 - neutral], axis=1)
    return sized(directions, rows, _DIRECTION_SIZE)


def _by_set(apart: Apart) -> dict[str, float]:
    right: dict[str, list[float]] = {}
    polarity: dict[str, list[tuple[float, bool]]] = {}
    for example, text in zip(apart.examples, apart.parsed, strict=True):
        found = apart.model.judge(text)
        if found is None:
            continue
        if example.label == "neutral":
            right.setdefault(f"neutral:{example.source}", []).append(found.label == "neutral")
            continue
        good = example.label == "positive"
        hit = (found.polarity > 0.5) == good
        right.setdefault(f"accuracy:{example.source}", []).append(hit)
        decided = found.label != "neutral"
        right.setdefault(f"decided:{example.source}", []).append(decided)
        if example.source in COURSE_SETS:
            right.setdefault(f"{example.label}:{example.source}", []).append(hit)
            polarity.setdefault(f"auc:{example.source}", []).append((found.polarity, good))
    figures = {key: float(np.mean(values)) for key, values in sorted(right.items())}
    return figures | {key: area_under_curve(pairs) for key, pairs in sorted(polarity.items())}
