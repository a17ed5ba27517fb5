"""Paths over HTTP: ordered, dated, planned anew after each event, honest about what is missing."""

import time
from datetime import date

import orjson
import pytest
from click.testing import CliRunner

from service.cli import main
from service.fitting import refit
from service.paths.curriculum import refreshed
from service.store import StoredEvent

#: plans are made in memory; what they ask of the database, `tests/unit/service` asks of both
pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

DAY = 86_400
LESSONS = {
    "algebra": (
        "线性代数",
        "向量、矩阵与线性方程组，从高斯消元讲起。",
        {"level": 1, "minutes": 120},
    ),
    "python": (
        "Python 编程入门",
        "变量、循环与函数，写出第一个程序。",
        {"level": 1, "minutes": 60},
    ),
    "ml": (
        "机器学习",
        "从线性回归讲到神经网络。学习本课前需要掌握线性代数。",
        {"level": 3, "minutes": 200},
    ),
    "deep": ("深度学习", "卷积网络与注意力机制。", {"level": 4, "prerequisites": ["ml", "python"]}),
    "film": ("矩阵奇遇", "动画里的矩阵与向量，线性代数也可以很有趣。", {"level": 1, "minutes": 15}),
}


@pytest.fixture
def school(client):
    for item, (title, text, attributes) in LESSONS.items():
        kind = "film" if item == "film" else "course"
        body = {"title": title, "text": text, "attributes": attributes, "kind": kind}
        assert client.put(f"/v1/items/{item}", json=body).status_code == 201
    return client


def path(client, user="u", **body):
    body = {"goal": "deep", "minutes_per_week": 120, "start": "2026-03-02"} | body
    response = client.post(f"/v1/users/{user}/path", json=body)
    assert response.status_code == 200, response.text
    return response.json


def event(client, item, type_, **more):
    body = {"user": "u", "item": item, "type": type_} | more
    assert client.post("/v1/events", json=body).status_code == 201


def items(found):
    """What the goals need, in order."""
    return [step["id"] for step in found["steps"] if step["role"] != "enrichment"]


def extra(found):
    return [step["id"] for step in found["steps"] if step["role"] == "enrichment"]


def refused(client, status, **body):
    response = client.post("/v1/users/u/path", json={"minutes_per_week": 60} | body)
    assert response.status_code == status, response.text
    return response.json


def test_steps_are_in_order_with_dates_and_reasons(school):
    found = path(school)
    assert items(found) == ["algebra", "python", "ml", "deep"]
    assert found["reached"]
    assert "model" not in found  # nothing is fitted yet
    (goal,) = found["goals"]
    assert goal == {
        "asked": "deep",
        "id": "deep",
        "title": "深度学习",
        "matched": "id",
        "score": 1.0,
        "found": "deep",
    }
    first, _, ml, deep = found["steps"]
    assert (first["starts"], first["ends"], first["week"]) == ("2026-03-02", "2026-03-08", 1)
    assert (ml["starts"], ml["week"], ml["last_week"]) == ("2026-03-12", 2, 4)
    assert deep["minutes_estimated"]
    assert not ml["minutes_estimated"]
    assert ml["why"] == [
        {
            "kind": "prerequisite",
            "item": "deep",
            "title": "深度学习",
            "confidence": 1.0,
            "sources": ["manual"],
            "text": "学《深度学习》之前需要它",
        }
    ]
    assert first["why"][0]["sources"] == ["text"]
    assert [why["kind"] for why in deep["why"]] == ["goal"]
    assert deep["readiness"] == 0
    assert found["minutes"] == sum(step["minutes"] for step in found["steps"])
    weeks = [date.fromisoformat(step["starts"]) for step in found["steps"]]
    assert weeks == sorted(weeks)


