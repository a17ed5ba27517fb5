"""The factorisation against rivals, and how its cost grows: ``python -m benchmarks.svd``.

``[--users 200000] [--items 50000] [--interactions 20000000] [--factors 64] [--features 50]
[--plot growth.svg] [--no-rivals]``. Data are of `benchmarks.behaviour`; rivals and plot need the
extra ``bench``.

All factorise R D, with as many threads as there are cores; those of BLAS, which spin while they
wait, are as many as ``OPENBLAS_NUM_THREADS`` says: 1 on a machine with other work. Accuracy is
the mean squared cosine of the angles between the subspace found and that of a factorisation to
1e-6 from another start, and the energy of R D that the subspace holds, over what the best one
holds. sklearn's `randomized_svd` gets more and more iterations until it is as accurate as ours;
implicit's ALS, which has another aim, its 5. Times are those of the clock, and processor seconds
of all threads, which others at work on the machine change little.
"""

import argparse
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array, csr_matrix
from threadpoolctl import threadpool_limits

from benchmarks.behaviour import Behaviour, synthetic
from recommend import HybridConfig, HybridSVD
from recommend.checks import column_energy, column_scaling
from recommend.operators import StackedOperator
from recommend.products import Bands
from recommend.svd import truncated_svd
from recommend.threads import usable_cores

SCALING = 0.6
BETA = 5.0
"""Weight of content, of the size of a middling column of R D."""
ITERATIONS = (2, 4, 7, 12, 20)
ENOUGH = 1e-3
"""Subspaces that differ by no more are equally accurate."""
SHARES, RANKS, TURNS = (0.25, 0.5, 0.75, 1.0), (32, 64, 128, 192, 256), 3


@dataclass
class Cost:
    """Seconds of the clock, processor seconds of all threads."""

    wall: float = 0.0
    cpu: float = 0.0

    def __str__(self) -> str:
        return f"{self.wall:7.1f} {self.cpu:7.1f}"

    def over(self, other: "Cost") -> str:
        return f"{self.wall / other.wall:.2f} × the time, {self.cpu / other.cpu:.2f} × the CPU"


@contextmanager
def _timed(name: str = "") -> Iterator[Cost]:
    cost = Cost()
    wall, cpu = time.perf_counter(), time.process_time()
    yield cost
    cost.wall, cost.cpu = time.perf_counter() - wall, time.process_time() - cpu
    if name:
        print(f"{name:26} {cost}", flush=True)


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
    with _timed() as drawn:
        data = synthetic(users, items, interactions, features)
    print(
        f"{users} users, {items} items, {data.r.nnz} interactions, {features} features an item, "
        f"k = {k}, {usable_cores()} threads; drawn in {drawn.cpu:.0f} s"
    )
    print(f"{'':26} {'s':>7} {'CPU s':>7}")
    before = _peak_gb()
    config = HybridConfig(n_factors=k)
    with _timed("HybridSVD.fit, all of it"):
        HybridSVD.fit(data.r, data.f, config, rng=np.random.default_rng(0))
    print(f"  peak {_peak_gb():.2f} GB, of it {before:.2f} GB to draw the data")
    with _timed("R D and content"):
        fit(data, k)
    with _timed("R D alone") as ours:
        vt = fit(data, k, content=False)
    if rivals:
        judge = Judge.of(data, k)
        reached = judge.say(vt)
        _randomized(data, k, judge, ours, reached)
        with threadpool_limits(1):  # as implicit asks for: it has threads of its own
            _als(data, k, ours)
    print(f"peak of all {_peak_gb():.2f} GB")


def fit(data: Behaviour, k: int, *, content: bool = True, **options: Any) -> np.ndarray:
    """Right vectors of R D, with content under it, as `HybridSVD.fit` asks for them."""
    f = data.f if content else None
    operator = StackedOperator(data.r, _scaling(data.r), f, BETA, dtype=np.float32)
    options = {"rng": np.random.default_rng(0), "with_u": False, **options}
    return truncated_svd(operator, k, **options).vt


