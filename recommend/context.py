"""What circumstances change: additive log-odds of an item's traits, given the context of asking.

Whoever asks on a phone at night may want other things than at noon at a desk, and more so than
their usual taste says. The model ("Terms beside the model" in `docs/math.md`):

    P(item of traits a | user u, contexts C) ∝ q_u(a) exp(Σ_{c in C} Σ_{t in a} θ_ct)

Learned from pairs of takings of one person, the taste q_u, whatever it is, cancels: people who both
have a television and like films teach nothing, only what they take in other circumstances does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit

from recommend.checks import require
from recommend.errors import ShapeError

Array = NDArray[np.float64]

RIDGES = (3.0, 10.0, 30.0, 100.0)
"""Strengths of the pull to 0 that are tried: pairs that an effect must have to be heard."""

SURE = 2.6
"""Standard errors by which the held-out gain must exceed 0 (one-sided, about 99.5 %)."""

HABIT = 5.0
"""Takings without any effect that a person's history is thought to have besides its own."""

_MAX_PAIRS, _ROUNDS, _MAX_PATTERNS, _HELD_OUT, _LEAST = 20_000, 4, 256, 0.25, 50


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
        Mean log-likelihood of a held-out pair that effects won, and its standard error.
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

    def beside_habit(
        self,
        contexts: Iterable[str],
        history: Iterable[Sequence[str]],
        items: csr_array[np.float64],
    ) -> Array:
        """Log-effect of these contexts beside those in which a person takes things anyway.

        Who is always on a phone has a history made on a phone: scores from it hold the effect
        already, and it must not count twice. What is taken off is the logarithm of the mean
        factor over the history, pulled to 1 as if by `HABIT` takings; nobody's history takes
        off nothing.

        Parameters
        ----------
        contexts, items : see `of`
        history : iterable of sequences of str
            Contexts of each taking of the person.
        """
        here = self.of(contexts, items)
        counts: dict[frozenset[str], int] = {}
        known = set(self.contexts)
        for taking in history:
            where = frozenset(known & set(taking))
            counts[where] = counts.get(where, 0) + 1
        factors, n = np.full(len(here), HABIT), HABIT
        for where in sorted(counts, key=sorted):
            factors += counts[where] * np.exp(self.of(where, items))
            n += counts[where]
        return here - np.log(factors / n) if here.any() else here

    def parts(
        self,
        contexts: Iterable[str],
        history: Iterable[Sequence[str]],
        items: csr_array[np.float64],
    ) -> dict[str, Array]:
        """What each context has of `beside_habit`: parts by context, which sum to it.

        The part of a context is its own effect beside a history in which contexts of its field
        alone are told (those that begin alike up to a colon: ``device:phone``, ``device:tv``).
        Effects multiply and norms do not: what the parts leave over is shared equally.

        Returns
        -------
        dict of context to array (n_items,)
            Contexts that are known, in the order of `contexts`; empty where nothing is to say.
        """
        takings = [tuple(taking) for taking in history]
        known = list(dict.fromkeys(name for name in contexts if name in set(self.contexts)))
        whole = self.beside_habit(known, takings, items)
        if not whole.any():
            return {}
        found = {
            name: self.beside_habit([name], [_of_field(name, t) for t in takings], items)
            for name in known
        }
        left = (whole - sum(found.values())) / len(found)
        return {name: part + left for name, part in found.items()}

    def trait_of(self, context: str, item: Sequence[int], sign: float) -> str | None:
        """The trait among these (columns) that the context moves most in the direction of `sign`.

        ``None`` if it moves none that way.
        """
        if context not in self.contexts:
            return None
        moved = sign * self.effects[self.contexts.index(context)]
        best = max(item, key=lambda column: moved[column], default=None)
        return None if best is None or moved[best] <= 0 else self.traits[best]


