"""``analyze``: any input, any number of processes, interrupted or not, the same lines."""

import csv
import json

import pytest
from click.testing import CliRunner

from nlp import Analyzer
from nlp.topics import TopicModel
from service.bulk_analysis import Work, run
from service.cli import main
from service.inputs import InputText, sources, texts
from service.text_models import write_model

from .conftest import ndjson

TEXTS = [f"第{n}讲介绍矩阵分解。老师讲得很好。" for n in range(150)]


@pytest.fixture
def analyze(tmp_path):
    def run(*arguments: object, stdin: str | bytes | None = None, status: int = 0):
        command = ["--home", str(tmp_path / "home"), "analyze", *map(str, arguments)]
        result = CliRunner().invoke(main, command, input=stdin)
        assert result.exit_code == status, (result.output, result.stderr, result.exception)
        return result

    return run


@pytest.fixture
def many(tmp_path):
    path = tmp_path / "many.jsonl"
    path.write_bytes(ndjson([{"id": f"t{n}", "text": text} for n, text in enumerate(TEXTS)]))
    return path


def test_results_are_in_order_and_the_same_for_any_number_of_processes(analyze, many, tmp_path):
    outputs = []
    for jobs in (1, 2, 3):
        analyze(many, "-j", jobs, "-o", tmp_path / f"{jobs}.jsonl")
        outputs.append((tmp_path / f"{jobs}.jsonl").read_bytes())
    assert outputs[0] == outputs[1] == outputs[2]
    lines = [json.loads(line) for line in outputs[0].splitlines()]
    assert [line["id"] for line in lines] == [f"t{n}" for n in range(150)]
    assert [line["line"] for line in lines] == list(range(1, 151))


def test_a_folder_is_read_by_suffix_in_the_order_of_names(analyze, tmp_path):
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "b.csv").write_text('id,title,text\n7,代数,"矩阵,\n向量"\n8,,\n', "utf-8-sig")
    (folder / "a.txt").write_text("导数是函数的变化率。", "utf-8-sig")
    (folder / "sub" / "c.jsonl").write_bytes(ndjson([{"text": "积分"}, {"title": "极限"}]))
    (folder / "picture.png").write_bytes(b"\x89PNG")
    lines = [json.loads(line) for line in analyze(folder).stdout.splitlines()]
    assert [(line["file"], line["line"], line["id"]) for line in lines] == [
        ("a.txt", 1, "a.txt"),
        ("b.csv", 3, "7"),
        ("b.csv", 4, "8"),
        ("sub/c.jsonl", 1, None),
        ("sub/c.jsonl", 2, None),
    ]
    assert any(tag["text"] == "导数" for tag in lines[0]["tags"])


def test_standard_input_is_one_text_or_lines(analyze):
    whole = json.loads(analyze("--title", "微积分", stdin="导数是变化率。").stdout)
    expected = Analyzer.default().analyze("导数是变化率。", title="微积分")
    assert [tag["text"] for tag in whole["tags"]] == [tag.text for tag in expected.tags]
    lines = analyze("-", "--from", "jsonl", stdin=ndjson([{"text": "甲"}, {"text": "乙"}])).stdout
    assert len(lines.splitlines()) == 2


def test_only_the_parts_asked_for_are_written(analyze):
    found = json.loads(analyze("--include", "tags", "--include", "sentiment", stdin="好课").stdout)
    assert set(found) == {"id", "file", "line", "version", "tags", "sentiment"}


def test_a_file_may_be_longer_than_a_request(tmp_path):
    (tmp_path / "long.txt").write_text("矩阵。" * 1_000_000)
    (found,) = texts(sources([tmp_path / "long.txt"]))
    assert len(found.text) == 3_000_000


