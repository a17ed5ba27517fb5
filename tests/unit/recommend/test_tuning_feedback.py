import numpy as np
from scipy.sparse import csr_array

from recommend import HybridConfig, auto_config, random_split
from recommend.tuning_feedback import NEGATIVE_WEIGHTS, negative_gains

CONFIG = HybridConfig(n_factors=8, ridge=2.0)


def school(rng, *, speaks, n_users=1500, n_items=60):
    """People who like few things of two themes, and dislike much of the third, or of any."""
    theme = np.arange(n_items) % 3
    rows = np.zeros((n_users, n_items))
    for user in range(n_users):
        hated = theme == rng.integers(3)
        rows[user, ~hated & (rng.random(n_items) < 0.1)] = 1.0
        poor = hated if speaks else rng.random(n_items) < 0.33
        rows[user, poor & (rows[user] == 0) & (rng.random(n_items) < 0.6)] = -1.0
    return csr_array(rows)


def gains(signed, seed=0):
    liked = csr_array(signed.maximum(0))
    liked.eliminate_zeros()
    split = random_split(liked, rng=np.random.default_rng(seed))
    return negative_gains(signed, split, None, CONFIG, rng=np.random.default_rng(seed))


def test_dislikes_that_say_what_is_disliked_get_a_weight(rng):
    found = gains(school(rng, speaks=True))
    assert tuple(found) == NEGATIVE_WEIGHTS
    assert max(found, key=lambda w: found[w]) > 0
    assert max(found.values()) > found[0.0] + 0.015


def test_dislikes_at_random_gain_nothing(rng):
    found = gains(school(rng, speaks=False))
    assert max(found.values()) < found[0.0] + 0.007


def test_the_weight_of_a_refit_is_the_best_of_them(rng):
    signed = school(rng, speaks=True, n_users=400)
    liked = csr_array(signed.maximum(0))
    liked.eliminate_zeros()
    plain, told = (
        auto_config(liked, rng=np.random.default_rng(0), signed=rows) for rows in (None, signed)
    )
    assert plain.model.negative_weight == HybridConfig().negative_weight
    assert told.model.negative_weight == NEGATIVE_WEIGHTS[-1]
    assert told.n_trials == plain.n_trials + len(NEGATIVE_WEIGHTS)


def test_without_enough_dislikes_nothing_is_said(rng):
    signed = school(rng, speaks=True, n_users=20)
    assert gains(signed) == {}
    assert gains(csr_array(signed.maximum(0))) == {}
