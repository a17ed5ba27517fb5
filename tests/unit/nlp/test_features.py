import json
from dataclasses import replace

import numpy as np
import pytest

from nlp import Features, FeatureSpace, FeatureSpaceError, analyze, extract

TEXTS = [
    "本课程介绍矩阵分解与推荐系统。",
    "矩阵分解与线性代数，零基础入门。",
    "红楼梦导读，精读《红楼梦》与清代文学。",
    "清代文学史：从诗到小说。",
    "",
]


@pytest.fixture(scope="module")
def features():
    return [extract(analyze(text)) for text in TEXTS]


@pytest.fixture(scope="module")
def space(features):
    return FeatureSpace.fit(features, min_df=1)


def cosine(space, a, b):
    return (space.transform([a]) @ space.transform([b]).T).toarray()[0, 0]


def test_texts_on_one_matter_are_nearer(features, space):
    assert cosine(space, features[0], features[1]) > cosine(space, features[0], features[2])
    assert cosine(space, features[2], features[3]) > cosine(space, features[1], features[3])


def test_rows_are_unit_and_an_empty_text_is_zero(features, space):
    norms = np.sqrt((space.transform(features).toarray() ** 2).sum(axis=1))
    np.testing.assert_allclose(norms, [1, 1, 1, 1, 0])


def test_columns_are_named_by_block(space):
    assert "term:矩阵分解" in space.columns
    assert "topic:subject:工学" in space.columns
    assert [space.columns[s.start].split(":")[0] for s in space.blocks.values()] == list(
        space.blocks
    )
    assert sum(s.stop - s.start for s in space.blocks.values()) == len(space.columns)


def test_a_rare_term_needs_min_df(features):
    space = FeatureSpace.fit(features, min_df=2)
    assert "term:矩阵分解" in space.columns
    assert "term:推荐系统" not in space.columns


def test_the_most_frequent_terms_are_kept(features):
    space = FeatureSpace.fit(features, min_df=1, max_terms=1)
    (term,) = space.columns[space.blocks["term"]]
    assert sum(term.removeprefix("term:") in f.terms for f in features) == 2


def test_an_empty_catalogue_has_the_fixed_columns(features):
    space = FeatureSpace.fit([])
    assert space.blocks["term"] == slice(0, 0)
    assert space.transform(features).shape == (len(features), len(space.columns))
    assert space.transform([]).shape == (0, len(space.columns))


def test_the_order_of_the_catalogue_does_not_matter(features, space):
    assert FeatureSpace.fit(features[::-1], min_df=1).version == space.version


def test_another_catalogue_is_another_version(features, space):
    assert FeatureSpace.fit(features[:3], min_df=1).version != space.version


def test_stored_arrays_give_the_same_space(features, space):
    arrays = space.to_arrays()
    assert not any(a.dtype.hasobject for a in arrays.values())
    again = FeatureSpace.from_arrays(arrays)
    assert again.version == space.version
    assert again.columns == space.columns
    np.testing.assert_array_equal(
        again.transform(features).toarray(), space.transform(features).toarray()
    )


def test_arrays_of_something_else_are_refused(space):
    arrays = space.to_arrays()
    with pytest.raises(FeatureSpaceError, match="without \\['idf'\\]"):
        FeatureSpace.from_arrays({k: v for k, v in arrays.items() if k != "idf"})
    with pytest.raises(FeatureSpaceError, match="format 9"):
        FeatureSpace.from_arrays({**arrays, "format": np.array(9)})
    with pytest.raises(FeatureSpaceError, match="idf of shape"):
        FeatureSpace.from_arrays({**arrays, "idf": arrays["idf"][:1]})


@pytest.mark.parametrize(
    "arguments",
    [{"min_df": 0}, {"max_terms": -1}, {"weights": {"term": -1.0}}, {"weights": {"x": 1.0}}],
)
def test_arguments_out_of_range_are_refused(arguments):
    with pytest.raises(FeatureSpaceError, match="feature space: found"):
        FeatureSpace.fit([], **arguments)


def test_features_survive_json(features):
    for one in features:
        assert Features.from_json(one.to_json()) == one


@pytest.mark.parametrize("line", ["", "{}", "[]", "not json"])
def test_broken_json_is_refused(line):
    with pytest.raises(FeatureSpaceError, match="a line of to_json"):
        Features.from_json(line)


def test_sentiment_and_style_alone_say_nothing_about_content(space):
    row = space.transform([Features({}, {}, {"length": 10.0}, 0.9, 3)])
    assert row.nnz == 0


def test_topics_of_another_taxonomy_get_columns_of_their_own():
    one = Features({}, {"own:烹饪": 0.9}, {}, None, None)
    space = FeatureSpace.fit([one])
    assert space.transform([one]).toarray()[0, space.columns.index("topic:own:烹饪")] == 1.0


def test_words_cut_in_another_way_meet_in_their_pairs():
    a, b = (extract(analyze(text)) for text in ("微积分", "微积分学"))
    space = FeatureSpace.fit([a, b], min_df=1, weights={"pair": 1.0})
    assert cosine(space, a, b) > 0.5
    assert a.pairs == {"微积": 1.0, "积分": 1.0}


def test_the_title_weighs_more_in_pairs_too():
    found = extract(analyze("微积分", title="微积"))
    assert found.pairs["微积"] == 4.0
    assert found.pairs["积分"] == 1.0


def test_rows_stay_short_however_long_the_text():
    text = "".join(chr(0x4E00 + i) for i in range(2000))
    one = extract(analyze(text))
    space = FeatureSpace.fit([one], min_df=1)
    assert len(one.pairs) == 500
    assert space.transform([one])[:, space.blocks["pair"]].nnz == 128


def test_what_was_stored_before_there_were_pairs_is_read(features, space):
    old = json.loads(features[0].to_json())
    del old["pairs"]
    assert Features.from_json(json.dumps(old)) == replace(features[0], pairs={})
    arrays = FeatureSpace.fit([replace(f, pairs={}) for f in features], min_df=1).to_arrays()
    del arrays["pair_idf"]
    arrays |= {"format": np.array(1), "weights": arrays["weights"][:5]}
    again = FeatureSpace.from_arrays(arrays)
    assert again.blocks["pair"] == slice(len(again.columns), len(again.columns))
    row, term = again.transform(features[:1]), again.blocks["term"]
    assert row.shape[1] == len(again.columns)
    assert row[:, term].nnz == len(features[0].terms)
