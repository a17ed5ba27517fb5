"""Models somebody trained, by name, through HTTP."""

import json
import threading
from functools import cache

import pytest

from nlp.topics import TopicModel
from nlp.training.reviews import fit_reviews
from service.text_models import read_model, write_model

from .conftest import lines_of, ndjson

MATHS = ["微积分与极限", "线性代数与矩阵"] * 4
ART = ["绘画与色彩", "雕塑与造型"] * 4


@cache
def topics(labels):
    return TopicModel.fit([*MATHS, *ART], [labels[0]] * 8 + [labels[1]] * 8)


def install(services, name="mine", labels=("数学", "艺术")):
    model = topics(labels)
    return write_model(
        services.settings.text_models / name,
        "topics",
        model,
        labels=model.labels,
        figures={"accuracy": 0.9, "ece": None},
        data={"n": 16},
    )


@cache
def reviews():
    return fit_reviews(["讲得很好收获很大"] * 6 + ["讲得很差浪费时间"] * 6, ["1"] * 6 + ["0"] * 6)


def install_sentiment(services, name):
    model = reviews()
    return write_model(
        services.settings.text_models / name,
        "sentiment",
        model,
        labels=("negative", "positive"),
        figures={},
        data={"n": 12},
    )


def ask(client, **query):
    return client.post("/v1/analyze", query_string=query, json={"text": "微积分与矩阵"})


def test_a_named_model_adds_its_topics_and_the_version_names_it(client, services):
    plain = ask(client).json
    manifest = install(services)
    found = ask(client, topics="mine").json
    assert found["topics"]["mine"][0]["label"] == "数学"
    assert set(found["topics"]) == {"subject", "domain", "mine"}
    assert found["version"] != plain["version"]
    assert manifest.sha256[:12] in found["version"]
    assert ask(client).json == plain


def test_a_stream_and_many_texts_take_the_same_names(client, services):
    install(services)
    answer = client.post(
        "/v1/analyze/stream?topics=mine&include=topics",
        data=ndjson([{"text": "色彩与造型"}]),
        content_type="application/x-ndjson",
    )
    assert lines_of(answer)[0]["analysis"]["topics"]["mine"][0]["label"] == "艺术"
    many = client.post("/v1/analyze?topics=mine", json={"texts": [{"text": "矩阵"}] * 2}).json
    assert len(many["analyses"]) == 2


def test_a_named_sentiment_model_is_the_judge(client, services):
    install_sentiment(services, "reviews")
    body = {"text": "讲得很差浪费时间"}
    found = client.post("/v1/analyze?sentiment=reviews", json=body).json
    assert found["sentiment"]["label"] == "negative"
    assert "sentiment:reviews=" in found["version"]


def test_the_list_shows_kind_labels_and_figures(client, services):
    assert client.get("/v1/text-models").json == {"models": []}
    manifest = install(services)
    install_sentiment(services, "reviews")
    first, second = client.get("/v1/text-models").json["models"]
    assert (first["name"], first["kind"], first["labels"]) == ("mine", "topics", ["数学", "艺术"])
    assert first["figures"]["accuracy"] == 0.9
    assert (first["n_texts"], first["version"]) == (16, manifest.sha256)
    assert (second["name"], second["kind"]) == ("reviews", "sentiment")


def test_a_new_version_is_picked_up_without_a_restart(client, services):
    install(services)
    assert ask(client, topics="mine").json["topics"]["mine"][0]["label"] == "数学"
    install(services, labels=("maths", "art"))
    assert ask(client, topics="mine").json["topics"]["mine"][0]["label"] == "maths"
    folder = services.settings.text_models / "mine"
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("name", ["nobody", "../mine", "a/b", "."])
def test_an_unknown_name_is_a_404_that_says_so(client, services, name):
    install(services)
    answer = ask(client, topics=name)
    assert answer.status_code == 404
    assert name in answer.json["detail"]


def test_a_model_of_the_other_kind_is_not_taken(client, services):
    install(services)
    answer = ask(client, sentiment="mine")
    assert answer.status_code == 404
    assert "它是 topics 模型" in answer.json["detail"]


@pytest.mark.parametrize("damage", ["flip", "cut", "lose", "manifest", "format"])
def test_a_damaged_model_is_refused_whole(client, services, damage):
    manifest = install(services)
    folder = services.settings.text_models / "mine"
    arrays, described = folder / manifest.file, folder / "manifest.json"
    content = bytearray(arrays.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
        arrays.write_bytes(content)
    elif damage == "cut":
        arrays.write_bytes(content[:100])
    elif damage == "lose":
        arrays.unlink()
    elif damage == "manifest":
        described.write_text("{")
    else:
        described.write_text(json.dumps({**json.loads(described.read_text()), "format": 99}))
    answer = ask(client, topics="mine")
    assert answer.status_code == 409
    assert "mine" in answer.json["detail"]
    assert ask(client).status_code == 200
    install(services)
    assert ask(client, topics="mine").status_code == 200


def test_a_reader_sees_the_old_version_or_the_new_one_while_it_is_replaced(services):
    versions = {install(services, labels=pair).sha256 for pair in (("a", "b"), ("c", "d"))}
    folder = services.settings.text_models / "mine"
    stop, wrong = threading.Event(), []

    def read():
        while not stop.is_set():
            try:
                version, model = services.text_models.get("mine", "topics")
                assert version in versions
                assert model.labels in (("a", "b"), ("c", "d"))
            except Exception as error:
                wrong.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(20):
        install(services, labels=(("a", "b"), ("c", "d"))[n % 2])
    stop.set()
    reader.join()
    assert wrong == []
    assert read_model(folder)[1].labels == ("c", "d")
