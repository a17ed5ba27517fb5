"""Segmentation and keywords: precision, recall and F1 of what was found, by row."""

import time
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.analyzer import Analyzer
from nlp.errors import TrainingDataError
from nlp.evaluation.measured import N_RESAMPLES, Judged, Measured, Weights, measure
from nlp.evaluation.rivals import keyword_finders, segmenters
from nlp.text import normalize
from nlp.tokens import words

Progress = Callable[[float], None]
SEGMENTERS = ("zhiying", "jieba", "jieba-no-hmm", "snownlp")
KEYWORD_FINDERS = ("zhiying", "jieba-tfidf", "jieba-textrank", "tfidf")


def compare_segmentation(
    sentences: Sequence[Sequence[str]],
    *,
    models: Sequence[str] = SEGMENTERS,
    limit: int = 500,
    seed: int = 0,
    n_resamples: int = N_RESAMPLES,
    progress: Progress = lambda share: None,
) -> list[Measured]:
    """Word spans of each model against those of the gold words.

    Parameters
    ----------
    sentences : sequence of sequences of str
        Gold words; the models are given them joined.
    models : sequence of str
        Out of `SEGMENTERS`.
    limit : int
        Sentences that SnowNLP is asked about.
    """
    engine = Analyzer.default().engine
    cutters: dict[str, Callable[[str], Collection[tuple[int, int]]]] = {
        "zhiying": lambda text: {
            (w.token.start, w.token.end) for w in words(normalize(text), engine)
        }
    }
    for name, cut in segmenters().items():
        cutters[name] = _spanning(cut)
    texts = ["".join(parts) for parts in sentences]
    gold = [spans(text, parts) for text, parts in zip(texts, sentences, strict=True)]
    return _compare(
        {name: cutters[name] for name in models}, texts, gold, limit, seed, n_resamples, progress
    )


def compare_keywords(
    texts: Sequence[str],
    titles: Sequence[str],
    keywords: Sequence[Sequence[str]],
    *,
    models: Sequence[str] = KEYWORD_FINDERS,
    n: int = 5,
    seed: int = 0,
    n_resamples: int = N_RESAMPLES,
    progress: Progress = lambda share: None,
) -> list[Measured]:
    """The first `n` keywords of each model against the authors', equal after NFKC and lower.

    `titles` may be empty; a baseline reads a title as the text's first line.
    """
    analyzer = Analyzer.default()
    joined = [f"{t}\n{x}" if t else x for t, x in zip(titles, texts, strict=True)]
    row = {key: (text, title) for key, text, title in zip(joined, texts, titles, strict=True)}

    def ours(text: str) -> list[str]:
        body, title = row[text]
        return [tag.text for tag in analyzer.analyze(body, title=title).tags[:n]]

    finders: dict[str, Callable[[str], Sequence[str]]] = {
        "zhiying": ours,
        **keyword_finders(joined, n),
    }
    folded = {name: _folding(finders[name], n) for name in models}
    gold = [{_fold(k) for k in known} for known in keywords]
    return _compare(folded, joined, gold, len(joined), seed, n_resamples, progress)


def spans(text: str, parts: Sequence[str]) -> set[tuple[int, int]]:
    """Where each part stands in the text, in order; white space is no part.

    Examples
    --------
    >>> sorted(spans("矩阵 分解", ["矩阵", " ", "分解"]))
    [(0, 2), (3, 5)]
    """
    found: set[tuple[int, int]] = set()
    at = 0
    for part in parts:
        start = text.find(part, at) if part.strip() else -1
        if start >= 0:
            at = start + len(part)
            found.add((start, at))
    return found


def _spanning(cut: Callable[[str], Sequence[str]]) -> Callable[[str], set[tuple[int, int]]]:
    return lambda text: spans(text, cut(text))


def _folding(find: Callable[[str], Sequence[str]], n: int) -> Callable[[str], set[str]]:
    return lambda text: {_fold(keyword) for keyword in find(text)[:n]}


def _fold(keyword: str) -> str:
    return unicodedata.normalize("NFKC", keyword).lower().strip()


def _compare(
    finders: Mapping[str, Callable[[str], Collection[object]]],
    texts: Sequence[str],
    gold: Sequence[Collection[object]],
    limit: int,
    seed: int,
    n_resamples: int,
    progress: Progress,
) -> list[Measured]:
    judged = []
    n = len(texts)
    if not n:
        raise TrainingDataError("no row to judge on", "at least one")
    for done, (name, find) in enumerate(finders.items()):
        rows = np.ones(n, dtype=bool)
        if name == "snownlp" and n > limit:
            rows[:] = False
            rows[np.random.default_rng(seed).choice(n, size=limit, replace=False)] = True
        find(texts[0])  # loading is not counted
        counts = np.zeros((n, 3))
        characters, started = 0, time.perf_counter()
        for i in np.flatnonzero(rows).tolist():
            found = find(texts[i])
            counts[i] = len(set(found) & set(gold[i])), len(found), len(gold[i])
            characters += len(texts[i])
            if i % 50 == 0:
                progress((done + i / n) / len(finders))
        speed = characters / max(time.perf_counter() - started, 1e-9)
        judged.append(Judged(name, {}, rows, _prf(counts), {"characters_per_s": speed}))
    return measure(judged, seed=seed, reference="zhiying", n_resamples=n_resamples)


def _prf(counts: NDArray[np.float64]) -> Callable[[Weights], dict[str, float]]:
    def judge(weights: Weights) -> dict[str, float]:
        hits, found, gold = (weights @ counts).tolist()
        return {
            "precision": hits / found if found else float("nan"),
            "recall": hits / gold if gold else float("nan"),
            "f1": 2 * hits / (found + gold) if found + gold else float("nan"),
        }

    return judge
