"""Users are known, listed, exported and forgotten."""

from urllib.parse import quote

import orjson
import pytest

from service import sample
from service.app import create_app
from service.cli.export import command as export_command
from service.export import export
from service.services import Services
from service.store import Store

from .conftest import lines_of, ndjson

NDJSON = {"Content-Type": "application/x-ndjson"}
NAME = "王小明/😀@example.com"


def pages(client, path: str, key: str, **query) -> list[dict]:
    found, cursor = [], None
    while True:
        asked = query | ({"cursor": cursor} if cursor else {})
        page = client.get(path, query_string=asked).json
        assert len(page[key]) <= query["n"]
        found += page[key]
        if (cursor := page.get("cursor")) is None:
            return found


def test_a_user_is_stored_and_read_back(client):
    body = {"attributes": {"level": 2, "likes": ["数学", "烹饪"]}}
    put = client.put("/v1/users/u%2F1", json=body)
    assert put.status_code == 201
    assert client.get("/v1/users/u%2F1").json == put.json == put.json | body | {"id": "u/1"}
    assert client.put("/v1/users/u%2F1", json={}).status_code == 200
    assert client.get("/v1/users/u/1").json["attributes"] == {}
    assert client.get("/v1/users/nobody").status_code == 404


def test_who_did_something_is_a_user_too(stocked):
    assert stocked.get("/v1/users/u3").json == {"id": "u3", "attributes": {}}
    assert stocked.put("/v1/users/u3", json={}).status_code == 200


@pytest.mark.parametrize("n", [1, 3, 7, 100])
def test_pages_of_users_hold_each_once_in_the_order_of_ids(stocked, n):
    for user in ("a", "u3", "微", "😀"):
        stocked.put(f"/v1/users/{user}", json={"attributes": {"x": user}})
    found = pages(stocked, "/v1/users", "users", n=n)
    names = [user["id"] for user in found]
    assert names == sorted({*(f"u{n}" for n in range(40)), "a", "微", "😀"})
    assert {u["id"] for u in found if u["attributes"]} == {"a", "u3", "微", "😀"}


def test_pages_neither_repeat_nor_hide_while_others_write(client):
    rows = [{"id": f"i{n:03}", "attributes": {"odd": n % 2 == 1}} for n in range(0, 90, 2)]
    client.post("/v1/items/bulk", data=ndjson(rows), headers=NDJSON)
    found, cursor, n = [], None, 1
    while True:
        page = client.get(
            "/v1/items", query_string={"n": 7} | ({"cursor": cursor} if cursor else {})
        )
        found += [item["id"] for item in page.json["items"]]
        client.put(f"/v1/items/i{n:03}", json={})
        client.delete(f"/v1/items/{found[0]}")
        n += 2
        if (cursor := page.json.get("cursor")) is None:
            break
    assert len(found) == len(set(found))
    assert {row["id"] for row in rows} <= set(found)


def test_items_are_listed_by_kind_and_attribute(client):
    rows = [
        {"id": f"i{n:03}", "kind": "film" if n % 3 else "course", "attributes": {"level": n % 5}}
        for n in range(60)
    ]
    client.post("/v1/items/bulk", data=ndjson(rows), headers=NDJSON)
    for n in (1, 4, 500):
        found = pages(client, "/v1/items", "items", n=n, kind="film", attribute=["level:2"])
        wanted = [r["id"] for r in rows if r["kind"] == "film" and r["attributes"]["level"] == 2]
        assert [item["id"] for item in found] == wanted
    assert client.get("/v1/items?attribute=level:9").json == {"items": []}


def test_what_a_user_did_is_listed_newest_first(stocked):
    rows = [
        {
            "id": f"x{n}",
            "user": "me",
            "item": "soup",
            "type": "play",
            "value": 0.5,
            "time": 1e9 + n // 2,
        }
        for n in range(9)
    ]
    stocked.post("/v1/events/bulk", data=ndjson(rows), headers=NDJSON)
    for n in (1, 2, 100):
        found = pages(stocked, "/v1/users/me/events", "events", n=n)
        assert [e["id"] for e in found] == [f"x{n}" for n in range(8, -1, -1)]
    assert found[0]["time"] == "2001-09-09T01:46:44Z"
    assert stocked.get("/v1/users/nobody/events").json == {"events": []}


