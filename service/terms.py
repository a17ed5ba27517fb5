"""Named terms of a list beside the model: who asks, in what circumstances, and what was praised."""

from collections.abc import Iterable

import numpy as np

from recommend.terms import added_by, added_by_each
from service.catalogue import Catalogue
from service.scoring import Addend, Scored, Term, Visitor


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
        known = visitor.attributes.get(name)
        said = "、".join(map(str, known)) if isinstance(known, list) else str(known)
        yield Term("segment", name, values, said)


def context_terms(catalogue: Catalogue, visitor: Visitor, so_far: Scored) -> Iterable[Term]:
    """What each of the visitor's circumstances favours beside the usual ones, where learned."""
    if catalogue.fitted is None or visitor.situation is None:
        return
    learned = catalogue.fitted.learned.context
    if learned.contexts:
        patterns, place = catalogue.traits
        found = learned.parts(visitor.situation.contexts, visitor.history(), patterns)
        parts = {name: part[place] for name, part in found.items()}
        for name, values in added_by_each(parts, so_far.total).items():
            field, _, said = name.partition(":")
            yield Term("context", field, values, said)


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
        if quality.any():
            yield Term("quality", "", added_by(weight * quality, so_far.total))

    return (terms,) if weight > 0 else ()
