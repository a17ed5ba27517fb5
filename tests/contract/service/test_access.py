"""Who may ask what. The matrix comes from the document, so that no route can be forgotten."""

import time
from base64 import b64encode
from urllib.parse import quote

import pytest
from limits import storage
from sqlalchemy.exc import OperationalError

from service.app import create_app
from service.errors import RateError
from service.keys import MAX_AGE_S, Keyring, is_valid, new_key
from service.ratelimit import Limiter
from service.routes import build
from service.store import Store

ENDPOINTS = build("0").endpoints
PUBLIC = {"/", "/livez", "/readyz", "/openapi.json", "/v1/xapi/about"}


def make(services, *scopes, **options) -> str:
    key = new_key("test", scopes, now=time.time(), **options)
    services.store.keys.add(key.stored)
    return key.text


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def ask(client, endpoint, **options):
    path = endpoint.path
    for name in endpoint.path_names:
        path = path.replace(f"{{{name}}}", quote(endpoint.example.path[name], safe=""))
    body = endpoint.example.text if endpoint.lines is not None else None
    if body is not None:
        options |= {"data": body, "content_type": "application/x-ndjson"}
    elif endpoint.body is not None:
        options["json"] = endpoint.example.body
    return client.open(path, method=endpoint.method, **options)


def test_only_probes_and_the_documentation_are_public():
    assert {e.path for e in ENDPOINTS if e.scope == "public"} <= PUBLIC
    for endpoint in ENDPOINTS:
        writes = endpoint.method in ("PUT", "PATCH", "DELETE")
        assert not writes or endpoint.scope in ("write", "admin"), endpoint


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: f"{e.method} {e.path}")
def test_each_route_takes_the_keys_of_its_scope_and_no_other(client, services, endpoint, document):
    keys = {scope: make(services, scope) for scope in ("read", "write", "admin")}
    described = document["paths"][endpoint.path][endpoint.method.lower()]["security"]
    if endpoint.scope == "public":
        assert described == []
        assert ask(client, endpoint).status_code < 400
        return
    assert described == [{"bearer": [endpoint.scope]}, {"header": [endpoint.scope]}]
    nobody = ask(client, endpoint)
    assert nobody.status_code == 401
    assert nobody.headers["WWW-Authenticate"].startswith("Bearer")
    assert nobody.json["type"].endswith(":unauthenticated")
    for scope, text in keys.items():
        answer = ask(client, endpoint, headers=bearer(text))
        if scope in (endpoint.scope, "admin"):
            assert answer.status_code not in (401, 403), (scope, answer.text)
        else:
            assert answer.status_code == 403, (scope, answer.text)
            assert endpoint.scope in answer.json["detail"]


def test_figures_are_for_those_who_may_read_and_other_routes_for_administrators(services):
    app = create_app(services.settings, services)
    app.get("/forgotten")(lambda: "secret")
    client = app.test_client()
    assert client.get("/metrics").status_code == 200  # without keys, on this machine
    keys = {scope: make(services, scope) for scope in ("read", "write", "admin")}
    services.keyring._known = None  # as after a tenth of a second
    assert client.get("/metrics").status_code == 401
    found = {
        path: [client.get(path, headers=bearer(text)).status_code for text in keys.values()]
        for path in ("/metrics", "/forgotten")
    }
    assert found == {"/metrics": [200, 403, 200], "/forgotten": [403, 403, 200]}
    for path in ("/docs/", "/docs/swagger-ui.css", "/nothing"):
        with client.get(path) as answer:
            assert answer.status_code != 401


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer"},
        {"Authorization": "Basic Og=="},
        {"Authorization": "Basic"},
        {"Authorization": "Basic n\u00f6"},
        {"Authorization": "Basic " + b64encode(b"zhiying:nonsense").decode()},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer zhiying_0123456789ab_" + "A" * 43},
        {"X-API-Key": ""},
        {"X-API-Key": "zhiying_" + "a" * 8000},
    ],
)
def test_what_is_no_key_opens_nothing(client, services, headers):
    make(services, "read")
    assert client.get("/v1/items", headers=headers).status_code == 401


def test_a_key_with_another_secret_is_refused(client, services):
    text = make(services, "read")
    assert client.get("/v1/items", headers={"X-API-Key": text}).status_code == 200
    basic = {"Authorization": "Basic " + b64encode(f"lrs:{text}".encode()).decode()}
    assert client.get("/v1/items", headers=basic).status_code == 200
    other = text[:-1] + ("A" if text[-1] != "A" else "B")
    assert client.get("/v1/items", headers=bearer(other)).status_code == 401


