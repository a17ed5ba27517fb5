"""Briefs over HTTP and on the command line."""

import json
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from nlp.beat_rules import cues
from service.cli import main
from service.fitting import refit
from service.messages.brief import WHY
from service.store import Store
from tests.contract.service.conftest import FOOD

TEXT = (
    "每天刷牙两次，为什么还会蛀牙？多数人的问题出在方法不对。先刷外侧，再刷内侧。"
    "例如换牙的孩子每次刷三分钟。因此，方法比力气更重要。"
)
FILMS = {
    "soup-film": (
        "灶台边",
        "老火汤的食材搭配，小火慢炖两小时，火候与调味，一家人的晚饭。",
        "微电影",
    ),
    "sum-film": ("无穷旅馆", "极限与级数的故事，导数是变化率，积分是面积。", "动画"),
}


def put(client, item, title, text, **others):
    assert client.put(
        f"/v1/items/{item}", json={"title": title, "text": text, **others}
    ).status_code
    return item


@pytest.fixture
def screened(stocked, services):
    """The small catalogue, two films of it watched, and a model."""
    for item, (title, text, form) in FILMS.items():
        put(stocked, item, title, text, kind="film", attributes={"form": form, "minutes": 20})
    for user in range(5):
        play = {"user": f"v{user}", "item": "soup-film", "type": "play", "value": 0.25 * user}
        assert stocked.post("/v1/events", json=play).status_code == 201
    for event in ({"type": "complete"}, {"type": "play"}):
        body = {"user": "v1", "item": "soup-film", **event}
        assert stocked.post("/v1/events", json=body).status_code == 201
    refit(services.store, services.models)
    return stocked


def test_a_brief_cites_the_item_and_names_films_like_it(screened):
    put(screened, "teeth", "刷牙", TEXT, attributes={"domain": "健康生活", "teacher": "林晓舟"})
    brief = screened.get("/v1/items/teeth/brief").json
    assert [b["beat"] for b in brief["beats"]] == [
        *("hook", "conflict", "turn", "turn", "resolution"),
    ]
    for beat in brief["beats"]:
        assert TEXT[beat["start"] : beat["end"]] == beat["text"]
        point = beat["teaches"]
        assert TEXT[point["start"] : point["end"]] == point["text"]
    assert {m["part"] for m in brief["missing"]} >= {"turn", "setting"}
    assert brief["form"]["form"] == "微电影"
    assert brief["form"]["by"] == "rule"
    assert {"mentor", "role"} <= {c["part"] for c in brief["characters"]}
    near = screened.get("/v1/items/soup/brief").json["comparable"]
    assert near[0]["id"] == "soup-film"
    for film in near:  # nobody, or five people: fewer than may be told
        assert not {"viewings", "completion"} & set(film)


def play(client, items, users, value):
    plays = [
        {"user": f"u{user}", "item": item, "type": "play", "value": value}
        for item in items
        for user in range(users)
    ]
    lines = "\n".join(json.dumps(event) for event in plays)
    kind = "application/x-ndjson"
    assert client.post("/v1/events/bulk", data=lines, content_type=kind).status_code == 200


def test_a_brief_tells_no_more_of_a_films_viewers_than_its_report(screened):
    play(screened, ["soup-film"], 27, 0.6)
    near = screened.get("/v1/items/soup/brief").json["comparable"]
    done = screened.get("/v1/items/soup-film/report").json["completion"]
    assert near[0]["viewings"] == done["starters"]
    assert near[0]["viewings"] % 10 == (near[0]["completion"] * near[0]["viewings"]) % 10 == 0


def test_groups_of_the_audience_are_learners_on_the_screen(screened, services):
    cooks = [f"cook{n}" for n in range(40)]
    lines = [{"user": user, "item": i, "type": "enrol"} for user in cooks for i in FOOD]
    lines += [{"user": f"other{n}", "item": "calculus", "type": "enrol"} for n in range(120)]
    body = "".join(json.dumps(line) + "\n" for line in lines)
    screened.post("/v1/events/bulk", data=body, content_type="application/x-ndjson")
    refit(services.store, services.models)
    brief = screened.get("/v1/items/soup-film/brief").json
    groups = [c for c in brief["characters"] if c["by"] == "audience"]
    assert groups
    assert all(c["part"] == "learner" and 0 < c["share"] <= 1 for c in groups)


def test_briefs_of_a_minute_share_a_reading_of_the_log_until_a_user_is_erased(
    screened, services, monkeypatch
):
    read, readings = [], services.store.readings
    whole = readings._read
    monkeypatch.setattr(readings, "_read", lambda rows: read.append(1) or whole(rows))
    for item in ("soup", "baking", "soup"):
        assert screened.get(f"/v1/items/{item}/brief").status_code == 200
    assert len(read) == 1
    assert "u0" in readings._kept.log.users
    assert screened.delete("/v1/users/u0").status_code == 204
    assert readings._kept is None
    screened.get("/v1/items/soup/brief")
    assert "u0" not in readings._kept.log.users
    # another worker of the same database erases
    elsewhere = Store(services.settings.url)
    elsewhere.users.erase("u1", lambda _: None)
    elsewhere.close()
    screened.get("/v1/items/soup/brief")
    assert "u1" not in readings._kept.log.users
    # an audience is as of now
    screened.get("/v1/items/soup/audience")
    assert len(read) == 4


