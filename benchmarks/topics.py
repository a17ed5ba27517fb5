"""Topics beside tf-idf with a linear SVM, on every labelled set, as one table.

``ZHIYING_DATA=… python -m benchmarks.topics [SET …] [--folds 5]``. Each model is fitted on four
fifths of ``dev.jsonl`` and judged on the rest, the same rows for both, with 95 % intervals of the
accuracy and of the paired lead; with ``--folds`` each fifth is judged in turn.
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from nlp.evaluation import HeldSet, compare
from nlp.evaluation.classification import fold_numbers
from nlp.evaluation.classifiers import topic_contestants

#: folder and field of the label, by name
SETS = {
    "icourse163": ("icourse163_titles", "label"),
    "csl-67": ("topic_csldcp", "label"),
    "csl-13": ("topic_csldcp", "category"),
    "csl-titles": ("topic_csl_category", "label"),
    "thucnews": ("topic_thucnews_title", "label"),
    "tnews": ("topic_tnews", "label"),
    "iflytek": ("topic_iflytek", "label"),
}
_MODELS = ("zhiying", "tfidf-svm")
_FOLDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.topics")
    parser.add_argument("sets", nargs="*", choices=[[], *SETS], default=[])
    parser.add_argument("--folds", type=int, default=0, help="judge each part in turn")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(
        "| set | classes | fit on | judged | model | accuracy | macro F1 | ECE | lead | fit s |\n"
        "|---|---|---|---|---|---|---|---|---|---|"
    )
    for name in options.sets or SETS:
        for line in _lines(name, options.folds, options.seed):
            print(line, flush=True)


def _lines(name: str, folds: int, seed: int) -> Iterator[str]:
    texts, labels = _read(*SETS[name])
    contestants = [one for one in topic_contestants() if one.name in _MODELS]
    if folds:
        measured = compare(contestants, texts, labels, folds=folds, seed=seed)
        n_fit = len(texts) * (folds - 1) // folds
    else:
        held = fold_numbers(labels, _FOLDS, seed) == 0
        inside, outside = np.flatnonzero(~held).tolist(), np.flatnonzero(held).tolist()
        test = HeldSet([texts[i] for i in outside], [labels[i] for i in outside])
        measured = compare(
            contestants,
            [texts[i] for i in inside],
            [labels[i] for i in inside],
            test=test,
            seed=seed,
        )
        n_fit = len(inside)
    for one in measured:
        low, high = one.intervals["accuracy"]
        lead = "{:+.3f} [{:+.3f}, {:+.3f}]".format(*one.lead["accuracy"]) if one.lead else ""
        yield (
            f"| {name} | {len(set(labels))} | {n_fit} | {one.n} | {one.model} "
            f"| {one.figures['accuracy']:.3f} [{low:.3f}, {high:.3f}] "
            f"| {one.figures['macro_f1']:.3f} | {one.figures['ece']:.3f} | {lead} "
            f"| {one.seconds['fit_s']:.1f} |"
        )


def _read(folder: str, field: str) -> tuple[list[str], list[str]]:
    """Texts and labels; those of a label with fewer than three texts are left out."""
    path = Path(os.environ["ZHIYING_DATA"]) / folder / "dev.jsonl"
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    often = Counter(row[field] for row in rows)
    rows = [row for row in rows if often[row[field]] > 2]
    return [row["text"] for row in rows], [row[field] for row in rows]


if __name__ == "__main__":
    main()
