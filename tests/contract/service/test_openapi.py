"""The document describes what is there; `tests/e2e` holds the service to it."""

import re
from urllib.parse import quote

import jsonschema_rs
import orjson
import pytest

from service import sample
from service.app import create_app
from service.config import Settings
from service.fitting import refit
from service.media import NDJSON
from service.routes import build
from service.services import Services

from .conftest import TEXTS, ndjson


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    services = Services.build(Settings(home=tmp_path_factory.mktemp("home")))
    app = create_app(services.settings, services)
    rows = [{"id": i, "title": t, "text": x} for i, (t, x) in TEXTS.items()]
    app.test_client().post("/v1/items/bulk", data=ndjson(rows), content_type="application/x-ndjson")
    refit(services.store, services.models)
    yield app
    services.store.close()


@pytest.fixture(scope="module")
def document(app):
    return app.test_client().get("/openapi.json").json


def test_every_route_is_described(app, document):
    described = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
    }
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith("/docs")
    }
    assert described == served


def test_every_operation_says_what_it_does(document):
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["responses"]


# ---- the examples run -------------------------------------------------------------------


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """The sample catalogue, fitted, with a job and a statement: what the examples are about."""
    services = Services.build(Settings(home=tmp_path_factory.mktemp("sampled")))
    items = sample.catalogue()
    services.pipeline.put_items(items)
    services.pipeline.add_events(list(sample.learners(items, n=30)), repeatable=True)
    model = refit(services.store, services.models).version
    job = services.store.jobs.queue("refit", {"auto": True})
    services.store.jobs.fail_waiting("for the example")
    client = create_app(services.settings, services).test_client()
    put = next(e.example for e in build("0").endpoints if e.name == "put_xapi_statement")
    client.put("/v1/xapi/statements", query_string=put.query, json=put.body)
    yield client, {"{model}": model, "{job}": job.id}
    services.store.close()


def operations():
    """Writes last, deletions at the very end: the examples run in this order on one service."""
    order = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return sorted(build("0").endpoints, key=lambda e: order.index(e.method))


@pytest.mark.parametrize("endpoint", operations(), ids=lambda e: f"{e.method} {e.path}")
def test_the_example_of_a_route_is_answered_as_the_document_says(sampled, endpoint):
    client, names = sampled
    document = client.get("/openapi.json").json
    operation = document["paths"][endpoint.path][endpoint.method.lower()]
    path, query = endpoint.path, {}
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            value = names.get(parameter["example"], parameter["example"])
            path = path.replace(f"{{{parameter['name']}}}", quote(value, safe=""))
        elif parameter["in"] == "query" and "example" in parameter:
            query[parameter["name"]] = parameter["example"]
    options = {}
    for type_, media in operation.get("requestBody", {}).get("content", {}).items():
        if "x-line-examples" in media:
            data = ndjson(media["x-line-examples"])
        else:
            value = media["examples"]["plain"]["value"]
            data = value if isinstance(value, str) else orjson.dumps(value)
        options = {"data": data, "content_type": type_}
    answer = client.open(path, method=endpoint.method, query_string=query, **options)
    assert answer.status_code < 400, answer.text
    described = operation["responses"][str(answer.status_code)].get("content", {})
    assert answer.mimetype in (described or {None, "text/html"})
    for type_, media in described.items():
        if type_ != answer.mimetype or type_ == "text/html":  # pages have no schema
            continue
        schema = media.get("x-line-schema", media["schema"])
        lines = answer.data.splitlines() if type_ == NDJSON else [answer.data]
        assert lines
        is_text = type_ == "text/plain" or endpoint.path == "/v1/export"
        for line in [] if is_text else lines:
            jsonschema_rs.validator_for(schema | {"components": document["components"]}).validate(
                orjson.loads(line)
            )


def test_no_example_of_a_body_or_line_is_empty_or_missing():
    for endpoint in build("0").endpoints:
        assert set(endpoint.example.path) == set(endpoint.path_names)
        assert (endpoint.body is None) == (endpoint.example.body is None), endpoint
        assert (endpoint.lines is None) == (not endpoint.example.lines), endpoint