@dataclass
class Judge:
    """The best subspace there is, and how near others come to it."""

    scaled: Bands
    best: np.ndarray

    @classmethod
    def of(cls, data: Behaviour, k: int) -> "Judge":
        with _timed("(to judge by: to 1e-6)"):
            rng = np.random.default_rng(1)
            best = fit(data, k, content=False, rng=rng, tol=1e-6, max_basis=12.0)
        return cls(Bands(_scaled(data.r), np.float32), best)

    def say(self, vt: np.ndarray) -> float:
        """Print both measures; the first one."""
        cosines = float(np.square(vt.astype(float) @ self.best.T).sum() / len(self.best))
        print(f"  subspace {cosines:.5f}, energy {self._energy(vt) / self._energy(self.best):.6f}")
        return cosines

    def _energy(self, vt: np.ndarray) -> float:
        image = self.scaled @ np.ascontiguousarray(vt.T, np.float32)
        return float(np.einsum("ij,ij->", image, image, dtype=np.float64))


def _randomized(data: Behaviour, k: int, judge: Judge, ours: Cost, goal: float) -> None:
    from sklearn.utils.extmath import randomized_svd

    scaled = _scaled(data.r)
    for n_iter in ITERATIONS:
        with _timed(f"randomized_svd, {n_iter} it.") as taken:
            vt = randomized_svd(scaled, k, n_iter=n_iter, random_state=0)[2]
        reached = judge.say(vt)
        print(f"  ours takes {ours.over(taken)}")
        if reached >= goal - ENOUGH:
            return


def _als(data: Behaviour, k: int, ours: Cost) -> None:
    try:
        from implicit.cpu.als import AlternatingLeastSquares
    except ImportError:
        print("implicit is not installed")
        return
    scaled = csr_matrix(_scaled(data.r))
    options = {"iterations": 5, "num_threads": usable_cores(), "random_state": 0}
    model = AlternatingLeastSquares(factors=k, **options)
    with _timed("implicit ALS, 5 it.") as taken:
        model.fit(scaled, show_progress=False)
    print(f"  ours takes {ours.over(taken)}")


def _scaling(r: csr_array) -> np.ndarray:
    return column_scaling(column_energy(r), SCALING)


def _scaled(r: csr_array) -> csr_array:
    values = (r.data * _scaling(r)[r.indices]).astype(np.float32)
    return csr_array((values, r.indices, r.indptr), shape=r.shape)


def plot(users: int, items: int, interactions: int, k: int, path: Path) -> None:
    """Cost by interactions and by factors, with straight lines; R² says how straight it is."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    logs = [
        synthetic(max(1, int(users * share)), items, int(interactions * share)) for share in SHARES
    ]
    by_share = [(data, k) for data in logs]
    by_rank = [(logs[-1], factors) for factors in RANKS]
    # in turns: what else the machine does falls on all alike
    runs = [[_fit_seconds(*at) for at in (*by_share, *by_rank)] for _ in range(TURNS)]
    seconds = np.min(runs, axis=0).tolist()
    millions = [share * interactions / 1e6 for share in SHARES]
    with mpl.rc_context({"svg.hashsalt": "zhiying", "svg.fonttype": "none"}):
        figure = Figure(figsize=(9, 3.5), layout="constrained")
        left, right = figure.subplots(1, 2)
        for axis, what, beside, x, y in (
            (left, "million interactions", f"k = {k}", millions, seconds[: len(SHARES)]),
            (
                right,
                "factors k",
                f"{millions[-1]:g} million interactions",
                RANKS,
                seconds[len(SHARES) :],
            ),
        ):
            slope, start = np.polyfit(x, y, 1)
            straight = np.corrcoef(x, y)[0, 1] ** 2
            axis.plot(x, y, "o")
            axis.plot([0, x[-1]], [start, start + slope * x[-1]], "--", linewidth=1)
            axis.set_xlim(left=0)
            axis.set_ylim(bottom=0)
            title = f"{beside}; R² of a line {straight:.3f}"
            axis.set(xlabel=what, ylabel="seconds of processor", title=title)
            points = ", ".join(f"{a:g}: {b:.2f} s" for a, b in zip(x, y, strict=True))
            print(f"{what}: {points}; R² of a line {straight:.4f}")
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    print(path)


def _fit_seconds(data: Behaviour, k: int) -> float:
    with _timed() as taken:
        fit(data, k)
    return taken.cpu


def _peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    main()
