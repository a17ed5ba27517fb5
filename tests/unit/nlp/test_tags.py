import math

import numpy as np
import pytest

from nlp import Analyzer, ModelFormatError, UserDictionary, analyze
from nlp.engines import default_engine
from nlp.lexicon import Rarity, default_rarity
from nlp.parsed import parse
from nlp.phrase_features import DENSE, dense
from nlp.phrase_words import Piece, read
from nlp.phrases import candidates
from nlp.ranker import Ranker, default_ranker
from nlp.tags import tags


def phrases_of(text, title=""):
    body, head = parse(text, default_engine()), parse(title, default_engine())
    piece = Piece(head.normalized.text, head.part(), body.normalized.text, body.part())
    return candidates(read([piece], default_rarity()))


def texts_of(text, **more):
    return [tag.text for tag in analyze(text, **more).tags]


def forcing(*terms):
    return Analyzer.default().with_dictionary(UserDictionary(force=tuple((t, "n") for t in terms)))


def test_candidates_are_the_runs_of_words_that_could_be_terms():
    found = set(phrases_of("用非负矩阵分解的方法。").texts())
    assert {"矩阵分解", "非负矩阵分解"} <= found
    assert not any("的" in name or "。" in name for name in found)


def test_equal_phrases_are_one_candidate_whatever_their_case():
    found = phrases_of("PyTorch很快，pytorch好用。")
    names = [name.lower() for name in found.texts()]
    assert names.count("pytorch") == 1
    assert found.counts[names.index("pytorch")] == 2


def test_foreign_words_make_phrases_across_a_space():
    found = set(phrases_of("用deep learning做the best of图像识别").texts())
    assert "deep learning" in found
    assert not any("the" in name.split() or "of" in name for name in found)


def test_features_count_what_they_say():
    found = phrases_of("矩阵分解，矩阵分解。矩阵论。", "矩阵论")
    rows = dict(zip(found.texts(), dense(found, default_ranker().background), strict=True))
    column = DENSE.index
    assert rows["矩阵分解"][column("count")] == pytest.approx(np.log(3))
    assert rows["矩阵分解"][column("title_count")] == 0.0
    assert rows["矩阵论"][column("title_count")] == pytest.approx(np.log(2))
    assert rows["矩阵分解"][column("words")] == 2
    assert rows["分解"][column("inside")] == 1.0
    assert rows["矩阵分解"][column("inside")] == 0.0
    assert rows["矩阵分解"][column("clause_ends")] == 1.0
    assert {rows[name][column("has_title")] for name in rows} == {1.0}


def test_features_of_a_phrase_do_not_depend_on_how_it_is_written():
    small, large = (
        dense(phrases_of(f"讲{name}与矩阵。"), default_ranker().background)
        for name in ("pytorch", "PyTorch")
    )
    np.testing.assert_allclose(small.mean(axis=0), large.mean(axis=0))


def test_candidates_and_features_of_a_piece_do_not_depend_on_what_is_read_beside_it():
    texts = ["矩阵分解，矩阵分解。", "矩阵论", "用deep learning做图像识别，矩阵", "机器学习"]
    titles = ["矩阵论", "", "图像", ""]
    pieces = [
        Piece(head.normalized.text, head.part(), body.normalized.text, body.part())
        for body, head in (
            (parse(text, default_engine()), parse(title, default_engine()))
            for text, title in zip(texts, titles, strict=True)
        )
    ]
    background = default_ranker().background
    together = candidates(read(pieces, default_rarity()))
    rows, bounds = dense(together, background), together.bounds()
    for i, piece in enumerate(pieces):
        alone = candidates(read([piece], default_rarity()))
        part = slice(bounds[i], bounds[i + 1])
        assert together.texts()[part] == alone.texts()
        np.testing.assert_array_equal(rows[part], dense(alone, background))


def test_a_text_without_words_has_no_tag():
    assert analyze("").tags == analyze("，。！").tags == analyze("的了吗").tags == ()


def test_the_title_alone_gives_tags():
    assert texts_of("", title="机器学习与数据挖掘")[:2] == ["机器学习", "数据挖掘"]


def test_every_tag_stands_in_the_text_or_the_title():
    title, text = (
        "《史记》导读：Python 3",
        "讲<b>司马迁</b>与ＰＹＴＨＯＮ数据分析，数据分析很有用。",
    )
    source = "《史记》导读:Python 3\n讲司马迁与PYTHON数据分析,数据分析很有用。"
    assert texts_of(text, title=title)
    assert all(name in source for name in texts_of(text, title=title))


def test_a_word_is_a_tag_beside_its_phrase_only_if_it_stands_by_itself():
    inside = texts_of("矩阵分解很重要。矩阵分解常用。")
    assert "矩阵分解" in inside
    assert not {"矩阵", "分解"} & set(inside)


def test_overlapping_readings_of_one_place_are_one_tag():
    found = texts_of("用Python做机器学习。")
    assert "机器学习" in found
    assert "做机器" not in found


@pytest.mark.parametrize("term", ["课程", "的的", "啊", "机器学", "阿b#"])
def test_a_forced_term_is_always_a_tag(term):
    found = forcing(term).analyze(f"本节介绍矩阵分解，{term}，与机器翻译。").tags
    assert term in {tag.text for tag in found}


def test_a_forced_term_survives_a_text_full_of_better_ones():
    names = "、".join(f"{a}{b}" for a in ("矩阵", "神经", "图像") for b in ("分解", "网络", "识别"))
    found = forcing("课程").analyze(f"{names}。" * 9 + "课程").tags
    assert "课程" in {tag.text for tag in found}


def test_a_long_text_is_read_to_its_end():
    early, late = "线性代数讲矩阵。", "本课讲生物化学，讲有机化合物。"
    assert {"线性代数", "生物化学"} <= set(texts_of(early * 900 + late * 500))


def test_a_term_of_most_of_the_catalogue_weighs_less_by_its_share():
    engine, rarity = default_engine(), default_rarity()
    catalogue = Rarity({"微积分": -math.log(3 / 4)}, rarity.median)  # in 3 of 4 texts
    text, title = parse("用微积分与拓扑学讲物理。", engine), parse("", engine)
    before, after = (
        {t.text: t.weight for t in tags(text, title, engine, rarity, catalogue=known)}
        for known in (None, catalogue)
    )
    assert after["微积分"] == pytest.approx(before["微积分"] / 4, abs=1e-4)
    assert after["拓扑学"] == before["拓扑学"]


def test_a_ranker_answers_the_same_from_its_arrays():
    ranker = default_ranker()
    again = Ranker.from_arrays(ranker.to_arrays())
    found = phrases_of("介绍矩阵分解与推荐系统。")
    np.testing.assert_array_equal(again.probabilities(found), ranker.probabilities(found))


@pytest.mark.parametrize(
    "broken",
    [
        lambda a: a.pop("keys"),
        lambda a: a.update(features=a["features"][::-1]),
        lambda a: a.update(second=a["second"][:, :-1]),
        lambda a: a.update(output=a["output"][:1]),
        lambda a: a.update(counts=a["counts"][:-1]),
        lambda a: a.update(keys=a["keys"][::-1]),
        lambda a: a.update(calibration=np.ones(3)),
    ],
)
def test_arrays_that_do_not_fit_are_no_ranker(broken):
    arrays = default_ranker().to_arrays()
    broken(arrays)
    with pytest.raises(ModelFormatError, match="tags"):
        Ranker.from_arrays(arrays)
