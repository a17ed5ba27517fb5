"""Topics of a text: a calibrated linear classifier that may answer "unsure"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp import linear
from nlp.analysis import TopicProbability
from nlp.engines import Engine, default_engine
from nlp.errors import TrainingDataError
from nlp.hashing import (
    Document,
    Floats,
    Grams,
    hashed_counts,
    inverse_document_frequency,
    weighted,
)
from nlp.labels import with_beginnings, with_parents
from nlp.linear import HashedLinear, Labels
from nlp.parsed import Parsed, parse
from nlp.prior import default_prior

_DIRECTION_SIZE = 0.08  # length of the projections beside the unit row; from cross-validation
_KNOWN = 0.5  # weight of a known text beside a labelled one
_FOLDS, _MANY_FOLDS = 5, 3
_MANY = 3_000  # texts from which three folds calibrate well enough
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
UNSURE = 0.35  # below this best probability the answer is "unsure",
UNSURE_PARENT = 0.5  # unless what several labels begin with reaches this
_LEAST = 0.02  # smaller probabilities are not listed
_MAX_CHARS = 20_000  # topics of a very long text are those of its beginning


def document(parsed: Parsed) -> Document:
    """Return a whole text as the model reads it."""
    return parsed.document(0, min(_MAX_CHARS, len(parsed.normalized.text)))


class Hashed(NamedTuple):
    """Texts with their titles as every topic model reads them.

    Attributes
    ----------
    grams : Grams
        Of each text and each title that has a sentence, in order.
    sizes : list of int
        How many of these belong to each text: 0, 1 or 2.
    """

    grams: Grams
    sizes: list[int]


def hashed(texts: Sequence[tuple[Parsed, Parsed | None]]) -> Hashed:
    """Hash texts, each with its title, once for all topic models."""
    read = [[document(p) for p in pair if p is not None and p.sentences] for pair in texts]
    return Hashed(Grams(list(chain.from_iterable(read))), [len(found) for found in read])


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a classifier of topics is fitted: see `nlp.linear.fit`."""

    bits: int
    chars: int
    penalty: float
    bayes: float
    prior: bool


#: what `TopicModel.fit` chooses from: many rows and much text want buckets, few and short ones help
RECIPES = (
    Recipe(bits=20, chars=3, penalty=3.0, bayes=1.0, prior=False),
    Recipe(bits=18, chars=3, penalty=1.0, bayes=0.0, prior=True),
    Recipe(bits=18, chars=2, penalty=1.0, bayes=0.5, prior=True),
)


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
        """Calibrated probability of each label for each text.

        Rows sum to 1, unless the model was fitted on several labels a text.
        """
        return self.classifier.probabilities([document(p) for p in parsed])

    def predict(
        self, parsed: Parsed, *, title: Parsed | None = None
    ) -> tuple[TopicProbability, ...]:
        """Topics of one text: see `topics`."""
        return self.topics(hashed([(parsed, title)]))[0]

    def topics(self, texts: Hashed) -> list[tuple[TopicProbability, ...]]:
        """Topics of each text by falling probability, or ``()`` where the model is unsure.

        It is unsure of a text without words, and where no label reaches 0.35 and no beginning
        of labels 0.5.
        Probabilities below 0.02 are left out, so the sum may be below 1. A title counts as
        much as the whole text: the decision values are averaged. Where labels are paths
        (``理学/数学``), each beginning of a path is listed too, with the sum of the
        probabilities below it.
        """
        decisions = self.classifier.decision(texts.grams)
        found: list[tuple[TopicProbability, ...]] = []
        at = 0
        for size in texts.sizes:
            found.append(self._topics(decisions[at : at + size]) if size else ())
            at += size
        return found

    def _topics(self, decisions: Floats) -> tuple[TopicProbability, ...]:
        values = decisions.mean(axis=0, keepdims=True)
        row = self.classifier.calibrated(values)[0].tolist()
        found = with_parents(
            dict(zip(self.labels, row, strict=True)), independent=self.classifier.independent
        )
        if max(row) < UNSURE and max(found.values()) < UNSURE_PARENT:
            return ()
        order = sorted(found, key=lambda label: (-found[label], label))
        return tuple(TopicProbability(n, found[n]) for n in order if found[n] >= _LEAST)

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Labels,
        *,
        known: Sequence[tuple[str, str]] = (),
        engine: Engine | None = None,
    ) -> "TopicModel":
        """Fit on labelled texts; recipe and calibration are cross-validated inside them.

        Parameters
        ----------
        texts : sequence of str
            At least two of each label.
        labels : sequence of str, or of tuples of str
            The label of each text, or its labels where a text may have several, or none: such a
            model gives each label a probability of its own. A label may be a path
            (``理学/数学``), whose beginnings are then labels too.
        known : sequence of (text, label)
            Further texts of the same labels, such as word lists, which take part in every
            fit at half weight and judge nothing.
        engine : Engine, optional
            Segmentation; the default one if not given. Use the same for predicting.

        Raises
        ------
        TrainingDataError
            If a label has a single text, or there are fewer than two labels.
        """
        return _fitted(texts, labels, known, engine or default_engine())[1]

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays of the model."""
        return self.classifier.to_arrays()

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "TopicModel":
        """Model of the arrays `to_arrays` gave."""
        return cls(HashedLinear.from_arrays(arrays))


def out_of_fold(
    texts: Sequence[str],
    labels: Labels,
    *,
    known: Sequence[tuple[str, str]] = (),
    engine: Engine | None = None,
) -> tuple[TopicModel, Floats]:
    """Model of all texts, and the decision values of each from models that have not seen it."""
    decisions, model = _fitted(texts, labels, known, engine or default_engine())
    return model, decisions


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Counts of the labelled texts, then of the known ones, as one recipe reads them."""

    counts: csr_array
    labels: list[str] | list[tuple[str, ...]]
    n: int
    idf: NDArray[np.float32]
    directions: NDArray[np.float32] | None
    recipe: Recipe

    def fit(self, chosen: NDArray[np.int64]) -> HashedLinear:
        """Model of some of the labelled rows, and all known ones."""
        n_known = self.counts.shape[0] - self.n
        rows = np.concatenate([chosen, np.arange(self.n, self.n + n_known)])
        return linear.fit(
            csr_array(self.counts[rows]),
            [self.labels[i] for i in rows.tolist()],
            words=1,
            chars=self.recipe.chars,
            penalty=self.recipe.penalty,
            bayes=self.recipe.bayes,
            weights=np.repeat([1.0, _KNOWN], [len(chosen), n_known]),
            idf=self.idf,
            directions=self.directions,
        )

    def decisions(self, model: HashedLinear, chosen: NDArray[np.int64]) -> Floats:
        """Decision values of some of the labelled rows."""
        rows = weighted(csr_array(self.counts[chosen]), self.idf)
        return np.asarray(rows @ (model.codes * model.scales) + model.intercepts, dtype=np.float64)


