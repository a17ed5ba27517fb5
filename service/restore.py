"""Restore: an empty service is filled from a backup, whole or not at all."""

import base64
import os
import zipfile
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Table, func, insert, select, text

from service.backup import BATCH, PIECE, BackupError, Contents, read_contents, tables
from service.models import ModelDirectory
from service.store import Store


def restore_backup(path: Path, store: Store, models: ModelDirectory) -> Contents:
    """Fill an empty service: the models, then the database in one transaction.

    A backup of an older schema is restored as it was and then migrated.

    Raises
    ------
    BackupError
        If the backup is damaged or from a newer program, or something is there already.
    """
    contents = read_contents(path)
    if models.versions():
        raise BackupError(f"{models.path}: found models there, needs an empty place")
    if store.revision() is not None:
        with store.read() as connection:
            for table in tables(connection):
                if table.name in ("items", "events") and _count(connection, table):
                    raise BackupError(f"database: found {table.name} there, needs an empty one")
    try:
        store.upgrade(contents.revision)
    except Exception as error:
        raise BackupError(
            f"{path.name}: has schema {contents.revision}, this program knows none of that name"
        ) from error
    restored: list[Path] = []
    try:
        with zipfile.ZipFile(path) as archive, store.write() as connection:
            for name in contents.models:
                restored.append(models.path / name)
                _restore_model(archive, name, contents, models)
            for table in tables(connection):
                _restore_table(archive, table, connection, contents)
    except BaseException:
        for folder in restored:
            for file in folder.glob("*"):
                file.unlink()
            if folder.is_dir():
                folder.rmdir()
        raise
    store.upgrade()
    return contents


def _restore_table(
    archive: zipfile.ZipFile, table: Table, connection: Connection, contents: Contents
) -> None:
    if table.name not in contents.rows:
        raise BackupError(f"{table.name}: the backup has no such table")
    connection.execute(table.delete())  # what a migration puts into a new table
    with archive.open(f"tables/{table.name}.ndjson") as entry:
        batch: list[dict[str, Any]] = []
        for line in entry:
            batch.append({k: _unpacked(v) for k, v in orjson.loads(line).items()})
            if len(batch) == BATCH:
                connection.execute(insert(table), batch)
                batch = []
        if batch:
            connection.execute(insert(table), batch)
    found = _count(connection, table)
    if found != contents.rows[str(table.name)]:
        raise BackupError(
            f"{table.name}: found {found} rows, needs {contents.rows[str(table.name)]}"
        )
    _move_sequences(connection, table)


def _move_sequences(connection: Connection, table: Table) -> None:
    """Let a column that counts by itself go on after the highest number restored."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.columns:
        if column.server_default is not None or column.identity is not None:
            name = connection.scalar(
                select(func.pg_get_serial_sequence(f'"{table.name}"', column.name))
            )
            if name is not None:
                highest = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
                connection.execute(
                    select(func.setval(text(":s").bindparams(s=name), highest, False))
                )


def _restore_model(
    archive: zipfile.ZipFile, name: str, contents: Contents, models: ModelDirectory
) -> None:
    folder = models.path / name
    folder.mkdir(parents=True)
    prefix = f"models/{name}/"
    parts = sorted(n for n in contents.files if n.startswith(prefix))
    # the manifest last: without it, a folder is no version
    for part in sorted(parts, key=lambda n: n.endswith("/manifest.json")):
        target = folder / part.removeprefix(prefix)
        if target.parent != folder:
            raise BackupError(f"{part}: is no file of a model")
        with archive.open(part) as source, target.open("wb") as file:
            while piece := source.read(PIECE):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    models.get(name)


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _unpacked(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value
