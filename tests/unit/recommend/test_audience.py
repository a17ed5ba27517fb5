"""All users' scores for one item, and what they are worth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, random_array

from recommend import HybridConfig, HybridSVD, UnknownItemError
from recommend.audience import (
    affinities,
    audience_size,
    influences,
    lift,
    ranked,
    takers_reached,
)

few = settings(deadline=None, max_examples=50)


@pytest.fixture(params=[False, True], ids=["plain", "no diagonal"])
def world(request, rng):
    r = csr_array(random_array((60, 20), density=0.2, rng=rng, format="csr"))
    f = csr_array(random_array((20, 12), density=0.4, rng=rng, format="csr"))
    config = HybridConfig(n_factors=8, remove_diagonal=request.param)
    return r, f, HybridSVD.fit(r, f, config, rng=rng)


def test_affinities_are_the_column_of_the_scores(world):
    r, f, model = world
    model = model.extend(f[:3])
    warm = ~model.is_fallback(r)
    for item in (0, 7, 19, 21):  # the last was not in the fit
        found = affinities(r, influences(model, item))
        scores = model.score(r)[warm, item] - model.prior[item]
        np.testing.assert_allclose(found[warm], scores, rtol=1e-6, atol=1e-9)


def test_an_empty_row_has_no_affinity_and_a_user_does_not_depend_on_the_others(world):
    r, _, model = world
    influence = influences(model, 3)
    assert affinities(csr_array((2, 20)), influence).tolist() == [0, 0]
    assert affinities(csr_array(r[[5]]), influence)[0] == affinities(r, influence)[5]


def test_an_item_that_is_not_there_is_an_error(world):
    with pytest.raises(UnknownItemError):
        influences(world[2], 20)


@few
@given(st.integers(1, 500), st.floats(0.001, 1))
def test_an_audience_is_never_empty_nor_more_than_all(n, share):
    assert 1 <= audience_size(n, share) <= n


def test_lift_is_one_for_everybody_and_at_most_one_over_the_share(rng):
    takers = rng.random(200) < 0.2
    n = int(takers.sum())
    perfect = lift(takers_reached(takers.astype(float), takers, 0.2), n, 0.2)
    assert perfect.low <= perfect.value <= perfect.high <= 5
    assert takers_reached(rng.random(200), takers, 1.0) == n
    assert lift(n, n, 1.0).value == 1
    assert lift(0, 0, 0.1).value == pytest.approx(1)


def test_lift_does_not_grow_when_a_taker_falls_out():
    scores, takers = np.arange(100.0), np.zeros(100, bool)
    takers[95:] = True
    before = takers_reached(scores, takers, 0.1)
    scores[95] = -1.0
    after = takers_reached(scores, takers, 0.1)
    assert (before, after) == (5, 4)
    assert lift(after, 5, 0.1).value < lift(before, 5, 0.1).value


def test_a_lift_of_rounded_numbers_is_less_sure():
    exact, rounded = lift(40, 60, 0.2), lift(40, 60, 0.2, noise=16.5)
    assert exact.value == rounded.value
    assert rounded.low < exact.low < exact.high < rounded.high


def test_equal_scores_keep_their_order():
    assert ranked(np.array([1.0, 2.0, 1.0, 2.0])).tolist() == [1, 3, 0, 2]