def test_the_next_answer_knows_what_was_learned(school):
    event(school, "algebra", "exercise", value=0.95)
    found = path(school)
    assert items(found) == ["python", "ml", "deep"]
    (known,) = found["mastered"]
    assert known["id"] == "algebra"
    assert known["mastery"] == pytest.approx(0.76, abs=0.001)
    assert [(e["item"], e["type"], e["value"]) for e in known["events"]] == [
        ("algebra", "exercise", 0.95)
    ]
    event(school, "ml", "play", value=0.5)
    step = path(school)["steps"][1]
    assert (step["id"], step["minutes"]) == ("ml", 100)
    assert step["why"][-1]["kind"] == "gap"
    event(school, "algebra", "exercise", value=0.0)
    event(school, "algebra", "exercise", value=0.0)
    assert "algebra" in items(path(school))


def test_who_mastered_the_harder_item_is_not_sent_back(school):
    event(school, "ml", "complete")
    found = path(school, goal=["algebra", "deep"])
    assert items(found) == ["python", "deep"]
    by_id = {known["id"]: known for known in found["mastered"]}
    assert by_id["algebra"]["through"] == "ml"
    assert by_id["algebra"]["events"] == by_id["ml"]["events"]


def test_what_was_learned_long_ago_has_faded(school, services):
    for item, days in (("algebra", 2000), ("python", 10)):
        when = time.time() - days * DAY
        services.store.events.add(
            [StoredEvent(item, "u", item, "complete", None, when, None, None, "")]
        )
    found = path(school)
    assert "algebra" in items(found)
    assert "python" not in items(found)


def test_a_mastered_goal_needs_no_steps_and_says_why(school):
    event(school, "python", "complete")
    found = path(school, goal="python")
    assert (found["steps"], found["reached"], found["weeks"]) == ([], True, 0)
    assert found["reason"]["kind"] == "mastered"
    said = school.post(
        "/v1/users/u/path",
        json={"goal": "python", "minutes_per_week": 60},
        headers={"Accept-Language": "zh"},
    )
    assert said.json["reason"]["text"] == "目标已掌握，无须再学"


def test_a_goal_may_be_words(school):
    assert path(school, goal="机器学习")["goals"][0]["matched"] == "words"
    (goal,) = path(school, goal="我要懂循环和函数怎么用")["goals"]
    assert (goal["id"], goal["matched"]) == ("python", "text")
    assert 0 < goal["score"] < 1
    assert items(path(school, goal=["python", "Python 编程入门"])) == ["python"]
    assert path(school, goal="矩阵", kind=["film"])["goals"][0]["id"] == "film"


def test_a_wide_goal_is_climbed_step_by_step(school):
    names = {"hard": ("历史学方法", 4), "next": ("航海与工厂", 2), "first": ("从夏商到明清", 1)}
    for item, (title, level) in names.items():
        body = {"title": title, "attributes": {"level": level, "subject": "历史"}}
        school.put(f"/v1/items/{item}", json=body)
    school.put("/v1/items/aside", json={"title": "历史里的穴位", "attributes": {"level": 1}})
    (goal,) = path(school, goal="历史")["goals"]
    assert (goal["id"], goal["matched"], goal["found"]) == ("first", "attribute", "历史")
    event(school, "first", "complete")
    assert path(school, goal="历史")["goals"][0]["id"] == "next"
    school.patch("/v1/items/hard", json={"attributes": {"subject": "急救与常见病"}})
    (goal,) = path(school, goal="急救")["goals"]
    assert (goal["id"], goal["matched"], goal["found"]) == ("hard", "attribute", "急救与常见病")


def test_a_goal_that_nothing_is_about_is_unknown(school):
    problem = refused(school, 404, goal=["python", "量子烹饪学"])
    assert problem["errors"][0]["pointer"] == "/goal/1"
    assert refused(school, 404, goal="ノ")["errors"][0]["pointer"] == "/goal"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"goal": []}, "/goal"),
        ({"goal": 3}, "/goal"),
        ({"goal": "ml", "minutes_per_week": 0}, "/minutes_per_week"),
        ({"goal": "ml", "weeks": 0}, "/weeks"),
        ({"goal": "ml", "n": 0}, "/n"),
        ({"goal": "ml", "start": "someday"}, "/start"),
        ({"goal": "ml", "start": "1800-01-01"}, "/start"),
    ],
)
def test_bad_fields_are_named(school, body, pointer):
    errors = refused(school, 422, **body)["errors"]
    assert pointer in {"/".join(e["pointer"].split("/")[:2]) for e in errors}


