"""User dictionaries: words of one tenant or one request, and how terms are kept whole."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from nlp.errors import DictionaryError
from nlp.script import convert
from nlp.text import normalize

_HAN_ONLY = re.compile("[\u3400-\u4dbf\u4e00-\u9fff〇]+")

Entry = tuple[str, str]


@dataclass(frozen=True)
class UserDictionary:
    """Extra words of one tenant or one request; immutable and hashable.

    Attributes
    ----------
    words : tuple of (word, pos)
        Words the segmentation should prefer: they win against the words they are made of,
        and may lose a character to a neighbour that is likelier with it. A word that is not
        of Han characters only is kept whole as the forced ones are.
    force : tuple of (word, pos)
        Terms that are tokens wherever they stand: see `Terms`.

    Raises
    ------
    DictionaryError
        If a word is empty in its normal form or holds white space.

    Examples
    --------
    >>> from nlp.engines import default_engine
    >>> engine = default_engine().with_dictionary(UserDictionary((("凸优化", "n"),)))
    >>> list(engine.cut("学习凸优化"))
    ['学习', '凸优化']
    """

    words: tuple[Entry, ...] = ()
    force: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        for word, _ in (*self.words, *self.force):
            folded = normalize(word).text
            if not folded or folded.split() != [folded]:
                raise DictionaryError(word, "need a word without white space")

    def __or__(self, other: "UserDictionary") -> "UserDictionary":
        """Entries of both; of a word in both, the tag of `other` counts."""
        return UserDictionary(self.words + other.words, self.force + other.force)

    @cached_property
    def preferred(self) -> tuple[Entry, ...]:
        """Entries for the segmentation engine, sorted, each word once."""
        return tuple(sorted((w, p) for w, p in self._folded(self.words).items() if _is_han(w)))

    @cached_property
    def terms(self) -> "Terms":
        """Entries that are kept whole."""
        mixed = {w: p for w, p in self._folded(self.words).items() if not _is_han(w)}
        return Terms(mixed | self._folded(self.force))

    @cached_property
    def tags(self) -> dict[str, str]:
        """Part of speech of every entry."""
        return self._folded(self.words + self.force)

    @staticmethod
    def _folded(entries: tuple[Entry, ...]) -> dict[str, str]:
        folded = {normalize(word).text: pos for word, pos in entries}
        # so a term in traditional script is found in a text that is read as simplified
        return {convert(word): pos for word, pos in folded.items()} | folded


def _is_han(word: str) -> bool:
    return _HAN_ONLY.fullmatch(word) is not None


class Terms:
    """Terms that are found before the segmentation sees the text, so they always survive.

    From left to right, and at each place the longest: of 机器学习 and 学习方法, 机器学习方法
    keeps the first; of 学习 and 学习方法, the second. A term that begins or ends with a letter
    or digit needs a boundary there: ``AI`` is not found in ``email``. Terms are compared in
    normal form, case matters.

    Examples
    --------
    >>> terms = Terms({"Transformer模型": "n", "C++": "nz", "AI": "nz"})
    >>> [(a, b) for a, b, _ in terms.spans("用Transformer模型与C++写AI，不是MAIL")]
    [(1, 14), (15, 18), (19, 21)]
    """

    def __init__(self, pos: Mapping[str, str]) -> None:
        self._pos = dict(pos)
        lengths: dict[str, set[int]] = {}
        for term in pos:
            lengths.setdefault(term[0], set()).add(len(term))
        self._lengths = {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}
        initial = "".join(map(re.escape, sorted(lengths)))
        self._first = re.compile(f"[{initial}]" if initial else "(?!)")

    def __bool__(self) -> bool:
        return bool(self._pos)

    def __contains__(self, text: str) -> bool:
        return text in self._pos

    def spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and part of speech of each term, in order and not overlapping.

        The cost is linear in the text for a given dictionary.
        """
        at = 0
        while (match := self._first.search(text, at)) is not None:
            start = match.start()
            at = start + 1
            for size in self._lengths[match.group()]:
                pos = self._pos.get(text[start : start + size])
                if pos is not None and _stands_alone(text, start, start + size):
                    at = start + size
                    yield start, at, pos
                    break


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (_joins(text, start) or _joins(text, end))


def _joins(text: str, at: int) -> bool:
    """Say whether letters or digits stand on both sides of an offset."""
    return 0 < at < len(text) and _is_letter(text[at - 1]) and _is_letter(text[at])


def _is_letter(ch: str) -> bool:
    return ch < "\u0500" and ch.isalnum()
