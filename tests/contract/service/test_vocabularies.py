"""xAPI statements and Caliper envelopes over HTTP: stored, repeated, refused, exported, erased."""

import re
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st
from sqlalchemy import text

from service.app import create_app
from service.config import Settings
from service.services import Services
from service.vocabularies import table

from .conftest import lines_of, ndjson

UUID = "6f3c1d52-7f3b-4f0f-9d34-0c9a4a2b7c11"
VIDEO = "https://w3id.org/xapi/video/"
STATEMENT = {
    "id": UUID,
    "actor": {"account": {"homePage": "https://a.example", "name": "u0"}, "name": "林"},
    "verb": {"id": f"{VIDEO}verbs/paused", "display": {"zh-CN": "暂停"}},
    "object": {"id": "https://a.example/items/soup", "definition": {"name": {"zh": "汤"}}},
    "result": {"extensions": {f"{VIDEO}extensions/progress": 0.4, "urn:mine": [1, None]}},
    "timestamp": "2026-03-01T08:00:00Z",
    "version": "1.0.3",
}
EVENT = {
    "@context": "http://purl.imsglobal.org/ctx/caliper/v1p2",
    "id": "urn:uuid:1",
    "type": "MediaEvent",
    "actor": {"id": "https://a.example/users/u0", "type": "Person"},
    "action": "Ended",
    "object": {"id": "https://a.example/items/soup", "type": "VideoObject"},
    "eventTime": "2026-03-01T08:00:00Z",
    "profile": "MediaProfile",
}


def envelope(*data):
    return {"sensor": "https://a.example/sensor", "sendTime": "2026-03-01T08:00:01Z", "data": data}


def exported(client):
    return {line["id"]: line for line in lines_of(client.get("/v1/export?only=events"))}


@pytest.fixture
def soup(client):
    assert client.put("/v1/items/soup", json={"title": "煲汤"}).status_code == 201
    return client


def test_a_statement_is_stored_once_and_exported_without_loss(soup, services):
    for _ in range(2):
        answer = soup.post("/v1/xapi/statements", json=STATEMENT)
        assert (answer.status_code, answer.json) == (200, [UUID])
        assert answer.headers["X-Experience-API-Version"] == "2.0.0"
    line = exported(soup)[UUID]
    assert line["original"] == {"form": "xapi", "statement": STATEMENT}
    assert (line["type"], line["value"], line["user"], line["item"]) == ("play", 0.4, "u0", "soup")
    shown = soup.get("/v1/users/u0/events").json["events"]
    assert [e["original"]["statement"] for e in shown] == [STATEMENT]
    assert services.store.events.count() == 1


def test_an_envelope_is_stored_once_and_its_entities_are_passed_over(soup):
    person = {"id": "https://a.example/users/u0", "type": "Person", "name": "林"}
    for _ in range(2):
        answer = soup.post("/v1/caliper", json=envelope(person, EVENT))
        assert answer.status_code == 200
        assert answer.json == {"ids": ["urn:uuid:1"], "skipped": 1}
    line = exported(soup)["urn:uuid:1"]
    assert line["original"] == {"form": "caliper", "statement": EVENT}
    assert line["type"] == "complete"


def test_an_export_brings_originals_to_another_service(soup, tmp_path):
    soup.post("/v1/xapi/statements", json=[STATEMENT])
    soup.post("/v1/caliper", json=envelope(EVENT))
    before = exported(soup)
    services = Services.build(Settings(home=tmp_path / "other"))
    with closing(services.store):
        other = create_app(services.settings, services).test_client()
        other.put("/v1/items/soup", json={"title": "煲汤"})
        for status in (201, 200):
            lines = other.post(
                "/v1/events/bulk",
                data=ndjson(list(before.values())),
                content_type="application/x-ndjson",
            )
            assert {line["status"] for line in lines_of(lines)} == {status}
        assert exported(other) == before
        again = other.post("/v1/xapi/statements", json=STATEMENT)
        assert again.status_code == 200


