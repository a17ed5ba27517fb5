"""WSGI servers beside ours: ``python -m benchmarks.servers HOME``; needs granian and waitress.

The same app, a constant answer and a list, from two processes of eight threads; waitress has one
process, so its rate counts half. HOME as for
``benchmarks.load``.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

from benchmarks.client import run

APP = """
import os, sys
from flask import Response
from service.app import create_app
from service.config import Settings
app = create_app(Settings(home=os.environ["BENCH_HOME"]))
app.extensions["zhiying"].serving.catalogue()
app.add_url_rule("/constant", "constant", lambda: Response(b"x" * 1500, mimetype="text/plain"))
"""
SERVE = {
    "gunicorn, ours": (
        "import sys; from service.cli import main; import service.server as s;"
        " from benchmarks_app import app; s.create_app = lambda *a: app;"
        " main(['--home', sys.argv[2], 'serve', '--port', sys.argv[1],"
        " '--workers', '2', '--threads', '8'])"
    ),
    "granian": (
        "import sys; from granian import Granian; Granian('benchmarks_app:app',"
        " address='127.0.0.1', port=int(sys.argv[1]), interface='wsgi', workers=2,"
        " blocking_threads=8).serve()"
    ),
    "waitress": (
        "import sys; from benchmarks_app import app; from waitress import serve;"
        " serve(app, listen='127.0.0.1:' + sys.argv[1], threads=8)"
    ),
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_s(group: int) -> float:
    ticks = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(name: str, home: str, seconds: float) -> None:
    folder = Path(home) / "bench"
    folder.mkdir(exist_ok=True)
    (folder / "benchmarks_app.py").write_text(APP)
    port = free_port()
    where = os.pathsep.join([str(folder), str(Path.cwd())])
    environment = os.environ | {"PYTHONPATH": where, "BENCH_HOME": home}
    command = [sys.executable, "-c", SERVE[name], str(port), home]
    process = subprocess.Popen(
        command,
        env=environment,
        start_new_session=True,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            try:
                requests.get(f"http://127.0.0.1:{port}/livez", timeout=60).raise_for_status()
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        lists = [f"/v1/users/u{i}/recommendations?n=10" for i in range(1000)]
        run(port, ["/constant", *lists], 2)
        cells = [name]
        for paths in (["/constant"], lists):
            before = cpu_s(process.pid)
            result = run(port, paths, seconds)
            cpu = 1000 * (cpu_s(process.pid) - before) / len(result.latencies)
            cells.append(f"{result.rate:.0f}/s, p99 {result.quantile(0.99):.0f} ms, {cpu:.2f} ms")
            assert not result.errors, result.errors[:2]
        print("| " + " | ".join(cells) + " |", flush=True)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main(home: str, seconds: float = 8.0) -> None:
    print(
        "| server | constant answer: rate, p99, processor time each | list of 10 |\n|---|---|---|"
    )
    for name in SERVE:
        measure(name, home, seconds)


if __name__ == "__main__":
    main(sys.argv[1], *map(float, sys.argv[2:3]))
