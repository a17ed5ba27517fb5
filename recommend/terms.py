"""Named terms that are added to scores: what they add is kept apart, so that reasons stay exact.

A term is a log-effect by item, 0 for none: of two items with equal scores, one with an effect
of 0.1 deserves about a tenth more. As scores of a row estimate how likely each item is taken,
``P(item | row, context) ∝ score · exp(effect)``, and what an effect adds is in the unit of the
score itself, whatever its scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from recommend.errors import ShapeError

Array = NDArray[np.float64]
Name = TypeVar("Name", bound=str)

LARGEST_EFFECT = 2.0
"""Effects are cut here: no term multiplies a score by more than e², or makes it less than e⁻²."""


@dataclass(frozen=True, eq=False)
class Termed(Generic[Name]):
    """``scores == base + Σ added``.

    Attributes
    ----------
    scores : array of shape (n_items,)
    added : mapping of name to array of shape (n_items,)
        What each term added, in the order given.
    """

    scores: Array
    added: Mapping[Name, Array]


def with_terms(base: Array, effects: Mapping[Name, Array]) -> Termed[Name]:
    """Scores under log-effects: each adds ``|s| (exp(effect) - 1)`` to the score s before it.

    Adds with the sign of the effect, whatever the sign of the score; an effect of 0 adds 0.

    Parameters
    ----------
    base : array of shape (n_items,)
    effects : mapping of name to array of shape (n_items,)

    Examples
    --------
    >>> found = with_terms(np.array([1.0, 2.0]), {"context": np.array([0.0, np.log(2)])})
    >>> found.scores.tolist(), found.added["context"].tolist()
    ([1.0, 4.0], [0.0, 2.0])
    """
    scores = np.array(base, np.float64)
    added: dict[Name, Array] = {}
    for name, effect in effects.items():
        if effect.shape != scores.shape:
            raise ShapeError(name, effect.shape, scores.shape)
        cut = np.clip(effect, -LARGEST_EFFECT, LARGEST_EFFECT)
        added[name] = np.abs(scores) * np.expm1(cut)
        scores = scores + added[name]
    return Termed(scores, added)
