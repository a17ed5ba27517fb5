"""Named terms of a list beside the model: who asks, in what circumstances, and what was praised."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from recommend.terms import added_by
from service.catalogue import Catalogue
from service.scoring import Addend, Scored, Term, TermKind, Visitor


def segment_terms(catalogue: Catalogue, visitor: Visitor, so_far: Scored) -> Iterable[Term]:
    """What people with the visitor's attributes take more than others, name by name.

    In the unit of the model's prior: for somebody without a history it moves popularity
    itself, and weighs less and less beside a longer one.
    """
    if catalogue.fitted is None or catalogue.model is None:
        return
    model = catalogue.model
    top = float(model.mean.max(initial=0.0))
    unit = model.prior_unit if so_far.personal else 1.0 / top if top > 0 else 0.0
    for name, lift in catalogue.fitted.segments.lifts(visitor.attributes).items():
        values = np.zeros(len(so_far.base))
        values[: len(lift)] = unit * lift
        yield Term("segment", name, values)


def context_terms(catalogue: Catalogue, visitor: Visitor, so_far: Scored) -> Iterable[Term]:
    """What the visitor's circumstances favour beside their usual ones, where it was learned."""
    if catalogue.fitted is None or visitor.situation is None:
        return
    learned = catalogue.fitted.learned.context
    if learned.contexts:
        patterns, place = catalogue.traits
        found = learned.beside_habit(visitor.situation.contexts, visitor.history(), patterns)
        yield from _term("context", so_far, found[place])


#: what a fit has learned, in the order in which it is added
LEARNED: tuple[Addend, ...] = (segment_terms, context_terms)


def quality_terms(weight: float) -> tuple[Addend, ...]:
    """What learners praised, at this weight; nothing at 0."""

    def terms(catalogue: Catalogue, _visitor: Visitor, so_far: Scored) -> Iterable[Term]:
        if catalogue.fitted is None:
            return
        learned = catalogue.fitted.learned.quality
        quality = np.zeros(len(catalogue.ids))
        quality[: len(learned)] = np.nan_to_num(learned)  # no evidence adds nothing
        yield from _term("quality", so_far, weight * quality)

    return (terms,) if weight > 0 else ()


def _term(kind: TermKind, so_far: Scored, effect: NDArray[np.float64]) -> Iterable[Term]:
    if effect.any():
        yield Term(kind, "", added_by(effect, so_far.total))
