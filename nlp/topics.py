"""Topics of a text: a calibrated linear classifier that may answer "unsure"."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp import topic_fit
from nlp.analysis import TopicProbability
from nlp.engines import Engine, default_engine
from nlp.hashing import Document, Floats, Grams
from nlp.labels import Labels, with_parents
from nlp.linear import HashedLinear
from nlp.parsed import Parsed, parse
from nlp.topic_fit import SIZES, Examples, Fitted

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
        values = decisions.sum(axis=0, keepdims=True) / len(decisions)
        row = self.classifier.calibrated(values)[0].tolist()
        found = with_parents(
            dict(zip(self.labels, row, strict=True)), independent=self.classifier.independent
        )
        if max(row) < UNSURE and max(found.values()) < UNSURE_PARENT:
            return ()
        listed = [(-p, label) for label, p in found.items() if p >= _LEAST]
        return tuple([TopicProbability(label, -p) for p, label in sorted(listed)])

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Labels,
        *,
        known: Sequence[tuple[str, str]] = (),
        engine: Engine | None = None,
    ) -> "TopicModel":
        """Fit on labelled texts; recipe and calibration are those that suit texts left out.

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
        return fitted(texts, labels, known=known, engine=engine)[0]

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays of the model."""
        return self.classifier.to_arrays()

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "TopicModel":
        """Model of the arrays `to_arrays` gave."""
        return cls(HashedLinear.from_arrays(arrays))


def fitted(
    texts: Sequence[str],
    labels: Labels,
    *,
    known: Sequence[tuple[str, str]] = (),
    engine: Engine | None = None,
    sizes: Sequence[int] = SIZES,
) -> tuple[TopicModel, Fitted]:
    """Model of all texts, and how it was fitted: see `TopicModel.fit`.

    With `sizes` its number of buckets is one of ``2**size``.
    """
    engine = engine or default_engine()

    def read(some: Iterable[str]) -> list[Document]:
        return [document(parse(text, engine)) for text in some]

    found = topic_fit.fit(
        Examples(
            read(texts),
            labels,
            read(text for text, _ in known),
            [name for _, name in known],
            sizes,
        )
    )
    return TopicModel(found.classifier), found
