"""Fitting a classifier of topics: recipe and temperature are those that suit texts left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from nlp import bayes, ridge
from nlp.calibration import Scale, calibrate, calibrate_evenly
from nlp.errors import TrainingDataError
from nlp.hashing import (
    Document,
    Floats,
    hashed_counts,
    inverse_document_frequency,
    weighted,
)
from nlp.labels import Labels, members, with_beginnings
from nlp.linear import HashedLinear, quantised
from nlp.prior import CHARS, WORDS, default_priors

_KNOWN = 0.5  # weight of a known text beside a labelled one
_PRIOR_SIZES = 0.08, 0.05  # spread of the projections on each prior beside the unit row


#: logarithms of the number of buckets: many rows and much text want more, else the smaller do
SIZES = (18, 20)
PENALTIES = (0.1, 0.3, 1.0)
#: naive Bayes beside least squares: how far its decision values spread in proportion
SHARES = (0.0, 0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts with their labels; the known ones, of the same labels, judge nothing.

    The model may have any of the `sizes`.
    """

    documents: Sequence[Document]
    labels: Labels
    known: Sequence[Document] = ()
    known_labels: Sequence[str] = ()
    sizes: Sequence[int] = SIZES

    def __post_init__(self) -> None:
        n = len(self.documents)
        if n != len(self.labels):
            raise TrainingDataError(f"{n} texts, {len(self.labels)} labels", "one label a text")


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A calibrated classifier.

    Attributes
    ----------
    classifier : HashedLinear
    decisions : float array (n, n_classes)
        Decision values of each text by models that were not fitted on it.
    bits : int
    penalty, share : float
        What was chosen.
    """

    classifier: HashedLinear
    decisions: Floats = field(repr=False)
    bits: int
    penalty: float
    share: float


def fit(examples: Examples) -> Fitted:
    """Fit all recipes, keep the one that is right most often on texts it was not fitted on.

    Raises
    ------
    TrainingDataError
        If a label has a single text, or there are fewer than two labels.
    """
    labels = _closed(examples.labels)
    classes, member = members(labels)
    if len(classes) and member.sum(axis=0).min() < 2:
        raise TrainingDataError("a label with fewer than two texts", "at least two texts a label")
    if len(classes) < 2:
        raise TrainingDataError(f"the classes {classes}", "at least two")
    independent = not isinstance(labels[0], str)
    with threadpool_limits(1, "blas"):  # sums in one order, whatever the number of cores
        best = max(_tried(examples, labels, member), key=lambda one: one.right)
        # labels far from courses are told apart better without what is known of courses
        bare = _tried_on(best.rows.bare(), best.likely, member)
        best = max([best, *bare], key=lambda one: one.right)
        classifier = best.classifier(classes, independent=independent)
    if independent:
        scale = Scale(calibrate(best.decisions, member, independent=True), 0.0, 0.0, 0.0)
    else:
        scale = calibrate_evenly(best.decisions, member)
    return Fitted(
        classifier.with_temperature(*scale),
        best.decisions,
        best.rows.bits,
        best.penalty,
        best.share,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Labelled texts, then known ones, in ``2**bits`` buckets."""

    bits: int
    idf: NDArray[np.float32]
    design: ridge.Design
    member: NDArray[np.bool_]

    @property
    def targets(self) -> NDArray[np.float32]:
        return np.where(self.member, np.float32(1.0), np.float32(-1.0))

    @property
    def mass(self) -> Floats:
        """Weight of each row in each class."""
        return self.member * self.design.weights.astype(np.float64)[:, np.newaxis]

    def bare(self) -> "_Rows":
        """The same without what is known of words."""
        return replace(self, design=replace(self.design, directions=()))


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    rows: _Rows
    penalty: float
    share: float
    likely: Floats  # decision values of naive Bayes
    bayes_size: float  # of such a value in the sum
    decisions: Floats
    right: float
    duals: ridge.Singles | None

    def classifier(self, classes: tuple[str, ...], *, independent: bool) -> HashedLinear:
        design = self.rows.design
        if self.duals is None:
            coefficients, intercepts = ridge.solve(design, self.rows.targets, self.penalty)
        else:
            coefficients, intercepts = ridge.folded(design, self.duals)
        if self.bayes_size:
            likely = bayes.likelihoods(design.rows.astype(np.float64), self.rows.mass)
            coefficients += self.bayes_size * likely
        codes, scales = quantised(coefficients)
        return HashedLinear(
            labels=classes,
            bits=self.rows.bits,
            words=WORDS,
            chars=CHARS,
            idf=self.rows.idf,
            codes=codes,
            scales=scales,
            intercepts=intercepts.astype(np.float32),
            temperature=1.0,
            independent=independent,
        )


def _tried(examples: Examples, labels: Labels, member: NDArray[np.bool_]) -> Iterator[_Trial]:
    for bits in examples.sizes:
        rows = _rows(examples, labels, bits)
        yield from _tried_on(rows, _likely(rows, len(labels)), member)


def _likely(rows: _Rows, n: int) -> Floats:
    """What naive Bayes says of the first n rows, each left out."""
    own = rows.design.packed().rows
    n_unused = rows.design.rows.shape[1] - own.shape[1]
    return bayes.left_out(csr_array(own.astype(np.float64)), rows.mass, n, n_unused=n_unused)


def _tried_on(rows: _Rows, likely: Floats, member: NDArray[np.bool_]) -> Iterator[_Trial]:
    squares = ridge.left_out(rows.design.packed(), rows.targets, PENALTIES, len(member))
    for penalty, (values, duals) in zip(PENALTIES, squares, strict=True):
        for share in SHARES:
            size = share * bayes.spread(values, likely)
            decisions = values + size * likely
            right = _agreement(decisions, member)
            yield _Trial(rows, penalty, share, likely, size, decisions, right, duals)


def _rows(examples: Examples, labels: Labels, bits: int) -> _Rows:
    n, n_known = len(examples.documents), len(examples.known)
    documents = [*examples.documents, *examples.known]
    counts = hashed_counts(documents, bits=bits, words=WORDS, chars=CHARS)
    idf = inverse_document_frequency(counts)
    rows = csr_array(weighted(counts, idf).astype(np.float32))
    # known texts are shorter than most: the labelled ones set the size
    head = csr_array(rows[:n])
    directions = tuple(
        prior.directions(bits).sized(head, size)
        for prior, size in zip(default_priors(), _PRIOR_SIZES, strict=True)
    )
    many = not isinstance(labels[0], str)
    together = [*labels, *(with_beginnings([k]) if many else k for k in examples.known_labels)]
    weights = np.repeat([1.0, _KNOWN], [n, n_known]).astype(np.float32)
    # A rare label is unlikely before a word is read; of labels that exclude each other, words tell.
    design = ridge.Design(rows, directions, weights, constant=float(many))
    return _Rows(bits, idf, design, members(together)[1])


def _closed(labels: Labels) -> Labels:
    """Label sets with the beginnings of their paths; single labels as they are."""
    if all(isinstance(label, str) for label in labels):
        return labels
    return [with_beginnings(label) for label in labels]


def _agreement(decisions: Floats, member: NDArray[np.bool_]) -> float:
    """Share of texts whose best label is one of theirs."""
    best = decisions.argmax(axis=1)
    return float(member[np.arange(len(best)), best].mean())
