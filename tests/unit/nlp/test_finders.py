import pytest

from nlp import analyze
from nlp.engines import default_engine
from nlp.keypoints import role
from nlp.parsed import parse
from nlp.style import STYLE_NAMES, style


def tag_texts(text, **more):
    return [t.text for t in analyze(text, **more).tags]


def test_a_phrase_is_a_tag_instead_of_its_words():
    found = tag_texts("本节介绍矩阵分解。矩阵分解用于推荐系统。")
    assert "矩阵分解" in found
    assert not {"矩阵", "分解"} & set(found)


def test_a_work_keeps_its_marks_and_swallows_its_words():
    found = tag_texts("我们精读《红楼梦》与《史记》。")
    assert {"《红楼梦》", "《史记》"} <= set(found)
    assert "红楼梦" not in found


def test_the_title_weighs_more_than_the_text():
    text = "介绍机器翻译与语音识别。"
    weights = {t.text: t.weight for t in analyze(text, title="语音识别").tags}
    assert weights["语音识别"] > weights["机器翻译"]


def test_course_clichés_are_no_tags():
    assert not set(tag_texts("通过本课程的学习，同学们能够掌握基本知识和方法。")) & {
        "课程",
        "学习",
        "知识",
        "方法",
        "基本知识",
    }


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("矩阵分解是指把一个矩阵写成乘积", "定义"),
        ("比如电影推荐", "例子"),
        ("首先收集数据", "步骤"),
        ("综上所述，误差变小", "结论"),
        ("今天上课", "其他"),
        ("这是天然后续课程", "其他"),
    ],
)
def test_roles_by_cue(sentence, expected):
    assert role(sentence) == expected


def test_key_points_are_sentences_of_the_text_in_order():
    text = "所谓梯度是指方向导数最大的方向。好。例如在山坡上，梯度指向最陡处。" * 2 + "下课。"
    found = analyze(text).key_points
    assert found
    assert all(text[k.start : k.end] == k.text for k in found)
    assert [k.start for k in found] == sorted(k.start for k in found)
    assert max(k.weight for k in found) == 1.0
    assert len({k.text for k in found}) == len(found)


def test_key_points_do_not_say_one_thing_twice():
    text = (
        "梯度下降沿着负梯度方向更新参数，使损失函数逐步减小。"
        "梯度下降沿负梯度方向更新参数，让损失函数逐步减小。"
        "动量法在更新时累积历史梯度，从而减轻震荡。"
        "今天天气很好。我们在二楼的教室上课。请带上笔记本。大家坐下吧。"
    )
    found = [k.text for k in analyze(text, title="梯度下降与动量法").key_points]
    assert sum(k.startswith("梯度下降") for k in found) == 1
    assert any(k.startswith("动量法") for k in found)


def test_the_title_decides_between_sentences():
    text = "量子纠缠连接两个粒子。哥特建筑追求高耸的空间。天气不错。"
    for title, expected in (("量子纠缠", "量子"), ("哥特建筑", "哥特")):
        best = max(analyze(text, title=title).key_points, key=lambda k: k.weight)
        assert best.text.startswith(expected)


def test_questions_and_headings_are_no_key_points_where_sentences_say_more():
    text = "第一章 矩阵分解\n什么是矩阵分解？\n矩阵分解把评分矩阵写成两个因子矩阵的乘积。"
    assert [k.text[:4] for k in analyze(text).key_points] == ["矩阵分解"]


def test_aspects_of_a_review():
    text = "老师讲得很清楚，价格也不贵。客服态度差。"
    found = {a.name: a for a in analyze(text).aspects}
    assert found["讲师"].polarity > 0.6
    assert found["价格"].polarity > 0.6
    assert found["服务"].polarity < 0.4
    assert all(text[a.start : a.end] == a.text for a in found.values())


def test_exposition_has_no_aspects():
    assert analyze("本课程的内容包括线性代数和微积分。").aspects == ()


def test_entities_by_type():
    text = "爱因斯坦在德国写了《狭义与广义相对论浅说》，清华大学有译本。"
    found = {e.text: e.type for e in analyze(text).entities}
    assert found["爱因斯坦"] == "person"
    assert found["德国"] == "place"
    assert found["狭义与广义相对论浅说"] == "work"
    assert found["清华大学"] == "organisation"


