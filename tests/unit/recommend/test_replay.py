import numpy as np
import pytest

from recommend import ShapeError, WeightError, snips
from recommend.exploration import draw

N_ITEMS, N_LISTS = 40, 4000
RATE = np.linspace(0.05, 0.6, N_ITEMS)  # what each item earns if it is shown: the truth


def logged(rng, n_lists=N_LISTS):
    """Lists of two drawn places, with the chances that `draw` gave them."""
    support = (1000 / (1 + np.arange(N_ITEMS)[::-1])).astype(np.int64)
    items, chances, lists = [], [], []
    for i in range(n_lists):
        found = draw(np.ones(N_ITEMS), support, np.arange(N_ITEMS), 2, rng=rng)
        items += found.items.tolist()
        chances += found.propensities.tolist()
        lists += [i, i]
    item = np.array(items)
    return item, np.array(chances), np.array(lists), (rng.random(len(item)) < RATE[item]) * 1.0


def test_the_value_of_another_choice_is_found_in_a_simulated_log(rng):
    item, chance, lists, reward = logged(rng)
    pool = np.unique(item)
    favourites = pool[-3:]  # the best of what could be drawn
    found = snips(reward, chance, np.isin(item, favourites), lists)
    truth = RATE[favourites].mean()
    assert found.low < truth < found.high
    assert found.high - found.low < 0.12
    assert found.effective_size < found.n_places / 3
    # places are two a list: the unnormalised estimate is the reward of a list
    assert abs(found.ips - RATE[favourites].sum()) < 0.15
    naive = reward[np.isin(item, favourites)].mean()
    assert abs(found.value - truth) <= abs(naive - truth) + 0.03


def test_what_was_shown_often_counts_no_more_than_what_was_shown_rarely(rng):
    # item 0 earns .1 and is shown nine times of ten, item 1 earns .9
    item = (rng.random(20_000) < 0.1).astype(int)
    chance = np.array([0.9, 0.1])[item]
    reward = (rng.random(len(item)) < np.array([0.1, 0.9])[item]) * 1.0
    found = snips(reward, chance, np.full(len(item), 0.5), np.arange(len(item)))
    assert found.logged < 0.2
    assert found.low < 0.5 < found.high


def test_intervals_hold_the_truth_as_often_as_they_say(rng):
    held, trials = 0, 200
    for _ in range(trials):
        item = (rng.random(400) < 0.25).astype(int)
        chance = np.array([0.75, 0.25])[item]
        reward = (rng.random(400) < np.array([0.2, 0.6])[item]) * 1.0
        found = snips(reward, chance, np.array([0.3, 0.7])[item], np.arange(400))
        held += found.low <= 0.48 <= found.high
    assert 0.90 <= held / trials <= 0.99


def test_places_of_one_list_are_one_voice():
    once = snips([1, 0, 1, 0], [1, 1, 1, 1], [1, 1, 1, 1], [0, 1, 2, 3])
    twice = snips([1, 0, 1, 0] * 2, [1.0] * 8, [1.0] * 8, [0, 1, 2, 3] * 2)
    assert twice.value == once.value
    assert twice.high - twice.low == pytest.approx(once.high - once.low)


def test_a_choice_the_log_never_showed_has_no_value():
    found = snips([1, 0], [0.5, 0.5], [0, 0], [0, 1])
    assert np.isnan([found.value, found.low, found.high, found.ips]).all()
    assert found.effective_size == 0
    empty = snips([], [], [], [])
    assert np.isnan(empty.logged)


@pytest.mark.parametrize(
    ("field", "bad"), [("propensities", 0.0), ("propensities", 1.5), ("targets", -0.1)]
)
def test_impossible_chances_are_refused(field, bad):
    given = {"propensities": [0.5], "targets": [1.0], field: [bad]}
    with pytest.raises(WeightError, match=field):
        snips([1.0], lists=[0], **given)
    with pytest.raises(WeightError, match="rewards"):
        snips([np.nan], [0.5], [1.0], [0])
    with pytest.raises(ShapeError, match="lists"):
        snips([1.0], [0.5], [1.0], [0, 1])
