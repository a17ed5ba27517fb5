import numpy as np
import pytest

from nlp import analyze
from nlp.engines import default_engine
from nlp.parsed import parse
from nlp.sentiment import SnowNLPPolarity, summary


@pytest.mark.parametrize(
    "text",
    [
        "讲得非常清楚",
        "没有浪费时间",
        "这门课不枯燥，收获很大",
        "干货满满，非常推荐",
        "不后悔买了这门课",
        "课程不贵，值得买",
        "一点都不难懂",
    ],
)
def test_praise_is_positive(text):
    found = analyze(text).sentiment
    assert found.label == "positive"
    assert found.polarity > 0.6


@pytest.mark.parametrize(
    "text",
    [
        "老师讲得一点也不清楚",
        "学完并没有什么收获",
        "后悔买了这门课",
        "不推荐购买",
        "声音太小听不清",
        "从来没有这么失望过",
        "不值这个价",
    ],
)
def test_complaint_is_negative(text):
    found = analyze(text).sentiment
    assert found.label == "negative"
    assert found.polarity < 0.4


@pytest.mark.parametrize(
    "text",
    [
        "本节课介绍了微积分的基本定理",
        "本课程介绍数据结构与算法，包括树、图和排序。",
        "第二次世界大战爆发于1939年。",
        "战争、死亡与灾难的历史",
        "通过本课程的学习，学生能够掌握线性代数的基本概念。",
    ],
)
def test_exposition_is_neutral(text):
    assert analyze(text).sentiment.label == "neutral"


@pytest.mark.parametrize("text", ["", "   \n", "。。。", "<p></p>"])
def test_no_text_has_no_sentiment(text):
    assert analyze(text).sentiment is None


def test_the_arc_has_one_value_a_sentence_and_follows_them():
    arc = analyze("讲得非常好。收获很大。声音太差。完全听不清。").sentiment.arc
    assert len(arc) == 4
    assert arc[0] > 0.7
    assert arc[-1] < 0.3


def test_polarity_is_the_mean_over_sentences():
    p = np.array([[0.8, 0.2, 0.0], [0.0, 0.2, 0.8], [0.0, 1.0, 0.0]])
    assert summary(p).polarity == pytest.approx(0.5)
    assert summary(p).label == "neutral"


def test_the_baseline_is_asked_by_sentence():
    baseline = SnowNLPPolarity()
    engine = default_engine()
    assert baseline.polarity(parse("", engine)) is None
    one = baseline.polarity(parse("很好。", engine))
    assert baseline.polarity(parse("很好。" * 30, engine)) == pytest.approx(one)
