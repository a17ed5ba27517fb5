"""Statements that are written once and asked in every request."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql import Select


class Look:
    """A statement that reads, written down once for each kind of database.

    Examples
    --------
    >>> from sqlalchemy import bindparam, select
    >>> from sqlalchemy.dialects import sqlite
    >>> Look(select(bindparam("a") + 1)).bound(sqlite.dialect(), {"a": 2})
    ('SELECT ? + ? AS anon_1', [2, 1])
    """

    def __init__(self, statement: "Select[Any]") -> None:
        self.statement = statement
        self._compiled = lru_cache(maxsize=4)(self._compile)

    def bound(self, dialect: Dialect, values: Mapping[str, Any]) -> tuple[str, Any]:
        """The statement and its parameters as the driver takes them."""
        sql, constants, order = self._compiled(dialect)
        named = {**constants, **values}
        return sql, named if order is None else [named[name] for name in order]

    def _compile(self, dialect: Dialect) -> tuple[str, dict[str, Any], list[str] | None]:
        compiled = self.statement.compile(dialect=dialect)
        return str(compiled), dict(compiled.params), getattr(compiled, "positiontup", None)
