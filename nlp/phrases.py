"""Candidates for tags: every run of one to six words that could be a term.

All candidates of some texts are found at once with arrays; the cost is linear in the words.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.phrase_words import Reading
from nlp.spans import Hashes, Rows
from nlp.vocabulary import MAX_FOREIGN

MAX_WORDS = 6
_MAX_HAN = 16  # characters of a phrase of other words


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """Candidates of a reading, piece by piece in an order that means nothing, and their places.

    Attributes
    ----------
    reading : Reading
        The words.
    hashes : uint64 array (n_groups,)
        Of all words and candidates of each piece, each once, rising within a piece.
    word_group : int array (n_words,)
        Row in `hashes` of each word.
    group : int array (n,)
        Row in `hashes` of each candidate.
    first_word, last_word, candidate : int arrays (m,)
        Each occurrence: its words, and its candidate. Those of one candidate stand together,
        in the order of the text.
    at, counts : int arrays (n,)
        First occurrence of each candidate, and number of its occurrences.
    piece : int array (n,)
        Which piece of the reading each candidate stands in.
    """

    reading: Reading
    hashes: Hashes
    word_group: Rows
    group: Rows
    first_word: Rows
    last_word: Rows
    candidate: Rows
    at: Rows
    counts: Rows
    piece: Rows

    def __len__(self) -> int:
        return len(self.at)

    def bounds(self) -> list[int]:
        """Row of the first candidate of each piece, and the number of all candidates."""
        found: list[int] = self.piece.searchsorted(np.arange(len(self.reading.begins) + 1)).tolist()
        return found

    @property
    def forced(self) -> NDArray[np.bool_] | None:
        """Whether each candidate is a forced term; ``None`` if no word is."""
        forced = self.reading.forced
        if forced is None:
            return None
        first, last = self.first_word[self.at], self.last_word[self.at]
        alone: NDArray[np.bool_] = forced[first] & (first == last)
        return alone

    def spans(self, chosen: Rows) -> tuple[Rows, Rows]:
        """Offsets in ``reading.text`` of the first occurrences of some candidates."""
        at = self.at[chosen]
        return self.reading.starts[self.first_word[at]], self.reading.ends[self.last_word[at]]

    def texts(self) -> list[str]:
        """Candidates as they first stand in the text."""
        text = self.reading.text
        starts, ends = self.spans(np.arange(len(self)))
        return [text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]


_STEPS = np.arange(MAX_WORDS)


def candidates(reading: Reading) -> Phrases:
    """Every run of one to six adjacent words that could be a term, equal ones together.

    Examples
    --------
    >>> from nlp.engines import default_engine
    >>> from nlp.lexicon import default_rarity
    >>> from nlp.parsed import parse
    >>> from nlp.phrase_words import Piece, read
    >>> parsed = parse("矩阵分解的deep learning", default_engine())
    >>> piece = Piece("", parse("", default_engine()).part(), parsed.normalized.text, parsed.part())
    >>> reading = read([piece], default_rarity())
    >>> found = candidates(reading)
    >>> sorted(found.texts())
    ['deep', 'deep learning', '分解', '矩阵', '矩阵分解']
    """
    first_word, last_word = _occurrences(reading)
    starts, ends = reading.starts, reading.ends
    n_words = len(starts)
    hashes = reading.spans.of(
        np.concatenate([starts, starts[first_word]]), np.concatenate([ends, ends[last_word]])
    )
    new = np.ones(len(hashes), dtype=bool)
    if len(reading.begins) == 1:
        order = hashes.argsort(kind="stable")
        ranked = hashes[order]
        np.not_equal(ranked[1:], ranked[:-1], out=new[1:])
    else:
        piece = np.concatenate([reading.piece, reading.piece[first_word]])
        order = np.lexsort((hashes, piece))
        ranked, piece = hashes[order], piece[order]
        np.not_equal(ranked[1:], ranked[:-1], out=new[1:])
        new[1:] |= piece[1:] != piece[:-1]
    group = np.empty(len(hashes), dtype=np.intp)
    group[order] = new.cumsum() - 1
    occurrences = order[order >= n_words] - n_words
    first_word, last_word = first_word[occurrences], last_word[occurrences]
    of = group[n_words:][occurrences]
    begins = np.ones(len(of), dtype=bool)
    np.not_equal(of[1:], of[:-1], out=begins[1:])
    at, candidate = begins.nonzero()[0], begins.cumsum() - 1
    return Phrases(
        reading=reading,
        hashes=ranked[new],
        word_group=group[:n_words],
        group=of[at],
        first_word=first_word,
        last_word=last_word,
        candidate=candidate,
        at=at,
        counts=np.bincount(candidate),
        piece=reading.piece[first_word[at]],
    )


def _occurrences(reading: Reading) -> tuple[Rows, Rows]:
    """First and last word of every run that could be a term, in the order of the text."""
    starts, ends, known = reading.starts, reading.ends, reading.facts
    n = len(starts)
    breaks, foreign = known["breaks"], known["foreign"]
    gaps = starts[1:] - ends[:-1]
    joined = gaps == 0
    # foreign words make a phrase across one space
    spaced = (gaps == 1) & foreign[1:] & foreign[:-1]
    spaced &= reading.spans.codes.take(ends[:-1], mode="clip") == ord(" ")
    joined |= spaced
    joined &= ~(breaks[1:] | breaks[:-1])
    run = np.zeros(n + MAX_WORDS, dtype=np.intp)
    (~joined).cumsum(out=run[1:n])
    run[n:] = -1
    row = np.arange(n)[:, np.newaxis]
    last = row + _STEPS
    valid = run.take(last) == run[:n, np.newaxis]
    np.minimum(last, n - 1, out=last)
    length = ends.take(last) - starts[:, np.newaxis]
    limit = np.where(foreign, MAX_FOREIGN, _MAX_HAN)
    valid &= known["first"][:, np.newaxis]
    valid &= known["last"].take(last)
    valid &= (length > 1) & (length <= limit.take(last))
    valid[:, 0] &= known["alone"]
    if reading.forced is not None:
        valid[:, 0] |= reading.forced
    first, steps = valid.nonzero()
    return first, first + steps
