import numpy as np
import pytest
from scipy.sparse import csr_array, vstack

from recommend import HybridConfig


def log(*lengths, n_items=1000, rng=None):
    """A user for each length, with so many items at random."""
    rng = rng or np.random.default_rng(0)
    rows = np.zeros((len(lengths), n_items))
    for row, length in zip(rows, lengths, strict=True):
        row[rng.choice(n_items, length, replace=False)] = 1.0
    return csr_array(rows)


def test_short_histories_get_a_stronger_ridge():
    # as many interactions of as many items, in shorter and shorter histories
    ridges = [HybridConfig.suited(log(*[h] * (6000 // h))).ridge for h in (3, 5, 10, 20, 100)]
    assert ridges == sorted(ridges, reverse=True)
    assert ridges[0] > 5 * ridges[-1]
    assert HybridConfig.suited(log(*[100] * 600)).ridge == 10.0
    assert HybridConfig.suited(log(*[2] * 600)).ridge == 200.0


def test_more_users_of_an_item_get_a_weaker_ridge():
    few, many = (HybridConfig.suited(log(*[10] * n)).ridge for n in (400, 1600))
    assert many == pytest.approx(few * 4**-0.6, rel=0.05)
    plain = HybridConfig.suited(log(*[10] * 400), popularity_scaling=0.0)
    assert plain.ridge == pytest.approx(60 * (1 + 0.7**2))


def test_more_users_of_an_item_need_less_of_its_text():
    few, many = (HybridConfig.suited(log(*[10] * n)).content_weight for n in (400, 1600))
    assert few == pytest.approx(3.4 * 4**-0.6, rel=0.05)
    assert many == pytest.approx(max(3.4 * 16**-0.6, 0.5), rel=0.05)
    assert HybridConfig.suited(log(*[100] * 1600)).content_weight == 0.5
    assert HybridConfig.suited(log(*[2] * 600)).content_weight == 1.5


def test_the_history_is_that_of_an_interaction_and_empty_rows_do_not_count():
    mixed = log(*[2] * 100, *[50] * 100)
    h = (2 * 2 + 50 * 50) / 52
    found = HybridConfig.suited(mixed, popularity_scaling=0.0).ridge
    assert found == pytest.approx(60 * (1 + (7 / h) ** 2))
    padded = csr_array(vstack([mixed, csr_array((500, 1000))]))
    assert HybridConfig.suited(padded) == HybridConfig.suited(mixed)


def test_a_small_log_keeps_the_defaults_and_what_is_asked_for_stands():
    assert HybridConfig.suited(log(3, 3, 3)) == HybridConfig()
    asked = HybridConfig.suited(log(*[3] * 400), ridge=7.0, content_weight=0.2, n_factors=64)
    assert asked == HybridConfig(ridge=7.0, content_weight=0.2, n_factors=64)
