"""Why an item stands in a list: addends of its score, and each as a sentence."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from service.catalogue import Catalogue
from service.favour import favoured
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
    def sentence(self) -> str:
        """The addend in words."""
        if self.kind == "popularity":
            return "很多人在学"
        if self.kind == "segment":
            liked = "常学" if self.contribution >= 0 else "较少学"
            return f"{self.attribute}为{self.value}的人{liked}"
        if self.kind == "context":
            where = (str(self.attribute), str(self.value), self.trait)
            return favoured(*where, more=self.contribution > 0).say("zh")
        if self.kind == "quality":
            return "学员评价高于平常" if self.contribution > 0 else "学员评价低于平常"
        if self.kind == "other_history":
            return "与学过的其他内容有关"
        name = f"《{self.title}》" if self.title else str(self.item)
        if self.against:
            near = "与" if self.contribution < 0 else "不同于"
            return f"{near}不喜欢的{name}" + ("相近" if self.contribution < 0 else "")
        if self.contribution < 0:
            return f"与学过的{name}方向不同"
        if (self.content or 0.0) > (self.behaviour or 0.0):
            return f"内容与学过的{name}相近"
        return f"学过{name}的人也学它"


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
