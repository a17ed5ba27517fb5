"""Figures of rows, their bootstrap intervals, and the paired lead of one model over another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.int64]
Figures = Mapping[str, float]

#: figures of the rows, each counted as often as its weight says
Judge = Callable[[Weights], Figures]

N_RESAMPLES = 1000


@dataclass(frozen=True)
class Measured:
    """One line of a comparison.

    Attributes
    ----------
    model : str
        Its name.
    params : mapping
        What it was given.
    n : int
        Rows it was judged on.
    figures : mapping of str to float
        NaN where the model does not say what the figure needs.
    intervals, lead : mapping of str to tuple
        95 % interval (low, high) of each figure; and (difference, low, high) of the
        reference model's figure less this one's on the rows both judged.
    seconds : mapping of str to float
        What it cost.
    """

    model: str
    params: Mapping[str, object]
    n: int
    figures: Figures
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    lead: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """What a model did before it is resampled.

    `judge` takes weights of all rows of the comparison; those outside `rows` must be 0.
    """

    model: str
    params: Mapping[str, object]
    rows: NDArray[np.bool_]
    judge: Judge
    seconds: Mapping[str, float]


def measure(
    judged: Sequence[Judged], *, seed: int, reference: str | None, n_resamples: int = N_RESAMPLES
) -> list[Measured]:
    """Resample the rows, the same for all models: percentile intervals and paired leads.

    Parameters
    ----------
    judged : sequence of Judged
        Over the same rows in the same order.
    seed : int
        Of the resampling.
    reference : str or None
        Model whose lead over each other one is measured.

    Notes
    -----
    The percentile bootstrap over rows: rows are drawn with replacement, n of n. What varies
    with another training set is not in these intervals.
    """
    if not judged:
        return []
    n = len(judged[0].rows)
    rng = np.random.default_rng(seed)
    samples = [
        np.bincount(rng.integers(0, n, size=n), minlength=n).astype(np.int64)
        for _ in range(n_resamples)
    ]
    first = next((one for one in judged if one.model == reference), None)
    return [_measured(one, first, samples) for one in judged]


def _measured(one: Judged, first: Judged | None, samples: Sequence[Weights]) -> Measured:
    own = one.rows.astype(np.int64)
    drawn = [one.judge(sample * own) for sample in samples]
    lead: dict[str, tuple[float, float, float]] = {}
    if first is not None and first is not one:
        both = (one.rows & first.rows).astype(np.int64)
        gaps = [_gap(first, one, sample * both) for sample in samples]
        lead = {
            name: (gap, *_interval([g[name] for g in gaps]))
            for name, gap in _gap(first, one, both).items()
        }
    figures = one.judge(own)
    return Measured(
        model=one.model,
        params=one.params,
        n=int(own.sum()),
        figures=figures,
        intervals={name: _interval([d[name] for d in drawn]) for name in figures},
        lead=lead,
        seconds=one.seconds,
    )


def _gap(first: Judged, other: Judged, weights: Weights) -> dict[str, float]:
    ours, theirs = first.judge(weights), other.judge(weights)
    return {name: ours[name] - theirs[name] for name in ours}


def _interval(values: Sequence[float]) -> tuple[float, float]:
    known = np.array([v for v in values if not np.isnan(v)])
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)
