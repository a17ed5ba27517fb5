"""What all tests share: seeds, data folders, and stores on both databases."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import MetaData, NullPool, create_engine, make_url, text

from service.config import Settings
from service.store import Store

#: set by CI: PostgreSQL and the data must be there
IN_CI = os.environ.get("CI") == "true"


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20261124)


@pytest.fixture(scope="session")
def data() -> Path:
    """Folder of the real data; its tests are skipped where there is none, and fail in CI."""
    folder = os.environ.get("ZHIYING_DATA")
    if folder is None:
        if IN_CI:
            pytest.fail("ZHIYING_DATA must name the folder of the real data in CI")
        pytest.skip("ZHIYING_DATA names no folder of real data")
    return Path(folder)


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty service with the newest schema, on each database.

    The schema is made once: SQLite's file is copied, PostgreSQL's tables are emptied.
    """
    if request.param == "sqlite":
        settings = Settings(home=tmp_path)
        shutil.copy(request.getfixturevalue("sqlite_file"), make_url(settings.url).database or "")
        yield settings
        return
    yield Settings(home=tmp_path, database_url=request.getfixturevalue("postgres").url)


@pytest.fixture
def postgres(postgres_tables: "PostgresDatabase") -> Iterator["PostgresDatabase"]:
    """A PostgreSQL database of the newest schema, emptied afterwards."""
    yield postgres_tables
    postgres_tables.empty()


@pytest.fixture(params=BOTH)
def bare_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a service whose database has no schema yet."""
    if request.param == "sqlite":
        yield Settings(home=tmp_path)
        return
    with PostgresDatabase() as database:
        yield Settings(home=tmp_path, database_url=database.url)


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file of the newest schema, without rows, to be copied."""
    file = tmp_path_factory.mktemp("schema") / "zhiying.db"
    with closing(Store(f"sqlite:///{file}")) as store:
        store.upgrade()
    return file


@pytest.fixture(scope="session")
def postgres_tables() -> Iterator["PostgresDatabase"]:
    """A PostgreSQL database of the newest schema: who uses it empties it."""
    with PostgresDatabase() as database:
        with closing(Store(database.url)) as store:
            store.upgrade()
        database.keep()
        yield database


class PostgresDatabase:
    """A PostgreSQL database for the length of a block."""

    def __enter__(self) -> "PostgresDatabase":
        admin = os.environ.get("ZHIYING_TEST_POSTGRES")
        if admin is None:
            if IN_CI:
                pytest.fail("ZHIYING_TEST_POSTGRES must name a PostgreSQL server in CI")
            pytest.skip("ZHIYING_TEST_POSTGRES names no PostgreSQL server")
        url = make_url(admin).set(drivername="postgresql+psycopg")
        self.name = f"zhiying_{uuid.uuid4().hex}"
        self.admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with self.admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {self.name}"))
        self.url = url.set(database=self.name).render_as_string(hide_password=False)
        # no pool: tests end connections of the database, whoever holds them
        self.engine = create_engine(self.url, poolclass=NullPool)
        return self

    def keep(self) -> None:
        """Note the rows there are: `empty` brings these back."""
        with self.engine.connect() as connection:
            self.tables = MetaData()
            self.tables.reflect(connection)
            self.rows = {
                table: [dict(row) for row in connection.execute(table.select()).mappings()]
                for table in self.tables.sorted_tables
            }

    def empty(self) -> None:
        """Bring all rows to what they were, whoever still holds a connection.

        To delete some hundred rows takes a fiftieth of the time of a new database, for which
        PostgreSQL waits until files are on the disk.
        """
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            for table, rows in self.rows.items():
                connection.execute(table.delete())
                if rows:
                    connection.execute(table.insert(), rows)

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()
        with self.admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {self.name} WITH (FORCE)"))
        self.admin.dispose()
