"""What each route promises to those who use it well."""

import re
import threading
import time
from dataclasses import replace
from urllib.parse import quote

import orjson
import pytest

from service.app import create_app
from service.serving import Serving

from .conftest import FOOD, MATHS, TEXTS, lines_of, ndjson

NDJSON = "application/x-ndjson"


def recommended(client, user="u0", **query):
    response = client.get(f"/v1/users/{quote(user, safe='')}/recommendations", query_string=query)
    assert response.status_code == 200, response.text
    return response.json


# ---- items ------------------------------------------------------------------------------


def test_an_item_is_stored_analysed_and_read_back(client):
    title, text = TEXTS["calculus"]
    body = {"title": title, "text": text, "attributes": {"level": 1}, "published_at": "2024-03-01"}
    put = client.put("/v1/items/calculus", json=body)
    assert put.status_code == 201
    got = client.get("/v1/items/calculus")
    assert got.json == put.json
    assert got.json["published_at"] == "2024-03-01T00:00:00Z"
    assert "导数" in {tag["text"] for tag in got.json["analysis"]["tags"]}
    assert client.put("/v1/items/calculus", json=body).status_code == 200


@pytest.mark.parametrize(
    "item_id", ["a/b", "a/similar", "用户 1", "😀", "50%", "a?b#c", "//", "x/"]
)
def test_an_id_may_hold_anything(client, item_id):
    url = f"/v1/items/{quote(item_id, safe='')}"
    assert client.put(url, json={"title": "t"}).status_code == 201
    assert client.get(url).json["id"] == item_id
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_a_plain_slash_in_an_id_works_too(client):
    assert client.put("/v1/items/course/1", json={"title": "t"}).status_code == 201
    assert client.get("/v1/items/course%2F1").json["title"] == "t"


def test_patch_changes_what_it_names_and_nothing_else(client):
    whole = {"title": "微积分", "text": "导数。", "attributes": {"x": 1, "y": 2}, "kind": "film"}
    client.put("/v1/items/a", json=whole | {"published_at": "2024-01-01"})
    patched = client.patch("/v1/items/a", json={"title": "线性代数"})
    assert patched.status_code == 200
    assert {**whole, "title": "线性代数"}.items() <= patched.json.items()
    assert patched.json["published_at"] == "2024-01-01T00:00:00Z"


def test_a_patch_is_a_merge_patch(client):
    whole = {"title": "微积分", "text": "导数。", "attributes": {"x": 1, "y": 2}, "kind": "film"}
    client.put("/v1/items/a", json=whole | {"published_at": "2024-01-01"})
    patch = {"text": None, "kind": None, "published_at": None, "attributes": {"x": None, "z": 3}}
    patched = client.patch(
        "/v1/items/a", json=patch, headers={"Content-Type": "application/merge-patch+json"}
    ).json
    assert (patched["title"], patched["text"], patched["kind"]) == ("微积分", "", "course")
    assert patched["attributes"] == {"y": 2, "z": 3}
    assert "published_at" not in patched
    assert client.patch("/v1/items/a", json={"attributes": None}).json["attributes"] == {}
    many = {str(n): n for n in range(60)}
    client.patch("/v1/items/a", json={"attributes": many})
    more = {f"more{n}": n for n in range(60)}
    assert client.patch("/v1/items/a", json={"attributes": more}).status_code == 422


