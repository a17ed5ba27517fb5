"""Whether what learners say of courses makes better lists: the quality prior on icourse163.

``ZHIYING_DATA=… python -m benchmarks.reviews [--seeds 0,1,2] [--split random]``. The log-effect of
a course is ``weight · q``, q its shrunk mean mark beside the usual one
(`recommend.shrinkage.quality_prior`), of the ratings in training, or of the sentiment of review
texts. The weight is chosen on a validation split of training; what the test split then gains is
told with its paired interval. Texts have neither time nor author, so some of them may stem from
held-out interactions: their figure flatters. A control adds the counts of training alone, as marks
and how many there are go together; the gain beside it is what marks themselves are worth.
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
from recommend import (
    Content,
    HybridConfig,
    HybridSVD,
    IdMap,
    Split,
    random_split,
    time_split,
    top_n,
)
from recommend.metrics import ndcg, paired_difference
from recommend.shrinkage import quality_prior
from recommend.terms import added_by
from service.files import json_object, read_interactions, read_items

WEIGHTS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
Marks = tuple[NDArray[np.float64], NDArray[np.float64]]
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
        worlds = [_World(part, marks, texts, features) for part in (inner, split)]
        counts = _chosen(worlds[0], [("counts", w) for w in WEIGHTS])
        _tell(f"seed {seed} {asked.split}", worlds[1], (), (counts,))
        for source in ("ratings", "texts"):
            alone = _chosen(worlds[0], [(source, w) for w in WEIGHTS])
            _tell(f"seed {seed} {asked.split}", worlds[1], (), (alone,))
            beside = _chosen(worlds[0], [(source, w) for w in WEIGHTS], (counts,))
            _tell(f"seed {seed} {asked.split}", worlds[1], (counts,), (counts, beside))


Term = tuple[str, float]


class _World:
    """A model of one training part, the effects that may be added, and who is judged."""

    def __init__(self, split: Split, marks: csr_array, texts: Marks, features: list) -> None:
        train = split.train
        known = csr_array(marks.multiply(train > 0))
        counts = np.bincount(train.indices, minlength=train.shape[1])
        usual = np.log1p(counts)
        self.effects = {
            "ratings": quality_prior(np.asarray(known.sum(axis=0)).ravel(), counts),
            "texts": quality_prior(*texts),
            # as much spread as a quality has: what popularity alone would do
            "counts": (usual - usual.mean()) / max(usual.std(), 1e-9) / 10,
        }
        space = FeatureSpace.fit([features[i] for i in np.unique(train.indices)])
        content = Content(space.transform(features), space.blocks)
        config = HybridConfig(n_factors=128)
        self.model = HybridSVD.fit(train, content, config, rng=np.random.default_rng(1))
        self.rows = csr_array(train[split.users])
        self.relevant = csr_array(split.test[split.users])

    def by_user(self, terms: tuple[Term, ...]) -> NDArray[np.float64]:
        effects = [w * self.effects[n] for n, w in terms]
        lists = []
        for start in range(0, self.rows.shape[0], 500):
            rows = csr_array(self.rows[start : start + 500])
            scores = self.model.score(rows)
            for effect in effects:
                scores = scores + added_by(effect, scores)
            lists.append(top_n(scores, N, exclude=rows).items)
        return ndcg(np.concatenate(lists), self.relevant, n=N)


def _chosen(world: _World, terms: list[Term], beside: tuple[Term, ...] = ()) -> Term:
    means = [float(np.nanmean(world.by_user((*beside, term)))) for term in terms]
    return terms[int(np.argmax(means))]


def _tell(head: str, world: _World, without: tuple[Term, ...], terms: tuple[Term, ...]) -> None:
    plain, found = world.by_user(without), world.by_user(terms)
    gain = paired_difference(found, plain, rng=np.random.default_rng(9))
    named = " + ".join(f"{n} x{w:g}" for n, w in terms)
    print(
        f"{head}: {named} over {without[0][0] if without else 'nothing'}: test nDCG@10 "
        f"{np.nanmean(plain):.4f} -> {np.nanmean(found):.4f}, "
        f"gain {gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}] ({len(plain)} users)",
        flush=True,
    )


def _text_marks(path: Path, ids: IdMap, analyzer: Analyzer) -> Marks:
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
