"""All of disk that is a database: items, events, users, jobs, keys and what workers share.

SQLite in WAL mode by default, PostgreSQL by URL, through SQLAlchemy Core. What a write method
has returned is durable: it survives ``kill -9`` and, with SQLite's ``synchronous=FULL``, a
power cut. A reader never waits for a writer.
"""

import logging
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from service.errors import DatabaseUrlError, MissingExtraError
from service.store.answers import Answers, StoredAnswer
from service.store.events import Events, StoredEvent, Wrote
from service.store.items import Items, StoredItem
from service.store.jobs import Job, Jobs
from service.store.keys import Keys, StoredKey
from service.store.lists import Known, Lists, StoredList
from service.store.look import Look
from service.store.readings import Readings
from service.store.tables import state
from service.store.users import StoredUser, Users

__all__ = [
    "Answers",
    "Events",
    "Items",
    "Job",
    "Jobs",
    "Keys",
    "Known",
    "Lists",
    "Store",
    "StoredAnswer",
    "StoredEvent",
    "StoredItem",
    "StoredKey",
    "StoredList",
    "StoredUser",
    "Users",
    "Wrote",
]

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent.parent / "migrations"
_BUSY_MS = 30_000  # a writer waits so long for another
_URLS = "needs sqlite:///path or postgresql://host/name"
#: a PostgreSQL that is gone without a word, as a machine that lost its power, is an error within
#: this time (seconds, `tcp_user_timeout` milliseconds), unless the URL says otherwise
_NETWORK = {
    "connect_timeout": "5",
    "tcp_user_timeout": "20000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
}
_PATIENCE_MS = 500  # erasing waits so long for readers of the log


