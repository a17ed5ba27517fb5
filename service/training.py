"""The walk from a labelled file to a text model with honest figures."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp import TrainingDataError
from nlp.evaluation import Contestant, compare
from nlp.evaluation.classifiers import sentiment_of, topics_of
from nlp.sentiment import LABELS
from nlp.topics import TopicModel
from nlp.training.sentiment import fit_reviews, review_label
from service.files import FileFormatError
from service.labelled import Label, LabelledText, read_labelled
from service.text_models import Kind, TextModel

_FITTING = 0.15  # share of the progress that the last fit is


@dataclass(frozen=True)
class Trained:
    """A model, its cross-validated figures, and what of the file was not used."""

    kind: Kind
    model: TextModel
    labels: tuple[str, ...]
    figures: Mapping[str, float | None]
    data: Mapping[str, Any]
    refused: Sequence[FileFormatError]


def train(
    kind: Kind,
    path: Path,
    *,
    folds: int = 5,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> Trained:
    """Cross-validate on a labelled file, then fit on all of it; deterministic.

    Parameters
    ----------
    kind : str
        ``"topics"`` or ``"sentiment"``.
    path : Path
        Lines ``{"text", "label"}``.
    folds, seed : int
        Of the cross-validation.

    Raises
    ------
    TrainingDataError
        If there is nothing to learn from these rows.
    """
    read = read_labelled(path)
    if not read.good:
        raise TrainingDataError(f"no usable line in {path.name}", 'lines {"text", "label"}')
    texts = [row.text for row in read.good]
    labels = labels_of(kind, read.good)
    contestant = _contestant(kind, binary="neutral" not in labels)
    measured = compare(
        [contestant],
        texts,
        labels,
        folds=folds,
        seed=seed,
        n_resamples=0,
        progress=lambda share: progress((1 - _FITTING) * share),
    )[0]
    progress(1 - _FITTING)
    model: TextModel
    if kind == "topics":
        model = TopicModel.fit(texts, labels)
        names = model.labels
    else:
        model = fit_reviews(texts, labels)
        names = tuple(name for name in LABELS if name in labels)
    progress(1.0)
    kept = ("accuracy", "macro_f1", "ece", "auc") if kind == "sentiment" else _TOPIC_FIGURES
    figures = {name: number(measured.figures[name]) for name in kept}
    data = {
        "n": len(texts),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "folds": folds,
        "seed": seed,
    }
    return Trained(kind, model, names, figures, data, read.refused)


_TOPIC_FIGURES = ("accuracy", "macro_f1", "ece", "coverage", "accuracy_answered")


def labels_of(kind: Kind, rows: Sequence[LabelledText]) -> list[str]:
    """One label a text, in one spelling. Raises `TrainingDataError` naming the row."""
    single = [_single(row.label) for row in rows]
    return single if kind == "topics" else [review_label(label) for label in single]


def number(value: float) -> float | None:
    """Four digits of a figure; ``None`` if it is not known.

    Examples
    --------
    >>> number(0.123456), number(float("nan"))
    (0.1235, None)
    """
    return None if value != value else round(value, 4)


def _single(label: Label) -> str:
    if isinstance(label, str):
        return label
    if len(label) > 1:
        raise TrainingDataError(f"a text with the labels {list(label)}", "one label a text")
    return label[0]


def _contestant(kind: Kind, *, binary: bool) -> Contestant:
    if kind == "topics":
        return Contestant("zhiying", lambda texts, y: topics_of(TopicModel.fit(texts, y)))
    return Contestant(
        "zhiying", lambda texts, y: sentiment_of(fit_reviews(texts, y), binary=binary)
    )
