"""The command line does what HTTP does, and says what is wrong in one line."""

import json

import pytest
from click.testing import CliRunner

from service import sample
from service.cli import main

from .conftest import FOOD, MATHS, TEXTS, ndjson


@pytest.fixture
def zhiying(tmp_path):
    def run(*arguments: object, stdin: str | None = None, status: int = 0):
        result = CliRunner().invoke(
            main, ["--home", str(tmp_path / "home"), *map(str, arguments)], input=stdin
        )
        assert result.exit_code == status, (result.output, result.stderr, result.exception)
        return result

    return run


@pytest.fixture
def files(tmp_path):
    items = [
        {"id": i, "title": t, "text": x, "text_group": n}
        for n, (i, (t, x)) in enumerate(TEXTS.items())
    ]
    (tmp_path / "items.jsonl").write_bytes(ndjson(items))
    rows = [
        f"u{u},{i},1,{1_600_000_000 + 100 * u + n}"
        for u in range(60)
        for n, i in enumerate(FOOD if u % 2 else MATHS)
        if n != u % 3
    ]
    (tmp_path / "log.csv").write_text("user,item,value,timestamp\n" + "\n".join(rows) + "\n")
    return tmp_path / "items.jsonl", tmp_path / "log.csv"


def test_load_fit_recommend(zhiying, files):
    items, log = files
    first = json.loads(zhiying("load", log, items, "--json").stdout)
    assert first == {"new": 6 + 120, "unchanged": 0, "refused": 0}
    again = json.loads(zhiying("load", items, log, "--json").stdout)
    assert again == {"new": 0, "unchanged": 6 + 120, "refused": 0}
    manifest = json.loads(zhiying("fit", "--json").stdout)
    assert (manifest["n_users"], manifest["n_items"]) == (60, 6)
    answer = json.loads(zhiying("recommend", "u0", "-n", 1, "--explain", "--json").stdout)
    assert answer["items"][0]["id"] == "calculus"
    assert answer["items"][0]["reasons"]
    assert "微积分入门" in zhiying("recommend", "u0", "-n", 1).stdout


def test_recommend_takes_the_wishes_of_http(zhiying, files):
    zhiying("load", *files)
    zhiying("fit")
    wish = ["--explore", 0.34, "--seed", 3, "--diversity", 0.5, "--exclude", "soup", "-n", 3]
    wish += ["--attribute", "level!=3", "--kind", "course", "--seen", "allow", "--explain"]
    answer = json.loads(zhiying("recommend", "u0", *wish, "--json").stdout)
    assert answer["seed"] == 3
    assert [item["explored"] for item in answer["items"]] == [False, False, True]
    assert "soup" not in {item["id"] for item in answer["items"]}
    again = json.loads(zhiying("recommend", "u0", *wish, "--json").stdout)
    assert again["items"] == answer["items"]
    assert zhiying("recommend", "u0", *wish).stdout.count("（抽取，") == 1
    assert "no filter" in zhiying("recommend", "u0", "--attribute", "level", status=2).stderr
    for wrong in (("--diversity", 2), ("--explore", -1), ("--seen", "never")):
        zhiying("recommend", "u0", *wrong, status=2)


def test_fit_chooses_its_parameters_when_asked(zhiying, files):
    zhiying("load", *files)
    manifest = json.loads(zhiying("fit", "--auto", "--json").stdout)
    assert manifest["quality"]["n_trials"] > 1


