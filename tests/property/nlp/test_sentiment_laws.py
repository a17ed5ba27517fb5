import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlp import analyze
from nlp.analyzer import Analyzer
from nlp.linear import Document
from nlp.opinion import Reading
from nlp.parsed import parse
from nlp.sentiment import Statement, Trust, corrected, summary, whole_statement

SENTENCES = st.sampled_from(
    [
        "老师讲得很好，但是语速太快。",
        "虽然有点贵，但是值得！",
        "没有浪费时间。",
        "希望增加例题。",
        "要是有字幕就好了",
        "在哪里下载课件？",
        "这也叫课程？",
        "真是“好”老师，听完更糊涂了。",
        "谢谢老师！",
        "本章介绍癌症的早期诊断。",
        "一星都嫌多",
        "声音太小，听不清…",
        "不过内容还可以。",
        "但是作业太多。",
    ]
)
LISTED = [
    json.loads(line)["text"]
    for line in (Path(__file__).parents[2] / "golden/sentences.jsonl")
    .read_text("utf-8")
    .splitlines()
]
REAL = st.sampled_from(LISTED).map(lambda text: text.rstrip("。！？!?；…"))
JOINTS = st.sampled_from(["", "\n", " ", "。", "，", "！", "？", "；", "…", "、"])
TEXTS = st.lists(SENTENCES, min_size=1, max_size=6).map("\n".join)
SHARES = st.floats(-1, 1)
few = settings(max_examples=100, deadline=None)


def mean_of(left, right):
    n, m = len(left.arc), len(right.arc)
    return (n * left.polarity + m * right.polarity) / (n + m)


@few
@given(TEXTS, TEXTS)
@example("很好。", "很好。\n很好。\n很差。")
def test_joining_texts_gives_the_mean_of_their_sentences(a, b):
    both = analyze(a + "\n" + b).sentiment
    assert both.polarity == pytest.approx(
        mean_of(analyze(a).sentiment, analyze(b).sentiment), abs=0.02
    )


@few
@given(TEXTS, st.integers(2, 12))
def test_repeating_a_text_moves_nothing(text, n):
    one, many = analyze(text).sentiment, analyze("\n".join([text] * n)).sentiment
    assert many.polarity == pytest.approx(one.polarity, abs=1e-9)
    assert many.label == one.label


@few
@given(REAL, JOINTS, st.integers(2, 12))
def test_saying_a_thing_again_moves_nothing_whatever_stands_between(text, joint, n):
    one, many = analyze(text).sentiment, analyze(joint.join([text] * n)).sentiment
    assert many.polarity == pytest.approx(one.polarity, abs=0.02)
    assert many.label == one.label


@few
@given(st.lists(REAL, min_size=1, max_size=5), st.sampled_from("。；\n"))
def test_a_text_of_many_has_the_mean_of_each_with_or_without_full_stops(texts, stop):
    alone = [analyze(text).sentiment for text in texts]
    total = sum(len(one.arc) * one.polarity for one in alone) / sum(len(one.arc) for one in alone)
    for joined in (stop.join(texts), "".join(text + stop for text in texts)):
        assert analyze(joined).sentiment.polarity == pytest.approx(total, abs=0.02)


@few
@given(TEXTS)
def test_the_arc_has_a_value_a_sentence_between_those_of_its_neighbours(text):
    found = analyze(text).sentiment
    assert len(found.arc) == len(text.split("\n"))
    assert all(0.0 <= value <= 1.0 for value in found.arc)


@few
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)), min_size=1))
def test_the_arc_stays_within_the_series(rows):
    p = np.array(rows) + 1e-9
    p /= p.sum(axis=1, keepdims=True)
    series = 0.5 + (p[:, 2] - p[:, 0]) / 2
    arc = np.array(summary(p).arc)
    assert arc.shape == series.shape
    assert (arc >= series.min() - 1e-12).all()
    assert (arc <= series.max() + 1e-12).all()


def stated(plain, sure, question, exposition, n_words):
    document = Document("字" * n_words, range(n_words), range(1, n_words + 1))
    return Statement(document, Reading((), plain, sure, question, exposition))


@few
@given(
    st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)),
    SHARES,
    SHARES,
    st.booleans(),
    st.booleans(),
    st.integers(0, 60),
)
def test_rules_are_bounded_and_treat_both_sides_alike(row, plain, sure, question, told, n):
    p = np.array([row]) + 1e-9
    p /= p.sum()
    trust = Trust()
    found = corrected(p, [stated(plain, sure, question, told, n)], trust)
    assert found.sum() == pytest.approx(1.0)
    assert (found > 0).all()
    mirrored = corrected(p[:, ::-1], [stated(-plain, -sure, question, told, n)], trust)
    np.testing.assert_allclose(mirrored[:, ::-1], found, rtol=1e-9)
    bound = trust.cap + trust.plain * (trust.long + 1) + trust.sure
    assert abs(np.log(found[0, 2] / found[0, 0])) <= bound + 1e-6


@few
@given(st.floats(0.001, 0.998))
def test_without_a_reading_the_model_keeps_its_word(positive):
    p = np.array([[0.999 - positive, 0.001, positive]]).clip(0.01, 0.98)
    p /= p.sum()
    np.testing.assert_allclose(
        corrected(p, [stated(0.0, 0.0, False, False, 5)], Trust()), p, rtol=1e-9
    )


@few
@given(st.lists(SENTENCES, min_size=1, max_size=8))
def test_a_sentence_is_judged_alike_alone_and_in_company(texts):
    analyzer = Analyzer.default()
    model, engine = analyzer.sentiment, analyzer.engine
    parsed = [parse(text, engine) for text in texts]
    found = [whole_statement(p) for p in parsed]
    alone = np.concatenate([model.probabilities([one]) for one in found])
    np.testing.assert_allclose(model.probabilities(found), alone, rtol=1e-9)
