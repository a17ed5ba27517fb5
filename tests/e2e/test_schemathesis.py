"""Random requests, valid and broken, find no answer that the document does not describe."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from service import sample
from service.config import Settings
from service.keys import new_key
from service.store import Store

from .conftest import Server
from .test_server import post_lines, refit


@pytest.fixture
def stocked(settings: Settings):
    # wrong keys are tried by the hundred
    server = Server(settings, ZHIYING_FAILURE_LIMIT="100000/minute")
    try:
        items = sample.catalogue()[:20]
        post_lines(server, "/v1/items/bulk", items)
        post_lines(server, "/v1/events/bulk", list(sample.learners(items, n=20)))
        refit(server)
        yield server
    finally:
        server.stop()


@pytest.fixture
def key(stocked: Server) -> str:
    """From here on the server asks for keys."""
    key = new_key("schemathesis", ["admin"], now=time.time(), rate="100000/second")
    store = Store(stocked.settings.url)
    store.keys.add(key.stored)
    store.close()
    deadline = time.monotonic() + 10
    while requests.get(stocked.url + "/v1/items", timeout=30).status_code != 401:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return key.text


#: a random `If-Match` is valid and names no state: 412 is its right answer
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 412, 429]

# an idempotency key that comes again with another body is refused, and so are two clocks or two ids
[[operations]]
include-operation-id = ["post_job", "post_event", "recommend", "recommend_session",
    "get_xapi_statement", "put_xapi_statement"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 422, 429]
"""


# in two runs, which two processes may take at once; the routes are the same on either database:
# what is tried one by one is tried on one
@pytest.mark.parametrize(
    ("settings", "phases", "examples"),
    [
        ("sqlite", "coverage", 6),
        ("sqlite", "examples,fuzzing,stateful", 6),
        pytest.param("postgresql", "fuzzing,stateful", 2, marks=pytest.mark.postgres),
    ],
    indirect=["settings"],
)
def test_schemathesis_finds_nothing(stocked, key, tmp_path, phases, examples):
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    run = subprocess.run(
        [
            *(Path(sys.executable).parent / "schemathesis", "run", stocked.url + "/openapi.json"),
            *(
                "--max-examples",
                str(examples),
                "--phases",
                phases,
                "--seed",
                "20261124",
                "--no-color",
            ),
            *("--generation-database", "none", "--header", f"Authorization: Bearer {key}"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-8000:]
    assert "Failures:" not in run.stdout
    assert "Errors:" not in run.stdout
    assert int(re.search(r"(\d+) generated", run.stdout)[1]) > 50 * examples
    assert requests.get(stocked.url + "/readyz", timeout=30).ok
    assert not [line for line in stocked.log if "request failed" in line]
    assert not [line for line in stocked.log if key in line]
