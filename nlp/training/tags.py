"""The ranker of tags: abstracts with their authors' keywords, and a background of other texts."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.background import Background
from nlp.engines import default_engine
from nlp.lexicon import default_rarity
from nlp.metrics import expected_calibration_error
from nlp.parsed import Parsed, parse
from nlp.phrase_features import dense
from nlp.phrase_words import Piece, read
from nlp.phrases import candidates
from nlp.ranker import Ranker, fingerprint, letters_of
from nlp.spans import Hashes, SpanHashes
from nlp.tags import tags
from nlp.training.files import read_jsonl
from nlp.training.network import Floats, fit_network

_LEAST = (2, 1, 1)  # texts, titles, lists of keywords: what counts less is not kept
_N_NETWORKS, _N_FOLDS = 4, 5
_N = 5  # tags that are judged
_RIDGE = 1e-2
_TEST_SHARE = 5  # one row of five is never seen
_COURSES = ("mooccubex", "netease_study", "icourse163_cs")


@dataclass(frozen=True, slots=True)
class Abstract:
    """An abstract with the title and the keywords of its authors."""

    text: str
    title: str
    keywords: tuple[str, ...]


def read_abstracts(data: Path) -> tuple[list[Abstract], list[Abstract]]:
    """Rows of ``kw_csl`` to train on, and the fifth of them that no model sees."""
    rows = [
        Abstract(row["text"], row["title"], tuple(row["keywords"]))
        for row in read_jsonl(data / "kw_csl" / "dev.jsonl")
    ]
    order = np.random.default_rng(0).permutation(len(rows)).tolist()
    n_test = len(rows) // _TEST_SHARE
    split = len(rows) - n_test
    return [rows[i] for i in order[:split]], [rows[i] for i in order[split:]]


def same(keyword: str) -> str:
    """Form in which keywords are compared: NFKC, lower case."""
    return unicodedata.normalize("NFKC", keyword).lower().strip()


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """A row in each of its readings: the first without its title, the second with it."""

    abstract: Abstract
    own: Sequence[Hashes]
    features: Sequence[Floats]
    labels: Sequence[NDArray[np.bool_]]


def train_tags(data: Path) -> tuple[Ranker, dict[str, float]]:
    """Ranker of candidates, and its figures from 5-fold cross-validation.

    Courses have titles, and short texts: so each abstract is read with its title and without,
    and so are its title and its first sentence alone. The background leaves out the row it
    describes, in training and in judging.
    """
    abstracts, unseen = read_abstracts(data)
    background = _background(data, abstracts, unseen)
    rows = [_row(abstract, background) for abstract in abstracts]
    found = np.zeros((2, 3))
    scores: list[NDArray[np.float64]] = []
    labels: list[NDArray[np.bool_]] = []
    for fold in range(_N_FOLDS):
        ranker = _fit([row for i, row in enumerate(rows) if i % _N_FOLDS != fold], background)
        for row in rows[fold::_N_FOLDS]:
            found += _counts(row, ranker)
            scores += [ranker.scores(features) for features in row.features]
            labels += row.labels
    every, chosen = np.concatenate(scores), np.concatenate(labels)
    ranker = _fit(rows, background).with_calibration(*_platt(every, chosen))
    hits, given, gold = found.T
    f1 = 2 * hits / (given + gold)
    return ranker, {
        "n": len(rows),
        "background": len(background.keys),
        "candidates": np.mean([len(row.labels[0]) for row in rows]).item(),
        "found": sum(row.labels[0].sum().item() for row in rows) / gold[0],
        "f1_at_5": f1[0],
        "f1_at_5_with_title": f1[1],
        "ece": _calibration_error(ranker.calibrated(every), chosen),
    }


def _fit(rows: Sequence[_Row], background: Background) -> Ranker:
    features = [one for row in rows for one in row.features]
    labels = [one for row in rows for one in row.labels]
    fitted = [fit_network(features, labels, seed) for seed in range(_N_NETWORKS)]
    first, second, output = (np.stack(layers) for layers in zip(*fitted, strict=True))
    seen = np.unique(np.array([fingerprint(row.abstract.text) for row in rows], dtype=np.uint64))
    return Ranker(background, first, second, output, np.array([1.0, 0.0]), seen)


def _row(abstract: Abstract, background: Background) -> _Row:
    title, text = _parsed(abstract.title), _parsed(abstract.text)
    keywords = {same(keyword) for keyword in abstract.keywords}
    own = (_hashes(text), _hashes(title), _whole(abstract.keywords))
    others, rarity = background.without(own, least=_LEAST), default_rarity()
    features, labels = [], []
    none, first = _parsed(""), _parsed(text.sentences[0].text if text.sentences else "")
    for head, body in ((none, text), (title, text), (title, none), (none, title), (none, first)):
        if not (head.words or body.words):
            continue
        piece = Piece(head.normalized.text, head.part(), body.normalized.text, body.part())
        found = candidates(read([piece], rarity))
        if len(found):
            features.append(dense(found, others))
            labels.append(np.array([same(name) in keywords for name in found.texts()], dtype=bool))
    return _Row(abstract, own, features, labels)


def _counts(row: _Row, ranker: Ranker) -> NDArray[np.float64]:
    """Hits, tags and keywords among the first five tags: without the title, and with it."""
    blind = replace(ranker, background=ranker.background.without(row.own, least=_LEAST))
    engine, rarity = default_engine(), default_rarity()
    gold = {same(keyword) for keyword in row.abstract.keywords}
    counts = []
    for title in ("", row.abstract.title):
        text, head = _parsed(row.abstract.text), _parsed(title)
        found = tags(text, head, engine, rarity, ranker=blind)[:_N]
        given = {same(tag.text) for tag in found}
        counts.append((len(given & gold), len(given), len(gold)))
    return np.array(counts, dtype=np.float64)


def _background(data: Path, rows: Sequence[Abstract], unseen: Sequence[Abstract]) -> Background:
    """Counts over abstracts, introductions, titles and keywords, none of a row never seen."""
    banned = {letters_of(text) for row in unseen for text in (row.text, row.title)}
    courses = [row for name in _COURSES for row in read_jsonl(data / name / "items.jsonl")]
    texts = [row["text"] for row in read_jsonl(data / "topic_csldcp" / "dev.jsonl")]
    texts += [row["text"] for row in courses]
    titles = [
        row["text"]
        for name in ("topic_csl_category", "icourse163_titles")
        for row in read_jsonl(data / name / "dev.jsonl")
    ]
    titles += [row.get("title", "") for row in courses]
    sources = [
        [_hashes(parse(text, default_engine())) for text in _distinct(listed, banned)]
        for listed in (texts, titles)
    ]
    return Background.count([*sources, [_whole(row.keywords) for row in rows]], least=_LEAST)


def _distinct(texts: Iterable[str], banned: set[str]) -> list[str]:
    kept = {letters_of(text): text for text in texts}
    return [text for key, text in kept.items() if key and key not in banned]


@cache
def _parsed(text: str) -> Parsed:
    return parse(text, default_engine())


def _hashes(parsed: Parsed) -> Hashes:
    """Hashes of all words and candidates of a text."""
    if not parsed.words:
        return np.zeros(0, dtype=np.uint64)
    piece = Piece("", _parsed("").part(), parsed.normalized.text, parsed.part())
    return candidates(read([piece], default_rarity())).hashes


def _whole(keywords: Sequence[str]) -> Hashes:
    """Hash of each keyword."""
    start = np.zeros(1, dtype=np.intp)
    return np.concatenate(
        [SpanHashes(same(keyword)).of(start, start + len(same(keyword))) for keyword in keywords]
    )


def _platt(scores: NDArray[np.float64], chosen: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and intercept of the logistic regression of what was chosen on the score.

    A little ridge towards the score as it is keeps them finite where the score separates.
    """
    slope, intercept = 1.0, 0.0
    for _ in range(50):  # Newton's method; the loss is convex
        p = 1.0 / (1.0 + np.exp(-(slope * scores + intercept)))
        off, curve = p - chosen, p * (1.0 - p)
        gradient = np.array([off @ scores + _RIDGE * (slope - 1.0), off.sum() + _RIDGE * intercept])
        cross = curve @ scores
        hessian = np.array([[curve @ scores**2, cross], [cross, curve.sum()]])
        hessian += _RIDGE * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        slope, intercept = slope - step[0].item(), intercept - step[1].item()
    return slope, intercept


def _calibration_error(p: NDArray[np.float64], chosen: NDArray[np.bool_]) -> float:
    both = np.column_stack([1.0 - p, p])
    return expected_calibration_error(both, chosen.astype(np.int64))
