"""What is known about a candidate for a tag: some sixty numbers, for all candidates at once."""

import numpy as np
from numpy.typing import NDArray

from nlp.background import SOURCES, Background
from nlp.phrases import MAX_WORDS, Phrases
from nlp.spans import Rows
from nlp.vocabulary import KINDS

Floats = NDArray[np.float32]

#: of each word; a candidate has their mean
_WORD = ("idf", "stop", "unknown", "foreign", *(f"word_{source}" for source in SOURCES))
#: of the first word and of the last
_EDGE = ("idf", "texts", "keywords", *KINDS)
_EXTREME = ("frequency", "idf", "texts")
#: shares of the occurrences: inside a longer candidate, inside one that comes again, going on
#: to the right or left; beside a clause mark, in quotes, in a list, before and behind 的
_SHARES = (
    "inside", "inside_again", "goes_on", "goes_before",
    "clause_begins", "clause_ends", "quoted", "listed", "before_de", "behind_de",
)  # fmt: skip
DENSE = (
    # logarithms: in the text and the title, the most frequent candidate, the first offset,
    # words of the text; begin of the first and the last occurrence as share of the text
    "count", "title_count", "top_count", "offset", "text_words", "begins", "ends", "has_title",
    "words", "one_word", "two_words", "chars", "two_chars", "cohesion",
    *SOURCES,
    *_WORD,
    *(f"least_{name}" for name in _EXTREME), *(f"most_{name}" for name in _EXTREME),
    *(f"first_{name}" for name in _EDGE), *(f"last_{name}" for name in _EDGE),
    # the best candidate one word longer and one shorter: logarithms of its count here, of the
    # texts and titles that have it; the rarer of the two shorter ones here
    "longer", "longer_texts", "longer_titles", "shorter", "shorter_texts", "shorter_titles",
    "halves",
    *_SHARES,
)  # fmt: skip

_LOG_TEXTS = 9.0  # of a background of some 8,000 texts: cohesion is 0 for independent words
_IS_KIND = np.eye(len(KINDS), dtype=np.float32)
_CLAUSE, _QUOTE, _LIST, _DE = 1, 2, 4, 8
_TWICE = np.float32(1.0)  # ln(1 + 2) is more, ln(1 + 1) less


def _marks() -> NDArray[np.uint8]:
    """Bits of the characters that say something about what stands beside them."""
    table = np.zeros(1 << 16, dtype=np.uint8)
    for bit, marks in (
        (_CLAUSE, "，。；：！？,.;:!?\n\r \t（("),
        (_QUOTE, "\"'“”‘’「」『』《》()（）【】[]"),
        (_LIST, "、,，"),
        (_DE, "的"),
    ):
        table[[ord(mark) for mark in marks]] |= bit
    return table


def _sides() -> Floats:
    """The last six of `_SHARES` by the bits before (times 16) and behind."""
    before, behind = np.divmod(np.arange(256), 16)
    both, either = before & behind, before | behind
    bits = [before & _CLAUSE, behind & _CLAUSE, both & _QUOTE, either & _LIST, behind & _DE]
    return np.column_stack([*bits, before & _DE]).astype(bool).astype(np.float32)


_MARKS, _SIDES = _marks(), _sides()


def dense(phrases: Phrases, background: Background) -> Floats:
    """Features of candidates.

    Returns
    -------
    float32 array (len(phrases), len(DENSE))
        Each depends on its own piece and on the background only.
    """
    if not len(phrases):
        return np.zeros((0, len(DENSE)), dtype=np.float32)
    of_group = background.logs(phrases.hashes)
    whole, of_word = of_group.take(phrases.group, axis=0), of_group.take(phrases.word_group, axis=0)
    first, last = phrases.first_word.take(phrases.at), phrases.last_word.take(phrases.at)
    beside, shares = _occurrences(phrases, whole)
    means, size = _means(phrases, of_word, first, last)
    blocks = [
        _place(phrases, first, last, size, shares[:, :1]),
        _cohesion(whole, means, size),
        whole,
        means,
        _extremes(phrases, of_word, first, last),
        _edges(phrases, of_word, first, last),
        beside,
        shares[:, 1:],
    ]
    return np.concatenate(blocks, axis=1, dtype=np.float32)


def _place(phrases: Phrases, first: Rows, last: Rows, size: Floats, in_title: Floats) -> Floats:
    """From "count" to "two_chars"."""
    reading, counts, piece = phrases.reading, phrases.counts, phrases.piece
    most = np.zeros(len(reading.begins), dtype=np.intp)
    np.maximum.at(most, piece, counts)
    final = phrases.first_word.take(phrases.at + counts - 1)
    starts = reading.starts - reading.begins.take(reading.piece)
    begins, size_of = starts.take(first), reading.sizes.take(piece)
    chars = reading.ends.take(last) - reading.starts.take(first)
    found = np.empty((len(phrases), 13), dtype=np.float32)
    found[:, 1] = in_title[:, 0] * counts
    found[:, 0] = counts - found[:, 1]
    found[:, 2] = most.take(piece)
    found[:, 3] = begins
    found[:, 4] = reading.n_words.take(piece)
    np.log1p(found[:, :5], out=found[:, :5])
    found[:, 5] = begins / size_of
    found[:, 6] = starts.take(final) / size_of
    found[:, 7] = (reading.n_title > 0).take(piece)
    found[:, 8] = size[:, 0]
    found[:, 9:11] = size == _ONE_TWO
    found[:, 11] = chars
    found[:, 12] = chars == 2
    return found


