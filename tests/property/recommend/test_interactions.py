"""Laws of the way from events to weights."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommend import EVENT_WEIGHTS, IdMap, interaction_matrix, rejection_mask

laws = settings(deadline=None, max_examples=60)
N_USERS, N_ITEMS, NOW = 4, 5, 1_000_000.0

event = st.tuples(
    st.integers(-1, N_USERS - 1),
    st.integers(-1, N_ITEMS - 1),
    st.sampled_from(EVENT_WEIGHTS.names),
    st.one_of(st.none(), st.floats(-2, 2)),
    st.integers(0, 1_100_000).map(float),
)
logs = st.lists(event, max_size=25)
half_lives = st.sampled_from([None, 3.0])


def matrix(log, half_life=None, shape=(N_USERS, N_ITEMS)):
    users, items, types, values, times = zip(*log, strict=True) if log else [()] * 5
    return interaction_matrix(
        np.array(users, int),
        np.array(items, int),
        types,
        values,
        np.array(times, float),
        shape=shape,
        now=NOW,
        half_life_days=half_life,
    )


def rejected(log, shape=(N_USERS, N_ITEMS)):
    users, items, types, values, times = zip(*log, strict=True) if log else [()] * 5
    return rejection_mask(
        np.array(users, int), np.array(items, int), types, values, np.array(times), shape=shape
    ).toarray()


@laws
@given(logs, half_lives)
def test_one_user_s_events_alone_give_the_row_of_the_whole_log(log, half_life):
    whole = matrix(log, half_life).toarray()
    for user in range(N_USERS):
        own = [(0, *rest) for who, *rest in log if who == user]
        alone = matrix(own, half_life, (1, N_ITEMS)).toarray()
        np.testing.assert_array_equal(alone[0], whole[user])
        np.testing.assert_array_equal(rejected(own, (1, N_ITEMS))[0], rejected(log)[user])


@laws
@given(logs, half_lives, st.randoms(use_true_random=False))
def test_the_order_of_timed_events_is_irrelevant(log, half_life, random):
    other = random.sample(log, len(log))
    one, two = matrix(log, half_life), matrix(other, half_life)
    np.testing.assert_array_equal(one.toarray(), two.toarray())
    np.testing.assert_array_equal(rejected(log), rejected(other))


@laws
@given(logs, half_lives, st.randoms(use_true_random=False))
def test_repeating_events_adds_nothing(log, half_life, random):
    again = log + random.choices(log, k=10) if log else log
    one, two = matrix(log, half_life), matrix(again, half_life)
    np.testing.assert_array_equal(one.toarray(), two.toarray())


@laws
@given(logs, half_lives)
def test_weights_are_positive_finite_and_in_order(log, half_life):
    r = matrix(log, half_life)
    assert (r.data > 0).all()
    assert np.isfinite(r.data).all()
    assert r.has_canonical_format


@laws
@given(logs)
def test_decay_only_weakens_what_nobody_objects_to(log):
    liked = [e for e in log if EVENT_WEIGHTS.line[0, EVENT_WEIGHTS.codes([e[2]])[0]] > 0]
    liked = [e for e in liked if e[2] not in ("rate", "review")]
    assert (matrix(liked, 3.0).toarray() <= matrix(liked).toarray()).all()


@laws
@given(logs, st.permutations(range(N_USERS)))
def test_renaming_users_moves_their_rows(log, order):
    moved = [(order[who] if who >= 0 else who, *rest) for who, *rest in log]
    np.testing.assert_array_equal(matrix(moved).toarray()[list(order)], matrix(log).toarray())


@laws
@given(st.lists(st.text(), unique=True), st.lists(st.text()))
def test_rows_and_ids_are_inverse(ids, others):
    known = IdMap(ids)
    assert known.rows(ids).tolist() == list(range(len(ids)))
    for other, row in zip(others, known.rows(others).tolist(), strict=True):
        assert (row == -1) == (other not in ids)
        assert row == -1 or known.ids[row] == other
