"""Models that give a text several labels: who takes part, and the figures of their answers."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.engines import default_engine
from nlp.evaluation.measured import Weights
from nlp.evaluation.rivals import jieba_words, tfidf
from nlp.labels import with_beginnings
from nlp.parsed import parse
from nlp.topics import TopicModel

LEAST = 0.5  # probability of a label that is given
_BINS = 10

LabelSets = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Labelling:
    """Labels a model gives a text, and the probability of each it knows, if it says any."""

    labels: frozenset[str]
    probabilities: Mapping[str, float] | None = None


Labeller = Callable[[Sequence[str]], list[Labelling]]


def labels_with(model: TopicModel) -> Labeller:
    """Labels of a fitted model: those of probability 1/2 and more."""

    def predict(texts: Sequence[str]) -> list[Labelling]:
        rows = model.probabilities([parse(text, default_engine()) for text in texts])
        return [
            Labelling(
                frozenset(model.labels[i] for i in np.flatnonzero(row >= LEAST).tolist()),
                dict(zip(model.labels, row.tolist(), strict=True)),
            )
            for row in rows
        ]

    return predict


def fit_topics(texts: Sequence[str], labels: LabelSets) -> Labeller:
    """Ours, fitted on the labels that at least two texts have."""
    return labels_with(TopicModel.fit(texts, _frequent(labels)))


def fit_svm(texts: Sequence[str], labels: LabelSets) -> Labeller:
    """Tf-idf of words and characters with a linear SVM for each label."""
    from sklearn.svm import LinearSVC

    return _one_each(LinearSVC(C=1.0, random_state=0), texts, labels)


def fit_naive_bayes(texts: Sequence[str], labels: LabelSets) -> Labeller:
    """Naive Bayes on counts of words, for each label."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB

    counts = CountVectorizer(tokenizer=jieba_words, token_pattern=None, ngram_range=(1, 2))
    return _one_each(MultinomialNB(alpha=0.1), texts, labels, counts)


def fit_majority(texts: Sequence[str], labels: LabelSets) -> Labeller:
    """The most frequent set of labels, whatever the text."""
    sets = Counter(frozenset(names) for names in labels)
    most = min(sets, key=lambda names: (-sets[names], sorted(names)))
    shares = {
        name: sum(name in names for names in labels) / len(labels)
        for name in sorted({name for names in labels for name in names})
    }
    return lambda asked: [Labelling(most, shares)] * len(asked)


def _one_each(
    model: Any, texts: Sequence[str], labels: LabelSets, features: Any = None
) -> Labeller:
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.preprocessing import MultiLabelBinarizer

    binary = MultiLabelBinarizer()
    target = binary.fit_transform(_frequent(labels))
    read = features or make_union(tfidf(words=True), tfidf(words=False))
    fitted = make_pipeline(read, OneVsRestClassifier(model)).fit(texts, target)

    def predict(asked: Sequence[str]) -> list[Labelling]:
        found = binary.inverse_transform(fitted.predict(asked))
        if not hasattr(model, "predict_proba"):
            return [Labelling(frozenset(names)) for names in found]
        rows = fitted.predict_proba(asked)
        return [
            Labelling(frozenset(names), dict(zip(binary.classes_, row.tolist(), strict=True)))
            for names, row in zip(found, rows, strict=True)
        ]

    return predict


def _frequent(labels: LabelSets) -> list[tuple[str, ...]]:
    counts = Counter(name for names in labels for name in set(names))
    return [tuple(name for name in names if counts[name] > 1) for names in labels]


class SetJudge:
    """Figures of labellings by weights of the rows; rows not asked about have none.

    Where labels are paths, each beginning of a path is a label too.

    micro F1   = 2 hits / (given + there) over all labels of all rows
    macro F1   = mean of the F1 of each label that is there
    subset accuracy: the share of rows whose labels are all right
    ece        = gap of the probability of the labels given, Π max(p, 1 - p), and subset accuracy
    label_ece  = gap of the probability of a label and its share, over all labels of all rows
    """

    def __init__(
        self, answers: Sequence[Labelling], labels: LabelSets, rows: NDArray[np.bool_]
    ) -> None:
        self.rows = rows
        wanted = [with_beginnings(names) for names in labels]
        given = [with_beginnings(answer.labels) for answer in answers]
        names = sorted({name for found in (*wanted, *given) for name in found})
        number = {name: i for i, name in enumerate(names)}
        self.target, self.found = _matrix(wanted, number), _matrix(given, number)
        self.exact = (self.target == self.found).all(axis=1)
        self.confidence: NDArray[np.float64] | None = None
        if all(answer.probabilities is not None for answer in answers):
            p = np.zeros(self.target.shape)
            for row, answer in enumerate(answers):
                for name, value in (answer.probabilities or {}).items():
                    if name in number:  # a label nobody has or gets cannot be wrong by much
                        p[row, number[name]] = value
            self.probability = p
            self.confidence = np.maximum(p, 1.0 - p).prod(axis=1)

    def __call__(self, weights: Weights) -> dict[str, float]:
        """Figures of the rows, each as often as its weight says."""
        own = weights[self.rows].astype(np.float64)
        hits, given, there = own @ (self.target & self.found), own @ self.found, own @ self.target
        known = there > 0
        total = own.sum()
        both = given.sum() + there.sum()
        return {
            "micro_f1": float(2 * hits.sum() / both) if both else float("nan"),
            "macro_f1": float((2 * hits[known] / (given + there)[known]).mean())
            if known.any()
            else float("nan"),
            "subset_accuracy": float(own @ self.exact / total) if total else float("nan"),
            "ece": self._ece(own),
            "label_ece": self._label_ece(own),
            "coverage": float(own @ self.found.any(axis=1) / total) if total else float("nan"),
        }

    def _ece(self, own: NDArray[np.float64]) -> float:
        if self.confidence is None or not own.sum():
            return float("nan")
        return _gap(self.confidence, self.exact, own)

    def _label_ece(self, own: NDArray[np.float64]) -> float:
        if self.confidence is None or not own.sum():
            return float("nan")
        each = np.repeat(own, self.target.shape[1])
        return _gap(self.probability.ravel(), self.target.ravel(), each)


def _gap(said: NDArray[np.float64], true: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    bucket = np.minimum((said * _BINS).astype(np.int64), _BINS - 1)
    gap = np.bincount(bucket, weights=weights * (said - true), minlength=_BINS)
    return float(np.abs(gap).sum() / weights.sum())


def _matrix(sets: Sequence[Sequence[str]], number: Mapping[str, int]) -> NDArray[np.bool_]:
    found = np.zeros((len(sets), len(number)), dtype=bool)
    for row, names in enumerate(sets):
        found[row, [number[name] for name in names]] = True
    return found