def _of_field(context: str, taking: Sequence[str]) -> list[str]:
    field = context.partition(":")[0]
    return [name for name in taking if name.partition(":")[0] == field]


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
    is not surely above 0 there are no effects. At most 20,000 pairs are looked at, drawn by `rng`.

    Raises
    ------
    ShapeError
        If names and matrices differ in number.
    """
    if takings.context.shape[1] != len(contexts):
        raise ShapeError("context", takings.context.shape, f"(n, {len(contexts)})")
    if takings.traits.shape[1] != len(traits):
        raise ShapeError("traits", takings.traits.shape, f"(n_items, {len(traits)})")
    pairs = _pairs(takings, rng)
    if len(pairs.user) < _LEAST:
        return ContextEffects.none()
    _, who = np.unique(pairs.user, return_inverse=True)
    held = (rng.random(int(who.max()) + 1) < _HELD_OUT)[who]
    if not 0 < held.sum() < len(held):
        return ContextEffects.none()
    tried = [(*_judged(pairs, held, ridge), ridge) for ridge in RIDGES]
    gain, error, ridge = max(tried, key=lambda found: found[0])
    if gain <= SURE * error:
        return ContextEffects.none()
    usual, patterns = _usual(takings)
    effects = _fitted(pairs.context, pairs.traits, ridge)
    return ContextEffects(tuple(contexts), tuple(traits), effects, usual, patterns, gain, error)


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs of takings of one person: by how much their contexts and their traits differ."""

    user: NDArray[np.int64]
    context: csr_array[np.float64]
    traits: Array


def _pairs(takings: Takings, rng: np.random.Generator) -> _Pairs:
    """Each person's takings, shuffled and taken two by two, a few times over."""
    firsts, seconds = [], []
    for _ in range(_ROUNDS):
        order = np.lexsort((rng.random(len(takings.user)), takings.user))
        user = takings.user[order]
        place = np.arange(len(user)) - np.searchsorted(user, user)
        start = np.flatnonzero((place[:-1] % 2 == 0) & (user[:-1] == user[1:]))
        firsts.append(order[start])
        seconds.append(order[start + 1])
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    if len(first) > _MAX_PAIRS:
        kept = np.sort(rng.choice(len(first), _MAX_PAIRS, replace=False))
        first, second = first[kept], second[kept]
    of_taking = csr_array(takings.traits[takings.item])
    context = csr_array(takings.context[first] - takings.context[second])
    traits = csr_array(of_taking[first] - of_taking[second]).toarray()
    context.eliminate_zeros()
    # a pair of the same circumstances, or of the same traits, says nothing
    told = np.flatnonzero((np.diff(context.indptr) > 0) & traits.any(axis=1))
    return _Pairs(takings.user[first[told]], csr_array(context[told]), traits[told])


def _log_odds(context: csr_array[np.float64], traits: Array, effects: Array) -> Array:
    """Log-odds that the two takings of each pair happened this way round: ``ΔC θ Δtᵀ``."""
    return np.asarray(np.einsum("ij,ij->i", np.asarray(context @ effects), traits))


def _fitted(context: csr_array[np.float64], traits: Array, ridge: float) -> Array:
    """Effects of the largest penalised likelihood: a convex problem, so one answer."""
    require("ridge", ridge, ridge > 0, "a positive number")
    shape = (context.shape[1], traits.shape[1])

    def loss(theta: Array) -> tuple[float, Array]:
        effects = theta.reshape(shape)
        odds = _log_odds(context, traits, effects)
        value = np.logaddexp(0, -odds).sum() + ridge / 2 * np.square(theta).sum()
        slope = ridge * effects - context.T @ (traits * expit(-odds)[:, None])
        return float(value), np.asarray(slope).ravel()

    from scipy.optimize import minimize  # long to load, and for fits alone

    found = minimize(
        loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 100}
    )
    return np.asarray(found.x.reshape(shape))


def _judged(pairs: _Pairs, held: NDArray[np.bool_], ridge: float) -> tuple[float, float]:
    """Mean gain of a held-out pair over even odds, and its standard error, users the unit."""
    effects = _fitted(csr_array(pairs.context[~held]), pairs.traits[~held], ridge)
    odds = _log_odds(csr_array(pairs.context[held]), pairs.traits[held], effects)
    gains = np.log(2) - np.logaddexp(0, -odds)
    mean = float(gains.mean())
    _, who = np.unique(pairs.user[held], return_inverse=True)
    return mean, float(np.sqrt(np.square(np.bincount(who, gains - mean)).sum()) / len(gains))


def _usual(takings: Takings) -> tuple[Array, Array]:
    """Share of each pattern of traits among all takings, and the patterns, the commonest."""
    patterns, place = np.unique(takings.traits[takings.item].toarray(), axis=0, return_inverse=True)
    counts = np.bincount(place.reshape(-1)).astype(np.float64)
    common = np.sort(np.argsort(-counts, kind="stable")[:_MAX_PATTERNS])
    return counts[common] / counts[common].sum(), patterns[common]
