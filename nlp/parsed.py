"""A text read once: its normal form, words and sentences, shared by every finder of `nlp`."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from nlp.engines import Engine
from nlp.script import simplified
from nlp.text import Normalized, Sentence, normalize, sentences
from nlp.tokens import Word, words


@dataclass(frozen=True)
class Parsed:
    """Normal form, words and sentences of one text; offsets belong to the normal form."""

    normalized: Normalized
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]

    @cached_property
    def sentence_words(self) -> tuple[tuple[Word, ...], ...]:
        """Words of each sentence."""
        return tuple(self.within(s.start, s.end) for s in self.sentences)

    @cached_property
    def _word_starts(self) -> list[int]:
        return [w.start for w in self.words]

    def within(self, start: int, end: int) -> tuple[Word, ...]:
        """Words that begin in ``[start, end)`` of the normal form."""
        starts = self._word_starts
        return self.words[bisect_left(starts, start) : bisect_left(starts, end)]

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
