"""Segmentation of Han text: one interface, the fast engine, and jieba as the reference.

Both run the algorithm of jieba on jieba's dictionary: the likeliest path of dictionary words,
and a hidden Markov model for what the dictionary does not know. `RustEngine` is the default
everywhere; which one cuts is part of the version, and never depends on what is installed.
"""

import hashlib
import importlib.metadata
import importlib.resources
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, Protocol

import rjieba

from nlp.dictionary import Entry, Terms, UserDictionary
from nlp.lexicon import default_lexicon
from nlp.memory import Memory

# The Viterbi algorithm of jieba copies paths: quadratic in one run. Longer runs carry no
# punctuation and are cut, at the same places for every engine.
_MAX_RUN = 256
# Least frequency of a preferred word, 1e-4 of the corpus: its best split alone would let a
# likelier neighbour take a character away.
_PREFERRED = 6_010
# Objects with the words of a dictionary kept for the next request (25 MB each).
_KEPT = 4


class Engine(Protocol):
    """What a segmentation engine must do. It is immutable, and safe under threads and forks."""

    @property
    def version(self) -> str:
        """Name of everything that decides the output."""

    @property
    def terms(self) -> Terms:
        """Terms that are tokens wherever they stand."""

    def cut(self, run: str) -> Sequence[str]:
        """Words of a run of Han characters; they join back to the run."""

    def pos(self, word: str) -> str:
        """Part of speech of one word."""

    def knows(self, word: str) -> bool:
        """Say whether the dictionary has a word."""

    def with_dictionary(self, dictionary: UserDictionary) -> "Engine":
        """Return a new engine that also knows the words of `dictionary`; this one is unchanged."""


class _Segmenter:
    """What both engines share: terms, tags and the version."""

    def __init__(self, name: str, dictionary: UserDictionary) -> None:
        self._dictionary = dictionary
        self._terms, self._tags = dictionary.terms, dictionary.tags
        self._has_terms = bool(self._terms)
        self._lexicon = default_lexicon()
        self._version = name
        #: `_pos` as a function that remembers
        self.pos = Memory(self._pos).__getitem__
        if dictionary.words or dictionary.force:
            entries = [dictionary.preferred, sorted(self._tags.items()), dictionary.force]
            self._version += "+" + hashlib.sha256(repr(entries).encode()).hexdigest()[:12]

    @property
    def version(self) -> str:
        """Name and version of the engine, and a digest of the user's words."""
        return self._version

    @property
    def terms(self) -> Terms:
        """Forced terms of the user's dictionary."""
        return self._terms

    def _pos(self, word: str) -> str:
        """Tag from the user, the dictionary, or a guess from the form of the word."""
        return self._tags.get(word) or self._lexicon.tag(word)

    def knows(self, word: str) -> bool:
        """Say whether the user's or the packaged dictionary has a word."""
        return word in self._tags or self._lexicon.pos(word) != ""

    def cut(self, run: str) -> Sequence[str]:
        """Words of a run, cut as ``jieba.cut`` does; forced terms stay whole."""
        if not self._has_terms:
            return self._cut(run) if len(run) <= _MAX_RUN else self._pieces(run)
        found: list[str] = []
        at = 0
        for start, end, _ in self._terms.spans(run):
            found.extend(self._pieces(run[at:start]))
            found.append(run[start:end])
            at = end
        return [*found, *self._pieces(run[at:])]

    def _pieces(self, run: str) -> Sequence[str]:
        if len(run) <= _MAX_RUN:
            return self._cut(run)
        starts = range(0, len(run), _MAX_RUN)
        return [word for i in starts for word in self._cut(run[i : i + _MAX_RUN])]

    def _cut(self, run: str) -> Sequence[str]:
        raise NotImplementedError


class RustEngine(_Segmenter):
    """jieba-rs on an object of its own: see docs/design/0007-engine.md for what differs.

    Examples
    --------
    >>> default_engine().cut("他来到了网易杭研大厦")
    ['他', '来到', '了', '网易', '杭研', '大厦']
    """

    def __init__(self, dictionary: UserDictionary = UserDictionary()) -> None:  # noqa: B008
        super().__init__(f"rjieba-{_version('rjieba')}", dictionary)
        words = dictionary.preferred
        self._jieba = _rust_jieba_with(words) if words else _rust_jieba()

    def _cut(self, run: str) -> Sequence[str]:
        return self._jieba.cut(run)

    def with_dictionary(self, dictionary: UserDictionary) -> "RustEngine":
        """Return a new engine that also knows the words of `dictionary`; this one is unchanged.

        Forced terms cost microseconds. Preferred words need an object of their own (0.1 s,
        25 MB); those of the last four dictionaries are kept.
        """
        return RustEngine(self._dictionary | dictionary)


class JiebaEngine(_Segmenter):
    """The reference: jieba's own code on an instance that shares nothing with its globals.

    Its prefix dictionary is built here from the packaged text, so no cache file is read or
    written.
    """

    def __init__(self, dictionary: UserDictionary = UserDictionary()) -> None:  # noqa: B008
        super().__init__(f"jieba-{_version('jieba')}", dictionary)
        self._tokenizer = _python_jieba(dictionary.preferred)

    def _cut(self, run: str) -> Sequence[str]:
        return list(self._tokenizer.cut(run))

    def with_dictionary(self, dictionary: UserDictionary) -> "JiebaEngine":
        """Return a new engine that also knows the words of `dictionary`; this one is unchanged."""
        return JiebaEngine(self._dictionary | dictionary)


@cache
def _version(package: str) -> str:
    return importlib.metadata.version(package)


@cache
def _rust_jieba() -> rjieba.Jieba:
    return rjieba.Jieba()  # the module's own object could be changed by anyone


@lru_cache(_KEPT)
def _rust_jieba_with(words: tuple[Entry, ...]) -> rjieba.Jieba:
    found = rjieba.Jieba()
    _prefer(found, words)
    return found


@lru_cache(_KEPT)
def _python_jieba(words: tuple[Entry, ...]) -> Any:
    import jieba  # its import costs as much as the whole start of the other engine

    found = jieba.Tokenizer()
    with importlib.resources.files("jieba").joinpath("dict.txt").open("rb") as file:
        found.FREQ, found.total = found.gen_pfdict(file)
    found.initialized = True  # never reads or writes the marshal cache
    _prefer(found, words)
    return found


def _prefer(tokenizer: Any, words: Iterable[Entry]) -> None:
    for word, pos in words:
        tokenizer.add_word(word, max(tokenizer.suggest_freq(word), _PREFERRED), pos)


@cache
def default_engine() -> RustEngine:
    """Return the default engine with the packaged dictionary, built once per process."""
    return RustEngine()
