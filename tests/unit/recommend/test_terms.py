"""What effects add to scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommend import ShapeError
from recommend.terms import LARGEST_EFFECT, added_by, added_by_each

few = settings(deadline=None, max_examples=50)

scores = arrays(np.float64, 6, elements=st.floats(-10, 10, allow_subnormal=False))
effects = arrays(np.float64, 6, elements=st.floats(-5, 5))


@few
@given(scores, effects)
def test_an_effect_adds_with_its_sign_and_no_more_than_its_bound(base, effect):
    added = added_by(effect, base)
    assert (added * np.sign(effect) >= 0).all()
    assert (np.abs(added) <= np.abs(base) * np.expm1(LARGEST_EFFECT) + 1e-12).all()


@few
@given(scores, effects)
def test_a_larger_effect_never_lowers_a_score(base, effect):
    assert (added_by(effect + 0.5, base) >= added_by(effect, base)).all()


@few
@given(scores)
def test_no_effect_adds_nothing_and_scores_may_be_in_any_unit(base):
    assert (added_by(np.zeros(6), base) == 0).all()
    effect = np.linspace(-1, 1, 6)
    np.testing.assert_allclose(added_by(effect, 8 * base), 8 * added_by(effect, base), atol=1e-300)


@few
@given(scores, effects)
def test_many_rows_are_each_as_alone(base, effect):
    rows = np.array([base, 2 * base])
    assert (added_by(effect, rows)[0] == added_by(effect, base)).all()


@few
@given(scores, effects, effects)
def test_what_each_adds_sums_to_what_all_add_and_has_the_sign_of_its_effect(base, one, two):
    each = added_by_each({"one": one, "two": two}, base)
    whole = added_by(one + two, base)
    np.testing.assert_allclose(each["one"] + each["two"], whole, rtol=1e-9, atol=1e-9)
    for name, effect in (("one", one), ("two", two)):
        assert (each[name] * np.sign(effect) >= 0).all()
    assert added_by_each({}, base) == {}


def test_effects_of_other_items_are_refused():
    with pytest.raises(ShapeError, match="effect"):
        added_by(np.zeros(2), np.zeros(3))
