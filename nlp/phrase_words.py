"""Words of titles and texts as arrays: what each may do in a phrase, and how rare it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.dictionary import Terms
from nlp.lexicon import Rarity
from nlp.parsed import Columns
from nlp.spans import Rows, SpanHashes
from nlp.vocabulary import FACTS


class Piece(NamedTuple):
    """A title and a text, or a part of one; together they have a word.

    Attributes
    ----------
    title, text : str
        Normal forms.
    title_words, text_words : Columns
        Offsets count in their own string, those of the text from `shift`.
    shift : int
        Where a part begins in its text.
    """

    title: str
    title_words: Columns
    text: str
    text_words: Columns
    shift: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Pieces one after another, their words as arrays.

    Attributes
    ----------
    text : str
        Title, a line feed, and the text of each piece, and a line feed between pieces: what
        every offset counts in.
    begins, sizes, n_words, n_title : int arrays (n_pieces,)
        Where each piece begins in the text, its characters, its words, and those of its title.
    piece : int array (n,)
        Which piece each word stands in.
    starts, ends : int arrays (n,)
        Words of the title, then of the text, particles cut off.
    in_title : bool array (n,)
        Whether each word stands in a title.
    facts : array (n,) of `FACTS`
        What each word may do.
    idf : float32 array (n,)
        Rarity of each word.
    spans : SpanHashes
        Hashes of spans of the text.
    forced : bool array (n,) or None
        Words that the user's dictionary forces.
    """

    text: str
    begins: Rows
    sizes: Rows
    n_words: Rows
    n_title: Rows
    piece: Rows
    starts: Rows
    ends: Rows
    in_title: NDArray[np.bool_]
    facts: NDArray[np.void]
    idf: NDArray[np.float32]
    spans: SpanHashes
    forced: NDArray[np.bool_] | None


def read(pieces: Sequence[Piece], rarity: Rarity, *, terms: Terms | None = None) -> Reading:
    """Words of titles and texts as arrays.

    Parameters
    ----------
    pieces : sequence of Piece
        One at least. What is found in a piece does not depend on the others.
    rarity : Rarity
        IDF of words.
    terms : Terms, optional
        What the user's dictionary forces.
    """
    runs = [words for p in pieces for words in (p.title_words, p.text_words)]
    texts = list(chain.from_iterable([words.texts for words in runs]))
    starts = np.array(list(chain.from_iterable([words.starts for words in runs])), dtype=np.intp)
    ends = np.array(list(chain.from_iterable([words.ends for words in runs])), dtype=np.intp)
    known = np.frombuffer(b"".join([words.facts.tobytes() for words in runs]), dtype=FACTS)
    whole = "\n".join([f"{p.title}\n{p.text}" for p in pieces])
    heads = np.array([len(p.title) + 1 for p in pieces], dtype=np.intp)
    sizes = heads + np.array([len(p.text) for p in pieces], dtype=np.intp)
    begins = (sizes + 1).cumsum() - (sizes + 1)
    counts = np.array([len(words.texts) for words in runs], dtype=np.intp)
    # what the offsets of each title and each text lack
    lacks = begins.repeat(2)
    lacks[1::2] += heads - np.array([p.shift for p in pieces], dtype=np.intp)
    lacks = lacks.repeat(counts)
    cut = np.array([known["left"], known["right"]], dtype=np.intp)
    forced = np.array([text in terms for text in texts], dtype=bool) if terms else None
    if forced is not None:
        cut[:, forced] = 0
    n_words = counts[::2] + counts[1::2]
    return Reading(
        text=whole,
        begins=begins,
        sizes=sizes,
        n_words=n_words,
        n_title=counts[::2],
        piece=np.arange(len(pieces)).repeat(n_words),
        starts=starts + lacks + cut[0],
        ends=ends + lacks - cut[1],
        in_title=np.array([True, False] * len(pieces)).repeat(counts),
        facts=known,
        idf=np.array(list(map(rarity.idf, texts)), dtype=np.float32),
        spans=SpanHashes(whole),
        forced=forced,
    )
