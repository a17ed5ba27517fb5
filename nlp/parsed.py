"""A text read once: its normal form, words and sentences, shared by every finder of `nlp`."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.engines import Engine
from nlp.hashing import Document
from nlp.script import simplified
from nlp.text import Normalized, Sentence, normalize, sentences
from nlp.tokens import Word, words
from nlp.vocabulary import facts


class Columns(NamedTuple):
    """Words as columns; `facts` are records of `nlp.vocabulary.FACTS`."""

    texts: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    facts: NDArray[np.void]


@dataclass(frozen=True)
class Parsed:
    """Normal form, words and sentences of one text; offsets belong to the normal form."""

    normalized: Normalized
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]

    @cached_property
    def _columns(self) -> tuple[tuple[Any, ...], ...]:
        return tuple(zip(*self.words, strict=True)) or ((), (), (), ())

    @property
    def texts(self) -> tuple[str, ...]:
        """Text of each word."""
        return self._columns[0]

    @property
    def starts(self) -> tuple[int, ...]:
        """Where each word begins."""
        return self._columns[1]

    @property
    def ends(self) -> tuple[int, ...]:
        """Where each word ends."""
        return self._columns[2]

    @property
    def pos(self) -> tuple[str, ...]:
        """Part of speech of each word."""
        return self._columns[3]

    @cached_property
    def facts(self) -> NDArray[np.void]:
        """What each word may be and do: records of `nlp.vocabulary.FACTS`."""
        return facts(self.texts, self.pos)

    @cached_property
    def is_term(self) -> list[bool]:
        """Whether each word means something by itself."""
        found: list[bool] = self.facts["term"].tolist()
        return found

    def part(self, first: int = 0, last: int | None = None) -> Columns:
        """Words ``[first, last)``, or all behind the first, as columns."""
        rows = slice(first, last)
        return Columns(self.texts[rows], self.starts[rows], self.ends[rows], self.facts[rows])

    @cached_property
    def sentence_terms(self) -> tuple[frozenset[str], ...]:
        """Different terms of each sentence."""
        rows = [self._rows(s.start, s.end) for s in self.sentences]
        return tuple([frozenset(compress(self.texts[r], self.is_term[r])) for r in rows])

    def _rows(self, start: int, end: int) -> slice:
        starts = self.starts
        return slice(bisect_left(starts, start), bisect_left(starts, end))

    def within(self, start: int, end: int) -> tuple[Word, ...]:
        """Words that begin in ``[start, end)`` of the normal form."""
        return self.words[self._rows(start, end)]

    def document(self, start: int = 0, end: int | None = None) -> Document:
        """Return ``[start, end)`` of the normal form, or all, with the words that begin in it."""
        if end is None:
            end = len(self.normalized.text)
        rows = self._rows(start, end)
        return Document(self.normalized.text[start:end], self.starts[rows], self.ends[rows], start)

    def original(self, start: int, end: int) -> tuple[str, int, int]:
        """Text and offsets in the original of a span of the normal form."""
        first, last = self.normalized.to_original(start, end)
        return self.normalized.original[first:last], first, last


def parse(text: str, engine: Engine, *, simplify: bool = False) -> Parsed:
    """Normalise a text, in simplified script if asked, and split it into words and sentences."""
    normalized = normalize(text)
    if simplify:
        normalized = simplified(normalized)
    return Parsed(normalized, words(normalized, engine), sentences(normalized.text))
