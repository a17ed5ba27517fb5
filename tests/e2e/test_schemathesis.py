"""Random requests, valid and broken, find no answer that the document does not describe."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from service import sample
from service.config import Settings

from .conftest import Server
from .test_server import post_lines, refit


@pytest.fixture
def stocked(settings: Settings):
    server = Server(settings)
    try:
        items = sample.catalogue()[:20]
        post_lines(server, "/v1/items/bulk", items)
        post_lines(server, "/v1/events/bulk", list(sample.learners(items, n=20)))
        refit(server)
        yield server
    finally:
        server.stop()


def test_schemathesis_finds_nothing(stocked, tmp_path):
    run = subprocess.run(
        [
            *(Path(sys.executable).parent / "schemathesis", "run", stocked.url + "/openapi.json"),
            *("--max-examples", "10", "--seed", "20261124", "--no-color"),
            *("--generation-database", "none"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-8000:]
    assert "No issues found" in run.stdout
    assert requests.get(stocked.url + "/readyz", timeout=30).ok
    assert not [line for line in stocked.log if "request failed" in line]
