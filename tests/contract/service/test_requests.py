"""What holds for requests of any kind: conditions, repetition, packing, languages."""

import gzip
import importlib
import pkgutil
import threading
import zlib
from string import Formatter

import orjson
import pytest

from service import messages
from service.app import create_app
from service.errors import status_of
from service.packs import read_pack
from service.store import answers

from .conftest import TEXTS, lines_of, ndjson

NDJSON = {"Content-Type": "application/x-ndjson"}
EVENT = {"user": "u", "item": "a", "type": "view"}

# ---- conditions -------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/items/a", "/v1/users/a"])
def test_a_read_is_answered_304_while_nothing_changed(client, path):
    assert client.put(path, json={"attributes": {"n": 1}}).status_code == 201
    first = client.get(path)
    tag = first.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert client.get(path, headers={"If-None-Match": '"x", ' + tag}).status_code == 304
    client.put(path, json={"attributes": {"n": 2}})
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["/v1/items/a", "/v1/users/a"])
def test_a_write_is_done_only_if_nothing_changed(client, path):
    stale = {"If-Match": '"0123456789abcdef01234567"'}
    new = {"attributes": {"n": 1}}
    assert client.put(path, json=new, headers=stale).status_code == 412
    assert client.put(path, json=new, headers={"If-Match": "*"}).status_code == 412
    assert client.get(path).status_code == 404
    made = client.put(path, json=new, headers={"If-None-Match": "*"})
    assert made.status_code == 201
    assert client.put(path, json=new, headers={"If-None-Match": "*"}).status_code == 412
    assert client.delete(path, headers=stale).status_code == 412
    assert client.put(path, json={}, headers=stale).status_code == 412
    done = client.put(path, json={}, headers={"If-Match": made.headers["ETag"]})
    assert done.status_code == 200
    assert client.delete(path, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    assert client.delete(path, headers={"If-Match": done.headers["ETag"]}).status_code == 204


def test_of_two_patches_on_one_state_the_second_is_refused(client):
    tag = client.put("/v1/items/a", json={"title": "t"}).headers["ETag"]
    first = client.patch("/v1/items/a", json={"title": "u"}, headers={"If-Match": tag})
    assert first.status_code == 200
    second = client.patch("/v1/items/a", json={"title": "v"}, headers={"If-Match": tag})
    assert second.status_code == 412
    assert client.get("/v1/items/a").json["title"] == "u"


def test_of_many_conditional_writers_at_once_exactly_one_wins(client, services):
    app = client.application
    tag = client.put("/v1/users/a", json={}).headers["ETag"]
    statuses = []

    def write(n: int) -> None:
        body = {"attributes": {"n": n}}
        answer = app.test_client().put("/v1/users/a", json=body, headers={"If-Match": tag})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [412] * 5


def test_a_model_is_activated_only_if_the_list_is_as_it_was_read(fitted):
    listed = fitted.get("/v1/models")
    version, tag = listed.json["models"][0]["version"], listed.headers["ETag"]
    assert fitted.get("/v1/models", headers={"If-None-Match": tag}).status_code == 304
    path = f"/v1/models/{version}/activate"
    assert fitted.post(path, headers={"If-Match": '"other"'}).status_code == 412
    assert fitted.post(path, headers={"If-Match": tag}).status_code == 200


# ---- repetition -------------------------------------------------------------------------


def test_a_request_repeated_under_its_key_is_answered_again_and_done_once(client, services):
    client.put("/v1/items/a", json={})
    first = client.post("/v1/events", json=EVENT, headers={"Idempotency-Key": "k1"})
    again = client.post("/v1/events", json=EVENT, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert services.store.events.count() == 1
    other = client.post("/v1/events", json=EVENT, headers={"Idempotency-Key": "k2"})
    assert other.json != first.json
    assert services.store.events.count() == 2


def test_a_key_used_for_another_request_is_refused(client):
    client.put("/v1/items/a", json={})
    client.post("/v1/events", json=EVENT, headers={"Idempotency-Key": "k"})
    reused = client.post(
        "/v1/events", json=EVENT | {"type": "share"}, headers={"Idempotency-Key": "k"}
    )
    assert reused.status_code == 422
    assert reused.json["type"].endswith(":key-reused")


@pytest.mark.parametrize("key", ["", "x" * 256, "é"])
def test_a_key_that_is_none_is_refused(client, key):
    client.put("/v1/items/a", json={})
    answer = client.post("/v1/events", json=EVENT, headers={"Idempotency-Key": key})
    assert answer.status_code == 422


def test_a_refused_request_may_be_sent_again_under_its_key(client):
    headers = {"Idempotency-Key": "k"}
    assert client.post("/v1/events", json=EVENT, headers=headers).status_code == 404
    client.put("/v1/items/a", json={})
    assert client.post("/v1/events", json=EVENT, headers=headers).status_code == 201


def test_duplicates_at_once_are_done_once(client, services):
    client.put("/v1/items/a", json={})
    app, statuses = client.application, []

    def post() -> None:
        headers = {"Idempotency-Key": "k"}
        statuses.append(app.test_client().post("/v1/events", json=EVENT, headers=headers))

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {s.status_code for s in statuses} <= {201, 409}
    assert len({s.data for s in statuses if s.status_code == 201}) == 1
    assert all(s.headers["Retry-After"] for s in statuses if s.status_code == 409)
    assert services.store.events.count() == 1


def test_a_deed_whose_answer_was_lost_with_its_process_is_found_done(client, services, monkeypatch):
    client.put("/v1/items/a", json={})
    headers = {"Idempotency-Key": "k"}
    monkeypatch.setattr(services.store.answers, "finish", lambda answer: None)  # as kill -9 would
    assert client.post("/v1/events", json=EVENT, headers=headers).status_code == 201
    monkeypatch.undo()
    assert client.post("/v1/events", json=EVENT, headers=headers).status_code == 409
    monkeypatch.setattr(answers, "SILENCE_S", -1.0)
    assert client.post("/v1/events", json=EVENT, headers=headers).status_code == 200
    assert services.store.events.count() == 1


def test_a_clock_that_is_set_back_locks_no_key(client, services, monkeypatch):
    client.put("/v1/items/a", json={})
    headers = {"Idempotency-Key": "k"}
    begin = services.store.answers.begin
    with monkeypatch.context() as ahead:  # an hour ahead, and dead before the answer is kept
        ahead.setattr(
            services.store.answers, "begin", lambda *given: begin(*given[:-1], given[-1] + 3600)
        )
        ahead.setattr(services.store.answers, "finish", lambda answer: None)
        assert client.post("/v1/events", json=EVENT, headers=headers).status_code == 201
    assert client.post("/v1/events", json=EVENT, headers=headers).status_code == 200
    assert services.store.events.count() == 1


def test_a_key_means_something_else_a_day_later(client, services, monkeypatch):
    client.put("/v1/items/a", json={})
    headers = {"Idempotency-Key": "k"}
    client.post("/v1/jobs", json={"kind": "refit"}, headers=headers)
    client.post("/v1/events", json=EVENT, headers=headers)
    monkeypatch.setattr(answers, "KEPT_S", -1.0)
    later = client.post("/v1/events", json=EVENT | {"type": "share"}, headers=headers)
    assert later.status_code in (201, 409)  # no 422: the first use is forgotten


# ---- packing ----------------------------------------------------------------------------


def test_bodies_may_be_packed(client):
    raw = gzip.compress(orjson.dumps({"title": "微积分"}))
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert client.put("/v1/items/a", data=raw, headers=headers).json["title"] == "微积分"
    rows = [{"id": f"i{n}", "text": "导数。" * 50} for n in range(300)]
    members = gzip.compress(ndjson(rows[:100])) + gzip.compress(ndjson(rows[100:]))
    answer = client.post(
        "/v1/items/bulk", data=members, headers=NDJSON | {"Content-Encoding": "gzip"}
    )
    assert [line["status"] for line in lines_of(answer)] == [201] * 300


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"not gzip", 400),
        (gzip.compress(b'{"text": "abc"}')[:-9], 400),
        (gzip.compress(b'{"text": "abc"}') + b"tail", 400),
        (gzip.compress(b" " * 30_000_000), 413),
        (gzip.compress(b'{"text": "' + b"a" * 17_000_000), 413),
    ],
    ids=["nothing", "not gzip", "cut off", "with a tail", "a mountain", "a large text"],
)
def test_what_is_not_packed_well_or_unpacks_to_a_mountain_is_refused(client, raw, status):
    for path, kind in (("/v1/analyze", "application/json"), ("/v1/items/bulk", "text/plain")):
        if kind == "text/plain" and raw == b"":
            continue
        headers = {"Content-Encoding": "gzip", "Content-Type": kind}
        answer = client.post(path, data=raw, headers=headers)
        assert answer.status_code == status, (path, answer.text[:300])
        assert answer.mimetype == "application/problem+json"


