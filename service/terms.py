"""Named terms of a list beside the model: what circumstances favour, and what learners praised."""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from service.catalogue import Catalogue
from service.playing import Situation

Array = NDArray[np.float64]
Term = Literal["context", "quality"]


def term_effects(
    catalogue: Catalogue,
    situation: Situation | None,
    history: Callable[[], Sequence[Sequence[str]]],
    quality_weight: float,
) -> dict[Term, Array]:
    """Log-effect of each term on each row, for :func:`recommend.terms.with_terms`.

    Terms that say nothing here are left out: ``context`` without a situation or learned effects,
    ``quality`` with weight 0.

    Parameters
    ----------
    history : callable
        Asked for the contexts of the person's takings, where there are effects to compare.
    """
    effects: dict[Term, Array] = {}
    if catalogue.fitted is None:
        return effects
    learned = catalogue.fitted.learned
    if situation is not None and learned.context.contexts:
        patterns, place = catalogue.traits
        found = learned.context.beside_habit(situation.contexts, history(), patterns)
        effects["context"] = found[place]
    if quality_weight > 0 and len(learned.quality):
        quality = np.zeros(len(catalogue.ids))
        quality[: len(learned.quality)] = learned.quality
        effects["quality"] = quality_weight * quality
    return {name: effect for name, effect in effects.items() if effect.any()}