_ONE_TWO = np.array([1, 2], dtype=np.float32)


def _means(phrases: Phrases, of_word: Floats, first: Rows, last: Rows) -> tuple[Floats, Floats]:
    """Means of `_WORD` over the words of each candidate, and their number as a column."""
    reading, known = phrases.reading, phrases.reading.facts
    values = np.empty((len(reading.starts), len(_WORD)))
    values[:, 0] = reading.idf
    for column, name in enumerate(("stop", "unknown", "foreign"), 1):
        values[:, column] = known[name]
    values[:, 4:] = of_word
    # sums from the first word of each piece, with a row of zeros before it
    sums = np.zeros((len(values) + len(reading.n_words), len(_WORD)))
    stop = 0
    for piece, n_words in enumerate(reading.n_words.tolist()):
        start, stop = stop, stop + n_words
        values[start:stop].cumsum(axis=0, out=sums[start + piece + 1 : stop + piece + 1])
    size: Floats = (last - first + 1).astype(np.float32)[:, np.newaxis]
    before = first + phrases.piece
    total = sums.take(before + (last - first + 1), axis=0) - sums.take(before, axis=0)
    return total.astype(np.float32) / size, size


def _cohesion(whole: Floats, means: Floats, size: Floats) -> Floats:
    """Pointwise mutual information of the words, a word; 0 if the background has no such phrase."""
    # (ln df(phrase) - Σ ln df(word) + (n - 1) ln N) / n
    df = whole[:, :1]
    found = (df + (size - 1) * _LOG_TEXTS) / size - means[:, 4:5]
    return (found * (df > 0)).astype(np.float32)


def _extremes(phrases: Phrases, of_word: Floats, first: Rows, last: Rows) -> Floats:
    """Least and most of `_EXTREME` over the words of each candidate."""
    often = np.bincount(phrases.word_group).take(phrases.word_group)
    table = np.empty((len(often), 3), dtype=np.float32)
    table[:, 0] = np.log(often)
    table[:, 1] = phrases.reading.idf
    table[:, 2] = of_word[:, 0]
    inner = np.minimum(first + np.arange(MAX_WORDS)[:, np.newaxis], last)
    values = table.take(inner, axis=0)
    least, most = np.minimum.reduce(values, axis=0), np.maximum.reduce(values, axis=0)
    return np.concatenate([least, most], axis=1)


def _edges(phrases: Phrases, of_word: Floats, first: Rows, last: Rows) -> Floats:
    """Numbers of `_EDGE` of the first and of the last word."""
    reading = phrases.reading
    table = np.empty((len(reading.starts), len(_EDGE)), dtype=np.float32)
    table[:, 0] = reading.idf
    table[:, 1:3] = of_word[:, ::2]
    table[:, 3:] = _IS_KIND.take(reading.facts["kind"], axis=0)
    return np.concatenate([table.take(first, axis=0), table.take(last, axis=0)], axis=1)


def _occurrences(phrases: Phrases, whole: Floats) -> tuple[Floats, Floats]:
    """What stands beside the occurrences: best neighbours, and shares with that of the title."""
    n, at, reading = len(phrases), phrases.at, phrases.reading
    # a cell for each first word and number of words, with a border: a neighbour is one step away
    width = MAX_WORDS + 2
    grid = np.full((len(reading.starts) + 2) * width, n, dtype=np.intp)
    cell = (phrases.first_word + 1) * width + (phrases.last_word - phrases.first_word + 1)
    grid[cell] = phrases.candidate
    steps = np.array([[1], [1 - width], [-1], [width - 1]])  # longer right, left; shorter
    near = grid.take(cell + steps)
    table = np.zeros((n + 1, 3), dtype=np.float32)
    np.log1p(phrases.counts, out=table[:n, 0])
    table[:n, 1:] = whole[:, :2]
    value = table.take(near, axis=0)  # (4, occurrences, 3)
    best = np.empty((len(cell), 7), dtype=np.float32)
    np.maximum(value[0], value[1], out=best[:, :3])
    np.maximum(value[2], value[3], out=best[:, 3:6])
    np.minimum(value[2, :, 0], value[3, :, 0], out=best[:, 6])

    shares = np.empty((len(cell), 1 + len(_SHARES)), dtype=np.float32)
    shares[:, 0] = reading.in_title.take(phrases.first_word)
    shares[:, 3:5] = n > near[:2].T
    np.maximum(shares[:, 3], shares[:, 4], out=shares[:, 1])
    shares[:, 2] = best[:, 0] > _TWICE
    # bits of the characters; beyond both ends of the text a clause ends
    bits = np.full(len(reading.spans.codes) + 1, _CLAUSE, dtype=np.uint8)
    bits[:-1] = _MARKS.take(reading.spans.codes, mode="clip")
    before = bits.take(reading.starts.take(phrases.first_word) - 1)
    behind = bits.take(reading.ends.take(phrases.last_word))
    shares[:, 5:] = _SIDES.take(before * np.uint8(16) + behind, axis=0)
    if len(cell) > n:
        best = np.maximum.reduceat(best, at, axis=0)
        shares = np.add.reduceat(shares, at, axis=0)
        shares /= phrases.counts[:, np.newaxis]
    return best, shares
