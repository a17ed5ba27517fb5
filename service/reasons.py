"""Why an item stands in a list: addends of its score, and each as a sentence."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from service.catalogue import Catalogue
from service.favour import favoured
from service.insight.labels import named
from service.messages import Message, Remark
from service.messages import reasons as said
from service.scoring import Scored, Term, TermKind

#: items of the history that are named as reasons; the rest are summed up in one
NAMED_REASONS = 3


@dataclass(frozen=True, slots=True)
class Because:
    """One addend of a score; `item` is ``None`` for what is not about one item.

    `attribute` names an attribute of the user, or the circumstance whose `value` favours `trait`.
    """

    kind: Literal["history", "other_history", "popularity"] | TermKind
    contribution: float
    item: str | None = None
    title: str | None = None
    attribute: str | None = None
    value: str | None = None
    trait: str | None = None
    behaviour: float | None = None
    content: float | None = None
    against: bool = False

    @property
    def remark(self) -> Remark:
        """The addend in words."""
        more = self.contribution > 0
        if self.kind == "popularity":
            return Remark(said.POPULAR)
        if self.kind == "segment":
            often = said.SEGMENT_MORE if self.contribution >= 0 else said.SEGMENT_LESS
            return Remark(often, {"people": _people(str(self.attribute), str(self.value))})
        if self.kind == "context":
            return favoured(str(self.attribute), str(self.value), self.trait, more=more)
        if self.kind == "quality":
            return Remark(said.QUALITY_HIGH if more else said.QUALITY_LOW)
        if self.kind == "other_history":
            return Remark(said.OTHER_HISTORY)
        name = Remark(said.TITLE, {"title": self.title}) if self.title else str(self.item)
        return Remark(self._of_history, {"name": name})

    @property
    def _of_history(self) -> Message:
        if self.against:
            return said.NEAR_DISLIKED if self.contribution < 0 else said.UNLIKE_DISLIKED
        if self.contribution < 0:
            return said.OTHER_DIRECTION
        if (self.content or 0.0) > (self.behaviour or 0.0):
            return said.NEAR_TAKEN
        return said.TAKEN_TOO


def reasons(catalogue: Catalogue, scored: Scored, item: int) -> tuple[Because, ...]:
    """Addends of the score of an item; they sum to it.

    The strongest items of the history first, then the rest of it in one, what the item owes to
    everybody, and the terms.
    """
    terms = [_of_term(catalogue, term, item) for term in scored.terms if term.values[item]]
    if catalogue.model is None or not scored.personal:
        return (Because("popularity", float(scored.base[item])), *terms)
    parts = catalogue.model.explain(scored.row, item)
    order = np.argsort(-np.abs(parts.contributions), kind="stable")
    named, rest = order[:NAMED_REASONS], order[NAMED_REASONS:]
    said = [
        Because(
            "history",
            float(parts.contributions[i]),
            item=catalogue.ids.ids[parts.history[i]],
            title=_title(catalogue, int(parts.history[i])),
            behaviour=float(parts.behaviour[i]),
            content=float(parts.content[i]),
            against=bool(scored.row.data[i] < 0),
        )
        for i in named
    ]
    if len(rest):
        said.append(
            Because(
                "other_history",
                float(parts.contributions[rest].sum()),
                behaviour=float(parts.behaviour[rest].sum()),
                content=float(parts.content[rest].sum()),
            )
        )
    if parts.popularity:
        said.append(Because("popularity", parts.popularity))
    return (*said, *terms)


def _people(attribute: str, value: str) -> Remark:
    if attribute == "age" and value[:1].isdigit():
        return Remark(said.PEOPLE_AGED, {"value": value})
    return Remark(said.PEOPLE, {"attribute": named(attribute), "value": value})


def _of_term(catalogue: Catalogue, term: Term, item: int) -> Because:
    contribution, trait = float(term.values[item]), None
    if term.kind == "context" and catalogue.fitted is not None:
        patterns, place = catalogue.traits
        columns = patterns[[place[item]]].indices.tolist()
        effects = catalogue.fitted.learned.context
        trait = effects.trait_of(f"{term.label}:{term.said}", columns, contribution)
    return Because(
        term.kind,
        contribution,
        attribute=term.label or None,
        value=term.said or None,
        trait=trait,
    )


def _title(catalogue: Catalogue, row: int) -> str:
    entry = catalogue.entries.get(row)
    return "" if entry is None else entry.title
