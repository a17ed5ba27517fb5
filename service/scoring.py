"""The score of every item for somebody, as a sum of named parts.

What adds to scores beside the model (attributes of the user, the context of the request) is an
*addend*: a function from a catalogue, a visitor and the scores so far to `Term`s. Whatever is
added here is explained, and the reasons of an item still sum to its score.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend import EventTable, interaction_matrix
from service.catalogue import Catalogue
from service.playing import Situation
from service.store.events import Log

TermKind = Literal["segment", "context", "quality"]
Source = Literal["hybrid", "content", "segment", "popularity"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody to recommend to, at a moment.

    `history` tells the contexts in which they took things before, to who needs them.
    """

    log: Log
    now: float
    attributes: Mapping[str, Any] = field(default_factory=dict)
    situation: Situation | None = None
    history: Callable[[], Sequence[Sequence[str]]] = tuple


@dataclass(frozen=True, eq=False, slots=True)
class Term:
    """A named addend of the score of every item.

    Attributes
    ----------
    kind, label : str
        What a reason says: where the addend comes from, and of what.
    values : array of shape (n_items,)
    said : str
        What is known under that label: the value of the attribute or circumstance.
    """

    kind: TermKind
    label: str
    values: NDArray[np.float64]
    said: str = ""


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of all items for a visitor.

    Attributes
    ----------
    row : csr_array of shape (1, n_items)
        Signed weights of the visitor's events.
    base : array of shape (n_items,)
        Scores of the model, or numbers of users before there is one.
    personal : bool
        Whether `base` is about this visitor.
    terms : tuple of Term
    """

    row: csr_array
    base: NDArray[np.floating]
    personal: bool
    terms: tuple[Term, ...] = ()

    @cached_property
    def total(self) -> NDArray[np.float64]:
        """What lists are made of: the base and all terms."""
        total = self.base.astype(np.float64)
        for term in self.terms:
            total += term.values
        return total

    def source(self, catalogue: Catalogue, row: int) -> Source:
        """What an item's score mainly comes from."""
        if not self.personal or catalogue.model is None:
            return "segment" if any(t.kind == "segment" for t in self.terms) else "popularity"
        return "hybrid" if catalogue.warm[row] else "content"


Addend = Callable[[Catalogue, Visitor, Scored], Iterable[Term]]


def row_of(
    catalogue: Catalogue, visitor: Visitor, *, table: EventTable, half_life_days: float | None
) -> csr_array:
    """What the events of a visitor weigh, signed, as a row (1, n_items)."""
    log = visitor.log
    return interaction_matrix(
        np.zeros(len(log), dtype=np.int64),
        *(catalogue.ids.rows(log.item), log.type, log.value, log.time),
        shape=(1, len(catalogue.ids)),
        now=visitor.now,
        half_life_days=half_life_days,
        table=table,
        signed=True,
    )


def scored(
    catalogue: Catalogue,
    visitor: Visitor,
    row: csr_array,
    *,
    counts: Callable[[], Mapping[str, int]],
    addends: Iterable[Addend],
) -> Scored:
    """Scores of all items of a catalogue for a visitor, whose events weigh `row`.

    Parameters
    ----------
    counts : callable
        Number of users of each item; asked before the first fit only.
    """
    if catalogue.model is None:
        base = np.zeros(len(catalogue.ids))
        for item, users in counts().items():
            if (known := catalogue.ids.row(item)) is not None:
                base[known] = users
        return Scored(row, base, False)
    asked = catalogue.model.queries(row)
    found = Scored(row, catalogue.model.score(asked)[0], not asked.silent[0])
    for addend in addends:
        found = replace(found, terms=(*found.terms, *addend(catalogue, visitor, found)))
    return found
