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
from service.insight.labels import label
from service.services import Services
from service.store.tables import state

DOCUMENTS = Path(__file__).parents[3] / "docs"
#: by which numbers of people are rounded; docs/insight.md tells how to have the same
SECRET, LOAD = "02", "demo --no-serve --learners 150"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("insight")


@pytest.fixture(scope="module")
def sampled(home) -> FlaskClient:
    """What docs/insight.md loads and fits."""
    services = Services.build(Settings(home=home))
    with services.store.write() as connection:
        connection.execute(state.insert().values(name="secret", text=SECRET))
    command(home, LOAD)
    yield create_app(services.settings, services).test_client()
    services.store.close()


@pytest.mark.parametrize("name", ["insight.md", "brief.md"])
def test_the_examples_of_the_document_are_what_is_answered(sampled, home, name):
    written = (DOCUMENTS / "insight.md").read_text("utf-8")
    assert LOAD in written
    assert f"('secret', 0, '{SECRET}')" in written
    found = doctest.testfile(
        str(DOCUMENTS / name),
        module_relative=False,
        globs={
            "get": lambda path, **query: sampled.get(path, query_string=query).json,
            "zhiying": lambda words: command(home, words),
        },
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS,
    )
    assert found.attempted > 3
    assert found.failed == 0


# ---- profile ----------------------------------------------------------------------------


def test_what_the_sample_and_reviews_are_named_by_has_an_english_name(sampled):
    named = {str(i.attributes[a]) for i in sample.catalogue() for a in ("domain", "leaf", "form")}
    report = sampled.get("/v1/items/course-edu-019/report").json
    named |= {aspect["name"] for aspect in report["aspects"]}
    shown = {
        trait["label"]
        for n in range(0, 150, 10)
        for trait in sampled.get(
            f"/v1/users/学员{n:03d}/profile", headers={"Accept-Language": "en"}
        ).json["forms"]
    }
    assert shown
    assert all(name.isascii() for name in shown | {label(name, "en") for name in named})


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


def command(home: Path, words: str) -> str:
    """What a command prints."""
    run = CliRunner().invoke(main, ["--home", str(home), *words.split()])
    assert run.exit_code == 0, run.output
    return run.stdout


def test_the_profile_command_prints_what_http_answers(sampled, home):
    path, chinese = "/v1/users/学员001/profile?features=true", {"Accept-Language": "zh"}
    answer = sampled.get(path, headers=chinese).json
    found = command(home, "insight profile 学员001 --features --json")
    assert orjson.loads(found) == answer
    assert "职业技能 · 会计财税" in command(home, "insight profile 学员001")
    english = command(home, "--lang en insight profile 学员001")
    assert "Accounting and tax" in english
    assert "domain:" not in english


# ---- audience ---------------------------------------------------------------------------


def audience(client, item="course-edu-001", **query):
    answer = client.get(f"/v1/items/{item}/audience", query_string={"share": 0.4} | query)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_an_audience_is_the_same_again_and_a_longer_one_begins_alike(sampled):
    five, ten = (audience(sampled, "course-edu-014", share=0.3, n=n) for n in (5, 10))
    assert five == audience(sampled, "course-edu-014", share=0.3, n=5)
    assert [u["id"] for u in five["users"]] == [u["id"] for u in ten["users"]][:5]
    scores = [u["score"] for u in ten["users"]]
    assert scores == sorted(scores, reverse=True)
    assert five["segments"] == ten["segments"] != []


def test_who_took_the_item_is_no_audience_of_it(sampled):
    named = {u["id"] for u in audience(sampled, n=1000)["users"]}
    for user in sorted(named)[:10]:
        events = sampled.get(f"/v1/users/{user}/events?n=500").json["events"]
        assert not [e for e in events if e["item"] == "course-edu-001" and e["type"] == "enrol"]


