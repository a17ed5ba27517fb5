"""Lists under load, against a constant answer of equal size from the same server.

``python -m benchmarks.load HOME [--n 10] [--seconds 15] [--repeat 3]``. A HOME that is not there
yet is made: `benchmarks.catalogue` of so many ``--items`` and ``--events``, loaded and fitted, at
the default size some ten minutes of processor; one that is there is used as it is. On PostgreSQL,
if ``ZHIYING_DATABASE_URL`` names an empty database of its own.

Two workers, eight connections. Constant answers and lists take turns; medians of the turns are
told at the end. The last run swaps between two models all the time: the second is the first under
another name.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import requests
from sqlalchemy import insert, literal, select

from benchmarks import catalogue
from benchmarks.client import Result, run
from benchmarks.http import family, pss_kb
from service.config import Settings
from service.models import ModelDirectory, new_version
from service.store import Store
from service.store.tables import lists

#: ``zhiying serve`` with one more route: the same bytes each time
SERVE = """
import sys
import service.server as server
from flask import Response
from service.cli import main
body, create = open(sys.argv.pop(1), "rb").read(), server.create_app
def with_constant(*arguments):
    app = create(*arguments)
    app.add_url_rule("/constant", "constant", lambda: Response(body, mimetype="application/json"))
    return app
server.create_app = with_constant
main(prog_name="zhiying")
"""


class Server:
    """``zhiying serve`` with the constant route."""

    def __init__(self, home: Path, body: Path) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-c", SERVE, str(body)),
                *("--home", str(home), "serve", "--port", "0", "--workers", "2"),
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stderr:
            if found := re.search(r"listens on (http://\S+:(\d+))", line):
                self.url, self.port = found[1], int(found[2])
                break
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()


def measure(
    name: str, server: Server, paths: list[str], seconds: float, rate: float | None = None
) -> Result:
    """Run and print; processor time of the server does not depend on who else is on the machine."""
    before = cpu_s(server)
    result = run(server.port, paths, seconds, rate=rate)
    result.cpu_ms = 1000 * (cpu_s(server) - before) / max(1, len(result.latencies))
    print(
        f"{name}: {result.rate:.0f}/s, median {result.quantile(0.5):.1f} ms, "
        f"p99 {result.quantile(0.99):.1f} ms, {len(result.errors)} errors, {result.bytes} bytes, "
        f"{result.cpu_ms:.2f} ms of processor each",
        flush=True,
    )
    for error in result.errors[:2]:
        print("   ", error)
    return result


def cpu_s(server: Server) -> float:
    ticks = 0
    for pid in family(server.process.pid):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def twin(store: Store, models: ModelDirectory) -> list[str]:
    """The model in service and a copy of it, with copies of the lists made ahead."""
    active = store.now()[1]
    copies = [v for v in models.versions() if models.manifest(v).config.get("twin") == active]
    if copies:
        return [active, copies[0]]
    manifest, arrays = models.get(active)
    name = new_version()
    models.put(replace(manifest, version=name, config={**manifest.config, "twin": active}), arrays)
    others = [c for c in lists.c if c.name not in ("user", "model")]
    with store.write() as connection:
        mine = select(lists.c.user, literal(name), *others).where(lists.c.model == active)
        connection.execute(insert(lists).from_select([c.name for c in lists.c], mine))
    return [active, name]


def made(home: Path, n_items: int, n_events: int) -> None:
    """Load and fit a catalogue in this folder."""
    catalogue.write(str(home), n_items, n_events)
    for step in (("load", home / "items.jsonl", home / "events.jsonl"), ("fit",)):
        began = time.perf_counter()
        command = [sys.executable, "-m", "service", "--home", home, *step]
        subprocess.run([*map(str, command)], check=True)
        print(f"{step[0]}: {time.perf_counter() - began:.0f} s", flush=True)


def main(home: Path, n: int, seconds: float, repeat: int) -> None:
    settings = Settings(home=home)
    with closing(Store(settings.url)) as store:
        versions = twin(store, ModelDirectory(settings.models))
        users = [u.id for u in store.users.page(20_000)]
    requests_of = [f"/v1/users/{u}/recommendations?n={n}" for u in users]
    print(f"{len(users)} users, models {versions}")
    body = home / f"constant-{n}.json"
    body.write_bytes(b"{}")
    with Server(home, body) as server:
        body.write_bytes(requests.get(server.url + requests_of[0], timeout=120).content)
    with Server(home, body) as server:
        run(server.port, ["/constant", *requests_of], 3)
        turns = []
        for _ in range(repeat):
            constant = measure("constant", server, ["/constant"], seconds)
            asked = measure(f"lists of {n}", server, requests_of, seconds)
            half = measure("lists at half load", server, requests_of, seconds, asked.rate / 2)
            by_cpu = constant.cpu_ms / asked.cpu_ms
            turns.append((asked.rate / constant.rate, by_cpu, half.quantile(0.99), asked.rate))
        by_rate, by_cpu, p99, rate = (
            statistics.median(column) for column in zip(*turns, strict=True)
        )
        print(
            f"medians of {repeat}: lists / constant {by_rate:.0%} of the rate, {by_cpu:.0%} by "
            f"processor time; at half load p99 {p99:.1f} ms"
        )
        memory(server)
        scrapes(server)
        done = threading.Event()
        swapper = threading.Thread(target=swap, args=(server.url, versions, done))
        swapper.start()
        measure("lists at half load, models swapped", server, requests_of, seconds, rate / 2)
        done.set()
        swapper.join()
        memory(server)


def swap(url: str, versions: list[str], done: threading.Event) -> None:
    n = 0
    while not done.wait(1.0):
        n += 1
        where = f"{url}/v1/models/{versions[n % 2]}/activate"
        requests.post(where, timeout=60).raise_for_status()
    requests.post(f"{url}/v1/models/{versions[0]}/activate", timeout=60).raise_for_status()
    print(f"{n} swaps")


def scrapes(server: Server) -> None:
    """The first scrapes count what is stored, one in each worker."""
    took = []
    for _ in range(20):
        began = time.perf_counter()
        requests.get(server.url + "/metrics", timeout=60).raise_for_status()
        took.append(1000 * (time.perf_counter() - began))
    print(f"  scrape: at most {max(took):.0f} ms, median {statistics.median(took):.0f} ms")


def memory(server: Server) -> None:
    master, *workers = family(server.process.pid)
    for name, pid in [("master", master), *(("worker", p) for p in workers)]:
        status = Path(f"/proc/{pid}/status").read_text()
        rss, shared = (
            int(re.search(rf"{field}:\s+(\d+)", status)[1]) for field in ("VmRSS", "RssFile")
        )
        print(
            f"  {name}: RSS {rss / 1024:.0f} MB, of it files mapped {shared / 1024:.0f} MB; "
            f"PSS {pss_kb(pid) / 1024:.0f} MB"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    for name, usual in (("n", 10), ("repeat", 3), ("items", 100_000), ("events", 1_000_000)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--seconds", type=float, default=15.0)
    asked = parser.parse_args()
    if not ModelDirectory(Settings(home=asked.home).models).versions():
        made(asked.home, asked.items, asked.events)
    main(asked.home, asked.n, asked.seconds, asked.repeat)
