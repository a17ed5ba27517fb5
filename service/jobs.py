"""Jobs run in a process of their own, started when there is work; it outlives its starter.

A process that finds another at work ends; the one at work looks at the queue again when it is
done. Should it die with jobs waiting, the next look at one of them starts another.
"""

import logging
import os
import subprocess
import sys
import threading
import time

from sqlalchemy.exc import SQLAlchemyError
from threadpoolctl import threadpool_limits

from service.config import Settings
from service.fitting import refit_as
from service.logs import described
from service.models import ModelDirectory
from service.store import Job, Store
from service.store.jobs import HEARTBEAT_S

logger = logging.getLogger(__name__)


class JobRunner:
    """Starts the process that works off the queue; one object a web worker.

    Parameters
    ----------
    settings : Settings
        Handed to the process through its environment.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """See that a process works off the queue; it ends by itself when nothing waits."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            environment = {
                f"ZHIYING_{name.upper()}": str(value)
                for name, value in self.settings.model_dump(mode="json", exclude_none=True).items()
            }
            self._process = subprocess.Popen(
                [sys.executable, "-m", "service", "work"],
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            threading.Thread(target=self._watch, args=(self._process,), daemon=True).start()

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        """See what the process leaves behind when it ends.

        A job that was queued while the process was ending is worked off by another. If the
        process could not even start, waiting jobs are closed, so that nobody waits for them.
        """
        status = process.wait()
        store = Store(self.settings.url)
        try:
            if store.jobs.waiting() and not store.jobs.running():
                if status == 0:
                    self.start()
                else:
                    store.jobs.fail_waiting(f"the process that runs jobs ended with {status}")
        except SQLAlchemyError:
            logger.exception("cannot look at the queue")
        finally:
            store.close()


def work_off(settings: Settings) -> int:
    """Run waiting jobs one after the other until none waits; returns how many."""
    # the other half answers requests; and threads of BLAS that wait for one that has no core spin
    threadpool_limits(max(1, (os.cpu_count() or 1) // 2))
    store = Store(settings.url)
    ModelDirectory(settings.models).sweep()
    done = 0
    while (job := store.jobs.claim()) is not None:
        _run(job, store, settings)
        done += 1
    store.close()
    return done


def _run(job: Job, store: Store, settings: Settings) -> None:
    progress = [0.0]
    stop = threading.Event()

    def report() -> None:
        try:
            store.jobs.report(job.id, progress[0])
        except SQLAlchemyError as error:  # the next one may come through
            logger.warning("cannot report progress: %s", described(error))

    def beat() -> None:
        while not stop.wait(HEARTBEAT_S):
            report()

    def tell(share: float) -> None:
        progress[0] = share
        report()

    threading.Thread(target=beat, daemon=True).start()
    started = time.monotonic()
    try:
        manifest = refit_as(
            settings,
            store,
            ModelDirectory(settings.models),
            auto=bool(job.params.get("auto")),
            warm=bool(job.params.get("warm")),
            progress=tell,
        )
    except Exception as error:
        logger.exception("refit failed")
        store.jobs.fail(job.id, f"{type(error).__name__}: {error}")
    else:
        seconds = time.monotonic() - started
        counts = {
            "n_users": manifest.n_users,
            "n_items": manifest.n_items,
            "n_interactions": manifest.n_interactions,
            "seconds": round(seconds, 3),
        }
        logger.info("refit done", extra=counts)
        store.jobs.succeed(job.id, {"model": manifest.version, **counts})
    finally:
        stop.set()
