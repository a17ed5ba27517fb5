"""Lists that vary, explore, hear dislikes and know segments; each part of a score is said."""

import numpy as np
import pytest
from sqlalchemy import event

from service.fitting import refit
from service.scoring import Term
from service.serving import Serving
from service.terms import segment_terms
from service.wishes import Wish

from .conftest import FOOD, MATHS, ndjson
from .test_routes import recommended


def ids(answer):
    return [item["id"] for item in answer["items"]]


def sums(answer):
    for item in answer["items"]:
        total = sum(reason["contribution"] for reason in item["reasons"])
        assert total == pytest.approx(item["score"], abs=1e-6)


@pytest.fixture
def schooled(stocked, services):
    """Learners whose level says what they take: the odd ones cook at level 2."""
    for user in range(40):
        attributes = {"level": 1 + user % 2, "colour": ["红", "蓝"][user // 2 % 2]}
        stocked.put(f"/v1/users/u{user}", json={"attributes": attributes})
    refit(services.store, services.models)
    return stocked


def test_a_plain_list_was_certain(fitted):
    answer = recommended(fitted, "u0")
    assert "seed" not in answer
    assert {(i["propensity"], i["explored"]) for i in answer["items"]} == {(1.0, False)}


def test_diversity_mixes_themes_and_none_is_the_plain_order(fitted):
    fitted.post("/v1/events", json={"user": "mathematician", "item": "calculus", "type": "enrol"})
    plain = recommended(fitted, "mathematician", n=3)
    assert ids(recommended(fitted, "mathematician", n=3, diversity=0)) == ids(plain)
    assert set(ids(plain)[:2]) == {"algebra", "analysis"}
    varied = recommended(fitted, "mathematician", n=3, diversity=0.9, explain="true")
    assert ids(varied)[0] == ids(plain)[0]
    assert set(ids(varied)[:2]) & set(FOOD)
    sums(varied)


def test_exploration_draws_with_a_seed_and_says_the_chance(fitted):
    for name in ("new1", "new2", "new3"):
        fitted.put(f"/v1/items/{name}", json={"title": name, "text": "函数与极限"})
    first = recommended(fitted, "new", n=4, explore=0.25, seed=5, explain="true")
    assert first["seed"] == 5
    assert [i["explored"] for i in first["items"]] == [False, False, False, True]
    last = first["items"][-1]
    assert last["id"] in {"new1", "new2", "new3"}
    assert 0 < last["propensity"] < 1
    sums(first)
    again = recommended(fitted, "new", n=4, explore=0.25, seed=5, explain="true")
    assert again["items"] == first["items"]
    drawn = {
        recommended(fitted, "new", n=4, explore=0.25, seed=s)["items"][-1]["id"] for s in range(20)
    }
    assert drawn == {"new1", "new2", "new3"}
    fresh = recommended(fitted, "new", n=4, explore=0.25)
    assert (
        recommended(fitted, "new", n=4, explore=0.25, seed=fresh["seed"])["items"]
        == (fresh["items"])
    )


def test_an_impression_may_carry_its_propensity(fitted):
    answer = recommended(fitted, "u0", n=2, explore=0.5, seed=1)
    shown = answer["items"][-1]
    context = {
        "recommendation_id": answer["recommendation_id"],
        "rank": shown["rank"],
        "propensity": shown["propensity"],
    }
    event = {"user": "u0", "item": shown["id"], "type": "impression", "context": context}
    assert fitted.post("/v1/events", json=event).status_code == 201
    assert fitted.get("/v1/users/u0/events").json["events"][0]["context"] == context


def test_before_the_first_fit_lists_explore_too(stocked):
    answer = recommended(stocked, "new", n=4, explore=0.5, diversity=0.5, seed=1)
    assert sum(i["explored"] for i in answer["items"]) == 2


def test_a_dislike_pushes_its_neighbours_down_and_says_so(fitted):
    fitted.post("/v1/events", json={"user": "new", "item": "calculus", "type": "enrol"})
    before = {i["id"]: i["score"] for i in recommended(fitted, "new", n=9)["items"]}
    fitted.post("/v1/events", json={"user": "new", "item": "soup", "type": "dislike"})
    answer = recommended(fitted, "new", n=9, explain="true")
    sums(answer)
    after = {i["id"]: i["score"] for i in answer["items"]}
    assert set(after) == set(before) - {"soup"}
    change = {name: after[name] - before[name] for name in after}
    assert max(change[n] for n in FOOD if n in change) < 0 < min(change[n] for n in MATHS[1:])
    said = {r["text"] for i in answer["items"] for r in i["reasons"] if r.get("item") == "soup"}
    assert said == {"与不喜欢的《煲汤》相近", "不同于不喜欢的《煲汤》"}


def test_somebody_of_a_known_level_gets_what_the_level_takes(schooled):
    for level, theirs in ((1, MATHS), (2, FOOD)):
        schooled.put("/v1/users/new", json={"attributes": {"level": level, "colour": "红"}})
        answer = recommended(schooled, "new", n=6, explain="true")
        assert set(ids(answer)[:3]) == set(theirs)
        assert {i["source"] for i in answer["items"]} == {"segment"}
        reasons = [r for i in answer["items"] for r in i["reasons"]]
        assert {r["attribute"] for r in reasons if r["kind"] == "segment"} == {"level"}
        sums(answer)
        session = schooled.post(
            "/v1/recommendations", json={"attributes": {"level": level}, "n": 6, "explain": True}
        )
        assert session.json["items"] == answer["items"]


def test_with_a_history_the_segment_is_one_part_of_the_score(schooled):
    schooled.put("/v1/users/new", json={"attributes": {"level": 2}})
    schooled.post("/v1/events", json={"user": "new", "item": "calculus", "type": "enrol"})
    answer = recommended(schooled, "new", n=6, explain="true")
    assert {i["source"] for i in answer["items"]} == {"hybrid"}
    assert {"history", "popularity", "segment"} == {
        r["kind"] for i in answer["items"] for r in i["reasons"]
    }
    (course,) = (i for i in answer["items"] if i["id"] == "analysis")
    parts = {r["kind"]: r["contribution"] for r in course["reasons"]}
    assert parts["history"] > 0 > parts["segment"]
    sums(answer)


def test_whatever_is_added_to_scores_is_ranked_by_and_explained(fitted, services):
    """The place for other effects: an addend is a function, and its terms are reasons."""

    def pushed(catalogue, visitor, alone):
        assert visitor.log.item == ["soup"]
        values = np.zeros(len(catalogue.ids))
        values[catalogue.ids.row("baking")] = 5.0
        values[catalogue.ids.row("cooking")] = -5.0
        yield Term("segment", "campaign", values)

    fitted.post("/v1/events", json={"user": "new", "item": "soup", "type": "view"})
    serving = Serving(services.store, services.models, addends=(segment_terms, pushed))
    picks = serving.for_user("new", Wish(n=9, explain=True)).items
    assert (picks[0].id, picks[-1].id) == ("baking", "cooking")
    for pick in picks:
        assert sum(b.contribution for b in pick.reasons) == pytest.approx(pick.score, abs=1e-6)
    assert [b.contribution for b in picks[0].reasons if b.attribute == "campaign"] == [5.0]


def test_attributes_nobody_shares_or_that_say_nothing_change_nothing(fitted, schooled):
    plain = recommended(schooled, "nobody", n=6)
    schooled.put("/v1/users/odd", json={"attributes": {"level": 9, "colour": "蓝", "x": [1, None]}})
    assert ids(recommended(schooled, "odd", n=6)) == ids(plain)
    assert {i["source"] for i in recommended(schooled, "odd", n=6)["items"]} == {"popularity"}


def test_filters_take_ranges_and_alternatives(fitted):
    lines = [
        {"id": f"c{n}", "title": f"课程{n}", "attributes": {"level": n, "tag": [f"t{n}"]}}
        for n in range(1, 5)
    ]
    fitted.post("/v1/items/bulk", data=ndjson(lines), content_type="application/x-ndjson")
    for wanted, found in (
        (["level>=2", "level<4"], {"c2", "c3"}),
        (["level:1|4"], {"c1", "c4"}),
        (["level>0", "tag!=t1|t2"], {"c3", "c4"}),
    ):
        assert set(ids(recommended(fitted, "u0", n=9, attribute=wanted))) == found
        page = fitted.get("/v1/items", query_string={"attribute": wanted}).json
        assert {item["id"] for item in page["items"]} == found
    assert fitted.get("/v1/items?attribute=level").status_code == 422


def test_a_short_list_says_why_in_the_language_asked_for(fitted):
    fitted.post("/v1/events", json={"user": "u0", "item": "soup", "type": "dislike"})
    fitted.put("/v1/items/soon", json={"title": "soon", "published_at": "2199-01-01"})
    query = {"n": 9, "exclude": "cooking", "kind": "course"}
    path = "/v1/users/u0/recommendations"
    answer = fitted.get(path, query_string=query, headers={"Accept-Language": "en"}).json
    assert answer["short_reason"] == (
        "only 2 items fit of 7: 1 not published yet, 1 turned down, 2 seen, 1 excluded"
    )
    chinese = fitted.get(path, query_string=query, headers={"Accept-Language": "zh"}).json
    assert chinese["short_reason"] == (
        "共 7 项，只有 2 项符合：1 项未发布，1 项已被用户否定，2 项已看过，1 项被排除"
    )


@pytest.mark.parametrize("query", ["diversity=1.1", "explore=-1", "seed=-1", "explore=nan"])
def test_impossible_wishes_are_refused(fitted, query):
    answer = fitted.get(f"/v1/users/u0/recommendations?{query}")
    assert answer.status_code == 422


def test_a_model_says_how_much_is_new_since_its_fit(fitted):
    version = fitted.get("/v1/models").json["models"][0]["version"]
    tag = fitted.get("/v1/models").headers["ETag"]
    path = f"/v1/models/{version}/drift"
    assert fitted.get(path).json == {
        "version": version,
        "new_events": 0,
        "new_event_share": 0.0,
        "new_items": 0,
        "new_item_share": 0.0,
        "refit_due": False,
    }
    lines = [{"user": f"new{n}", "item": "soup", "type": "enrol"} for n in range(8)]
    fitted.post("/v1/events/bulk", data=ndjson(lines), content_type="application/x-ndjson")
    found = fitted.get(path).json
    assert (found["new_events"], found["refit_due"]) == (8, False)
    fitted.put("/v1/items/new", json={"title": "新课"})
    found = fitted.get(path).json
    assert (found["new_items"], found["new_item_share"]) == (1, 1 / 7)
    assert found["refit_due"]
    assert fitted.get("/v1/models").headers["ETag"] == tag
    assert fitted.get("/v1/models/nothing/drift").status_code == 404


def test_a_warm_refit_serves_the_same_lists(fitted, services):
    before = recommended(fitted, "u0", n=4)
    version = refit(services.store, services.models, warm=True).version
    services.store.activate(version)
    after = recommended(fitted, "u0", n=4)
    assert after["model"] == version != before["model"]
    assert ids(after) == ids(before)


def test_an_explained_list_reads_the_log_of_its_user_once(fitted, services, monkeypatch):
    asked: list[str] = []
    read = services.store.events.of_user
    monkeypatch.setattr(services.store.events, "of_user", lambda u: asked.append(u) or read(u))
    event.listen(services.store.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    assert "lacks" in recommended(fitted, "u0", n=4, explain="true")["items"][0]
    assert [a for a in asked if a == "u0" or "FROM events" in a] == ["u0"]


def test_a_query_that_comes_again_is_read_the_same_and_refused_the_same(fitted):
    first, again = (recommended(fitted, "u0", n=2, exclude="soup") for _ in range(2))
    assert ids(first) == ids(again)
    other = fitted.get("/v1/users/u1/recommendations?exclude=soup&n=1").json
    assert len(ids(other)) == 1
    for query in ("n=0", "n=2&n=3", "no=1", "exclude="):
        answers = [fitted.get(f"/v1/users/u0/recommendations?{query}") for _ in range(2)]
        assert [a.status_code for a in answers] == [422, 422]
        assert answers[0].json["detail"] == answers[1].json["detail"]
