import pytest

from nlp.engines import default_engine
from nlp.opinion import opinions, scopes
from nlp.parsed import parse


def values(text):
    return [o.value for o in opinions(parse(text, default_engine()).words)]


@pytest.mark.parametrize("text", ["清楚", "不无聊", "没有浪费时间", "不会让人觉得枯燥", "不差"])
def test_praise(text):
    assert sum(values(text)) > 0


@pytest.mark.parametrize("text", ["枯燥", "不清楚", "一点也不清楚", "没有什么收获", "毫无收获"])
def test_complaints(text):
    assert sum(values(text)) < 0


def test_degree_scales():
    assert values("有点枯燥")[0] > values("枯燥")[0] > values("非常枯燥")[0]


def test_a_comparison_after_a_negator_does_not_turn():
    assert values("从来没有这么失望过")[0] < 0


def test_a_scope_ends_at_punctuation():
    found = parse("不，很清楚", default_engine()).words
    assert list(scopes(found)) == []
    assert values("不，很清楚")[0] > 0


def test_a_word_between_makes_the_negation_indirect():
    (near,) = opinions(parse("没有麻烦", default_engine()).words)
    (far,) = opinions(parse("没有解决麻烦", default_engine()).words)
    assert near.direct
    assert far.negated
    assert not far.direct
