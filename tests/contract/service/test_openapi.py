"""The document describes what is there; `tests/e2e` holds the service to it."""

import re

import pytest

from service.app import create_app
from service.config import Settings
from service.fitting import refit
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
