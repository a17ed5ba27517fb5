"""Whether marks of courses make better lists: the quality prior on icourse163 and MovieLens-100K.

``ZHIYING_DATA=… python -m benchmarks.reviews [--data ml-100k] [--seeds 0,1,2] [--split time]``. The
log-effect of an item is ``weight · q``, q its shrunk mean mark beside the usual one
(`recommend.shrinkage.QualityScale`), of the ratings in training, or of the sentiment of review
texts. A mark is ``(stars - 3) / 2``; what is learned from and looked for are marks above 0. The
weight is chosen on a validation split of training, of the same kind; what the test split then
gains is told with its paired interval. Review texts have neither time nor author, so some of them
may stem from held-out interactions: their figure flatters. A control adds the counts of training
alone, as marks and how many there are go together; the gain beside it is what marks themselves are
worth. Before that, how well the quality of an item foretells the marks that were held out, and
what each weight gains on the validation split, from which a default may be chosen.
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
from recommend.metrics import bootstrap_interval, ndcg, paired_difference
from recommend.shrinkage import QualityScale
from recommend.terms import added_by
from service.files import json_object, read_interactions, read_items

WEIGHTS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
Marks = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
N = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--split", choices=("random", "time"), default="random")
    parser.add_argument("--data", choices=("icourse163_cs", "ml-100k"), default="icourse163_cs")
    asked = parser.parse_args()
    folder = Path(os.environ["ZHIYING_DATA"]) / asked.data
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
    reviews = folder / "reviews.jsonl"
    texts = _text_marks(reviews, ids, analyzer) if reviews.exists() else None
    print(f"{shape[0]} users, {len(several)} with two items or more, {len(ids)} items")

    def parted(part: csr_array, rng: np.random.Generator) -> Split:
        if asked.split == "random":
            return random_split(part, rng=rng)
        return time_split(part, csr_array(times.multiply(part > 0)))

    for seed in (int(s) for s in asked.seeds.split(",")):
        rng = np.random.default_rng(seed)
        split = parted(taken, rng)
        head = f"{asked.data} {asked.split} {seed}"
        _foretold(head, split, marks)
        parts = (parted(split.train, rng), split)
        worlds = [_World(part, marks, texts, features) for part in parts]
        sources = ("ratings",) if texts is None else ("ratings", "texts")
        for source in sources:
            _swept(f"{head} validation", worlds[0], source)
        counts = _chosen(worlds[0], [("counts", w) for w in WEIGHTS])
        _tell(head, worlds[1], (), (counts,))
        for source in sources:
            alone = _chosen(worlds[0], [(source, w) for w in WEIGHTS])
            _tell(head, worlds[1], (), (alone,))
            beside = _chosen(worlds[0], [(source, w) for w in WEIGHTS], (counts,))
            _tell(head, worlds[1], (counts,), (counts, beside))


Term = tuple[str, float]


class _World:
    """A model of one training part, the effects that may be added, and who is judged."""

    def __init__(self, split: Split, marks: csr_array, texts: Marks | None, features: list) -> None:
        known = csr_array(marks.multiply(split.train > 0))
        counts = np.bincount(split.train.indices, minlength=split.train.shape[1])
        liked = marks > 0
        train = csr_array(split.train.multiply(liked))
        train.eliminate_zeros()
        usual = np.log1p(counts)
        self.effects = {
            "ratings": _quality(_column_sums(known), counts, _column_sums(known.power(2))),
            "texts": np.zeros(0) if texts is None else _quality(*texts),
            # as much spread as a quality has: what popularity alone would do
            "counts": (usual - usual.mean()) / max(usual.std(), 1e-9) / 10,
        }
        space = FeatureSpace.fit([features[i] for i in np.unique(train.indices)])
        content = Content(space.transform(features), space.blocks)
        config = HybridConfig(n_factors=128)
        self.model = HybridSVD.fit(train, content, config, rng=np.random.default_rng(1))
        relevant = csr_array(split.test.multiply(liked))
        relevant.eliminate_zeros()
        judged = split.users[np.diff(relevant.indptr)[split.users] > 0]
        self.rows, self.seen = csr_array(train[judged]), csr_array(split.train[judged])
        self.relevant = csr_array(relevant[judged])

    def by_user(self, terms: tuple[Term, ...]) -> NDArray[np.float64]:
        effects = [w * self.effects[n] for n, w in terms]
        lists = []
        for start in range(0, self.rows.shape[0], 500):
            rows = csr_array(self.rows[start : start + 500])
            scores = self.model.score(rows)
            for effect in effects:
                scores = scores + added_by(effect, scores)
            seen = csr_array(self.seen[start : start + 500])
            lists.append(top_n(scores, N, exclude=seen).items)
        return ndcg(np.concatenate(lists), self.relevant, n=N)


def _foretold(head: str, split: Split, marks: csr_array) -> None:
    """Squared error of held-out marks by the usual mark, by the course's mean, and shrunk."""
    train, test = (part.astype(bool) for part in (split.train, split.test))
    known, held = csr_array(marks.multiply(train)), csr_array(marks.multiply(test)).toarray()
    n, total = _column_sums(train.astype(float)), _column_sums(known)
    usual = total.sum() / n.sum()
    quality = _quality(total, n, _column_sums(known.power(2)))
    plain = np.divide(total, n, out=np.full(len(n), usual), where=n > 0)
    _, item = where = test.nonzero()
    truth = held[where]
    shrunk = (truth - usual - quality[item]) ** 2
    for name, other in (("usual", (truth - usual) ** 2), ("mean", (truth - plain[item]) ** 2)):
        less = bootstrap_interval(other - shrunk, rng=np.random.default_rng(8))
        print(
            f"{head}: squared error of {len(truth)} held-out marks {shrunk.mean():.4f}, below that "
            f"of the {name} {other.mean():.4f} by {less.mean:+.4f} [{less.low:+.4f}, "
            f"{less.high:+.4f}]",
            flush=True,
        )
    print(f"{head}: qualities spread by {quality[n > 0].std():.4f}, means {plain[n > 0].std():.4f}")


def _chosen(world: _World, terms: list[Term], beside: tuple[Term, ...] = ()) -> Term:
    means = [float(np.nanmean(world.by_user((*beside, term)))) for term in terms]
    return terms[int(np.argmax(means))]


def _swept(head: str, world: _World, source: str) -> None:
    plain = world.by_user(())
    for weight in WEIGHTS[1:]:
        found = world.by_user(((source, weight),))
        gain = paired_difference(found, plain, rng=np.random.default_rng(9))
        print(
            f"{head}: {source} x{weight:g} {gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]",
            flush=True,
        )


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


def _quality(*marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quality of each course, 0 without evidence."""
    return np.nan_to_num(QualityScale.fit(*marks).quality(*marks[:2]))


def _column_sums(matrix: csr_array) -> NDArray[np.float64]:
    return np.asarray(matrix.sum(axis=0)).ravel()


def _text_marks(path: Path, ids: IdMap, analyzer: Analyzer) -> Marks:
    totals, counts, squares = np.zeros((3, len(ids)))
    for line in path.read_bytes().splitlines():
        review = json_object(line)
        row = ids.row(str(review["item"]))
        if row is None:
            continue
        [(sentiment, _)] = opinions(
            [(parse(review["text"], analyzer.engine), None)], analyzer.sentiment
        )
        if sentiment is not None:
            mark = 2 * sentiment.polarity - 1
            totals[row] += mark
            counts[row] += 1
            squares[row] += mark**2
    return totals, counts, squares


if __name__ == "__main__":
    main()
