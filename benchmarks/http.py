"""MOOCCubeX through the HTTP bulk routes of a real server: load, restart, refit, ask.

``ZHIYING_DATA=… python -m benchmarks.http [workers]``. Counts are checked, not assumed.
"""

import csv
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import requests

HEADERS = {"Content-Type": "application/x-ndjson"}


class Server:
    """``zhiying serve`` on a free port, and the most memory its processes had together."""

    def __init__(self, home: str, workers: int, database_url: str | None = None) -> None:
        self.home, self.workers, self.peak_kb = home, workers, 0
        self.database_url = database_url

    def __enter__(self) -> "Server":
        environment = os.environ | {"ZHIYING_HOME": self.home}
        if self.database_url is not None:
            environment["ZHIYING_DATABASE_URL"] = self.database_url
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "service", "serve", "--port", "0"),
                *("--workers", str(self.workers)),
            ],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stderr:
            if found := re.search(r"listens on (\S+)", line):
                self.url = found[1]
                break
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        threading.Thread(target=self._watch, daemon=True).start()
        for _ in range(600):
            try:
                requests.get(self.url + "/readyz", timeout=60).raise_for_status()
                return self
            except requests.ConnectionError:
                time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def _watch(self) -> None:
        while self.process.poll() is None:
            self.peak_kb = max(self.peak_kb, sum(map(pss_kb, family(self.process.pid))))
            time.sleep(0.5)

    def post_lines(self, path: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        raw = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        answer = requests.post(self.url + path, data=raw.encode(), headers=HEADERS, timeout=3600)
        answer.raise_for_status()
        return [json.loads(line) for line in answer.content.splitlines()]


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *map(int, children.read_text().split())] if children.exists() else [pid]


def pss_kb(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1])


def main(workers: int = 2) -> None:
    folder = Path(os.environ["ZHIYING_DATA"]) / "mooccubex"
    items = [json.loads(line) for line in (folder / "items.jsonl").open()]
    items = [{"id": i["id"], "title": i["title"], "text": i["text"]} for i in items]
    with (folder / "interactions_10k.csv").open() as file:
        rows = list(csv.DictReader(file))
    events = [{"user": r["user"], "item": r["item"], "type": "enrol"} for r in rows]
    with tempfile.TemporaryDirectory() as home:
        with Server(home, workers) as server:
            for path, lines in (("items", items), ("events", events)):
                started = time.perf_counter()
                answers = server.post_lines(f"/v1/{path}/bulk", lines)
                seconds = time.perf_counter() - started
                assert [a["line"] for a in answers] == list(range(1, len(lines) + 1))
                assert {a["status"] for a in answers} == {201}
                print(f"{path}: {len(lines)} lines in {seconds:.1f} s, every one answered 201")
            loading_mb = server.peak_kb / 1024
        with Server(home, workers) as server:
            started = time.perf_counter()
            job = requests.post(server.url + "/v1/jobs", json={"kind": "refit"}, timeout=60).json()
            while job["state"] in ("queued", "running"):
                time.sleep(0.1)
                job = requests.get(f"{server.url}/v1/jobs/{job['id']}", timeout=60).json()
            seconds = time.perf_counter() - started
            assert job["state"] == "succeeded", job
            result = job["result"]
            assert result["n_items"] == len(items), result
            assert result["n_users"] == len({e["user"] for e in events}), result
            assert result["n_interactions"] == len({(e["user"], e["item"]) for e in events})
            print(f"counts after a restart are right: {result}")
            print(f"refit: {seconds:.1f} s from request to model in service")
            session, latencies = requests.Session(), []
            for user in sorted({e["user"] for e in events})[:1000]:
                asked = time.perf_counter()
                url = f"{server.url}/v1/users/{user}/recommendations"
                answer = session.get(url, timeout=60)
                latencies.append(1000 * (time.perf_counter() - asked))
                assert len(answer.json()["items"]) == 10
            cuts = statistics.quantiles(latencies, n=100)
            print(f"recommendations: median {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms, one client")
            for path, lines in (("items", items), ("events", events)):
                answers = server.post_lines(f"/v1/{path}/bulk", lines)
                assert {a["status"] for a in answers} == {200}
            print("sending both files again: every line answered 200")
            peak_mb = max(loading_mb, server.peak_kb / 1024)
        print(f"peak memory of the server, {workers} workers together (PSS): {peak_mb:.0f} MB\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