def test_bad_lines_are_named_and_the_rest_is_analysed(analyze, tmp_path):
    path = tmp_path / "some.jsonl"
    path.write_bytes(
        b'{"text": "\xe7\x94\xb2"}\n{oops\n{"text": 3}\n{"x": 1}\n[]\n{"title": "t"}\n'
    )
    (tmp_path / "big5.txt").write_bytes("這門課程講解得很清楚。".encode("big5"))
    (tmp_path / "odd.csv").write_text("words\n甲\n")
    result = analyze(path, tmp_path / "big5.txt", tmp_path / "odd.csv")
    assert [json.loads(line)["line"] for line in result.stdout.splitlines()] == [1, 6]
    for words in ("line 2: the line is not JSON", "text: found 3", "line 4: text: found nothing"):
        assert words in result.stderr
    assert "GBK or Big5" in result.stderr
    assert "no column 'text'" in result.stderr
    assert "6 lines could not be read" in result.stderr
    analyze(path, "--errors", tmp_path / "errors.jsonl", "-o", tmp_path / "o.jsonl")
    errors = [json.loads(line) for line in (tmp_path / "errors.jsonl").read_text().splitlines()]
    assert [error["line"] for error in errors] == [2, 3, 4, 5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_subtitles_of_any_editor_keep_their_times(tmp_path, encoding):
    path = tmp_path / "lesson.srt"
    said = "1\r\n00:00:01,000 --> 00:00:03,500\r\n<i>今天讲</i>矩阵分解\r\n"
    path.write_bytes(said.encode(encoding))
    (found,) = texts(sources([path]))
    assert found.text == "今天讲矩阵分解"
    assert [(cue.start_s, cue.end_s) for cue in found.cues] == [(1.0, 3.5)]


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_a_text_with_nul_keeps_its_offsets(analyze, tmp_path, suffix):
    text = "矩\0阵分解\0，很实用。"
    (tmp_path / "t.jsonl").write_bytes(ndjson([{"text": text, "title": "课\0程"}]))
    out = tmp_path / f"out.{suffix}"
    analyze(tmp_path / "t.jsonl", "-o", out)
    assert out.stat().st_size > 0
    if suffix == "jsonl":
        found = json.loads(out.read_text("utf-8"))
        assert all(text[t["start"] : t["end"]] == t["text"] for t in found["tokens"])
        assert found["tokens"][-1]["end"] == len(text)


def test_csv_and_parquet_hold_the_same_table(analyze, many, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    parts = [f"--include={p}" for p in ("sentiment", "topics", "tags", "difficulty", "entities")]
    analyze(many, *parts, "-o", tmp_path / "t.csv")
    analyze(many, *parts, "-o", tmp_path / "t.parquet")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = parquet.read_table(tmp_path / "t.parquet").to_pylist()
    assert len(rows) == len(table) == 150
    for row, other in zip(rows, table, strict=True):
        assert list(row) == list(other)
        assert row == {k: "" if v is None else str(v) for k, v in other.items()}
    assert float(rows[0]["sentiment_polarity"]) > 0.5
    assert "矩阵分解" in rows[0]["tags"].split("|")


def test_a_missing_library_is_named(analyze, many, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    refused = analyze(many, "-o", tmp_path / "t.parquet", status=1)
    assert "pip install 'zhiying[parquet]'" in refused.stderr


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
@pytest.mark.parametrize("share", [0.0, 0.003, 0.4, 0.999, 1.0])
def test_a_run_cut_anywhere_resumes_to_the_same_file(analyze, many, tmp_path, suffix, share):
    whole = tmp_path / f"whole.{suffix}"
    analyze(many, "-o", whole)
    content = whole.read_bytes()
    torn = tmp_path / f"torn.{suffix}"
    torn.write_bytes(content[: round(share * len(content))])
    analyze(many, "-o", torn, "--resume")
    assert torn.read_bytes() == content
    analyze(many, "-o", torn, "--resume")
    assert torn.read_bytes() == content


def test_an_output_of_another_run_is_not_continued(analyze, many, tmp_path):
    output = tmp_path / "o.jsonl"
    analyze(many, "-o", output)
    before = output.read_bytes()
    refused = analyze(many, "-o", output, "--resume", "--include", "tags", status=1)
    assert "other parts" in refused.stderr
    (tmp_path / "less.jsonl").write_bytes(ndjson([{"text": "甲"}]))
    refused = analyze(tmp_path / "less.jsonl", "-o", output, "--resume", status=1)
    assert "which the input lacks" in refused.stderr
    assert output.read_bytes() == before
    output.write_bytes(before.replace(Analyzer.default().version.encode(), b"0-old"))
    assert "was made by analyser" in analyze(many, "-o", output, "--resume", status=1).stderr
    output.write_text("nonsense\n")
    assert "not one of this command" in analyze(many, "-o", output, "--resume", status=1).stderr


def test_named_models_take_part(analyze, tmp_path):
    texts = ["微积分与极限", "线性代数与矩阵"] * 4 + ["绘画与色彩", "雕塑与造型"] * 4
    model = TopicModel.fit(texts, ["数学"] * 8 + ["艺术"] * 8)
    folder = tmp_path / "home" / "text-models" / "mine"
    write_model(folder, "topics", model, labels=model.labels, figures={}, data={"n": 16})
    found = json.loads(analyze("--topics", "mine", stdin="矩阵与微积分").stdout)
    assert found["topics"]["mine"][0]["label"] == "数学"
    output = tmp_path / "kept.jsonl"
    output.write_text("kept")
    assert "nobody" in analyze("--topics", "nobody", "-o", output, stdin="x", status=1).stderr
    assert output.read_text() == "kept"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--resume",), "--resume needs -o"),
        (("--resume", "-o", "x.parquet"), "--resume needs -o"),
        (("--to", "parquet"), "needs a file"),
    ],
)
def test_options_that_do_not_go_together_are_refused(analyze, arguments, words):
    assert words in analyze(*arguments, stdin="x", status=2).stderr


def test_an_output_is_never_read_as_input(analyze, many, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("导数")
    for _ in range(2):
        analyze(folder, "-o", folder / "out.jsonl", "--errors", folder / "errors.jsonl")
        assert len((folder / "out.jsonl").read_text().splitlines()) == 1
    before = many.read_bytes()
    assert "the only input" in analyze(many, "-o", many, status=2).stderr
    assert many.read_bytes() == before


def test_a_place_that_cannot_be_written_is_named_in_a_line(analyze, many, tmp_path):
    refused = analyze(many, "-o", tmp_path / "nowhere" / "out.jsonl", status=1)
    assert "nowhere" in refused.stderr


def test_memory_does_not_grow_with_the_input(tmp_path):
    read = 0

    def endless():
        nonlocal read
        while True:
            read += 1
            yield InputText("f", read, None, "好", "")

    work = Work(("difficulty",), (), None, tmp_path, "jsonl")
    results = run(work, endless(), jobs=2)
    for done in range(20):
        next(results)
        assert read <= 32 * (done + 2 * 3 + 1)
    results.close()


def test_a_run_that_broke_behind_subtitles_is_resumed(analyze, tmp_path):
    (tmp_path / "a.srt").write_text("00:00:01,000 --> 00:00:02,500\n今天讲矩阵。\n", "utf-8")
    (tmp_path / "b.txt").write_text("再见。", "utf-8")
    output = tmp_path / "out.jsonl"
    analyze(tmp_path / "a.srt", tmp_path / "b.txt", "-o", output)
    whole = output.read_bytes()
    output.write_bytes(whole.splitlines(keepends=True)[0])
    analyze(tmp_path / "a.srt", tmp_path / "b.txt", "-o", output, "--resume")
    assert output.read_bytes() == whole


def test_subtitles_keep_their_times(analyze, tmp_path):
    path = tmp_path / "lesson.srt"
    path.write_text(
        "1\n00:00:01,000 --> 00:00:02,500\n今天讲矩阵\n\n"
        "2\n00:00:02,500 --> 00:00:04,000\n分解。老师讲得很清楚。\n\n"
        "3\n00:00:09,xyz --> 00:00:10,000\n坏的时间\n",
        "utf-8",
    )
    result = analyze(path, "--include", "tokens")
    (line,) = [json.loads(raw) for raw in result.stdout.splitlines()]
    token = next(t for t in line["tokens"] if t["text"] == "清楚")
    assert line["text"][token["start"] : token["end"]] == "清楚"
    times = [(c["start_s"], c["end_s"]) for c in line["cues"] if c["end"] > token["start"]]
    assert times[0] == (2.5, 4.0)
    assert line["times"]["tokens"][line["tokens"].index(token)] == [2.5, 4.0]
    assert "lesson.srt" in result.stderr
    assert "line 10" in result.stderr
    analyze(path, "-o", tmp_path / "a.csv")
    assert "lesson.srt" in (tmp_path / "a.csv").read_text("utf-8-sig")
