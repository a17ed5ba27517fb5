import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import analyze, read_subtitles
from nlp.subtitles import Problem

SRT = """1
00:00:01,000 --> 00:00:03,000
今天讲矩阵分解。

2
00:00:03,000 --> 00:00:05,500
它把一个矩阵写成
两个矩阵的乘积。

3
00:01:00,000 --> 00:01:02,000
谢谢大家！
"""
VTT = """WEBVTT - 第一课
Kind: captions

NOTE 这一行
不是字幕

STYLE
::cue { color: red }

开场
00:01.000 --> 00:03.000 align:start position:0%
<v 老师>今天讲<c.yellow>矩阵</c>分解。

00:03.000 --> 01:00:05.500 line:0
它把<00:03.500>一个矩阵写成
"""


def test_words_are_joined_and_times_kept():
    found = read_subtitles(SRT)
    assert found.text == "今天讲矩阵分解。它把一个矩阵写成两个矩阵的乘积。\n谢谢大家！"
    assert [(c.start_s, c.end_s, found.text[c.start : c.end]) for c in found.cues] == [
        (1.0, 3.0, "今天讲矩阵分解。"),
        (3.0, 5.5, "它把一个矩阵写成两个矩阵的乘积。"),
        (60.0, 62.0, "谢谢大家！"),
    ]
    assert found.problems == ()


def test_webvtt_headers_notes_settings_and_tags_are_read_past():
    found = read_subtitles(VTT)
    assert found.text == "今天讲矩阵分解。它把一个矩阵写成"
    assert [(c.start_s, c.end_s) for c in found.cues] == [(1.0, 3.0), (3.0, 3605.5)]
    assert found.problems == ()


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(end):
    assert read_subtitles("\ufeff" + SRT.replace("\n", end)) == read_subtitles(SRT)


def test_numbers_and_empty_lines_may_be_missing():
    whole = "0:01 --> 0:02\n一。\n2\n0:02 --> 0:03\n二。"
    found = read_subtitles(whole)
    assert (found.text, found.problems) == ("一。二。", ())
    assert [(c.start_s, c.end_s) for c in found.cues] == [(1.0, 2.0), (2.0, 3.0)]


def test_bad_lines_are_named_and_the_rest_is_read():
    found = read_subtitles(
        "乱写的\n\n1\n00:00:0x,000 --> 00:00:02,000\n没有时间\n\n"
        "2\n00:00:05,000 --> 00:00:04,000\n倒着走。\n\n3\n00:00:06,000 --> 00:00:07,000\n好。\n"
    )
    assert [(p.line, p.problem.split(";")[0]) for p in found.problems] == [
        (1, "stands outside every cue"),
        (4, "need two time codes, as 00:01:02,500"),
        (8, "ends before it starts"),
    ]
    assert found.problems[0] == Problem(1, "乱写的", "stands outside every cue")
    assert found.text == "倒着走。好。"
    assert found.cues[0].start_s == found.cues[0].end_s == 5.0


def test_cues_without_stops_are_a_sentence_each():
    found = read_subtitles("0:01 --> 0:02\n先讲矩阵\n\n0:02 --> 0:03\n再讲分解\n")
    assert found.text == "先讲矩阵\n再讲分解"


def test_latin_words_stay_apart():
    found = read_subtitles("0:01 --> 0:02\nmatrix\nfactor\n\n0:02 --> 0:03\nmodels.\n")
    assert found.text == "matrix factor models."


def test_overlapping_and_unordered_cues_are_put_in_order():
    found = read_subtitles("0:05 --> 0:09\n二。\n\n0:01 --> 0:07\n一。\n")
    assert found.text == "一。二。"
    assert found.times(0, 4) == (1.0, 9.0)
    assert found.times(0, 1) == (1.0, 7.0)


def test_rolling_captions_say_each_line_once():
    found = read_subtitles(
        "0:01 --> 0:02\n一。\n\n0:02 --> 0:03\n一。\n二。\n\n0:03 --> 0:04\n二。\n三。\n\n"
        "0:20 --> 0:21\n三。\n"
    )
    assert found.text == "一。二。三。\n三。"


def test_nothing_said_has_no_time():
    found = read_subtitles(SRT)
    assert found.times(len(found.text), len(found.text)) is None
    assert found.times(4, 4) == (1.0, 3.0)
    assert read_subtitles("").times(0, 10) is None
    gap = found.text.index("\n")
    assert found.times(gap, gap + 1) is None


def test_key_points_of_an_analysis_have_times():
    found = read_subtitles(SRT)
    for point in analyze(found.text).key_points:
        start_s, end_s = found.times(point.start, point.end)
        assert 1.0 <= start_s < end_s <= 62.0


PIECES = st.sampled_from(
    ["1", "0:01 --> 0:02", "00:00:03,5 --> 00:00:01,0", "-->", "", "\n", "\r", "讲。", "<i>a</i>",
     "WEBVTT", "NOTE x", "\ufeff", "\ud800", "{\\an8}", "<0:01.000>"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("\n".join) | st.text())
def test_any_text_is_read_and_every_word_has_a_time(data):
    found = read_subtitles(data)
    ends = [0, *(c.end for c in found.cues)]
    for cue, end in zip(found.cues, ends, strict=False):
        assert end <= cue.start < cue.end <= len(found.text)
        assert found.times(cue.start, cue.end) == (cue.start_s, cue.end_s)
    starts = [c.start_s for c in found.cues]
    assert starts == sorted(starts)