def test_a_key_ends_when_it_expires_and_the_door_stays_locked(client, services):
    now = [time.time()]
    services.keyring.clock = lambda: now[0]
    text = make(services, "read", expires_at=now[0] + 60)
    assert client.get("/v1/items", headers=bearer(text)).status_code == 200
    now[0] += 60
    assert client.get("/v1/items", headers=bearer(text)).status_code == 401
    assert client.get("/v1/items").status_code == 401


def test_a_revoked_key_stays_revoked_where_the_clock_is_set_back(client, services):
    key = make(services, "read")
    ahead_s = [0.0]
    services.keyring.clock = lambda: time.time() - 86_400
    services.keyring.monotonic = lambda: time.monotonic() + ahead_s[0]
    assert client.get("/v1/items", headers=bearer(key)).status_code == 200
    [stored] = services.store.keys.all()
    services.store.keys.revoke(stored.id, time.time())
    ahead_s[0] = MAX_AGE_S
    assert client.get("/v1/items", headers=bearer(key)).status_code == 401


def test_a_revoked_key_is_served_two_seconds_more_at_most_on_every_worker(settings):
    with_store = [Store(settings.url) for _ in range(2)]
    with_store[0].upgrade()
    now = [0.0]
    rings = [Keyring(store, monotonic=lambda: now[0]) for store in with_store]
    key = new_key("k", ["read"], now=time.time())
    assert all(ring.is_open() for ring in rings)
    with_store[0].keys.add(key.stored)
    now[0] += 0.2
    assert [ring.find(key.text) is not None for ring in rings] == [True, True]
    with_store[0].keys.revoke(key.stored.id, time.time())
    now[0] += MAX_AGE_S + 0.01
    assert [ring.find(key.text) for ring in rings] == [None, None]
    assert not any(ring.is_open() for ring in rings)
    for store in with_store:
        store.close()


def test_keys_that_are_known_stay_good_while_the_database_does_not_answer(services):
    now = [0.0]
    key, other = (new_key(name, ["read"], now=0.0) for name in "ab")
    services.store.keys.add(key.stored)
    known, new = (Keyring(services.store, monotonic=lambda: now[0]) for _ in range(2))
    assert known.find(key.text) is not None

    def away():
        raise OperationalError("", None, Exception())

    everything, services.store.keys.all = services.store.keys.all, away
    now[0] += 1000 * MAX_AGE_S
    assert known.find(key.text) is not None
    assert known.find(other.text) is None
    assert not known.is_open()
    for look in (lambda: new.find(key.text), new.is_open):  # who knows nothing lets nobody in
        with pytest.raises(OperationalError):
            look()
    services.store.keys.all = everything
    services.store.keys.revoke(key.stored.id, time.time())
    now[0] += MAX_AGE_S + 0.01
    assert known.find(key.text) is None


def test_a_storm_of_unknown_keys_asks_the_database_ten_times_a_second(services):
    now, reads = [0.0], []
    ring = Keyring(services.store, monotonic=lambda: now[0])
    services.store.keys.add(new_key("k", ["read"], now=0.0).stored)
    everything = services.store.keys.all

    def counted():
        reads.append(now[0])
        return everything()

    services.store.keys.all = counted
    wrong = new_key("other", ["read"], now=0.0).text
    for _ in range(1000):
        now[0] += 0.001
        assert ring.find(wrong) is None
    assert len(reads) <= 11


def test_the_secret_of_a_key_is_nowhere_in_the_database(services):
    text = make(services, "admin")
    stored = services.store.keys.all()[0]
    assert text.split("_", 2)[2] not in repr(stored)
    assert is_valid(stored, time.time())
    for path in services.settings.home.glob("*"):
        if path.is_file():
            assert text.split("_", 2)[2].encode() not in path.read_bytes()


