"""Effects of circumstances: found where there are some, and none where there are none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recommend import ShapeError
from recommend.context import ContextEffects, Takings, fit_context_effects

few = settings(deadline=None, max_examples=50)

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


@few
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


def test_what_a_person_does_anyway_counts_no_second_time(rng):
    effects = fitted(world(rng, 1.5))
    here, plain = ["device:tv"], effects.of(["device:tv"], ITEMS)
    assert effects.beside_habit(here, [], ITEMS).tolist() == plain.tolist()
    often, always = (effects.beside_habit(here, [here] * n, ITEMS) for n in (5, 500))
    assert (np.abs(often[:2]) < np.abs(plain[:2])).all()
    assert np.abs(always).max() < 0.02
    other = effects.beside_habit(here, [["device:phone"]] * 20, ITEMS)
    assert (np.abs(other[:2]) > np.abs(plain[:2])).all()
    unheard = effects.beside_habit(["device:unheard-of"], [here] * 5, ITEMS)
    assert not unheard.any()


BOTH = ContextEffects(
    ("device:phone", "device:tv", "part:晚间"),
    TRAITS,
    np.array([[0.5, -0.5], [-1.0, 1.0], [0.1, 0.6]]),
    np.array([0.7, 0.3]),
    np.array([[1.0, 0.0], [0.0, 1.0]]),
)


@few
@given(
    st.lists(st.sampled_from(BOTH.contexts), unique=True),
    st.lists(st.lists(st.sampled_from([*BOTH.contexts, "region:x"]), max_size=3), max_size=9),
)
def test_parts_of_circumstances_sum_to_the_whole_in_any_order(contexts, history):
    whole, parts = BOTH.beside_habit(contexts, history, ITEMS), BOTH.parts(contexts, history, ITEMS)
    assert sum(parts.values(), np.zeros(3)) == pytest.approx(whole, abs=1e-12)
    assert not parts or list(parts) == contexts
    turned = BOTH.parts(contexts[::-1], history, ITEMS)
    assert all(turned[name] == pytest.approx(part, abs=1e-12) for name, part in parts.items())


def test_a_part_is_that_circumstance_and_names_the_trait_it_moves():
    parts = BOTH.parts(["device:tv", "part:晚间", "region:x"], [["device:tv"]] * 50, ITEMS)
    assert set(parts) == {"device:tv", "part:晚间"}
    assert abs(parts["device:tv"][1]) < 0.2 < parts["part:晚间"][1]  # on a television as ever
    assert BOTH.trait_of("device:tv", [0, 1], 1.0) == "kind:film"
    assert BOTH.trait_of("device:tv", [0, 1], -1.0) == "kind:course"
    assert BOTH.trait_of("device:tv", [0], 1.0) is None
    assert BOTH.trait_of("region:x", [0, 1], 1.0) is None


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
