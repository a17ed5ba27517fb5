"""Portraits, audiences, reports and channels over HTTP, on the sample catalogue."""

import doctest
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from service import sample
from service.app import create_app
from service.cli import main
from service.config import Settings
from service.fitting import refit
from service.services import Services

DOCUMENT = Path(__file__).parents[3] / "docs" / "insight.md"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("insight")


@pytest.fixture(scope="module")
def sampled(home) -> FlaskClient:
    """The sample catalogue with 150 learners, fitted."""
    services = Services.build(Settings(home=home))
    items = sample.catalogue()
    services.pipeline.put_items(items)
    services.pipeline.add_events(list(sample.learners(items, n=150)), repeatable=True)
    refit(services.store, services.models)
    yield create_app(services.settings, services).test_client()
    services.store.close()


def test_the_examples_of_the_document_are_what_is_answered(sampled):
    found = doctest.testfile(
        str(DOCUMENT),
        module_relative=False,
        globs={"get": lambda path, **query: sampled.get(path, query_string=query).json},
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS,
    )
    assert found.attempted > 5
    assert found.failed == 0


# ---- profile ----------------------------------------------------------------------------


def test_somebody_never_heard_of_has_no_profile(sampled):
    assert sampled.get("/v1/users/nobody/profile").status_code == 404


def test_a_profile_names_events_that_are_there(sampled):
    found = sampled.get("/v1/users/学员001/profile?features=true").json
    events = sampled.get("/v1/users/学员001/events?n=500").json["events"]
    named = {i for trait in found["interests"] + found["parts"] for i in trait["evidence"]}
    assert named
    assert named <= {e["id"] for e in events}
    assert found["n_events"] == len(events)
    assert found["features"]
    assert found["timezone"] == "Asia/Shanghai"


def test_a_clock_that_is_none_is_refused(sampled):
    problem = sampled.get("/v1/users/学员001/profile?utc_offset=8")
    assert problem.status_code == 422
    assert problem.json["errors"][0]["pointer"] == "/utc_offset"


def test_an_event_is_in_the_next_profile_and_an_erased_user_in_none(sampled):
    event = {"user": "新人", "item": "course-edu-001", "type": "complete"}
    assert sampled.post("/v1/events", json=event).status_code == 201
    found = sampled.get("/v1/users/新人/profile").json
    assert found["interests"][0]["name"] == "domain:教育/数学"
    assert sampled.delete("/v1/users/新人").status_code == 204
    assert sampled.get("/v1/users/新人/profile").status_code == 404


def test_the_command_prints_what_http_answers(sampled, home):
    run = CliRunner().invoke(
        main, ["--home", str(home), "insight", "profile", "学员001", "--features", "--json"]
    )
    assert run.exit_code == 0, run.output
    answer = sampled.get("/v1/users/学员001/profile?features=true").json
    assert orjson.loads(run.stdout) == answer
    text = CliRunner().invoke(main, ["--home", str(home), "insight", "profile", "学员001"])
    assert "兴趣" in text.stdout
