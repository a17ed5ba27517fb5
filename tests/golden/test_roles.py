"""The published list of sentences with the role a reader gives them.

All were written for this project. Those of part ``tuned`` were read while the cues were
written; those of part ``blind`` only afterwards, so that their figure is the one to quote.
"""

import json
from collections import Counter
from pathlib import Path

from nlp.keypoints import role
from nlp.text import normalize

ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("roles.jsonl").read_text("utf-8").splitlines()
]
LEAST, LEAST_BLIND = 0.97, 0.92


def table(rows):
    wrong = []
    for row in rows:
        found = role(normalize(row["text"]).text)
        if found != row["role"]:
            wrong.append(f"  {row['role']} is {found} ({row['kind']}): {row['text']}")
    accuracy = 1 - len(wrong) / len(rows)
    return accuracy, "\n".join([f"accuracy {accuracy:.4f} of {len(rows)}", *wrong])


def test_the_list_is_as_large_and_as_broad_as_it_says():
    assert len(ROWS) == len({row["text"] for row in ROWS}) >= 130
    assert min(Counter(row["role"] for row in ROWS).values()) >= 15
    kinds = {row["kind"] for row in ROWS}
    assert kinds >= {"exposition", "contents", "question", "trap"}
    assert sum(row["part"] == "blind" for row in ROWS) * 3 >= len(ROWS)


def test_sentences_have_the_role_a_reader_gives_them():
    accuracy, report = table([row for row in ROWS if row["part"] == "tuned"])
    assert accuracy >= LEAST, report


def test_sentences_the_cues_were_not_tuned_on():
    accuracy, report = table([row for row in ROWS if row["part"] == "blind"])
    assert accuracy >= LEAST_BLIND, report
