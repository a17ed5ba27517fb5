"""Effects of circumstances: found where there are some, and none where there are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recommend import ShapeError
from recommend.context import ContextEffects, Takings, fit_context_effects

CONTEXTS, TRAITS = ("device:phone", "device:tv"), ("kind:course", "kind:film")
ITEMS = csr_array(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]))


def world(rng, effect: float, habit: float = 0.0, n_users: int = 300) -> Takings:
    """People with tastes for films; on a television the odds of a film are exp(effect) higher.

    With a habit, who likes films watches television, and it changes nothing of what they take.
    """
    user = np.repeat(np.arange(n_users), 8)
    taste = rng.normal(0, 1.5, n_users)
    tv = rng.random(len(user)) < 1 / (1 + np.exp(-habit * taste[user]))
    odds = taste[user] + np.where(tv, effect, -effect) / 2
    film = rng.random(len(user)) < 1 / (1 + np.exp(-odds))
    context = csr_array(np.stack([~tv, tv], axis=1).astype(float))
    return Takings(user, film.astype(np.int64), context, ITEMS)


def fitted(takings: Takings, seed: int = 0) -> ContextEffects:
    return fit_context_effects(takings, CONTEXTS, TRAITS, rng=np.random.default_rng(seed))


def odds(effects: ContextEffects, context: str) -> float:
    course, film, _ = effects.of([context], ITEMS)
    return film - course


def test_an_effect_is_found_and_has_its_size(rng):
    effects = fitted(world(rng, 1.5))
    assert effects.gain > 2.6 * effects.error > 0
    assert odds(effects, "device:tv") - odds(effects, "device:phone") == pytest.approx(1.5, abs=0.4)


@pytest.mark.parametrize("habit", [0.0, 1.0, 3.0])
def test_where_nothing_depends_on_circumstances_nothing_is_learned(rng, habit):
    kept = [bool(fitted(world(rng, 0.0, habit), seed).contexts) for seed in range(5)]
    assert sum(kept) == 0


def test_the_same_takings_give_the_same_effects(rng):
    takings = world(rng, 1.0)
    one, two = fitted(takings), fitted(takings)
    assert one.effects.tolist() == two.effects.tolist()


@given(st.lists(st.sampled_from([*CONTEXTS, "device:unheard-of"]), max_size=4))
def test_effects_are_told_beside_what_is_usual(contexts):
    effects = ContextEffects(
        CONTEXTS,
        TRAITS,
        np.array([[0.5, -0.5], [-1.0, 1.0]]),
        np.array([0.7, 0.3]),
        np.array([[1.0, 0.0], [0.0, 1.0]]),
    )
    found = effects.of(contexts, ITEMS)
    assert np.array([0.7, 0.3]) @ np.exp(found[:2]) == pytest.approx(1)
    assert found[2] == 0  # an item of which nothing is known
    if not set(contexts) & set(CONTEXTS):
        assert not found.any()


def test_too_little_to_learn_from_is_no_effect(rng):
    few = world(rng, 3.0, n_users=3)
    assert fitted(few).contexts == ()
    nobody = Takings(few.user[:0], few.item[:0], csr_array((0, 2)), ITEMS)
    assert fitted(nobody).contexts == ()
    assert ContextEffects.none().of(["device:tv"], csr_array((4, 0))).tolist() == [0] * 4


def test_names_that_do_not_fit_the_matrices_are_refused(rng):
    takings = world(rng, 1.0, n_users=20)
    for contexts, traits in ((CONTEXTS[:1], TRAITS), (CONTEXTS, TRAITS[:1])):
        with pytest.raises(ShapeError):
            fit_context_effects(takings, contexts, traits, rng=rng)
    with pytest.raises(ShapeError):
        fitted(world(rng, 1.5)).of(["device:tv"], csr_array((3, 5)))