def test_too_little_time_is_said(school):
    found = path(school, weeks=1)
    assert items(found) == ["algebra"]
    assert found["beyond"] == ["python", "ml", "deep"]
    assert (found["reached"], found["reason"]["kind"]) == (False, "weeks")
    assert path(school, n=2)["reason"]["kind"] == "steps"


def test_a_course_longer_than_the_weeks_is_begun_and_split_over_them(school):
    found = path(school, goal="ml", minutes_per_week=50, weeks=2)
    (step,) = found["steps"]
    assert (step["id"], step["minutes"], step["minutes_left"]) == ("algebra", 100, 20)
    assert step["by_week"] == [
        {"week": 1, "starts": "2026-03-02", "minutes": 50},
        {"week": 2, "starts": "2026-03-09", "minutes": 50},
    ]
    assert (found["reached"], found["beyond"], found["weeks_needed"]) == (False, ["ml"], 7)
    assert found["reason"]["kind"] == "weeks"
    for number in ("220", "7"):  # minutes that are left over, and weeks that would do
        assert number in found["reason"]["text"]
    for step in path(school)["steps"]:
        assert sum(week["minutes"] for week in step["by_week"]) == step["minutes"]


def test_what_cannot_be_taken_is_missing(school):
    event(school, "python", "dislike")
    found = path(school)
    assert found["missing"] == ["python"]
    assert items(found) == ["algebra", "ml"]
    assert found["reason"]["kind"] == "missing"
    assert school.delete("/v1/items/python").status_code == 204
    found = path(school)
    assert found["reached"]
    assert found["unknown_prerequisites"] == [{"item": "deep", "prerequisite": "python"}]


def test_minutes_that_are_left_go_to_what_is_near_and_liked(school, services):
    event(school, "film", "impression")
    found = path(school, user="someone", goal="algebra", minutes_per_week=140)
    assert (items(found), extra(found)) == (["algebra"], ["film"])
    refit(services.store, services.models)
    again = path(school, user="someone", goal="algebra", minutes_per_week=140, kind=["course"])
    assert (items(again), extra(again)) == (["algebra"], [])
    assert "model" in again


def test_a_wrong_first_day_asks_for_a_day(school):
    for wrong in ("someday", "2026-13-02", [2026]):
        (error,) = refused(school, 422, goal="ml", start=wrong)["errors"]
        assert error["pointer"] == "/start"
        assert "2026-03-02；收到" in error["detail"]
        assert "T08:00" not in error["detail"]


def test_what_is_added_is_near_the_goal_and_says_what_is_true(school, services):
    def add(item, title, level, **more):
        body = {"title": title, "attributes": {"level": level, "minutes": 10, "subject": "陶艺"}}
        assert school.put(f"/v1/items/{item}", json=body | more).status_code == 201

    def added(user):
        found = path(school, user=user, goal="陶艺", minutes_per_week=600)
        return {s["id"]: s["why"][0] for s in found["steps"] if s["role"] == "enrichment"}

    for item, title, level in (("a", "捏一只碗", 2), ("b", "转盘拉坯", 2), ("c", "釉色", 3)):
        add(item, title, level)
    add("easy", "窑火边", 1, kind="film")
    add("hard", "柴窑研究", 5)
    school.put("/v1/items/other", json={"title": "收纳", "attributes": {"level": 2, "minutes": 5}})
    for k in range(30):
        for item in ("algebra", "a", "b", "c") if k < 20 else ("film", "other", "python"):
            services.store.events.add(
                [StoredEvent(f"{k}{item}", f"v{k}", item, "complete", None, 1e9, None, None, "")]
            )
    refit(services.store, services.models)
    new = added("nobody")
    assert set(new) <= {"a", "b", "c"}
    assert len(new) == 2  # one of the three is the goal, what is too easy or hard stays away
    assert {why["text"] for why in new.values()} == {"同样关于“陶艺”，时间也够"}
    event(school, "algebra", "complete")
    known = added("u")
    assert set(known) == set(new)
    assert any("合你的口味" in why["text"] for why in known.values())