def test_an_id_with_other_content_is_a_conflict_at_its_place(soup):
    soup.post("/v1/xapi/statements", json=STATEMENT)
    changed = STATEMENT | {"version": "2.0.0"}  # nothing that is counted, but not the same words
    new = STATEMENT | {"id": UUID.replace("6", "7")}
    answer = soup.post("/v1/xapi/statements", json=[new, changed])
    assert answer.status_code == 409
    assert [e["pointer"] for e in answer.json["errors"]] == ["/1/id"]
    assert set(exported(soup)) == {UUID, new["id"]}


def test_a_statement_about_no_item_refuses_the_request_and_stores_nothing(soup, services):
    lost = STATEMENT | {"id": UUID.replace("6", "7"), "object": {"id": "https://a.example/x"}}
    for language, word in (("en", "put the items first"), ("zh", "请先写入条目")):
        answer = soup.post(
            "/v1/xapi/statements", json=[STATEMENT, lost], headers={"Accept-Language": language}
        )
        assert answer.status_code == 404
        assert word in answer.json["detail"]
        (error,) = answer.json["errors"]
        assert error["pointer"] == "/1/object/id"
        assert "https://a.example/x" in error["detail"]
    answer = soup.post("/v1/caliper", json=envelope(EVENT, EVENT | {"object": "urn:x"}))
    assert [e["pointer"] for e in answer.json["errors"]] == ["/data/1/object"]
    assert services.store.events.count() == 0


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"actor": {"objectType": "Group", "account": {"name": "g"}}}, "/0/actor/objectType"),
        ({"actor": {"name": "林"}}, "/0/actor"),
        ({"verb": {}}, "/0/verb/id"),
        ({"object": {"objectType": "StatementRef", "id": UUID}}, "/0/object/objectType"),
        ({"result": {"score": {"scaled": 2}}}, "/0/result/score/scaled"),
        ({"timestamp": "2999-01-01"}, "/0/timestamp"),
        *(
            (
                {"result": {"extensions": {f"https://w3id.org/xapi/{name}progress": value}}},
                f"/0/result/extensions/https:~1~1w3id.org~1xapi~1{name.replace('/', '~1')}progress",
            )
            for name, value in (
                *(("video/extensions/", wrong) for wrong in (7, 1.011, -0.1, "0.4")),
                *(("cmi5/result/extensions/", wrong) for wrong in (101.1, -1)),
            )
        ),
        ({"id": "1"}, "/0/id"),
    ],
)
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_wrong_statement_is_named_field_by_field(soup, change, pointer):
    answer = soup.post("/v1/xapi/statements", json=[STATEMENT | change])
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_versions_that_are_read_and_others_are_refused(soup):
    for version in ("1.0", "1.0.3", "2.0.0", None, "0.95", "3.0", "x"):
        headers = {} if version is None else {"X-Experience-API-Version": version}
        answer = soup.post("/v1/xapi/statements", json=STATEMENT, headers=headers)
        assert answer.headers["X-Experience-API-Version"] == "2.0.0"
        if version in ("0.95", "3.0", "x"):
            assert answer.status_code == 422
            (error,) = answer.json["errors"]
            assert (error["pointer"], error["where"]) == ("/X-Experience-API-Version", "header")
            assert version in answer.json["detail"] == error["detail"]
        else:
            assert answer.status_code == 200


