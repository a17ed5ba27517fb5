"""What a refit learns from the circumstances of events, beside the model: counts without names."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from recommend import EVENT_WEIGHTS, EventTable, IdMap
from recommend.context import ContextEffects, Takings, fit_context_effects
from recommend.shrinkage import QualityScale
from service.insight.channels import Tally, credit, tallies
from service.insight.item_traits import trait_matrix
from service.insight.takings import Taking, contexts_of, taking_of
from service.models import pack, under, unpack, within
from service.store import Store

#: people that a context must have: its name is kept, and must not be that of one of them
LEAST_PEOPLE = 10
#: takings that a context, and items that a trait, must have to be learned from; most of each
LEAST_TAKINGS, LEAST_ITEMS, MOST_NAMES = 30, 2, 100

_EFFECTS = ("effects", "usual", "patterns")


@dataclass(frozen=True, eq=False)
class Learned:
    """What was learned at a fit.

    Attributes
    ----------
    tallies : mapping of channel to Tally
        People reached and brought by each channel, over all items.
    context : ContextEffects
    quality : array of shape (n_fitted,)
        Shrunk mean mark of each item, NaN where there is none, see
        :class:`recommend.shrinkage.QualityScale`.
    """

    tallies: Mapping[str, Tally] = field(default_factory=dict)
    context: ContextEffects = field(default_factory=ContextEffects.none)
    quality: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as named arrays without objects."""
        counts = [(tally.reached, tally.brought) for tally in self.tallies.values()]
        return {
            **under("channels", pack(self.tallies)),
            "tallies": np.array(counts, np.int64).reshape(-1, 2),
            **under("contexts", pack(self.context.contexts)),
            **under("traits", pack(self.context.traits)),
            **{name: getattr(self.context, name) for name in _EFFECTS},
            "gain": np.array([self.context.gain, self.context.error]),
            "quality": self.quality,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Learned":
        """What `to_arrays` wrote; of a model fitted by an earlier version, nothing."""
        if "quality" not in arrays:
            return cls()
        names, counts = unpack(within("channels", arrays)), arrays["tallies"].tolist()
        gain, error = arrays["gain"].tolist()
        return cls(
            {name: Tally(*found) for name, found in zip(names, counts, strict=True)},
            ContextEffects(
                tuple(unpack(within("contexts", arrays))),
                tuple(unpack(within("traits", arrays))),
                effects=arrays["effects"],
                usual=arrays["usual"],
                patterns=arrays["patterns"],
                gain=gain,
                error=error,
            ),
            arrays["quality"],
        )


def learn(
    store: Store,
    connection: Connection,
    ids: IdMap,
    traits: Sequence[Sequence[str]],
    zone: tzinfo,
    *,
    rng: np.random.Generator,
    table: EventTable = EVENT_WEIGHTS,
) -> Learned:
    """Read all events that have a context, once.

    Parameters
    ----------
    ids : IdMap
        Rows of the items.
    traits : sequence of sequences of str
        Names of the traits of each row.
    zone : tzinfo
        The clock by which parts of the day are told.
    table : EventTable
        What events weigh, and so which of them takes an item.
    """
    found: list[Taking] = []
    credits_ = []
    events = store.readings.with_context(connection)
    for _, group in groupby(events, lambda e: (e.user, e.item)):
        pair = list(group)
        credits_.append(credit(pair))
        taking = taking_of(pair, table)
        if taking is not None and taking.item in ids:
            found.append(taking)
    return Learned(
        tallies(credits_), _effects(found, ids, traits, zone, rng), _quality(store, connection, ids)
    )


def _effects(
    found: Sequence[Taking],
    ids: IdMap,
    traits: Sequence[Sequence[str]],
    zone: tzinfo,
    rng: np.random.Generator,
) -> ContextEffects:
    named = contexts_of(found, zone)
    people = {(t.user, name) for t, names in zip(found, named, strict=True) for name in names}
    shared = set(_frequent(([name] for _, name in people), LEAST_PEOPLE))
    contexts = [name for name in _frequent(named, LEAST_TAKINGS) if name in shared]
    columns = _frequent(traits, LEAST_ITEMS)
    users = IdMap(dict.fromkeys(t.user for t in found))
    return fit_context_effects(
        Takings(
            users.rows(t.user for t in found),
            ids.rows(t.item for t in found),
            trait_matrix(named, contexts),
            trait_matrix(traits, columns),
        ),
        contexts,
        columns,
        rng=rng,
    )


def _frequent(rows: Iterable[Sequence[str]], least: int) -> list[str]:
    """Names that stand in so many rows, the commonest, in the order of names."""
    counts = Counter(name for row in rows for name in row)
    common = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_NAMES]
    return sorted(name for name in common if counts[name] >= least)


def _quality(store: Store, connection: Connection, ids: IdMap) -> NDArray[np.float64]:
    found = np.zeros((3, len(ids)))
    for marks in store.readings.marks(connection):
        row = ids.row(marks.item)
        if row is not None:
            found[:, row] = marks.total, marks.n, marks.squares
    return QualityScale.fit(*found).quality(*found[:2])
