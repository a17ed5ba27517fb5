"""What another way of choosing would have earned, from lists whose chances were logged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from recommend.checks import require
from recommend.errors import ShapeError, WeightError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Replay:
    """An estimate from logged propensities; NaN where the log says nothing of it.

    Attributes
    ----------
    value : float
        Reward of a place, self-normalised (SNIPS).
    low, high : float
        Its 95 % (or other) interval; lists are the unit, as places of one list belong together.
    ips : float
        Reward of a logged list without normalising (Horvitz-Thompson): unbiased, of more variance.
    logged : float
        Reward of a place as it was shown.
    effective_size : float
        ``(Σw)² / Σw²``: so many places without weights would say as much.
    n_places, n_lists : int
        What was logged.
    """

    value: float
    low: float
    high: float
    ips: float
    logged: float
    effective_size: float
    n_places: int
    n_lists: int


def snips(
    rewards: ArrayLike,
    propensities: ArrayLike,
    targets: ArrayLike,
    lists: ArrayLike,
    *,
    level: float = 0.95,
) -> Replay:
    """Value of another way of choosing, by self-normalised propensities (equation 16).

    What is popular was shown more often, and so earned more: ``w = target / propensity`` takes
    that out, as far as the log could have shown what the other way shows.

    Parameters
    ----------
    rewards : array of float, one per place that was shown
    propensities : array in (0, 1]
        Chance with which the item came to be in its list, as it was logged.
    targets : array in [0, 1]
        Chance with which the other way of choosing shows the item in that list; 0 or 1 for a
        ranking without luck.
    lists : int array
        Which list a place belongs to.
    level : float

    Raises
    ------
    ShapeError
        If the arrays differ in length.
    WeightError
        If a propensity or a target is no such chance, or a reward is not finite.

    Notes
    -----
    SNIPS is consistent, and biased by the order of one over the effective size; the interval
    is the delta method's, and not to be trusted below some 30 effective places.

    References
    ----------
    .. [1] Swaminathan, Joachims. The self-normalized estimator for counterfactual learning.
       NIPS 2015.

    Examples
    --------
    >>> found = snips([1, 0, 1, 0], [0.8, 0.8, 0.2, 0.2], [0, 0, 1, 1], [0, 1, 2, 3])
    >>> found.value, found.effective_size, found.logged
    (0.5, 2.0, 0.5)
    """
    require("level", level, 0 < level < 1, "a number in (0, 1)")
    reward, chance, target = (np.asarray(x, np.float64) for x in (rewards, propensities, targets))
    group = np.asarray(lists)
    for name, found in (("propensities", chance), ("targets", target), ("lists", group)):
        if found.shape != reward.shape:
            raise ShapeError(name, found.shape, f"{reward.shape}, one per place")
    if not np.isfinite(reward).all():
        raise WeightError("rewards", "finite numbers")
    if not ((chance > 0) & (chance <= 1)).all():
        raise WeightError("propensities", "chances in (0, 1]")
    if not ((target >= 0) & (target <= 1)).all():
        raise WeightError("targets", "chances in [0, 1]")
    names, place = np.unique(group, return_inverse=True)
    n_lists = len(names)
    weight = target / chance
    total = float(weight.sum())
    logged = float(reward.mean()) if len(reward) else float("nan")
    if total == 0:
        nothing = float("nan")
        return Replay(nothing, nothing, nothing, nothing, logged, 0.0, len(reward), n_lists)
    value = float(weight @ reward) / total
    # Σw(r - v) = 0: its spread over lists is that of the ratio, to first order
    surprise = np.bincount(place.ravel(), weight * (reward - value), minlength=n_lists)
    correction = n_lists / max(n_lists - 1, 1)
    error = float(np.sqrt(correction * (surprise @ surprise))) / total
    reach = float(ndtri((1 + level) / 2)) * error if n_lists > 1 else float("nan")
    return Replay(
        value=value,
        low=value - reach,
        high=value + reach,
        ips=float(weight @ reward) / n_lists,
        logged=logged,
        effective_size=total**2 / float(weight @ weight),
        n_places=len(reward),
        n_lists=n_lists,
    )
