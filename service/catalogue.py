"""What a worker knows of the items: the fitted ones, those posted since, those taken away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from nlp import Features, FeatureSpace
from recommend import HybridSVD, IdMap
from service.fitting import csr_from_arrays
from service.insight.item_traits import main_topics, trait_matrix
from service.insight.item_traits import traits as item_traits
from service.insight.learned import Learned
from service.models import ModelDirectory, unpack, within
from service.playing import Playing
from service.store import Store, StoredItem


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
    space: FeatureSpace
    content: csr_array
    model: HybridSVD
    learned: Learned
    created_at: float


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
    content : csr_array or None
        Feature row of each row.
    model : HybridSVD or None
        `fitted.model`, extended to the cold items.
    """

    change: int
    fitted: Fitted | None
    ids: IdMap
    entries: Mapping[int, Entry]
    cold: Mapping[str, Features]
    content: csr_array | None
    model: HybridSVD | None

    @property
    def version(self) -> str | None:
        """Version of the model, ``None`` before the first fit."""
        return None if self.fitted is None else self.fitted.version

    def hidden(
        self, *, now: float, kinds: Iterable[str], attributes: Iterable[tuple[str, str]]
    ) -> NDArray[np.bool_]:
        """Rows that must not be shown: deleted, not yet published, or not as asked."""
        hidden = self._shown_from > now
        kinds, wanted = frozenset(kinds), tuple(attributes)
        if kinds or wanted:
            for row, entry in self.entries.items():
                if (kinds and entry.kind not in kinds) or not holds(entry.attributes, wanted):
                    hidden[row] = True
        return hidden

    @cached_property
    def _shown_from(self) -> NDArray[np.float64]:
        """Moment from which each row may be shown; never, where there is no entry."""
        moments = np.full(len(self.ids), np.inf)
        for row, entry in self.entries.items():
            moments[row] = -np.inf if entry.published_at is None else entry.published_at
        return moments

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
    """Read a model version. Raises `ModelFileError` if it is damaged."""
    manifest, arrays = models.get(version)
    return Fitted(
        version=version,
        ids=IdMap(unpack(within("ids", arrays))),
        space=FeatureSpace.from_arrays(within("space", arrays)),
        content=csr_from_arrays(within("content", arrays)),
        model=HybridSVD.from_arrays(within("model", arrays)),
        learned=Learned.from_arrays(within("learned", arrays)),
        created_at=manifest.created_at,
    )


def empty(fitted: Fitted | None) -> Catalogue:
    """The catalogue of a model, no item of it known to be alive yet."""
    return Catalogue(
        change=-1,
        fitted=fitted,
        ids=IdMap(()) if fitted is None else fitted.ids,
        entries={},
        cold={},
        content=None if fitted is None else fitted.content,
        model=None if fitted is None else fitted.model,
    )


def refreshed(catalogue: Catalogue, store: Store) -> Catalogue:
    """The catalogue with all changes of the store since; the one given stays as it is."""
    change, changed = store.items.changed_since(catalogue.change)
    if not changed:
        return replace(catalogue, change=change)
    known = IdMap() if catalogue.fitted is None else catalogue.fitted.ids
    posted = [r.id for r in changed if r.id not in known and not r.deleted]
    cold = dict(catalogue.cold)
    cold.update(
        (item_id, Features.from_json(features))
        for item_id, features in store.items.features(posted).items()
    )
    ids, content, model = _extended(catalogue.fitted, cold)
    entries = dict(catalogue.entries)  # a row stays a row: fitted first, then as they came
    for item in changed:
        row = ids.row(item.id)
        if row is None:
            continue
        if item.deleted:
            entries.pop(row, None)
        else:
            entries[row] = _entry(item)
    return Catalogue(change, catalogue.fitted, ids, entries, cold, content, model)


def _extended(
    fitted: Fitted | None, cold: Mapping[str, Features]
) -> tuple[IdMap, csr_array | None, HybridSVD | None]:
    if fitted is None:
        return IdMap(cold), None, None
    if not cold:
        return fitted.ids, fitted.content, fitted.model
    rows = fitted.space.transform(list(cold.values()))
    content = csr_array(vstack([fitted.content, rows], format="csr"))
    return IdMap([*fitted.ids, *cold]), content, fitted.model.extend(rows)


def _entry(item: StoredItem) -> Entry:
    return Entry(item.title, item.kind, item.attributes, item.published_at)


def holds(attributes: Mapping[str, Any], wanted: Iterable[tuple[str, str]]) -> bool:
    """Whether each of these names has that value, or a list with it.

    Examples
    --------
    >>> holds({"level": 1, "tag": ["a", "b"]}, [("level", "1"), ("tag", "b")])
    True
    """
    return all(_holds(attributes, name, value) for name, value in wanted)


def _holds(attributes: Mapping[str, Any], name: str, value: str) -> bool:
    found = attributes.get(name)
    values = found if isinstance(found, list) else [found]
    return any(_written(v) == value for v in values if v is not None)


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
