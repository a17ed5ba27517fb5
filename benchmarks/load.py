"""Lists under load, against a constant answer of equal size from the same server.

``python -m benchmarks.load HOME [n] [seconds]``: HOME holds a loaded catalogue with a model:

    python -c "from benchmarks.catalogue import write; write('/tmp/zy', 100_000, 1_000_000)"
    zhiying --home /tmp/zy load /tmp/zy/items.jsonl /tmp/zy/events.jsonl
    zhiying --home /tmp/zy fit

Two workers, eight connections. The last run swaps between two models all the time: the second
is the first under another name.
"""

import os
import re
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import requests
from sqlalchemy import insert, literal, select

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

    def __init__(self, home: str, body: Path) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-c", SERVE, str(body)),
                *("--home", home, "serve", "--port", "0", "--workers", "2"),
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


def main(home: str, n: int = 10, seconds: float = 15.0) -> None:
    settings = Settings(home=home)
    with closing(Store(settings.url)) as store:
        versions = twin(store, ModelDirectory(settings.models))
        users = [u.id for u in store.users.page(20_000)]
    requests_of = [f"/v1/users/{u}/recommendations?n={n}" for u in users]
    print(f"{len(users)} users, models {versions}")
    body = Path(home) / f"constant-{n}.json"
    body.write_bytes(b"{}")
    with Server(home, body) as server:
        body.write_bytes(requests.get(server.url + requests_of[0], timeout=120).content)
    with Server(home, body) as server:
        run(server.port, ["/constant", *requests_of], 3)
        constant = measure("constant", server, ["/constant"], seconds)
        asked = measure(f"lists of {n}", server, requests_of, seconds)
        print(
            f"lists / constant: {asked.rate / constant.rate:.0%} of the rate, "
            f"{constant.cpu_ms / asked.cpu_ms:.0%} by processor time"
        )
        half = asked.rate / 2
        measure("lists at half load", server, requests_of, seconds, half)
        memory(server)
        done = threading.Event()
        swapper = threading.Thread(target=swap, args=(server.url, versions, done))
        swapper.start()
        measure("lists at half load, models swapped", server, requests_of, seconds, half)
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
    main(sys.argv[1], *map(int, sys.argv[2:3]), *map(float, sys.argv[3:4]))
