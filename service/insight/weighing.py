"""How events weigh when people are counted: as lists weigh them."""

from dataclasses import dataclass

from recommend import EVENT_WEIGHTS, EventTable


@dataclass(frozen=True, slots=True)
class Weighing:
    """The moment, the half-life and the table, see :func:`recommend.interaction_matrix`."""

    now: float
    half_life_days: float | None = None
    table: EventTable = EVENT_WEIGHTS