def test_an_item_has_a_vector_of_named_blocks(fitted):
    fitted.put("/v1/items/new", json={"title": "高等数学", "text": "极限、导数与积分。"})
    for item in ("calculus", "new"):
        vector = fitted.get(f"/v1/items/{item}/vector").json
        names = {"term", "topic", "style", "difficulty", "sentiment", "pair"}
        assert set(vector["blocks"]) == names
        assert "导数" in vector["blocks"]["term"]
        squares = [v * v for block in vector["blocks"].values() for v in block.values()]
        assert sum(squares) == pytest.approx(1, abs=1e-5)
    assert fitted.get("/v1/items/none/vector").status_code == 404


def test_before_the_first_fit_there_is_no_vector_and_it_is_said_why(stocked):
    vector = stocked.get("/v1/items/soup/vector").json
    assert vector["blocks"] == {}
    assert "refit" in vector["short_reason"]


# ---- forgetting -------------------------------------------------------------------------


def test_a_user_who_is_deleted_is_forgotten_everywhere(settings, tmp_path):
    services = Services.build(settings)
    client = create_app(settings, services).test_client()
    items = sample.catalogue()[:30]
    client.post(
        "/v1/items/bulk", data=ndjson([i.model_dump(mode="json") for i in items]), headers=NDJSON
    )
    events = [e.model_dump(mode="json", exclude_none=True) for e in sample.learners(items, n=60)]
    mine = [
        {
            "id": f"{NAME}-{n}",
            "user": NAME,
            "item": items[n % 9].id,
            "type": "view",
            "context": {"device": f"{NAME}'s phone"},
            "text": f"{NAME}: 讲得好",
        }
        for n in range(300)
    ]
    mixed = [row for pair in zip(mine, events * 9, strict=False) for row in pair]
    client.post("/v1/events/bulk", data=ndjson(mixed), headers=NDJSON)
    path = f"/v1/users/{quote(NAME, safe='')}"
    client.put(path, json={"attributes": {"email": NAME}})
    event = {"user": NAME, "item": items[0].id, "type": "share", "id": f"{NAME}-once"}
    client.post("/v1/events", json=event, headers={"Idempotency-Key": "k"})
    from service.fitting import refit

    refit(services.store, services.models)
    assert client.get(path + "/recommendations").json["items"][0]["source"] == "hybrid"
    if settings.database_url is None:
        assert traces(services)  # the search does find what is there
    assert client.delete(path).status_code == 204
    for again in (client.get(path), client.delete(path)):
        assert again.status_code == 404
    assert client.get(path + "/events").json == {"events": []}
    assert {i["source"] for i in client.get(path + "/recommendations").json["items"]} == {
        "popularity"
    }
    assert traces(services) == []
    assert services.store.events.count() > 100
    services.store.close()


def traces(services: Services) -> list[str]:
    """Where the name still is: rows of any table, and bytes of any file below the home folder."""
    from sqlalchemy import inspect, text

    found = []
    with services.store.read() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                if NAME in repr(tuple(row)) or ascii(NAME)[1:-1] in repr(tuple(row)):
                    found.append(table)
    needles = [NAME.encode(), orjson.dumps(NAME)[1:-1]]
    for path in services.settings.home.rglob("*"):
        if path.is_file() and any(needle in path.read_bytes() for needle in needles):
            found.append(str(path))
    return found


# ---- export -----------------------------------------------------------------------------