def _people(text):
    return [e.text for e in analyze(text).entities if e.type == "person"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("采用林子雨老师编著的教材，由邓俊辉教授主讲。", ["林子雨", "邓俊辉"]),
        ("主讲教师周才琼讲营养，跟着王进学不到这些。", ["周才琼"]),
        ("从孔子、庄子讲到康德。", ["孔子", "庄子", "康德"]),
        ("由王竹、李游、吴飞三位开设。", ["王竹", "李游", "吴飞"]),
        ("肯·汤普森写了一个系统。", ["汤普森"]),
        ("调律师贺叔带着女儿上山，贺叔不说话。", ["贺叔"]),
    ],
)
def test_a_name_has_a_title_a_list_a_dot_or_is_known(text, names):
    assert _people(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "从小白到大牛，高清视频，高薪就业。",
        "培养高素质的高中生，讲常见病的康复与舒适性。",
        "布拉格的冬天和塞尔维亚的夏天。",
        "写好一篇范文，再看施工图和龙卷风。",
    ],
)
def test_a_word_that_begins_like_a_surname_is_no_person(text):
    assert _people(text) == []


def test_fields_dishes_and_the_sun_are_no_organisations_and_no_places():
    text = "天文学与现代医学、中西部的太阳、四合院里的昆曲和城市，由中国科学院和新华社讲。"
    assert {e.text: e.type for e in analyze(text).entities} == {
        "中国科学院": "organisation",
        "新华社": "organisation",
    }


@pytest.mark.parametrize(
    "text",
    [
        "先修课程：线性代数。",
        "前置课程是线性代数。",
        "学习本课程需要掌握线性代数。",
        "要求具备线性代数基础。",
        "需要一定的线性代数基础。",
        "学完线性代数再学机器学习。",
        "本课程以线性代数为基础。",
        "了解线性代数后，再来听机器学习。",
    ],
)
def test_prerequisites(text):
    needed = [c.text for c in analyze(text).concepts if c.prerequisite]
    assert needed == ["线性代数"]


@pytest.mark.parametrize(
    "text",
    [
        "零基础也能学线性代数。",
        "不需要线性代数基础。",
        "没有编程基础的同学也能学线性代数。",
        "不必学过线性代数。",
        "为学习线性代数打下基础。",
        "以案例教学为基础讲线性代数。",
    ],
)
def test_no_prerequisites(text):
    assert not any(c.prerequisite for c in analyze(text).concepts)


def test_a_prerequisite_is_not_also_taught():
    text = "需要掌握线性代数。本课讲凸优化，凸优化用到线性代数。"
    found = [c.text for c in analyze(text).concepts]
    assert len(found) == len(set(found))


def test_difficulty_orders_an_easy_and_a_hard_text():
    easy = "零基础入门课，轻松有趣。小白也能学。"
    hard = (
        "本课程面向研究生，讲授随机微分方程的存在唯一性定理证明，"
        "需要掌握测度论、泛函分析和偏微分方程。"
    )
    low, high = analyze(easy).difficulty, analyze(hard).difficulty
    assert low.level == 1
    assert high.level == 5
    needed = next(e for e in high.evidence if e.name == "prerequisites")
    assert needed.value >= 2
    assert "测度论" in needed.text


def test_more_prerequisites_never_make_a_text_easier():
    base = "本课讲优化。"
    levels = [
        analyze(base + "需要掌握" + "、".join(known) + "。").difficulty.level
        for known in (["代数"], ["代数", "微积分"], ["代数", "微积分", "概率论"])
    ]
    assert levels == sorted(levels)


def test_style_counts_what_it_says():
    found = style(parse("你好吗？我很好！AI真好。", default_engine()))
    assert tuple(found) == STYLE_NAMES
    assert found["questions"] == pytest.approx(1 / 3)
    assert found["exclamations"] == pytest.approx(1 / 3)
    assert 0 < found["latin"] < 0.5
    assert style(parse("……", default_engine())) == {}
