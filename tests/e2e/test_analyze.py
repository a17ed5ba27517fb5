"""``zhiying analyze`` as a process: killed in the middle, and on a cluster."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "service", "analyze", *map(str, arguments)]


@pytest.fixture
def many(tmp_path):
    path = tmp_path / "many.jsonl"
    rows = ({"id": f"t{n}", "text": f"第{n}讲介绍矩阵分解。" * 20} for n in range(1200))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_killed_run_resumes_to_the_file_of_a_whole_one(many, tmp_path):
    whole, broken = tmp_path / "whole.jsonl", tmp_path / "broken.jsonl"
    parts = ("--include", "tags", "--include", "sentiment")
    subprocess.run(command(many, *parts, "-o", whole), check=True)
    process = subprocess.Popen(command(many, *parts, "-o", broken, "-j", 2))
    deadline = time.monotonic() + 60
    while not broken.exists() or broken.stat().st_size < whole.stat().st_size / 5:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    workers = children(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert 0 < broken.stat().st_size < whole.stat().st_size
    with broken.open("ab") as file:
        file.write(b'{"id": "torn')
    subprocess.run(command(many, *parts, "-o", broken, "--resume"), check=True)
    assert broken.read_bytes() == whole.read_bytes()
    assert len(workers) == 2
    assert not any(is_alive(worker) for worker in workers)  # none waits for work for ever


def test_a_dask_cluster_gives_the_same_lines(many, tmp_path):
    distributed = pytest.importorskip("distributed")
    few = tmp_path / "few.jsonl"
    few.write_text("".join(many.read_text().splitlines(keepends=True)[:100]))
    subprocess.run(command(few, "-j", 1, "-o", tmp_path / "here.jsonl"), check=True)
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    remote = command(few, "-o", tmp_path / "there.jsonl", "--scheduler")
    subprocess.run([sys.executable, script, *remote], check=True, timeout=240)
    assert (tmp_path / "there.jsonl").read_bytes() == (tmp_path / "here.jsonl").read_bytes()
    assert distributed.__version__


#: a cluster of one worker process, in a process of its own: it starts threads and warns at will
CLUSTER = """
import subprocess, sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        sys.exit(subprocess.call([*sys.argv[1:], cluster.scheduler_address]))
"""


def children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
