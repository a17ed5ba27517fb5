"""What circumstances change: additive log-odds of an item's traits, given the context of asking.

Whoever asks on a phone at night may want other things than at noon at a desk, and more so than
their usual taste says. The model of one taking (equation 14 of `docs/math.md`):

    P(trait pattern a | user u, contexts C) ∝ q_u(a) exp(Σ_{c in C} Σ_{t in a} θ_ct)

q_u is what u takes anyway (without the taking itself), so that people who both have a phone and
like films teach nothing: only what the same people take in other circumstances does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array

from recommend.checks import require
from recommend.errors import ShapeError
from recommend.shrinkage import EVIDENCE

Array = NDArray[np.float64]

RIDGES = (3.0, 10.0, 30.0, 100.0)
"""Strengths of the pull to 0 that are tried: takings that a context must have to be heard."""

SURE = 2.6
"""Standard errors by which the held-out gain must exceed 0 (one-sided, about 99.5 %)."""

_MAX_TAKINGS, _MAX_PATTERNS, _HELD_OUT, _LEAST = 10_000, 256, 0.25, 50


@dataclass(frozen=True, eq=False)
class ContextEffects:
    """Learned effects; with none, every answer is 0.

    Attributes
    ----------
    contexts, traits : tuples of str
        Names of rows and columns of `effects`.
    effects : array of shape (n_contexts, n_traits)
        Log-odds θ.
    usual : array of shape (n_patterns,), patterns : array of shape (n_patterns, n_traits)
        Share of each pattern of traits among all takings: effects are told beside it.
    gain, error : float
        Mean log-likelihood of a held-out taking that effects won, and its standard error.
    """

    contexts: tuple[str, ...]
    traits: tuple[str, ...]
    effects: Array
    usual: Array
    patterns: Array
    gain: float = 0.0
    error: float = 0.0

    @classmethod
    def none(cls) -> "ContextEffects":
        """No effects: where there is too little to learn from, or nothing in it."""
        nothing = np.zeros((0, 0))
        return cls((), (), nothing, np.zeros(0), nothing)

    def of(self, contexts: Iterable[str], items: csr_array[np.float64]) -> Array:
        """Log-effect of these contexts on each item, (n_items,).

        Parameters
        ----------
        contexts : iterable of str
            Unknown ones say nothing.
        items : csr_array of shape (n_items, n_traits)
            Traits of each item by the columns of `traits`.
        """
        if items.shape[1] != len(self.traits):
            raise ShapeError("items", items.shape, f"(n_items, {len(self.traits)})")
        known = sorted(set(self.contexts) & set(contexts))
        if not known:
            return np.zeros(items.shape[0])
        theta = self.effects[[self.contexts.index(name) for name in known]].sum(axis=0)
        # the factors exp(effect) have mean 1 over what is usually taken
        typical = np.log(self.usual @ np.exp(self.patterns @ theta))
        told = np.diff(items.indptr) > 0
        return np.where(told, items @ theta - typical, 0.0)


@dataclass(frozen=True, eq=False)
class Takings:
    """Takings of items in known circumstances, one row each.

    Attributes
    ----------
    user, item : arrays of int of shape (n,)
        Codes; items are rows of `traits`.
    context : csr_array of shape (n, n_contexts)
        1 where the taking happened in that context.
    traits : csr_array of shape (n_items, n_traits)
        1 where the item has that trait.
    """

    user: NDArray[np.int64]
    item: NDArray[np.int64]
    context: csr_array[np.float64]
    traits: csr_array[np.float64]


def fit_context_effects(
    takings: Takings,
    contexts: Sequence[str],
    traits: Sequence[str],
    *,
    rng: np.random.Generator,
) -> ContextEffects:
    """Learn effects, and keep them only if they foretell the takings of people not learned from.

    The ridge is chosen, and the effects are judged, on a quarter of the users; with a gain that
    is not surely above 0 there are no effects. At most 10,000 takings are looked at, drawn by
    `rng`, and the 256 commonest patterns of traits.

    Raises
    ------
    ShapeError
        If names and matrices differ in number.
    """
    if takings.context.shape[1] != len(contexts):
        raise ShapeError("context", takings.context.shape, f"(n, {len(contexts)})")
    if takings.traits.shape[1] != len(traits):
        raise ShapeError("traits", takings.traits.shape, f"(n_items, {len(traits)})")
    world = _world(takings, rng)
    if world is None:
        return ContextEffects.none()
    held = _held_out(world.user, rng)
    if not 0 < held.sum() < len(held):
        return ContextEffects.none()
    tried = [(_judged(world, held, ridge), ridge) for ridge in RIDGES]
    (gain, error), ridge = max(tried, key=lambda found: found[0][0])
    if gain <= SURE * error:
        return ContextEffects.none()
    everything = np.ones(len(held), bool)
    effects = _fitted(world, everything, ridge)
    return ContextEffects(
        tuple(contexts), tuple(traits), effects, world.usual, world.patterns, gain, error
    )


@dataclass(frozen=True, eq=False)
class _World:
    """Takings by pattern: which was taken, by whom, in which contexts, and what was likely."""

    user: NDArray[np.int64]
    taken: NDArray[np.int64]
    context: csr_array[np.float64]
    patterns: Array
    usual: Array
    log_taste: Array


def _world(takings: Takings, rng: np.random.Generator) -> _World | None:
    patterns, of_item = np.unique(takings.traits.toarray(), axis=0, return_inverse=True)
    taken = of_item.reshape(-1)[takings.item]
    common = np.argsort(-np.bincount(taken, minlength=len(patterns)), kind="stable")
    common = np.sort(common[:_MAX_PATTERNS])
    place = np.full(len(patterns), -1)
    place[common] = np.arange(len(common))
    kept = np.flatnonzero(place[taken] >= 0)
    if len(kept) > _MAX_TAKINGS:
        kept = np.sort(rng.choice(kept, _MAX_TAKINGS, replace=False))
    if len(kept) < _LEAST or len(common) < 2:
        return None
    _, user = np.unique(takings.user[kept], return_inverse=True)
    taken = place[taken[kept]]
    counts = np.zeros((user.max() + 1, len(common)))
    np.add.at(counts, (user, taken), 1.0)
    usual = counts.sum(axis=0) / counts.sum()
    others = counts[user]
    others[np.arange(len(taken)), taken] -= 1.0  # what the person takes beside this
    taste = others + EVIDENCE * usual
    taste /= taste.sum(axis=1, keepdims=True)
    context = csr_array(takings.context[kept])
    with np.errstate(divide="ignore"):
        return _World(user, taken, context, patterns[common], usual, np.log(taste))


def _held_out(user: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    return np.asarray((rng.random(int(user.max()) + 1) < _HELD_OUT)[user])


def _log_odds(world: _World, rows: NDArray[np.bool_], effects: Array) -> Array:
    """Logarithms of the probabilities of all patterns for some takings."""
    raw = world.log_taste[rows] + csr_array(world.context[rows]) @ (effects @ world.patterns.T)
    raw -= raw.max(axis=1, keepdims=True)
    return np.asarray(raw - np.log(np.exp(raw).sum(axis=1, keepdims=True)))


def _fitted(world: _World, rows: NDArray[np.bool_], ridge: float) -> Array:
    """Effects of the largest penalised likelihood: a convex problem, so one answer."""
    require("ridge", ridge, ridge > 0, "a positive number")
    shape = (world.context.shape[1], world.patterns.shape[1])
    context, taken = csr_array(world.context[rows]), world.taken[rows]
    seen = context.T @ world.patterns[taken]
    each = np.arange(len(taken))

    def loss(theta: Array) -> tuple[float, Array]:
        effects = theta.reshape(shape)
        odds = _log_odds(world, rows, effects)
        value = -odds[each, taken].sum() + ridge / 2 * np.square(theta).sum()
        expected = (context.T @ np.exp(odds)) @ world.patterns
        slope = expected - seen + ridge * effects
        return float(value), np.asarray(slope).ravel()

    found = minimize(
        loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 100}
    )
    return np.asarray(found.x.reshape(shape))


def _judged(world: _World, held: NDArray[np.bool_], ridge: float) -> tuple[float, float]:
    """Mean gain of a held-out taking and its standard error, users as the unit."""
    effects = _fitted(world, ~held, ridge)
    user, taken = world.user[held], world.taken[held]
    each = np.arange(len(taken))
    gains = (
        _log_odds(world, held, effects)[each, taken]
        - _log_odds(world, held, np.zeros_like(effects))[each, taken]
    )
    mean = float(gains.mean())
    _, who = np.unique(user, return_inverse=True)
    sums = np.bincount(who, gains - mean)
    return mean, float(np.sqrt(np.square(sums).sum()) / len(gains))
