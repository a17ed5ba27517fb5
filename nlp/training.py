"""Train the packaged models from files of labelled text.

    python -m nlp.training DATA -o nlp/data [--only subject|sentiment]

prints the figures of the model cards as JSON.

Reading and writing stand here and nowhere else in `nlp`: this module is called by a person
(through the command line), never by `analyze`. No text of the data enters a model: what is
kept are coefficients of hashed n-grams.

The data folder holds the sets named in docs/model-cards/, each ``{"text", "label"}`` lines.
"""

import argparse
import json
import logging
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from nlp import linear, sentiment, topics
from nlp.linear import Document, Floats
from nlp.parsed import Parsed, parse
from nlp.sentiment import LABELS, SentimentModel, Statement
from nlp.text import sentences
from nlp.tokens import default_engine
from nlp.topics import TopicModel

logger = logging.getLogger(__name__)
_T = TypeVar("_T")

_BITS, _WORDS, _CHARS = 17, 2, 3
_PENALTY = 0.5
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
_COURSE_WEIGHT = {"positive": 1.0, "negative": 4.0}


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def save(arrays: Mapping[str, NDArray[np.generic]], path: Path) -> None:
    """Write named arrays as one compressed file without pickle."""
    if any(array.dtype.hasobject for array in arrays.values()):
        raise TypeError("arrays of objects cannot be stored without pickle")
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def expected_calibration_error(
    probabilities: Floats, target: NDArray[np.int64], *, bins: int = 10
) -> float:
    """Mean gap between confidence and accuracy, over bins of equal width.

    Examples
    --------
    >>> expected_calibration_error(np.array([[0.5, 0.5], [0.5, 0.5]]), np.array([0, 1]))
    0.0
    """
    best = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == target
    bucket = np.minimum((best * bins).astype(np.int64), bins - 1)
    gaps = [
        abs(float(best[bucket == b].mean()) - float(right[bucket == b].mean()))
        * float((bucket == b).mean())
        for b in range(bins)
        if (bucket == b).any()
    ]
    return float(sum(gaps))


def macro_f1(predicted: NDArray[np.int64], target: NDArray[np.int64]) -> float:
    """Unweighted mean over the classes of `target` of their F1."""
    scores = []
    for label in np.unique(target):
        hits = float(((predicted == label) & (target == label)).sum())
        scores.append(2 * hits / float((predicted == label).sum() + (target == label).sum()))
    return sum(scores) / len(scores)


# --- subject ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SubjectData:
    """Course titles with their subject, and the sets that only help."""

    texts: list[str]
    labels: list[str]
    auxiliary: list[tuple[list[str], list[str]]]


def read_subject(data: Path) -> SubjectData:
    """Titles of ``icourse163_titles``, with the CSL sets as auxiliary taxonomies."""
    rows = list(read_jsonl(data / "icourse163_titles" / "dev.jsonl"))
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["label"]] = counts.get(row["label"], 0) + 1
    rows = [row for row in rows if counts[row["label"]] >= 10]  # drops 音乐与舞蹈: 5 titles
    disciplines: tuple[list[str], list[str]] = ([], [])
    for row in read_jsonl(data / "kw_csl" / "dev.jsonl"):
        for text in (row["title"], " ".join(row["keywords"])):
            _add(disciplines, text, row["discipline"])
    for row in read_jsonl(data / "topic_csldcp" / "dev.jsonl"):
        _add(disciplines, row["text"], row["label"])
        for sentence in sentences(row["text"])[:3]:
            _add(disciplines, sentence.text[:60], row["label"])
    categories: tuple[list[str], list[str]] = ([], [])
    for row in read_jsonl(data / "topic_csl_category" / "dev.jsonl"):
        _add(categories, row["text"], row["label"])
    return SubjectData(
        [row["text"] for row in rows], [row["label"] for row in rows], [disciplines, categories]
    )


def _add(side: tuple[list[str], list[str]], text: str, label: str) -> None:
    side[0].append(text)
    side[1].append(label)


