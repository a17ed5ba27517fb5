"""Models of LensKit, where it is installed: the extra `lenskit` is no part of `dev`."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from threadpoolctl import threadpool_info

from recommend import evaluate, top_n
from recommend.rivals_lenskit import LensKitALS, LensKitKNN, LensKitSLIM

pytest.importorskip("lenskit")
#: 2026.4 warns of a module that it imports itself
pytestmark = pytest.mark.filterwarnings("ignore:lenskit.data.msweb deprecated:DeprecationWarning")

CONFIGS = (LensKitALS(n_factors=4, weight=10.0), LensKitKNN(), LensKitSLIM(l2_reg=3.0))
MODELS = pytest.mark.parametrize("config", CONFIGS, ids=lambda config: type(config).__name__)


@MODELS
def test_a_trained_user_is_led_to_the_own_theme(themes, config):
    r, _, user_theme, item_theme = themes()
    model = config.fit(r, rng=np.random.default_rng(0))
    first = top_n(model.score(r), 1, exclude=r).items[:, 0]
    assert np.mean(item_theme[first] == user_theme) > 0.9


@MODELS
def test_an_empty_row_gets_popularity_and_a_seed_gives_one_answer(themes, config):
    r, *_ = themes()
    one, two = (config.fit(r, rng=np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one.score(r), two.score(r))
    zero = csr_array(([0.0], ([0], [4])), shape=(1, r.shape[1]))  # stored, and yet nothing
    for empty in (csr_array((1, r.shape[1])), zero):
        assert one.score(empty).argmax() == np.asarray(r.sum(axis=0)).argmax()


@MODELS
def test_a_row_is_scored_the_same_alone_as_among_others(themes, config):
    r, *_ = themes()
    model = config.fit(r, rng=np.random.default_rng(0))
    one = csr_array(r[[7]])
    np.testing.assert_allclose(model.score(one)[0], model.score(r)[7], rtol=1e-5)


def test_what_has_no_neighbour_is_in_no_list():
    r = csr_array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    model = LensKitKNN().fit(r, rng=np.random.default_rng(0))
    row = csr_array([[1.0, 0.0, 0.0]])
    assert top_n(model.score(row), 3, exclude=row).items.tolist() == [[1, -1, -1]]


def test_weights_are_confidences_of_als_alone():
    r = csr_array(np.random.default_rng(0).integers(0, 2, (20, 8)).astype(float))
    row, heavy = csr_array(r[[0]]), csr_array(r[[0]] * 9)
    moved = [
        not np.allclose(model.score(row), model.score(heavy))
        for model in (config.fit(r, rng=np.random.default_rng(0)) for config in CONFIGS)
    ]
    assert moved == [True, False, False]


def test_they_stand_in_the_table(themes):
    r, f, *_ = themes()
    names = ("lenskit-als", "lenskit-knn", "lenskit-slim", "popularity")
    *rivals, popularity = evaluate(r, f, models=names, at_least=8).models
    assert min(rival.n_trials for rival in rivals) >= 8
    assert min(rival.ndcg.mean for rival in rivals) > popularity.ndcg.mean


def test_the_fit_leaves_the_threads_of_blas_as_they_were(themes):
    r, *_ = themes()
    before = {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}
    LensKitKNN().fit(r, rng=np.random.default_rng(0)).score(r)
    after = {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}
    assert {path: after[path] for path in before} == before