class Store:
    """The database of one service.

    Parameters
    ----------
    url : str
        SQLAlchemy URL, ``sqlite:///…`` or ``postgresql+psycopg://…``. Nothing is opened yet.
    pool_size : int
        Connections kept open; as many again may be opened for a moment.

    Examples
    --------
    >>> store = Store("sqlite:///:memory:")
    >>> store.engine.dialect.name
    'sqlite'
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.engine = _engine(url, pool_size)
        self._looking: deque[PoolProxiedConnection] = deque()
        self.items = Items(self)
        self.events = Events(self)
        self.jobs = Jobs(self)
        self.users = Users(self)
        self.keys = Keys(self)
        self.lists = Lists(self)
        self.answers = Answers(self)
        self.readings = Readings(self)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the database, however many statements read it."""
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def look(self, statement: Look, **values: Any) -> Sequence[Any]:
        """The rows of one statement that reads, at the least cost.

        The driver runs it, outside of any transaction: of what SQLAlchemy does around a statement,
        three quarters of its time, nothing is needed here. Connections are kept for it, as many
        as look at once. One that lay still may be dead, as after a restart of the database: then
        all kept ones go, and a new one is asked.
        """
        sql, parameters = statement.bound(self.engine.dialect, values)
        base = self.engine.dialect.loaded_dbapi.Error
        while True:
            pooled: PoolProxiedConnection | None = None
            with suppress(IndexError):
                pooled = self._looking.pop()
            is_kept = pooled is not None
            try:
                pooled = pooled or self._to_look()
                rows = pooled.driver_connection.execute(sql, parameters).fetchall()  # type: ignore[union-attr]
            except base as error:
                if pooled is not None:
                    pooled.invalidate(error)  # in which state it is, nobody knows
                if is_kept:
                    continue
                raise DBAPIError.instance(sql, None, error, base, hide_parameters=True) from error
            self._looking.append(pooled)
            return list(rows)

    def _to_look(self) -> PoolProxiedConnection:
        pooled = self.engine.raw_connection()
        if self.engine.dialect.name == "postgresql":
            driver: Any = pooled.driver_connection
            driver.autocommit = True
        return pooled

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: durable when the block ends, undone when it raises."""
        with self.engine.connect() as connection:
            connection = connection.execution_options(zhiying_write=True)
            with connection.begin():
                yield connection

    def upgrade(self, revision: str = "head") -> str:
        """Bring the schema to a revision, the newest; returns it. Safe to call at every start."""
        config = _migrations()
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        with self.write() as connection:
            if self.engine.dialect.name == "postgresql":
                # several workers may start at once: the second waits, then finds nothing to do
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7105161)")
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
        return self.revision() or ""

    def revision(self) -> str | None:
        """Revision of the schema; ``None`` of a database without one."""
        if self._file is not None and not self._file.exists():
            return None  # to look is not to make
        with self.read() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    @property
    def _file(self) -> Path | None:
        database = make_url(self.url).database
        is_file = self.engine.dialect.name == "sqlite" and database not in (None, "", ":memory:")
        return Path(str(database)) if is_file else None

    @staticmethod
    def head() -> str:
        """Revision of the schema that this program needs."""
        return ScriptDirectory.from_config(_migrations()).get_current_head() or ""

    def now(self, connection: Connection | None = None) -> tuple[int, str | None]:
        """Number of the last catalogue change and version of the model in service."""
        if connection is None:
            with self.read() as own:
                return self.now(own)
        rows = {r.name: r for r in connection.execute(select(state))}
        return rows["catalogue"].number, rows["model"].text

    def secret(self) -> bytes:
        """Random bytes of this database, drawn when first asked for; all workers get the same."""
        kept = select(state.c.text).where(state.c.name == "secret")
        with self.read() as connection:
            found = connection.scalar(kept)
        if found is None:
            dialect = postgresql if self.engine.dialect.name == "postgresql" else sqlite
            drawn = dialect.insert(state).values(name="secret", text=secrets.token_hex(32))
            with self.write() as connection:  # of several workers the first has drawn
                connection.execute(drawn.on_conflict_do_nothing(index_elements=[state.c.name]))
                found = connection.scalar(kept)
        return bytes.fromhex(str(found))

    def activate(
        self,
        version: str | None,
        *,
        only_newer: bool = False,
        check: Callable[[str | None], None] = lambda active: None,
    ) -> bool:
        """Put a model version into service on every worker; whether it now is.

        With `only_newer`, a version that was fitted on later data stays: of two fits at
        once, the one that began earlier may end later. `check` sees the version in service
        before, and may raise.
        """
        model = state.c.name == "model"
        change = state.update().where(model)
        if only_newer:
            change = change.where(state.c.text.is_(None) | (state.c.text <= version))
        with self.write() as connection:
            # the first statement takes the row's lock: nobody activates between look and write
            connection.execute(state.update().where(model).values(number=state.c.number + 1))
            check(connection.scalar(select(state.c.text).where(model)))
            done = connection.execute(change.values(text=version))
        return done.rowcount > 0

    def empty_log(self) -> None:
        """Bring SQLite's write-ahead log to its file and empty it: what was erased is gone."""
        if self.engine.dialect.name != "sqlite":
            return
        with self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            # an export may read for minutes: whoever asked to be erased need not wait for it
            driver.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
            try:
                busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                driver.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        if busy:
            logger.warning("a long read keeps the write-ahead log: erased bytes are still in it")

    def close(self) -> None:
        """Close idle connections; needed once in a process that was forked."""
        while self._looking:
            self._looking.pop().invalidate()  # not given back: it may be set to commit by itself
        self.engine.dispose()


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def _postgresql(url: URL, options: dict[str, Any]) -> Engine:
    if url.drivername in ("postgres", "postgresql"):  # both are PostgreSQL's own names
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "postgresql":
        raise DatabaseUrlError(f"database_url: found {url.drivername}, {_URLS}")
    patient = {name: v for name, v in _NETWORK.items() if name not in url.query}
    try:
        return create_engine(url.update_query_dict(patient), pool_pre_ping=True, **options)
    except ImportError:
        raise MissingExtraError("PostgreSQL", "postgres") from None


def _engine(url: str, pool_size: int) -> Engine:
    # statements go into messages and messages into the log: without their parameters, which
    # are texts and people
    options: dict[str, Any] = {"hide_parameters": True}
    if ":memory:" not in url:
        options |= {"pool_size": pool_size, "max_overflow": pool_size}
    try:
        parsed = make_url(url)
    except ArgumentError:  # it may hold a password: nothing of it is told
        raise DatabaseUrlError(f"database_url: found no URL, {_URLS}") from None
    if parsed.get_backend_name() != "sqlite":
        return _postgresql(parsed, options)
    engine = create_engine(url, connect_args={"timeout": 30}, **options)

    @event.listens_for(engine, "connect")
    def settle(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say, see below
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        # what is deleted is zeroed, not only forgotten: a person may ask for that
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # a transaction that will write takes the lock first: upgrading a read lock later
        # fails at once when another writer was faster, whatever the busy timeout
        writes = connection.get_execution_options().get("zhiying_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
