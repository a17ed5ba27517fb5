"""Classifiers side by side: held-out answers by fold or on a test set, then figures."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.errors import TrainingDataError
from nlp.evaluation.classifiers import Answer, Contestant
from nlp.evaluation.measured import N_RESAMPLES, Judged, Measured, Weights, measure
from nlp.evaluation.several import SetJudge
from nlp.labels import Labels

Progress = Callable[[float], None]
_BINS = 10


@dataclass(frozen=True)
class HeldSet:
    """Labelled texts to judge on, apart from those to fit on."""

    texts: Sequence[str]
    labels: Labels


def compare(
    contestants: Sequence[Contestant],
    texts: Sequence[str],
    labels: Labels,
    *,
    test: HeldSet | None = None,
    folds: int = 5,
    seed: int = 0,
    limit: int = 500,
    reference: str | None = "zhiying",
    n_resamples: int = N_RESAMPLES,
    progress: Progress = lambda share: None,
) -> list[Measured]:
    """Judge each model on rows it was not fitted on.

    Parameters
    ----------
    contestants : sequence of Contestant
    texts : sequence of str
        To fit on; and to judge on by `folds` if there is no `test`.
    labels : sequence of str, or of tuples of str
        The label of each, or its labels; contestants and `test` must be of the same kind.
    test : TestSet, optional
        Rows to judge on.
    folds : int
        Stratified folds, the same for all models.
    seed : int
        Of the folds, of the sample for slow models, and of the bootstrap.
    limit : int
        Rows that slow models are asked about.

    Returns
    -------
    list of Measured
        With accuracy, macro F1 over the labels there are, AUC of polarity (NaN unless the
        labels are positive and negative), ECE of the confidence (NaN if the model says
        none), coverage, and accuracy where it answered; with several labels a text, the
        figures of `SetJudge`.

    Raises
    ------
    TrainingDataError
        If the rows cannot be split so.
    """
    fold = None if test is not None else fold_numbers(labels, folds, seed)
    judged_texts, judged_labels = (texts, labels) if test is None else (test.texts, test.labels)
    n = len(judged_texts)
    if not n:
        raise TrainingDataError("no row to judge on", "at least one")
    found = []
    for done, one in enumerate(contestants):
        rows = np.ones(n, dtype=bool)
        if one.slow and n > limit:
            rows[:] = False
            rows[np.random.default_rng(seed).choice(n, size=limit, replace=False)] = True

        def tell(share: float, done: int = done) -> None:
            progress((done + share) / len(contestants))

        answers, seconds = _held_out(one, texts, labels, judged_texts, fold, rows, tell)
        asked: list[Any] = [judged_labels[i] for i in np.flatnonzero(rows).tolist()]
        many = not isinstance(asked[0], str)
        judge = (SetJudge if many else _Judge)(answers, asked, rows)
        found.append(Judged(one.name, one.params, rows, judge, seconds))
    return measure(found, seed=seed, reference=reference, n_resamples=n_resamples)


def fold_numbers(labels: Labels, folds: int, seed: int) -> NDArray[np.int64]:
    """Fold of each row: rows of one label, in a seeded order, take the folds in turn.

    Of several labels, the rarest counts.

    Raises
    ------
    TrainingDataError
        If there are fewer than two labels or folds, or a label has fewer than two rows.
    """
    often = Counter(name for label in labels for name in _names(label))
    strata = [min(_names(label), key=lambda name: (often[name], name)) for label in labels]
    array = np.array(strata, dtype=np.str_)
    names = np.unique(array)
    counts = np.array([often[name] for name in names.tolist()])
    if folds < 2:
        raise TrainingDataError(f"{folds} folds", "at least two")
    if len(often) < 2:
        raise TrainingDataError(f"the labels {sorted(often)}", "at least two")
    if counts.min() < 2:
        rare = str(names[counts.argmin()])
        raise TrainingDataError(f"one text of the label {rare!r}", "at least two of each")
    rng = np.random.default_rng(seed)
    fold = np.empty(len(labels), dtype=np.int64)
    start = 0
    for name in names:
        rows = rng.permutation(np.flatnonzero(array == name))
        fold[rows] = (start + np.arange(len(rows))) % folds
        start += len(rows)  # small labels do not all fill the first folds
    return fold


def _names(label: str | tuple[str, ...]) -> tuple[str, ...]:
    return (label,) if isinstance(label, str) else label


def _held_out(
    one: Contestant,
    texts: Sequence[str],
    labels: Labels,
    judged_texts: Sequence[str],
    fold: NDArray[np.int64] | None,
    rows: NDArray[np.bool_],
    progress: Progress,
) -> tuple[list[Any], dict[str, float]]:
    """Answers to the `rows` asked about, in order; seconds of fitting and texts a second."""
    if fold is None or not one.trained:
        parts = [(np.arange(len(texts)), np.flatnonzero(rows))]
    else:
        parts = [
            (np.flatnonzero(fold != k), np.flatnonzero((fold == k) & rows))
            for k in range(int(fold.max()) + 1)
        ]
    answers: dict[int, Any] = {}
    fit_s = predict_s = 0.0
    for done, (inside, asked) in enumerate(parts):
        progress(done / len(parts))
        started = time.perf_counter()
        kept = inside.tolist()
        predict = one.fit([texts[i] for i in kept], [labels[i] for i in kept])
        fitted = time.perf_counter()
        found = predict([judged_texts[i] for i in asked.tolist()])
        predict_s += time.perf_counter() - fitted
        fit_s += fitted - started
        answers.update(zip(asked.tolist(), found, strict=True))
    seconds = {
        "fit_s": fit_s if one.trained else 0.0,
        "texts_per_s": len(answers) / max(predict_s, 1e-9),
    }
    return [answers[i] for i in sorted(answers)], seconds


class _Judge:
    """Figures of answers by weights of the rows; rows not asked about have no answer."""

    def __init__(
        self, answers: Sequence[Answer], labels: Sequence[str], rows: NDArray[np.bool_]
    ) -> None:
        self.rows = rows
        names = sorted({*labels, *(a.label for a in answers)})
        number = {name: i for i, name in enumerate(names)}
        self.size = len(names)
        self.target = np.array([number[label] for label in labels], dtype=np.int64)
        self.found = np.array([number[a.label] for a in answers], dtype=np.int64)
        self.right = self.target == self.found
        self.answered = np.array([a.answered for a in answers], dtype=bool)
        self.confidence = np.array([a.confidence for a in answers])
        self.polarity = np.array([a.polarity for a in answers])
        self.order = np.argsort(self.polarity, kind="stable")
        self.good = np.array([label == "positive" for label in labels], dtype=bool)
        self.opinion = self.good | np.array([label == "negative" for label in labels], dtype=bool)

    def __call__(self, weights: Weights) -> dict[str, float]:
        own = weights[self.rows].astype(np.float64)
        return {
            "accuracy": _share(own, self.right),
            "macro_f1": self._macro_f1(own),
            "auc": self._auc(own),
            "ece": self._ece(own),
            "coverage": _share(own, self.answered),
            "accuracy_answered": _share(own * self.answered, self.right),
        }

    def _macro_f1(self, own: NDArray[np.float64]) -> float:
        hits = np.bincount(self.target, weights=own * self.right, minlength=self.size)
        there = np.bincount(self.target, weights=own, minlength=self.size)
        given = np.bincount(self.found, weights=own, minlength=self.size)
        known = there > 0
        return float((2 * hits[known] / (there + given)[known]).mean()) if known.any() else np.nan

    def _ece(self, own: NDArray[np.float64]) -> float:
        if np.isnan(self.confidence).any() or not own.sum():
            return float("nan")
        bucket = np.minimum((self.confidence * _BINS).astype(np.int64), _BINS - 1)
        gap = np.bincount(bucket, weights=own * (self.confidence - self.right), minlength=_BINS)
        return float(np.abs(gap).sum() / own.sum())

    def _auc(self, own: NDArray[np.float64]) -> float:
        """Weighted share of (good, bad) pairs in the right order; a tie counts half."""
        if np.isnan(self.polarity).any():
            return float("nan")
        w = (own * self.opinion)[self.order]
        values = self.polarity[self.order]
        good = w * self.good[self.order]
        bad = w - good
        _, group = np.unique(values, return_inverse=True)
        good_of, bad_of = np.bincount(group, weights=good), np.bincount(group, weights=bad)
        pairs = good.sum() * bad.sum()
        if not pairs:
            return float("nan")
        below = np.cumsum(bad_of) - bad_of
        return float((good_of * (below + bad_of / 2)).sum() / pairs)


def _share(weights: NDArray[np.float64], chosen: NDArray[np.bool_]) -> float:
    total = weights.sum()
    return float((weights * chosen).sum() / total) if total else float("nan")
