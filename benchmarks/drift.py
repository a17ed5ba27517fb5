"""How far a model in service falls behind a refit, and what a warm start of the refit saves.

``ZHIYING_DATA=… python -m benchmarks.drift [--users 5000] [--factors 128]`` on MOOCCubeX. A share
of the users, of the interactions or of the items is kept from the fit, then folded in: all rows
are scored by that model and by one that was fitted on everything.
"""

import argparse
import os
from pathlib import Path
from time import perf_counter

import numpy as np
from scipy.sparse import csr_array

from nlp import FeatureSpace
from recommend import Content, HybridConfig, HybridSVD, metrics, random_split, top_n
from recommend.operators import StackedOperator
from recommend.svd import truncated_svd
from service.evaluation.recommend import load

SHARES = (0.02, 0.05, 0.1, 0.2, 0.4)
KINDS = ("users", "interactions", "items")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=5000)
    parser.add_argument("--factors", type=int, default=128)
    asked = parser.parse_args()
    folder = Path(os.environ["ZHIYING_DATA"]) / "mooccubex"
    loaded = load(folder / "items.jsonl", folder / "interactions_10k.csv", "text_group", None)
    split = random_split(csr_array(loaded.r[: asked.users]), rng=np.random.default_rng(0))
    space = FeatureSpace.fit(loaded.features)
    f = Content(space.transform(loaded.features), space.blocks)
    config = HybridConfig(n_factors=asked.factors)
    drift(split.train, split.test, f, config)
    warm(split.train, config)


def drift(r: csr_array, test: csr_array, f: Content, config: HybridConfig) -> None:
    """Scores, lists and quality of the older model beside those of a refit."""
    full = HybridSVD.fit(r, f, config, rng=np.random.default_rng(0))
    fresh = full.score(r)
    best = top_n(fresh, 10, exclude=r).items
    ndcg = metrics.ndcg(best, test, n=10)
    print(
        f"{r.shape[0]} users × {r.shape[1]} items, {r.nnz} interactions, {config.n_factors} factors"
    )
    print("new           share  error of scores  same of 10  nDCG@10 old − refit [95 %]")
    for kind, share in [("other seed", 0.0), *((k, s) for k in KINDS for s in SHARES)]:
        old = _fit_without(r, f, config, kind, share).score(r)
        lists = top_n(old, 10, exclude=r).items
        error = np.linalg.norm(old - fresh) / np.linalg.norm(fresh)
        same = np.mean([len(np.intersect1d(a, b)) for a, b in zip(lists, best, strict=True)])
        mine = metrics.ndcg(lists, test, n=10)
        judged = ~np.isnan(ndcg)
        gap = metrics.paired_difference(mine[judged], ndcg[judged], rng=np.random.default_rng(0))
        print(
            f"{kind:<13} {share:5.2f}  {error:15.3f}  {same:10.2f}"
            f"  {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}] of {ndcg[judged].mean():.4f}"
        )


def _fit_without(
    r: csr_array, f: Content, config: HybridConfig, kind: str, share: float
) -> HybridSVD:
    rng = np.random.default_rng(1)
    who = np.repeat(np.arange(r.shape[0]), np.diff(r.indptr))
    if kind == "users":
        kept = ~(rng.random(r.shape[0]) < share)[who]
    elif kind == "items":
        kept = ~(rng.random(r.shape[1]) < share)[r.indices]
    else:
        kept = rng.random(r.nnz) >= share
    part = csr_array((r.data[kept], (who[kept], r.indices[kept])), shape=r.shape)
    return HybridSVD.fit(part, f, config, rng=np.random.default_rng(2))


class _Counted(StackedOperator):
    """Counts the columns it is multiplied with, there and back."""

    n_columns = 0

    def _matmat(self, x: np.ndarray) -> np.ndarray:
        self.n_columns += x.shape[1]
        return super()._matmat(x)


def warm(r: csr_array, config: HybridConfig) -> None:
    """A factorisation from noise and from the last factors, at equal work and at equal residual.

    The error of a subspace is the share of the exact one, by length, that lies outside of it.
    """
    k, ones = config.n_factors, np.ones(r.shape[1])
    exact = np.linalg.eigh((r.T @ r).toarray())[1][:, ::-1][:, :k]
    print(f"\nwarm start, {k} factors, residual {config.tol:g}")
    print("           with the default basis: error     until the residual: columns, seconds")
    print("new users         cold       warm                    cold          warm")
    for share in SHARES:
        old = csr_array(r[: int((1 - share) * r.shape[0])])
        before = truncated_svd(old, k, rng=np.random.default_rng(0), tol=config.tol).vt.T
        errors, spent = [], []
        for start in (None, before):
            options = {"tol": config.tol, "with_u": False, "start": start}
            operator, began = _Counted(r, ones), perf_counter()
            truncated_svd(operator, k, rng=np.random.default_rng(1), max_basis=12.0, **options)
            spent.append((operator.n_columns, perf_counter() - began))
            capped = truncated_svd(r, k, rng=np.random.default_rng(1), **options)
            outside = exact - capped.vt.T @ (capped.vt @ exact)
            errors.append(np.linalg.norm(outside) / np.sqrt(k))
        (cold, cold_s), (hot, hot_s) = spent
        print(
            f"{share:9.2f}  {errors[0]:11.4f}{errors[1]:11.4f}"
            f"         {cold:8d} {cold_s:5.2f}  {hot:8d} {hot_s:5.2f}"
        )


if __name__ == "__main__":
    main()
