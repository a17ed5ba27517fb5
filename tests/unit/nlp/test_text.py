import pytest

from nlp.text import normalize, once, sentence_at, sentences


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("ＡＢＣ１２３", "ABC123"),
        ("<p>第一段</p><p>第二段</p>", "\n第一段\n\n第二段\n"),
        ("一<b>二</b>三", "一二三"),
        ("AT&amp;T &lt;3", "AT&T <3"),
        ("vector<int> a<b>c", "vector<int> ac"),
        ("矩\u200b阵\ufeff", "矩阵"),
        ("a<script>alert(1)</script>b", "ab"),
        ("a<!-- 注释 -->b", "ab"),
        ("a<!-- 没有结束", "a<!-- 没有结束"),
        ("等等……", "等等……"),
        ("e\u0301", "é"),
        ("⑽㏂½", "(10)a.m.1⁄2"),
        ("ﷺ", "ﷺ"),
        ("", ""),
    ],
)
def test_normal_form(given, normal):
    assert normalize(given).text == normal


def test_a_character_that_expands_maps_back_to_itself():
    n = normalize("重㎏！")
    assert n.text == "重kg!"
    assert n.to_original(1, 2) == n.to_original(2, 3) == n.to_original(1, 3) == (1, 2)


def test_many_marks_on_a_character_are_folded_in_linear_time():
    # 100,000 in two classes are a minute of sorting if they are folded at once
    n = normalize("e" + "\u0301" * 50_000 + "\u0323" * 50_000 + "课")
    assert n.text.startswith("é\u0301")
    assert n.text.endswith("\u0323课")
    assert len(n.text) == 100_001


def test_tones_that_join_nothing_are_read_once():
    tones = "\U0001f3fb" * 60_000  # each may be an emoji that others tint: 17 s, if all are asked
    assert normalize(tones).text == tones


def test_an_entity_maps_back_to_the_whole_entity():
    n = normalize("a&amp;b")
    assert n.to_original(1, 2) == (1, 6)


def test_an_empty_span_maps_to_an_empty_span():
    n = normalize("<p>a</p>")
    assert n.to_original(1, 1) == (3, 3)
    assert n.to_original(len(n.text), len(n.text)) == (8, 8)


def test_sentences_keep_closing_quotes_and_decimals():
    found = [s.text for s in sentences("他说：“好！”版本是3.11。\n\n完了吗？ Yes. No")]
    assert found == ["他说：“好！”", "版本是3.11。", "完了吗？", "Yes.", "No"]


def test_a_sentence_without_a_letter_is_none():
    assert sentences("。。。！？\n  ……") == ()


def test_a_very_long_sentence_is_cut_at_a_comma():
    found = sentences("很长，" * 300)
    assert all(s.end - s.start <= 400 for s in found)
    assert all(s.text.endswith("，") for s in found)


def test_an_offset_finds_its_sentence():
    found = sentences("一。 二。")
    assert [sentence_at(found, i) for i in range(5)] == [0, 0, -1, 1, 1]


def test_a_repeated_text_is_found_whatever_space_stands_between():
    assert once("好课。\n好课。 好课。") == "好课。"
    assert once("好课") == "好课"
    assert once("") == ""
