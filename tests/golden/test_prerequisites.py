"""The published list of sentences with what they say must, or need not, be known before.

All were written for this project. Those of part ``tuned`` were read while the cues were
written; those of part ``blind`` only afterwards, so that their figure is the one to quote.
``pytest tests/golden/test_prerequisites.py -s`` prints the figures.
"""

import json
from pathlib import Path

import pytest

from nlp import analyze

ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("prerequisites.jsonl").read_text("utf-8").splitlines()
]
LEAST = {"tuned": 0.97, "blind": 0.93}


def terms(row):
    found = analyze(row["text"], title=row["title"]).concepts
    assert all(row["text"][c.start : c.end] == c.text for c in found)
    assert all(c.prerequisite == (c.cue not in (None, "不需要")) for c in found)
    return {(c.text, c.cue) for c in found if c.cue is not None}


def test_the_list_is_as_large_and_as_broad_as_it_says():
    assert len(ROWS) == len({(row["title"], row["text"]) for row in ROWS}) >= 100
    assert {cue for row in ROWS for _, cue in row["terms"]} == {
        "先修",
        "掌握",
        "基础",
        "学完",
        "不需要",
    }
    assert sum(not row["terms"] for row in ROWS) >= 35
    assert sum(row["part"] == "blind" for row in ROWS) >= 30


@pytest.mark.parametrize("part", ["tuned", "blind"])
def test_terms_and_their_cues_are_those_a_reader_finds(part):
    right = given = wanted = 0
    wrong = []
    for row in (row for row in ROWS if row["part"] == part):
        gold, found = {tuple(t) for t in row["terms"]}, terms(row)
        right, given, wanted = right + len(gold & found), given + len(found), wanted + len(gold)
        if gold != found:
            wrong.append(f"  {row['text']} lacks {gold - found}, has {found - gold}")
    f1 = 2 * right / (given + wanted)
    report = f"{part}: precision {right / given:.3f}, recall {right / wanted:.3f}, F1 {f1:.3f}"
    print(report)  # noqa: T201 - the figure is wanted
    assert f1 >= LEAST[part], "\n".join([report, *wrong])
