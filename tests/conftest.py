"""What all tests share: seeds, data folders, and stores on both databases."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, make_url, text

from service.config import Settings

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


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty service, on each database."""
    if request.param == "sqlite":
        yield Settings(home=tmp_path)
        return
    with postgres_database() as url:
        yield Settings(home=tmp_path, database_url=url)


class postgres_database:  # noqa: N801
    """An empty PostgreSQL database for the length of a block."""

    def __enter__(self) -> str:
        admin = os.environ.get("ZHIYING_TEST_POSTGRES")
        if admin is None:
            if IN_CI:
                pytest.fail("ZHIYING_TEST_POSTGRES must name a PostgreSQL server in CI")
            pytest.skip("ZHIYING_TEST_POSTGRES names no PostgreSQL server")
        url = make_url(admin).set(drivername="postgresql+psycopg")
        self.name = f"zhiying_{uuid.uuid4().hex}"
        self.engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with self.engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {self.name}"))
        return url.set(database=self.name).render_as_string(hide_password=False)

    def __exit__(self, *_: object) -> None:
        with self.engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {self.name} WITH (FORCE)"))
        self.engine.dispose()
