"""Lists under load, against a constant answer of equal size from the same server.

``python -m benchmarks.load HOME [seconds]``: HOME holds a loaded catalogue with a model
(``benchmarks.catalogue`` makes the lines; the bulk routes and a refit take them). Two workers.
"""

import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import requests

from benchmarks.client import Result, run
from benchmarks.http import family, pss_kb

N = 100
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


def show(name: str, result: Result) -> None:
    print(
        f"{name}: {result.rate:.0f}/s, median {result.quantile(0.5):.1f} ms, "
        f"p99 {result.quantile(0.99):.1f} ms, {len(result.errors)} errors, {result.bytes} bytes"
    )
    for error in result.errors[:2]:
        print("   ", error)


def main(home: str, seconds: float = 15.0) -> None:
    body = Path(home) / "constant.json"
    if not body.exists():
        body.write_bytes(b"{}")
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", SERVE, str(body)),
            *("--home", home, "serve", "--port", "0", "--workers", "2"),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stderr:
        if found := re.search(r"listens on (http://\S+:(\d+))", line):
            url, port = found[1], int(found[2])
            break
    threading.Thread(target=process.stderr.read, daemon=True).start()
    users = [f"/v1/users/u{u}/recommendations?n={N}" for u in range(20_000)]
    time.sleep(1)
    answer = requests.get(url + users[0], timeout=120)
    if len(body.read_bytes()) < 1000:
        body.write_bytes(answer.content)
        print("constant answer written: run again")
    run(port, users, 3)
    try:
        constant = run(port, ["/constant"], seconds)
        show("constant", constant)
        lists = run(port, users, seconds)
        show(f"lists of {N}", lists)
        print(f"lists / constant: {lists.rate / constant.rate:.0%}")
        show("lists at half load", run(port, users, seconds, rate=lists.rate / 2))
        for pid in family(process.pid):
            status = Path(f"/proc/{pid}/status").read_text()
            rss = int(re.search(r"VmRSS:\s+(\d+)", status)[1])
            print(f"  process {pid}: RSS {rss / 1024:.0f} MB, PSS {pss_kb(pid) / 1024:.0f} MB")
        print(json.dumps(requests.get(url + "/readyz", timeout=60).json()["detail"]))
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main(sys.argv[1], *map(float, sys.argv[2:3]))
