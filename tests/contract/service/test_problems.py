"""Bad input: a precise problem body for every origin of error, never a 500."""

from datetime import UTC, datetime, timedelta

import pytest

from service.logs import KeyValue

from .conftest import lines_of, ndjson


@pytest.fixture(autouse=True)
def in_english(request):
    asked = "lasting" if "lasting" in request.fixturenames else "client"
    request.getfixturevalue(asked).environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"


EVENT = {"user": "u", "item": "a", "type": "view"}
AHEAD = (datetime.now(UTC) + timedelta(days=30)).isoformat()


def assert_problem(response, status, pointer=None, words=""):
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    body = response.json
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == response.headers["X-Request-ID"]
    if pointer is not None:
        assert pointer in {field["pointer"] for field in body["errors"]}, body
    assert words in response.text, body


@pytest.mark.parametrize(
    ("raw", "type_", "status", "words"),
    [
        (b"", "application/json", 400, "not JSON"),
        (b"{", "application/json", 400, "not JSON"),
        (b'{"text": "a", }', "application/json", 400, "not JSON"),
        (b'{"text": NaN}', "application/json", 400, "not JSON"),
        (b'{"text": "\xff"}', "application/json", 400, "not JSON"),
        (b'{"text": "\\ud800"}', "application/json", 400, "not JSON"),
        (b"[" * 100_000, "application/json", 400, "not JSON"),
        (b"[]", "application/json", 422, ""),
        (b'"text"', "application/json", 422, ""),
        (b"null", "application/json", 422, ""),
        (b"text=a", "application/x-www-form-urlencoded", 415, "application/json"),
    ],
)
def test_what_is_not_a_json_object_is_refused(lasting, raw, type_, status, words):
    for path in ("/v1/analyze", "/v1/events"):
        response = lasting.post(path, data=raw, content_type=type_)
        assert_problem(response, status, words=words)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"user": None}, "/user"),
        ({"user": 1}, "/user"),
        ({"user": ""}, "/user"),
        ({"user": "x" * 257}, "/user"),
        ({"user": "a\x00b"}, "/user"),
        ({"item": ["a"]}, "/item"),
        ({"type": "watched"}, "/type"),
        ({"type": None}, "/type"),
        ({"colour": "red"}, "/colour"),
        ({"time": AHEAD}, "/time"),
        ({"time": "soon"}, "/time"),
        ({"type": "play", "value": 1.5}, "/value"),
        ({"type": "play", "value": "0.5"}, "/value"),
        ({"type": "rate"}, "/value"),
        ({"type": "rate", "value": 5}, "/value"),
        ({"type": "purchase", "value": -1}, "/value"),
        ({"context": {"a": {"b": 1}}}, "/context/a"),
        ({"text": "a\x00b"}, "/text"),
    ],
)
def test_each_wrong_field_of_an_event_is_named(lasting, change, pointer):
    lasting.put("/v1/items/a", json={})
    assert_problem(lasting.post("/v1/events", json=EVENT | change), 422, pointer)
    raw = ndjson([EVENT, EVENT | change])
    good, bad = lines_of(
        lasting.post("/v1/events/bulk", data=raw, content_type="application/x-ndjson")
    )
    assert good["status"] in (200, 201)  # written now, or before
    assert bad["status"] == 422
    assert bad["error"]["pointer"].startswith(pointer)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"title": 1}, "/title"),
        ({"title": "x" * 1001}, "/title"),
        ({"text": None}, "/text"),
        ({"text": "x" * 1_000_001}, "/text"),
        ({"kind": ""}, "/kind"),
        ({"attributes": []}, "/attributes"),
        ({"attributes": {"a": {"b": {}}}}, "/attributes/a"),
        ({"attributes": {str(i): i for i in range(101)}}, "/attributes"),
        ({"published_at": "2022-02-30"}, "/published_at"),
        ({"published_at": "0001-01-01T00:00:00Z"}, "/published_at"),
        ({"id": "a"}, "/id"),
    ],
)
def test_each_wrong_field_of_an_item_is_named(lasting, body, pointer):
    response = lasting.put("/v1/items/b", json=body)
    assert_problem(response, 422)
    assert any(f["pointer"].startswith(pointer) for f in response.json["errors"]), response.json
    assert lasting.get("/v1/items/b").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "n=0",
        "n=-1",
        "n=1001",
        "n=99999999999999999999",
        "n=ten",
        "n=",
        "n=1&n=2",
        "N=1",
        "seen=no",
        "explain=perhaps",
        "exclude=",
        "attribute=level",
        "attribute=:1",
    ],
)
def test_each_wrong_parameter_of_a_query_is_refused(lasting, query):
    assert_problem(lasting.get(f"/v1/users/u/recommendations?{query}"), 422)


