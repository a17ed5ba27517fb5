"""Sentiment of a sentence: reviews as opinions, course introductions as exposition."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.calibration import calibrate
from nlp.engines import default_engine
from nlp.hashing import Grams
from nlp.linear import HashedLinear
from nlp.linear_fit import hashed, separators
from nlp.metrics import area_under_curve, expected_calibration_error, macro_f1
from nlp.parsed import Parsed, parse
from nlp.sentiment import LABELS, SentimentModel, sentence_statements, whole_statement
from nlp.training.examples import (
    CHARS,
    COURSE_SETS,
    WORDS,
    Example,
    lexicon_examples,
    read_examples,
    shown,
    taken,
)

_PENALTY = 0.5
_PRAISE = 0.25  # mean reading over sentences


@dataclass(frozen=True, eq=False)
class Apart:
    """A packaged model fitted without a fold of the texts, and that fold.

    Attributes
    ----------
    model : SentimentModel
        Calibrated on the texts of the fold.
    examples, parsed : lists
        Those texts.
    """

    model: SentimentModel
    examples: list[Example]
    parsed: list[Parsed]


def fit_apart(examples: Sequence[Example], parsed: Sequence[Parsed], *, fold: int = 0) -> Apart:
    """Fit on what is not of the fold (`Example.fold`), calibrate on what is."""
    held = np.array([example.fold == fold for example in examples])
    trained = _fit_packaged(taken(examples, ~held), taken(parsed, ~held))
    kept, texts = taken(examples, held), taken(parsed, held)
    target = np.array([LABELS.index(example.label) for example in kept])
    decisions = trained.decision(Grams([text.document() for text in texts]))
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
    model = _fit_packaged(examples, parsed)
    return SentimentModel(model.with_temperature(apart.model.linear.temperature)), figures


def _fit_packaged(examples: Sequence[Example], parsed: Sequence[Parsed]) -> HashedLinear:
    """Fit without course reviews that say the opposite of their stars, and with the lexicon."""
    kept = np.array(
        [
            not (e.label == "negative" and e.source in COURSE_SETS and _praises(text))
            for e, text in zip(examples, parsed, strict=True)
        ]
    )
    told = lexicon_examples()
    texts = taken(parsed, kept) + [parse(e.text, default_engine()) for e in told]
    rows, idf, labels, weights = shown([*taken(examples, kept), *told], texts)
    found = separators(rows, labels, penalty=_PENALTY, weights=weights)
    return hashed(found, idf, words=WORDS, chars=CHARS)


def _praises(parsed: Parsed) -> bool:
    """Say whether the rules read praise: one star in twenty was meant to be five."""
    readings = [statement.reading for statement in sentence_statements(parsed)]
    return sum(r.plain + r.sure for r in readings) > _PRAISE * len(readings)


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