def test_an_editor_has_the_last_word(school):
    school.patch("/v1/items/ml", json={"attributes": {"prerequisites": []}})
    assert items(path(school, goal="ml"))[0] == "ml"
    school.patch("/v1/items/ml", json={"attributes": {"prerequisites": ["python"]}})
    assert items(path(school, goal="ml"))[:2] == ["python", "ml"]
    school.patch("/v1/items/ml", json={"attributes": {"prerequisites": None}})
    assert items(path(school, goal="ml"))[:2] == ["algebra", "ml"]


def test_a_cycle_that_editors_made_is_an_error_that_names_the_items(school):
    school.patch("/v1/items/ml", json={"attributes": {"prerequisites": ["deep"]}})
    problem = refused(school, 409, goal="deep")
    assert "ml" in problem["detail"]
    assert "deep" in problem["detail"]
    assert problem["errors"][0]["pointer"] == "/goal"
    assert items(path(school, goal="python")) == ["python"]  # it concerns nobody else


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        ([1, None], ["/0", "/1"]),
        (["python", ""], ["/1"]),
        (["python", "x" * 257], ["/1"]),
        (True, [""]),
        (["python", "new"], ["/1"]),
        ("new", [""]),
    ],
)
def test_prerequisites_that_can_be_none_are_refused(school, value, pointers):
    attributes = {"prerequisites": value}
    bulk = orjson.dumps({"id": "new", "attributes": attributes}) + b"\n"
    school.put("/v1/items/new", json={"title": "新课"})
    answers = [
        school.put("/v1/items/new", json={"attributes": attributes}),
        school.patch("/v1/items/new", json={"attributes": attributes}),
        school.post("/v1/items/bulk", data=bulk, content_type="application/x-ndjson"),
    ]
    assert [answer.status_code for answer in answers[:2]] == [422, 422]
    line = orjson.loads(answers[2].data)
    assert line["status"] == 422
    for errors in (answers[0].json["errors"], answers[1].json["errors"], [line["error"]]):
        assert all("收到" in error["detail"] for error in errors)
        found = [error["pointer"] for error in errors]
        assert found == [f"/attributes/prerequisites{p}" for p in pointers][: len(found)]
    assert school.get("/v1/items/new").json["attributes"] == {}


def test_prerequisites_may_be_one_id_or_none(school):
    for value, first in (("python", ["python", "ml"]), (None, ["algebra", "ml"])):
        body = {"attributes": {"prerequisites": value}}
        assert school.patch("/v1/items/ml", json=body).status_code == 200
        assert items(path(school, goal="ml"))[:2] == first


def test_a_weaker_edge_of_a_cycle_is_left_out_and_told(school):
    school.patch("/v1/items/algebra", json={"attributes": {"prerequisites": ["ml"]}})
    found = path(school, goal="algebra")
    assert items(found)[:2] == ["ml", "algebra"]
    (cycle,) = found["cycles"]
    assert cycle["items"] == ["ml", "algebra"]
    assert 0.5 <= cycle["confidence"] < 1


def test_what_a_text_points_to_follows_the_catalogue(school):
    school.delete("/v1/items/algebra")
    assert items(path(school, goal="ml"))[0] == "ml"
    body = {"title": "线性代数新编", "attributes": {"level": 2}}
    school.put("/v1/items/algebra2", json=body)
    assert items(path(school, goal="ml"))[:2] == ["algebra2", "ml"]
    school.patch("/v1/items/algebra2", json={"title": "拓扑学"})
    assert items(path(school, goal="ml"))[0] == "ml"


def _filled(found):
    """Without names under which nothing is left."""
    return {name: value for name, value in found.items() if value}


