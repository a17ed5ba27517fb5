import numpy as np
import pytest
from scipy.sparse import csr_array

from recommend import ConfigError, Policy, ShapeError, rank, top_n
from recommend.diversity import diversified
from recommend.exploration import draw, n_slots, slots

TEXTS = csr_array(np.array([[1.0, 0, 0], [1.0, 0, 0], [0.8, 0.6, 0], [0, 0, 1.0], [0, 0, 0]]))


def seeded(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("diversity", "order"),
    [
        (0.0, [0, 1, 2, 3, 4]),
        (0.1, [0, 1, 2, 3, 4]),
        (0.4, [0, 3, 1, 4, 2]),
        (1.0, [0, 3, 4, 2, 1]),  # what has no content is like nothing; ties by score
    ],
)
def test_variety_moves_what_is_alike_back(diversity, order):
    scores = np.array([5.0, 4.5, 4.0, 3.5, 3.0])
    assert diversified(scores, TEXTS, 5, diversity).tolist() == order
    found = rank(scores, Policy(5, diversity=diversity), content=TEXTS)
    assert found.items.tolist() == order
    assert found.scores.tolist() == scores[order].tolist()


def test_the_marginal_worth_is_the_formula_at_every_step(rng):
    words = rng.random((40, 6)) * (rng.random((40, 6)) < 0.5) + 1e-3
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    scores = np.sort(rng.normal(size=40))[::-1]
    relevance = (scores - scores.min()) / (scores.max() - scores.min())
    chosen = diversified(scores, csr_array(words), 10, 0.3).tolist()
    for place, item in enumerate(chosen):
        before = chosen[:place]
        near = (words @ words[before].T).max(axis=1) if before else np.zeros(40)
        worth = 0.7 * relevance - 0.3 * near
        worth[before] = -np.inf
        assert worth[item] == pytest.approx(worth.max(), abs=1e-12)


def test_variety_without_texts_is_the_plain_order():
    scores = np.array([1.0, 3.0, 2.0])
    assert rank(scores, Policy(3, diversity=0.9)).items.tolist() == [1, 2, 0]


def test_places_that_explore_are_spread_and_the_last_is_one():
    assert slots(10, 3).tolist() == [2, 5, 9]
    assert slots(4, 4).tolist() == [0, 1, 2, 3]
    assert slots(5, 0).tolist() == []
    assert [n_slots(10, share) for share in (0, 0.05, 0.1, 0.5, 1)] == [0, 1, 1, 5, 10]


def test_little_known_items_are_drawn_the_better_ones_of_them():
    support = np.repeat([0, 100], 200)
    scores = np.arange(400.0)
    drawn = draw(scores, support, np.arange(400), 2, rng=seeded())
    assert drawn.pool.tolist() == list(range(199, 99, -1))
    assert set(drawn.items.tolist()) <= set(drawn.pool.tolist())
    assert drawn.chances.sum() == pytest.approx(2)


def test_the_fewer_users_the_likelier_and_the_chances_are_true():
    support = np.array([0, 0, 3, 3, 8, 8])
    count = np.zeros(6)
    for seed in range(4000):
        drawn = draw(np.zeros(6), support, np.arange(6), 2, rng=seeded(seed))
        count[drawn.items] += 1
        assert len(set(drawn.items.tolist())) == 2
    expected = np.zeros(6)
    expected[drawn.pool] = drawn.chances
    np.testing.assert_allclose(count / 4000, expected, atol=0.03)
    # of 6 candidates the quarter is one, the slots are two: nobody with a user is drawn
    assert count[2:].sum() == 0


def test_an_exploring_list_is_the_plain_one_with_a_few_places_given_away(rng):
    scores, support = rng.random(300), rng.integers(0, 50, 300)
    closed = rng.random(300) < 0.3
    found = rank(scores, Policy(10, explore=0.2), exclude=closed, support=support, rng=seeded())
    plain = top_n(scores, 8, exclude=closed)
    assert np.flatnonzero(found.explored).tolist() == [4, 9]
    assert found.items[~found.explored].tolist() == plain.items.tolist()
    assert (found.propensities[~found.explored] == 1).all()
    assert ((found.propensities > 0) & (found.propensities <= 1)).all()
    assert not closed[found.items].any()
    np.testing.assert_array_equal(found.scores, scores[found.items])
    again = rank(scores, Policy(10, explore=0.2), exclude=closed, support=support, rng=seeded())
    np.testing.assert_array_equal(found.items, again.items)


def test_a_short_catalogue_is_shown_whole_and_once():
    scores = np.array([3.0, 2.0, np.nan, 1.0, -np.inf])
    for explore in (0.0, 0.3, 1.0):
        found = rank(scores, Policy(10, explore=explore), rng=seeded())
        assert sorted(found.items.tolist()) == [0, 1, 3]
    shut = csr_array(np.array([[1, 1, 1, 1, 1]]))
    assert rank(scores, Policy(4, explore=0.5), exclude=shut, rng=seeded()).items.size == 0


@pytest.mark.parametrize("wrong", [{"n": -1}, {"diversity": 1.5}, {"explore": float("nan")}])
def test_impossible_policies_are_errors(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Policy(**wrong)


def test_exploring_needs_a_generator_and_texts_one_row_an_item():
    with pytest.raises(ConfigError, match="explore"):
        rank(np.ones(3), Policy(2, explore=0.5))
    with pytest.raises(ShapeError):
        diversified(np.ones(3), TEXTS, 2, 0.5)