def test_no_group_below_the_floor_is_shown(sampled):
    small = audience(sampled, share=0.05)
    assert small["users"] == small["segments"] == small["lifts"] == []
    assert "size" not in small
    assert "下限 10" in small["short_reason"] == small["segments_reason"]
    shown = audience(sampled, "course-edu-014", share=0.3)
    assert shown["floor"] == 10
    assert "segments_reason" not in shown
    counts = [shown["size"], shown["n_users"], *(s["size"] for s in shown["segments"])]
    counts += [n for reach in shown["lifts"] for n in (reach["takers"], reach["reached"])]
    assert all(n % 10 == 0 for n in counts)
    assert all(s["size"] >= 20 and s["low"] > 1 for s in shown["segments"])


def test_an_answer_without_segments_says_why(sampled):
    found = audience(sampled, "course-edu-019", share=0.2)
    assert found["users"] != found["segments"] == []
    assert "没有哪一类学员" in found["segments_reason"]
    plan = sampled.get("/v1/items/course-edu-001/promotion?share=0.05").json
    assert plan["segments"] == []
    assert "请放宽 share" in plan["segments_reason"]


def test_an_audience_beats_chance_where_the_model_was_fitted(sampled):
    found = audience(sampled, "course-edu-019")
    assert found["measured"] == "in_sample"
    assert found["lifts"]
    assert all(reach["lift"] > 1 for reach in found["lifts"])


def test_an_item_posted_just_now_has_an_audience_by_its_text(sampled):
    text = "从导数的定义讲到链式法则，求函数的极值与单调区间，微分与极限的手算练习。"
    sampled.put("/v1/items/fresh", json={"title": "一元函数微分", "text": text})
    found = audience(sampled, "fresh", n=3)
    assert "measured" not in found
    assert found["lifts"] == []
    topics = sampled.get(f"/v1/users/{found['users'][0]['id']}/profile").json["interests"]
    assert "domain:教育" in [t["name"] for t in topics]
    sampled.delete("/v1/items/fresh")
    assert sampled.get("/v1/items/fresh/audience").status_code == 404


def test_without_a_model_nobody_is_named(stocked):
    found = audience(stocked, "calculus")
    assert found["users"] == []
    assert "refit" in found["short_reason"]


def test_the_audience_command_prints_what_http_answers(sampled, home):
    found = command(home, "insight audience film-edu-002 --share 0.4 --json")
    path = "/v1/items/film-edu-002/audience?share=0.4"
    assert orjson.loads(found) == sampled.get(path, headers={"Accept-Language": "zh"}).json
    few = command(home, "insight audience film-edu-002 --share 0.01")
    assert "下限 10" in few
    assert "提升" in command(home, "insight audience film-edu-002 --share 0.4")


def test_takers_since_the_fit_measure_the_lift_and_erased_users_leave_no_trace(sampled):
    late = [u["id"] for u in audience(sampled, n=60)["users"][:22]]
    for user in late:
        event = {"user": user, "item": "course-edu-001", "type": "enrol"}
        assert sampled.post("/v1/events", json=event).status_code == 201
    found = audience(sampled, n=1000)
    assert found["measured"] == "held_out"
    assert found["lifts"][-1]["takers"] == 20
    assert not {u["id"] for u in found["users"]} & set(late)
    gone = found["users"][0]["id"]
    sampled.delete(f"/v1/users/{gone}")
    after = audience(sampled, n=1000)
    assert gone not in {u["id"] for u in after["users"]}


# ---- report -----------------------------------------------------------------------------


def test_a_report_quotes_reviews_that_are_there_in_the_language_asked_for(sampled):
    path = "/v1/items/course-edu-019/report"
    english, chinese = (
        sampled.get(path, headers={"Accept-Language": language}).json for language in ("en", "zh")
    )
    assert [c["about"] for c in english["changes"]] == [c["about"] for c in chinese["changes"]]
    assert english["changes"][0]["text"].isascii()
    assert not chinese["changes"][0]["text"].isascii()
    texts = {
        e["id"]: e["text"]
        for n in range(150)
        for e in sampled.get(f"/v1/users/学员{n:03d}/events?n=500").json["events"]
        if e["type"] == "review"
    }
    quotes = [q for a in english["aspects"] for q in a["praise"] + a["blame"]]
    assert quotes
    assert all(texts[q["event"]][q["start"] : q["end"]] == q["text"] for q in quotes)