def train_subject(data: Path) -> tuple[TopicModel, dict[str, float]]:
    """Model of the `subject` taxonomy, and its figures from 5-fold cross-validation."""
    rows = read_subject(data)
    labels, decisions = topics.out_of_fold(rows.texts, rows.labels, auxiliary=rows.auxiliary)
    model = TopicModel.fit(rows.texts, rows.labels, auxiliary=rows.auxiliary)
    number = {label: i for i, label in enumerate(labels)}
    target = np.array([number[label] for label in rows.labels])
    predicted = decisions.argmax(axis=1)
    p = linear.softmax(decisions / model.classifier.temperature)
    return model, {
        "n": len(target),
        "accuracy": float((predicted == target).mean()),
        "macro_f1": macro_f1(predicted, target),
        "ece": expected_calibration_error(p, target),
        "answered": float((p.max(axis=1) >= topics.UNSURE).mean()),
        "accuracy_answered": float((predicted == target)[p.max(axis=1) >= topics.UNSURE].mean()),
    }


# --- sentiment -------------------------------------------------------------------------


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
    trained = _fit_sentiment(_take(examples, ~held), _take(parsed, ~held))
    kept_examples, kept = _take(examples, held), _take(parsed, held)
    statements = [_whole(p) for p in kept]
    target = np.array([LABELS.index(e.label) for e in kept_examples])
    temperature = linear.calibrate(
        trained.linear.decision([s.document for s in statements]), target
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
    model = _fit_sentiment(examples, parsed)
    return SentimentModel(model.linear.with_temperature(temperature)), figures


def _take(values: Sequence[_T], mask: NDArray[np.bool_]) -> list[_T]:
    return [v for v, keep in zip(values, mask.tolist(), strict=True) if keep]


def _whole(parsed: Parsed) -> Statement:
    return sentiment.statement(parsed.normalized.text, 0, parsed.words)


def _fit_sentiment(examples: Sequence[Example], parsed: Sequence[Parsed]) -> SentimentModel:
    """Fit on whole reviews and on the sentences of those that have several."""
    documents: list[Document] = []
    labels: list[str] = []
    weights: list[float] = []
    for example, text in zip(examples, parsed, strict=True):
        documents.append(_whole(text).document)
        labels.append(example.label)
        weights.append(example.weight)
        if 1 < len(text.sentences) <= 4:
            for sentence, words in zip(text.sentences, text.sentence_words, strict=True):
                documents.append(sentiment.statement(sentence.text, sentence.start, words).document)
                labels.append(example.label)
                weights.append(example.weight / len(text.sentences))
    counts = linear.hashed_counts(documents, bits=_BITS, words=_WORDS, chars=_CHARS)
    model = linear.fit(
        counts, labels, words=_WORDS, chars=_CHARS, penalty=_PENALTY, weights=np.array(weights)
    )
    return SentimentModel(model)


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


def area_under_curve(pairs: Sequence[tuple[float, bool]]) -> float:
    """Probability that a good text scores above a bad one; a tie counts half.

    Examples
    --------
    >>> area_under_curve([(0.9, True), (0.2, False), (0.2, True)])
    0.75
    """
    good = np.array([score for score, is_good in pairs if is_good])
    bad = np.sort([score for score, is_good in pairs if not is_good])
    if not len(good) or not len(bad):
        return float("nan")
    below = np.searchsorted(bad, good, side="left") + np.searchsorted(bad, good, side="right")
    return float(below.mean() / (2 * len(bad)))


class Storable(Protocol):
    """A model that is a set of named arrays."""

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays of the model."""


TRAINERS: dict[str, Callable[[Path], tuple[Storable, dict[str, float]]]] = {
    "subject": train_subject,
    "sentiment": train_sentiment,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, store and report: what ``python -m nlp.training`` runs."""
    parser = argparse.ArgumentParser(prog="python -m nlp.training")
    parser.add_argument("data", type=Path, help="folder of the data sets")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder for the models")
    parser.add_argument("--only", choices=sorted(TRAINERS), help="train this model alone")
    options = parser.parse_args(arguments)
    for name in [options.only] if options.only else sorted(TRAINERS):
        model, figures = TRAINERS[name](options.data)
        save(model.to_arrays(), options.output / f"{name}.npz")
        rounded = {key: round(value, 4) for key, value in figures.items()}
        sys.stdout.write(json.dumps({"model": name, **rounded}, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
