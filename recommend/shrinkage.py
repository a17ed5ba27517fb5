"""Shares and means from little evidence: shrunk to what is usual, with how sure one can be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

from recommend.checks import require

Array = NDArray[np.float64]

EVIDENCE = 5.0
"""Pieces of evidence at which what was seen weighs as much as what is usual."""


def effective_number(weights: ArrayLike) -> float:
    """Kish's number of equal pieces that say as much: ``(Σ w)² / Σ w²``; 0 without any.

    Examples
    --------
    >>> effective_number([2.0, 2.0, 2.0]), effective_number([1.0, 0.0]), effective_number([])
    (3.0, 1.0, 0.0)
    """
    w = np.asarray(weights, np.float64)
    largest = float(np.abs(w).max(initial=0.0))
    if largest == 0:
        return 0.0
    w = w / largest  # squares of tiny weights must not vanish
    return float(w.sum() ** 2 / np.square(w).sum())


def confidence(n: float, evidence: float = EVIDENCE) -> float:
    """``n / (n + evidence)``: 0 without evidence, below 1 with any amount.

    Examples
    --------
    >>> confidence(0), confidence(5), confidence(45)
    (0.0, 0.5, 0.9)
    """
    require("evidence", evidence, evidence > 0, "a positive number")
    return n / (n + evidence)


def shrunk_mean(total: float, n: float, usual: float, evidence: float = EVIDENCE) -> float:
    """``(total + evidence · usual) / (n + evidence)``: a mean pulled to `usual`.

    Examples
    --------
    >>> shrunk_mean(5.0, 5.0, 0.0), shrunk_mean(0.0, 0.0, 0.3)
    (0.5, 0.3)
    """
    require("evidence", evidence, evidence > 0, "a positive number")
    return (total + evidence * usual) / (n + evidence)


def shrunk_shares(mass: ArrayLike, usual: ArrayLike, evidence: float = EVIDENCE) -> Array:
    """Shares of a whole, pulled to the usual ones: ``(m + κ b) / (Σ m + κ)``.

    Parameters
    ----------
    mass : array of shape (n,)
        What was seen of each part, >= 0.
    usual : array of shape (n,)
        Usual shares; they sum to 1, and so do the shares returned.
    """
    require("evidence", evidence, evidence > 0, "a positive number")
    seen, base = np.asarray(mass, np.float64), np.asarray(usual, np.float64)
    return np.asarray((seen + evidence * base) / (seen.sum() + evidence))


@dataclass(frozen=True, slots=True)
class Rate:
    """A probability seen `successes` times in `trials`, as a Beta posterior.

    Attributes
    ----------
    mean, low, high : float
        Posterior mean and central 95 % interval, in [0, 1].
    successes, trials : float
        What was seen, the prior left out.
    """

    mean: float
    low: float
    high: float
    successes: float
    trials: float


def beta_rate(
    successes: float,
    trials: float,
    *,
    usual: float = 0.5,
    strength: float = 1.0,
    noise: float = 0.0,
) -> Rate:
    """Posterior of a probability under the prior ``Beta(usual · strength, (1-usual) · strength)``.

    Parameters
    ----------
    successes, trials : float
        ``0 <= successes <= trials``.
    usual : float
        Prior mean in (0, 1).
    strength : float
        Trials that the prior is worth. ``usual=0.5, strength=1`` is Jeffreys' prior.
    noise : float
        Variance of the error with which each of the two was counted, for counts that were
        rounded: the interval is wider, as errors add up by their squares; the mean stays.

    Examples
    --------
    >>> rate = beta_rate(8, 10)
    >>> round(rate.mean, 3), round(rate.low, 2), round(rate.high, 2)
    (0.773, 0.5, 0.96)
    >>> rate = beta_rate(80, 100, noise=100 / 6)
    >>> round(rate.mean, 3), round(rate.low, 2), round(rate.high, 2)
    (0.797, 0.67, 0.92)
    """
    require("successes", successes, 0 <= successes <= trials, f"in [0, {trials}]")
    require("usual", usual, 0 < usual < 1, "in (0, 1)")
    require("strength", strength, strength > 0, "a positive number")
    require("noise", noise, noise >= 0, "a number that is not negative")
    a = successes + usual * strength
    b = trials - successes + (1 - usual) * strength
    mean = a / (a + b)
    low, high = betaincinv(a, b, [0.025, 0.975]).tolist()
    if noise and trials:
        # δ(s / n) = (δs - p δn) / n
        error = 1.96 * float(np.sqrt(noise * (1 + mean**2))) / (a + b)
        low = max(0.0, mean - float(np.hypot(mean - low, error)))
        high = min(1.0, mean + float(np.hypot(high - mean, error)))
    return Rate(mean, low, high, successes, trials)


@dataclass(frozen=True, slots=True)
class QualityScale:
    """What is usual of the marks of a catalogue, and how many marks of an item are believed.

    ``q = n / (n + κ) · (mean - μ)`` with μ the mean of all marks and ``κ = σ² / τ²``: the variance
    of marks within an item over that between items, both by the method of moments of the one-way
    analysis of variance with unequal n.

    Attributes
    ----------
    usual : float
        μ, in [-1, 1]; NaN where there is no evidence.
    evidence : float
        κ: marks at which an item's own mean weighs as much as the usual one; infinite if marks
        do not differ more between items than chance makes them.

    References
    ----------
    .. [1] Morris. Parametric empirical Bayes inference. JASA 1983. doi:10.2307/2287098
    .. [2] Searle, Casella, McCulloch. Variance Components, section 3.6. Wiley 1992.
    """

    usual: float
    evidence: float

    @classmethod
    def fit(
        cls, totals: ArrayLike, counts: ArrayLike, squares: ArrayLike, *, least: float = 1.0
    ) -> "QualityScale":
        """Fit on the marks of all items.

        Parameters
        ----------
        totals, counts, squares : arrays of shape (n_items,)
            Sum, number, and sum of squares of the marks of each item; marks in [-1, 1]. Nothing
            tells σ² from τ² while fewer than two items have marks or none has two: no evidence.
        least : float
            Smallest κ; a single mark must not be believed at once.
        """
        require("least", least, least > 0, "a positive number")
        total, n, square = (np.asarray(x, np.float64) for x in (totals, counts, squares))
        marked = n > 0
        total, n, square = total[marked], n[marked], square[marked]
        k, whole = len(n), float(n.sum())
        if k < 2 or whole <= k:
            return cls(np.nan, np.nan)
        usual, means = float(total.sum() / whole), total / n
        within = max(float((square - n * means**2).sum()), 0.0) / (whole - k)
        spread = float((n * (means - usual) ** 2).sum())
        between = (spread - (k - 1) * within) / (whole - float((n**2).sum()) / whole)
        return cls(usual, max(within / between, least) if between > 1e-12 else np.inf)

    def quality(self, totals: ArrayLike, counts: ArrayLike) -> Array:
        """Quality beside the usual, in [-2, 2]; NaN of items without marks, or without evidence.

        Examples
        --------
        >>> marks = [9.0, -9.0, 0.5, 0.0], [10, 10, 1, 0]
        >>> QualityScale.fit(*marks, [8.2, 8.2, 0.25, 0.0]).quality(*marks).round(2)
        array([ 0.8 , -0.84,  0.24,   nan])
        """
        total, n = np.asarray(totals, np.float64), np.asarray(counts, np.float64)
        means = np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)
        return np.asarray(n / (n + self.evidence) * (means - self.usual))