def _rows(
    documents: Sequence[Document],
    labels: Labels,
    known: Sequence[str],
    recipe: Recipe,
    prior: NDArray[np.float32],
) -> _Rows:
    counts = hashed_counts(documents, bits=recipe.bits, words=1, chars=recipe.chars)
    idf = inverse_document_frequency(counts)
    directions = None
    if recipe.prior:
        # known texts are shorter than most: the labelled ones set the size
        head = weighted(csr_array(counts[: len(labels)]), idf)
        directions = linear.sized(prior, head, _DIRECTION_SIZE)
    many = not isinstance(labels[0], str)
    together = [*labels, *(with_beginnings([name]) if many else name for name in known)]
    return _Rows(counts, together, len(labels), idf, directions, recipe)


def _fitted(
    texts: Sequence[str], labels: Labels, known: Sequence[tuple[str, str]], engine: Engine
) -> tuple[Floats, TopicModel]:
    """Out-of-fold decision values of the best recipe, and its model of all texts."""
    if len(texts) != len(labels):
        raise TrainingDataError(f"{len(texts)} texts, {len(labels)} labels", "one label a text")
    labels = _closed(labels)
    classes, member = linear.members(labels)
    smallest = int(member.sum(axis=0).min()) if len(classes) else 0
    if smallest < 2:
        raise TrainingDataError("a label with fewer than two texts", "at least two texts a label")
    if len(classes) < 2:
        raise TrainingDataError(f"the classes {classes}", "at least two")
    documents = [document(parse(text, engine)) for text in [*texts, *(t for t, _ in known)]]
    n_folds = min(_FOLDS if len(texts) < _MANY else _MANY_FOLDS, smallest)
    fold = _fold_numbers(member, n_folds)
    first = np.flatnonzero(fold == 0)
    prior = default_prior().directions()
    best: tuple[float, _Rows, HashedLinear] | None = None
    for recipe in RECIPES:
        rows = _rows(documents, labels, [label for _, label in known], recipe, prior)
        model = rows.fit(np.flatnonzero(fold != 0))
        right = _agreement(rows.decisions(model, first), member[first])
        if best is None or right > best[0]:
            best = right, rows, model
    assert best is not None  # noqa: S101 - there are recipes
    _, rows, model = best
    decisions = np.empty(member.shape)
    decisions[first] = rows.decisions(model, first)
    for k in range(1, n_folds):
        held = np.flatnonzero(fold == k)
        decisions[held] = rows.decisions(rows.fit(np.flatnonzero(fold != k)), held)
    whole = rows.fit(np.arange(len(texts)))
    temperature = linear.calibrate(decisions, member, independent=whole.independent)
    return decisions, TopicModel(whole.with_temperature(temperature))


def _closed(labels: Labels) -> Labels:
    """Label sets with the beginnings of their paths; single labels as they are."""
    if all(isinstance(label, str) for label in labels):
        return labels
    return [with_beginnings(label) for label in labels]


def _agreement(decisions: Floats, member: NDArray[np.bool_]) -> float:
    """Share of texts whose best label is one of theirs."""
    best = decisions.argmax(axis=1)
    return float(member[np.arange(len(best)), best].mean())


def _fold_numbers(member: NDArray[np.bool_], n_folds: int) -> NDArray[np.int64]:
    """Fold of each row: rows of one (rarest) label, in a seeded order, take the folds in turn."""
    rng = np.random.default_rng(0)
    sizes = member.sum(axis=0)
    rarest = np.where(member, sizes, len(member) + 1).argmin(axis=1)
    fold = np.empty(len(member), dtype=np.int64)
    for label in np.unique(rarest):
        rows = rng.permutation(np.flatnonzero(rarest == label))
        fold[rows] = np.arange(len(rows)) % n_folds
    return fold