def test_a_curriculum_brought_up_to_date_is_that_made_anew(school, services, rng):
    words = ("线性代数", "Python", "概率论", "机器学习", "矩阵", "算法")
    for _ in range(25):
        item = f"item-{rng.integers(8)}"
        if rng.random() < 0.25:
            school.delete(f"/v1/items/{item}")
        else:
            title, needs = rng.choice(words, 2)
            school.put(
                f"/v1/items/{item}",
                json={
                    "title": f"{title}{rng.integers(2)}",
                    "text": f"学习本课前需要掌握{needs}。" if rng.random() < 0.7 else "",
                    "attributes": {"level": int(rng.integers(1, 6))},
                },
            )
        catalogue, known = services.planner.curriculum()
        anew = refreshed(None, catalogue, services.store)
        assert known.points == anew.points
        assert known.syllabi == anew.syllabi
        assert _filled(known.asked) == _filled(anew.asked)
        assert _filled(known.index.by_term) == _filled(anew.index.by_term)
        assert known.graph.edges.before.tolist() == anew.graph.edges.before.tolist()


def test_the_order_of_study_is_learned_at_the_refit(school, services):
    others = [
        StoredEvent(f"o{u}", f"o{u}", "film", "enrol", None, 1e9, None, None, "")
        for u in range(300)
    ]
    both = [
        StoredEvent(f"{u}-{item}", f"v{u}", item, "enrol", None, 1e9 + n, None, None, "")
        for u in range(60)
        for n, item in enumerate(("python", "algebra"))
    ]
    services.store.events.add(others + both)
    assert items(path(school, goal="algebra"))[0] == "algebra"
    refit(services.store, services.models)
    found = path(school, goal="algebra")
    assert items(found)[:2] == ["python", "algebra"]
    assert found["steps"][0]["why"][0]["sources"] == ["order"]


def test_every_explained_list_says_what_its_items_lack(school, services):
    refit(services.store, services.models)
    query = {"explain": True, "n": 10}
    found = school.get("/v1/users/u/recommendations", query_string=query).json
    lacks = {item["id"]: item["lacks"] for item in found["items"]}
    place = {item: n for n, item in enumerate(lacks)}
    needs = {"ml": ["algebra"], "deep": ["ml", "python"]}
    for item, missing in lacks.items():
        assert set(missing) == {b for b in needs.get(item, ()) if place[b] > place[item]}
    broken = sum(map(bool, lacks.values())) / len(lacks)
    assert found["prerequisite_violations"] == broken
    for item in lacks:
        event(school, item, "complete")
    again = school.get("/v1/users/u/recommendations", query_string=query | {"seen": "allow"}).json
    assert again["prerequisite_violations"] == 0
    body = {"events": [{"item": "algebra", "type": "complete"}], "explain": True}
    ml = [i for i in school.post("/v1/recommendations", json=body).json["items"] if i["id"] == "ml"]
    assert all(item["lacks"] == [] for item in ml)
    assert "lacks" not in school.get("/v1/users/nobody/recommendations").json["items"][0]


def test_the_command_line_says_the_same(school, settings):
    def run(*arguments):
        place = ("--home", str(settings.home), "--database-url", settings.url)
        return CliRunner().invoke(main, [*place, "path", "u", *arguments])

    event(school, "algebra", "complete")
    asked = ("--goal", "deep", "--minutes", "120", "--start", "2026-03-02")
    as_json = run(*asked, "--json")
    assert as_json.exit_code == 0, as_json.output
    said, there = orjson.loads(as_json.stdout)["steps"], path(school)["steps"]
    for step in (*said, *there):
        del step["mastery"], step["readiness"]  # they fade while we look
    assert said == there
    text = run(*asked).stdout
    assert "机器学习" in text
    assert "已掌握：线性代数" in text
    wrong = run("--goal", "量子烹饪学")
    assert wrong.exit_code != 0
    assert "量子烹饪学" in wrong.stderr
    wrong = run("--goal", "", "--start", "2026-13-02")
    assert wrong.exit_code != 0
    for words in ("goal: ", '收到 ""', "start: ", "如 2026-03-02", '收到 "2026-13-02"'):
        assert words in wrong.stderr
