"""Input made to hurt: each is refused as a problem below 500, and the service goes on."""

import time

import orjson
import pytest

from service.routes import build

from .conftest import lines_of, ndjson
from .test_access import ask

JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}
WRITES = [e for e in build("0").endpoints if e.body is not None]
STREAMS = [e for e in build("0").endpoints if e.lines is not None]


def nested(n: int) -> bytes:
    return b'{"attributes": ' + b'{"a": ' * n + b"1" + b"}" * n + b"}"


BODIES = {
    "nothing": b"",
    "cut": b'{"text": "a',
    "NaN": b'{"value": NaN, "text": "a"}',
    "Infinity": b'{"value": Infinity}',
    "huge whole number": b'{"value": ' + b"9" * 5000 + b"}",
    "huge exponent": b'{"value": 1e999}',
    "invalid UTF-8": b'{"text": "\xff\xfe"}',
    "overlong UTF-8": b'{"text": "\xc0\xaf"}',
    "lone surrogate": b'{"text": "\\ud800"}',
    "UTF-16": '{"text": "a"}'.encode("utf-16"),
    "BOM": b'\xef\xbb\xbf{"text": "a"}',
    "deep objects": nested(200),
    "very deep objects": nested(100_000),
    "deep lists": b'{"attributes": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}",
    "deep unknown field": b'{"type": ' + b"[" * 900 + b"]" * 900 + b"}",
    "duplicate names": b'{"text": "a", "text": "b", "title": "a", "title": "b", "kind": "x"}',
    "duplicate names inside": b'{"attributes": {"a": 1, "a": 2}, "context": {"a": 1, "a": 2}}',
    "duplicate escaped names": b'{"\\u0061": 1, "a": 2}',
    "NUL in a text": b'{"text": "a\\u0000b", "user": "\\u0000", "kind": "\\u0000", "a": 1}',
    "many fields": b"{" + b",".join(b'"f%d": %d' % (n, n) for n in range(20_000)) + b"}",
    "prototype": b'{"__proto__": {"admin": true}, "constructor": 1}',
    "a list": b"[" + b"{}," * 1000 + b"{}]",
    "a number": b"1",
    "comment": b'/* a */ {"text": "a"}',
    "SQL": b'{"kind": 1, "text": ["\' OR 1=1; DROP TABLE items; --"], "type": "x"}',
}


@pytest.fixture(scope="module")
def client(lasting):
    return lasting


def assert_refused(answer):
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:500])
    assert answer.mimetype == "application/problem+json"
    assert answer.json["title"]
    assert len(answer.data) < 3_000_000


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("endpoint", WRITES, ids=lambda e: f"{e.method} {e.path}")
def test_a_hostile_body_is_refused(client, endpoint, name):
    path = endpoint.path.replace("{item_id}", "a").replace("{user_id}", "u")
    answer = client.open(path, method=endpoint.method, data=BODIES[name], headers=JSON)
    assert_refused(answer)


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("endpoint", STREAMS, ids=lambda e: e.path)
def test_a_hostile_line_is_refused_by_itself(client, endpoint, name):
    hostile = BODIES[name].replace(b"\n", b" ") + b"\n"
    good = endpoint.example.text.encode()
    answer = client.post(endpoint.path, data=hostile + good, headers=NDJSON)
    assert answer.status_code == 200
    lines = lines_of(answer)
    statuses = [line["status"] for line in lines if line["line"] == 1]
    assert statuses == ([] if name == "nothing" else [422]), lines[:1]
    assert {line["line"] for line in lines} >= {2}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/items/%00",
        "/v1/items/%ff%fe",
        "/v1/items/%0d%0aSet-Cookie:a=b",
        "/v1/items/" + "x" * 5000,
        "/v1/items/..%2f..%2f..%2fetc%2fpasswd",
        "/v1/items/../../etc/passwd",
        "/v1/jobs/%27%20OR%201=1--",
        "/v1/users/%00/events",
        "/v1/users/u/events?cursor=nan%20x",
        "/v1/users/u/events?cursor=0x1p99999%20x",
        "/v1/users/u/events?cursor=%00",
        "/v1/items?cursor=%00",
        "/v1/items?n=1e3",
        "/v1/items?n=" + "9" * 4000,
        "/v1/items?attribute=a",
        "/v1/items?" + "&".join(f"p{n}=1" for n in range(2000)),
        "/v1/export?only=keys",
        "/docs/../../../etc/passwd",
        "/docs/%2e%2e/%2e%2e/pyproject.toml",
    ],
)
def test_a_hostile_url_is_refused(client, path):
    answer = client.get(path)
    if "cursor=nan" in path or "..%2f" in path:
        assert answer.status_code in (200, 404, 422)
    else:
        assert 400 <= answer.status_code < 500, answer.text[:300]
    assert "root:" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_request_id_of_somebody_else_cannot_break_a_line_of_the_log(client):
    for given in ("a\tb", "é" * 10, "x" * 65, "", "a b\x7f"):
        answer = client.get("/livez", headers={"X-Request-ID": given})
        assert answer.headers["X-Request-ID"] != given


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": "*" * 5000},
        {"If-None-Match": '"unclosed'},
        {"If-Match": ",,,,"},
        {"Accept-Language": "zh;q=nonsense, en;q=99"},
        {"Accept-Language": ",".join(f"l{n};q=0.{n}" for n in range(500))},
        {"Accept-Encoding": "gzip;q=x"},
        {"Content-Type": "application/json; charset=utf-7"},
        {"Range": "bytes=0-1,5-4,x"},
        {"Cookie": "a=" + "b" * 4000},
    ],
)
def test_hostile_headers_do_no_harm(client, headers):
    for method, path in (
        ("GET", "/v1/items"),
        ("GET", "/v1/items/none"),
        ("DELETE", "/v1/items/x"),
    ):
        assert client.open(path, method=method, headers=headers).status_code < 500


def test_a_thousand_lines_of_nothing_cost_nothing(client):
    started = time.monotonic()
    answer = client.post("/v1/items/bulk", data=b"\n" * 2_000_000, headers=NDJSON)
    assert answer.status_code == 200
    assert answer.data == b""
    assert time.monotonic() - started < 10


def test_a_text_that_looks_like_json_is_a_text(client):
    text = '{"a": 1, "a": 2} ::: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[['
    assert client.put("/v1/items/a", json={"text": text}).json["text"] == text
    raw = ndjson([{"id": "b", "text": text}])
    assert lines_of(client.post("/v1/items/bulk", data=raw, headers=NDJSON))[0]["status"] in (
        200,
        201,
    )


def test_numbers_that_no_database_holds_are_stored_or_refused(client):
    for value in (2**63, 2**64, -(2**64), 10**300, 1e308, 5e-324):
        raw = orjson.dumps({"attributes": {"n": 0}}).replace(b"0", str(value).encode())
        assert client.put("/v1/items/a", data=raw, headers=JSON).status_code in (200, 201, 400, 422)
        assert client.get("/v1/items/a").status_code == 200
        assert client.get("/v1/export").status_code == 200


def test_after_all_that_the_service_answers(client):
    assert client.get("/readyz").status_code == 200
    for endpoint in WRITES:
        assert ask(client, endpoint).status_code < 500