def test_parameters_where_none_are_read_are_refused(client):
    assert_problem(client.get("/livez?x=1"), 422, words="x")


def test_what_does_not_exist_is_named(client):
    assert_problem(client.get("/v1/items/x%2Fy"), 404, words="x/y")
    assert_problem(client.delete("/v1/items/x"), 404)
    assert_problem(client.patch("/v1/items/x", json={"title": "t"}), 404)
    assert_problem(client.get("/v1/items/x/similar"), 404)
    assert_problem(client.get("/v1/jobs/x"), 404)
    assert_problem(client.post("/v1/models/x/activate"), 404)
    assert_problem(client.post("/v1/models/..%2F..%2Fetc/activate"), 404)
    assert_problem(client.post("/v1/events", json=EVENT), 404, "/item", "put the item first")
    session = {"events": [{"item": "x"}]}
    assert_problem(client.post("/v1/recommendations", json=session), 404, "/events/0/item")
    assert_problem(client.get("/v2/nothing"), 404)


def test_a_line_about_an_unknown_item_is_refused_by_itself(client):
    client.put("/v1/items/a", json={})
    raw = ndjson([EVENT | {"item": "x"}, EVENT])
    bad, good = lines_of(
        client.post("/v1/events/bulk", data=raw, content_type="application/x-ndjson")
    )
    assert (bad["status"], bad["error"]["pointer"]) == (422, "/item")
    assert good["status"] == 201


def test_a_kind_with_a_nul_is_refused_on_every_database(client):
    assert_problem(client.get("/v1/items?kind=%00"), 422)
    assert_problem(client.get("/v1/users/u/recommendations?kind=%00"), 422)


def test_a_url_that_is_no_utf8_names_no_item(client):
    assert_problem(client.put("/v1/items/rv%ff", json={}), 422)


def test_methods_that_a_path_does_not_have_are_refused_with_those_it_has(client):
    response = client.post("/livez")
    assert_problem(response, 405)
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_what_a_path_takes_can_be_asked_and_the_answer_is_no_page(client):
    response = client.options("/v1/items/a")
    assert (response.status_code, response.data) == (200, b"")
    assert "Content-Type" not in response.headers
    methods = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT"}
    assert set(response.headers["Allow"].split(", ")) == methods


def test_a_body_over_the_limit_is_refused(client, services):
    limit = services.settings.max_body_bytes
    raw = b'{"text": "' + b"a" * limit + b'"}'
    response = client.post("/v1/analyze", data=raw, content_type="application/json")
    assert_problem(response, 413, words=str(limit))


def test_streams_say_what_type_they_read(client):
    for path in ("/v1/items/bulk", "/v1/events/bulk", "/v1/analyze/stream"):
        assert_problem(client.post(path, data=b"a=1", content_type="multipart/form-data"), 415)


@pytest.mark.parametrize("text", ["", "。", "\n\n", "😀" * 1000, "a" * 100_000, "微积分" * 100_000])
def test_texts_of_any_length_are_analysed(lasting, text):
    response = lasting.post("/v1/analyze?include=sentiment&include=tags", json={"text": text})
    assert response.status_code == 200


def test_many_texts_of_one_request_are_no_longer_than_one_may_be(lasting):
    half = "😀" * 500_000  # characters count, as they do in one text
    body = {"texts": [{"text": half}, {"text": half}, {"text": "一"}]}
    answer = lasting.post("/v1/analyze", json=body)
    assert_problem(answer, 422, "/texts", "1000000")
    assert_problem(lasting.post("/v1/analyze", json={"text": half * 2 + "一"}), 422, "/text")


def test_what_nobody_expected_tells_the_client_nothing_and_the_log_everything(
    client, services, monkeypatch, caplog
):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(type(services.store.items), "get", broken)
    caplog.handler.setFormatter(KeyValue("%(levelname)s %(name)s %(message)s"))  # as in the log
    response = client.get("/v1/items/a")
    assert_problem(response, 500, words="request id")
    assert "secret" not in response.text
    # what went wrong and where; not the message of the exception, which may quote a text
    written = "\n".join(map(KeyValue("%(message)s").format, caplog.records))
    assert "ZeroDivisionError" in written
    assert "in broken" in written
    assert "secret" not in written
