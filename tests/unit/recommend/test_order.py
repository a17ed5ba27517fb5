import numpy as np
import pytest

from recommend import ConfigError, OrderConfig, ShapeError, count_pairs, order_edges

N = 12


def log(rng, n_users=400, p=0.9):
    """Learners of 0 and 1, mostly in this order; everybody also does some of the others."""
    users, items, times = [], [], []
    for user in range(n_users):
        others = rng.permutation(np.arange(2, N))[:4].tolist()
        own = ([0, 1] if rng.random() < p else [1, 0]) if user % 4 == 0 else []
        places = np.sort(rng.choice(4 + len(own), len(own), replace=False))
        sequence = others
        for place, item in zip(places.tolist(), own, strict=True):
            sequence.insert(place, item)
        users += [user] * len(sequence)
        items += sequence
        times += range(len(sequence))
    return np.array(users), np.array(items), np.array(times, float)


def found(users, items, times, **config):
    edges = order_edges(count_pairs(users, items, times, n_items=N), OrderConfig(**config))
    return list(zip(edges.before.tolist(), edges.after.tolist(), strict=True)), edges


def test_the_order_that_is_there_is_found_and_no_other(rng):
    pairs, edges = found(*log(rng))
    assert pairs == [(0, 1)]
    assert 0.4 < edges.confidence[0] < 0.9


def test_where_the_order_is_a_coin_toss_nothing_is_found(rng):
    assert found(*log(rng, p=0.5))[0] == []


def test_few_learners_prove_nothing(rng):
    assert found(*log(rng, n_users=24))[0] == []


def test_what_everybody_does_first_is_popular_and_no_prerequisite(rng):
    users = np.repeat(np.arange(300), 4)
    items = np.concatenate([[0, *rng.permutation(np.arange(1, N))[:3]] for _ in range(300)])
    assert found(users, items, np.tile(np.arange(4.0), 300))[0] == []


def test_the_order_of_the_lines_and_repetitions_change_nothing(rng):
    users, items, times = log(rng)
    shuffled = rng.permutation(np.tile(np.arange(len(users)), 2))
    later = np.concatenate([times, times + 100])[shuffled]
    a, b = (
        found(users, items, times),
        found(users[shuffled % len(users)], items[shuffled % len(users)], later),
    )
    assert a[0] == b[0]
    np.testing.assert_allclose(a[1].confidence, b[1].confidence)


def test_equal_times_and_unknown_rows_say_nothing():
    pairs = count_pairs([0, 0, 1, 1, -1, 2], [0, 1, 1, 0, 1, -1], [5, 5, 1, 2, 0, 0], n_items=2)
    assert (pairs.forward.tolist(), pairs.backward.tolist()) == ([0], [1])
    assert pairs.learners.tolist() == [2, 2]


def test_an_empty_log_has_no_pairs():
    pairs = count_pairs([], [], [], n_items=3)
    assert len(order_edges(pairs)) == 0


def test_arrays_of_different_length_are_refused():
    with pytest.raises(ShapeError):
        count_pairs([0], [0, 1], [0.0], n_items=2)
    with pytest.raises(ConfigError):
        OrderConfig(false_discovery_rate=0.0)
