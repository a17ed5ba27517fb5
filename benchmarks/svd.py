"""The factorisation against rivals, and how its cost grows: ``python -m benchmarks.svd``.

``[--users 200000] [--items 50000] [--interactions 20000000] [--factors 64] [--features 50]
[--plot growth.svg] [--no-rivals]``. Tastes, items and users are drawn by power laws, so that the
spectrum falls as that of a real log does; items have sparse features of their taste.

All factorise R D. Accuracy is the mean squared cosine of the angles between the subspace found
and that of a factorisation to 1e-7. sklearn's `randomized_svd` gets more and more iterations until
it is as accurate as ours; implicit's ALS, which has another aim, its usual few. The plot needs
matplotlib, the rivals the extra ``bench``.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, csr_matrix

from recommend.operators import StackedOperator
from recommend.svd import truncated_svd

TASTES = 400
WORDS = 20_000
BETA = 5.0
"""Weight of content, of the size of a middling column of R D."""
ITERATIONS = (2, 4, 7, 12, 20)
ENOUGH = 1e-3
"""Subspaces that differ by no more are equally accurate."""


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
    parser.add_argument("--features", type=int, default=50)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--no-rivals", action="store_true")
    asked = parser.parse_args()
    size = (asked.users, asked.items, asked.interactions)
    run(*size, asked.factors, features=asked.features, rivals=not asked.no_rivals)
    if asked.plot:
        plot(*size, asked.factors, asked.plot)


def run(
    users: int, items: int, interactions: int, k: int, *, features: int = 50, rivals: bool = True
) -> None:
    data = synthetic(users, items, interactions, features)
    print(f"{users} users, {items} items, {data.r.nnz} interactions, {features} features, k = {k}")
    print(f"{'':24} {'s':>7} {'CPU s':>7}")
    before = _peak_gb()
    _timed("ours, with content", lambda: fit(data, k))
    print(f"  peak {_peak_gb():.2f} GB, of it {before:.2f} GB the data")
    ours, vt = _timed("ours, without", lambda: fit(data, k, content=False))
    if rivals:
        exact = fit(data, k, content=False, tol=1e-7)
        print(f"  subspace {_overlap(vt, exact):.5f}")
        _randomized(data, k, exact, ours, _overlap(vt, exact))
        _als(data, k, ours)


def fit(data: Data, k: int, *, content: bool = True, tol: float = 1e-4) -> np.ndarray:
    dtype = np.float32 if tol >= 1e-5 else np.float64
    f = data.f if content else None
    operator = StackedOperator(data.r, data.scaling, f, BETA, dtype=dtype)
    options = {"with_u": False, "tol": tol, "max_basis": 3.0 if tol >= 1e-5 else 10.0}
    return truncated_svd(operator, k, rng=np.random.default_rng(0), **options).vt


def synthetic(n_users: int, n_items: int, n_interactions: int, features: int = 50) -> Data:
    """Interactions around tastes, without repeats, and content by taste."""
    rng = np.random.default_rng(0)
    share = np.arange(1, TASTES + 1) ** -0.8
    share /= share.sum()
    taste = np.sort(rng.choice(TASTES, n_items, p=share))
    first = np.searchsorted(taste, np.arange(TASTES + 1))
    likes = rng.choice(TASTES, (n_users, 3), p=share)
    pairs = np.zeros(0, np.int64)
    while len(pairs) < n_interactions:  # popular items are drawn again and again
        user = rng.integers(0, n_users, int(1.3 * (n_interactions - len(pairs))) + 1000)
        favourite = likes[user, rng.integers(0, 3, len(user))]
        anything = rng.choice(TASTES, len(user), p=share)
        favourite = np.where(rng.random(len(user)) < 0.2, anything, favourite)
        low, high = first[favourite], first[favourite + 1]
        place = rng.random(len(user)) ** 2.5  # the first items of a taste are its popular ones
        item = np.minimum(low + (place * (high - low)).astype(np.int64), n_items - 1)
        pairs = np.union1d(pairs, user * np.int64(n_items) + item)
    pairs = np.sort(rng.choice(pairs, n_interactions, replace=False))
    users, items = np.divmod(pairs, n_items)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=n_users))])
    parts = (np.ones(len(items), np.float32), items.astype(np.int32), indptr.astype(np.int32))
    r = csr_array(parts, shape=(n_users, n_items))
    word = (taste[:, None] * 97 + rng.integers(0, 400, (n_items, features))) % WORDS
    where = (np.repeat(np.arange(n_items), features), word.ravel())
    value = np.full(word.size, max(features, 1) ** -0.5)
    f = csr_array((value, where), shape=(n_items, WORDS))
    p = np.bincount(r.indices, minlength=n_items).astype(float)
    return Data(r, f, np.maximum(p, 1.0) ** -0.2)


def _randomized(data: Data, k: int, exact: np.ndarray, ours: float, goal: float) -> None:
    from sklearn.utils.extmath import randomized_svd

    scaled = _scaled(data)
    for n_iter in ITERATIONS:
        taken, vt = _timed(
            f"randomized_svd, {n_iter} it.",
            lambda n=n_iter: randomized_svd(scaled, k, n_iter=n, random_state=0)[2],
        )
        reached = _overlap(vt, exact)
        print(f"  subspace {reached:.5f}, {taken / ours:.1f} times ours")
        if reached >= goal - ENOUGH:
            return


def _als(data: Data, k: int, ours: float) -> None:
    try:
        from implicit.cpu.als import AlternatingLeastSquares
    except ImportError:
        print("implicit is not installed")
        return
    scaled = csr_matrix(_scaled(data))
    model = AlternatingLeastSquares(factors=k, iterations=5, random_state=0)
    taken, _ = _timed("implicit ALS, 5 it.", lambda: model.fit(scaled, show_progress=False))
    print(f"  {taken / ours:.1f} times ours")


def _scaled(data: Data) -> csr_array:
    values = (data.r.data * data.scaling[data.r.indices]).astype(np.float32)
    return csr_array((values, data.r.indices, data.r.indptr), shape=data.r.shape)


def plot(users: int, items: int, interactions: int, k: int, path: Path) -> None:
    """Cost by interactions, and by factors, with the line through the origin."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    def cost(share: float, factors: int) -> float:
        size = max(1, int(users * share))
        data = synthetic(size, items, int(interactions * share))
        return min(_seconds(lambda: fit(data, factors)) for _ in range(2))

    shares, ranks = (0.25, 0.5, 0.75, 1.0), (16, 32, 64, 128)
    millions = [share * interactions / 1e6 for share in shares]
    by_share = [cost(share, k) for share in shares]
    by_rank = [cost(0.5, factors) for factors in ranks]
    with mpl.rc_context({"svg.hashsalt": "zhiying", "svg.fonttype": "none"}):
        figure = Figure(figsize=(9, 3.5), layout="constrained")
        left, right = figure.subplots(1, 2)
        for axis, x, y in ((left, millions, by_share), (right, ranks, by_rank)):
            axis.plot(x, y, "o")
            slope = np.dot(x, y) / np.dot(x, x)
            axis.plot([0, x[-1]], [0, slope * x[-1]], "--", linewidth=1)
            axis.set_xlim(left=0)
            axis.set_ylim(bottom=0)
        left.set(xlabel="million interactions", ylabel="CPU seconds", title=f"k = {k}")
        right.set(xlabel="k", title=f"{0.5 * interactions / 1e6:.1f} million interactions")
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    for what, x, y in (("million interactions", millions, by_share), ("k", ranks, by_rank)):
        print(what, ", ".join(f"{a:g}: {b:.2f} s" for a, b in zip(x, y, strict=True)))
    print(path)


def _seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def _timed(name: str, call: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """CPU seconds of all threads, which others at work on the machine change little."""
    wall, began = time.perf_counter(), time.process_time()
    out = call()
    taken = time.process_time() - began
    print(f"{name:24} {time.perf_counter() - wall:7.1f} {taken:7.1f}", flush=True)
    return taken, out


def _overlap(vt: np.ndarray, exact: np.ndarray) -> float:
    return float(np.square(vt.astype(float) @ exact.T).sum() / len(exact))


def _peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    main()
