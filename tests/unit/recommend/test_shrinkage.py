"""What little evidence may say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommend import ConfigError
from recommend.shrinkage import (
    QualityScale,
    beta_rate,
    confidence,
    effective_number,
    shrunk_mean,
    shrunk_shares,
)

few = settings(deadline=None, max_examples=50)

weights = st.lists(st.floats(0, 1e6), max_size=20)


@few
@given(weights)
def test_the_effective_number_lies_between_one_and_the_number_of_weights(w):
    n = effective_number(w)
    assert n == 0 if not any(w) else 1 - 1e-9 <= n <= sum(x > 0 for x in w) + 1e-9


@few
@given(weights, st.floats(0.1, 100))
def test_shares_sum_to_one_and_lie_between_what_was_seen_and_what_is_usual(w, evidence):
    usual = np.full(len(w), 1 / max(len(w), 1))
    if not w:
        return
    found = shrunk_shares(w, usual, evidence)
    assert found.sum() == pytest.approx(1)
    seen = np.array(w) / sum(w) if sum(w) else usual
    low, high = np.minimum(seen, usual), np.maximum(seen, usual)
    assert ((low - 1e-9 <= found) & (found <= high + 1e-9)).all()


@few
@given(st.floats(0, 1e9), st.floats(1e-3, 1e3))
def test_confidence_grows_with_evidence_and_never_reaches_one_for_little_of_it(n, evidence):
    assert 0 <= confidence(n, evidence) <= confidence(2 * n, evidence) <= 1


@few
@given(st.floats(-1, 1), st.integers(0, 1000), st.floats(-1, 1))
def test_a_mean_moves_from_the_usual_one_to_what_was_seen(mean, n, usual):
    found, further = (shrunk_mean(mean * m, m, usual) for m in (n, n + 1))
    assert abs(further - mean) <= abs(found - mean) + 1e-9
    assert min(mean, usual) - 1e-9 <= found <= max(mean, usual) + 1e-9


@few
@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.01, 0.99), st.floats(0.5, 50))
def test_a_rate_is_in_its_interval_and_the_interval_in_zero_to_one(k, more, usual, strength):
    rate = beta_rate(k, k + more, usual=usual, strength=strength)
    assert 0 <= rate.low <= rate.high <= 1
    assert 0 < rate.mean < 1


def test_more_of_the_same_evidence_narrows_the_interval():
    few, many = beta_rate(3, 10), beta_rate(300, 1000)
    assert many.high - many.low < (few.high - few.low) / 5
    assert beta_rate(0, 0, usual=0.2, strength=5).mean == pytest.approx(0.2)


@pytest.mark.parametrize("wrong", [{"successes": 3}, {"usual": 0.0}, {"strength": 0.0}])
def test_what_is_no_rate_is_refused(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        beta_rate(**({"successes": 1, "trials": 2} | wrong))


def quality(marks):
    n, total, squares = (np.array([sum(x**p for x in m) for m in marks]) for p in (0, 1, 2))
    scale = QualityScale.fit(total, n, squares)
    return scale, scale.quality(total, n)


def test_quality_follows_many_marks_and_there_is_none_without_any(rng):
    _, found = quality([[], [1.0], [0.9] * 200, [-0.75] * 200])
    assert np.isnan(found[0])
    assert abs(found[1]) < abs(found[2])
    assert found[2] > 0 > found[3]


def test_quality_is_no_number_where_marks_do_not_tell_items_apart():
    for marks in ([], [[]], [[0.5, 0.4]], [[0.5], [0.4], []]):
        scale, found = quality(marks)
        assert np.isnan(scale.usual)
        assert np.isnan(found).all()


def test_quality_of_items_that_do_not_differ_is_nearly_nothing(rng):
    scale, found = quality(rng.choice([-1, 1], size=(50, 20), p=[0.2, 0.8]))
    assert scale.evidence > 50
    assert np.abs(found).max() < 0.1


def test_the_scale_finds_the_variances_that_marks_were_drawn_with(rng):
    within, between = 0.3, 0.2
    items = rng.normal(0, between, 2000)
    marks = [rng.normal(m, within, rng.integers(1, 30)) for m in items]
    scale, found = quality(marks)
    assert scale.evidence == pytest.approx(within**2 / between**2, rel=0.1)
    plain = np.array([m.mean() for m in marks]) - scale.usual
    assert ((found - items) ** 2).mean() < 0.9 * ((plain - items) ** 2).mean()


@few
@given(st.lists(st.lists(st.floats(-1, 1), max_size=8), max_size=8), st.floats(-0.4, 0.4))
def test_quality_is_bounded_and_does_not_depend_on_the_usual_mark(marks, shift):
    _, found = quality(marks)
    assert ((np.abs(found) <= 2) | np.isnan(found)).all()
    _, moved = quality([[x + shift for x in m] for m in marks])
    np.testing.assert_allclose(moved, found, atol=1e-6)


@few
@given(st.integers(0, 200), st.integers(1, 200), st.floats(0, 100))
def test_noise_leaves_the_mean_and_never_narrows_the_interval(k, more, noise):
    sure, unsure = beta_rate(k, k + more), beta_rate(k, k + more, noise=noise)
    assert unsure.mean == sure.mean
    assert 0 <= unsure.low <= sure.low + 1e-9
    assert sure.high - 1e-9 <= unsure.high <= 1
