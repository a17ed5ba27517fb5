"""The prerequisites of a whole catalogue: from editors, texts and the order of study."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommend import Edges, IdMap, PrerequisiteGraph, Source
from service.catalogue import Catalogue
from service.paths.matching import Asked, Index, cores
from service.paths.syllabus import Syllabus, syllabus
from service.store import Store

#: with more changes than this, all is matched anew: that is faster then
FEW = 200

_NOBODY = Edges.of([], [], [], Source.ORDER)

Points = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Curriculum:
    """What a worker knows of prerequisites; made for one catalogue and never changed.

    Attributes
    ----------
    change, version : int, str or None
        Of the catalogue.
    ids : IdMap
        Rows of the catalogue.
    index : Index
    points : mapping of id to mapping of id to confidence
        What the text of an item points to, with confidence.
    asked : mapping of phrase to items
        Items whose texts ask for a phrase.
    order : Edges
        From the order of study, as of the refit.
    """

    change: int
    version: str | None
    ids: IdMap
    index: Index
    points: Points
    asked: Mapping[str, frozenset[str]]
    order: Edges

    @property
    def syllabi(self) -> Mapping[str, Syllabus]:
        """What each item that is there teaches and asks for."""
        return self.index.syllabi

    @cached_property
    def graph(self) -> PrerequisiteGraph:
        """All evidence joined, over the rows of the catalogue.

        What an editor set for an item is all there is for it.
        """
        return PrerequisiteGraph.build(len(self.ids), (self._manual(), self._text(), self._order()))

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Row of each item that is there, in the order of `syllabi`."""
        return self.ids.rows(self.syllabi)

    @cached_property
    def minutes(self) -> NDArray[np.float64]:
        """Length of each row; 1 for rows that are no more."""
        minutes = np.ones(len(self.ids))
        minutes[self.rows] = [own.minutes for own in self.syllabi.values()]
        return minutes

    @cached_property
    def level(self) -> NDArray[np.float64]:
        """Level of each row; NaN where it is unknown."""
        level = np.full(len(self.ids), np.nan)
        known = [np.nan if own.level is None else own.level for own in self.syllabi.values()]
        level[self.rows] = known
        return level

    @cached_property
    def unknown(self) -> tuple[tuple[str, str], ...]:
        """Items and the prerequisites an editor set for them that are not in the catalogue."""
        return tuple(
            (item, before)
            for item, own in self.syllabi.items()
            for before in own.prerequisites or ()
            if before not in self.syllabi
        )

    @cached_property
    def _is_set(self) -> NDArray[np.bool_]:
        """Rows that an editor decided about, and rows that are no more."""
        closed = np.ones(len(self.ids), bool)
        closed[self.rows] = [own.prerequisites is not None for own in self.syllabi.values()]
        return closed

    def _manual(self) -> Edges:
        pairs = [
            (before, item)
            for item, own in self.syllabi.items()
            for before in own.prerequisites or ()
            if before in self.syllabi
        ]
        first, second = self.ids.rows(p[0] for p in pairs), self.ids.rows(p[1] for p in pairs)
        return Edges.of(first, second, 1.0, Source.MANUAL)

    def _text(self) -> Edges:
        found = [
            (b, item, sure) for item, those in self.points.items() for b, sure in those.items()
        ]
        first, second = self.ids.rows(f[0] for f in found), self.ids.rows(f[1] for f in found)
        edges = Edges.of(first, second, [f[2] for f in found], Source.TEXT)
        return edges.at(~self._is_set[edges.after])

    def _order(self) -> Edges:
        gone = np.ones(len(self.ids), bool)
        gone[self.rows] = False
        kept = ~self._is_set[self.order.after] & ~gone[self.order.before]
        return self.order.at(kept)


def of_items(syllabi: Mapping[str, Syllabus]) -> Curriculum:
    """The curriculum of some items by their attributes and texts, rows in their order."""
    index = Index.of(syllabi)
    return Curriculum(0, None, IdMap(syllabi), index, _pointed({}, index, syllabi), {}, _NOBODY)


def refreshed(known: Curriculum | None, catalogue: Catalogue, store: Store) -> Curriculum:
    """The curriculum of this catalogue; of `known` all that is still true is kept."""
    since = -1 if known is None else known.change
    changed: dict[str, Syllabus | None] = {}
    for item, summary, n_characters in store.items.summaries_since(since):
        row = catalogue.ids.row(item)
        entry = None if row is None else catalogue.entries.get(row)
        changed[item] = None if entry is None else syllabus(entry, summary, n_characters)
    index = Index.of({}) if known is None else known.index
    syllabi = dict(index.syllabi)
    for item, own in changed.items():
        if own is None:
            syllabi.pop(item, None)
        else:
            syllabi[item] = own
    new = index.changed(syllabi, changed)
    points = {} if known is None else known.points
    asked = {} if known is None else known.asked
    if changed:
        touched = set(syllabi) if len(changed) > FEW else _touched(changed, index, new, asked)
        points = _pointed(points, new, touched)
        asked = _asking(asked, index, new, changed)
    order = _NOBODY if catalogue.fitted is None else catalogue.fitted.order
    return Curriculum(catalogue.change, catalogue.version, catalogue.ids, new, points, asked, order)


def _touched(
    changed: Mapping[str, object], old: Index, new: Index, asked: Mapping[str, frozenset[str]]
) -> set[str]:
    """Items whose text may point elsewhere now: changed ones, and who asks for what they teach."""
    touched = set(changed)
    for index in (old, new):
        for item in changed.keys() & index.syllabi.keys():
            for phrase, asking in asked.items():
                if not asking <= touched and any(index.teaches(p, item) for p in cores(phrase)):
                    touched |= asking
    return touched


def _pointed(points: Points, index: Index, touched: Iterable[str]) -> Points:
    found = dict(points)
    asking: dict[str, list[str]] = {}
    for item in touched:
        found.pop(item, None)
        own = index.syllabi.get(item)
        for phrase in () if own is None else own.requires:
            asking.setdefault(phrase, []).append(item)
    hits: dict[str, dict[str, float]] = {}
    for phrase, items in asking.items():  # one after another: the candidates of all are many
        asked = Asked(index, phrase)
        for item in items:
            hit = asked.prerequisite(item)
            if hit is not None:
                those = hits.setdefault(item, {})
                those[hit[0]] = max(those.get(hit[0], 0.0), hit[1])
    return found | hits


def _asking(
    asked: Mapping[str, frozenset[str]], old: Index, new: Index, changed: Iterable[str]
) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for item in changed:
        for index, is_new in ((old, False), (new, True)):
            own = index.syllabi.get(item)
            for phrase in () if own is None else own.requires:
                items = found.setdefault(phrase, set(asked.get(phrase, ())))
                (items.add if is_new else items.discard)(item)
    return dict(asked) | {phrase: frozenset(items) for phrase, items in found.items()}
