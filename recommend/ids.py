"""The border between external ids and row numbers."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from recommend.errors import DuplicateIdError


class IdMap:
    """Immutable pairing of external ids with rows ``0 .. len - 1``, in the order given.

    Parameters
    ----------
    ids : iterable of str
        Distinct; any text is an id, the empty one included.

    Raises
    ------
    DuplicateIdError
        If an id is given twice.

    Examples
    --------
    >>> courses = IdMap(["线性代数", "calculus/1"])
    >>> courses.rows(["calculus/1", "unheard of"]).tolist()
    [1, -1]
    >>> courses.ids[courses.row("线性代数")]
    '线性代数'
    """

    __slots__ = ("_ids", "_rows")

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._ids = tuple(ids)
        self._rows = {external: row for row, external in enumerate(self._ids)}
        if len(self._rows) != len(self._ids):
            seen: set[str] = set()
            for external in self._ids:
                if external in seen:
                    raise DuplicateIdError(external)
                seen.add(external)

    @property
    def ids(self) -> tuple[str, ...]:
        """External ids by row."""
        return self._ids

    def row(self, external: str) -> int | None:
        """Row of one id, or ``None`` if it is unknown."""
        return self._rows.get(external)

    def rows(self, ids: Iterable[str]) -> NDArray[np.int64]:
        """Row of each id, ``-1`` where it is unknown."""
        find = self._rows.get
        return np.fromiter((find(external, -1) for external in ids), np.int64)

    def extended(self, ids: Iterable[str]) -> "IdMap":
        """Same rows, then one more per id of `ids`: what `HybridSVD.extend` does to items."""
        out = IdMap(ids)
        if known := self._rows.keys() & out._rows.keys():
            raise DuplicateIdError(min(known))
        more = {external: row + len(self) for external, row in out._rows.items()}
        out._ids, out._rows = self._ids + out._ids, self._rows | more
        return out

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __contains__(self, external: object) -> bool:
        return external in self._rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdMap) and self._ids == other._ids

    def __hash__(self) -> int:
        return hash(self._ids)

    def __repr__(self) -> str:
        return f"IdMap(<{len(self)} ids>)"
