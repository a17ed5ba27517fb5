"""Pairs of texts of which nobody doubts which is harder, written for this project."""

import json
from pathlib import Path

from nlp import analyze

PAIRS = [
    json.loads(line)
    for line in Path(__file__).with_name("difficulty.jsonl").read_text("utf-8").splitlines()
]


def level(text, title=""):
    return analyze(text, title=title).difficulty.level


def test_the_harder_text_has_the_higher_level():
    levels = [(level(row["easy"]), level(row["hard"])) for row in PAIRS]
    assert not [pair for pair in levels if pair[0] > pair[1]]
    assert sum(low < high for low, high in levels) >= 0.95 * len(levels)


def test_whom_a_course_is_for_counts_wherever_it_stands():
    text = "每周一次，共八讲，课后有练习。"
    stages = ["小学算术", "高中数学", "高等数学", "泛函分析"]
    levels = [level(text, title=stage) for stage in stages]
    assert levels == sorted(levels)
    assert levels[0] < levels[-1]
    assert level("零基础也能学。" + text) < level("面向研究生。" + text)


def test_what_a_course_does_without_does_not_make_it_harder():
    plain = level("本课讲概率，适合所有人。")
    assert level("本课讲概率，适合所有人，不涉及定理证明，没有公式推导。") <= plain
    assert level("本课由浅入深，深入浅出，讲概率，适合所有人。") <= plain
