"""Sentiment of a sentence: reviews as opinions, course introductions as exposition."""

import random
from collections.abc import Iterable, Iterator, Sequence
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
from nlp.hashing import Document, Grams, hashed_counts, inverse_document_frequency, weighted
from nlp.labels import members
from nlp.linear import HashedLinear, sized
from nlp.metrics import area_under_curve, expected_calibration_error, macro_f1
from nlp.parsed import Parsed, parse
from nlp.sentiment import LABELS, SentimentModel, sentence_statements, whole_statement
from nlp.text import sentences
from nlp.training.files import read_jsonl

_T = TypeVar("_T")

_WORDS, _CHARS = 2, 3
_REVIEW_SETS = (
    "senti_chnsenticorp",
    "senti_htl",
    "senti_nlpcc14",
    "senti_shopping10",
    "senti_waimai",
)
_COURSE_SETS = ("icourse163_cs", "netease_study")
_MAX_REVIEW = 200
_PER_SET = 8_000
_NEUTRAL = 24_000
_DIRECTION_SIZE = 0.2  # length of the projections beside the unit row; .1 to .8 are as good
_NEVER = -1e4  # decision value of a class that was not learned
_COURSE_WEIGHT = {"positive": 1.0, "negative": 4.0}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How reviews are fitted: see `nlp.linear_fit.fit`.

    Attributes
    ----------
    sentences : int
        Texts of up to so many sentences are also learned sentence by sentence,
    share : float
        which weigh so much together beside their text.
    prior : bool
        Whether the fit starts from what the packaged model knows of opinion.
    """

    bits: int
    penalty: float
    bayes: float
    sentences: int
    share: float
    prior: bool = False


# Naive Bayes helps in one domain and hurts over several: its classes differ in domain as well.
_PACKAGED = Recipe(bits=19, penalty=0.5, bayes=0.0, sentences=4, share=1.0)
_DOMAIN = Recipe(bits=19, penalty=1.0, bayes=1.0, sentences=100, share=1.0, prior=True)


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its class, its weight in the fit, and the set it came from."""

    text: str
    label: str
    weight: float
    source: str


