"""Which edges of a graph to keep, strongest first, so that none closes a cycle."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Rows = NDArray[np.int64]


def without_cycles(n_nodes: int, tail: Rows, head: Rows, order: Rows) -> NDArray[np.bool_]:
    """Mask of the edges that are kept when they are added in this order.

    An edge is refused exactly if the edges kept before it lead from its head to its tail. Edges
    between strongly connected components lie on no cycle; only the others are looked at, with a
    topological order that is repaired as edges come [1]_.

    Parameters
    ----------
    n_nodes : int
    tail, head : array of int
        Of each edge, in ``0 .. n_nodes - 1``; a pair may not stand twice.
    order : array of int
        Positions of all edges, the strongest first.

    References
    ----------
    .. [1] Pearce, Kelly. A dynamic topological sort algorithm for directed acyclic graphs.
       ACM JEA 11, 2006. doi:10.1145/1187436.1210590

    Examples
    --------
    >>> tail, head = np.array([0, 1, 2]), np.array([1, 2, 0])
    >>> without_cycles(3, tail, head, np.array([2, 0, 1])).tolist()
    [True, False, True]
    """
    kept = np.ones(len(tail), bool)
    if not len(tail):
        return kept
    ones = np.ones(len(tail), np.int8)
    graph = csr_array((ones, (tail, head)), shape=(n_nodes, n_nodes))
    _, label = connected_components(graph, connection="strong")
    inside = label[tail] == label[head]
    growing = _Growing()
    for k in order[inside[order]].tolist():
        kept[k] = growing.add(int(tail[k]), int(head[k]))
    return kept


class _Growing:
    """An acyclic graph that takes an edge, or refuses it."""

    def __init__(self) -> None:
        self.place: dict[int, int] = {}
        self.onward: dict[int, list[int]] = {}
        self.back: dict[int, list[int]] = {}

    def add(self, tail: int, head: int) -> bool:
        for node in (tail, head):
            if node not in self.place:
                self.place[node] = len(self.place)
                self.onward[node], self.back[node] = [], []
        if tail == head or not self._reorder(tail, head):
            return False
        self.onward[tail].append(head)
        self.back[head].append(tail)
        return True

    def _reorder(self, tail: int, head: int) -> bool:
        """Bring `tail` before `head`; whether that is possible."""
        low, high = self.place[head], self.place[tail]
        if high < low:
            return True
        after = self._reached(head, self.onward, low, high)
        if tail in after:
            return False
        before = self._reached(tail, self.back, low, high)
        moved = sorted(before, key=self.place.__getitem__)
        moved += sorted(after, key=self.place.__getitem__)
        for node, place in zip(moved, sorted(self.place[n] for n in moved), strict=True):
            self.place[node] = place
        return True

    def _reached(self, start: int, step: dict[int, list[int]], low: int, high: int) -> set[int]:
        """Nodes reached from `start` without leaving the places from `low` to `high`."""
        found, todo = {start}, [start]
        while todo:
            for node in step[todo.pop()]:
                if node not in found and low <= self.place[node] <= high:
                    found.add(node)
                    todo.append(node)
        return found
