"""Goals in words on the sample catalogue, against the course a person would expect.

The expectations were written before any answer was looked at.
"""

import json
from pathlib import Path

from nlp import Analyzer
from service.errors import UnknownError
from service.paths.curriculum import of_items
from service.paths.goals import resolve

GOALS = Path(__file__).parent / "goals.jsonl"


def test_goals_lead_where_a_person_would_expect(syllabi):
    curriculum, analyzer = of_items(syllabi), Analyzer.default()

    def chosen(words):
        try:
            (goal,) = resolve(
                curriculum,
                [words],
                analyzer=analyzer,
                rank=lambda item: (False, syllabi[item].level, 0.0),
                pointer=str,
            )
        except UnknownError:
            return None
        return goal.item

    rows = [json.loads(line) for line in GOALS.read_text("utf-8").splitlines()]
    found = {row["goal"]: chosen(row["goal"]) for row in rows}
    right = {row["goal"] for row in rows if found[row["goal"]] in row["expects"]}
    # wide goals, and the sentence of docs/paths.md, each by itself
    assert right >= {"历史", "心理学", "心理", "急救", "会计", "戏曲", "我想学会和客户谈判"}
    assert len(right) / len(rows) >= 0.8, sorted(found.keys() - right)
