"""Databases as earlier revisions left them, a JSON file each; see `tests/e2e/test_migrations`."""

from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, insert

from service.store import Store

FOLDER = Path(__file__).parent


def fill(store: Store, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Replace the rows of the tables as they are now."""
    found = MetaData()
    with store.write() as connection:
        found.reflect(connection)
        for name, rows in tables.items():
            connection.execute(found.tables[name].delete())
            if rows:
                connection.execute(insert(found.tables[name]), rows)
