"""``train`` and ``evaluate`` on files: honest figures, the same bytes, and bad lines named."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from nlp import TrainingDataError
from service.cli import main
from service.evaluation import text as reading

from .conftest import ndjson

MATHS = ["微积分与极限", "线性代数与矩阵", "数论与素数", "概率与统计推断"]
ART = ["绘画与色彩", "雕塑与造型", "书法与篆刻", "油画与素描"]
GOOD = ["讲得很好，收获很大", "内容充实，非常喜欢", "老师耐心，受益匪浅", "清楚明白，值得推荐"]
BAD = ["讲得很差，浪费时间", "内容空洞，非常失望", "老师敷衍，毫无收获", "混乱难懂，不推荐"]


@pytest.fixture
def zhiying(tmp_path):
    def run(*arguments: object, status: int = 0):
        result = CliRunner().invoke(main, ["--home", str(tmp_path / "home"), *map(str, arguments)])
        assert result.exit_code == status, (result.output, result.stderr, result.exception)
        return result

    return run


@pytest.fixture
def topics_file(tmp_path):
    rows = [
        {"text": f"{text}第{i}讲", "label": label}
        for i in range(5)
        for label, texts in (("数学", MATHS), ("艺术", ART))
        for text in texts
    ]
    (tmp_path / "topics.jsonl").write_bytes(ndjson(rows))
    return tmp_path / "topics.jsonl"


@pytest.fixture
def reviews_file(tmp_path):
    rows = [
        {"text": f"{text}，第{i}次学", "label": label}
        for i in range(5)
        for label, texts in ((1, GOOD), (0, BAD))
        for text in texts
    ]
    (tmp_path / "reviews.jsonl").write_bytes(ndjson(rows))
    return tmp_path / "reviews.jsonl"


def test_training_prints_held_out_figures_and_writes_the_same_bytes_again(
    zhiying, topics_file, tmp_path
):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        zhiying("train", "topics", topics_file, "-o", folder, "--folds", 3)
    first, second = ({f.name: f.read_bytes() for f in folder.iterdir()} for folder in folders)
    assert first == second
    manifest = json.loads(first["manifest.json"])
    assert manifest["labels"] == ["数学", "艺术"]
    assert manifest["figures"]["accuracy"] > 0.9
    assert manifest["file"] in first
    few = ("--name", "mine", "--folds", 2)
    assert "accuracy" in zhiying("train", "topics", topics_file, *few).stdout


@pytest.fixture
def sets_file(tmp_path):
    rows = [
        {"text": f"{a}；{b}，第{i}讲", "labels": ["理学/数学", "艺术"]}
        for i in range(3)
        for a, b in zip(MATHS, ART, strict=True)
    ]
    rows += [{"text": f"{t}第{i}讲", "labels": ["理学/数学"]} for i in range(3) for t in MATHS]
    rows += [{"text": f"{t}第{i}讲", "label": "艺术"} for i in range(3) for t in ART]
    (tmp_path / "sets.jsonl").write_bytes(ndjson(rows))
    return tmp_path / "sets.jsonl"


def test_texts_of_several_labels_are_trained_judged_and_served(zhiying, sets_file, tmp_path):
    train = ("train", "topics", sets_file, "--name", "sets", "--folds", 2, "--json")
    trained = json.loads(zhiying(*train).stdout)
    assert trained["labels"] == ["理学", "理学/数学", "艺术"]
    assert set(trained["figures"]) >= {"micro_f1", "macro_f1", "subset_accuracy", "label_ece"}
    assert trained["figures"]["micro_f1"] > 0.8
    models = ("--models", "tfidf-svm,naive-bayes,majority", "--model", "sets")
    arguments = ("evaluate", "topics", sets_file, "--folds", 2, *models)
    result = json.loads(zhiying(*arguments, "--json").stdout)
    assert result["data"]["labels_a_text"] == 1.33
    rows = {row["model"]: row for row in result["models"]}
    assert set(rows) == {"tfidf-svm", "naive-bayes", "majority", "model:sets"}
    low, high = rows["model:sets"]["micro_f1_ci95"]
    assert low <= rows["model:sets"]["micro_f1"] <= high
    assert "micro_f1" in zhiying(*arguments, "--test", sets_file).stdout
    (tmp_path / "one.txt").write_text(f"{MATHS[0]}；{ART[0]}", "utf-8")
    out = zhiying("analyze", tmp_path / "one.txt", "--topics", "sets", "--include", "topics")
    found = {t["label"]: t["probability"] for t in json.loads(out.stdout)["topics"]["sets"]}
    assert found["理学"] >= found["理学/数学"] > 0.5
    assert found["艺术"] > 0.5


def test_lines_that_cannot_be_used_are_named_and_the_rest_is_trained_on(zhiying, reviews_file):
    lines = ['{"text": "好"}', '{"text": "好", "label": true}', "{broken", '{"label": 1}', "[]"]
    with reviews_file.open("a") as file:
        file.write("\n".join(lines) + "\n")
    result = zhiying("train", "sentiment", reviews_file, "--name", "mine", "--json")
    found = json.loads(result.stdout)
    assert (found["data"]["n"], found["data"]["n_refused"]) == (40, 5)
    assert found["figures"]["auc"] > 0.8
    for line, words in (
        (41, "label: found nothing"),
        (42, "label: found True"),
        (43, "not JSON"),
        (44, "text: found nothing"),
        (45, "needs an object"),
    ):
        assert f"line {line}: " in result.stderr
        assert words in result.stderr


@pytest.mark.parametrize(
    ("kind", "rows", "words"),
    [
        ("topics", [], "no usable line"),
        ("topics", [("甲", "a")] * 9, "at least two"),
        ("topics", [("甲", "a")] * 9 + [("乙", "b")], "one text of the label 'b'"),
        ("topics", [("甲", ["a", "b"])] * 9 + [("乙", ["c"])], "one text of the label 'c'"),
        ("sentiment", [("好", ["pos", "neg"])] * 9, "one label a text"),
        ("sentiment", [("好", "great"), ("坏", "neg")], "'great'"),
        ("sentiment", [("好", "pos")] * 9 + [("坏", "neg")] * 2, "at least five"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_the_reason(zhiying, tmp_path, kind, rows, words):
    (tmp_path / "few.jsonl").write_bytes(ndjson([{"text": t, "label": n} for t, n in rows]))
    refused = zhiying("train", kind, tmp_path / "few.jsonl", "-o", tmp_path / "m", status=1)
    assert words in refused.stderr
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("task", ["sentiment", "topics", "keywords", "segmentation"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "which is empty"),
        (b"\n \n", "which is empty"),
        ('{"content": "讲得很好", "stars": 5}\n'.encode(), "line 1: "),
        ('{"text": "讲得很好", "label": 1}\n'.encode("gbk") * 2, "perhaps GBK"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_what_its_first_line_holds(
    zhiying, tmp_path, task, content, words
):
    (tmp_path / "other.jsonl").write_bytes(content)
    refused = zhiying("evaluate", task, tmp_path / "other.jsonl", status=1).stderr
    assert "no usable line in other.jsonl" in refused
    assert words in refused
    assert "need" in refused


def test_gold_sentences_need_white_space_between_words(zhiying, tmp_path):
    (tmp_path / "raw.txt").write_text("我们学习微积分。\n今天天气很好。\n", "utf-8")
    refused = zhiying("evaluate", "segmentation", tmp_path / "raw.txt", status=1).stderr
    assert "no white space" in refused


def test_a_model_needs_a_place_and_a_proper_name(zhiying, topics_file):
    assert "-o FOLDER" in zhiying("train", "topics", topics_file, status=2).stderr
    for name in ("subject", "../up", "a/b"):
        refused = zhiying("train", "topics", topics_file, "--name", name, status=1)
        assert "name: found" in refused.stderr


def test_topics_stand_beside_the_baselines_on_the_same_rows(zhiying, topics_file, tmp_path):
    found = json.loads(zhiying("evaluate", "topics", topics_file, "--json").stdout)
    assert (found["task"], found["seed"], found["data"]["n"]) == ("topics", 0, 40)
    rows = {row["model"]: row for row in found["models"]}
    assert set(rows) == {"zhiying", "tfidf-svm", "naive-bayes", "majority"}
    for row in rows.values():
        low, high = row["accuracy_ci95"]
        assert low <= row["accuracy"] <= high
        assert row["n"] == 40
        assert {"params", "macro_f1", "fit_s", "texts_per_s"} <= set(row)
    assert rows["majority"]["accuracy"] == 0.5
    assert rows["zhiying"]["accuracy"] > 0.9
    gap, low, high = rows["majority"]["zhiying_lead"]["accuracy"]
    assert gap == pytest.approx(rows["zhiying"]["accuracy"] - 0.5, abs=1e-3)
    assert low <= gap <= high
    zhiying("train", "topics", topics_file, "--name", "mine", "--folds", 2)
    options = ("--test", topics_file, "--model", "mine", "--models", "majority")
    shown = zhiying("evaluate", "topics", topics_file, *options)
    assert "model:mine" in shown.stdout
    assert "naive-bayes" not in shown.stdout


def test_sentiment_asks_slow_models_about_a_sample_and_says_so(zhiying, reviews_file):
    result = zhiying("evaluate", "sentiment", reviews_file, "--limit", 6, "--json")
    found = json.loads(result.stdout)
    rows = {row["model"]: row for row in found["models"]}
    assert set(rows) == {"zhiying", "zhiying-packaged", "snownlp", "tfidf-svm", "majority"}
    assert (rows["snownlp"]["n"], rows["zhiying"]["n"]) == (6, 40)
    assert rows["zhiying"]["auc"] > 0.8
    assert rows["tfidf-svm"]["ece"] is None
    assert any("has seen these rows" in note for note in found["notes"])
    assert any("sample of 6" in note for note in found["notes"])


def test_segmentation_and_keywords_have_baselines_and_intervals(zhiying, tmp_path):
    (tmp_path / "gold.txt").write_text("我们 学习 微积分 。\n\n今天 天气 很 好 。\n" * 5)
    found = json.loads(zhiying("evaluate", "segmentation", tmp_path / "gold.txt", "--json").stdout)
    assert [row["model"] for row in found["models"]] == [
        "zhiying",
        "jieba",
        "jieba-no-hmm",
        "snownlp",
    ]
    assert found["models"][1]["f1"] > 0.8
    assert found["data"]["n"] == 10
    text = "矩阵分解把评分矩阵写成两个矩阵的乘积，矩阵分解用于推荐。"
    rows = [{"text": text, "title": "ＳＶＤ", "keywords": ["矩阵分解"]}, {"text": "x"}]
    (tmp_path / "kw.jsonl").write_bytes(ndjson(rows))
    found = json.loads(zhiying("evaluate", "keywords", tmp_path / "kw.jsonl", "--json").stdout)
    rows = {row["model"]: row for row in found["models"]}
    assert set(rows) == {"zhiying", "jieba-tfidf", "jieba-textrank", "tfidf"}
    assert rows["zhiying"]["recall"] == 1.0
    assert found["data"]["n_refused"] == 1
    shown = zhiying("evaluate", "keywords", tmp_path / "kw.jsonl", "--title", "--models", "tfidf")
    assert "tfidf" in shown.stdout


def test_an_unknown_baseline_is_refused(zhiying, topics_file):
    refused = zhiying("evaluate", "topics", topics_file, "--models", "bert", status=1)
    assert "bert" in refused.stderr


def test_rows_the_packaged_ranker_was_trained_on_judge_nobody(tmp_path, monkeypatch):
    rows = [{"text": f"介绍矩阵分解{i}。", "keywords": ["矩阵分解"]} for i in range(3)]
    (tmp_path / "kw.jsonl").write_bytes(ndjson(rows))
    seen = {"介绍矩阵分解1。"}
    ranker = SimpleNamespace(has_seen=lambda text: text in seen)
    monkeypatch.setattr(reading, "default_ranker", lambda: ranker)
    found = reading.evaluate_keywords(tmp_path / "kw.jsonl", models=["zhiying", "tfidf"])
    assert (found["data"]["n"], found["data"]["n_seen"]) == (2, 1)
    assert {row["n"] for row in found["models"]} == {2}
    assert any("1 rows are left out" in note for note in found["notes"])
    seen |= {row["text"] for row in rows}
    with pytest.raises(TrainingDataError, match="was trained on"):
        reading.evaluate_keywords(tmp_path / "kw.jsonl")
