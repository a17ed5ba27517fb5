"""What a killed server left in the folder for temporary files goes at the next start."""

import os
import subprocess
import sys

SERVER = """
import os, signal, time
from service import leftovers, metrics
leftovers.GRACE_S = 0.0
began, end = os.pipe()
if os.fork() == 0:  # a server that is killed
    print(metrics.share_between_workers().name, flush=True)
    os._exit(9)
os.wait()
goes_on = os.fork()
if goes_on == 0:
    metrics.share_between_workers()
    os.write(end, b".")
    time.sleep(60)
os.read(began, 1)
metrics.share_between_workers()
print(len([n for n in os.listdir(os.environ["TMPDIR"]) if n.startswith("zhiying-")]))
os.kill(goes_on, signal.SIGKILL)
"""


def test_figures_of_a_killed_server_are_removed_and_those_of_a_living_one_stay(tmp_path):
    found = subprocess.run(
        [sys.executable, "-c", SERVER],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.split()
    assert found[1] == "2", found
    assert not (tmp_path / found[0]).exists()
