"""What is known about a candidate for a tag: some sixty numbers, for all candidates at once."""

import numpy as np
from numpy.typing import NDArray

from nlp.background import Background
from nlp.phrases import KINDS, MAX_WORDS, Phrases
from nlp.spans import Rows

Floats = NDArray[np.float32]

#: in the order of the columns
DENSE = (
    # how often: in the text and the title, the most frequent candidate, its rarest and most
    # frequent word, the best candidate one word longer and one shorter, the rarer of its halves
    "count", "title_count", "top_count", "rarest_word", "commonest_word",
    "longer", "shorter", "halves",
    # share of occurrences inside a longer candidate, inside one that comes again, and with a
    # candidate that goes on to the right and to the left
    "inside", "inside_again", "goes_on", "goes_before",
    # where: first and last occurrence as share of the text, logarithm of the first offset
    "begins", "ends", "offset",
    "words", "one_word", "two_words", "chars", "two_chars",
    "idf", "least_idf", "most_idf", "first_idf", "last_idf",
    # share of stop words, of words the dictionary does not have, of foreign words
    "stop", "unknown", "foreign",
    # share of occurrences with a clause mark before and behind, in quotes, in a list, with 的
    "clause_begins", "clause_ends", "quoted", "listed", "before_de", "behind_de",
    # ln(1 + number of texts, titles, lists of keywords) of the whole, of what is longer or
    # shorter by a word, of its words
    "texts", "titles", "keywords", "longer_texts", "shorter_texts", "longer_titles",
    "shorter_titles", "word_texts", "word_titles", "word_keywords", "first_texts",
    "last_texts", "first_keywords", "last_keywords", "most_word_texts", "least_word_texts",
    "cohesion",
    *(f"first_{kind}" for kind in KINDS), *(f"last_{kind}" for kind in KINDS),
    "text_words", "has_title",
)  # fmt: skip

_LOG_TEXTS = 9.0  # of a background of some 8,000 texts: cohesion is 0 for independent words
_IS_KIND = np.eye(len(KINDS), dtype=np.float32)
_CLAUSE, _QUOTE, _LIST, _DE = 1, 2, 4, 8


def _marks() -> NDArray[np.uint8]:
    table = np.zeros(1 << 16, dtype=np.uint8)
    for bit, marks in (
        (_CLAUSE, "，。；：！？,.;:!?\n\r \t（("),
        (_QUOTE, "\"'“”‘’「」『』《》()（）【】[]"),
        (_LIST, "、,，"),
        (_DE, "的"),
    ):
        table[[ord(mark) for mark in marks]] |= bit
    return table


_MARKS = _marks()


def dense(phrases: Phrases, background: Background) -> Floats:
    """Features of candidates, shape (len(phrases), len(DENSE))."""
    n = len(phrases)
    if n == 0:
        return np.zeros((0, len(DENSE)), dtype=np.float32)
    reading, at = phrases.reading, phrases.at
    first, last = phrases.first_word[at], phrases.last_word[at]
    starts, ends = reading.starts, reading.ends
    n_words = len(starts)
    size = (last - first + 1).astype(np.float32)
    counts = phrases.counts.astype(np.float32)
    in_title = np.add.reduceat(phrases.first_word < reading.n_title, at, dtype=np.float32)
    of_group = background.logs(phrases.hashes)
    whole, of_word = of_group[phrases.group], of_group[phrases.word_group]
    often = np.log(np.bincount(phrases.word_group)[phrases.word_group])

    known = reading.facts
    table = np.empty((n_words + 1, 7))
    table[0] = 0.0
    values = [reading.idf, known["stop"], known["unknown"], known["foreign"], *of_word.T]
    for column, value in enumerate(values):
        table[1:, column] = value
    np.cumsum(table, axis=0, out=table)
    total = (table[last + 1] - table[first]).T.astype(np.float32)
    idf, stop, unknown, foreign, texts, titles, keywords = total / size

    inner = np.minimum(first[:, np.newaxis] + np.arange(MAX_WORDS), last[:, np.newaxis])
    extremes = np.column_stack([often, reading.idf, of_word[:, 0]]).astype(np.float32)[inner]
    rarest, least_idf, least_texts = extremes.min(axis=1).T
    commonest, most_idf, most_texts = extremes.max(axis=1).T

    near = _neighbours(phrases, whole)
    chars = (ends[last] - starts[first]).astype(np.float32)
    begins = starts[first]
    final = starts[phrases.first_word[at + phrases.counts - 1]]
    length = np.float32(len(reading.text))
    # cohesion = (ln df(phrase) - Σ ln df(word) + (n - 1) ln N) / n: pointwise mutual information
    cohesion = (whole[:, 0] - total[4] + (size - 1) * _LOG_TEXTS) / size
    found: dict[str, object] = {
        "count": np.log1p(counts - in_title),
        "title_count": np.log1p(in_title),
        "top_count": np.log(counts.max()),
        "rarest_word": rarest,
        "commonest_word": commonest,
        **near,
        **_surroundings(phrases),
        "begins": begins / length,
        "ends": final / length,
        "offset": np.log1p(begins),
        "words": size,
        "one_word": size == 1,
        "two_words": size == 2,
        "chars": chars,
        "two_chars": chars == 2,
        "idf": idf,
        "least_idf": least_idf,
        "most_idf": most_idf,
        "first_idf": reading.idf[first],
        "last_idf": reading.idf[last],
        "stop": stop,
        "unknown": unknown,
        "foreign": foreign,
        "texts": whole[:, 0],
        "titles": whole[:, 1],
        "keywords": whole[:, 2],
        "word_texts": texts,
        "word_titles": titles,
        "word_keywords": keywords,
        "first_texts": of_word[first, 0],
        "last_texts": of_word[last, 0],
        "first_keywords": of_word[first, 2],
        "last_keywords": of_word[last, 2],
        "most_word_texts": most_texts,
        "least_word_texts": least_texts,
        "cohesion": np.where(whole[:, 0] > 0, cohesion, 0.0),
        "text_words": np.log1p(n_words),
        "has_title": reading.n_title > 0,
    }
    for end, word in (("first", first), ("last", last)):
        columns = _IS_KIND[known["kind"][word]].T
        found.update(zip((f"{end}_{kind}" for kind in KINDS), columns, strict=True))
    rows = np.empty((len(DENSE), n), dtype=np.float32)
    for row, name in enumerate(DENSE):
        rows[row] = found[name]
    return rows.T