def test_a_film_is_not_compared_with_itself(screened):
    near = screened.get("/v1/items/soup-film/brief").json["comparable"]
    assert "soup-film" not in {film["id"] for film in near}


def test_a_text_and_the_same_item_have_the_same_beats(screened):
    put(screened, "teeth", "刷牙", TEXT)
    posted = screened.post("/v1/brief", json={"title": "刷牙", "text": TEXT})
    assert posted.status_code == 200
    stored = screened.get("/v1/items/teeth/brief").json
    for part in ("beats", "tone", "form", "setting", "comparable"):
        assert posted.json[part] == stored[part]
    assert "id" not in posted.json


def test_before_the_first_fit_comparable_films_are_missing_with_a_reason(client):
    put(client, "teeth", "刷牙", TEXT)
    brief = client.get("/v1/items/teeth/brief").json
    assert brief["comparable"] == []
    assert "comparable" in {m["part"] for m in brief["missing"]}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_an_empty_item_has_a_brief_that_says_what_it_lacks(client):
    put(client, "empty", "", "")
    brief = client.get("/v1/items/empty/brief").json
    assert brief["beats"] == []
    assert "tone" not in brief
    missing = {m["part"] for m in brief["missing"]}
    assert missing >= {"hook", "conflict", "turn", "resolution", "tone"}
    assert client.get("/v1/items/empty/brief?format=html").status_code == 200


def test_an_unknown_item_has_none(client):
    assert client.get("/v1/items/nothing/brief").status_code == 404


def test_every_rule_has_a_name_that_a_brief_can_say():
    kinds = {cue.kind for cues in cues().values() for cue in cues}
    assert kinds | {"key_point"} == set(WHY)


class Tags(HTMLParser):
    """Tags of a page, and whether each is closed."""

    VOID = frozenset({"meta", "br", "line", "polyline"})

    def __init__(self, page):
        super().__init__()
        self.open, self.names, self.attributes = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", ["header", "query"])
def test_a_page_is_whole_without_script_and_without_another_host(screened, how):
    evil = "<script>alert(1)</script>"
    put(screened, "x", f"标题{evil}", TEXT, attributes={"teacher": f"林{evil}"})
    query, headers = "?format=html", {}
    if how == "header":
        query, headers = "", {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
    answer = screened.get(f"/v1/items/x/brief{query}", headers=headers)
    assert answer.mimetype == "text/html"
    assert "Accept" in answer.vary
    page = Tags(answer.text)
    assert page.open == []
    assert "script" not in page.names
    assert not {"src", "href", "style", "onload"} & set(page.attributes)
    assert "标题&lt;script&gt;" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_json_is_what_a_client_gets_that_asks_for_nothing(client):
    put(client, "a", "a", TEXT)
    for accept in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}, {"Accept": "image/png"}):
        assert client.get("/v1/items/a/brief", headers=accept).mimetype == "application/json"
    page = {"Accept": "text/html"}
    assert client.get("/v1/items/a/brief?format=json", headers=page).mimetype == "application/json"


def test_a_form_is_chosen_by_data_where_films_are_watched(client):
    for n in range(4):
        for form, share in (("微电影", 0.5), ("情景剧", 1.0)):
            film = put(client, f"{form}{n}", form, "", kind="film", attributes={"form": form})
            play(client, [film], 20, share)
    brief = client.post("/v1/brief", json={"text": TEXT, "attributes": {"domain": "健康生活"}}).json
    assert (brief["form"]["form"], brief["form"]["by"]) == ("情景剧", "data")
    figures = {f["form"]: f for f in brief["form"]["figures"]}
    assert figures["情景剧"]["viewings"] == 80
    assert figures["情景剧"]["completion"] == 1.0


def test_the_command_reads_items_and_files(client, services, tmp_path):
    put(client, "teeth", "刷牙", TEXT)
    options = ["--home", str(services.settings.home)]
    if services.settings.database_url:
        options += ["--database-url", services.settings.database_url]
    file = tmp_path / "刷牙.txt"
    file.write_text(TEXT, "utf-8")
    page = tmp_path / "brief.html"
    run = CliRunner()
    item = run.invoke(main, [*options, "brief", "teeth", "--json"])
    found = run.invoke(main, [*options, "brief", str(file), "--json", "--html", str(page)])
    assert item.exit_code == found.exit_code == 0
    assert json.loads(item.stdout)["beats"] == json.loads(found.stdout)["beats"]
    assert Tags(page.read_text("utf-8")).open == []
    told = run.invoke(main, [*options, "brief", "teeth"])
    assert "开场钩子  每天刷牙两次" in told.stdout
    plain = tmp_path / "script.txt"
    plain.write_text(TEXT, "utf-8")
    titles = [
        json.loads(run.invoke(main, [*options, "brief", str(plain), "--json", *more]).stdout)[
            "title"
        ]
        for more in ([], ["--title", "刷牙"])
    ]
    assert titles == ["", "刷牙"]  # a name that is no Chinese is no title
    wrong = run.invoke(main, [*options, "brief", "nobody"])
    assert wrong.exit_code == 2
    assert "nobody" in wrong.stderr
