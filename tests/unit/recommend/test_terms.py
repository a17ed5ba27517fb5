"""What terms add to scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommend import ShapeError
from recommend.terms import LARGEST_EFFECT, with_terms

few = settings(deadline=None, max_examples=50)

scores = arrays(np.float64, 6, elements=st.floats(-10, 10))
effects = arrays(np.float64, 6, elements=st.floats(-5, 5))


@few
@given(scores, effects, effects)
def test_what_terms_add_sums_to_the_scores(base, one, two):
    found = with_terms(base, {"one": one, "two": two})
    total = base + found.added["one"] + found.added["two"]
    np.testing.assert_allclose(total, found.scores, atol=1e-9)


@few
@given(scores, effects)
def test_a_term_adds_with_the_sign_of_its_effect_and_no_more_than_its_bound(base, effect):
    added = with_terms(base, {"x": effect}).added["x"]
    assert (added * np.sign(effect) >= 0).all()
    assert (np.abs(added) <= np.abs(base) * np.expm1(LARGEST_EFFECT) + 1e-12).all()


@few
@given(scores, effects)
def test_a_larger_effect_never_lowers_a_score(base, effect):
    low, high = (with_terms(base, {"x": e}).scores for e in (effect, effect + 0.5))
    assert (high >= low).all()


@few
@given(scores)
def test_no_effect_changes_nothing_and_no_scale_changes_the_order(base):
    assert (with_terms(base, {"x": np.zeros(6)}).scores == base).all()
    effect = np.linspace(-1, 1, 6)
    a, b = (with_terms(k * base, {"x": effect}).scores / k for k in (1.0, 8.0))
    np.testing.assert_allclose(a, b)


def test_effects_of_other_items_are_refused():
    with pytest.raises(ShapeError, match="quality"):
        with_terms(np.zeros(3), {"quality": np.zeros(2)})
