"""Features to rows: a versioned space of named columns, learned from one catalogue."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp.errors import FeatureSpaceError
from nlp.features import Features
from nlp.style import STYLE_NAMES
from nlp.topics import SUBJECTS

_PAIRS_A_ROW = 128  # the heaviest: a row stays short however long the text is
BLOCKS = ("term", "topic", "style", "difficulty", "sentiment", "pair")
_COUNTED = ("term", "pair")  # blocks weighed by tf-idf, learned from a catalogue
# Length of each block beside the others. Words say what a course is about; pairs of signs join
# courses that cut or name a word differently; the topic joins courses that share no word. Style,
# difficulty and sentiment only break ties: the sentiment of a course text is not its quality
# (and no preference of anyone).
DEFAULT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "term": 1.0,
        "topic": 0.25,
        "style": 0.05,
        "difficulty": 0.05,
        "sentiment": 0.03,
        "pair": 1.0,
    }
)
# Style numbers without a bound are squashed to x / (x + half).
_HALF = {"length": 300.0, "sentence_length": 30.0, "word_length": 2.0}
_FORMAT = 2
_FORMAT_WITHOUT_PAIRS = 1


class FeatureSpace:
    """Named columns with weights, learned from one catalogue and frozen.

    Columns are named ``block:name``, such as ``term:矩阵分解``, ``topic:subject:工学``,
    ``difficulty:hard``. A row is the blocks of a text, each of unit length times the
    weight of its block, together of unit length. So a row depends on its own text and on
    the space, never on its neighbours.
    """

    __slots__ = ("_blocks", "_columns", "_idf", "_index", "_version", "_weights")

    def __init__(
        self,
        names: Mapping[str, Sequence[str]],
        idf: Mapping[str, NDArray[np.float64]],
        weights: Sequence[float],
    ) -> None:
        columns = [f"{block}:{name}" for block in BLOCKS for name in names[block]]
        starts = np.cumsum([0, *(len(names[block]) for block in BLOCKS)]).tolist()
        self._columns = tuple(columns)
        self._blocks = MappingProxyType(
            {b: slice(starts[i], starts[i + 1]) for i, b in enumerate(BLOCKS)}
        )
        self._idf = np.ones(len(columns))
        for block in _COUNTED:
            self._idf[self._blocks[block]] = idf[block]
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
        max_pairs: int = 50_000,
        weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    ) -> "FeatureSpace":
        """Learn terms, pairs and their IDF from a catalogue; the other columns are fixed.

        Parameters
        ----------
        features : sequence of Features
            One for each text of the catalogue. The order does not matter.
        min_df : int
            Least number of texts that hold a term or a pair.
        max_terms, max_pairs : int
            Most of them kept, by falling number of texts.
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
        _check(min_df, min(max_terms, max_pairs), weights)
        term_df = Counter(chain.from_iterable(one.terms for one in features))
        pair_df = Counter(chain.from_iterable(one.pairs for one in features))
        terms = _common(term_df, min_df, max_terms)
        pairs = _common(pair_df, min_df, max_pairs)
        extra = {topic for one in features for topic in one.topics}
        topics = [f"subject:{label}" for label in SUBJECTS]
        names = {
            "term": terms,
            "topic": [*topics, *sorted(extra - set(topics))],
            "style": STYLE_NAMES,
            "difficulty": ("easy", "hard"),
            "sentiment": ("negative", "positive"),
            "pair": pairs,
        }
        n = len(features)
        idf = {"term": _idf(term_df, terms, n), "pair": _idf(pair_df, pairs, n)}
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
            Rows of unit length. A text with neither a known term or pair nor a topic has a
            zero row: how it is written says nothing about what it is about.
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
            "pair": ((t, math.log1p(count)) for t, count in one.pairs.items()),
        }
        blocks = {block: self._block(block, values) for block, values in parts.items()}
        if not blocks["term"] and not blocks["topic"] and not blocks["pair"]:
            return {}
        if len(pairs := blocks["pair"]) > _PAIRS_A_ROW:
            heaviest = sorted(pairs, key=lambda i: (-pairs[i], i))[:_PAIRS_A_ROW]
            blocks["pair"] = {i: pairs[i] for i in heaviest}
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
                found[column] = value * self._idf[column].item()
        return found

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays, none of object type."""
        text = "\n".join(self._columns).encode()
        return {
            "format": np.array(_FORMAT),
            "columns": np.frombuffer(text, dtype=np.uint8).copy(),
            "idf": self._idf[self._blocks["term"]],
            "pair_idf": self._idf[self._blocks["pair"]],
            "weights": np.array(self._weights),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "FeatureSpace":
        """Space of the arrays `to_arrays` gave: the same rows.

        Arrays written before there were pairs give a space without any, and rows as then.

        Raises
        ------
        FeatureSpaceError
            If an array is missing, of another format, or does not fit the others.
        """
        if missing := {"format", "columns", "idf", "weights"} - set(arrays):
            raise FeatureSpaceError(f"arrays without {sorted(missing)}", "those of to_arrays")
        form = int(arrays["format"].astype(np.int64))
        if form not in (_FORMAT_WITHOUT_PAIRS, _FORMAT):
            raise FeatureSpaceError(f"format {form}", f"format {_FORMAT}")
        names: dict[str, list[str]] = {block: [] for block in BLOCKS}
        for column in arrays["columns"].astype(np.uint8).tobytes().decode().split("\n"):
            block, _, name = column.partition(":")
            if block not in names:
                raise FeatureSpaceError(f"the column {column!r}", f"a block of {BLOCKS}")
            names[block].append(name)
        none = np.zeros(0)
        idf = {"term": arrays["idf"], "pair": arrays.get("pair_idf", none)}
        for block, values in idf.items():
            if values.shape != (len(names[block]),):
                needed = f"({len(names[block])},)"
                raise FeatureSpaceError(f"idf of shape {values.shape} for {block}", needed)
        weights = arrays["weights"].astype(np.float64).tolist()
        weights += [0.0] * (len(BLOCKS) - len(weights))
        return cls(names, {b: v.astype(np.float64) for b, v in idf.items()}, weights)


def _common(df: Mapping[str, int], min_df: int, most: int) -> list[str]:
    """Names in enough texts, the most frequent of them, sorted."""
    enough = [name for name, count in df.items() if count >= min_df]
    return sorted(sorted(enough, key=lambda t: (-df[t], t))[:most])


def _idf(df: Mapping[str, int], names: Sequence[str], n: int) -> NDArray[np.float64]:
    """``ln((1 + n) / (1 + df)) + 1``: equation (1) of docs/math.md."""
    counts = np.array([df[name] for name in names], dtype=np.float64)
    return np.asarray(np.log((1 + n) / (1 + counts)) + 1.0)


def _check(min_df: int, most: int, weights: Mapping[str, float]) -> None:
    if min_df < 1 or most < 0:
        raise FeatureSpaceError(
            f"min_df={min_df}, most {most}", "min_df >= 1, max_terms and max_pairs >= 0"
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