def test_events_about_unknown_items_are_refused_by_line_and_the_rest_is_loaded(
    zhiying, files, tmp_path
):
    items, _ = files
    (tmp_path / "some.csv").write_text("user,item\nu,calculus\nu,unheard of\n")
    result = zhiying("load", items, tmp_path / "some.csv", "--json")
    assert json.loads(result.stdout) == {"new": 7, "unchanged": 0, "refused": 1}
    assert "没有条目 'unheard of'" in result.stderr
    english = zhiying("--lang", "en", "load", items, tmp_path / "some.csv")
    assert "no item 'unheard of'" in english.stderr


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jsonl", '{"id": "a"}\n{nonsense\n', "line 2"),
        ("a.jsonl", '{"id": "a", "title": 3}\n', "/title"),
        ("a.jsonl", "[]\n", "needs an object"),
        ("a.csv", "who,what\n", "no column ['item', 'user']"),
        ("a.csv", "user,item,value\na,b,much\n", "line 2"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_with_its_line(
    zhiying, tmp_path, name, content, words
):
    (tmp_path / name).write_text(content)
    assert words in zhiying("load", tmp_path / name, status=1).stderr


def test_analyze_reads_files_and_standard_input(zhiying, files, tmp_path):
    items, _ = files
    lines = [json.loads(line) for line in zhiying("analyze", items).stdout.splitlines()]
    assert [line["id"] for line in lines] == list(TEXTS)
    (tmp_path / "one.txt").write_text("导数是函数的变化率。")
    output = tmp_path / "out.jsonl"
    zhiying("analyze", tmp_path / "one.txt", "-o", output)
    from_file = json.loads(output.read_text())
    from_stdin = json.loads(zhiying("analyze", stdin="导数是函数的变化率。").stdout)
    assert from_file["tags"] == from_stdin["tags"] != []


def test_evaluate_recommend_prints_a_line_for_each_model(zhiying, files):
    items, log = files
    for split in ("random", "time", "cold-items"):
        arguments = ("evaluate", "recommend", "--items", items, "--interactions", log)
        options = ("--split", split, "--models", "popularity,hybrid", "--seed", 1)
        found = json.loads(zhiying(*arguments, *options, "--json").stdout)
        assert (found["split"], found["seed"]) == (split, 1)
        assert [m["model"] for m in found["models"]] == ["popularity", "hybrid"]
        for model in found["models"]:
            low, high = model["ndcg@10_ci95"]
            assert 0 <= low <= model["ndcg@10"] <= high <= 1
            assert {"params", "recall@20", "mrr", "coverage", "fit_s", "recommend_s"} <= set(model)
        assert "popularity" in zhiying(*arguments, *options).stdout


def test_evaluate_merges_re_runs_and_counts_what_it_leaves_out(zhiying, tmp_path):
    items = [{"id": f"i{n}", "text": "导数" * n, "text_group": n // 2} for n in range(12)]
    (tmp_path / "items.jsonl").write_bytes(ndjson(items))
    rows = [f"u{u},i{n},{1 + (u + n) % 5}" for u in range(40) for n in range(12)] + ["u0,lost,5"]
    (tmp_path / "log.csv").write_text("user,item,value\n" + "\n".join(rows) + "\n")
    arguments = ("--items", tmp_path / "items.jsonl", "--interactions", tmp_path / "log.csv")
    options = ("--models", "popularity", "--json")
    data = json.loads(zhiying("evaluate", "recommend", *arguments, *options).stdout)["data"]
    assert (data["n_items"], data["n_items_merged"], data["merge"]) == (6, 6, "text_group")
    assert data["n_unknown_items"] == 1
    assert data["min_value"] == 4.0
    assert data["n_below_min_value"] == 40 * 12 * 3 // 5
    whole = zhiying("evaluate", "recommend", *arguments, *options, "--merge", "")
    assert json.loads(whole.stdout)["data"]["n_items"] == 12


def test_a_time_split_needs_times(zhiying, files, tmp_path):
    items, _ = files
    (tmp_path / "timeless.csv").write_text("user,item\nu,calculus\nu,algebra\n")
    arguments = ("--items", items, "--interactions", tmp_path / "timeless.csv", "--split", "time")
    refused = zhiying("evaluate", "recommend", *arguments, status=1)
    assert "has no timestamp" in refused.stderr


def test_an_evaluation_is_drawn_and_shuffled_texts_are_said_to_be(zhiying, files, tmp_path):
    items, log = files
    arguments = ("evaluate", "recommend", "--items", items, "--interactions", log)
    options = ("--models", "popularity,content-knn", "--shuffle-content", "--trials", 3)
    picture = tmp_path / "table.svg"
    text = zhiying(*arguments, *options, "--plot", picture).stdout
    assert "texts shuffled" in text
    assert "short histories" in text
    assert "content-knn" in picture.read_text()
    refused = zhiying(*arguments, "--plot", tmp_path / "table.docx", status=2)
    assert "need a name in .svg, .png, .pdf" in refused.stderr


def test_an_unknown_model_is_refused(zhiying, files):
    items, log = files
    arguments = ("--items", items, "--interactions", log, "--models", "oracle")
    assert "oracle" in zhiying("evaluate", "recommend", *arguments, status=1).stderr


def test_the_demo_shows_an_analysis_and_lists_with_reasons(zhiying, monkeypatch):
    # as many as show it; the whole sample is loaded in tests/e2e
    items = sample.catalogue()[:60]
    monkeypatch.setattr(sample, "catalogue", lambda: items)
    shown = zhiying("demo", "--no-serve", "--learners", "80").stdout
    for word in ("标签", "主题", "情感", "要点", "推荐给", "学过《"):
        assert word in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--database-url", "nonsense", "db", "upgrade"), "URL"),
        (("serve", "--workers", "0"), "workers"),
        (("serve", "--port", "99999"), "port"),
    ],
)
def test_wrong_settings_are_named_in_a_line(zhiying, arguments, words):
    assert words in zhiying(*arguments, status=1).stderr


def test_a_file_that_is_not_utf8_is_named(zhiying, tmp_path):
    (tmp_path / "gbk.csv").write_bytes("user,item\n学员,课程\n".encode("gbk"))
    assert "GBK" in zhiying("load", tmp_path / "gbk.csv", status=1).stderr


def test_db_upgrade_names_the_revision(zhiying):
    assert zhiying("db", "upgrade").stdout.strip() == "0004"
    assert json.loads(zhiying("db", "upgrade", "--json").stdout) == {"revision": "0004"}


def test_serving_where_others_can_reach_is_refused(zhiying):
    assert "without keys" in zhiying("serve", "--host", "0.0.0.0", status=1).stderr


def test_an_export_is_loaded_elsewhere_users_included_and_again_changes_nothing(
    zhiying, files, tmp_path
):
    named = tmp_path / "people.jsonl"
    named.write_bytes(ndjson([{"user": {"id": "u1", "attributes": {"level": 2}}}]))
    zhiying("load", named, *files)
    zhiying("export", tmp_path / "out")
    exported = sorted((tmp_path / "out").glob("*.jsonl"))
    assert [p.name for p in exported] == ["events.jsonl", "items.jsonl", "users.jsonl"]
    other = ("--home", tmp_path / "other")
    first = json.loads(zhiying(*other, "load", "--json", *exported).stdout)
    assert first["refused"] == first["unchanged"] == 0
    again = json.loads(zhiying(*other, "load", "--json", *exported).stdout)
    assert again == {"new": 0, "unchanged": first["new"], "refused": 0}
    zhiying(*other, "export", tmp_path / "back")
    for path in exported:
        assert (tmp_path / "back" / path.name).read_bytes() == path.read_bytes()
