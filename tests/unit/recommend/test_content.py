import numpy as np
import pytest
from scipy.sparse import csr_array, hstack

from recommend import (
    ConfigError,
    Content,
    HybridConfig,
    HybridSVD,
    ShapeError,
    cold_item_split,
    evaluate,
    metrics,
    random_split,
    top_n,
)
from recommend.content import weighed
from recommend.search import Judge
from recommend.tuning_hybrid import HybridSearch


def unit(f):
    lengths = np.sqrt(np.asarray(f.multiply(f).sum(axis=1)).ravel())
    return csr_array(f.multiply(1 / np.where(lengths > 0, lengths, 1)[:, None]))


def with_noise(f, rng):
    """Content of two blocks: what it is about, and what says nothing."""
    noise = csr_array(rng.random((f.shape[0], 30)) < 0.2).astype(float)
    both = unit(csr_array(hstack([f, 3 * unit(noise)], format="csr")))
    return Content(both, {"word": slice(0, f.shape[1]), "noise": slice(f.shape[1], both.shape[1])})


def fit(r, f, **options):
    config = HybridConfig(**{"n_factors": 20, "ridge": 1.0, "cold_ridge": 0.3} | options)
    return HybridSVD.fit(r, f, config, rng=np.random.default_rng(0))


def test_a_block_of_weight_0_is_as_if_it_were_not_there(themes, rng):
    r, f, *_ = themes()
    content = with_noise(f, rng)
    zero = (("noise", 0.0),)
    model = fit(r, content, block_weights=zero, cold_block_weights=zero)
    alone = fit(r, unit(f))
    np.testing.assert_allclose(model.score(r), alone.score(r), atol=1e-6)
    np.testing.assert_allclose(
        model.content_factors(content.rows[:5]), alone.content_factors(unit(f)[:5]), atol=1e-6
    )


def test_weights_of_1_change_nothing(themes, rng):
    r, f, *_ = themes()
    content = with_noise(f, rng)
    ones = (("noise", 1.0), ("word", 1.0))
    weighed_model = fit(r, content, block_weights=ones, cold_block_weights=ones)
    np.testing.assert_array_equal(weighed_model.score(r), fit(r, content.rows).score(r))


def cold_quality(r, content, n=5, **options):
    split = cold_item_split(r, rng=np.random.default_rng(3))
    rows = csr_array(split.train[split.users])
    scores = fit(split.train, content, **options).score(rows)
    scores[:, ~split.candidates] = -np.inf
    found = metrics.ndcg(top_n(scores, n).items, csr_array(split.test[split.users]), n=n)
    return found.mean()


def test_cold_items_are_described_by_their_own_weights(themes, rng):
    r, f, *_ = themes(120, 90)
    content = with_noise(f, rng)
    only_words, both, only_noise = (
        cold_quality(r, content, cold_block_weights=weights)
        for weights in ((("noise", 0.0),), (), (("word", 0.0),))
    )
    assert only_words > both > only_noise


def test_the_search_learns_that_a_block_says_nothing(themes, rng):
    r, f, *_ = themes(120, 90)
    content = with_noise(f, rng)
    split = cold_item_split(r, rng=np.random.default_rng(3))
    judge = Judge(split, n=5, max_users=120, rng=rng)
    _, found = HybridSearch(split, content, judge, seed=0).cold(HybridConfig(n_factors=20))
    assert found.cold == "ridge"
    weights = dict(found.cold_block_weights)
    assert weights.get("noise", 1.0) < weights.get("word", 1.0)


def test_weighing_leaves_the_content_as_it_was(themes, rng):
    _, f, *_ = themes()
    content = with_noise(f, rng)
    before = content.rows.toarray()
    weighed(content.rows, content.column_weights((("noise", 0.0),)))
    np.testing.assert_array_equal(content.rows.toarray(), before)


def test_rows_keep_their_length_and_empty_ones_stay_empty():
    f = csr_array(np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]))
    out = weighed(f, np.array([1.0, 2.0, 0.0])).toarray()
    np.testing.assert_allclose(np.linalg.norm(out, axis=1), [1.0, 0.0, 0.0])
    assert out[0, 1] / out[0, 0] == pytest.approx(2 * 0.8 / 0.6)


def test_unknown_blocks_bad_weights_and_columns_that_are_not_there_are_errors(themes):
    r, f, *_ = themes()
    with pytest.raises(ConfigError, match="topic"):
        fit(r, f, block_weights=(("topic", 1.0),))
    with pytest.raises(ConfigError, match="word"):
        HybridConfig(block_weights=(("word", -1.0),))
    with pytest.raises(ShapeError, match="word"):
        Content(f, {"word": slice(0, f.shape[1] + 1)})


def test_weights_survive_storage(themes, rng):
    r, f, *_ = themes()
    model = fit(r, with_noise(f, rng), cold_block_weights=(("noise", 0.5),), output_scaling=0.25)
    again = HybridSVD.from_arrays(model.to_arrays())
    assert again.config == model.config
    row = csr_array(unit(with_noise(f, rng).rows[:1]))
    np.testing.assert_array_equal(again.content_factors(row), model.content_factors(row))


def test_shuffled_content_does_not_help(themes):
    """The trick of a known issue: an honest gain dies when texts change owners."""
    r, f, *_ = themes(120, 90)
    order = np.random.default_rng(4).permutation(f.shape[0])
    assert cold_quality(r, f) > 1.5 * cold_quality(r, csr_array(f[order]))


def test_the_search_gives_shuffled_content_no_gain(themes):
    r, f, *_ = themes(150, 90, density=0.1)
    order = np.random.default_rng(4).permutation(f.shape[0])
    split = random_split(r, rng=np.random.default_rng(5))
    shuffled, none = (
        evaluate(r, content, split, ["hybrid"], seed=0).models[0].ndcg.mean
        for content in (csr_array(f[order]), None)
    )
    assert shuffled <= none + 0.03
