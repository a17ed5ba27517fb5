"""Short course texts written for this project, with the sentences a reader would film.

The texts and their labels were written before the rules. Those of part ``tuned`` were read while
the rules were written, those of part ``blind`` once, near the end: their figure is what to quote.
Parts ``catalogue-…`` are courses of the sample catalogue, which is older than the feature.
"""

import json
import sys
from pathlib import Path

import pytest

from nlp import analyze
from nlp.beats import beats
from nlp.text import sentences

ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("briefs.jsonl").read_text("utf-8").splitlines()
]
NAMES = ("hook", "conflict", "resolution")


def by_rules(text):
    return {beat.name: beat.text for beat in beats(text, analyze(text)).found}


def by_place(text):
    """The baseline: the first sentence, the one in the middle, the last."""
    found = [text[s.start : s.end] for s in sentences(text)]
    return {"hook": found[0], "conflict": found[len(found) // 2], "resolution": found[-1]}


def accuracy(rows, finder):
    """Share of right beats; a beat that is missing is right if the reader found none."""
    hits = dict.fromkeys(NAMES, 0)
    wrong = []
    for row in rows:
        found = finder(row["text"])
        for name in NAMES:
            hits[name] += found.get(name) == row[name]
            if found.get(name) != row[name]:
                wrong.append(f"  {name}: {found.get(name)} instead of {row[name]}")
    shares = {name: hits[name] / len(rows) for name in NAMES}
    return sum(shares.values()) / len(NAMES), shares, wrong


@pytest.mark.parametrize(("part", "least"), [("tuned", 0.95), ("blind", 0.8)])
def test_beats_are_the_sentences_a_reader_would_film(part, least):
    rows = [row for row in ROWS if row["part"].removeprefix("catalogue-") == part]
    found, shares, wrong = accuracy(rows, by_rules)
    base, base_shares, _ = accuracy(rows, by_place)
    report = "\n".join(
        [f"{part}: rules {found:.3f} {shares}, place {base:.3f} {base_shares}", *wrong]
    )
    for own in sorted({row["part"] for row in rows}):
        share, _, _ = accuracy([row for row in rows if row["part"] == own], by_rules)
        report += f"\n{own}: rules {share:.3f}"
    sys.stdout.write(report + "\n")  # pytest -rP shows the figures
    assert found >= least, report
    assert found >= base + 0.2, report


def test_the_list_is_as_large_as_it_says_and_some_beats_are_missing():
    assert len(ROWS) == len({row["text"] for row in ROWS}) >= 52
    for row in ROWS:
        named = [row[name] for name in NAMES if row[name] is not None]
        assert len(named) == len(set(named))
        assert all(row["text"].count(sentence) == 1 for sentence in named)
    assert all(any(row[name] is None for row in ROWS) for name in NAMES)
