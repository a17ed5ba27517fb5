import numpy as np
import pytest
from scipy.sparse import csr_array

from recommend import ShapeError, metrics

RELEVANT = csr_array(np.array([[1, 0, 1, 0, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 0]], float))
LISTS = np.array([[0, 1, 2], [3, 1, -1], [0, 1, 2]])


def test_hand_computed_values():
    second = 1 / np.log2(3)
    np.testing.assert_allclose(
        metrics.ndcg(LISTS, RELEVANT, n=3), [1.5 / (1 + second), second, np.nan]
    )
    np.testing.assert_allclose(metrics.recall(LISTS, RELEVANT, n=2), [0.5, 1, np.nan])
    np.testing.assert_allclose(metrics.precision(LISTS, RELEVANT, n=2), [0.5, 0.5, np.nan])
    np.testing.assert_allclose(metrics.mrr(LISTS, RELEVANT, n=3), [1, 0.5, np.nan])
    assert metrics.coverage(LISTS, 5, n=2) == 3 / 5


def test_lift_is_one_when_lists_are_as_popular_as_histories():
    train = csr_array(np.array([[1, 1, 0], [1, 0, 0], [1, 0, 1]], float))
    assert metrics.popularity_lift(np.array([[0]] * 3), train, n=1) == pytest.approx(3 / 2.2)
    assert metrics.popularity_lift(np.array([[1]] * 3), train, n=1) == pytest.approx(1 / 2.2)
    assert np.isnan(metrics.popularity_lift(LISTS, csr_array((3, 5)), n=1))


def test_the_interval_holds_the_mean_and_narrows_with_more_users(rng):
    few, many = rng.random(100), rng.random(10_000)
    narrow, wide = (metrics.bootstrap_interval(x, rng=rng) for x in (many, few))
    assert narrow.low < narrow.mean < narrow.high
    assert wide.high - wide.low > 5 * (narrow.high - narrow.low)
    assert narrow.high - narrow.low == pytest.approx(3.92 * np.sqrt(1 / 12 / 10_000), rel=0.15)


def test_pairs_see_a_difference_that_intervals_hide(rng):
    a = rng.random(500)
    b = a - 0.01
    difference = metrics.paired_difference(a, b, rng=rng)
    assert difference.low > 0
    assert metrics.bootstrap_interval(a, rng=rng).low < metrics.bootstrap_interval(b, rng=rng).high


def test_nobody_to_judge_gives_nan(rng):
    assert np.isnan(metrics.bootstrap_interval(np.full(3, np.nan), rng=rng).mean)


def test_sizes_must_agree(rng):
    with pytest.raises(ShapeError):
        metrics.ndcg(LISTS[:1], RELEVANT, n=3)
    with pytest.raises(ShapeError):
        metrics.paired_difference(np.ones(2), np.ones(3), rng=rng)


def test_a_place_violates_if_something_it_needs_is_neither_known_nor_earlier():
    requires = csr_array(np.array([[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]], float))
    known = csr_array(np.array([[0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], float))
    lists = np.array([[0, 1, 2], [2, 1, 3], [1, 0, -1], [-1, -1, -1]])
    found = metrics.prerequisite_violations(lists, requires, known, n=3)
    np.testing.assert_allclose(found, [0, 1 / 3, 1 / 2, np.nan])
    found = metrics.prerequisite_violations(lists, requires, known, n=1)
    np.testing.assert_allclose(found, [0, 1, 1, np.nan])
    nothing = metrics.prerequisite_violations(lists, csr_array((4, 4)), known, n=3)
    np.testing.assert_allclose(nothing, [0, 0, 0, np.nan])
    with pytest.raises(ShapeError):
        metrics.prerequisite_violations(lists[:2], requires, known, n=3)
