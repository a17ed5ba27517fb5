"""Ten thousand faults and bad requests: ``make soak``, ``python -m benchmarks.faults [n] [seed]``.

A real server of two workers, first on SQLite, then on a PostgreSQL cluster of its own. Attackers
send what no client should; writers write all the time; workers and refits are killed, and the
database is killed and stopped. At the end: what was acknowledged is stored, no answer was a 500,
and neither a key nor a text is in the log.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import orjson
import requests

from benchmarks.attacks import Attack
from service import sample
from service.config import Settings
from service.keys import new_key
from service.store import Store
from tests.e2e.conftest import Server
from tests.e2e.test_faults import Postgres, Writer, refits, stored
from tests.e2e.test_operations import workers
from tests.e2e.test_server import NDJSON

N_ATTACKERS = 8
ITEMS = sample.catalogue()[:40]


def soak(name: str, settings: Settings, n: int, seed: int, postgres: Postgres | None) -> list[str]:
    rng, faults = random.Random(seed), Counter[str]()
    store = Store(settings.url)
    store.upgrade()
    key = new_key("soak", ["admin"], now=time.time(), rate="1000000/second")
    store.keys.add(key.stored)
    store.close()
    server = Server(settings, ZHIYING_FAILURE_LIMIT="1000000/second", ZHIYING_CLIENT_TIMEOUT_S="1")
    Writer.headers = {"Authorization": f"Bearer {key.text}"}
    attacks = [Attack(server, key.text, random.Random(seed + i)) for i in range(N_ATTACKERS)]
    writers = [Writer(server, seed + i) for i in range(2)]
    began = time.monotonic()
    try:
        lines = b"".join(orjson.dumps(i.model_dump(exclude_none=True)) + b"\n" for i in ITEMS)
        session = requests.Session()
        session.headers.update(Writer.headers)
        lines += b"".join(b'{"id": "victim-%d", "title": "t"}\n' % k for k in range(10))
        url = server.url + "/v1/items/bulk"
        session.post(url, data=lines, headers=NDJSON, timeout=60).raise_for_status()
        threads = [threading.Thread(target=a.run, args=(n // len(attacks),)) for a in attacks]
        for thread in (*writers, *threads):
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(rng.uniform(0.2, 2.0))
            fault = rng.choice(("worker", "refit", "refit", *(["database"] * bool(postgres))))
            if fault == "worker":
                kill(workers(server)[:1])
            elif fault == "refit":
                with suppress(requests.RequestException):
                    session.post(server.url + "/v1/jobs", json={"kind": "refit"}, timeout=60)
                time.sleep(rng.uniform(0.0, 2.0))
                kill(refits(server)[:1])
            else:
                rng.choice((postgres.kill, postgres.stop))()
                time.sleep(rng.uniform(0.0, 0.5))
                postgres.start()
            faults[fault] += 1
        time.sleep(1)
        for writer in writers:
            writer.finish()
        ready = session.get(server.url + "/readyz", timeout=60).status_code
    finally:
        server.stop()
    acknowledged = writers[0].acknowledged | writers[1].acknowledged
    lost = acknowledged - stored(settings)
    log = "\n".join(server.log)
    secret = key.text.split("_", 2)[2]
    sent = sum((a.sent for a in attacks), Counter())
    table(name, sent, faults, time.monotonic() - began)
    print(f"events acknowledged {len(acknowledged)}, lost {len(lost)}; ready at the end: {ready}")
    print(f"writers' requests that failed and were sent again: {sum(w.n_failed for w in writers)}")
    wrong = [b for a in attacks for b in a.broken] + [o for w in writers for o in w.odd]
    wrong += [f"lost {event}" for event in sorted(lost)[:5]]
    wrong += ["a key is in the log"] * (secret in log) + ["a text is in the log"] * (
        "MARKER" in log
    )
    if postgres is None:  # else there is a time without a database, and each 503 is a line
        wrong += [line for line in server.log if "request failed" in line]
    wrong += [f"not ready: {ready}"] * (ready != 200)
    return wrong


def kill(victims: list[int]) -> None:
    for victim in victims:
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)


def table(name: str, sent: Counter, faults: Counter, seconds: float) -> None:
    outcomes = sorted({outcome for _, outcome in sent})
    kinds = sorted({kind for kind, _ in sent})
    print(f"\n{name}: {sum(sent.values())} bad requests in {seconds:.0f} s; killed: {dict(faults)}")
    print("| request | " + " | ".join(outcomes) + " |")
    print("|---" * (len(outcomes) + 1) + "|")
    for kind in kinds:
        cells = " | ".join(str(sent[kind, o] or "") for o in outcomes)
        print(f"| {kind.replace('_', ' ')} | {cells} |")


def main(n: int = 10_000, seed: int = 20261127) -> None:
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as home:
        wrong += soak("SQLite", Settings(home=home), n // 2, seed, None)
    folder = Path(
        subprocess.check_output(["mktemp", "-d", "/tmp/zhiying-pg-XXXXXX"], text=True).strip()
    )
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    postgres = Postgres(folder)
    try:
        with tempfile.TemporaryDirectory() as home:
            settings = Settings(home=home, database_url=postgres.url)
            wrong += soak("PostgreSQL", settings, n - n // 2, seed + 1, postgres)
    finally:
        with suppress(subprocess.CalledProcessError):
            postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
    for line in wrong[:20]:
        print("WRONG", line)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