def test_what_is_exported_stores_the_same_again(fitted, services, tmp_path):
    fitted.put("/v1/users/u1", json={"attributes": {"level": 1}})
    review = {"user": "u1", "item": "soup", "type": "review", "text": "很好", "context": {"d": 1}}
    fitted.post("/v1/events", json=review)
    for only, path in (("items", "/v1/items/bulk"), ("events", "/v1/events/bulk")):
        lines = fitted.get(f"/v1/export?only={only}").data
        again = lines_of(fitted.post(path, data=lines, headers=NDJSON))
        assert len(again) > 5
        assert {line["status"] for line in again} == {200}
    other = Services.build(
        services.settings.model_copy(update={"home": tmp_path / "other", "database_url": None})
    )
    elsewhere = create_app(other.settings, other).test_client()
    for only in ("items", "events"):
        lines = fitted.get(f"/v1/export?only={only}").data
        answers = lines_of(elsewhere.post(f"/v1/{only}/bulk", data=lines, headers=NDJSON))
        assert {line["status"] for line in answers} == {201}
        assert elsewhere.get(f"/v1/export?only={only}").data == lines
    other.store.close()


def test_an_export_of_everything_names_each_line(stocked):
    stocked.put("/v1/users/u1", json={"attributes": {"level": 1}})
    lines = lines_of(stocked.get("/v1/export"))
    kinds = [next(iter(line)) for line in lines]
    assert kinds == sorted(kinds, key=["item", "user", "event"].index)
    assert (kinds.count("item"), kinds.count("user"), kinds.count("event")) == (6, 1, 80)


def test_an_export_is_one_view_whatever_is_written_meanwhile(stocked, services):
    lines = export(services.store, ("items", "events"))
    first = next(lines)
    stocked.delete("/v1/items/soup")
    stocked.put("/v1/items/zzz", json={})
    stocked.delete("/v1/users/u3")
    found = [orjson.loads(line) for line in [first, *lines]]
    assert {r["item"]["id"] for r in found if "item" in r} >= {"soup", "cooking"}
    assert "zzz" not in {r["item"]["id"] for r in found if "item" in r}
    assert sum("event" in r for r in found) == 80


def test_exports_that_are_read_leave_connections_to_others_and_those_that_end_to_the_next(
    stocked, services, caplog
):
    most = services.settings.threads
    stocked.put("/v1/items/a", json={"attributes": {"notes": "x" * 100_000}})  # a piece by itself
    for _ in range(most + 2):  # one that nobody reads has ended too
        assert stocked.head("/v1/export").status_code == 200
    read = [stocked.get("/v1/export", buffered=False) for _ in range(most)]
    one_too_many = stocked.get("/v1/export", headers={"Accept-Language": "en"})
    assert one_too_many.status_code == 503
    assert one_too_many.json["detail"].startswith(f"{most} exports are being read")
    assert one_too_many.headers["Retry-After"] == "10"
    assert not [r for r in caplog.records if r.levelname == "ERROR"]  # nothing has failed
    assert stocked.get("/v1/items").status_code == 200
    read[0].close()
    assert stocked.get("/v1/export").status_code == 200
    for answer in read:
        answer.close()
    assert services.exports.acquire(blocking=False)
    services.exports.release()


def test_an_export_takes_constant_memory(tmp_path):
    import tracemalloc

    from service.store import StoredEvent

    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    store.upgrade()
    peaks = []
    for n in (5_000, 40_000):
        rows = [
            StoredEvent(f"e{i}", f"u{i % 97}", "a", "view", None, 1e9 + i, None, "x" * 200, f"{i}")
            for i in range(n)
        ]
        for start in range(0, n, 1000):
            store.events.add(rows[start : start + 1000])
        del rows
        tracemalloc.start()
        assert sum(1 for _ in export(store, ("events",))) == n
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    store.close()
    assert peaks[1] < 1.5 * peaks[0]


def test_the_command_writes_files_that_load_reads(stocked, services, tmp_path):
    from click.testing import CliRunner

    from service.cli import main

    run = CliRunner().invoke(
        export_command, [str(tmp_path / "out"), "--json"], obj=services.settings
    )
    assert orjson.loads(run.stdout) == {"items": 6, "users": 0, "events": 80}
    home = ["--home", str(tmp_path / "home")]
    files = [str(tmp_path / "out" / f"{kind}.jsonl") for kind in ("items", "events")]
    loaded = CliRunner().invoke(main, [*home, "load", *files, "--json"])
    assert orjson.loads(loaded.stdout)["new"] == 86, loaded.output
