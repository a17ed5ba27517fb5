"""The way up a grid, and the judge at every step of it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.baselines import FittedModel, Model
from recommend.hybrid import HybridSVD
from recommend.metrics import ndcg
from recommend.ranking import top_n
from recommend.split import Split

Axes = Mapping[str, Sequence[Any]]
SLACK = 0.005
"""A weaker ridge is taken if it costs no more than this share of the validation score."""
SEARCH_TOL = 1e-3
BATCH = 1000

M = TypeVar("M", bound=Model, covariant=True)


@dataclass(frozen=True)
class Tuned(Generic[M]):
    """What a search found: the model to fit, its validation nDCG, and how many it tried."""

    model: M
    score: float
    n_trials: int


class Judge:
    """Mean nDCG at `n` of fitted models on the users of a validation split."""

    def __init__(self, split: Split, *, n: int, max_users: int, rng: np.random.Generator) -> None:
        users = split.users
        if len(users) > max_users:
            users = np.sort(rng.choice(users, max_users, replace=False))
        self.n, self.n_users = n, len(users)
        self.rows, self.relevant = csr_array(split.train[users]), csr_array(split.test[users])
        self.closed = ~split.candidates

    def __call__(self, model: FittedModel) -> float:
        """Judge one fitted model."""
        return float(self.by_user(model).mean()) if self.n_users else 0.0

    def by_user(self, model: FittedModel) -> NDArray[np.float64]:
        """Quality of the list of each user."""
        if isinstance(model, HybridSVD):
            model = model.single()  # twice as fast; the order of a list hardly ever changes
        out = np.zeros(self.n_users)
        for start in range(0, self.n_users, BATCH):
            here = slice(start, start + BATCH)
            rows = csr_array(self.rows[here])
            scores = model.score(rows)
            scores[:, self.closed] = -np.inf
            lists = top_n(scores, self.n, exclude=rows).items
            out[here] = ndcg(lists, csr_array(self.relevant[here]), n=self.n)
        return out


def climb(
    start: Mapping[str, Any], axes: Axes, score: Callable[[dict[str, Any]], float], passes: int = 2
) -> tuple[dict[str, Any], float, int]:
    """Coordinate ascent on a grid: along each axis in turn, up while it gets better.

    Returns
    -------
    best, its score, number of points scored : dict, float, int

    Examples
    --------
    >>> climb({"x": 5}, {"x": range(10)}, lambda at: -abs(at["x"] - 2))
    ({'x': 2}, 0, 6)
    """
    seen: dict[tuple[Any, ...], float] = {}

    def known(at: dict[str, Any]) -> float:
        key = tuple(at[name] for name in axes)
        if key not in seen:
            seen[key] = score(at)
        return seen[key]

    best = dict(start)
    top = known(best)
    for _ in range(passes):
        before = dict(best)
        for name, values in axes.items():
            place = list(values).index(best[name])
            for step in (1, -1):
                here = place + step
                while 0 <= here < len(values):
                    there = {**best, name: values[here]}
                    if known(there) <= top:
                        break
                    best, top, here = there, known(there), here + step
        if best == before:
            break
    return best, top, len(seen)


def explore(
    start: Mapping[str, Any],
    axes: Axes,
    score: Callable[[dict[str, Any]], float],
    *,
    at_least: int,
    rng: np.random.Generator,
) -> tuple[dict[str, Any], float, int]:
    """`climb` from `start`, then from random points, until `at_least` points are scored.

    Or all of them: a model of one parameter has no more than that axis.

    Returns
    -------
    best, its score, number of points scored : dict, float, int

    Examples
    --------
    >>> two_hills = lambda at: max(3 - abs(at["x"] - 1), 9 - abs(at["x"] - 8))
    >>> explore({"x": 1}, {"x": range(10)}, two_hills, at_least=1, rng=np.random.default_rng(0))
    ({'x': 1}, 3, 3)
    >>> explore({"x": 1}, {"x": range(10)}, two_hills, at_least=10, rng=np.random.default_rng(0))
    ({'x': 8}, 9, 10)
    """
    seen: dict[tuple[Any, ...], float] = {}

    def known(at: dict[str, Any]) -> float:
        key = tuple(at[name] for name in axes)
        if key not in seen:
            seen[key] = score(at)
        return seen[key]

    best, top, _ = climb(start, axes, known)
    goal = min(at_least, math.prod(len(values) for values in axes.values()))
    while len(seen) < goal:
        picks = {name: values[int(rng.integers(len(values)))] for name, values in axes.items()}
        found, reached, _ = climb({**start, **picks}, axes, known)
        if reached > top:
            best, top = found, reached
    return best, top, len(seen)


def climb_and_relax(
    start: Mapping[str, Any],
    axes: Axes,
    score: Callable[[dict[str, Any]], float],
    *,
    at_least: int = 0,
    rng: np.random.Generator | None = None,
) -> tuple[dict[str, Any], float, int]:
    """`climb` (or `explore`), then the weakest ridge that is as good within `SLACK`.

    The model is fitted on more data than the validation split left to it, and more data
    wants less ridge.

    Examples
    --------
    >>> flat = lambda at: 1.0 - (at["ridge"] == 1) - 0.001 * (at["ridge"] != 8)
    >>> climb_and_relax({"ridge": 8}, {"ridge": (1, 2, 4, 8)}, flat)
    ({'ridge': 2}, 0.999, 5)
    """
    if rng is None:
        best, top, trials = climb(start, axes, score)
    else:
        best, top, trials = explore(start, axes, score, at_least=at_least, rng=rng)
    enough, ridges = (1 - SLACK) * top, list(axes["ridge"])
    for ridge in reversed(ridges[: ridges.index(best["ridge"])]):
        weaker = {**best, "ridge": ridge}
        trials += 1
        if (found := score(weaker)) < enough:
            break
        best, top = weaker, found
    return best, top, trials
