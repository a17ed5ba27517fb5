import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.signature import NEAR, distance, signature

LESSON = "本课介绍矩阵分解，以及它在推荐系统中的应用：先讲奇异值分解，再用真实的评分数据做练习。"
COOKING = "红烧肉选五花三层的肉，冷水下锅焯去血沫，炒糖色后加料酒、酱油与热水，小火炖一个小时。"


@given(st.text())
def test_a_signature_has_64_bits_or_there_is_no_letter(text):
    found = signature(text)
    assert found is None or len(found) == 16
    assert found is None or distance(found, found) == 0


@given(st.text(min_size=1), st.sampled_from([" ", "。", "\n", "！ "]))
def test_a_text_said_twice_is_nearly_the_same_text(text, between):
    once, twice = signature(f"{LESSON}{between}"), signature(f"{LESSON}{between}{LESSON}")
    assert distance(once, twice) <= NEAR


def test_small_edits_are_near_and_other_texts_far():
    edited = LESSON.replace("真实的", "一些").replace("本课", "这门课")
    assert distance(signature(LESSON), signature(edited)) <= 2 * NEAR
    assert distance(signature(LESSON), signature(edited)) > 0
    assert distance(signature(LESSON), signature(COOKING)) > 2 * NEAR


@pytest.mark.parametrize(("a", "b"), [("Ｐｙｔｈｏｎ课", "python 课"), ("一、二", "一二")])
def test_width_case_and_signs_do_not_matter(a, b):
    assert signature(a) == signature(b)


@pytest.mark.parametrize("config", ["s2t", "s2tw", "s2hk"])
def test_a_text_in_traditional_script_is_the_same_text(config):
    text = (
        LESSON
        + "看着皇后在后面，这里是公里，干部、干燥与若干，头发发展，面条方面，制度复制，覆盖象征。"
    )
    assert signature(opencc.OpenCC(config).convert(text)) == signature(text)


def test_a_long_text_is_hashed_in_blocks():
    text = "".join(chr(0x4E00 + i * 7 % 20000) for i in range(20000))
    assert distance(signature(text), signature(text[:-10])) <= NEAR
