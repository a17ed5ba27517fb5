"""How far in learning a word is met: 1 (nursery) to 5 (research).

The values are learned from some 400 words of five levels, written for this project, by what a
pretrained encoder says words mean (`nlp.training.levels`), so that they hold for words that are
in no list.
"""

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nlp.packaged import packaged

STEP = 0.05  # of a stored value
MIDDLE = 3.0  # level of code 0


class Levels:
    """Levels of words, by word and by character.

    Parameters
    ----------
    arrays : mapping of str to array
        ``words`` (uint8, a line feed behind each word) and ``codes`` (int8, ``STEP`` each).
    """

    __slots__ = ("_known",)

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        words = arrays["words"].tobytes().decode().split("\n")[:-1]
        values = arrays["codes"].astype(np.float64) * STEP + MIDDLE
        self._known: dict[str, float] = dict(zip(words, values.tolist(), strict=True))

    def of(self, words: Iterable[str]) -> dict[str, float]:
        """Levels of words: of an unknown one the mean of its characters, of a foreign one none.

        Examples
        --------
        >>> found = default_levels().of(["拼音", "作文", "会计", "矩阵", "泛函", "SVD"])
        >>> sorted(found, key=found.get)
        ['拼音', '作文', '会计', '矩阵', '泛函']
        """
        known = self._known.get
        return {
            word: level
            for word in words
            if (level := known(word)) is not None or (level := self._guess(word)) is not None
        }

    def _guess(self, word: str) -> float | None:
        parts = [value for value in map(self._known.get, word) if value is not None]
        return sum(parts) / len(parts) if parts else None


@cache
def default_levels() -> Levels:
    """Return the packaged levels, loaded once per process."""
    return Levels(packaged("levels"))