def test_a_review_is_in_the_next_report_and_gone_with_its_author(sampled):
    event = {"user": "评论者", "item": "film-cul-002", "type": "review", "text": "节奏太快了。"}
    before = sampled.get("/v1/items/film-cul-002/report").json
    assert sampled.post("/v1/events", json=event).status_code == 201
    after = sampled.get("/v1/items/film-cul-002/report").json
    assert after["n_reviews"] == before["n_reviews"] + 1
    assert after["polarity"] < before.get("polarity", 1.0)
    assert sampled.delete("/v1/users/评论者").status_code == 204
    assert sampled.get("/v1/items/film-cul-002/report").json == before
    assert sampled.get("/v1/items/nothing/report").status_code == 404


def test_the_report_command_prints_what_http_answers(sampled, home):
    answer = sampled.get("/v1/items/course-edu-019/report", headers={"Accept-Language": "zh"}).json
    assert orjson.loads(command(home, "insight report course-edu-019 --json")) == answer
    shown = command(home, "insight report course-edu-019")
    assert "建议" in shown
    assert answer["months"][0]["month"] in shown
    english = command(home, "--lang en insight report course-edu-019")
    for aspect in answer["aspects"]:
        assert aspect["name"] == aspect["label"]
        assert f"\n{aspect['name']} " in shown
        assert f"\n{label(aspect['name'], 'en')} " in english


# ---- promotion --------------------------------------------------------------------------


def test_channels_have_names_in_the_language_asked_for_and_enough_people_or_none(sampled):
    path = "/v1/items/course-edu-019/promotion"
    chinese = sampled.get(path, headers={"Accept-Language": "zh"}).json
    english = sampled.get(path).json
    assert {c["name"] for c in chinese["channels"]} == {
        *("首页", "专属频道", "社交媒体", "论坛", "KOL", "其他")
    }
    assert [c["channel"] for c in chinese["channels"]] == [
        c["channel"] for c in english["channels"]
    ]
    for channel in chinese["channels"]:
        told = {"reached", "brought", "rate"} & set(channel)
        assert len(told) == (0 if channel["verdict"] == "not_enough" else 3)
        assert channel.get("reached", 20) >= 2 * chinese["floor"] == 20


def test_somebody_who_comes_counts_and_when_erased_no_more(sampled):
    path = "/v1/items/course-edu-019/promotion"
    before, guests = sampled.get(path).json, [f"访客{n}" for n in range(10)]
    for guest in guests:
        event = {"item": "course-edu-019", "type": "view", "context": {"referrer": "/"}}
        assert sampled.post("/v1/events", json=event | {"user": guest}).status_code == 201
    after = sampled.get(path).json
    assert after["overall"]["trials"] == before["overall"]["trials"] + 10
    for guest in guests:
        assert sampled.delete(f"/v1/users/{guest}").status_code == 204
    assert sampled.get(path).json == before
    assert sampled.get("/v1/items/nothing/promotion").status_code == 404


def test_without_a_model_channels_are_told_and_no_audience(stocked):
    found = stocked.get("/v1/items/calculus/promotion").json
    assert {c["verdict"] for c in found["channels"]} == {"not_enough"}
    assert found["segments"] == []
    assert "refit" in found["segments_reason"]


def test_the_promotion_command_prints_what_http_answers(sampled, home):
    path = "/v1/items/course-edu-019/promotion"
    answer = sampled.get(path, headers={"Accept-Language": "zh"}).json
    assert orjson.loads(command(home, "insight promotion course-edu-019 --json")) == answer
    assert "首页" in command(home, "insight promotion course-edu-019")


# ---- context ----------------------------------------------------------------------------

WHERE = {"device": "tv", "hour": 22}


def recommended(client, user="学员001", **query):
    path = f"/v1/users/{user}/recommendations"
    return client.get(path, query_string={"n": 10, "explain": True} | query).json["items"]