def read_sentiment(data: Path, *, seed: int = 0) -> list[Example]:
    """Reviews as opinions, sentences of course introductions and abstracts as exposition."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    found: list[Example] = []
    for name in _REVIEW_SETS:
        rows = list(read_jsonl(data / name / "dev.jsonl"))
        rng.shuffle(rows)
        for row in rows[:_PER_SET]:
            label = "positive" if row["label"] == 1 else "negative"
            found.append(Example(row["text"][:_MAX_REVIEW], label, 1.0, name))
    for name in _COURSE_SETS:
        for row in read_jsonl(data / name / "reviews.jsonl"):
            label = {"pos": "positive", "neg": "negative"}.get(row["label"], "")
            if label:
                weight = _COURSE_WEIGHT[label]
                found.append(Example(row["text"][:_MAX_REVIEW], label, weight, name))
    neutral = list(_exposition(data))
    rng.shuffle(neutral)
    found.extend(Example(text, "neutral", 1.0, name) for name, text in neutral[:_NEUTRAL])
    # Some sets share reviews: without this the held-out fifth would hold texts of the others.
    unique = list({example.text: example for example in found}.values())
    rng.shuffle(unique)
    return unique


def _exposition(data: Path) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for name in ("mooccubex", "icourse163_cs", "netease_study"):
        for row in read_jsonl(data / name / "items.jsonl"):
            if row["text"] in seen:
                continue
            seen.add(row["text"])
            for sentence in sentences(row["text"]):
                if len(sentence.text) >= 6:
                    yield name, sentence.text
    for row in read_jsonl(data / "topic_csldcp" / "dev.jsonl"):
        for sentence in sentences(row["text"])[:2]:
            yield "topic_csldcp", sentence.text[:_MAX_REVIEW]
    for row in read_jsonl(data / "icourse163_titles" / "dev.jsonl"):
        yield "icourse163_titles", row["text"]


def train_sentiment(data: Path) -> tuple[SentimentModel, dict[str, float]]:
    """Train the three-class sentence model; figures from a fifth of the texts held out.

    Returns
    -------
    model, figures
        The model is fitted on all texts, with the temperature of the held-out fit.
        ``accuracy:<set>`` counts a review as right if its polarity is on the right side
        of 0.5; ``neutral:<set>`` counts an introduction as right if its label is neutral.
    """
    examples = read_sentiment(data)
    engine = default_engine()
    parsed = [parse(e.text, engine) for e in examples]
    held = np.arange(len(examples)) % 5 == 0
    trained = _fit_sentiment(_take(examples, ~held), _take(parsed, ~held), _PACKAGED)
    kept_examples, kept = _take(examples, held), _take(parsed, held)
    statements = [whole_statement(p) for p in kept]
    target = np.array([LABELS.index(e.label) for e in kept_examples])
    temperature = calibrate(
        trained.linear.decision(Grams([s.document for s in statements])),
        np.eye(3, dtype=bool)[target],
    )
    trained = SentimentModel(trained.linear.with_temperature(temperature))
    p = trained.probabilities(statements)
    figures = {
        "n": float(len(examples)),
        "accuracy": float((p.argmax(axis=1) == target).mean()),
        "macro_f1": macro_f1(p.argmax(axis=1), target),
        "ece": expected_calibration_error(p, target),
    }
    figures |= _by_set(trained, kept_examples, kept)
    model = _fit_sentiment(examples, parsed, _PACKAGED)
    return SentimentModel(model.linear.with_temperature(temperature)), figures


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


def fit_reviews(texts: Sequence[str], labels: Sequence[str]) -> SentimentModel:
    """Sentiment model of one domain: whole reviews and their sentences, calibrated on a fifth.

    It starts from the packaged model, which knows reviews of other domains.

    Parameters
    ----------
    texts, labels : sequences of str
        Labels in the spellings of `review_label`; positive and negative must be there.

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
    parsed = [parse(text, engine) for text in texts]
    held = np.zeros(len(texts), dtype=bool)
    for name in set(known):  # every fifth of each class
        held[np.flatnonzero(np.array(known) == name)[::5]] = True
    part = _fit_sentiment(_take(examples, ~held), _take(parsed, ~held), _DOMAIN).linear
    target = members([*_take(known, held), *part.labels])[1][: int(held.sum())]
    decisions = part.decision(Grams([whole_statement(p).document for p in _take(parsed, held)]))
    model = _fit_sentiment(examples, parsed, _DOMAIN).linear
    return SentimentModel(_three_classes(model).with_temperature(calibrate(decisions, target)))


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
    examples: Sequence[Example], parsed: Sequence[Parsed], recipe: Recipe
) -> SentimentModel:
    """Fit on whole reviews and on the sentences of those that have several."""
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
        directions=_prior(weighted(counts, idf)) if recipe.prior else None,
    )
    return SentimentModel(model)


def _prior(rows: csr_array) -> NDArray[np.float32]:
    """What the packaged model knows: praise against complaint, and opinion against none."""
    packaged = Analyzer.default().sentiment.linear
    negative, neutral, positive = (packaged.codes * packaged.scales).T
    directions = np.stack([positive - negative, (positive + negative) / 2 - neutral], axis=1)
    return sized(directions, rows, _DIRECTION_SIZE)


def _by_set(
    model: SentimentModel, examples: Sequence[Example], parsed: Iterable[Parsed]
) -> dict[str, float]:
    right: dict[str, list[float]] = {}
    polarity: dict[str, list[tuple[float, bool]]] = {}
    for example, text in zip(examples, parsed, strict=True):
        found = model.judge(text)
        if found is None:
            continue
        if example.label == "neutral":
            right.setdefault(f"neutral:{example.source}", []).append(found.label == "neutral")
        else:
            hit = (found.polarity > 0.5) == (example.label == "positive")
            right.setdefault(f"accuracy:{example.source}", []).append(hit)
            if example.source in _COURSE_SETS:
                right.setdefault(f"{example.label}:{example.source}", []).append(hit)
                pair = (found.polarity, example.label == "positive")
                polarity.setdefault(f"auc:{example.source}", []).append(pair)
    figures = {key: float(np.mean(values)) for key, values in sorted(right.items())}
    return figures | {key: area_under_curve(pairs) for key, pairs in sorted(polarity.items())}
