"""Events a second through the bulk route, acknowledged = durable.

``python -m benchmarks.ingest [events] [lines]``, so many lines a request. A real server of two
workers on SQLite, and on PostgreSQL if ``ZHIYING_TEST_POSTGRES`` names a server. Clients send at
once; then every process of the server is killed, and what was
acknowledged is counted in the database. Memory is that of all processes of the server together.
"""

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import orjson
import requests
from sqlalchemy import create_engine, make_url, text

from benchmarks import catalogue
from benchmarks.http import HEADERS, Server, family
from service.store import Store

N_ITEMS, N_USERS = 1000, 20_000


@contextmanager
def database(name: str) -> Iterator[str | None]:
    """URL of an empty database for the length of a block; ``None`` is SQLite in the home."""
    if name == "SQLite":
        yield None
        return
    url = make_url(os.environ["ZHIYING_TEST_POSTGRES"]).set(drivername="postgresql+psycopg")
    own = f"zhiying_bench_{os.getpid()}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {own}"))
    try:
        yield url.set(database=own).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {own} WITH (FORCE)"))
        engine.dispose()


def send(url: str, bodies: list[bytes], acknowledged: list[int]) -> None:
    with requests.Session() as session:
        for body in bodies:
            answer = session.post(url, data=body, headers=HEADERS, timeout=3600)
            answer.raise_for_status()
            statuses = [orjson.loads(line)["status"] for line in answer.content.splitlines()]
            assert set(statuses) == {201}, set(statuses)
            acknowledged.append(len(statuses))


def measure(name: str, n_events: int, n_clients: int, n_lines: int) -> None:
    lines = list(catalogue.events(n_events, N_ITEMS, N_USERS))
    bodies = [b"".join(lines[i : i + n_lines]) for i in range(0, n_events, n_lines)]
    with tempfile.TemporaryDirectory() as home, database(name) as url:
        with Server(home, 2, database_url=url) as server:
            items = b"".join(catalogue.items(N_ITEMS))
            requests.post(
                server.url + "/v1/items/bulk", data=items, headers=HEADERS, timeout=600
            ).raise_for_status()
            acknowledged: list[int] = []
            senders = [
                threading.Thread(
                    target=send,
                    args=(server.url + "/v1/events/bulk", bodies[i::n_clients], acknowledged),
                )
                for i in range(n_clients)
            ]
            before_mb, began = server.peak_kb / 1024, time.perf_counter()
            for sender in senders:
                sender.start()
            for sender in senders:
                sender.join()
            seconds = time.perf_counter() - began
            for pid in reversed(family(server.process.pid)):
                os.kill(pid, signal.SIGKILL)
            server.process.wait()
        with closing(Store(url or f"sqlite:///{home}/zhiying.db")) as store:
            stored = store.events.count()
    print(
        f"{name}, {n_clients} clients: {n_events / seconds:.0f} events/s; acknowledged "
        f"{sum(acknowledged)}, there after kill -9 {stored}; memory (PSS) before "
        f"{before_mb:.0f} MB, at most {server.peak_kb / 1024:.0f} MB",
        flush=True,
    )
    assert stored == sum(acknowledged) == n_events


def main(n_events: int = 200_000, n_lines: int = 20_000) -> None:
    names = ["SQLite"] + ["PostgreSQL"] * ("ZHIYING_TEST_POSTGRES" in os.environ)
    for name in names:
        for n_clients in range(1, min(2, -(-n_events // n_lines)) + 1):
            measure(name, n_events, n_clients, n_lines)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
