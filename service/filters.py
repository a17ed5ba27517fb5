"""Filters by attribute: ``level:1|2``, ``domain!=教育``, ``minutes>=30``."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Operator = Literal[":", "!=", ">=", "<=", ">", "<"]

#: the name goes up to the first operator; alternatives of a value are parted by ``|``
PATTERN = r"^[^:<>]+?(:|!=|>=|<=|>|<)"
_WRITTEN = re.compile(r"([^:<>]+?)(:|!=|>=|<=|>|<)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on one attribute.

    A list holds what one of its members holds. An attribute that is not there has no value:
    only ``!=`` holds of it.

    Attributes
    ----------
    name : str
    operator : str
        ``:`` is one of the values, ``!=`` none of them; the others compare with one bound, as
        numbers where both are, else as texts (so dates as RFC 3339 writes them).
    value : str
        As it was written; ``a|b`` are alternatives, unless the attribute is ``a|b`` itself.

    Examples
    --------
    >>> Filter.parse("level>=2").holds({"level": 3})
    True
    >>> Filter.parse("tag:数学|物理").holds({"tag": ["化学", "物理"]})
    True
    """

    name: str
    operator: Operator
    value: str

    @classmethod
    def parse(cls, written: str) -> "Filter":
        """Filter of a text that matches `PATTERN`. Raises `ValueError` if it does not."""
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise ValueError(f"{written!r} is no filter: need name:value or name>=value")
        name, operator, value = found.groups()
        return cls(name, operator, value)  # type: ignore[arg-type]

    def holds(self, attributes: Mapping[str, Any]) -> bool:
        """Whether somebody or something with these attributes is meant."""
        found = attributes.get(self.name)
        values = [v for v in (found if isinstance(found, list) else [found]) if v is not None]
        if self.operator == ":":
            return any(self._is_among(v) for v in values)
        if self.operator == "!=":
            return not any(self._is_among(v) for v in values)
        return any(self._compares(v) for v in values)

    def _is_among(self, value: object) -> bool:
        text = _text(value)
        return text == self.value or text in self.value.split("|")

    def _compares(self, value: object) -> bool:
        bound, mine = _number(self.value), _number(value)
        if bound is None and mine is None:
            return _in_order(_text(value), self.value, self.operator)
        if bound is None or mine is None:
            return False
        return _in_order(mine, bound, self.operator)


def parse_all(written: Iterable[str]) -> tuple[Filter, ...]:
    """Filters of a query, in its order."""
    return tuple(Filter.parse(text) for text in written)


def holds(attributes: Mapping[str, Any], wanted: Iterable[Filter]) -> bool:
    """Whether all these filters hold.

    Examples
    --------
    >>> holds({"level": 1, "tag": ["a", "b"]}, parse_all(["level:1", "tag:b", "level<2"]))
    True
    """
    return all(one.holds(attributes) for one in wanted)


def _in_order(mine: Any, bound: Any, operator: str) -> bool:
    if operator == ">=":
        return bool(mine >= bound)
    if operator == "<=":
        return bool(mine <= bound)
    return bool(mine > bound) if operator == ">" else bool(mine < bound)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: object) -> float | None:
    """A number, also as a text writes it; ``None`` for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if number == number else None
