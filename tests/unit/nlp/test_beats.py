"""Beats, cast and tone of texts short enough to read."""

import pytest

from nlp import Sentiment, analyze, beats, cast, tone
from nlp.beat_rules import NAMES

TEXT = (
    "每天刷牙两次，为什么还会蛀牙？多数人的问题出在方法不对。先刷外侧，再刷内侧。"
    "巴氏刷牙法是指以四十五度角清洁牙龈沟。例如换牙的孩子每次刷三分钟。"
    "因此，方法比力气更重要。适合所有家庭。"
)


def test_a_text_with_all_parts_has_all_beats():
    found = beats(TEXT, analyze(TEXT))
    assert [b.name for b in found.found] == ["hook", "conflict", *3 * ["turn"], "resolution"]
    assert [b.cue for b in found.found] == [
        *("question", "misconception"),
        *("step", "definition", "example"),
        "conclusion",
    ]
    assert found.missing == ()


def test_what_is_not_there_is_missing_and_counted():
    text = "本课程介绍数据库系统的原理。内容包括关系模型与查询语言。"
    found = beats(text, analyze(text))
    assert [m.name for m in found.missing] == ["hook", "conflict", "turn", "resolution"]
    assert [m.found for m in found.missing] == [0, 0, 2, 0]


@pytest.mark.parametrize("text", ["", "  \n", "<p></p>", "！！！"])
def test_a_text_without_a_sentence_has_no_beat_and_says_why(text):
    found = beats(text, analyze(text))
    assert found.found == ()
    assert found.n_sentences == 0
    assert [m.name for m in found.missing] == list(NAMES)


def test_for_whom_a_course_is_carries_no_beat():
    assert not [b for b in beats(TEXT, analyze(TEXT)).found if "适合" in b.text]


def test_beats_cite_the_original_with_its_markup():
    text = "<h1>为什么 ＰＰＴ 总是没人看？</h1><p>但是字太多，观众<b>一看就慌</b>。</p>"
    found = {b.name: b for b in beats(text, analyze(text)).found}
    assert found["hook"].text == "为什么 ＰＰＴ 总是没人看？"
    assert found["conflict"].text == "但是字太多，观众<b>一看就慌</b>。"


def test_a_beat_teaches_itself_or_the_key_point_that_shares_most_nouns():
    analysis = analyze(TEXT)
    points = {p.start for p in analysis.key_points}

    def nouns(start, end):
        return {t.text for t in analysis.tokens if t.pos[0] in "ne" and start <= t.start < end}

    for beat in beats(TEXT, analysis).found:
        if beat.start in points:
            assert beat.teaches.start == beat.start
            continue
        own = nouns(beat.start, beat.end)
        most = max(len(own & nouns(p.start, p.end)) for p in analysis.key_points)
        assert len(own & nouns(beat.teaches.start, beat.teaches.end)) == most


@pytest.mark.parametrize(
    ("arc", "shape"),
    [
        ((0.5, 0.5, 0.5), "平稳"),
        ((0.2, 0.5, 0.8), "先抑后扬"),
        ((0.8, 0.5, 0.2), "先扬后抑"),
        ((0.5, 0.9, 0.5), "起伏"),
        ((0.5,), "平稳"),
    ],
)
def test_the_shape_of_a_tone_is_that_of_its_arc(arc, shape):
    assert tone(Sentiment(0.5, "neutral", 1.0, arc)).shape == shape


def test_the_mood_of_a_tone_is_that_of_the_polarity():
    moods = [tone(Sentiment(p, "neutral", 1.0, (p,))).mood for p in (0.1, 0.5, 0.9)]
    assert moods == ["沉重", "平实", "明快"]
    assert tone(None) is None


def test_a_cast_is_in_the_text_and_counted():
    text = "适合转行的财务人员。护士郝大勇在杭州的街头捡到《论语》。郝大勇笑了，护士也笑了。"
    found = cast(text, analyze(text))
    assert [(n.text, n.count) for n in found.people] == [("郝大勇", 2)]
    assert [(n.text, n.count) for n in found.roles] == [("护士", 2)]
    assert [n.text for n in found.places] == ["杭州"]
    assert [n.text for n in found.works] == ["论语"]
    assert [n.text for n in found.learners] == ["转行的财务人员"]


def test_a_word_the_dictionary_calls_a_place_is_none_unless_it_stands_like_one():
    text = "上市与加密是两件事。"
    assert cast(text, analyze(text)).places == ()
