"""What each kind of event says about a user's interest in an item: one frozen table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommend.errors import UnknownEventError

EventTypes = Sequence[str] | NDArray[np.integer]
"""Types of events: names, or codes of an `EventTable` (rows of its `kinds`)."""


@dataclass(frozen=True)
class EventKind:
    """Weight of one type of event: ``weight + slope * clip(value, low, high)``.

    An event without a value (NaN) counts as value 0: missing evidence adds nothing.

    Attributes
    ----------
    name : str
        Type as it stands in an event.
    weight, slope, low, high : float
        The line above.
    revisable : bool
        A later event replaces an earlier one (a rating is changed). Otherwise the
        strongest event of this type counts.
    explicit : bool
        The user took a stand; the latest stand decides whether the item is rejected.
    """

    name: str
    weight: float = 0.0
    slope: float = 0.0
    low: float = 0.0
    high: float = 1.0
    revisable: bool = False
    explicit: bool = False


class EventTable:
    """The kinds of events, by code; immutable.

    Examples
    --------
    >>> EVENT_WEIGHTS.codes(["view", "purchase"]).tolist()
    [2, 8]
    """

    def __init__(self, kinds: Iterable[EventKind]) -> None:
        self.kinds = tuple(kinds)
        self.names = tuple(kind.name for kind in self.kinds)
        self._code = {name: code for code, name in enumerate(self.names)}
        self.line = np.array([(k.weight, k.slope, k.low, k.high) for k in self.kinds]).T
        self.revisable = np.array([kind.revisable for kind in self.kinds], bool)
        self.explicit = np.array([kind.explicit for kind in self.kinds], bool)
        for array in (self.line, self.revisable, self.explicit):
            array.flags.writeable = False

    def codes(self, types: EventTypes) -> NDArray[np.int64]:
        """Code of each type; codes pass through.

        Raises
        ------
        UnknownEventError
            At the first name or code that is not in the table.
        """
        if isinstance(types, np.ndarray) and types.dtype.kind in "iu":
            codes = types.astype(np.int64, copy=False)
            if codes.size and (codes.min() < 0 or codes.max() >= len(self.kinds)):
                wrong = codes[(codes < 0) | (codes >= len(self.kinds))][0]
                raise UnknownEventError(int(wrong), self.names)
            return codes
        try:
            return np.array([self._code[name] for name in types], np.int64)
        except KeyError as error:
            raise UnknownEventError(error.args[0], self.names) from None

    def __len__(self) -> int:
        return len(self.kinds)


EVENT_WEIGHTS = EventTable(
    (
        EventKind("impression"),
        EventKind("search"),
        EventKind("view", 0.2),
        EventKind("play", 0.2, slope=0.8),  # value: watched share of the length, 0..1
        EventKind("complete", 1.0),
        EventKind("favourite", 0.8, explicit=True),
        EventKind("share", 0.8, explicit=True),
        EventKind("cart", 0.6, explicit=True),
        EventKind("purchase", 1.5, explicit=True),  # value: price, not a strength
        EventKind("enrol", 1.0, explicit=True),
        EventKind("exercise", 0.5),  # value: mastery, not a strength
        EventKind("rate", slope=1.5, low=-1.0, revisable=True, explicit=True),
        EventKind("review", slope=1.0, low=-1.0, revisable=True, explicit=True),
        EventKind("dislike", -1.0, explicit=True),
        EventKind("skip", -0.2),
        EventKind("refund", -1.5, explicit=True),
        EventKind("abandon", -0.5),
        EventKind("other"),  # kept, and says nothing
    )
)
"""Default weights. ``rate`` and ``review`` take a value in [-1, 1]."""


def event_weights(
    types: EventTypes,
    values: Sequence[float | None] | NDArray[np.floating] | None = None,
    *,
    table: EventTable = EVENT_WEIGHTS,
) -> NDArray[np.float64]:
    """Signed weight of each event on its own (equation 2 of `docs/math.md`).

    Parameters
    ----------
    types : sequence of str, or array of codes
        One per event.
    values : sequence of float or None, optional
        Watched share, rating or sentiment, by type; NaN or ``None`` where there is none.
    table : EventTable
        Where the weights stand.

    Raises
    ------
    UnknownEventError
        If a type is not in `table`.

    Examples
    --------
    >>> event_weights(["play", "play", "rate", "refund"], [0.5, None, -1, 99]).tolist()
    [0.6000000000000001, 0.2, -1.5, -1.5]
    """
    codes = table.codes(types)
    line: NDArray[np.float64] = table.line[:, codes]
    weight, slope, low, high = line
    if values is None:
        return np.asarray(weight)
    value = np.nan_to_num(np.asarray(values, np.float64), nan=0.0)
    return np.asarray(weight + slope * np.clip(value, low, high))
