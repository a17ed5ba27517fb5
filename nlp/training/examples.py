"""What the sentiment model is shown: reviews as opinions, introductions as exposition."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from nlp.hashing import Floats, hashed_counts, inverse_document_frequency, weighted
from nlp.opinion_words import packaged
from nlp.parsed import Parsed
from nlp.sentiment import sentence_documents
from nlp.text import sentences
from nlp.training.files import read_jsonl

_T = TypeVar("_T")

REVIEW_SETS = (
    "senti_chnsenticorp",
    "senti_htl",
    "senti_nlpcc14",
    "senti_shopping10",
    "senti_waimai",
)
COURSE_SETS = ("icourse163_cs", "netease_study")
INTRODUCTIONS = ("mooccubex", "icourse163_cs", "netease_study")
ABSTRACTS = ("topic_csldcp", "kw_csl")
TITLES = ("icourse163_titles", "topic_csl_category")
FOLDS = range(5)

#: what a row of sentiment counts: arguments of `nlp.hashing.hashed_counts`
BITS, WORDS, CHARS = 19, 2, 3

_LONGEST = 200  # characters of a text that are read
_SHORTEST = 6  # of a sentence of exposition
_COURSE_WEIGHT = {"positive": 1.0, "negative": 4.0}
_NEUTRAL_WEIGHT = 2.0
_TOLD_WEIGHT = 0.25
#: how an opinion of the lexicon is said: the n-gram model learns words no review set has
_SAYINGS = {
    "positive": ("{}", "很{}", "非常{}", "课程{}", "讲得很{}", "内容{}"),
    "negative": ("{}", "很{}", "非常{}", "太{}了", "有点{}", "课程{}", "讲得很{}", "内容{}"),
    "praise": ("{}", "这门课{}"),
    "blame": ("{}", "这门课{}"),
}
_SIDES = {"positive": "positive", "praise": "positive", "negative": "negative", "blame": "negative"}


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its class, its weight in the fit, and the set it came from."""

    text: str
    label: str
    weight: float
    source: str

    @property
    def fold(self) -> int:
        """One of `FOLDS`: the fit that gives the figures is shown the others.

        Decided by the letters of the text alone, so that a text that stands in two sets, or
        twice with other stops, is never on both sides.
        """
        return fold_of(self.text)


def fold_of(text: str) -> int:
    """Fold of a text, by what of it is read: see `Example.fold`."""
    letters = "".join(ch for ch in text[:_LONGEST].lower() if ch.isalnum())
    digest = hashlib.sha256(letters.encode("utf-8", "surrogatepass")).digest()
    return digest[0] % len(FOLDS)


class Shown(NamedTuple):
    """What a linear model is fitted on: rows with their classes and weights.

    Attributes
    ----------
    rows : csr_array (n, 2**BITS)
        As `nlp.hashing.weighted` makes them with `idf`.
    idf : float32 array (2**BITS,)
    labels : list of str
    weights : float array (n,)
    """

    rows: csr_array
    idf: NDArray[np.float32]
    labels: list[str]
    weights: Floats


def shown(examples: Sequence[Example], parsed: Sequence[Parsed]) -> Shown:
    """Each text as a whole, and once more as the mean of its sentences, if it has several.

    A text is judged by the mean over its sentences, and what a linear model says of the mean of
    rows is the mean of what it says of each.

    Parameters
    ----------
    examples, parsed : sequences
        The same texts in the same order.
    """
    several = [i for i, text in enumerate(parsed) if len(text.sentences) > 1]
    sentences = [sentence_documents(parsed[i]) for i in several]
    whole = hashed_counts([text.document() for text in parsed], bits=BITS, words=WORDS, chars=CHARS)
    parts = hashed_counts(list(chain.from_iterable(sentences)), bits=BITS, words=WORDS, chars=CHARS)
    idf = inverse_document_frequency(csr_array(vstack([whole, parts])))
    sizes = np.array([len(one) for one in sentences], dtype=np.int64)
    bounds = np.concatenate([[0], sizes.cumsum()])
    shares = np.repeat(1.0 / np.maximum(sizes, 1), sizes)
    mean = csr_array((shares, np.arange(len(shares)), bounds), shape=(len(sizes), len(shares)))
    rows = csr_array(vstack([weighted(whole, idf), mean @ weighted(parts, idf)]))
    order = [*range(len(examples)), *several]
    return Shown(
        rows,
        idf,
        [examples[i].label for i in order],
        np.array([examples[i].weight for i in order]),
    )


def taken(values: Sequence[_T], mask: NDArray[np.bool_]) -> list[_T]:
    """The values whose mask is true."""
    return [v for v, keep in zip(values, mask.tolist(), strict=True) if keep]


def read_examples(data: Path, *, seed: int = 0) -> list[Example]:
    """Each text once, in a seeded order: reviews with stars, and sentences that say what is taught.

    Parameters
    ----------
    data : Path
        Folder of the sets `REVIEW_SETS`, `COURSE_SETS`, `INTRODUCTIONS`, `ABSTRACTS`, `TITLES`.
    """
    found = [*_reviews(data), *_exposition(data)]
    # Some sets share reviews: what is held out of one must not be learned from another.
    unique = list({example.text: example for example in reversed(found)}.values())
    random.Random(seed).shuffle(unique)  # noqa: S311 - an order, not a secret
    return unique


def lexicon_examples() -> list[Example]:
    """Short sentences that hold one opinion of the lexicon each."""
    known = packaged("opinion.json")
    return [
        Example(saying.format(word) + "。", _SIDES[kind], _TOLD_WEIGHT, "lexicon")
        for kind, sayings in _SAYINGS.items()
        for word in known[kind]
        for saying in sayings
    ]


def _reviews(data: Path) -> Iterator[Example]:
    for name in REVIEW_SETS:
        for row in read_jsonl(data / name / "dev.jsonl"):
            label = "positive" if row["label"] == 1 else "negative"
            yield Example(row["text"][:_LONGEST], label, 1.0, name)
    for name in COURSE_SETS:
        for row in read_jsonl(data / name / "reviews.jsonl"):
            label = {"pos": "positive", "neg": "negative"}.get(row["label"], "")
            if label:
                yield Example(row["text"][:_LONGEST], label, _COURSE_WEIGHT[label], name)


def _exposition(data: Path) -> Iterator[Example]:
    for name in INTRODUCTIONS:
        for text in dict.fromkeys(row["text"] for row in read_jsonl(data / name / "items.jsonl")):
            yield from _sentences(text, f"introductions:{name}")
    for name in ABSTRACTS:
        for row in read_jsonl(data / name / "dev.jsonl"):
            yield from _sentences(row["text"], f"abstracts:{name}", most=2)
    for name in TITLES:
        for row in read_jsonl(data / name / "dev.jsonl"):
            yield Example(row["text"], "neutral", _NEUTRAL_WEIGHT, f"titles:{name}")


def _sentences(text: str, source: str, most: int | None = None) -> Iterator[Example]:
    for sentence in sentences(text)[:most]:
        if len(sentence.text) >= _SHORTEST:
            yield Example(sentence.text[:_LONGEST], "neutral", _NEUTRAL_WEIGHT, source)
