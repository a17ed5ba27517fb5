"""Clauses of reviews, written for this project, with the aspects a reader finds in them."""

import json
from pathlib import Path

from nlp import analyze

ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("aspects.jsonl").read_text("utf-8").splitlines()
]


def test_aspects_and_their_signs_are_those_a_reader_finds():
    hits = n_found = n_wanted = 0
    wrong = []
    for row in ROWS:
        found = {
            (a.name, "positive" if a.polarity > 0.5 else "negative")
            for a in analyze(row["text"]).aspects
        }
        wanted = set(row["aspects"].items())
        hits, n_found, n_wanted = (
            hits + len(found & wanted),
            n_found + len(found),
            n_wanted + len(wanted),
        )
        if found != wanted:
            wrong.append(f"  {row['text']}: {sorted(found)} instead of {sorted(wanted)}")
    report = "\n".join([f"precision {hits / n_found:.3f}, recall {hits / n_wanted:.3f}", *wrong])
    assert hits / n_found >= 0.90, report
    assert hits / n_wanted >= 0.85, report


def test_the_list_holds_every_aspect_with_both_signs():
    found = {pair for row in ROWS for pair in row["aspects"].items()}
    assert len(ROWS) >= 60
    assert len(found) == 16


def test_an_aspect_is_a_span_of_the_text():
    text = "<p>讲课好听，</p><b>ＰＰＴ</b>做得太乱了！客服态度很差。"
    found = analyze(text).aspects
    assert {a.name for a in found} >= {"内容", "服务"}
    assert all(text[a.start : a.end] == a.text for a in found)
