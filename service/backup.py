"""Backup: every table as lines of JSON and every model file, in one ZIP file.

One consistent view of the database is read, so the service goes on meanwhile. Nothing in the
file belongs to one database: a backup of SQLite fills PostgreSQL and the other way round. The
last entry, ``manifest.json``, holds the sha256 and the number of rows of each of the others.
"""

import base64
import hashlib
import os
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy import Connection, MetaData, Table, select

from service.errors import ModelFileError, ServiceError
from service.models import ModelDirectory
from service.store import Store

FORMAT = 1
MANIFEST = "manifest.json"
BATCH = 1000
PIECE = 1 << 20
#: what the migrations write themselves, and what the next refit makes again
_NOT_OURS = frozenset({"alembic_version", "lists"})


class BackupError(ServiceError, ValueError):
    """A backup is damaged or from another format, or there is no empty place for it."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds; `files` are sha256 by entry, `rows` numbers by table."""

    created_at: float
    program: str
    revision: str
    rows: Mapping[str, int]
    models: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def summary(self) -> str:
        """In a line, for people."""
        rows = ", ".join(f"{n} {name}" for name, n in self.rows.items())
        return f"schema {self.revision}: {rows}; {len(self.models)} models; checked"


def write_backup(path: Path, store: Store, models: ModelDirectory) -> Contents:
    """Write a backup, read it back, and only then give it its name.

    Raises
    ------
    BackupError
        If there is no schema to back up, or what was written cannot be read back.
    """
    revision = store.revision()
    if revision is None:
        raise BackupError("database: found no schema, needs one: zhiying db upgrade")
    draft = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with draft.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)  # it holds what people did
            contents = _write(file, store, models, revision)
            file.flush()
            os.fsync(file.fileno())
        read_contents(draft)
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return contents


def read_contents(path: Path) -> Contents:
    """Check every hash and count of a backup; what it holds.

    Raises
    ------
    BackupError
        At the first entry that is not as the manifest says.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            contents = _manifest(archive)
            extra = set(archive.namelist()) - {*contents.files, MANIFEST}
            if extra:
                raise BackupError(f"{path.name}: found {min(extra)}, which its manifest lacks")
            for name, needed in contents.files.items():
                digest, lines = hashlib.sha256(), 0
                with archive.open(name) as entry:
                    while piece := entry.read(PIECE):
                        digest.update(piece)
                        lines += piece.count(b"\n")
                if digest.hexdigest() != needed:
                    raise BackupError(f"{path.name}: {name} is damaged (sha256 differs)")
                table = _table_of(name)
                if table is not None and lines != contents.rows.get(table):
                    raise BackupError(
                        f"{path.name}: {name} has {lines} rows, needs {contents.rows.get(table)}"
                    )
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, ValueError) as error:
        if isinstance(error, BackupError):
            raise
        raise BackupError(f"{path.name}: no backup that can be read: {error}") from error
    return contents


def _write(file: IO[bytes], store: Store, models: ModelDirectory, revision: str) -> Contents:
    files, rows, kept = {}, {}, []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with store.read() as connection:
            for table in tables(connection):
                name = f"tables/{table.name}.ndjson"
                entry = _Entry(archive, name)
                with entry:
                    rows[str(table.name)] = 0
                    for row in _lines(connection, table):
                        entry.write(row)
                        rows[str(table.name)] += 1
                files[name] = entry.sha256
        for model in models.versions():
            try:
                models.get(model)  # a damaged one is not worth keeping
            except ModelFileError:
                continue
            for part in sorted((models.path / model).iterdir()):
                name = f"models/{model}/{part.name}"
                with _Entry(archive, name) as entry, part.open("rb") as source:
                    while piece := source.read(PIECE):
                        entry.write(piece)
                files[name] = entry.sha256
            kept.append(model)
        contents = Contents(
            time.time(), f"zhiying {version('zhiying')}", revision, rows, tuple(kept), files
        )
        archive.writestr(MANIFEST, orjson.dumps(asdict(contents), option=orjson.OPT_INDENT_2))
    return contents


class _Entry:
    """One entry of the archive, hashed as it is written."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._file = archive.open(name, "w", force_zip64=True)
        self._digest = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        self._digest.update(piece)
        self._file.write(piece)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def __enter__(self) -> "_Entry":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def tables(connection: Connection) -> list[Table]:
    """Tables as they are in this database, whichever its revision."""
    found = MetaData()
    found.reflect(connection)
    return [t for t in found.sorted_tables if t.name not in _NOT_OURS]


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    query = select(table).order_by(*table.primary_key.columns)
    options = connection.execution_options(yield_per=BATCH)
    for row in options.execute(query).mappings():
        yield orjson.dumps({str(k): _packed(v) for k, v in row.items()}) + b"\n"


def _manifest(archive: zipfile.ZipFile) -> Contents:
    found = orjson.loads(archive.read(MANIFEST))
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BackupError(f"{MANIFEST}: found another format, needs {FORMAT}")
    try:
        contents = Contents(**{**found, "models": tuple(found["models"])})
    except TypeError as error:
        raise BackupError(f"{MANIFEST}: {error}") from error
    needed = {f"tables/{t}.ndjson" for t in contents.rows}
    if not needed <= set(contents.files):
        raise BackupError(f"{MANIFEST}: names tables that have no file")
    if any(Path(m).name != m or m.startswith(".") for m in contents.models):
        raise BackupError(f"{MANIFEST}: names a model that is no folder's name")
    return contents


def _table_of(entry: str) -> str | None:
    path = Path(entry)
    return path.stem if path.parent == Path("tables") else None


def _packed(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
