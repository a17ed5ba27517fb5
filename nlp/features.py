"""Analysis to numbers: named features of one text, and rows in a versioned feature space."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp.analysis import Analysis
from nlp.errors import FeatureSpaceError
from nlp.style import STYLE_NAMES
from nlp.topics import SUBJECTS

_MAX_TERMS = 500  # kept of one text
BLOCKS = ("term", "topic", "style", "difficulty", "sentiment")
# Length of each block beside the others. Words say what a course is about; the topic joins
# courses that share no word. Style, difficulty and sentiment only break ties: the sentiment
# of a course text is not its quality (and no preference of anyone).
DEFAULT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"term": 1.0, "topic": 0.25, "style": 0.05, "difficulty": 0.05, "sentiment": 0.03}
)
# Style numbers without a bound are squashed to x / (x + half).
_HALF = {"length": 300.0, "sentence_length": 30.0, "word_length": 2.0}
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Features:
    """The raw named values of one text, before any catalogue is known.

    Attributes
    ----------
    terms : mapping of str to float
        Count of each term, lower case, title terms included; the 500 most frequent.
    topics : mapping of str to float
        Probability by ``taxonomy:label``.
    style : mapping of str to float
        Numbers of style; empty for an empty text.
    polarity : float or None
        Sentiment in [0, 1]; ``None`` if there was no sentence.
    difficulty : int or None
        Level from 1 to 5; ``None`` if there was no word.

    Examples
    --------
    >>> features = Features({"矩阵分解": 2.0}, {"subject:理学": 0.8}, {}, 0.5, 3)
    >>> Features.from_json(features.to_json()) == features
    True
    """

    terms: Mapping[str, float]
    topics: Mapping[str, float]
    style: Mapping[str, float]
    polarity: float | None
    difficulty: int | None

    def to_json(self) -> str:
        """Write as one line of compact JSON; nothing is lost."""
        values = {
            "terms": dict(self.terms),
            "topics": dict(self.topics),
            "style": dict(self.style),
            "polarity": self.polarity,
            "difficulty": self.difficulty,
        }
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, data: str | bytes) -> "Features":
        """Read what `to_json` wrote.

        Raises
        ------
        FeatureSpaceError
            If it is not such a line.
        """
        try:
            raw = json.loads(data)
            return cls(
                raw["terms"], raw["topics"], raw["style"], raw["polarity"], raw["difficulty"]
            )
        except (ValueError, KeyError, TypeError) as error:
            raise FeatureSpaceError(
                f"JSON that fails with {error!r}", "a line of to_json"
            ) from None


def extract(analysis: Analysis) -> Features:
    """Take the raw named values out of an analysis.

    Examples
    --------
    >>> from nlp import analyze
    >>> extract(analyze("矩阵分解")).terms
    {'矩阵分解': 1.0, '分解': 0.5, '矩阵': 0.5}
    >>> extract(analyze("")).polarity is None
    True
    """
    terms: dict[str, float] = {}
    for term, count in analysis.terms.items():
        if term.isprintable():  # no line breaks or lone surrogates in a column name
            key = term.lower()
            terms[key] = terms.get(key, 0.0) + count
    kept = sorted(terms, key=lambda t: (-terms[t], t))[:_MAX_TERMS]
    return Features(
        terms={t: terms[t] for t in kept},
        topics={
            f"{taxonomy}:{topic.label}": topic.probability
            for taxonomy, topics in analysis.topics.items()
            for topic in topics
        },
        style=dict(analysis.style),
        polarity=analysis.sentiment.polarity if analysis.sentiment else None,
        difficulty=analysis.difficulty.level if analysis.difficulty else None,
    )


class FeatureSpace:
    """Named columns with weights, learned from one catalogue and frozen.

    Columns are named ``block:name``, such as ``term:矩阵分解``, ``topic:subject:工学``,
    ``difficulty:hard``. A row is the blocks of a text, each of unit length times the
    weight of its block, together of unit length. So a row depends on its own text and on
    the space, never on its neighbours.
    """

    __slots__ = ("_blocks", "_columns", "_idf", "_index", "_version", "_weights")

    def __init__(
        self, names: Mapping[str, Sequence[str]], idf: NDArray[np.float64], weights: Sequence[float]
    ) -> None:
        columns = [f"{block}:{name}" for block in BLOCKS for name in names[block]]
        starts = np.cumsum([0, *(len(names[block]) for block in BLOCKS)]).tolist()
        self._columns = tuple(columns)
        self._blocks = MappingProxyType(
            {b: slice(starts[i], starts[i + 1]) for i, b in enumerate(BLOCKS)}
        )
        self._idf = idf.copy()
        self._idf.setflags(write=False)
        self._weights = tuple(float(w) for w in weights)
        self._index = {column: i for i, column in enumerate(columns)}
        parts = ["\n".join(columns).encode(), self._idf.tobytes(), repr(self._weights).encode()]
        self._version = hashlib.sha256(b"\0".join([bytes([_FORMAT]), *parts])).hexdigest()[:16]

    @classmethod
    def fit(
        cls,
        features: Sequence[Features],
        *,
        min_df: int = 2,
        max_terms: int = 50_000,
        weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    ) -> "FeatureSpace":
        """Learn the terms and their IDF from a catalogue; the other columns are fixed.

        Parameters
        ----------
        features : sequence of Features
            One for each text of the catalogue. The order does not matter.
        min_df : int
            Least number of texts that hold a term.
        max_terms : int
            Most terms kept, by falling number of texts.
        weights : mapping of str to float
            Weight of each block, not negative; at least one of them positive.

        Raises
        ------
        FeatureSpaceError
            If an argument is out of its range.

        Examples
        --------
        >>> a = Features({"矩阵": 1.0, "分解": 1.0}, {}, {}, None, None)
        >>> b = Features({"矩阵": 3.0, "微积分": 1.0}, {}, {}, None, None)
        >>> space = FeatureSpace.fit([a, b], min_df=1)
        >>> space.columns[:3]
        ('term:分解', 'term:微积分', 'term:矩阵')
        >>> float((space.transform([a]) @ space.transform([b]).T).toarray()[0, 0].round(3))
        0.474
        """
        _check(min_df, max_terms, weights)
        df: dict[str, int] = {}
        extra: set[str] = set()
        for one in features:
            for term in one.terms:
                df[term] = df.get(term, 0) + 1
            extra.update(one.topics)
        common = [term for term, count in df.items() if count >= min_df]
        terms = sorted(sorted(common, key=lambda t: (-df[t], t))[:max_terms])
        topics = [f"subject:{label}" for label in SUBJECTS]
        names = {
            "term": terms,
            "topic": [*topics, *sorted(extra - set(topics))],
            "style": STYLE_NAMES,
            "difficulty": ("easy", "hard"),
            "sentiment": ("negative", "positive"),
        }
        # idf = ln((1 + n) / (1 + df)) + 1, equation (1) of docs/math.md
        counts = np.array([df[term] for term in terms], dtype=np.float64)
        idf = np.log((1 + len(features)) / (1 + counts)) + 1.0
        return cls(names, idf, [weights.get(block, 0.0) for block in BLOCKS])

    @property
    def version(self) -> str:
        """Digest of columns, IDF and weights: equal versions give equal rows."""
        return self._version

    @property
    def columns(self) -> tuple[str, ...]:
        """Name of each column."""
        return self._columns

    @property
    def blocks(self) -> Mapping[str, slice]:
        """Columns of each block; together all columns, in order."""
        return self._blocks

    def transform(self, features: Sequence[Features]) -> csr_array:
        """Rows of texts, one each.

        Returns
        -------
        csr_array of shape (len(features), len(columns)), float64
            Rows of unit length. A text with neither a known term nor a topic has a zero
            row: how it is written says nothing about what it is about.
        """
        indices: list[int] = []
        data: list[float] = []
        indptr = [0]
        for one in features:
            row = self._row(one)
            indices.extend(row)
            data.extend(row.values())
            indptr.append(len(indices))
        return csr_array(
            (
                np.array(data, dtype=np.float64),
                np.array(indices, dtype=np.int32),
                np.array(indptr, dtype=np.int32),
            ),
            shape=(len(features), len(self._columns)),
        )

    def _row(self, one: Features) -> dict[int, float]:
        parts: dict[str, Iterable[tuple[str, float]]] = {
            "term": ((t, math.log1p(count)) for t, count in one.terms.items()),
            "topic": one.topics.items(),
            "style": ((name, _squashed(name, v)) for name, v in one.style.items()),
            "difficulty": _circle(("easy", "hard"), one.difficulty, 1.0, 5.0),
            "sentiment": _circle(("negative", "positive"), one.polarity, 0.0, 1.0),
        }
        blocks = {block: self._block(block, values) for block, values in parts.items()}
        if not blocks["term"] and not blocks["topic"]:
            return {}
        row: dict[int, float] = {}
        total = 0.0
        for block, weight in zip(BLOCKS, self._weights, strict=True):
            values = blocks[block]
            norm = math.sqrt(math.fsum(v * v for v in values.values()))
            if norm > 0.0 and weight > 0.0:
                row.update((i, weight * v / norm) for i, v in values.items() if v != 0.0)
                total += weight * weight
        # Block weights of the parts present: |row|² = Σ w_b² before the division
        return {i: row[i] / math.sqrt(total) for i in sorted(row)}

    def _block(self, block: str, values: Iterable[tuple[str, float]]) -> dict[int, float]:
        found = {}
        for name, value in values:
            column = self._index.get(f"{block}:{name}")
            if column is not None:
                found[column] = value * (self._idf[column].item() if block == "term" else 1.0)
        return found

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays, none of object type."""
        text = "\n".join(self._columns).encode()
        return {
            "format": np.array(_FORMAT),
            "columns": np.frombuffer(text, dtype=np.uint8).copy(),
            "idf": self._idf.copy(),
            "weights": np.array(self._weights),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "FeatureSpace":
        """Space of the arrays `to_arrays` gave: the same version, the same rows.

        Raises
        ------
        FeatureSpaceError
            If an array is missing, of another format, or does not fit the others.
        """
        if missing := {"format", "columns", "idf", "weights"} - set(arrays):
            raise FeatureSpaceError(f"arrays without {sorted(missing)}", "those of to_arrays")
        if int(arrays["format"].astype(np.int64)) != _FORMAT:
            raise FeatureSpaceError(f"format {arrays['format']}", f"format {_FORMAT}")
        names: dict[str, list[str]] = {block: [] for block in BLOCKS}
        for column in arrays["columns"].astype(np.uint8).tobytes().decode().split("\n"):
            block, _, name = column.partition(":")
            if block not in names:
                raise FeatureSpaceError(f"the column {column!r}", f"a block of {BLOCKS}")
            names[block].append(name)
        idf = arrays["idf"].astype(np.float64)
        if idf.shape != (len(names["term"]),):
            raise FeatureSpaceError(f"idf of shape {idf.shape}", f"({len(names['term'])},)")
        return cls(names, idf, arrays["weights"].astype(np.float64).tolist())


def _check(min_df: int, max_terms: int, weights: Mapping[str, float]) -> None:
    if min_df < 1 or max_terms < 0:
        raise FeatureSpaceError(
            f"min_df={min_df}, max_terms={max_terms}", "min_df >= 1 and max_terms >= 0"
        )
    wrong = {b: w for b, w in weights.items() if b not in BLOCKS or not 0.0 <= w < math.inf}
    if wrong or not any(weights.values()):
        raise FeatureSpaceError(f"weights {dict(weights)}", f"weights >= 0 of {BLOCKS}, one > 0")


def _squashed(name: str, value: float) -> float:
    half = _HALF.get(name)
    return value if half is None else value / (value + half)


def _circle(
    names: tuple[str, str], value: float | None, low: float, high: float
) -> tuple[tuple[str, float], ...]:
    """Put a number on the quarter circle: two columns of unit length whatever the number."""
    if value is None:
        return ()
    angle = math.pi / 2 * (value - low) / (high - low)
    # cos(π/2) is 6e-17, not 0
    return ((names[0], max(0.0, round(math.cos(angle), 15))), (names[1], math.sin(angle)))
