"""What a named effect adds to scores, kept apart so that reasons stay exact.

An effect is a log-effect by item, 0 for none: of two items with equal scores, one with an effect
of 0.1 deserves about a tenth more. As scores of a row estimate how likely each item is taken,
``P(item | row, context) ∝ score · exp(effect)``, and what an effect adds is in the unit of the
score itself, whatever its scale.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from recommend.errors import ShapeError

Array = NDArray[np.float64]

LARGEST_EFFECT = 2.0
"""Effects are cut here: none multiplies a score by more than e², or makes it less than e⁻²."""

_NOTHING = 1e-9  # below, exp(e) - 1 is e to the last digits


def added_by(effect: Array, scores: Array) -> Array:
    """What an effect adds: ``|s| (exp(effect) - 1)`` to the score s.

    It has the sign of the effect, whatever the sign of the score; an effect of 0 adds 0.

    Parameters
    ----------
    effect : array of shape (n_items,)
    scores : array of shape (n_items,) or (n_rows, n_items)

    Raises
    ------
    ShapeError
        If the effect is not of these items.

    Examples
    --------
    >>> added_by(np.array([0.0, np.log(2)]), np.array([1.0, 2.0])).round(12).tolist()
    [0.0, 2.0]
    """
    if effect.shape != scores.shape[-1:]:
        raise ShapeError("effect", effect.shape, scores.shape[-1:])
    return np.abs(scores) * np.expm1(np.clip(effect, -LARGEST_EFFECT, LARGEST_EFFECT))


def added_by_each(parts: Mapping[str, Array], scores: Array) -> dict[str, Array]:
    """`added_by` of the sum of some effects, split among them: what each adds to the scores.

    The share of an effect e in the sum E is ``|s| (exp(E) - 1) e / E``: its Aumann-Shapley value,
    the mean of what it adds as all grow together from 0, so that no order of them counts.

    Examples
    --------
    >>> parts = {"a": np.array([np.log(2)]), "b": np.array([np.log(2)])}
    >>> {name: added.tolist() for name, added in added_by_each(parts, np.array([1.0])).items()}
    {'a': [1.5], 'b': [1.5]}
    """
    if not parts:
        return {}
    effect = np.sum(list(parts.values()), axis=0)
    size = np.abs(scores)
    told = np.abs(effect) > _NOTHING
    slope = np.where(told, added_by(effect, scores) / np.where(told, effect, 1.0), size)
    return {name: slope * part for name, part in parts.items()}
