"""Levels of words, from words of five levels and what a pretrained encoder says words mean."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.engines import default_engine
from nlp.hashing import Document, Floats, hashed_counts
from nlp.levels import MIDDLE, STEP
from nlp.parsed import parse
from nlp.prior import BITS, default_priors
from nlp.training.curriculum import learned
from nlp.training.words import vocabulary

_PENALTY = 2.0
_FOLDS = 10
_NEAR = 0.2  # levels by which a word may differ from its characters and go without


class WordLevels:
    """Words in the order of their UTF-8 bytes, with their levels in steps.

    A word is left out where the mean of its characters, which `nlp.levels.Levels` takes for an
    unknown word, is near enough: a quarter of them.
    """

    def __init__(self, levels: dict[str, float]) -> None:
        self.codes = {word: round((level - MIDDLE) / STEP) for word, level in levels.items()}

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays, as `nlp.levels.Levels` reads them."""
        words = sorted(filter(self._tells, self.codes), key=str.encode)
        text = "".join(f"{word}\n" for word in words).encode()
        codes = np.clip([self.codes[word] for word in words], -127, 127).astype(np.int8)
        return {"words": np.frombuffer(text, dtype=np.uint8), "codes": codes}

    def _tells(self, word: str) -> bool:
        parts = [self.codes[ch] for ch in word if ch in self.codes]
        if len(word) == 1 or not parts:
            return True
        return abs(sum(parts) / len(parts) - self.codes[word]) > _NEAR / STEP


def train_levels(data: Path) -> tuple[WordLevels, dict[str, float]]:
    """Ridge regression of the level on the vectors of the packaged words.

    No text of the data folder is read. The correlation is that of listed words left out.
    """
    vectors = _Vectors()
    known = [
        (vector, float(level))
        for name, level in learned()
        for word in dict.fromkeys([name, *parse(name, default_engine()).texts])
        if (vector := vectors.of(word)) is not None
    ]
    x, y = np.array([v for v, _ in known]), np.array([level for _, level in known])
    fold = np.arange(len(y)) % _FOLDS
    judged = np.empty_like(y)
    for k in range(_FOLDS):
        judged[fold == k] = _predicted(x[fold != k], y[fold != k], x[fold == k])
    words = [word for word in vocabulary() if vectors.of(word) is not None]
    found = _predicted(x, y, np.array([vectors.of(word) for word in words]))
    figures = {"n": float(len(y)), "correlation": float(np.corrcoef(judged, y)[0, 1])}
    return WordLevels(dict(zip(words, found.tolist(), strict=True))), figures


class _Vectors:
    """Unit vectors of the packaged words, by word."""

    def __init__(self) -> None:
        prior = default_priors()[1]
        table = prior.codes * prior.scales.astype(np.float64)
        self._table = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
        self._row = {bucket: i for i, bucket in enumerate(prior.buckets.tolist())}

    def of(self, word: str) -> Floats | None:
        alone = [Document(word, [0], [len(word)])]
        bucket = int(hashed_counts(alone, bits=BITS, words=1, chars=0).indices[0])
        row = self._row.get(bucket)
        return None if row is None else self._table[row]


def _predicted(x: Floats, y: Floats, new: Floats) -> Floats:
    middle, mean = x.mean(axis=0), y.mean()
    centred = x - middle
    weights = np.linalg.solve(
        centred.T @ centred + _PENALTY * np.eye(x.shape[1]), centred.T @ (y - mean)
    )
    result: Floats = (new - middle) @ weights + mean
    return result
