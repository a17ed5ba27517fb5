"""Prerequisites read in the sample catalogue, against labels by hand: few, and right.

``python -m benchmarks.path text`` prints the figures.
"""

import json
from pathlib import Path

from service import sample
from service.paths.curriculum import of_items

GOLD = Path(__file__).parent / "curriculum.jsonl"


def test_what_is_read_is_right_and_enough_of_it_is_read(syllabi):
    curriculum = of_items(syllabi)
    name, matrix = curriculum.ids.ids, curriculum.graph.matrix().tocoo()
    found = {(name[a], name[b]) for a, b in zip(matrix.row, matrix.col, strict=True)}
    labels = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]
    gold = {(label["item"], before) for label in labels for before in label["needs"]}
    assert len(found & gold) / len(found) >= 0.9
    assert len(found & gold) / len(gold) >= 0.15


def test_labels_name_items_and_never_a_harder_one():
    level = {item.id: item.attributes["level"] for item in sample.catalogue()}
    for line in GOLD.read_text("utf-8").splitlines():
        label = json.loads(line)
        assert all(level[before] <= level[label["item"]] for before in label["needs"]), label


def test_prerequisites_that_are_set_are_labelled_too():
    labels = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]
    gold = {label["item"]: set(label["needs"]) for label in labels}
    for item in sample.catalogue():
        assert set(item.attributes.get("prerequisites", ())) <= gold.get(item.id, set()), item.id
