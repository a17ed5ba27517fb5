"""The factorisation against rivals, and how its cost grows: ``python -m benchmarks.svd``.

``[--users 200000] [--items 50000] [--interactions 20000000] [--factors 64] [--plot growth.svg]``.
Users and items are drawn by Zipf's law around 200 hidden tastes, items have 50 sparse features.
sklearn's `randomized_svd` and implicit's ALS run if installed; the leading subspace is compared
with that of a factorisation to 1e-6: mean squared cosine of the angles between them. The plot
needs matplotlib.
"""

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from recommend.operators import StackedOperator
from recommend.svd import truncated_svd

TASTES = 200
FEATURES = 50


@dataclass(frozen=True)
class Data:
    r: csr_array
    f: csr_array
    scaling: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200_000)
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--interactions", type=int, default=20_000_000)
    parser.add_argument("--factors", type=int, default=64)
    parser.add_argument("--plot")
    parser.add_argument("--no-rivals", action="store_true")
    asked = parser.parse_args()

    data = synthetic(asked.users, asked.items, asked.interactions)
    k = asked.factors
    print(f"{data.r.shape[0]} users, {data.r.shape[1]} items, {data.r.nnz} interactions, k = {k}")
    ours, s, vt = _timed(lambda: _fit(data, k))
    print(f"ours, with content     {ours:7.1f} s   peak {_peak_gb():.2f} GB")
    if not asked.no_rivals:
        _rivals(data, k)
    if asked.plot:
        _plot(asked, asked.plot)
    del s, vt


def synthetic(n_users: int, n_items: int, n_interactions: int) -> Data:
    """Interactions around hidden tastes, without repeats, and content by taste."""
    rng = np.random.default_rng(0)
    taste = rng.integers(0, TASTES, n_items)
    by_taste = [np.flatnonzero(taste == t) for t in range(TASTES)]
    user = np.sort(rng.integers(0, n_users, int(n_interactions * 1.1)))
    rank = np.minimum(rng.zipf(1.3, len(user)) - 1, 10**6)
    favourite = rng.integers(0, TASTES, (n_users, 3))[user, rng.integers(0, 3, len(user))]
    item = rng.integers(0, n_items, len(user))
    for t in range(TASTES):
        mine = np.flatnonzero((favourite == t) & (rng.random(len(user)) < 0.7))
        item[mine] = by_taste[t][rank[mine] % len(by_taste[t])]
    pairs = np.unique(user * np.int64(n_items) + item)
    if len(pairs) > n_interactions:
        pairs = np.sort(rng.choice(pairs, n_interactions, replace=False))
    users, items = np.divmod(pairs, n_items)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=n_users))])
    index = np.int32 if len(items) < 2**31 else np.int64
    parts = (np.ones(len(items), np.float32), items.astype(index), indptr.astype(index))
    r = csr_array(parts, shape=(n_users, n_items))
    word = (taste[:, None] * 97 + rng.integers(0, 400, (n_items, FEATURES))) % 20_000
    content = (
        np.full(word.size, FEATURES**-0.5),
        (np.repeat(np.arange(n_items), FEATURES), word.ravel()),
    )
    p = np.bincount(r.indices, minlength=n_items).astype(float)
    return Data(r, csr_array(content, shape=(n_items, 20_000)), np.maximum(p, 1.0) ** -0.2)


def _fit(
    data: Data, k: int, *, content: bool = True, tol: float = 1e-4
) -> tuple[np.ndarray, np.ndarray]:
    dtype = np.float32 if tol >= 1e-5 else np.float64
    f = data.f if content else None
    operator = StackedOperator(data.r, data.scaling, f, 5.0, dtype=dtype)
    svd = truncated_svd(operator, k, rng=np.random.default_rng(0), with_u=False, tol=tol)
    return svd.s, svd.vt


def _rivals(data: Data, k: int) -> None:
    """The same matrix for all: R D without content."""
    _, _, exact = _timed(lambda: _fit(data, k, content=False, tol=1e-6))
    seconds, _, vt = _timed(lambda: _fit(data, k, content=False))
    print(f"ours, without content  {seconds:7.1f} s   subspace {_overlap(vt, exact):.5f}")
    scaled = csr_array(data.r)
    scaled.data = (scaled.data * data.scaling[scaled.indices]).astype(np.float32)
    from sklearn.utils.extmath import randomized_svd

    for n_iter in (2, 4, 7):
        taken, _, other = _timed(
            lambda n=n_iter: randomized_svd(scaled, k, n_iter=n, random_state=0)[1:]
        )
        print(
            f"randomized_svd, {n_iter} it. {taken:7.1f} s   subspace {_overlap(other, exact):.5f}"
            f"   {taken / seconds:.1f} times ours"
        )
    try:
        from implicit.als import AlternatingLeastSquares
    except ImportError:
        print("implicit is not installed")
        return
    from scipy.sparse import csr_matrix

    model = AlternatingLeastSquares(factors=k, iterations=5, random_state=0)
    taken, _, _ = _timed(lambda: (None, model.fit(csr_matrix(scaled), show_progress=False)))
    print(f"implicit ALS, 5 it.    {taken:7.1f} s   {taken / seconds:.1f} times ours")


def _plot(asked: argparse.Namespace, path: str) -> None:
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    def cost(share: float, k: int) -> float:
        count = int(asked.interactions * share)
        data = synthetic(max(1, int(asked.users * share)), asked.items, count)
        return _timed(lambda: _fit(data, k))[0]

    shares, ranks = (0.25, 0.5, 0.75, 1.0), (16, 32, 64, 128)
    by_share = [cost(share, asked.factors) for share in shares]
    by_rank = [cost(0.5, k) for k in ranks]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
    left.plot([share * asked.interactions / 1e6 for share in shares], by_share, "o-")
    left.set(xlabel="million interactions", ylabel="seconds", title=f"k = {asked.factors}")
    right.plot(ranks, by_rank, "o-")
    right.set(xlabel="k", title=f"{0.5 * asked.interactions / 1e6:.1f} million interactions")
    for axis in (left, right):
        axis.set_xlim(left=0)
        axis.set_ylim(bottom=0)
    figure.tight_layout()
    figure.savefig(path)
    print("seconds by interactions", by_share, "by k", by_rank, path)


def _timed(run: Callable[[], tuple]) -> tuple:
    began = time.perf_counter()
    out = run()
    return time.perf_counter() - began, *out


def _overlap(vt: np.ndarray, exact: np.ndarray) -> float:
    return float(np.square(vt.astype(float) @ exact.T).sum() / len(exact))


def _peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
