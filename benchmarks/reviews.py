"""Does what learners say of courses make better lists? Quality prior on icourse163.

``ZHIYING_DATA=… python -m benchmarks.reviews [--seeds 0,1,2] [--split random]``. The log-effect of
a course is ``weight · q``, q its shrunk mean mark beside the usual one
(`recommend.shrinkage.quality_prior`), of the ratings in training, or of the sentiment of review
texts. The weight is chosen on a validation split of training; what the test split then gains is
told with its paired interval. Texts have neither time nor author, so some of them may stem from
held-out interactions: their figure flatters.
"""

import argparse
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp import Analyzer, FeatureSpace, extract
from nlp.opinions import opinions
from nlp.parsed import parse
from recommend import Content, HybridConfig, HybridSVD, IdMap, random_split, time_split, top_n
from recommend.metrics import ndcg, paired_difference
from recommend.shrinkage import quality_prior
from recommend.terms import with_terms
from service.files import json_object, read_interactions, read_items

WEIGHTS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
N = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--split", choices=("random", "time"), default="random")
    asked = parser.parse_args()
    folder = Path(os.environ["ZHIYING_DATA"]) / "icourse163_cs"
    items = list(read_items(folder / "items.jsonl"))
    analyzer = Analyzer.default()
    features = [extract(analyzer.analyze(i.text, title=i.title)) for i in items]
    ids = IdMap(i.id for i in items)
    rows = [r for r in read_interactions(folder / "interactions.csv") if r.item in ids]
    users = IdMap(dict.fromkeys(r.user for r in rows))
    columns = (users.rows(r.user for r in rows), ids.rows(r.item for r in rows))
    shape = (len(users), len(ids))
    marks = csr_array((np.array([(r.value - 3) / 2 for r in rows]), columns), shape)
    taken = csr_array((np.ones(len(rows)), columns), shape)
    times = csr_array((np.array([r.time for r in rows]), columns), shape)
    several = np.flatnonzero(np.diff(taken.indptr) >= 2)
    texts = _text_marks(folder / "reviews.jsonl", ids, analyzer)
    print(f"{shape[0]} users, {len(several)} with two courses or more, {len(ids)} courses")
    for seed in (int(s) for s in asked.seeds.split(",")):
        rng = np.random.default_rng(seed)
        split = time_split(taken, times) if asked.split == "time" else random_split(taken, rng=rng)
        inner = random_split(split.train, rng=rng)
        for source in ("ratings", "texts"):
            found = _by_user(inner.train, inner.test, marks, texts, source, features, WEIGHTS)
            means = [float(np.nanmean(v)) for v in found]
            best = WEIGHTS[int(np.argmax(means))]
            plain, with_quality = _by_user(
                split.train, split.test, marks, texts, source, features, (0.0, best)
            )
            gain = paired_difference(with_quality, plain, rng=np.random.default_rng(9))
            print(
                f"seed {seed} {asked.split} {source}: validation "
                + " ".join(f"{w:g}:{m:.4f}" for w, m in zip(WEIGHTS, means, strict=True))
                + f"; chosen {best:g}; test nDCG@10 {np.nanmean(plain):.4f} -> "
                f"{np.nanmean(with_quality):.4f}, gain {gain.mean:+.4f} "
                f"[{gain.low:+.4f}, {gain.high:+.4f}]",
                flush=True,
            )


def _by_user(
    train: csr_array,
    test: csr_array,
    marks: csr_array,
    texts: tuple[NDArray[np.float64], NDArray[np.float64]],
    source: str,
    features: list[object],
    weights: tuple[float, ...],
) -> list[NDArray[np.float64]]:
    """NDCG of each judged user under each weight."""
    if source == "ratings":
        known = csr_array(marks.multiply(train > 0))
        counts = np.bincount(train.indices, minlength=train.shape[1])
        quality = quality_prior(np.asarray(known.sum(axis=0)).ravel(), counts)
    else:
        quality = quality_prior(*texts)
    seen = np.unique(train.indices)
    space = FeatureSpace.fit([features[i] for i in seen])
    content = Content(space.transform(features), space.blocks)
    model = HybridSVD.fit(train, content, HybridConfig(), rng=np.random.default_rng(1))
    who = np.flatnonzero((np.diff(train.indptr) > 0) & (np.diff(test.indptr) > 0))
    found: list[list[NDArray[np.int64]]] = [[] for _ in weights]
    for start in range(0, len(who), 1000):
        rows = csr_array(train[who[start : start + 1000]])
        for lists, weight in zip(found, weights, strict=True):
            scores = np.array(
                [with_terms(s, {"quality": weight * quality}).scores for s in model.score(rows)]
            )
            lists.append(top_n(scores, N, exclude=rows).items)
    relevant = csr_array(test[who])
    return [ndcg(np.concatenate(lists), relevant, n=N) for lists in found]


def _text_marks(
    path: Path, ids: IdMap, analyzer: Analyzer
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    totals, counts = np.zeros(len(ids)), np.zeros(len(ids))
    for line in path.read_bytes().splitlines():
        review = json_object(line)
        row = ids.row(str(review["item"]))
        if row is None:
            continue
        sentiment, _ = opinions(parse(review["text"], analyzer.engine), None, analyzer.sentiment)
        if sentiment is not None:
            totals[row] += 2 * sentiment.polarity - 1
            counts[row] += 1
    return totals, counts


if __name__ == "__main__":
    main()