# ---- without keys -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "headers", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, {}, 200),
        ({"REMOTE_ADDR": "::1"}, {"Host": "[::1]:8000"}, 200),
        ({"REMOTE_ADDR": "::ffff:127.0.0.1"}, {"Host": "127.0.0.1:8000"}, 200),
        ({}, {"Host": "LocalHost:8000"}, 200),
        ({"REMOTE_ADDR": "10.0.0.7"}, {}, 403),
        ({"REMOTE_ADDR": ""}, {}, 403),
        ({}, {"Host": "evil.example"}, 403),
        ({}, {"Host": "localhost.evil.example"}, 403),
        ({}, {"Host": "127.0.0.1.evil.example:8000"}, 403),
        ({}, {"Host": "localhost", "Origin": "http://localhost"}, 200),
        ({}, {"Host": "localhost:8000", "Origin": "http://localhost:9000"}, 403),
        ({}, {"Origin": "https://evil.example"}, 403),
        ({}, {"Origin": "null"}, 403),
        ({}, {"X-Forwarded-For": "203.0.113.9"}, 403),
        ({}, {"Forwarded": "for=203.0.113.9"}, 403),
    ],
)
def test_without_keys_this_machine_alone_is_served(client, environ, headers, status):
    for method, path in (("GET", "/v1/items"), ("GET", "/v1/export")):
        answer = client.open(path, method=method, headers=headers, environ_overrides=environ)
        assert answer.status_code == status, answer.text
    probe = client.get("/livez", headers=headers, environ_overrides=environ)
    assert probe.status_code == 200


# ---- rates ------------------------------------------------------------------------------


def test_a_key_past_its_rate_is_told_when_to_come_back(client, services):
    text, other = make(services, "read", rate="3/hour"), make(services, "read")
    left = []
    for _ in range(3):
        answer = client.get("/v1/items", headers=bearer(text))
        assert answer.status_code == 200
        assert answer.headers["RateLimit-Policy"] == '"default";q=3;w=3600'
        left.append(answer.headers["RateLimit"].split(";")[1])
    assert left == ["r=2", "r=1", "r=0"]
    refused = client.get("/v1/items", headers=bearer(text))
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert refused.headers["RateLimit"].startswith('"default";r=0')
    assert client.get("/v1/items", headers=bearer(other)).status_code == 200
    assert client.get("/livez").status_code == 200


def test_a_clock_that_is_set_back_makes_no_window_longer(monkeypatch):
    limiter, now = Limiter(None, "3/minute", "memory://"), [1e9]
    monkeypatch.setattr(time, "time", lambda: now[0])
    for _ in range(3):
        limiter.fail("10.0.0.7")
    now[0] -= 86_400
    for _ in range(3):
        limiter.fail("10.0.0.7")
    with pytest.raises(RateError) as refused:
        limiter.fail("10.0.0.7")
    assert 0 < int(refused.value.headers["Retry-After"]) <= 60


def test_who_fails_often_is_refused_by_address_and_valid_keys_are_not(services):
    settings = services.settings.model_copy(update={"failure_limit": "5/hour"})
    client = create_app(settings, services).test_client()
    text = make(services, "read")
    statuses = [client.get("/v1/items", headers=bearer("x")).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    assert client.get("/v1/items", headers=bearer(text)).status_code == 200
    elsewhere = client.get("/v1/items", environ_overrides={"REMOTE_ADDR": "10.0.0.9"})
    assert elsewhere.status_code == 401


def test_rates_count_in_memory_unless_told_otherwise(services):
    assert isinstance(storage.storage_from_string(services.settings.rate_storage), storage.Storage)


# ---- headers ----------------------------------------------------------------------------


def test_every_answer_says_what_a_browser_must_not_do(client):
    for path in ("/livez", "/v1/items/none", "/nothing", "/docs/", "/docs/swagger-ui-bundle.js"):
        with client.get(path) as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "no-cache" in answer.headers["Cache-Control"]
            assert path.startswith("/docs/") or "private" in answer.headers["Cache-Control"]
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            script = policy.partition("script-src")[2].partition(";")[0]
            assert "unsafe-inline" not in script
    assert "'sha256-" in client.get("/docs/").headers["Content-Security-Policy"]


def test_pages_of_other_origins_read_answers_only_where_the_settings_say_so(services, client):
    make(services, "read")
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    assert "Access-Control-Allow-Origin" not in client.options("/v1/items", headers=asked).headers
    settings = services.settings.model_copy(update={"cors_origins": "https://shop.example"})
    open_client = create_app(settings, services).test_client()
    answer = open_client.options("/v1/items", headers=asked)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    other = open_client.options("/v1/items", headers=asked | {"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers


def test_behind_a_trusted_proxy_the_client_is_who_the_proxy_says(services):
    settings = services.settings.model_copy(
        update={"failure_limit": "1/hour", "trusted_proxies": 1}
    )
    client = create_app(settings, services).test_client()
    make(services, "read")
    for address in ("203.0.113.1", "203.0.113.2"):
        assert client.get("/v1/items", headers={"X-Forwarded-For": address}).status_code == 401
    again = client.get("/v1/items", headers={"X-Forwarded-For": "203.0.113.2"})
    assert again.status_code == 429
