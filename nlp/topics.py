"""Topics of a text: a calibrated linear classifier that may answer "unsure"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from nlp import linear
from nlp.analysis import TopicProbability
from nlp.engines import Engine, default_engine
from nlp.errors import TrainingDataError
from nlp.linear import Document, Floats, HashedLinear
from nlp.parsed import Parsed, parse

_BITS, _WORDS, _CHARS = 17, 1, 2
_PENALTY = 1.0
_DIRECTION_SIZE = 0.04  # length of the projections beside the unit row; from cross-validation
_FOLDS = 5
SUBJECTS = (
    "农林园艺",
    "医药卫生",
    "外语",
    "工学",
    "心理学",
    "教育教学",
    "文史哲",
    "法学",
    "理学",
    "经济管理",
    "艺术设计",
    "计算机",
)
UNSURE = 0.35  # below this best probability the answer is "unsure"
_LEAST = 0.02  # smaller probabilities are not listed
_MAX_CHARS = 20_000  # topics of a very long text are those of its beginning


def document(parsed: Parsed) -> Document:
    """Return a whole text as the model reads it."""
    text = parsed.normalized.text[:_MAX_CHARS]
    return Document(text, [(w.start, w.end) for w in parsed.words if w.end <= len(text)])


@dataclass(frozen=True, slots=True, eq=False)
class TopicModel:
    """Labels of one taxonomy, and the classifier that gives their probabilities.

    Examples
    --------
    >>> texts = ["微积分与极限", "线性代数与矩阵", "绘画与色彩", "雕塑与造型"] * 4
    >>> model = TopicModel.fit(texts, ["数学", "数学", "艺术", "艺术"] * 4)
    >>> [t.label for t in model.predict(parse("矩阵与微积分", default_engine()))][:1]
    ['数学']
    >>> model.predict(parse("", default_engine()))
    ()
    """

    classifier: HashedLinear

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label the model may give."""
        return self.classifier.labels

    def probabilities(self, parsed: Sequence[Parsed]) -> Floats:
        """Calibrated probability of each label for each text; rows sum to 1."""
        return self.classifier.probabilities([document(p) for p in parsed])

    def predict(
        self, parsed: Parsed, *, title: Parsed | None = None
    ) -> tuple[TopicProbability, ...]:
        """Topics by falling probability, or ``()`` if the model is unsure.

        It is unsure of a text without words, and where no label reaches 0.35.
        Probabilities below 0.02 are left out, so the sum may be below 1. A title counts as
        much as the whole text: the decision values are averaged.
        """
        read = [p for p in (parsed, title) if p is not None and p.sentences]
        if not read:
            return ()
        values = self.classifier.decision([document(p) for p in read]).mean(axis=0, keepdims=True)
        row = linear.softmax(values / self.classifier.temperature)[0]
        if row.max() < UNSURE:
            return ()
        order = np.argsort(-row, kind="stable")
        return tuple(
            TopicProbability(self.labels[i], float(row[i])) for i in order if row[i] >= _LEAST
        )

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        auxiliary: Sequence[tuple[Sequence[str], Sequence[str]]] = (),
        engine: Engine | None = None,
    ) -> "TopicModel":
        """Fit on labelled texts; the calibration is cross-validated inside them.

        Parameters
        ----------
        texts, labels : sequences of str
            One label a text; at least two labels, each with at least two texts.
        auxiliary : sequence of (texts, labels)
            Other labelled sets, of other taxonomies, that may help: the directions that
            separate their labels are offered to the fit.
        engine : Engine, optional
            Segmentation; the default one if not given. Use the same for predicting.

        Raises
        ------
        TrainingDataError
            If a label has a single text, or there are fewer than two labels.
        """
        folds, fitted = _fitted_folds(texts, labels, auxiliary, engine or default_engine())
        number = {label: i for i, label in enumerate(fitted.labels)}
        target = np.array([number[label] for label in labels])
        return cls(fitted.with_temperature(linear.calibrate(folds, target)))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays of the model."""
        return self.classifier.to_arrays()

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "TopicModel":
        """Model of the arrays `to_arrays` gave."""
        return cls(HashedLinear.from_arrays(arrays))


def out_of_fold(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    auxiliary: Sequence[tuple[Sequence[str], Sequence[str]]] = (),
    engine: Engine | None = None,
) -> tuple[tuple[str, ...], Floats]:
    """Labels, and the decision values each text gets from models that have not seen it."""
    folds, fitted = _fitted_folds(texts, labels, auxiliary, engine or default_engine())
    return fitted.labels, folds


def _fitted_folds(
    texts: Sequence[str],
    labels: Sequence[str],
    auxiliary: Sequence[tuple[Sequence[str], Sequence[str]]],
    engine: Engine,
) -> tuple[Floats, HashedLinear]:
    """Out-of-fold decision values, and the model of all texts."""
    if len(texts) != len(labels):
        raise TrainingDataError(f"{len(texts)} texts, {len(labels)} labels", "one label a text")
    smallest = min((labels.count(label) for label in set(labels)), default=0)
    if smallest < 2:
        raise TrainingDataError("a label with fewer than two texts", "at least two texts a label")
    counts = _counts(texts, engine)
    others = [(_counts(side, engine), side_labels) for side, side_labels in auxiliary]
    seen = vstack([counts, *(c for c, _ in others)], format="csr")
    idf = linear.inverse_document_frequency(csr_array(seen))
    directions = _directions(counts, others, idf)
    fold = _fold_numbers(labels, min(_FOLDS, smallest))
    classes = tuple(sorted(set(labels)))
    decisions = np.empty((len(texts), len(classes)))
    for k in range(int(fold.max()) + 1):
        inside = np.flatnonzero(fold != k)
        model = _fit(counts[inside], [labels[i] for i in inside.tolist()], idf, directions)
        held = linear.weighted(csr_array(counts[fold == k]), idf)
        decisions[fold == k] = held @ (model.codes * model.scales) + model.intercepts
    return decisions, _fit(counts, labels, idf, directions)


def _fit(
    counts: csr_array,
    labels: Sequence[str],
    idf: NDArray[np.float32],
    directions: NDArray[np.float32] | None,
) -> HashedLinear:
    return linear.fit(
        counts,
        labels,
        words=_WORDS,
        chars=_CHARS,
        penalty=_PENALTY,
        idf=idf,
        directions=directions,
    )


def _counts(texts: Sequence[str], engine: Engine) -> csr_array:
    documents = [document(parse(text, engine)) for text in texts]
    return linear.hashed_counts(documents, bits=_BITS, words=_WORDS, chars=_CHARS)


def _directions(
    counts: csr_array,
    others: Sequence[tuple[csr_array, Sequence[str]]],
    idf: NDArray[np.float32],
) -> NDArray[np.float32] | None:
    if not others:
        return None
    parts = [
        linear.separators(linear.weighted(other, idf), labels, penalty=0.5)[1]
        for other, labels in others
    ]
    joined = np.hstack(parts)
    spread = float((linear.weighted(counts, idf) @ joined).std())
    return (joined * (_DIRECTION_SIZE / max(spread, 1e-12))).astype(np.float32)


def _fold_numbers(labels: Sequence[str], n_folds: int) -> NDArray[np.int64]:
    """Fold of each row: rows of one label, in a seeded order, take the folds in turn."""
    rng = np.random.default_rng(0)
    fold = np.empty(len(labels), dtype=np.int64)
    array = np.array(labels)
    for label in sorted(set(labels)):
        rows = rng.permutation(np.flatnonzero(array == label))
        fold[rows] = np.arange(len(rows)) % n_folds
    return fold
