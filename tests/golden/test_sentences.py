"""The published list of sentences with the sentiment a reader gives them.

All were written for this project. Those of part ``tuned`` were read while the rules were
written; those of part ``blind`` only afterwards, so that their figure is the one to quote.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

from nlp import analyze

ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("sentences.jsonl").read_text("utf-8").splitlines()
]
LEAST, LEAST_NEUTRAL, LEAST_KIND, LEAST_BLIND = 0.93, 0.95, 0.80, 0.90


def table(rows):
    right, wrong = defaultdict(list), []
    for row in rows:
        found = analyze(row["text"]).sentiment
        right[row["phenomenon"]].append(found.label == row["label"])
        if found.label != row["label"]:
            wrong.append(f"  {row['label']} is {found.label} {found.polarity:.2f}: {row['text']}")
    shares = {name: sum(hits) / len(hits) for name, hits in right.items()}
    lines = [f"  {name:16} {sum(hits):3} of {len(hits)}" for name, hits in right.items()]
    accuracy = 1 - len(wrong) / len(rows)
    return accuracy, shares, "\n".join([f"accuracy {accuracy:.4f}", *lines, *wrong])


def test_the_list_is_as_large_and_as_broad_as_it_says():
    assert len(ROWS) == len({row["text"] for row in ROWS}) >= 240
    expository = [row for row in ROWS if row["phenomenon"] == "exposition"]
    assert len(expository) >= 70
    assert len({row["subject"] for row in expository}) == 13
    assert {row["label"] for row in ROWS} == {"positive", "neutral", "negative"}


def test_sentences_have_the_sentiment_a_reader_gives_them():
    accuracy, shares, report = table(ROWS)
    sys.stdout.write(report + "\n")  # pytest -rP shows the figures
    assert accuracy >= LEAST, report
    assert shares["exposition"] >= LEAST_NEUTRAL, report
    assert min(shares.values()) >= LEAST_KIND, report


def test_sentences_the_rules_were_not_tuned_on():
    accuracy, _, report = table([row for row in ROWS if row["part"] == "blind"])
    sys.stdout.write(report + "\n")
    assert accuracy >= LEAST_BLIND, report
