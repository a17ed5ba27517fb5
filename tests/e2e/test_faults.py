"""Attacks on a running service: what it acknowledged is there afterwards, whatever died."""

import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import ClassVar

import orjson
import pytest
import requests
from sqlalchemy import create_engine, make_url, text

from service import sample
from service.config import Settings
from service.models import ModelDirectory
from service.store import Store

from .conftest import Server
from .test_operations import workers
from .test_server import NDJSON, ndjson, post_lines, recommended, refit

ITEMS = sample.catalogue()[:40]


class Writer(threading.Thread):
    """A client that writes, one by one and in bulk, and remembers what was acknowledged.

    It sends again what failed, as clients do; only answers below 500 count as answers.
    """

    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, server: Server, seed: int) -> None:
        super().__init__(daemon=True)
        self.server, self.rng = server, random.Random(seed)
        self.name_, self.acknowledged, self.odd = f"w{seed}", set(), []
        self.n_failed, self.done = 0, threading.Event()

    def run(self) -> None:
        n = 0
        while not self.done.is_set():
            size = self.rng.choice((1, 1, 1, 40))
            ids = [f"{self.name_}-{n + k}" for k in range(size)]
            n += size
            while not self.done.is_set() and not self._send(ids):
                self.n_failed += 1
                time.sleep(0.02)

    def _send(self, ids: list[str]) -> bool:
        rows = [
            {"id": i, "user": f"u{hash(i) % 50}", "item": ITEMS[len(i) % 40].id, "type": "view"}
            for i in ids
        ]
        try:
            if len(rows) == 1:
                url = f"{self.server.url}/v1/events"
                answer = requests.post(url, json=rows[0], headers=self.headers, timeout=30)
                statuses = [answer.status_code]
            else:
                url = f"{self.server.url}/v1/events/bulk"
                headers = NDJSON | self.headers
                answer = requests.post(url, data=ndjson(rows), headers=headers, timeout=30)
                if answer.status_code == 200:
                    statuses = [orjson.loads(x)["status"] for x in answer.content.splitlines()]
                else:
                    statuses = [answer.status_code]
        except (requests.RequestException, orjson.JSONDecodeError):
            return False
        if statuses[0] in (500, 503) and len(statuses) == 1:
            if statuses[0] == 500:
                self.odd.append(answer.text)
            return False
        if not set(statuses) <= {200, 201} or len(statuses) != len(ids):
            self.odd.append(answer.text)
        self.acknowledged.update(ids)
        return True

    def finish(self) -> None:
        self.done.set()
        self.join(60)
        assert not self.is_alive()


def stored(settings: Settings) -> set[str]:
    with closing(Store(settings.url)) as store:
        return set(store.events.ids())


@pytest.fixture
def stocked(server: Server) -> Server:
    post_lines(server, "/v1/items/bulk", ITEMS)
    post_lines(server, "/v1/events/bulk", list(sample.learners(ITEMS, n=30)))
    return server


def test_workers_and_refits_killed_at_random_points_lose_nothing(stocked):
    rng, writers = random.Random(1), [Writer(stocked, seed) for seed in range(2)]
    for writer in writers:
        writer.start()
    for _ in range(6):
        requests.post(stocked.url + "/v1/jobs", json={"kind": "refit"}, timeout=30)
        time.sleep(rng.uniform(0.05, 0.8))
        victims = workers(stocked) if rng.random() < 0.5 else refits(stocked)
        for victim in victims[:1]:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
    time.sleep(0.5)
    for writer in writers:
        writer.finish()
    acknowledged = writers[0].acknowledged | writers[1].acknowledged
    assert len(acknowledged) > 50
    assert acknowledged <= stored(stocked.settings)
    assert [w.odd for w in writers] == [[], []]
    refit_after_faults(stocked)
    assert list(stocked.settings.models.glob(".draft-*")) == []
    assert recommended(stocked, "学员001")


def refit_after_faults(server: Server) -> dict:
    """A refit once jobs of killed processes are closed; the next look does that."""
    deadline = time.monotonic() + 90
    while True:
        job = requests.post(server.url + "/v1/jobs", json={"kind": "refit"}, timeout=30).json()
        while job["state"] in ("queued", "running"):
            assert time.monotonic() < deadline, (job, server.log[-20:])
            time.sleep(0.2)
            job = requests.get(f"{server.url}/v1/jobs/{job['id']}", timeout=30).json()
        if job["state"] == "succeeded":
            return job["result"]


