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
    successes: float, trials: float, *, usual: float = 0.5, strength: float = 1.0
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

    Examples
    --------
    >>> rate = beta_rate(8, 10)
    >>> round(rate.mean, 3), round(rate.low, 2), round(rate.high, 2)
    (0.773, 0.5, 0.96)
    """
    require("successes", successes, 0 <= successes <= trials, f"in [0, {trials}]")
    require("usual", usual, 0 < usual < 1, "in (0, 1)")
    require("strength", strength, strength > 0, "a positive number")
    a = successes + usual * strength
    b = trials - successes + (1 - usual) * strength
    low, high = betaincinv(a, b, [0.025, 0.975]).tolist()
    return Rate(a / (a + b), low, high, successes, trials)


def quality_prior(totals: ArrayLike, counts: ArrayLike, *, least: float = 1.0) -> Array:
    """Quality of each item beside the usual: its mean mark, shrunk by empirical Bayes.

    ``q_i = n_i / (n_i + κ) · (mean_i - μ)`` with μ the mean of all marks and ``κ = σ² / τ²``,
    the variance of marks within an item over that between items (method of moments).
    Items without marks get 0, the usual.

    Parameters
    ----------
    totals, counts : arrays of shape (n_items,)
        Sum and number of the marks of each item; marks in [-1, 1].
    least : float
        Smallest κ; few items must not be believed at once.

    Returns
    -------
    array of shape (n_items,)
        In [-2, 2].

    References
    ----------
    .. [1] Morris. Parametric empirical Bayes inference. JASA 1983. doi:10.2307/2287098

    Examples
    --------
    >>> quality_prior([9.0, -9.0, 0.5, 0.0], [10, 10, 1, 0]).round(2).tolist()
    [0.8, -0.84, 0.24, 0.0]
    """
    require("least", least, least > 0, "a positive number")
    total, n = np.asarray(totals, np.float64), np.asarray(counts, np.float64)
    marked = n > 0
    if not marked.any():
        return np.zeros(len(n))
    usual = total.sum() / n.sum()
    means = np.divide(total, n, out=np.full(len(n), usual), where=marked)
    # marks lie in [-1, 1]: the variance within is at most 1 - mean², that of extreme marks
    within = float((n * (1 - means**2))[marked].sum() / n.sum())
    spread = float((n * (means - usual) ** 2)[marked].sum() / n.sum())
    between = max(spread - within * marked.sum() / n.sum(), 1e-9)
    return np.asarray(n / (n + max(within / between, least)) * (means - usual))