def test_circumstances_change_the_list_and_say_by_how_much(sampled):
    plain, there = recommended(sampled), recommended(sampled, **WHERE)
    films = [sum(i["id"].startswith("film") for i in items) for items in (plain, there)]
    assert films[1] > films[0]
    assert all(i["reasons"][-1]["kind"] == "context" for i in there)
    for item in plain + there:
        total = sum(reason["contribution"] for reason in item["reasons"])
        assert abs(total - item["score"]) < 1e-6
    assert recommended(sampled, **WHERE) == there
    told = [r for i in there for r in i["reasons"] if r["kind"] == "context"]
    assert {(r["attribute"], r["value"]) for r in told} == {("device", "tv"), ("part", "晚间")}
    film = next(r for i in there for r in i["reasons"] if r.get("trait") == "kind:film")
    assert film["contribution"] > 0
    assert film["text"] == "晚间的学员更常选影片"


def test_what_says_no_length_is_left_in_and_told(sampled):
    sampled.put("/v1/items/timeless", json={"title": "矩阵与变换", "text": "矩阵讲解。"})
    query = {"n": 300, "minutes": 30}
    found = sampled.get("/v1/users/学员001/recommendations", query_string=query).json
    assert found["unknown_lengths"] == ["timeless"]
    kinds = {i["id"].partition("-")[0] for i in found["items"]}
    assert kinds == {"course", "film", "timeless"}  # half an hour is enough for a lesson
    assert "unknown_lengths" not in sampled.get("/v1/users/学员001/recommendations").json
    assert sampled.delete("/v1/items/timeless").status_code == 204


def test_circumstances_nobody_ever_had_change_nothing(sampled):
    assert recommended(sampled, device="耳环") == recommended(sampled)


def test_what_cannot_be_played_is_in_no_list(sampled):
    film = {"title": "矩阵的故事", "text": "动画讲矩阵与线性方程组。", "kind": "film"}
    needs = {"minutes": 90, "devices": ["tv"], "regions": ["广东"]}
    sampled.put("/v1/items/only", json=film | {"attributes": needs})

    def listed(**query):
        return "only" in [i["id"] for i in recommended(sampled, n=300, **query)]

    assert listed()
    assert listed(device="TV", region="广东", minutes=90)
    assert not listed(device="phone")
    assert not listed(region="北京")
    assert not listed(minutes=89)
    short = recommended(sampled, n=300, minutes=30)
    for item in short:
        attributes = sampled.get(f"/v1/items/{item['id']}").json["attributes"]
        assert attributes.get("session_minutes", attributes.get("minutes", 0)) <= 30
    assert sampled.delete("/v1/items/only").status_code == 204


def test_a_session_has_circumstances_too(sampled):
    events = [{"item": "course-edu-001", "type": "play", "value": 1}]
    body = {"events": events, "n": 5, "explain": True, "minutes": 30} | WHERE
    found = sampled.post("/v1/recommendations", json=body).json["items"]
    assert found
    assert sum(item["id"].startswith("film") for item in found) >= 3
    anybody = sampled.post("/v1/recommendations", json={"explain": True} | WHERE).json["items"]
    assert {r["kind"] for i in anybody for r in i["reasons"]} == {"popularity", "context"}


def test_the_hour_of_now_is_one_of_the_day(sampled):
    now = recommended(sampled, now=True)
    assert now in [recommended(sampled, hour=hour) for hour in (3, 6, 9, 14, 20)]


@pytest.mark.parametrize(("name", "value"), [("hour", 24), ("minutes", -1), ("device", "")])
def test_circumstances_that_cannot_be_are_refused(sampled, name, value):
    problem = sampled.get("/v1/users/学员001/recommendations", query_string={name: value})
    assert problem.status_code == 422
    assert problem.json["errors"][0]["pointer"] == f"/{name}"


def test_quality_is_off_unless_asked_for_and_then_a_reason(sampled, home):
    praised = Services.build(Settings(home=home, quality_weight=8.0))
    found = recommended(create_app(praised.settings, praised).test_client())
    assert {r["kind"] for r in found[0]["reasons"]} > {"quality"}
    for item in found:
        assert abs(sum(r["contribution"] for r in item["reasons"]) - item["score"]) < 1e-6
    plain = recommended(sampled)
    assert "quality" not in {r["kind"] for item in plain for r in item["reasons"]}
    praised.store.close()


def test_the_recommend_command_takes_circumstances(sampled, home):
    found = command(home, "recommend 学员001 -n 10 --explain --json --device tv --hour 22")
    assert orjson.loads(found)["items"] == recommended(sampled, **WHERE)
