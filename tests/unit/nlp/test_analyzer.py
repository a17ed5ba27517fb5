import copy
import dataclasses
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nlp import Analyzer, NlpError, analyze
from nlp.dictionary import UserDictionary
from nlp.script import convert
from nlp.signature import signature
from nlp.terms import learned_rarity

TEXT = "本节课介绍矩阵分解。例如，推荐系统用矩阵分解预测评分。老师讲得很清楚！"


def test_the_default_is_built_once():
    assert Analyzer.default() is Analyzer.default()


def test_an_analysis_carries_the_version():
    assert analyze(TEXT).version == Analyzer.default().version


def test_an_analyser_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Analyzer.default().models = "x"  # type: ignore[misc]


def test_a_dictionary_changes_the_version_and_nothing_else_of_the_default():
    before = analyze("学习凸优化")
    other = Analyzer.default().with_dictionary(UserDictionary((("凸优化", "n"),)))
    assert other.version != before.version
    assert "凸优化" in [t.text for t in other.analyze("学习凸优化").tokens]
    assert analyze("学习凸优化") == before


def test_threads_get_the_same_answer():
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(analyze, [TEXT] * 16))
    assert all(one == found[0] for one in found)


def test_an_analysis_can_be_copied_and_made_a_dict():
    found = analyze(TEXT)
    assert copy.deepcopy(found) == found
    assert dataclasses.asdict(found)["tokens"][0]["text"] == found.tokens[0].text


def test_both_taxonomies_are_always_there():
    assert set(analyze("").topics) == {"subject", "domain"}


def test_an_empty_text_has_an_empty_analysis():
    found = analyze("")
    assert found.tokens == found.tags == found.key_points == found.aspects == ()
    assert found.sentiment is None
    assert found.difficulty is None
    assert found.terms == found.style == {}


def test_a_title_alone_gives_tags_and_topics_but_no_tokens():
    found = analyze("", title="数据结构")
    assert found.tokens == ()
    assert found.tags[0].text == "数据结构"
    assert found.topics["subject"][0].label == "计算机"


def test_html_is_read_past_and_offsets_stay():
    text = "<p>介绍<b>矩阵分解</b></p>"
    found = analyze(text)
    assert [text[t.start : t.end] for t in found.tokens] == ["介绍", "矩阵", "分解"]


def test_every_error_is_an_nlp_error():
    from nlp import DictionaryError, FeatureSpaceError, ModelFormatError, TrainingDataError

    for error in (DictionaryError, FeatureSpaceError, ModelFormatError, TrainingDataError):
        assert issubclass(error, NlpError)
        assert issubclass(error, ValueError)


def test_analysing_writes_no_file_and_loads_no_trainer(tmp_path):
    code = (
        "import sys, nlp; nlp.analyze('矩阵分解', title='数学');"
        "assert not {'sklearn', 'snownlp'} & set(sys.modules)"
    )
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, env=env, cwd=root)
    assert list(tmp_path.iterdir()) == []


def test_simplified_reading_keeps_the_offsets_of_the_original():
    text = "<b>機器</b>學習。推薦&amp;系統，乾隆與乾燥"
    found = analyze(text, simplify=True)
    assert all(text[t.start : t.end] == t.text for t in found.tokens)
    assert "推薦" in {t.text for t in found.tokens}
    assert "机器学习" in {t.text for t in found.tags}
    assert found.tags == analyze(convert(text)).tags


def test_a_forced_traditional_term_survives_both_readings():
    dictionary = UserDictionary(force=(("機器學", "n"),))
    analyzer = Analyzer.default().with_dictionary(dictionary)
    for simplify in (False, True):
        found = analyzer.analyze("讀機器學習", simplify=simplify)
        assert "機器學" in {t.text for t in found.tokens}


def test_granularity_changes_tokens_only():
    text = "清华大学的机器学习课程"
    fine, search = analyze(text), analyze(text, granularity="search")
    assert [t for t in search.tokens if t in fine.tokens] == list(fine.tokens)
    assert len(search.tokens) > len(fine.tokens)
    assert dataclasses.replace(search, tokens=fine.tokens) == fine


def test_markup_and_white_space_do_not_change_a_signature():
    text = "本课介绍矩阵分解，以及它在推荐系统中的应用。"
    assert analyze(text).signature == analyze(f"<p>{text}</p>\n ").signature == signature(text)
    assert analyze("").signature is None


def test_the_catalogue_decides_what_is_rare():
    text = "用微积分与拓扑学讲物理。"
    base = Analyzer.default()
    calculus = [base.analyze("讲微积分。").terms] * 300
    ours = base.with_rarity(learned_rarity(calculus, base.rarity))
    weights = {t.text: t.weight for t in ours.analyze(text).tags}
    before = {t.text: t.weight for t in base.analyze(text).tags}
    assert weights["微积分"] < 0.5 * before["微积分"]
    assert weights["拓扑学"] > weights["微积分"]
    assert ours.version != base.version
    assert ours.analyze(text).difficulty == base.analyze(text).difficulty
    assert learned_rarity([], base.rarity) == base.rarity


def test_many_texts_are_analysed_as_each_is_alone():
    analyzer = Analyzer.default()
    texts = [("讲得很好。" * 3, ""), ("", "微积分"), ("", ""), ("本课介绍矩阵分解。" * 500, "推荐")]
    texts += [
        (f"第{i}课讲极限、导数与积分，老师讲得{how}。", "微积分") for i, how in enumerate("好差慢")
    ]
    many = list(analyzer.analyze_many(iter(texts), granularity="search"))
    assert many == [analyzer.analyze(t, title=n, granularity="search") for t, n in texts]
    assert list(analyzer.analyze_many([])) == []


def test_a_catalogue_of_other_words_has_another_version():
    base = Analyzer.default()
    first, second = (
        base.with_rarity(learned_rarity([base.analyze(t).terms], base.rarity)).version
        for t in ("讲微积分。", "讲拓扑学。")
    )
    assert len({base.version, first, second}) == 3


@pytest.mark.parametrize(
    "text", ["a", "abc def ghi", "hello world", "https://a.com", "1 + 1 = 2", "中"]
)
def test_a_text_that_is_not_chinese_has_no_packaged_topics(text):
    assert analyze(text).topics == {"subject": (), "domain": ()}
