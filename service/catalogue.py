"""What a worker knows of the items: the fitted ones, those posted since, those taken away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from nlp import Features, FeatureSpace
from recommend import HybridSVD, IdMap, Screen, Segments
from recommend.errors import ModelFormatError
from recommend.prerequisites import Edges
from service import messages
from service.errors import ModelFileError
from service.filters import Filter, holds
from service.insight.item_traits import main_topics, trait_matrix
from service.insight.item_traits import traits as item_traits
from service.insight.learned import Learned
from service.models import ModelDirectory, csr_from_arrays, unpack, within
from service.ordering import order_from_arrays
from service.playing import Playing
from service.store import Store, StoredItem

#: kinds and attributes that are asked for
Wanted = tuple[frozenset[str], tuple[Filter, ...]]

#: wishes whose rows are remembered until the catalogue changes; a byte an item each
REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """What lists and filters show of an item."""

    title: str
    kind: str
    attributes: Mapping[str, Any]
    published_at: float | None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model version as it was fitted, memory mapped, and the end of the fit."""

    version: str
    ids: IdMap
    order: Edges
    space: FeatureSpace
    content: csr_array
    model: HybridSVD
    segments: Segments
    learned: Learned
    created_at: float
    screen: Screen | None


@dataclass(frozen=True)
class Catalogue:
    """One consistent view: rows of the model first, then items posted since, in any order.

    Attributes
    ----------
    change : int
        Number of the last change that is in here.
    fitted : Fitted or None
        ``None`` before the first fit; then there are ids and entries only.
    ids : IdMap
        External id of each row.
    entries : dict of row to Entry
        Rows that can be shown; deleted items have none.
    cold : dict of id to Features
        Features of the items posted since the fit.
    shown_from : array
        Moment from which each row may be shown; never, where there is no entry.
    added : csr_array or None
        Feature rows of the cold items.
    model : HybridSVD or None
        `fitted.model`, extended to the cold items.
    """

    change: int
    fitted: Fitted | None
    ids: IdMap
    entries: Mapping[int, Entry]
    cold: Mapping[str, Features]
    shown_from: NDArray[np.float64]
    added: csr_array | None
    model: HybridSVD | None
    _unlike: dict[Wanted, NDArray[np.bool_]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def version(self) -> str | None:
        """Version of the model, ``None`` before the first fit."""
        return None if self.fitted is None else self.fitted.version

    def hidden(
        self, *, now: float, kinds: Iterable[str], attributes: Iterable[Filter]
    ) -> NDArray[np.bool_]:
        """Rows that must not be shown: deleted, not yet published, or not as asked."""
        hidden = self.shown_from > now
        wanted = frozenset(kinds), tuple(attributes)
        if any(wanted):
            hidden |= self._unlike_what_is(wanted)
        return hidden

    def _unlike_what_is(self, wanted: Wanted) -> NDArray[np.bool_]:
        """Rows that are not of these kinds and attributes; few such wishes come again and again."""
        known = self._unlike.get(wanted)
        if known is None:
            known = np.zeros(len(self.ids), dtype=bool)
            for row, entry in self.entries.items():
                known[row] = not _fits(entry, wanted)
            if len(self._unlike) >= REMEMBERED:
                self._unlike.clear()
            self._unlike[wanted] = known
        return known

    def shows(
        self,
        rows: NDArray[np.int64],
        *,
        now: float,
        kinds: Iterable[str],
        attributes: Iterable[Filter],
    ) -> NDArray[np.bool_]:
        """What `hidden` says of these rows alone, turned round."""
        shown = np.asarray(self.shown_from[rows] <= now)
        wanted = frozenset(kinds), tuple(attributes)
        if any(wanted):
            for place in np.flatnonzero(shown).tolist():
                shown[place] = _fits(self.entries[int(rows[place])], wanted)
        return shown

    @cached_property
    def content(self) -> csr_array | None:
        """Feature row of each row; ``None`` before the first fit."""
        if self.fitted is None or self.added is None:
            return None if self.fitted is None else self.fitted.content
        return csr_array(vstack([self.fitted.content, self.added], format="csr"))

    @cached_property
    def warm(self) -> NDArray[np.bool_]:
        """Whether somebody had to do with the item when the model was fitted, by row."""
        warm = np.zeros(len(self.ids), dtype=bool)
        if self.fitted is not None:
            warm[: self.fitted.model.n_fitted] = self.fitted.model.warm
        return warm

    @cached_property
    def playing(self) -> Playing:
        """What items need to be played."""
        return Playing.of(len(self.ids), {row: e.attributes for row, e in self.entries.items()})

    @cached_property
    def traits(self) -> tuple[csr_array, NDArray[np.int64]]:
        """Distinct sets of traits, by the columns of the learned effects, and that of each row."""
        if self.fitted is None or self.content is None:
            return csr_array((1, 0)), np.zeros(len(self.ids), np.int64)
        found: list[tuple[str, ...]] = [()] * len(self.ids)
        topics = main_topics(self.content, self.fitted.space)
        for row, entry in self.entries.items():
            found[row] = item_traits(entry.kind, entry.attributes, topics[row])
        patterns = sorted(set(found))
        number = {pattern: place for place, pattern in enumerate(patterns)}
        place = np.array([number[pattern] for pattern in found], np.int64)
        return trait_matrix(patterns, self.fitted.learned.context.traits), place


def load(models: ModelDirectory, version: str) -> Fitted:
    """Read a model version. Raises `ModelFileError` if it is damaged or of another format."""
    manifest, arrays = models.get(version)
    try:
        model = HybridSVD.from_arrays(within("model", arrays))
    except ModelFormatError as error:  # fitted by an older program: the next refit replaces it
        raise ModelFileError(
            messages.MODEL_UNREADABLE, version=version, name="model", reason=str(error)
        ) from error
    segments = within("segments", arrays)
    return Fitted(
        version=version,
        ids=IdMap(unpack(within("ids", arrays))),
        order=order_from_arrays(within("order", arrays)),
        space=FeatureSpace.from_arrays(within("space", arrays)),
        content=csr_from_arrays(within("content", arrays)),
        model=model,
        segments=Segments.from_arrays(segments) if segments else Segments.none(model.n_fitted),
        learned=Learned.from_arrays(within("learned", arrays)),
        created_at=manifest.created_at,
        screen=Screen.from_arrays(screen) if (screen := within("screen", arrays)) else None,
    )


def empty(fitted: Fitted | None) -> Catalogue:
    """The catalogue of a model, no item of it known to be alive yet."""
    return Catalogue(
        change=-1,
        fitted=fitted,
        ids=IdMap(()) if fitted is None else fitted.ids,
        entries={},
        cold={},
        shown_from=np.full(0 if fitted is None else len(fitted.ids), np.inf),
        added=None,
        model=None if fitted is None else fitted.model,
    )


def moved(catalogue: Catalogue, fitted: Fitted, store: Store) -> Catalogue:
    """What `catalogue` knows, under another model; its items are not read again."""
    entries = {catalogue.ids.ids[row]: entry for row, entry in catalogue.entries.items()}
    posted = [i for i in entries if i not in fitted.ids]
    return _updated(replace(empty(fitted), change=catalogue.change), store, entries, posted)


def refreshed(catalogue: Catalogue, store: Store) -> Catalogue:
    """The catalogue with all changes of the store since; the one given stays as it is."""
    change, changed = store.items.changed_since(catalogue.change)
    catalogue = replace(catalogue, change=change)
    if not changed:
        return catalogue
    known = IdMap() if catalogue.fitted is None else catalogue.fitted.ids
    posted = [r.id for r in changed if r.id not in known and not r.deleted]
    return _updated(
        catalogue, store, {r.id: None if r.deleted else _entry(r) for r in changed}, posted
    )


def _updated(
    catalogue: Catalogue,
    store: Store,
    changed: Mapping[str, Entry | None],
    posted: Sequence[str],
) -> Catalogue:
    """With these entries, ``None`` for an item that is gone; `posted` are not in the fit."""
    cold = dict(catalogue.cold)  # a row stays a row: fitted first, then as they came
    cold.update(
        (item_id, Features.from_json(features))
        for item_id, features in store.items.features(posted).items()
    )
    ids, added, model = _extended(catalogue.fitted, cold)
    entries = dict(catalogue.entries)
    shown_from = np.full(len(ids), np.inf)
    shown_from[: len(catalogue.shown_from)] = catalogue.shown_from
    for item_id, entry in changed.items():
        row = ids.row(item_id)
        if row is None:
            continue
        if entry is None:
            entries.pop(row, None)
            shown_from[row] = np.inf
        else:
            entries[row] = entry
            shown_from[row] = -np.inf if entry.published_at is None else entry.published_at
    return Catalogue(
        catalogue.change, catalogue.fitted, ids, entries, cold, shown_from, added, model
    )


def _extended(
    fitted: Fitted | None, cold: Mapping[str, Features]
) -> tuple[IdMap, csr_array | None, HybridSVD | None]:
    if fitted is None:
        return IdMap(cold), None, None
    if not cold:
        return fitted.ids, None, fitted.model
    rows = fitted.space.transform(list(cold.values()))
    return fitted.ids.extended(cold), rows, fitted.model.extend(rows)


def _entry(item: StoredItem) -> Entry:
    return Entry(item.title, item.kind, item.attributes, item.published_at)


def _fits(entry: Entry, wanted: Wanted) -> bool:
    kinds, attributes = wanted
    return (not kinds or entry.kind in kinds) and holds(entry.attributes, attributes)
