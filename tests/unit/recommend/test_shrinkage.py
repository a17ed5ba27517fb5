"""What little evidence may say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommend import ConfigError
from recommend.shrinkage import (
    beta_rate,
    confidence,
    effective_number,
    quality_prior,
    shrunk_mean,
    shrunk_shares,
)

weights = st.lists(st.floats(0, 1e6), max_size=20)


@given(weights)
def test_the_effective_number_lies_between_one_and_the_number_of_weights(w):
    n = effective_number(w)
    assert n == 0 if not any(w) else 1 - 1e-9 <= n <= sum(x > 0 for x in w) + 1e-9


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


@given(st.floats(0, 1e9), st.floats(1e-3, 1e3))
def test_confidence_grows_with_evidence_and_never_reaches_one_for_little_of_it(n, evidence):
    assert 0 <= confidence(n, evidence) <= confidence(2 * n, evidence) <= 1


@given(st.floats(-1, 1), st.integers(0, 1000), st.floats(-1, 1))
def test_a_mean_moves_from_the_usual_one_to_what_was_seen(mean, n, usual):
    found, further = (shrunk_mean(mean * m, m, usual) for m in (n, n + 1))
    assert abs(further - mean) <= abs(found - mean) + 1e-9
    assert min(mean, usual) - 1e-9 <= found <= max(mean, usual) + 1e-9


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


def test_quality_is_usual_without_marks_and_follows_many_of_them(rng):
    counts = np.array([0, 1, 200, 200])
    quality = quality_prior([0, 1.0, 180, -150], counts)
    assert quality[0] == 0
    assert abs(quality[1]) < abs(quality[2])
    assert quality[2] > 0 > quality[3]


def test_quality_of_items_that_do_not_differ_is_nearly_nothing(rng):
    counts = np.full(50, 20)
    marks = rng.choice([-1, 1], size=(50, 20), p=[0.2, 0.8])
    assert np.abs(quality_prior(marks.sum(axis=1), counts)).max() < 0.1
    assert quality_prior([0.0, 0.0], [0, 0]).tolist() == [0, 0]
