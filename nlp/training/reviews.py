"""Sentiment of one domain: a model fitted on its labelled reviews, beside what is known already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nlp.analyzer import Analyzer
from nlp.calibration import calibrate
from nlp.engines import default_engine
from nlp.errors import TrainingDataError
from nlp.hashing import Document, Floats, hashed_counts, weighted
from nlp.linear import HashedLinear, softmax
from nlp.linear_fit import Map, contrasts, hashed, separators
from nlp.parsed import Parsed, parse
from nlp.sentiment import (
    LABELS,
    SentimentModel,
    Statement,
    Trust,
    between,
    corrected,
    whole_statement,
)
from nlp.training.examples import BITS, CHARS, WORDS, Example, shown, taken

_PENALTY, _CONTRAST_PENALTY = 1.0, 0.3
_KNOWN = (0.25, 0.5, 1.0)  # how far what is known already spreads beside each of the two machines
_NEVER = -1e4  # decision value of a class that was not learned
_SHARES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)  # of the rules in the reading of whole texts

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
    """Sentiment model of one domain: reviews as wholes and as means, calibrated on a fifth.

    It is the sum of three linear maps of a row: `separators`, `contrasts`, and a model that knows
    reviews of other domains. How much the last counts, the temperature, and the share of the rules
    in the reading of whole texts make that fifth most likely. What is known is added and not
    fitted: where the start has seen the rows, a fit would trust it for what it remembers.

    Parameters
    ----------
    texts, labels : sequences of str
        Labels in the spellings of `review_label`; positive and negative must be there.
    start : SentimentModel, optional
        What is known already; the packaged model if not given.

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
    parsed = [parse(text, default_engine()) for text in texts]
    prior = (start or Analyzer.default().sentiment).linear
    held = np.zeros(len(texts), dtype=bool)
    for name in set(known):  # every fifth of each class
        held[np.flatnonzero(np.array(known) == name)[::5]] = True
    part = _Parts.of(taken(examples, ~held), taken(parsed, ~held), prior)
    asked = [whole_statement(text) for text in taken(parsed, held)]
    target = taken(known, held)
    sizes, temperature = part.suited([said.document for said in asked], target)
    trial = part.summed(sizes).with_temperature(temperature)
    share = _share_of_rules(trial, asked, target)
    model = _Parts.of(examples, parsed, prior).summed(sizes)
    return SentimentModel(model.with_temperature(temperature), rules=share)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Linear maps of the same rows: two that were fitted on them, and what was known before."""

    idf: NDArray[np.float32]
    maps: tuple[Map, Map, Map]

    @classmethod
    def of(
        cls, examples: Sequence[Example], parsed: Sequence[Parsed], prior: HashedLinear
    ) -> "_Parts":
        rows, idf, labels, weights = shown(examples, parsed)
        machine = separators(rows, labels, penalty=_PENALTY, weights=weights)
        contrast = contrasts(rows, labels, penalty=_CONTRAST_PENALTY, weights=weights)
        return cls(idf, (machine, contrast, _known(prior, machine.classes)))

    def suited(
        self, documents: Sequence[Document], labels: Sequence[str]
    ) -> tuple[list[float], float]:
        """Size of each map in the sum, and the temperature, that suit texts left out.

        Each of the two fitted maps spreads by 1, the known one by what makes the labels likely.
        """
        counts = hashed_counts(documents, bits=BITS, words=WORDS, chars=CHARS)
        rows = weighted(counts, self.idf)
        values = [one(rows) for one in self.maps]
        spreads = [float(v.std(axis=0).mean()) for v in values]
        units = [1.0 / s if s > 1e-9 else 0.0 for s in spreads]  # what tells nothing adds nothing
        target = np.array([[c == label for c in self.maps[0].classes] for label in labels])
        trials = []
        for known in _KNOWN:
            sizes = [units[0], units[1], known * units[2]]
            total = np.sum([s * v for s, v in zip(sizes, values, strict=True)], axis=0)
            temperature = calibrate(total, target)
            trials.append((_surprise(softmax(total / temperature), target), sizes, temperature))
        _, sizes, temperature = min(trials, key=lambda trial: trial[0])
        return sizes, temperature

    def summed(self, sizes: Sequence[float]) -> HashedLinear:
        """One linear model of the maps by their sizes, always with a neutral class."""
        pairs = list(zip(sizes, self.maps, strict=True))
        coefficients = np.sum([size * one.coefficients for size, one in pairs], axis=0)
        intercepts = np.sum([size * one.intercepts for size, one in pairs], axis=0)
        found = Map(self.maps[0].classes, coefficients, intercepts)
        return _three_classes(hashed(found, self.idf, words=WORDS, chars=CHARS))


def _known(prior: HashedLinear, classes: tuple[str, ...]) -> Map:
    """What a model of three classes says of some of them, beside their mean."""
    columns = [prior.labels.index(name) for name in classes]
    coefficients = prior.codes[:, columns].astype(np.float64) * prior.scales[columns]
    coefficients -= coefficients.mean(axis=1, keepdims=True)
    return Map(classes, coefficients, np.zeros(len(classes)))


def _share_of_rules(
    model: HashedLinear, asked: Sequence[Statement], labels: Sequence[str]
) -> float:
    """Share of the rules that makes the classes of whole texts left out most likely."""
    target = np.array([[name == label for name in LABELS] for label in labels])
    plain = model.probabilities([said.document for said in asked])
    moved = corrected(plain, asked, Trust())
    losses = {share: _surprise(between(plain, moved, share), target) for share in _SHARES}
    return min(losses, key=losses.__getitem__)


def _surprise(probabilities: Floats, target: NDArray[np.bool_]) -> float:
    """Mean surprise of the classes of each row."""
    return -float(np.log(np.maximum(probabilities[target], 1e-12)).mean())


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