def test_patches_at_once_all_take_effect(client, services):
    client.put("/v1/items/a", json={})
    bodies = [{"title": "微积分"}, {"text": "导数。"}, {"kind": "film"}, {"attributes": {"x": 1}}]
    for _ in range(5):
        threads = [
            threading.Thread(target=services.pipeline.patch_item, args=("a", body))
            for body in bodies
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = client.get("/v1/items/a").json
        for body in bodies:
            assert body.items() <= found.items()
        client.put("/v1/items/a", json={})


def test_the_last_of_equal_ids_in_a_request_wins(client):
    first, last = {"id": "a", "title": "一"}, {"id": "a", "title": "二"}
    for rows in ([first, last], [first, last, first], [last, first]):
        answers = lines_of(client.post("/v1/items/bulk", data=ndjson(rows), content_type=NDJSON))
        assert {a["status"] for a in answers} <= {200, 201}
        assert client.get("/v1/items/a").json["title"] == rows[-1]["title"]


def test_a_stream_may_be_longer_than_any_json_body(client, services):
    limit = services.settings.max_body_bytes
    row = ndjson([{"id": "a", "text": "x" * 500_000}])
    raw = row * (limit // len(row) + 2)
    assert len(raw) > limit
    answers = lines_of(client.post("/v1/items/bulk", data=raw, content_type=NDJSON))
    assert len(answers) == limit // len(row) + 2


def test_pages_hold_each_item_once(client):
    ids = sorted(["a", "b", "微", "z/1", "😀"])
    client.post("/v1/items/bulk", data=ndjson([{"id": i} for i in ids]), content_type=NDJSON)
    found, cursor = [], None
    while True:
        query = {"n": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/items", query_string=query).json
        found += [item["id"] for item in page["items"]]
        if (cursor := page.get("cursor")) is None:
            break
    assert found == ids


def test_a_bulk_request_answers_every_line_and_stores_the_good_ones(client):
    rows = [{"id": "a", "title": "t"}, {"id": ""}, {"id": "b", "colour": "red"}, {"id": "c"}]
    raw = ndjson(rows) + b"{nonsense\n"
    answers = lines_of(client.post("/v1/items/bulk", data=raw, content_type=NDJSON))
    assert [(a["line"], a.get("id"), a["status"]) for a in answers] == [
        (1, "a", 201),
        (2, "", 422),
        (3, "b", 422),
        (4, "c", 201),
        (5, None, 422),
    ]
    assert answers[2]["error"]["pointer"] == "/colour"
    assert [i["id"] for i in client.get("/v1/items").json["items"]] == ["a", "c"]


def test_sending_a_file_again_changes_nothing(stocked):
    before = stocked.get("/v1/items").json
    rows = [{"id": i, "title": t, "text": x} for i, (t, x) in TEXTS.items()]
    again = lines_of(stocked.post("/v1/items/bulk", data=ndjson(rows), content_type=NDJSON))
    assert {a["status"] for a in again} == {200}
    assert stocked.get("/v1/items").json == before


# ---- events -----------------------------------------------------------------------------


def test_an_event_without_id_is_one_of_its_own_and_a_line_without_id_is_not(client, services):
    client.put("/v1/items/a", json={})
    event = {"user": "u", "item": "a", "type": "view"}
    ids = {client.post("/v1/events", json=event).json["id"] for _ in range(3)}
    assert len(ids) == 3
    raw = ndjson([event, event])
    first = lines_of(client.post("/v1/events/bulk", data=raw, content_type=NDJSON))
    again = lines_of(client.post("/v1/events/bulk", data=raw, content_type=NDJSON))
    assert [a["status"] for a in first + again] == [201, 200, 200, 200]
    assert services.store.events.count() == 4


def test_an_event_id_is_idempotent_and_guarded(client):
    client.put("/v1/items/a", json={})
    event = {"id": "e", "user": "u", "item": "a", "type": "play", "value": 0.5}
    statuses = [client.post("/v1/events", json=e).status_code for e in (event, event)]
    assert statuses == [201, 200]
    conflict = client.post("/v1/events", json=event | {"value": 0.6})
    assert conflict.status_code == 409


def test_a_review_is_weighed_by_what_it_says(client, services):
    client.put("/v1/items/a", json={})
    for user, words in (
        ("good", "老师讲得非常清楚，收获很大！"),
        ("bad", "讲得一点也不清楚，太差了。"),
    ):
        event = {"user": user, "item": "a", "type": "review", "text": words}
        assert client.post("/v1/events", json=event).status_code == 201
    assert services.store.events.of_user("good").value[0] > 0
    assert services.store.events.of_user("bad").value[0] < 0


# ---- recommendations --------------------------------------------------------------------


def test_learners_get_what_learners_like_them_take(fitted):
    for user in range(6):
        mine = FOOD if user % 2 else MATHS
        (first, *_) = recommended(fitted, f"u{user}", n=1)["items"]
        assert first["id"] == mine[user % 3], user
        assert first["source"] == "hybrid"


def test_an_event_changes_the_next_answer(fitted):
    new = recommended(fitted, "new")["items"]
    assert {item["source"] for item in new} == {"popularity"}
    fitted.post("/v1/events", json={"user": "new", "item": "soup", "type": "enrol"})
    after = recommended(fitted, "new")["items"]
    assert [item["id"] for item in after][:2] == sorted(["cooking", "baking"], key=rank(after))
    assert "soup" not in {item["id"] for item in after}


def rank(items):
    order = [item["id"] for item in items]
    return order.index


def test_an_item_is_recommendable_in_the_next_request(fitted):
    body = {"title": "高等数学", "text": "极限、导数与积分，函数的变化率与定积分求面积。"}
    fitted.put("/v1/items/new", json=body)
    items = recommended(fitted, "u0", n=6)["items"]
    place = [item["id"] for item in items].index("new")
    assert items[place]["source"] == "content"
    assert all(items[i]["id"] in MATHS for i in range(place))


def test_a_deleted_item_is_in_no_list_and_its_name_may_be_used_again(fitted):
    fitted.delete("/v1/items/analysis")
    assert "analysis" not in {i["id"] for i in recommended(fitted, "new")["items"]}
    assert fitted.get("/v1/items/analysis/similar").status_code == 404
    fitted.put("/v1/items/analysis", json={"title": "数学分析"})
    assert "analysis" in {i["id"] for i in recommended(fitted, "new")["items"]}


def test_an_item_is_not_shown_before_it_is_published(fitted):
    for item, moment in (("soon", "2199-01-01"), ("past", "2000-01-01")):
        fitted.put(f"/v1/items/{item}", json={"title": item, "published_at": moment})
    shown = {item["id"] for item in recommended(fitted, "new", n=100)["items"]}
    assert "past" in shown
    assert "soon" not in shown


def test_before_the_first_fit_there_is_what_is_popular(stocked):
    answer = recommended(stocked, "u0")
    assert "model" not in answer
    assert {item["source"] for item in answer["items"]} == {"popularity"}
    assert len(answer["items"]) == 4  # six, less the two that u0 took
    assert "只有 4 项" in answer["short_reason"]


def test_an_empty_service_recommends_nothing_and_says_so(client):
    answer = recommended(client, "nobody")
    assert answer["items"] == []
    assert answer["short_reason"]


def test_filters_exclusions_and_seen_items_hold(fitted):
    fitted.put(
        "/v1/items/film", json={"kind": "film", "attributes": {"level": 2, "tag": ["a", "b"]}}
    )
    only = recommended(fitted, "u0", kind="film", attribute=["level:2", "tag:b"])["items"]
    assert [item["id"] for item in only] == ["film"]
    assert recommended(fitted, "u0", attribute="tag:c")["items"] == []
    some = {i["id"] for i in recommended(fitted, "u0", exclude=["analysis", "unheard of"])["items"]}
    assert "analysis" not in some
    seen = {i["id"] for i in recommended(fitted, "u0", seen="allow")["items"]}
    assert {"algebra", "analysis"} <= seen


def test_what_was_disliked_never_comes_back(fitted):
    fitted.post("/v1/events", json={"user": "u0", "item": "soup", "type": "dislike"})
    for seen in ("exclude", "allow"):
        shown = {i["id"] for i in recommended(fitted, "u0", n=100, seen=seen)["items"]}
        assert "soup" not in shown


def test_reasons_sum_to_the_score(fitted):
    fitted.put("/v1/items/new", json={"title": "高等数学", "text": "极限、导数与积分。"})
    for user in ("u0", "u1", "nobody"):
        items = recommended(fitted, user, n=100, explain="true")["items"]
        assert items
        for item in items:
            total = sum(reason["contribution"] for reason in item["reasons"])
            assert total == pytest.approx(item["score"], abs=1e-6)


def test_a_longer_list_starts_with_the_shorter_one(fitted):
    long = [i["id"] for i in recommended(fitted, "u0", n=4)["items"]]
    for n in range(1, 4):
        assert [i["id"] for i in recommended(fitted, "u0", n=n)["items"]] == long[:n]


def test_a_session_gets_what_a_user_with_its_events_gets(fitted):
    fitted.post("/v1/events", json={"user": "somebody", "item": "soup", "type": "enrol"})
    session = {"events": [{"item": "soup", "type": "enrol"}], "explain": True}
    answer = fitted.post("/v1/recommendations", json=session)
    assert answer.status_code == 200
    mine = recommended(fitted, "somebody", explain="true")["items"]
    assert answer.json["items"] == mine


def test_similar_items_are_of_the_same_kind_by_behaviour_and_by_text(fitted):
    for by in ("hybrid", "content"):
        near = fitted.get("/v1/items/cooking/similar", query_string={"by": by, "n": 2}).json
        assert {item["id"] for item in near["items"]} == {"baking", "soup"}, by


def test_similar_items_before_the_first_fit_are_none_and_it_is_said_why(stocked):
    near = stocked.get("/v1/items/cooking/similar").json
    assert near == {"items": [], "short_reason": "尚无训练好的模型：请先提交 refit 任务"}


# ---- analysis ---------------------------------------------------------------------------


def test_one_text_is_analysed_with_offsets_into_what_was_sent(client):
    text = "本课讲导数。😀 导数是函数的变化率！"
    analysis = client.post("/v1/analyze", json={"text": text, "title": "微积分"}).json
    assert {"version", "tokens", "tags", "key_points", "sentiment", "topics"} <= set(analysis)
    for token in analysis["tokens"]:
        assert text[token["start"] : token["end"]] == token["text"]


def test_include_picks_parts_and_many_texts_give_the_same_as_one(client):
    texts = [{"text": "导数。"}, {"text": "", "title": "空"}]
    many = client.post("/v1/analyze?include=tags&include=sentiment", json={"texts": texts}).json
    one = [client.post("/v1/analyze?include=tags&include=sentiment", json=t).json for t in texts]
    assert many["analyses"] == one
    assert set(one[0]) == {"version", "tags", "sentiment"}
    assert one[1]["sentiment"] is None


def test_parts_are_named_one_by_one_or_with_commas(client):
    one_by_one, at_once = (
        client.post(f"/v1/analyze?{query}", json={"text": "微积分从极限讲起。"}).json
        for query in ("include=tags&include=topics", "include=tags,topics")
    )
    assert one_by_one == at_once
    assert set(at_once) == {"version", "tags", "topics"}
    wrong = client.post("/v1/analyze?include=tags,tag", json={"text": "微积分"})
    assert wrong.json["errors"][0]["pointer"] == "/include/1"


SRT = (
    "1\n00:00:01,000 --> 00:00:02,500\n今天讲矩阵\n\n"
    "2\n00:00:02,500 --> 00:00:04,000\n分解。所谓秩，是指主元的个数。\n\n"
    "3\n00:00:09,xyz --> 00:00:10,000\n坏的时间\n"
)


def test_subtitles_are_answered_with_the_times_of_what_is_found(client):
    body = {"text": SRT, "title": "线性代数", "format": "srt"}
    answer = client.post("/v1/analyze", json=body).json
    assert answer["text"] == "今天讲矩阵分解。所谓秩，是指主元的个数。"
    times = answer["times"]
    for part in ("tokens", "key_points", "concepts"):
        assert len(times[part]) == len(answer[part]) > 0
    assert len(times["arc"]) == len(answer["sentiment"]["arc"]) == 2
    assert times["arc"] == [[1.0, 4.0], [2.5, 4.0]]
    seconds = {t["text"]: s for t, s in zip(answer["tokens"], times["tokens"], strict=True)}
    assert seconds["今天"] == [1.0, 2.5]
    assert seconds["个数"] == [2.5, 4.0]
    assert [problem["line"] for problem in answer["problems"]] == [10]
    plain = client.post("/v1/analyze", json={"text": answer["text"], "title": "线性代数"}).json
    assert {name: answer[name] for name in plain} == plain


def test_subtitles_come_in_every_form_a_text_does(client):
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\n讲得很清楚。\n"
    one = client.post("/v1/analyze?include=tags", json={"text": vtt, "format": "vtt"}).json
    assert set(one) == {"version", "tags", "text", "cues", "times", "problems"}
    assert one["times"] == {}
    many = {"texts": [{"text": "好"}, {"text": vtt, "format": "vtt"}]}
    assert client.post("/v1/analyze?include=tags", json=many).json["analyses"][1] == one
    line = orjson.dumps({"text": vtt, "format": "vtt"})
    answer = client.post("/v1/analyze/stream?include=tags", data=line, mimetype=NDJSON)
    assert orjson.loads(answer.data)["analysis"] == one
    refused = client.post("/v1/analyze", json={"text": vtt, "format": "ass"})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/format"


def tokens_of(client, **body):
    answer = client.post("/v1/analyze?include=tokens", json=body)
    assert answer.status_code == 200, answer.text
    return [token["text"] for token in answer.json["tokens"]]


def test_a_dictionary_of_the_request_serves_that_request_alone(client):
    text = "用Transformer模型做凸优化，学的是什么"
    before = tokens_of(client, text=text)
    dictionary = [
        {"text": "Transformer模型", "pos": "nz"},
        {"text": "凸优化"},
        {"text": "的是什", "force": True},
    ]
    own = tokens_of(client, text=text, dictionary=dictionary)
    assert own == ["用", "Transformer模型", "做", "凸优化", "，", "学", "的是什", "么"]
    assert tokens_of(client, text=text) == before != own
    many = client.post(
        "/v1/analyze?include=tokens", json={"texts": [{"text": text}], "dictionary": dictionary}
    ).json
    assert [t["text"] for t in many["analyses"][0]["tokens"]] == own
    assert many["analyses"][0]["tokens"][1]["pos"] == "nz"


@pytest.mark.parametrize(
    "entry", [{"text": ""}, {"text": "两 词"}, {"text": "<b>"}, {"text": "词", "pos": "名词"}]
)
def test_a_dictionary_entry_that_is_no_word_is_refused(client, entry):
    answer = client.post("/v1/analyze", json={"text": "词", "dictionary": [{"text": "好"}, entry]})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"].startswith("/dictionary/1/")


def test_a_dictionary_has_a_limit(client):
    entries = [{"text": f"词{i}", "force": True} for i in range(1001)]
    assert client.post("/v1/analyze", json={"text": "", "dictionary": entries}).status_code == 422
    assert (
        client.post("/v1/analyze", json={"text": "", "dictionary": entries[1:]}).status_code == 200
    )


def test_search_granularity_adds_the_words_inside_words(client):
    assert tokens_of(client, text="清华大学") == ["清华大学"]
    assert tokens_of(client, text="清华大学", granularity="search") == [
        "清华",
        "华大",
        "大学",
        "清华大学",
    ]


def test_traditional_script_is_read_as_simplified_on_request(client):
    text = "機器學習與矩陣分解"
    body = {"text": text, "simplify": True}
    found = client.post("/v1/analyze?include=tokens&include=tags", json=body).json
    assert "矩阵分解" in {tag["text"] for tag in found["tags"]}
    assert [t["text"] for t in found["tokens"]] == ["機器", "學習", "與", "矩陣", "分解"]
    raw = ndjson([body, {"text": text}])
    lines = lines_of(client.post("/v1/analyze/stream", data=raw, content_type=NDJSON))
    assert lines[0]["analysis"]["tags"] == found["tags"]
    assert lines[1]["analysis"]["tags"] != found["tags"]


def test_near_duplicates_have_near_signatures(client):
    text = "本课介绍矩阵分解，以及它在推荐系统中的应用，并讲解奇异值分解的原理与算法。" * 2
    texts = [{"text": text}, {"text": text.replace("应用", "用途")}, {"text": ""}]
    many = client.post("/v1/analyze?include=signature", json={"texts": texts}).json["analyses"]
    first, second = (int(one["signature"], 16) for one in many[:2])
    assert 0 <= (first ^ second).bit_count() <= 8
    assert many[2]["signature"] is None


def test_a_stream_is_analysed_line_by_line(client):
    raw = ndjson([{"id": "x", "text": "导数。"}, {"txt": "?"}, {"text": ""}])
    answers = lines_of(
        client.post("/v1/analyze/stream?include=tags", data=raw, content_type=NDJSON)
    )
    assert [(a["line"], a["status"]) for a in answers] == [(1, 200), (2, 422), (3, 200)]
    assert answers[0]["id"] == "x"
    assert answers[0]["analysis"]["tags"]


# ---- jobs and models --------------------------------------------------------------------


def finished(client, job_id, seconds=60.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job = client.get(f"/v1/jobs/{job_id}").json
        if job["state"] in ("succeeded", "failed"):
            return job
        time.sleep(0.1)
    raise AssertionError(job)


def test_a_refit_runs_beside_the_server_and_its_model_goes_into_service(stocked):
    response = stocked.post("/v1/jobs", json={"kind": "refit"})
    assert response.status_code == 202
    assert response.headers["Location"] == f"/v1/jobs/{response.json['id']}"
    job = finished(stocked, response.json["id"])
    assert job["state"] == "succeeded", job
    assert job["progress"] == 1
    assert recommended(stocked)["model"] == job["result"]["model"]


def test_an_earlier_model_can_be_put_back_into_service(fitted, services):
    from service.fitting import refit

    first = recommended(fitted)["model"]
    second = refit(services.store, services.models).version
    assert recommended(fitted)["model"] == second
    listed = fitted.get("/v1/models").json["models"]
    assert [(m["version"], m["active"]) for m in listed] == [(second, True), (first, False)]
    assert fitted.post(f"/v1/models/{first}/activate").json["active"]
    assert recommended(fitted)["model"] == first


def test_a_damaged_model_is_refused_and_the_one_in_service_stays(fitted, services):
    from service.fitting import refit

    first = recommended(fitted)["model"]
    second = refit(services.store, services.models).version
    services.store.activate(first)
    path = next((services.models.path / second).glob("*.npy"))
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    refused = fitted.post(f"/v1/models/{second}/activate")
    assert refused.status_code == 409
    assert "已损坏" in refused.json["detail"]
    assert recommended(fitted)["model"] == first
    services.store.activate(second)  # as another worker that did not look would
    assert recommended(fitted)["model"] == first


# ---- probes and pages -------------------------------------------------------------------


def test_with_a_damaged_model_at_the_start_the_newest_that_can_be_read_serves(fitted, services):
    from service.fitting import refit

    first = recommended(fitted)["model"]
    second = refit(services.store, services.models).version
    next((services.models.path / second).glob("*.npy")).unlink()
    fresh = create_app(services.settings, replace(services, serving=anew(services)))
    assert recommended(fresh.test_client())["model"] == first
    (services.models.path / second / "manifest.json").unlink()
    assert [m["version"] for m in fresh.test_client().get("/v1/models").json["models"]] == [first]


def anew(services):
    return Serving(services.store, services.models)


def test_probes_answer(fitted):
    assert fitted.get("/livez").json == {"status": "ok", "detail": {}}
    ready = fitted.get("/readyz").json
    assert ready["status"] == "ok"
    assert ready["detail"]["items"] == len(TEXTS)


def test_the_documentation_page_needs_no_other_host(client):
    assert 'href="/docs/"' in client.get("/").text
    page = client.get("/docs/")
    assert page.status_code == 200
    assert set(re.findall(r"https?://[^/\"']+", page.text)) <= {"http://localhost"}
    with client.get("/docs/swagger-ui-bundle.js") as script:
        assert script.status_code == 200


def test_a_request_id_is_echoed_and_one_is_made(client):
    given = client.get("/livez", headers={"X-Request-ID": "abc"})
    assert given.headers["X-Request-ID"] == "abc"
    assert client.get("/livez").headers["X-Request-ID"]