def _neighbours(phrases: Phrases, whole: Floats) -> dict[str, Floats]:
    """Candidates one word longer or shorter than each occurrence, in this text and in others."""
    n, at = len(phrases), phrases.at
    # a cell for each first word and number of words, with a border: a neighbour is one step away
    width = MAX_WORDS + 2
    grid = np.full((len(phrases.reading.starts) + 2) * width, n, dtype=np.intp)
    size = phrases.last_word - phrases.first_word + 1
    cell = (phrases.first_word + 1) * width + size
    grid[cell] = phrases.candidate
    steps = np.array([1, 1 - width, -1, width - 1])  # longer right, left; shorter right, left
    beside = grid[cell + steps[:, np.newaxis]]
    table = np.zeros((n + 1, 3), dtype=np.float32)
    table[:n, 0], table[:n, 1:] = phrases.counts, whole[:, :2]
    value = table[beside]  # (4, occurrences, 3)
    longer, shorter = value[:2].max(axis=0), value[2:].max(axis=0)
    halves = value[2:, :, 0].min(axis=0)
    most = np.maximum.reduceat(np.column_stack([longer, shorter, halves]), at, axis=0).T
    right, left = beside[0] < n, beside[1] < n
    shares = np.column_stack([right | left, longer[:, 0] > 1, right, left]).astype(np.float32)
    inside, again, goes_on, goes_before = np.add.reduceat(shares, at, axis=0).T / phrases.counts
    return {
        "longer": np.log1p(most[0]),
        "shorter": np.log1p(most[3]),
        "halves": np.log1p(most[6]),
        "inside": inside,
        "inside_again": again,
        "goes_on": goes_on,
        "goes_before": goes_before,
        "longer_texts": most[1],
        "shorter_texts": most[4],
        "longer_titles": most[2],
        "shorter_titles": most[5],
    }


def _surroundings(phrases: Phrases) -> dict[str, Floats]:
    """Characters before and behind the occurrences of each candidate."""
    reading = phrases.reading
    codes = reading.spans.codes
    before = _sides(codes, reading.starts[phrases.first_word] - 1)
    behind = _sides(codes, reading.ends[phrases.last_word])
    either, both = before | behind, before & behind
    shares = np.column_stack(
        [
            before & _CLAUSE,
            behind & _CLAUSE,
            both & _QUOTE,
            either & _LIST,
            behind & _DE,
            before & _DE,
        ]
    ).astype(bool)
    found = np.add.reduceat(shares, phrases.at, axis=0, dtype=np.float32).T / phrases.counts
    names = ("clause_begins", "clause_ends", "quoted", "listed", "before_de", "behind_de")
    return dict(zip(names, found, strict=True))


def _sides(codes: NDArray[np.uint32], offsets: Rows) -> NDArray[np.uint8]:
    inside = (offsets >= 0) & (offsets < len(codes))
    found = _MARKS.take(codes.take(offsets, mode="clip"), mode="clip")
    found[~inside] = _CLAUSE
    return found
