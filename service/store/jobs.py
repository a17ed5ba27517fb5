"""Jobs: work for another process, with a queue that survives all of them."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import orjson
from sqlalchemy import Connection, Row, func, select, update

from service.store.tables import jobs, state

if TYPE_CHECKING:
    from service.store import Store

#: how often a running job says that it is alive
HEARTBEAT_S = 3.0
#: one that has not said so for this long is suspected dead. Clocks jump, so it is listened to
#: for two heartbeats more before it is closed
SILENCE_S = 15.0

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
        with self._store.write() as connection:
            _lock(connection)
            return _queued(connection, kind, params)

    def queue_once(self, kind: str, params: Mapping[str, Any], *, since: float) -> Job | None:
        """Ask for work, unless work of this kind was asked for after `since` or is not done.

        Of many schedulers that find the same moment right, one gets its job. What was asked for in
        the future does not count: a clock that ran ahead would stop the schedule until that day.
        """
        lately = (jobs.c.created_at > since) & (jobs.c.created_at < time.time() + SILENCE_S)
        asked = lately | jobs.c.state.in_(("queued", "running"))
        with self._store.write() as connection:
            _lock(connection)
            query = select(jobs.c.id).where(jobs.c.kind == kind, asked).limit(1)
            if connection.execute(query).first() is not None:
                return None
            return _queued(connection, kind, params)

    def claim(self) -> Job | None:
        """The oldest waiting job, now running; ``None`` while another runs or nothing waits.

        A running job whose process has died is closed as failed first; that takes two
        heartbeats, since only time can tell death from a clock that jumped.
        """
        silent = self._silent()
        if silent:
            time.sleep(2 * HEARTBEAT_S)
        now = time.time()
        with self._store.write() as connection:
            _lock(connection)
            for job_id, alive_at in silent:
                connection.execute(
                    update(jobs)
                    .where(jobs.c.id == job_id, jobs.c.alive_at == alive_at)
                    .where(jobs.c.state == "running")
                    .values(state="failed", error="the process that ran it ended without a result")
                )
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
        """Whether some job runs in a process that seems alive."""
        with self._store.read() as connection:
            rows = connection.scalars(select(jobs.c.alive_at).where(jobs.c.state == "running"))
            return any(not _suspect(alive_at) for alive_at in rows)

    def neglected(self) -> bool:
        """Whether there is work to do and nobody has been heard of who does it."""
        with self._store.read() as connection:
            query = select(jobs.c.alive_at).where(jobs.c.state.in_(("queued", "running")))
            times = connection.scalars(query).all()
        return bool(times) and all(map(_suspect, times))

    def _silent(self) -> list[tuple[str, float]]:
        """Running jobs that have not been heard of, or only in the future."""
        with self._store.read() as connection:
            rows = connection.execute(
                select(jobs.c.id, jobs.c.alive_at).where(jobs.c.state == "running")
            )
            return [(r.id, r.alive_at) for r in rows if _suspect(r.alive_at)]

    def figures(self) -> tuple[dict[str, int], float, float]:
        """Jobs by state, seconds the oldest queued one has waited, share done of the running."""
        query = select(
            jobs.c.state,
            func.count().label("n"),
            func.min(jobs.c.created_at).label("oldest"),
            func.max(jobs.c.progress).label("progress"),
        ).group_by(jobs.c.state)
        with self._store.read() as connection:
            rows = {r.state: r for r in connection.execute(query)}
        wait_s = max(0.0, time.time() - rows["queued"].oldest) if "queued" in rows else 0.0
        progress = rows["running"].progress if "running" in rows else 0.0
        return {state: r.n for state, r in rows.items()}, wait_s, progress

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
        """A job, or ``None``."""
        with self._store.read() as connection:
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


def _queued(connection: Connection, kind: str, params: Mapping[str, Any]) -> Job:
    text = orjson.dumps(params, option=orjson.OPT_SORT_KEYS).decode()
    waiting = connection.execute(
        select(jobs).where(jobs.c.kind == kind, jobs.c.params == text, jobs.c.state == "queued")
    ).first()
    if waiting is not None:
        return _job(waiting)
    now = time.time()
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


def _suspect(alive_at: float) -> bool:
    return abs(time.time() - alive_at) > SILENCE_S


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
