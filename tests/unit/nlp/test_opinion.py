import pytest

from nlp.dictionary import UserDictionary
from nlp.engines import default_engine
from nlp.opinion import read
from nlp.opinion_words import build, lexicon, scan
from nlp.parsed import parse


def reading(text, engine=None):
    parsed = parse(text, engine or default_engine())
    return read(parsed.document())


def total(text):
    found = reading(text)
    return found.plain + found.sure


@pytest.mark.parametrize(
    "text",
    [
        "清楚",
        "不无聊",
        "没有浪费时间",
        "不会让人觉得枯燥",
        "没有一节课不精彩",
        "没有比这更好的课",
        "解决了难题",
        "疑惑全没了",
        "再也不怕高数了",
        "没有广告",
    ],
)
def test_praise(text):
    assert total(text) > 0


@pytest.mark.parametrize(
    "text",
    [
        "枯燥",
        "不清楚",
        "一点也不清楚",
        "没有什么收获",
        "毫无收获",
        "一点收获都没有",
        "从不回复",
        "全是广告",
        "实用性不强",
        "没有一集不卡顿",
        "太“精彩”了",
        "难道没人管吗",
    ],
)
def test_complaints(text):
    assert total(text) < 0


def test_a_lexicon_without_stops_gives_the_same_expressions():
    kinds = {"a": ["好", "好课", "很,好"], "ignored": ["好像"]}
    for text in ("好课,很好。", "好像很,好", "课好。好", "好"):
        document = parse(text, default_engine()).document()
        with_stops = [m for m in scan(document, build(kinds)) if "stop" not in m.kinds]
        assert scan(document, build(kinds, stops=False)) == with_stops


def test_degree_scales():
    assert total("有点枯燥") > total("枯燥") > total("非常枯燥")


def test_too_much_of_a_quality_is_a_complaint_and_the_quality_is_not():
    for text in ("语速太快", "语速有点快", "讲得不够深", "语速快了点", "作业太多"):
        assert total(text) < 0, text
    for text in ("语速快", "讲得深", "不太快", "学到的太多了"):
        assert total(text) == 0, text


def test_a_comparison_after_a_negator_does_not_turn():
    assert total("从来没有这么失望过") < 0
    assert total("没有那么精彩") < 0


def test_a_negation_ends_at_a_stop_and_after_what_it_turned():
    assert total("不，很清楚") > 0
    assert reading("没有浪费时间非常实用").plain > 0


def test_negation_far_from_its_word_is_not_sure():
    (near,) = reading("没有麻烦").clauses[0].opinions
    assert near.sure
    assert not any(o.sure and o.value > 0 for o in reading("没有提到费用麻烦").clauses[0].opinions)


def test_the_clause_after_a_contrast_outweighs_the_one_before():
    assert total("老师很好，但是内容枯燥") < 0 < total("内容枯燥，但是老师很好")
    assert total("虽然枯燥，老师很好") > 0


def test_the_weights_of_clauses_mirror_their_sides():
    assert total("虽然很清楚，但是很枯燥") == pytest.approx(-total("虽然很枯燥，但是很清楚"))


def test_a_wish_for_change_is_a_complaint_and_its_words_are_no_praise():
    for text in ("希望老师讲清楚一点", "要是有字幕就好了", "最好划下重点", "能不能提高清晰度"):
        assert reading(text).sure < 0, text
    assert total("希望大家都来听") == 0
    assert total("这门课最好") > 0


def test_questions_and_expositions_are_told_apart():
    assert reading("在哪里下载课件？").question
    assert reading("请问有教材吗").question
    assert not reading("这也叫课程？").question
    assert reading("本章介绍癌症的早期诊断").exposition
    assert reading("桥梁坍塌的原因").exposition
    assert not reading("老师介绍得很清楚").exposition
    assert not reading("讲解枯燥").exposition


def test_opinion_words_of_expositions_do_not_count():
    assert total("介绍优秀教师的提问方法") == 0


def test_every_value_is_bounded():
    found = reading("非常非常非常极其超级好" * 20 + "，太差了" * 20)
    assert all(-1 <= o.value <= 1 for c in found.clauses for o in c.opinions)
    assert -1 <= found.plain <= 1
    assert -1 <= found.sure <= 1


def marks(text, engine=None):
    parsed = parse(text, engine or default_engine())
    return [m.text for m in scan(parsed.document(), lexicon())]


def test_words_guard_the_characters_they_hold():
    assert marks("学生动手") == []  # not 生动
    assert "难" not in marks("难民")
    assert "好" not in marks("好像")


def test_marks_do_not_hang_on_how_the_engine_cuts_a_phrase():
    joined = default_engine().with_dictionary(UserDictionary((("讲慢", "v"), ("太快", "a"))))
    assert marks("讲慢一点，语速太快", joined) == marks("讲慢一点，语速太快")


def test_a_quality_is_a_fault_or_a_merit_of_its_object_however_far():
    for text in ("声音从头到尾都很小", "更新好慢", "课后习题很少", "老师水平不高", "讲得比较浅"):
        assert total(text) < 0, text
    for text in ("干货多", "老师的水平确实非常高", "更新快"):
        assert total(text) > 0, text
    for text in ("声音不小", "小声音", "字不小"):
        assert total(text) == 0, text


def test_a_reproach_is_a_complaint_and_a_question_is_none():
    assert total("怎么还是旧版本的软件") < 0
    assert total("为什么总是卡在第一章") < 0
    assert total("为什么用栈") == 0


@pytest.mark.parametrize("text", ["没有讲解", "课程内容组织和授课方式都挺好的", "很好的学习体验"])
def test_words_of_exposition_do_not_hide_an_opinion(text):
    assert not reading(text).exposition


@pytest.mark.parametrize("text", ["按期末成绩90分以上的人数计算", "得了4.0分", "编号为1666"])
def test_a_mark_out_of_ten_is_not_found_within_another_number(text):
    assert not {"0分", "666"} & set(marks(text))


def test_latin_words_are_found_whole():
    assert "boring" in marks("这课so boring")
    assert not marks("niceness")


@pytest.mark.parametrize(
    "text",
    [
        "双击图标,选择导出",
        "请将报告上传至平台",
        "把鸡蛋打散,加少许盐",
        "我们把满足这个条件的解称为最优解",
        "虚假宣传的认定见《反不正当竞争法》第八条",
        "函数在该点不连续,因此不可导",
        "如果样本量太小,检验的功效就会不足",
    ],
)
def test_laws_definitions_steps_and_deductions_hold_no_opinion(text):
    assert reading(text).exposition == 2


@pytest.mark.parametrize(
    "text",
    [
        "请把视频的声音调大一点",
        "点击了没有反应",
        "这叫做敷衍",
        "下载了三次都打不开",
        "如果老师讲慢一点,就会更好",
        "将就着听吧",
    ],
)
def test_who_complains_of_a_step_still_complains(text):
    assert reading(text).exposition < 2


def test_what_somebody_is_said_to_say_is_not_so():
    assert reading("谁说免费没好货").sure > 0
    assert reading("谁说网课没用").sure > 0


def test_an_indefinite_what_asks_nothing():
    assert not reading("没抱什么希望").question
    assert not reading("啥都听懂").question
    assert reading("什么时候更新").question


def test_an_object_of_two_groups_has_the_sides_of_both():
    assert reading("干货多").sure > 0 > reading("干货少").sure
    assert reading("例题少").sure < 0