def refits(server: Server) -> list[int]:
    """Processes that work off this server's queue, wherever they hang by now."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
            environment = (entry / "environ").read_bytes()
            home = f"ZHIYING_HOME={server.settings.home}".encode()
            if b"work" in arguments and home in environment.split(b"\0"):
                found.append(int(entry.name))
    return found


def test_two_refits_at_once_leave_one_whole_model_in_service(stocked):
    environment = os.environ | {"ZHIYING_HOME": str(stocked.settings.home)}
    if stocked.settings.database_url:
        environment["ZHIYING_DATABASE_URL"] = stocked.settings.database_url
    commands = [
        subprocess.Popen([sys.executable, "-m", "service", "fit"], env=environment)
        for _ in range(2)
    ]
    jobs = [
        requests.post(
            stocked.url + "/v1/jobs", json={"kind": "refit", "params": {"auto": auto}}, timeout=30
        ).json()["id"]
        for auto in (False, False)
    ]
    assert jobs[0] == jobs[1]
    refit_after_faults(stocked)
    assert [command.wait(90) for command in commands] == [0, 0]
    with closing(Store(stocked.settings.url)) as store:
        _, active = store.now()
    models = ModelDirectory(stocked.settings.models)
    assert active == models.versions()[0]  # of the newest data, whoever ended last
    for version in models.versions():
        models.get(version)
    assert recommended(stocked, "学员001")


@pytest.fixture
def disk(tmp_path):
    """A disk of 6 MB."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode()}")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_full_disk_is_a_503_and_loses_nothing(disk):
    _fill_disk(Settings(home=disk), disk)


def test_without_space_for_temporary_files_requests_are_answered(tmp_path, disk):
    server = Server(Settings(home=tmp_path / "home"), TMPDIR=str(disk))
    try:
        filled = disk / "filled"
        with filled.open("wb") as file, suppress(OSError):
            while file.write(bytes(65536)):
                file.flush()
        for worker in workers(server)[:1]:  # one that begins now has no file for its figures
            os.kill(worker, signal.SIGKILL)
        for _ in range(4):  # each on a connection of its own, so that both workers answer some
            for path in ("/livez", "/v1/items", "/v1/users", "/nothing"):
                assert requests.get(server.url + path, timeout=30).status_code in (200, 404)
        assert {a["status"] for a in post_lines(server, "/v1/items/bulk", ITEMS)} == {201}
        rows = [
            {"id": f"e{n}", "user": "u", "item": ITEMS[0].id, "type": "view"} for n in range(40_000)
        ]
        # answers of more than a megabyte wait on disk, and so may rows of SQLite
        url = server.url + "/v1/events/bulk"
        refused = requests.post(url, data=ndjson(rows), headers=NDJSON, timeout=60)
        assert refused.status_code == 503, refused.text
        assert refused.json()["type"].rpartition(":")[2] in ("database", "no-space")
        done = refused.json()["durable_lines"]
        assert {f"e{n}" for n in range(done)} <= stored(server.settings)
        filled.unlink()
        answers = post_lines(server, "/v1/events/bulk", rows)
        assert {a["status"] for a in answers[:done]} == {200}
        assert requests.get(server.url + "/metrics", timeout=30).status_code == 200
        assert not [line for line in server.log if "SIGBUS" in line]
    finally:
        server.stop()


def _fill_disk(settings: Settings, disk: Path) -> None:
    server = Server(settings)
    try:
        post_lines(server, "/v1/items/bulk", ITEMS)
        acknowledged, refused, n = set(), None, 0
        while refused is None and n < 200_000:
            rows = [
                {"id": f"e{n + k}", "user": "u", "item": ITEMS[0].id, "type": "view"}
                for k in range(2000)
            ]
            n += 2000
            url = server.url + "/v1/events/bulk"
            answer = requests.post(url, data=ndjson(rows), headers=NDJSON, timeout=60)
            if answer.status_code == 200:
                acknowledged |= {r["id"] for r in rows}
            else:
                refused = answer
        assert refused is not None
        assert refused.status_code == 503, refused.text
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert requests.get(server.url + "/livez", timeout=30).status_code == 200
        assert recommended(server, "u", seen="allow")  # reading goes on
        assert acknowledged <= stored(settings)
        subprocess.run(["mount", "-o", "remount,size=40m", disk], check=True)
        event = {"id": "last", "user": "u", "item": ITEMS[0].id, "type": "view"}
        again = requests.post(server.url + "/v1/events", json=event, timeout=60)
        assert again.status_code == 201, again.text
    finally:
        server.stop()
    assert acknowledged | {"last"} <= stored(settings)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_file_that_may_not_grow_refuses_a_model_and_keeps_the_old(stocked):
    first = refit(stocked)["model"]
    environment = os.environ | {"ZHIYING_HOME": str(stocked.settings.home)}
    if stocked.settings.database_url:
        environment["ZHIYING_DATABASE_URL"] = stocked.settings.database_url
    run = subprocess.run(
        [sys.executable, "-m", "service", "fit"],
        env=environment,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        capture_output=True,
        check=False,
        timeout=90,
    )
    assert run.returncode != 0
    assert ModelDirectory(stocked.settings.models).versions() == [first]
    assert list(stocked.settings.models.glob(".draft-*")) == []
    url = f"{stocked.url}/v1/users/学员001/recommendations"
    assert requests.get(url, timeout=30).json()["model"] == first


