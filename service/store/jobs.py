"""Jobs: work for another process, with a queue that survives all of them."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import orjson
from sqlalchemy import Connection, Row, select, update

from service.store.tables import jobs, state

if TYPE_CHECKING:
    from service.store import Store

#: a running job that has not said so for this long has died with its process
SILENCE_S = 60.0

State = Literal["queued", "running", "succeeded", "failed"]


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. `progress` is in [0, 1]."""

    id: str
    kind: str
    params: Mapping[str, Any]
    state: State
    progress: float
    created_at: float
    result: Mapping[str, Any] | None = None
    error: str | None = None


class Jobs:
    """Reads and writes of the queue."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def queue(self, kind: str, params: Mapping[str, Any]) -> Job:
        """Ask for work. A job that asks for the same and has not started is returned instead."""
        text = orjson.dumps(params, option=orjson.OPT_SORT_KEYS).decode()
        now = time.time()
        with self._store.write() as connection:
            _lock(connection)
            waiting = connection.execute(
                select(jobs).where(
                    jobs.c.kind == kind, jobs.c.params == text, jobs.c.state == "queued"
                )
            ).first()
            if waiting is not None:
                return _job(waiting)
            job = Job(uuid.uuid4().hex, kind, params, "queued", 0.0, now)
            connection.execute(
                jobs.insert().values(
                    id=job.id,
                    kind=kind,
                    params=text,
                    state="queued",
                    progress=0.0,
                    created_at=now,
                    alive_at=now,
                )
            )
        return job

    def claim(self) -> Job | None:
        """The oldest waiting job, now running; ``None`` while another runs or nothing waits."""
        now = time.time()
        with self._store.write() as connection:
            _lock(connection)
            _bury(connection, now)
            if connection.execute(select(jobs.c.id).where(jobs.c.state == "running")).first():
                return None
            row = connection.execute(
                select(jobs)
                .where(jobs.c.state == "queued")
                .order_by(jobs.c.created_at, jobs.c.id)
                .limit(1)
            ).first()
            if row is None:
                return None
            connection.execute(
                update(jobs).where(jobs.c.id == row.id).values(state="running", alive_at=now)
            )
        return _job(row, state="running")

    def running(self) -> bool:
        """Whether some job runs in a process that is alive."""
        with self._store.read() as connection:
            alive = select(jobs.c.id).where(
                jobs.c.state == "running", jobs.c.alive_at >= time.time() - SILENCE_S
            )
            return connection.execute(alive).first() is not None

    def waiting(self) -> bool:
        """Whether some job is queued."""
        with self._store.read() as connection:
            queued = select(jobs.c.id).where(jobs.c.state == "queued")
            return connection.execute(queued).first() is not None

    def report(self, job_id: str, progress: float) -> None:
        """Say that a job is alive, and how far it is."""
        self._set(job_id, progress=progress)

    def succeed(self, job_id: str, result: Mapping[str, Any]) -> None:
        """Close a job with its result."""
        self._set(job_id, state="succeeded", progress=1.0, result=orjson.dumps(result).decode())

    def fail(self, job_id: str, error: str) -> None:
        """Close a job with the reason it failed."""
        self._set(job_id, state="failed", error=error)

    def fail_waiting(self, error: str) -> None:
        """Close the jobs that wait, when nothing can run them."""
        with self._store.write() as connection:
            connection.execute(
                update(jobs).where(jobs.c.state == "queued").values(state="failed", error=error)
            )

    def get(self, job_id: str) -> Job | None:
        """A job, or ``None``; one whose process died is closed as failed here."""
        with self._store.read() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id)).first()
        if row is not None and row.state == "running" and row.alive_at < time.time() - SILENCE_S:
            with self._store.write() as connection:
                _bury(connection, time.time())
                row = connection.execute(select(jobs).where(jobs.c.id == job_id)).first()
        return None if row is None else _job(row)

    def _set(self, job_id: str, **values: Any) -> None:
        with self._store.write() as connection:
            connection.execute(
                update(jobs)
                .where(jobs.c.id == job_id, jobs.c.state == "running")
                .values(alive_at=time.time(), **values)
            )


def _lock(connection: Connection) -> None:
    """Let one process at a time look at the queue and change it."""
    connection.execute(
        update(state).where(state.c.name == "jobs").values(number=state.c.number + 1)
    )


def _bury(connection: Connection, now: float) -> None:
    connection.execute(
        update(jobs)
        .where(jobs.c.state == "running", jobs.c.alive_at < now - SILENCE_S)
        .values(state="failed", error="the process that ran it ended without a result")
    )


def _job(row: Row[Any], **changed: Any) -> Job:
    values = {
        "id": row.id,
        "kind": row.kind,
        "params": orjson.loads(row.params),
        "state": row.state,
        "progress": row.progress,
        "created_at": row.created_at,
        "result": None if row.result is None else orjson.loads(row.result),
        "error": row.error,
    }
    return Job(**(values | changed))
