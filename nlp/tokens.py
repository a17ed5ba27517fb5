"""Normal text to words with part of speech.

Formulas, code, numbers and foreign terms are kept whole by a scan of our own; runs of Han
characters go to a segmentation engine.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from nlp.analysis import Token
from nlp.engines import Engine
from nlp.lexicon import default_lexicon, word_list
from nlp.shapes import RUN, TERM, is_formula
from nlp.text import Normalized

Granularity = Literal["fine", "search"]

_EDGE = ".,:;!?'\"、"
_SIGNS = frozenset({"emoji", "other", "stop"})


@cache
def _mixed_words() -> re.Pattern[str]:
    """Match known words that begin with a letter and end in Han: C语言, B站, t检验."""
    known = word_list("mixed.txt").union(default_lexicon().mixed())
    return re.compile("|".join(sorted(map(re.escape, known), key=lambda w: (-len(w), w))))


class Word(NamedTuple):
    """A token of the normalised text: what the rest of `nlp` reads."""

    text: str
    start: int
    end: int
    pos: str


def words(
    text: Normalized, engine: Engine, *, granularity: Granularity = "fine"
) -> tuple[Word, ...]:
    """Words of a normalised text, in order.

    White space gives no word. Where one original character stands for several of the
    normal form (``㎏``), words that share it are joined, so tokens never overlap.

    Parameters
    ----------
    text : Normalized
        The text; offsets of the words belong to its normal form.
    engine : Engine
        Cuts runs of Han characters.
    granularity : {"fine", "search"}
        ``"search"`` puts before each word of Han characters the dictionary words of two and
        three characters inside it, as ``jieba.cut_for_search`` does; these overlap.

    Examples
    --------
    >>> from nlp.engines import default_engine
    >>> from nlp.text import normalize
    >>> found = words(normalize("用Python3.11算 E=mc^2"), default_engine())
    >>> [(w.text, w.pos) for w in found]
    [('用', 'p'), ('Python3.11', 'eng'), ('算', 'v'), ('E=mc^2', 'eng')]
    >>> found = words(normalize("清华大学"), default_engine(), granularity="search")
    >>> [w.text for w in found]
    ['清华', '华大', '大学', '清华大学']
    """
    normal = text.text
    found: list[Word] = []
    at = 0
    for start, end, pos in engine.terms.spans(normal):
        _scan(normal, at, start, engine, found)
        found.append(Word(normal[start:end], start, end, pos))
        at = end
    _scan(normal, at, len(normal), engine, found)
    if not text.is_identity:
        found = _joined(found, text)
    return searched(tuple(found), engine) if granularity == "search" else tuple(found)


def searched(found: tuple[Word, ...], engine: Engine) -> tuple[Word, ...]:
    """Words with the shorter words inside them: see `words`."""
    return tuple(piece for word in found for piece in _pieces(word, engine))


def tokens(found: tuple[Word, ...], text: Normalized) -> tuple[Token, ...]:
    """Words as tokens of the original text."""
    original, starts, ends = text.original, text.starts, text.ends
    if text.is_identity:
        return tuple([Token(original[start:end], start, end, pos) for _, start, end, pos in found])
    spans = ((starts[start], ends[end - 1], pos) for _, start, end, pos in found)
    return tuple([Token(original[start:end], start, end, pos) for start, end, pos in spans])


def _pieces(word: Word, engine: Engine) -> Iterator[Word]:
    """Dictionary words of two and three characters inside a word, then the word."""
    text = word.text
    if "\u3400" <= text[-1] <= "\u9fff":
        for size in (2, 3):
            for i in range(len(text) - size + 1 if len(text) > size else 0):
                piece = text[i : i + size]
                if engine.knows(piece):
                    start = word.start + i
                    yield Word(piece, start, start + size, engine.pos(piece))
    yield word


def _joined(found: list[Word], text: Normalized) -> list[Word]:
    """Words, those in one that share a character of the original."""
    starts, ends = text.starts, text.ends
    apart: list[Word] = []
    for word in found:
        if apart and starts[word.start] < ends[apart[-1].end - 1]:
            before = apart.pop()
            whole = text.text[before.start : word.end]
            apart.append(Word(whole, before.start, word.end, before.pos))
        else:
            apart.append(word)
    return apart


def _scan(text: str, start: int, end: int, engine: Engine, found: list[Word]) -> None:
    """Append the words of ``text[start:end]``, where no forced term stands."""
    mixed, pos_of, add = _mixed_words(), engine.pos, found.append
    new = tuple.__new__  # a third of the time of Word(…), which is called for every word
    at = start
    while (match := RUN.search(text, at, end)) is not None:
        start, at = match.span()
        kind = match.lastgroup
        if kind == "han":
            for word in engine.cut(match.group()):
                stop = start + len(word)
                add(new(Word, (word, start, stop, pos_of(word))))
                start = stop
        elif kind == "ascii" and at - start == 1 and not text[start].isalnum():
            add(Word(text[start], start, at, "x"))
        elif kind == "ascii":
            last = _last_word(text, start, at)
            joined = mixed.match(text, last, end)
            whole = joined is not None and joined.end() > at
            for first, stop, pos in _terms(text, start, last if whole else at):
                add(Word(text[first:stop], first, stop, pos))
            if joined is not None and whole:
                at = joined.end()
                add(Word(joined.group(), last, at, pos_of(joined.group())))
        elif kind == "code":
            add(Word("`", start, start + 1, "x"))
            add(Word(text[start + 1 : at - 1], start + 1, at - 1, "eng"))
            add(Word("`", at - 1, at, "x"))
        else:
            add(Word(text[start:at], start, at, "x" if kind in _SIGNS else "eng"))


def _last_word(text: str, start: int, end: int) -> int:
    """Offset of the letters that end ``text[start:end]``."""
    at = end
    while at > start and text[at - 1].isalnum():
        at -= 1
    return at


def _terms(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Tokens of a run without Han: one formula, or terms, numbers and single signs."""
    run = text[start:end]
    left = len(run) - len(run.lstrip(_EDGE))
    body = run[left:].rstrip(_EDGE)
    if is_formula(body):
        for i in range(start, start + left):
            yield i, i + 1, "x"
        yield start + left, start + left + len(body), "eng"
        for i in range(start + left + len(body), end):
            yield i, i + 1, "x"
        return
    for term in TERM.finditer(run):
        kind = term.lastgroup
        tag = "m" if kind == "number" else "x" if kind == "other" else "eng"
        yield start + term.start(), start + term.end(), tag