def test_a_statement_without_id_gets_one_and_is_one_of_its_own(soup, services):
    plain = {name: value for name, value in STATEMENT.items() if name != "id"}
    ids = [soup.post("/v1/xapi/statements", json=plain).json[0] for _ in range(2)]
    assert ids[0] != ids[1]
    assert all(re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", i) for i in ids)
    nameless = {name: value for name, value in EVENT.items() if name != "id"}
    answers = [soup.post("/v1/caliper", json=envelope(nameless)).json["ids"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert services.store.events.count() == 3


def test_forgetting_a_user_forgets_the_originals(soup, services):
    soup.post("/v1/xapi/statements", json=STATEMENT)
    soup.post("/v1/caliper", json=envelope(EVENT))
    assert soup.delete("/v1/users/u0").status_code == 204
    with services.store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM events")).scalar() == 0
    if services.settings.database_url is None:
        for file in services.settings.home.rglob("zhiying.db*"):
            assert b"MediaProfile" not in file.read_bytes()
            assert "暂停".encode() not in file.read_bytes()


def test_a_statement_is_in_the_next_list(fitted):
    statement = STATEMENT | {"actor": {"mbox": "mailto:new@a.example"}}
    fitted.post("/v1/xapi/statements", json=statement)
    items = fitted.get("/v1/users/new@a.example/recommendations").json["items"]
    assert {items[0]["id"], items[1]["id"]} == {"cooking", "baking"}
    noise = STATEMENT | {"verb": {"id": "urn:hummed"}, "actor": {"mbox": "mailto:b@a.example"}}
    fitted.post("/v1/xapi/statements", json=noise | {"id": UUID.replace("6", "8")})
    listed = fitted.get("/v1/users/b@a.example/recommendations?n=10").json["items"]
    assert {item["source"] for item in listed} == {"popularity"}
    assert "soup" in {item["id"] for item in listed}


def test_the_table_of_the_documentation_is_that_of_the_program():
    written = (Path(__file__).parents[3] / "docs/events.md").read_text("utf-8")
    found = re.findall(r"^\| `([^`]+)` \| `(\w+)` \|([^|]*)\|$", written, re.M)
    rows = {
        " ".join(key): (row.type, row.value or "")
        for name in ("xapi", "caliper")
        for key, row in table(name).items()
    }
    assert {key: (kind, value.strip()) for key, kind, value in found} == rows


def test_originals_are_read_back_value_for_value_with_numbers_as_doubles(soup):
    whole = orjson.loads(orjson.dumps(STATEMENT | {"extra": {"big": 2**53, "small": 1e-9}}))
    text = orjson.dumps(whole).replace(b'"small":', b'"long":12345678901234567890.5,"small":')
    soup.post("/v1/xapi/statements", data=text, content_type="application/json")
    kept = exported(soup)[UUID]["original"]["statement"]
    assert kept.pop("extra") == whole.pop("extra") | {"long": 12345678901234567890.5}
    assert kept == whole


# ---- one statement at a time, and taking it back -----------------------------------------------

ABOUT = "/v1/xapi/statements"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"


def voiding(target, number="9", **more):
    return {
        "id": UUID.replace("6", number, 1),
        "actor": {"mbox": "mailto:admin@a.example"},
        "verb": {"id": VOIDED, "display": {"en": "voided"}},
        "object": {"objectType": "StatementRef", "id": target},
        **more,
    }


def read(client, name, statement):
    return client.get(ABOUT, query_string={name: statement})


def test_a_statement_is_put_under_its_id_and_read_as_it_came(soup):
    bare = {name: value for name, value in STATEMENT.items() if name != "id"}
    for status in (204, 204):
        answer = soup.put(ABOUT, query_string={"statementId": UUID.upper()}, json=bare)
        assert (answer.status_code, answer.data) == (status, b"")
    assert read(soup, "statementId", UUID).json == STATEMENT
    changed = soup.put(ABOUT, query_string={"statementId": UUID}, json=bare | {"version": "2.0.0"})
    assert changed.status_code == 409
    other = soup.put(ABOUT, query_string={"statementId": UUID.replace("6", "7")}, json=STATEMENT)
    assert [e["pointer"] for e in other.json["errors"]] == ["/id"]
    assert read(soup, "voidedStatementId", UUID).status_code == 404
    assert read(soup, "statementId", UUID.replace("6", "7")).status_code == 404
    assert soup.get(ABOUT).status_code == 422
    assert soup.get("/v1/xapi/about").json["version"] == ["2.0.0", "1.0.3"]


def test_what_is_voided_counts_nothing_and_is_still_there(fitted):
    said = STATEMENT | {"actor": {"mbox": "mailto:new@a.example"}, "result": {"completion": True}}
    listed = "/v1/users/new@a.example/recommendations"
    unknown = fitted.get(listed).json["items"]
    fitted.post(ABOUT, json=said)
    assert fitted.get(listed).json["items"] != unknown
    for _ in range(2):
        assert fitted.post(ABOUT, json=voiding(UUID)).status_code == 200
        assert fitted.post(ABOUT, json=said).status_code == 200  # sent again, it stays void
    assert fitted.get(listed).json["items"] == unknown
    assert read(fitted, "statementId", UUID).status_code == 404
    assert read(fitted, "voidedStatementId", UUID).json == said
    taken_back = voiding(UUID)
    shown = read(fitted, "statementId", taken_back["id"]).json
    assert {name: shown[name] for name in taken_back} == taken_back
    lines = exported(fitted)
    assert lines[UUID]["original"]["statement"] == said
    assert {lines[i]["type"] for i in (UUID, taken_back["id"])} == {"other"}
    fitted.delete("/v1/users/new@a.example")
    assert not {UUID, taken_back["id"]} & set(exported(fitted))


def test_an_export_keeps_what_was_voided(soup, tmp_path):
    soup.post(ABOUT, json=[voiding(UUID), STATEMENT])  # in any order
    before = exported(soup)
    assert before[UUID]["original"]["voided_by"] == voiding(UUID)["id"]
    services = Services.build(Settings(home=tmp_path / "other"))
    with closing(services.store):
        other = create_app(services.settings, services).test_client()
        other.put("/v1/items/soup", json={"title": "煲汤"})
        lines = ndjson(list(before.values()))
        other.post("/v1/events/bulk", data=lines, content_type="application/x-ndjson")
        assert exported(other) == before
        assert read(other, "voidedStatementId", UUID).json == STATEMENT


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_what_cannot_be_voided_is_said(soup, services):
    lost = soup.post(ABOUT, json=[STATEMENT, voiding(UUID.replace("6", "5"))])
    assert lost.status_code == 404
    assert [e["pointer"] for e in lost.json["errors"]] == ["/1/object/id"]
    assert services.store.events.count() == 0
    soup.post(ABOUT, json=[STATEMENT, voiding(UUID)])
    again = soup.post(ABOUT, json=voiding(voiding(UUID)["id"], number="8"))
    assert again.status_code == 409
    assert again.json["errors"][0]["pointer"] == "/object/id"
    aimless = soup.post(ABOUT, json=voiding(UUID) | {"object": {"id": UUID}})
    assert [e["pointer"] for e in aimless.json["errors"]] == ["/object/objectType"]


# ---- any statement comes back as it was --------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
ANYTHING = st.recursive(
    SCALARS | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@settings_of(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    extra=st.dictionaries(st.text(min_size=1, max_size=6).map("x-{}".format), ANYTHING, max_size=3),
    verb=st.sampled_from([*(key[0] for key in table("xapi")), "urn:hummed", "https://x.example/v"]),
    action=st.sampled_from([*table("caliper"), ("ForumEvent", "Subscribed")]),
)
def test_no_statement_loses_anything(soup, extra, verb, action):
    said = STATEMENT | {"id": str(uuid4()), "verb": {"id": verb}, "context": {"extensions": extra}}
    done = EVENT | extra | {"id": f"urn:uuid:{uuid4()}", "type": action[0], "action": action[1]}
    assert soup.post(ABOUT, json=[said]).status_code == 200
    assert soup.post("/v1/caliper", json=envelope(done)).status_code == 200
    lines = exported(soup)
    assert lines[said["id"]]["original"]["statement"] == said
    assert lines[done["id"]]["original"]["statement"] == done
    assert read(soup, "statementId", said["id"]).json == said
    soup.delete("/v1/users/u0")
