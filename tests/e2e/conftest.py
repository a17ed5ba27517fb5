"""A real server process, with two workers, that can be killed."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from service.config import Settings
from service.store import Store
from tests.conftest import PostgresDatabase

#: ``zhiying``, looking more often whether a refit is due, and patient where the machine is slow
START = """
import sys
from service import live, scheduling
from service.cli import main
scheduling.LOOK_EVERY_S = float(sys.argv.pop(1))
live.SWAP_WAIT_S = 30.0
main(prog_name="zhiying")
"""


class Server:
    """``zhiying serve`` in a process group of its own."""

    def __init__(
        self,
        settings: Settings,
        workers: int = 2,
        *,
        schedule_s: float = 30.0,
        **environment: str,
    ) -> None:
        self.settings, self.workers = settings, workers
        self.schedule_s, self.environment = schedule_s, environment
        self.log: list[str] = []
        self.start()

    def start(self) -> None:
        environment = os.environ | {"ZHIYING_HOME": str(self.settings.home)} | self.environment
        environment["ZHIYING_HOST"] = self.settings.host
        if self.settings.database_url:
            environment["ZHIYING_DATABASE_URL"] = self.settings.database_url
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-c", START, str(self.schedule_s)),
                *("serve", "--port", "0", f"--workers={self.workers}"),
            ],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        ready = threading.Event()
        self.reader = threading.Thread(target=self._read, args=(self.process, ready), daemon=True)
        self.reader.start()
        assert ready.wait(60), "\n".join(self.log)
        self.session = requests.Session()
        deadline = time.monotonic() + 30
        while True:
            try:
                requests.get(self.url + "/readyz", timeout=30).raise_for_status()
                return
            except requests.ConnectionError:
                assert time.monotonic() < deadline, "\n".join(self.log)
                time.sleep(0.05)

    def _read(self, process: subprocess.Popen, ready: threading.Event) -> None:
        for line in process.stderr:
            self.log.append(line.rstrip())
            if found := re.search(r"listens on (http://\S+)", line):
                self.url = found[1]
                ready.set()

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._close()

    def _close(self) -> None:
        self.reader.join(30)  # it ends with the last process that holds the pipe
        self.process.stderr.close()

    def stop(self) -> int:
        """Ask the server to end; its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.kill()
        self._close()
        return self.process.returncode


@pytest.fixture
def postgres() -> Iterator[PostgresDatabase]:
    """A database of its own: processes that outlive a killed server may still write."""
    with PostgresDatabase() as database:
        with contextlib.closing(Store(database.url)) as store:
            store.upgrade()
        yield database


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    server = Server(settings)
    yield server
    server.session.close()
    server.stop()
