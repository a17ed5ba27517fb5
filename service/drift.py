"""How much has come since a model was fitted, and whether that is much."""

from dataclasses import dataclass

from service.models import Manifest

#: shares of new events and of new items from which lists are measurably worse than those of a
#: refit: ``docs/design/0030-drift.md``
DUE_EVENTS, DUE_ITEMS = 0.1, 0.05


@dataclass(frozen=True, slots=True)
class Drift:
    """What the store has that a model has not seen."""

    new_events: int
    n_events: int
    new_items: int
    n_items: int

    @property
    def event_share(self) -> float:
        """Share of the events that are new."""
        return self.new_events / max(self.n_events, 1)

    @property
    def item_share(self) -> float:
        """Share of the items that are new."""
        return self.new_items / max(self.n_items, 1)

    @property
    def refit_due(self) -> bool:
        """Whether lists have measurably moved away from those of a refit."""
        return self.event_share >= DUE_EVENTS or self.item_share >= DUE_ITEMS


def drift(manifest: Manifest, n_events: int, n_items: int) -> Drift:
    """What is new, of so many, beside what this model was fitted on; what was erased is not."""
    return Drift(
        new_events=max(n_events - manifest.n_events, 0),
        n_events=n_events,
        new_items=max(n_items - manifest.n_items, 0),
        n_items=n_items,
    )