def test_other_packings_are_refused_with_the_one_that_is_read(client):
    headers = {"Content-Encoding": "br", "Content-Type": "application/json"}
    answer = client.post("/v1/analyze", data=b"x", headers=headers)
    assert answer.status_code == 415
    assert answer.headers["Accept-Encoding"] == "gzip"


def test_answers_are_packed_when_they_are_large_and_asked_for(client):
    client.put("/v1/items/a", json={"text": "导数是函数的变化率。" * 800})
    plain = client.get("/v1/items/a")
    packed = client.get("/v1/items/a", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    tag = packed.headers["ETag"]
    assert tag != plain.headers["ETag"]
    both = {"Accept-Encoding": "gzip", "If-None-Match": tag}
    assert client.get("/v1/items/a", headers=both).status_code == 304
    change = client.patch("/v1/items/a", json={"title": "t"}, headers={"If-Match": tag})
    assert change.status_code == 200
    never = client.get("/v1/items/a", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in never.headers
    small = client.get("/livez", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in small.headers


def test_streams_of_lines_are_packed_too(client):
    raw = ndjson([{"id": f"i{n}"} for n in range(500)])
    packed = client.post("/v1/items/bulk", data=raw, headers=NDJSON | {"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    lines = zlib.decompress(packed.data, 31).splitlines()
    assert [orjson.loads(line)["status"] for line in lines] == [201] * 500


# ---- streams that fail ------------------------------------------------------------------


def test_a_stream_that_fails_says_how_many_of_its_lines_are_stored(client, services, monkeypatch):
    put, seen = services.pipeline.put_items, []

    def failing(items, check=None):
        seen.append(len(items))
        if len(seen) == 3:
            raise OSError("disk full")
        return put(items)

    monkeypatch.setattr(services.pipeline, "put_items", failing)
    raw = ndjson([{"id": f"i{n:04}"} for n in range(1300)])
    failed = client.post("/v1/items/bulk", data=raw, headers=NDJSON)
    assert failed.status_code == 500
    assert failed.json["durable_lines"] == 1000
    monkeypatch.undo()
    assert services.store.items.get("i0999") is not None
    assert services.store.items.get("i1000") is None
    rest = b"".join(raw.splitlines(keepends=True)[1000:])
    answer = lines_of(client.post("/v1/items/bulk", data=rest, headers=NDJSON))
    assert [line["status"] for line in answer] == [201] * 300
    again = lines_of(client.post("/v1/items/bulk", data=raw, headers=NDJSON))
    assert {line["status"] for line in again} == {200}


# ---- languages --------------------------------------------------------------------------


def chinese(text: str) -> bool:
    return any("一" <= c <= "鿿" for c in text)


def catalogue() -> dict[str, messages.Message]:
    """All sentences by their place."""
    found = {}
    for module in pkgutil.iter_modules(messages.__path__, f"{messages.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            rows = value.items() if isinstance(value, dict) else [("", value)]
            found |= {f"{module.name}.{name}.{k}": v for k, v in rows}
    found |= vars(messages)
    return {name: value for name, value in found.items() if isinstance(value, messages.Message)}


def test_every_sentence_has_the_same_facts_in_both_languages():
    assert len(catalogue()) > 200
    for name, message in catalogue().items():
        texts = (message.en, message.zh)
        facts = [{f for _, f, _, _ in Formatter().parse(t) if f} for t in texts]
        assert facts[0] == facts[1], name
        assert not chinese(message.en), name


def test_every_type_of_problem_and_field_is_named_in_both_languages():
    from service import errors

    def below(kind):
        return {kind, *(k for sub in kind.__subclasses__() for k in below(sub))}

    codes = {kind.code for kind in below(errors.ServiceError)}
    codes |= {code for _, code, _ in errors.OTHERS.values()} | {
        c for c, _ in messages.HTTP.values()
    }
    assert codes <= set(messages.TITLES)
    assert status_of(KeyError()) == 500
    for message in [*messages.TITLES.values(), *messages.FIELDS.values()]:
        assert chinese(message.zh)
        assert message.en.isascii()


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/nothing", {}),
        ("POST", "/livez", {}),
        ("GET", "/livez?x=1", {}),
        ("GET", "/v1/items?n=1&n=2", {}),
        ("GET", "/v1/items?n=ten", {}),
        ("GET", "/v1/items?n=0", {}),
        ("GET", "/v1/items/none", {}),
        ("GET", "/v1/users/none", {}),
        ("GET", "/v1/users/u/events?cursor=x", {}),
        ("POST", "/v1/analyze", {"data": b"{", "content_type": "application/json"}),
        ("POST", "/v1/analyze", {"data": b"{", "content_type": "text/html"}),
        ("POST", "/v1/analyze", {"json": {}}),
        ("POST", "/v1/analyze", {"json": {"text": 1}}),
        ("POST", "/v1/analyze", {"json": {"text": "a", "other": 1}}),
        ("POST", "/v1/events", {"json": {"type": "x"}}),
        ("POST", "/v1/events", {"json": EVENT}),
        ("POST", "/v1/events", {"json": EVENT | {"time": "soon"}}),
        ("POST", "/v1/events", {"json": EVENT | {"type": "rate", "value": 7}}),
        ("PUT", "/v1/items/a", {"json": {"attributes": {"a": {}}}}),
        ("PUT", "/v1/items/a", {"json": {"kind": ""}}),
        ("PUT", "/v1/items/a", {"json": {}, "headers": {"If-Match": "*"}}),
    ],
)
def test_a_problem_is_told_in_the_language_of_who_asks(client, method, path, options):
    options = dict(options)
    headers = options.pop("headers", {})
    told = {}
    for language in ("en", "zh-CN,zh;q=0.9,en;q=0.5"):
        asked = headers | {"Accept-Language": language}
        answer = client.open(path, method=method, headers=asked, **options)
        assert answer.status_code >= 400
        told[answer.headers["Content-Language"]] = answer.json
        assert "Accept-Language" in answer.headers["Vary"]
    for words in (lambda p: p["title"], lambda p: p["detail"]):
        assert not chinese(words(told["en"]))
        assert chinese(words(told["zh"]))
    for english, other in zip(
        told["en"].get("errors", []), told["zh"].get("errors", []), strict=True
    ):
        assert english["pointer"] == other["pointer"]
        assert chinese(other["detail"])
    assert told["en"]["type"] == told["zh"]["type"]


#: requests whose answers hold sentences, and where those stand
TELLING = [
    ("GET", "/v1/users/u0/recommendations?explain=true&n=3", None, "reasons.text"),
    ("GET", "/v1/users/u0/recommendations?n=9", None, "short_reason"),
    (
        "POST",
        "/v1/recommendations",
        {"events": [{"item": "soup"}], "explain": True},
        "reasons.text",
    ),
    ("GET", "/v1/items/soup/similar?n=9", None, "short_reason"),
    ("GET", "/v1/items/soup/audience", None, "short_reason"),
    ("GET", "/v1/items/soup/promotion", None, "short_reason"),
    ("POST", "/v1/users/u0/path", {"goal": "calculus", "minutes_per_week": 60}, "steps.why.text"),
    (
        "GET",
        "/v1/items/soup/brief?format=json",
        None,
        "why beats.label characters.label missing.label",
    ),
]


FORMS = sorted(read_pack("default").forms.minutes, key=len, reverse=True)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_every_sentence_of_an_answer_is_in_the_language_asked_for(fitted):
    titles = [title for title, _ in TEXTS.values()]

    def sentences(value, names, under=""):
        if isinstance(value, list):
            return [s for v in value for s in sentences(v, names, under)]
        if isinstance(value, dict):
            return [s for k, v in value.items() for s in sentences(v, names, f"{under}.{k}")]
        return [value] if any(under.endswith(f".{n}") for n in names.split()) else []

    for method, path, body, names in TELLING:
        for language in ("zh", "en"):
            headers = {"Accept-Language": language}
            answer = fitted.open(path, method=method, json=body, headers=headers)
            assert answer.status_code == 200, (path, answer.text)
            assert answer.headers["Content-Language"] == language, path
            assert "Accept-Language" in answer.vary, path
            told = sentences(answer.json, names)
            assert told, (path, answer.text)
            for sentence in told:
                for title in [*titles, *FORMS]:  # a pack names its forms
                    sentence = sentence.replace(title, "")
                assert chinese(sentence) == (language == "zh"), (path, sentence)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_server_can_be_set_to_english(services):
    english = create_app(services.settings.model_copy(update={"lang": "en"}), services)
    answer = english.test_client().get("/nothing", headers={"Accept-Language": "fr"})
    assert answer.headers["Content-Language"] == "en"
    assert answer.json["title"] == "Not Found"


def test_lines_are_refused_in_the_language_of_who_asks(client):
    raw = ndjson([{"id": "a", "colour": 1}, EVENT])
    answer = client.post("/v1/items/bulk", data=raw, headers=NDJSON | {"Accept-Language": "zh"})
    for line in lines_of(answer):
        assert chinese(line["error"]["title"])
        assert chinese(line["error"]["detail"])


@pytest.mark.parametrize("asked", [None, "", "*", "fr, de;q=0.5", "zh-TW", "zh-Hant-HK, fr"])
def test_who_asks_for_neither_language_is_answered_in_chinese(client, asked):
    headers = {} if asked is None else {"Accept-Language": asked}
    answer = client.get("/nothing", headers=headers)
    assert answer.headers["Content-Language"] == "zh"
    assert chinese(answer.json["title"])
    assert TEXTS
