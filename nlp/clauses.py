"""Clauses of a sentence with their opinions, as `nlp.clause_reader` reads them."""

from dataclasses import dataclass, field

REACH = 8  # characters from a negator to the opinion it turns
# weights of the clauses around 但是, and of one after 虽然 or denied by the next
BEFORE, AFTER, CONCEDED = 0.3, 2.0, 0.3
JUDGING = frozenset({"praise", "blame", "positive", "negative"})


@dataclass(slots=True)
class Opinion:
    """One opinion.

    Attributes
    ----------
    value : float
        In [-1, 1], after negation and degree.
    sure : bool
        Decided by structure or idiom, not by a word the model can weigh as well.
    start, end : int
        Of the word in the sentence.
    """

    value: float
    sure: bool
    start: int
    end: int


@dataclass(slots=True)
class Clause:
    """A part of a sentence between stops or contrasts, with its weight beside the others."""

    start: int
    end: int = 0
    weight: float = 1.0
    opinions: list[Opinion] = field(default_factory=list)
    thanks: bool = False