class Postgres:
    """A PostgreSQL cluster of this test alone, that can be killed."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
        if not found:
            pytest.skip("no PostgreSQL programs under /usr/lib/postgresql")
        self.bin, self.data = found[-1], folder / "data"
        with socket.socket() as probe:  # several of these may run at once
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "--no-sync")
        self.start()
        self.run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", "zhiying")
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/zhiying"

    def run(self, program: str, *arguments: object) -> None:
        command = [str(self.bin / program), *map(str, arguments)]
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            command = [
                "setpriv",
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                *command,
            ]
        subprocess.run(command, check=True, capture_output=True, timeout=60, cwd="/")

    def start(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self.data}"
        deadline = time.monotonic() + 20
        while True:  # what was killed holds its shared memory for a moment
            try:
                self.run(
                    *("pg_ctl", "-D", self.data, "-o", options, "-w"),
                    *("-l", self.data / "log", "start"),
                )
                return
            except subprocess.CalledProcessError:
                assert time.monotonic() < deadline, (self.data / "log").read_text()[-2000:]
                time.sleep(0.2)

    def stop(self) -> None:
        self.run("pg_ctl", "-D", self.data, "-m", "fast", "stop")

    def kill(self) -> None:
        """End the postmaster and all of its processes at once, as a power cut would."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for victim in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        while Path(f"/proc/{pid}").exists() and "Z" not in _state(pid):
            time.sleep(0.01)


def _state(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return "Z"


@pytest.fixture
def postgres(tmp_path_factory):
    if os.environ.get("ZHIYING_TEST_POSTGRES") is None:
        pytest.skip("ZHIYING_TEST_POSTGRES names no PostgreSQL server")
    folder = Path(
        subprocess.check_output(["mktemp", "-d", "/tmp/zhiying-pg-XXXXXX"], text=True).strip()
    )
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    cluster = Postgres(folder)
    yield cluster
    with suppress(subprocess.CalledProcessError):
        cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.postgres
def test_a_database_that_is_killed_and_restarted_loses_nothing(postgres, tmp_path):
    settings = Settings(home=tmp_path, database_url=postgres.url)
    server = Server(settings)
    writers = [Writer(server, seed) for seed in range(2)]
    rng = random.Random(2)
    try:
        post_lines(server, "/v1/items/bulk", ITEMS)
        for writer in writers:
            writer.start()
        for how in (postgres.kill, postgres.stop, postgres.kill):
            time.sleep(rng.uniform(0.3, 1.0))
            for _ in range(4):  # either worker keeps a connection to look with
                assert recommended(server, "u1")
            how()
            for path in ("/readyz", "/v1/users/u1/recommendations", "/v1/items"):
                down = requests.get(server.url + path, timeout=30)
                assert down.status_code == 503, (path, down.text)
                assert down.json()["type"] == "urn:problem-type:zhiying:database"
            assert (
                "zhiying_database_up 0.0" in requests.get(f"{server.url}/metrics", timeout=30).text
            )
            assert requests.get(server.url + "/livez", timeout=30).status_code == 200
            analysed = requests.post(
                server.url + "/v1/analyze", json={"text": "导数。"}, timeout=30
            )
            assert analysed.status_code == 200, analysed.text  # it needs no database
            postgres.start()
            for _ in range(4):  # the first who asks finds it again
                assert recommended(server, "u1")
        time.sleep(0.7)
        for writer in writers:
            writer.finish()
        assert requests.get(server.url + "/readyz", timeout=30).status_code == 200
        assert [w.odd for w in writers] == [[], []]
        assert min(w.n_failed for w in writers) > 0
        acknowledged = writers[0].acknowledged | writers[1].acknowledged
        assert len(acknowledged) > 50
        assert acknowledged <= stored(settings)
    finally:
        server.stop()


@pytest.mark.postgres
@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_connections_that_the_database_ends_are_made_anew(stocked):
    writer = Writer(stocked, 3)
    writer.start()
    engine = create_engine(make_url(stocked.settings.url), isolation_level="AUTOCOMMIT")
    for _ in range(10):
        time.sleep(0.1)
        with engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
    engine.dispose()
    writer.finish()
    assert writer.odd == []
    assert writer.acknowledged <= stored(stocked.settings)
