"""The walk from a labelled file to a text model with honest figures."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp import TrainingDataError
from nlp.evaluation import Contestant, compare
from nlp.evaluation.classifiers import sentiment_of, topic_contestants, topics_of
from nlp.labels import Labels
from nlp.sentiment import LABELS
from nlp.topics import TopicModel
from nlp.training.reviews import fit_reviews, review_label
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
        Lines ``{"text", "label"}``; of topics also with several ``labels``.
    folds, seed : int
        Of the cross-validation.

    Raises
    ------
    TrainingDataError
        If there is nothing to learn from these rows.
    """
    read = read_labelled(path)
    texts = [row.text for row in read.good]
    labels = labels_of(kind, read.good)
    many = has_several(labels)
    contestant = _contestant(kind, binary="neutral" not in labels, many=many)
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
        model = fit_reviews(texts, [str(label) for label in labels])
        names = tuple(name for name in LABELS if name in labels)
    progress(1.0)
    kept = _FIGURES["several" if many else kind]
    figures = {name: number(measured.figures[name]) for name in kept}
    data = {
        "n": len(texts),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "folds": folds,
        "seed": seed,
    }
    return Trained(kind, model, names, figures, data, read.refused)


_FIGURES = {
    "sentiment": ("accuracy", "macro_f1", "ece", "auc"),
    "topics": ("accuracy", "macro_f1", "ece", "coverage", "accuracy_answered"),
    "several": ("micro_f1", "macro_f1", "subset_accuracy", "ece", "label_ece", "coverage"),
}


def labels_of(kind: Kind, rows: Sequence[LabelledText], *, many: bool = False) -> Labels:
    """One label a text, or, of topics, label sets if a text has several or `many` says so.

    Raises
    ------
    TrainingDataError
        If a text has several sentiments, or one that is not known.
    """
    if kind == "topics" and (many or any(len(_set(row.label)) > 1 for row in rows)):
        return [_set(row.label) for row in rows]
    single = [_single(row.label) for row in rows]
    return single if kind == "topics" else [review_label(label) for label in single]


def has_several(labels: Labels) -> bool:
    """Say whether these are label sets."""
    return bool(labels) and not isinstance(labels[0], str)


def number(value: float) -> float | None:
    """Four digits of a figure; ``None`` if it is not known.

    Examples
    --------
    >>> number(0.123456), number(float("nan"))
    (0.1235, None)
    """
    return None if value != value else round(value, 4)


def _set(label: Label) -> tuple[str, ...]:
    return (label,) if isinstance(label, str) else tuple(dict.fromkeys(label))


def _single(label: Label) -> str:
    names = _set(label)
    if len(names) > 1:
        raise TrainingDataError(f"a text with the labels {list(names)}", "one label a text")
    return names[0]


def _contestant(kind: Kind, *, binary: bool, many: bool) -> Contestant:
    if many:
        return topic_contestants(many=True)[0]
    if kind == "topics":
        return Contestant("zhiying", lambda texts, y: topics_of(TopicModel.fit(texts, y)))
    return Contestant(
        "zhiying", lambda texts, y: sentiment_of(fit_reviews(texts, y), binary=binary, whole=True)
    )
