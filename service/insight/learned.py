"""What a refit learns from the circumstances of events, beside the model: counts without names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from service.insight.channels import Tally, credits_of, tallies
from service.models import pack, under, unpack, within
from service.store import Store


@dataclass(frozen=True, eq=False)
class Learned:
    """What was learned at a fit.

    Attributes
    ----------
    tallies : mapping of channel to Tally
        People reached and brought by each channel, over all items.
    """

    tallies: Mapping[str, Tally] = field(default_factory=dict)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as named arrays without objects."""
        counts = [(tally.reached, tally.brought) for tally in self.tallies.values()]
        return {
            **under("channels", pack(self.tallies)),
            "tallies": np.array(counts, np.int64).reshape(-1, 2),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Learned":
        """What `to_arrays` wrote; of a model fitted by an earlier version, nothing."""
        if "tallies" not in arrays:
            return cls()
        names = unpack(within("channels", arrays))
        counts = arrays["tallies"].tolist()
        return cls({n: Tally(*found) for n, found in zip(names, counts, strict=True)})


def learn(store: Store, connection: Connection) -> Learned:
    """Read all events that have a context, once, in constant memory for each person and item."""
    return Learned(tallies(credits_of(store.readings.with_context(connection))))
