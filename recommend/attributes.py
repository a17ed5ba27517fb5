"""Attributes of users as columns: level 2, interest 数学, aged 18 to 24."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Attributes = Mapping[str, object]

MIN_USERS = 5
"""A value that fewer users share is no column: it says nothing, and could name somebody."""
MAX_COLUMNS = 128
MAX_LEVELS = 12
"""Numbers with more different values than this are cut into ranges."""
N_RANGES = 5


@dataclass(frozen=True)
class AttributeSpace:
    """Columns, each one value of one name, and where numbers are cut.

    Attributes
    ----------
    columns : tuple of (name, value)
        Sorted, so that columns of one name are neighbours.
    cuts : mapping of name to numbers
        Of each name whose numbers are cut into ranges; a range includes its lower end.

    Examples
    --------
    >>> space = AttributeSpace.fit([{"level": 1}] * 5 + [{"level": 2, "tag": ["a", "b"]}] * 5)
    >>> space.columns
    (('level', '1'), ('level', '2'), ('tag', 'a'), ('tag', 'b'))
    >>> space.rows([{"level": 2}, {"level": 9}, {}]).tolist()
    [[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
    """

    columns: tuple[tuple[str, str], ...]
    cuts: Mapping[str, tuple[float, ...]]

    @classmethod
    def fit(cls, users: Sequence[Attributes]) -> "AttributeSpace":
        """Columns of the values that enough of these users share, the most frequent first kept."""
        numbers: dict[str, list[float]] = {}
        for attributes in users:
            for name, value in attributes.items():
                if (number := _number(value)) is not None:
                    numbers.setdefault(name, []).append(number)
        shares = np.arange(1, N_RANGES) / N_RANGES
        cuts = {
            name: tuple(sorted({float(x) for x in np.quantile(found, shares, method="lower")}))
            for name, found in numbers.items()
            if len(set(found)) > MAX_LEVELS
        }
        draft = cls((), cuts)
        count = Counter(pair for attributes in users for pair in draft.values(attributes))
        often = sorted((-n, pair) for pair, n in count.items() if n >= MIN_USERS)
        return cls(tuple(sorted(pair for _, pair in often[:MAX_COLUMNS])), cuts)

    def values(self, attributes: Attributes) -> set[tuple[str, str]]:
        """What these attributes say, name by name, whether or not there is a column for it."""
        found = set()
        for name, value in attributes.items():
            for one in value if isinstance(value, list) else [value]:
                if one is None or one == "":
                    continue
                number, cuts = _number(one), self.cuts.get(name)
                if number is None or cuts is None:
                    found.add((name, _written(one)))
                else:
                    found.add((name, _range(number, cuts)))
        return found

    def rows(self, users: Iterable[Attributes]) -> NDArray[np.float64]:
        """1 where a user has the value of a column, (n_users, n_columns)."""
        found = [[self.column[p] for p in self.values(a) if p in self.column] for a in users]
        out = np.zeros((len(found), len(self.columns)))
        for row, columns in zip(out, found, strict=True):
            row[columns] = 1.0
        return out

    @property
    def names(self) -> NDArray[np.int64]:
        """Number of the name of each column, rising."""
        order = {name: i for i, name in enumerate(dict.fromkeys(n for n, _ in self.columns))}
        return np.array([order[name] for name, _ in self.columns], np.int64)

    @cached_property
    def column(self) -> dict[tuple[str, str], int]:
        """Column of each value."""
        return {pair: column for column, pair in enumerate(self.columns)}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return float(value)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _range(value: float, cuts: tuple[float, ...]) -> str:
    place = int(np.searchsorted(cuts, value, "right"))
    low = "" if place == 0 else f"{cuts[place - 1]:g}"
    high = "" if place == len(cuts) else f"{cuts[place]:g}"
    return f"{low}..{high}"
