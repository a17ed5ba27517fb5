import time

import pytest

from recommend import (
    EVENT_WEIGHTS,
    ConfigError,
    ShapeError,
    interaction_matrix,
    rejection_mask,
)

DAY = 86_400.0


def one(types, values=None, times=None, **options):
    n = len(types)
    return interaction_matrix([0] * n, [0] * n, types, values, times, shape=(1, 1), **options)


def test_repeats_do_not_add_up_but_types_do():
    assert one(["view"] * 50)[0, 0] == 0.2
    assert one(["view", "complete", "view"])[0, 0] == 1.2


def test_the_furthest_play_counts():
    assert one(["play"] * 3, [0.25, 0.75, 0.5])[0, 0] == pytest.approx(0.8)


def test_the_latest_rating_replaces_earlier_ones():
    assert one(["rate", "rate"], [1, 0.5], [10, 20])[0, 0] == pytest.approx(0.75)
    assert one(["rate", "rate"], [1, 0.5], [20, 10])[0, 0] == pytest.approx(1.5)
    assert one(["rate", "rate"], [1, 0])[0, 0] == 0


def test_what_is_not_positive_is_no_interaction():
    r = one(["enrol", "refund"])
    assert r.nnz == 0
    assert one(["impression", "search", "dislike"]).nnz == 0


def test_weight_halves_with_each_half_life():
    for days, share in ((0, 1), (30, 0.5), (60, 0.25), (-5, 1)):
        r = one(["enrol"], None, [1e9 - days * DAY], now=1e9, half_life_days=30)
        assert r[0, 0] == pytest.approx(share)


def test_unknown_ids_are_left_out():
    r = interaction_matrix([0, -1, 1], [0, 0, -1], ["view"] * 3, shape=(2, 2))
    assert r.toarray().tolist() == [[0.2, 0], [0, 0]]


def test_no_events_give_an_empty_matrix():
    assert interaction_matrix([], [], [], shape=(3, 4)).shape == (3, 4)
    assert rejection_mask([], [], [], shape=(3, 4)).nnz == 0


def test_decay_needs_times_and_now():
    with pytest.raises(ConfigError):
        one(["view"], half_life_days=3)
    with pytest.raises(ConfigError):
        one(["view"], None, [0], now=1, half_life_days=0)


def test_sizes_must_agree():
    with pytest.raises(ShapeError):
        interaction_matrix([0], [0, 1], ["view", "view"], shape=(1, 2))
    with pytest.raises(ShapeError):
        interaction_matrix([0, 1], [0, 1], ["view", "view"], shape=(1, 2))


def test_a_dislike_rejects_and_a_later_purchase_takes_it_back():
    def rejected(types, values=None):
        n = len(types)
        return rejection_mask([0] * n, [0] * n, types, values, shape=(1, 1)).nnz == 1

    assert rejected(["enrol", "refund"])
    assert rejected(["dislike", "view", "play"])
    assert rejected(["rate"], [-1])
    assert not rejected(["rate"], [0.2])
    assert not rejected(["dislike", "purchase"])
    assert not rejected(["skip", "abandon"])


def test_a_million_events_take_seconds_and_one_user_a_moment(rng):
    n = 1_000_000
    users, items = rng.integers(0, 50_000, n), rng.integers(0, 5_000, n)
    types, values = rng.integers(0, len(EVENT_WEIGHTS), n), rng.random(n)
    times = rng.random(n) * 1e9
    began = time.perf_counter()
    whole = interaction_matrix(users, items, types, values, times, shape=(50_000, 5_000))
    assert time.perf_counter() - began < 10
    mine = users == 17
    own = (users[mine] * 0, items[mine], types[mine], values[mine], times[mine])
    began = time.perf_counter()
    for _ in range(10):
        row = interaction_matrix(*own, shape=(1, 5_000))
    assert (time.perf_counter() - began) / 10 < 0.02
    assert (row != whole[[17]]).nnz == 0


def test_signed_rows_keep_what_speaks_against_an_item():
    events = ([0, 0, 0, 0], [0, 1, 2, 2], ["dislike", "view", "enrol", "skip"])
    assert interaction_matrix(*events, shape=(1, 3)).toarray().tolist() == [[0, 0.2, 0.8]]
    signed = interaction_matrix(*events, shape=(1, 3), signed=True).toarray()
    assert signed.tolist() == [[-1, 0.2, 0.8]]
