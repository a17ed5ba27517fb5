import pytest

from nlp import analyze
from nlp.analyzer import Analyzer
from nlp.engines import default_engine
from nlp.errors import TrainingDataError
from nlp.parsed import parse
from nlp.topics import SUBJECTS, UNSURE, TopicModel
from service.sample import catalogue


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("数据结构与算法", "计算机"),
        ("有机化学", "理学"),
        ("内科护理学", "医药卫生"),
        ("民法总论", "法学"),
        ("大学英语听说", "外语"),
        ("微观经济学", "经济管理"),
    ],
)
def test_plain_titles_have_their_subject(title, label):
    assert analyze(title).topics["subject"][0].label == label


def test_a_title_helps_a_text_that_says_little():
    text = "欢迎大家，每周更新一次，期末有考试。"
    found = analyze(text, title="机械原理").topics["subject"]
    assert found[0].label == "工学"


def test_the_fixed_columns_are_the_labels_of_the_packaged_model():
    assert Analyzer.default().subject.labels == SUBJECTS


def test_most_courses_of_the_sample_catalogue_have_their_domain():
    courses = [item for item in catalogue() if item.kind == "course"]
    answered, right_leaf, right_domain = 0, 0, 0
    for course in courses:
        found = analyze(course.text, title=course.title).topics["domain"]
        if not found:
            continue
        domain, leaf = (str(course.attributes[name]) for name in ("domain", "leaf"))
        answered += 1
        right_leaf += next(t.label for t in found if "/" in t.label) == f"{domain}/{leaf}"
        right_domain += next(t.label for t in found if "/" not in t.label) == domain
    assert answered >= 0.7 * len(courses)
    assert right_leaf >= 0.85 * answered
    assert right_domain >= 0.9 * answered


def test_unsure_is_an_answer():
    assert analyze("").topics["subject"] == ()
    assert analyze("好").topics["domain"] == ()
    found = analyze("我们大家").topics["subject"]
    assert found == () or found[0].probability >= UNSURE


def test_a_text_of_unknown_words_is_not_answered_above_chance():
    words = ["微积分极限", "绘画色彩", "合同诉讼", "细胞基因", "市场营销"]
    sizes = [24, 12, 6, 4, 2]  # a rare label is no likelier for what nobody knows
    pairs = [(f"{w}{i}", w[:2]) for w, n in zip(words, sizes, strict=True) for i in range(n)]
    model = TopicModel.fit(*zip(*pairs, strict=True))
    asked = [parse(t, default_engine()) for t in ("蹴鞠", "羌笛琵琶", "烽燧驿站邮亭" * 9)]
    assert model.probabilities(asked).max() < 1 / 5 + 0.1
    assert [model.predict(one) for one in asked] == [(), (), ()]


def test_a_label_of_one_text_is_refused():
    with pytest.raises(TrainingDataError, match="at least two texts"):
        TopicModel.fit(["甲", "乙", "丙"], ["a", "a", "b"])
    with pytest.raises(TrainingDataError, match="one label a text"):
        TopicModel.fit(["甲", "乙"], ["a"])


def small_set():
    texts = ["微积分与极限", "线性代数与矩阵", "绘画与色彩", "雕塑与造型"] * 4
    return texts, ["数学", "数学", "艺术", "艺术"] * 4


def test_stored_arrays_predict_the_same():
    model = TopicModel.fit(*small_set())
    again = TopicModel.from_arrays(model.to_arrays())
    parsed = parse("矩阵与色彩", default_engine())
    assert again.predict(parsed) == model.predict(parsed)


def test_known_words_help_where_no_text_has_them():
    texts, labels = small_set()
    known = [("群论", "数学"), ("数论", "数学"), ("油画", "艺术"), ("版画", "艺术")]
    model = TopicModel.fit(texts, labels, known=known)
    assert model.labels == ("数学", "艺术")
    assert model.predict(parse("群论", default_engine()))[0].label == "数学"
    assert model.predict(parse("油画", default_engine()))[0].label == "艺术"


def test_a_text_may_have_several_labels():
    texts = ["微积分", "矩阵", "绘画", "雕塑", "几何与绘画", "透视与矩阵"] * 4
    labels = [("数学",), ("数学",), ("艺术",), ("艺术",), ("数学", "艺术"), ("数学", "艺术")] * 4
    model = TopicModel.fit(texts, labels)
    both, one = model.probabilities([parse(t, default_engine()) for t in ("几何与绘画", "微积分")])
    assert (both > 0.5).all()
    assert one[0] > 0.5 > one[1]
    again = TopicModel.from_arrays(model.to_arrays())
    parsed = parse("透视", default_engine())
    assert again.predict(parsed) == model.predict(parsed)


def test_a_path_has_its_beginnings_with_the_sum_below_them():
    texts, _ = small_set()
    labels = ["理学/数学/分析", "理学/数学/代数", "艺术/绘画", "艺术/雕塑"] * 4
    model = TopicModel.fit(texts, labels)
    parsed = parse("微积分与矩阵", default_engine())
    found = {t.label: t.probability for t in model.predict(parsed)}
    leaves = dict(zip(model.labels, model.probabilities([parsed])[0].tolist(), strict=True))
    assert found["理学"] == pytest.approx(leaves["理学/数学/分析"] + leaves["理学/数学/代数"])
    assert found["理学/数学"] == pytest.approx(found["理学"])
    assert sum(leaves.values()) == pytest.approx(1.0)
    assert model.predict(parsed)[0].label in {"理学", "理学/数学"}
