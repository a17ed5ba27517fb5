"""What an evaluation found: one line for each model, and how lines compare."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommend import metrics
from recommend.errors import UnknownModelError
from recommend.metrics import Interval

LONG = 20
"""Length of the lists whose recall is told."""
HYBRID = "hybrid"


@dataclass(frozen=True, eq=False)
class SliceResult:
    """What a model did for some users or some items: nDCG counts what the slice holds alone.

    `by_user` is NaN for users with nothing to find in it.
    """

    name: str
    n_users: int
    ndcg: Interval
    recall: float
    by_user: NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True, eq=False)
class ModelResult:
    """One line of the table; times are wall seconds, `recommend_s` for all users judged.

    `prerequisite_violations` is NaN where no prerequisites were given.
    """

    model: str
    params: dict[str, Any]
    ndcg: Interval
    recall: float
    mrr: float
    coverage: float
    popularity_lift: float
    fit_s: float
    recommend_s: float
    tune_s: float
    n_trials: int
    validation_ndcg: float
    prerequisite_violations: float
    by_user: NDArray[np.float64] = field(repr=False)
    slices: tuple[SliceResult, ...] = ()


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What was measured, on what, and how it was divided."""

    data: dict[str, int]
    split: str
    seed: int
    n: int
    models: tuple[ModelResult, ...]

    def difference(self, model: str, other: str, part: str | None = None) -> Interval:
        """Mean nDCG of `model` minus `other` over the same users, with its 95 % interval.

        Parameters
        ----------
        model, other : str
            Names of two models of the table.
        part : str, optional
            Name of a slice to compare on.

        Raises
        ------
        UnknownModelError
            If a model is not in the table.
        """
        values = {result.model: result for result in self.models}
        for name in (model, other):
            if name not in values:
                raise UnknownModelError(name, values)
        a, b = (_by_user(values[name], part) for name in (model, other))
        return metrics.paired_difference(a, b, rng=np.random.default_rng(self.seed))

    def as_dict(self) -> dict[str, Any]:
        """The table in plain types, NaN as ``None``.

        ``hybrid_lead_ci95`` is the paired difference hybrid minus this model, user by user:
        its mean and 95 % interval.
        """
        return {
            "data": self.data,
            "split": self.split,
            "seed": self.seed,
            "models": [self._line(result) for result in self.models],
        }

    def _lead(self, result: ModelResult, part: str | None = None) -> list[float] | None:
        if result.model == HYBRID or HYBRID not in (other.model for other in self.models):
            return None
        difference = self.difference(HYBRID, result.model, part)
        return [difference.mean, difference.low, difference.high]

    def _line(self, result: ModelResult) -> dict[str, Any]:
        cut = f"ndcg@{self.n}"
        parts = [
            {
                "slice": part.name,
                "n_users": part.n_users,
                cut: part.ndcg.mean,
                f"{cut}_ci95": [part.ndcg.low, part.ndcg.high],
                f"recall@{LONG}": part.recall,
                "hybrid_lead_ci95": self._lead(result, part.name),
            }
            for part in result.slices
        ]
        line = {
            "model": result.model,
            "params": result.params,
            cut: result.ndcg.mean,
            f"{cut}_ci95": [result.ndcg.low, result.ndcg.high],
            f"recall@{LONG}": result.recall,
            "mrr": result.mrr,
            "coverage": result.coverage,
            "popularity_lift": result.popularity_lift,
            "fit_s": result.fit_s,
            "recommend_s": result.recommend_s,
            "tune_s": result.tune_s,
            "n_trials": result.n_trials,
            f"validation_{cut}": result.validation_ndcg,
            f"prerequisite_violations@{self.n}": result.prerequisite_violations,
            "hybrid_lead_ci95": self._lead(result),
            "slices": parts,
        }
        return {name: None if value != value else value for name, value in line.items()}


def _by_user(result: ModelResult, part: str | None) -> NDArray[np.float64]:
    if part is None:
        return result.by_user
    return next(found.by_user for found in result.slices if found.name == part)
