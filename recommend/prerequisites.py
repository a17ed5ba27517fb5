"""What should be known before what: evidence of several sources, and one graph without cycles."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from recommend.acyclic import without_cycles
from recommend.errors import ConfigError, ShapeError, UnknownItemError

Rows = NDArray[np.int64]

HOLDS = 0.5
"""From this confidence on an edge is a prerequisite; below, it only says which comes first."""


class Source(IntFlag):
    """Where an edge comes from; flags, since several may say the same."""

    MANUAL = 1
    TEXT = 2
    ORDER = 4


SourceName = Literal["manual", "text", "order"]
SOURCE_NAMES: dict[Source, SourceName] = {
    Source.MANUAL: "manual",
    Source.TEXT: "text",
    Source.ORDER: "order",
}


@dataclass(frozen=True, eq=False)
class Edges:
    """``before[k]`` should be known before ``after[k]``, with ``confidence[k]`` in (0, 1]."""

    before: Rows
    after: Rows
    confidence: NDArray[np.float64]
    sources: NDArray[np.uint8]

    @classmethod
    def of(
        cls, before: ArrayLike, after: ArrayLike, confidence: ArrayLike, source: Source
    ) -> "Edges":
        """Edges of one source; `confidence` may be one number for all.

        Raises
        ------
        ShapeError, ConfigError
            If the arrays differ in length, or a confidence is outside (0, 1].

        Examples
        --------
        >>> len(Edges.of([0, 1], [1, 2], 1.0, Source.MANUAL))
        2
        """
        first, second = (np.asarray(rows, np.int64).reshape(-1) for rows in (before, after))
        if first.shape != second.shape:
            raise ShapeError("after", second.shape, f"{first.shape}, one per edge")
        sure = np.broadcast_to(np.asarray(confidence, np.float64), first.shape)
        if sure.size and not (sure.min() > 0 and sure.max() <= 1):
            raise ConfigError("confidence", (sure.min(), sure.max()), "numbers in (0, 1]")
        return cls(first, second, sure, np.full(len(first), source, np.uint8))

    @classmethod
    def joined(cls, parts: Iterable["Edges"]) -> "Edges":
        """The edges of all parts, one after the other."""
        found = tuple(parts)
        names = ("before", "after", "confidence", "sources")
        if not found:
            return cls.of([], [], [], Source.MANUAL)
        return cls(*(np.concatenate([getattr(part, name) for part in found]) for name in names))

    def at(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> "Edges":
        """Some of the edges."""
        return Edges(
            self.before[chosen], self.after[chosen], self.confidence[chosen], self.sources[chosen]
        )

    def __len__(self) -> int:
        return len(self.before)


@dataclass(frozen=True)
class Cycle:
    """Items that were each said to come before the next, the last before the first.

    Attributes
    ----------
    items : tuple of int
    confidence : float
        Of the edge from the last to the first: the weakest, which was left out.
    """

    items: tuple[int, ...]
    confidence: float


@dataclass(frozen=True, eq=False)
class PrerequisiteGraph:
    """An acyclic graph over item rows.

    Attributes
    ----------
    n_items : int
    edges : Edges
        One per pair, ordered by `after`, then `before`; without cycles.
    broken : Edges
        Edges left out because stronger ones say the opposite, directly or around.
    conflicts : tuple of tuple of int
        Items on cycles of manual edges alone: an error of whoever set them. One edge of each
        is among the `broken`, so that the graph is acyclic; do not plan through these items.
    """

    n_items: int
    edges: Edges
    broken: Edges
    conflicts: tuple[tuple[int, ...], ...]

    @classmethod
    def build(cls, n_items: int, evidence: Iterable[Edges]) -> "PrerequisiteGraph":
        """Join the evidence: the strongest counts for a pair, all its sources are kept.

        Manual edges are stronger than any other. A cycle is broken at its weakest edge: an edge
        is left out exactly if stronger ones already lead from its end to its beginning. Items
        that come before themselves are dropped.

        Raises
        ------
        UnknownItemError
            If a row is outside ``0 .. n_items - 1``.

        Examples
        --------
        >>> graph = PrerequisiteGraph.build(3, [
        ...     Edges.of([0, 1], [1, 2], 1.0, Source.MANUAL), Edges.of([2], [0], 0.6, Source.TEXT)])
        >>> graph.closure([2]).tolist(), graph.cycles()
        ([0, 1, 2], (Cycle(items=(0, 1, 2), confidence=0.6),))
        """
        joined = _merged(n_items, Edges.joined(evidence))
        manual = (joined.sources & Source.MANUAL) > 0
        strongest_first = np.lexsort((joined.before, joined.after, -joined.confidence, ~manual))
        kept = without_cycles(n_items, joined.before, joined.after, strongest_first)
        return cls(
            n_items,
            joined.at(kept),
            joined.at(~kept),
            _components(n_items, joined.at(manual)),
        )

    @cached_property
    def _start(self) -> NDArray[np.int64]:
        counts = np.bincount(self.edges.after, minlength=self.n_items)
        return np.concatenate([[0], np.cumsum(counts)])

    def into(self, item: int, least: float = HOLDS) -> NDArray[np.int64]:
        """Positions in `edges` of what should be known before `item`."""
        first, last = self._start[item], self._start[item + 1]
        found: NDArray[np.int64] = np.arange(first, last)
        return found[self.edges.confidence[first:last] >= least]

    def before(self, item: int, least: float = HOLDS) -> list[int]:
        """Items that should be known before this one."""
        rows: list[int] = self.edges.before[self.into(item, least)].tolist()
        return rows

    def closure(
        self, goals: Iterable[int], known: NDArray[np.bool_] | None = None, least: float = HOLDS
    ) -> Rows:
        """The goals and all that must come before them, by row: the smallest sufficient set.

        Nothing is asked for an item that is `known`, nor for what only it needs.
        """
        found: set[int] = set()
        todo = list(goals)
        while todo:
            item = todo.pop()
            if item in found or (known is not None and known[item]):
                continue
            found.add(item)
            todo.extend(self.before(item, least))
        return np.array(sorted(found), np.int64)

    def matrix(self, least: float = HOLDS) -> csr_array[np.float64]:
        """Confidences (n_items, n_items): row `after`, column `before`."""
        held = self.edges.at(self.edges.confidence >= least)
        cells = (held.confidence, (held.after, held.before))
        return csr_array(cells, shape=(self.n_items, self.n_items))

    def cycles(self, among: NDArray[np.bool_] | None = None) -> tuple[Cycle, ...]:
        """The cycles there were, one for each broken edge; only those through items `among`."""
        onward: dict[int, list[tuple[int, float]]] = {}
        kept = (self.edges.before.tolist(), self.edges.after.tolist(), _strength(self.edges))
        for before, after, strength in zip(*kept, strict=True) if len(self.broken) else ():
            onward.setdefault(before, []).append((after, strength))
        found = []
        for k, strength in enumerate(_strength(self.broken)):
            last, first = int(self.broken.before[k]), int(self.broken.after[k])
            if among is None or among[last] or among[first]:
                items = _way(onward, first, last, strength)
                found.append(Cycle(items, float(self.broken.confidence[k])))
        return tuple(found)


def sources_of(flags: int) -> tuple[SourceName, ...]:
    """Names of the sources in one number.

    Examples
    --------
    >>> sources_of(Source.MANUAL | Source.ORDER)
    ('manual', 'order')
    """
    return tuple(name for source, name in SOURCE_NAMES.items() if source & flags)


def _merged(n_items: int, edges: Edges) -> Edges:
    """One edge per pair, by `after`, then `before`."""
    for rows in (edges.before, edges.after):
        if rows.size and (rows.min() < 0 or rows.max() >= n_items):
            raise UnknownItemError(int(rows.min() if rows.min() < 0 else rows.max()), n_items)
    edges = edges.at(edges.before != edges.after)
    if not len(edges):
        return edges
    pairs = edges.after * n_items + edges.before
    order = np.lexsort((-edges.confidence, pairs))
    pairs = pairs[order]
    first = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]]))
    merged = edges.at(order[first])
    sources = np.bitwise_or.reduceat(edges.sources[order], first)
    return Edges(merged.before, merged.after, merged.confidence, sources)


def _strength(edges: Edges) -> list[float]:
    """What decides which edge of a cycle goes: manual ones never before others."""
    manual = (edges.sources & Source.MANUAL) > 0
    strength: list[float] = np.where(manual, np.inf, edges.confidence).tolist()
    return strength


def _way(
    onward: dict[int, list[tuple[int, float]]], first: int, last: int, least: float
) -> tuple[int, ...]:
    """The fewest steps from `first` to `last` over edges of at least this strength."""
    previous, todo = {first: first}, [first]
    for item in todo:
        for after, strength in onward.get(item, ()):
            if strength >= least and after not in previous:
                previous[after] = item
                todo.append(after)
    items = [last]
    while items[-1] != first:
        items.append(previous[items[-1]])
    return tuple(reversed(items))


def _components(n_items: int, edges: Edges) -> tuple[tuple[int, ...], ...]:
    """Strongly connected components of more than one item."""
    if not len(edges):
        return ()
    ones = np.ones(len(edges), np.int8)
    graph = csr_array((ones, (edges.before, edges.after)), shape=(n_items, n_items))
    _, label = connected_components(graph, connection="strong")
    sizes = np.bincount(label)
    groups: dict[int, list[int]] = {}
    for item in np.flatnonzero(sizes[label] > 1).tolist():
        groups.setdefault(int(label[item]), []).append(item)
    return tuple(sorted(tuple(group) for group in groups.values()))


def known_before(graph: PrerequisiteGraph, item: int, mastery: ArrayLike) -> float:
    """Probability that all prerequisites of an item are known (equation P3), in [0, 1].

    Examples
    --------
    >>> graph = PrerequisiteGraph.build(2, [Edges.of([0], [1], 0.8, Source.TEXT)])
    >>> round(known_before(graph, 1, [0.5, 0.0]), 6), known_before(graph, 0, [0.5, 0.0])
    (0.6, 1.0)
    """
    places = graph.into(item)
    lacking = 1.0 - np.asarray(mastery, np.float64)[graph.edges.before[places]]
    return float(np.prod(1.0 - graph.edges.confidence[places] * lacking))
