"""Models of other libraries: what is asked of them here, and what is said without them."""

import sys

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommend import RIVALS, ConfigError, MissingRivalError, evaluate, require_models, top_n
from recommend.rivals import ImplicitALS, LightFM
from recommend.rivals_lenskit import LensKitALS, LensKitKNN, LensKitSLIM

CONFIGS = (ImplicitALS(n_factors=4, regularization=0.1), LightFM(n_factors=4, epochs=30))
IDS = ("implicit-als", "lightfm")


@pytest.mark.parametrize("config", CONFIGS, ids=IDS)
def test_a_trained_user_is_led_to_the_own_theme(themes, config):
    r, f, user_theme, item_theme = themes()
    model = config.fit(r, f, rng=np.random.default_rng(0))
    first = top_n(model.score(r), 1, exclude=r).items[:, 0]
    assert np.mean(item_theme[first] == user_theme) > 0.9


@pytest.mark.parametrize("config", CONFIGS, ids=IDS)
def test_an_empty_row_gets_popularity_and_a_seed_gives_one_answer(themes, config):
    r, f, *_ = themes()
    empty = csr_array((1, r.shape[1]))
    one, two = (config.fit(r, f, rng=np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one.score(r), two.score(r))
    assert one.score(empty).argmax() == np.asarray(r.sum(axis=0)).argmax()


def test_a_session_is_no_special_case_for_als(themes):
    r, _, _, item_theme = themes()
    model = CONFIGS[0].fit(r, rng=np.random.default_rng(0))
    session = csr_array(([1.0, 1.0], ([0, 0], [2, 5])), shape=(1, r.shape[1]))
    (first,) = top_n(model.score(session), 1, exclude=session).items[:, 0]
    assert item_theme[first] == 2


def test_rivals_stand_in_the_table(themes):
    r, f, *_ = themes()
    table = evaluate(r, f, models=("implicit-als", "popularity"), at_least=8)
    als, popularity = table.models
    assert als.n_trials >= 8
    assert als.ndcg.mean > popularity.ndcg.mean


@pytest.mark.parametrize("name", RIVALS)
def test_without_the_library_the_error_says_what_to_install(monkeypatch, name):
    for module in ("implicit.cpu.als", "lightfm", "lenskit.als", "lenskit.knn"):
        monkeypatch.setitem(sys.modules, module, None)
    extra = "lenskit" if name.startswith("lenskit") else "rivals"
    with pytest.raises(MissingRivalError, match=rf"pip install 'zhiying\[{extra}\]'"):
        require_models([name])


@pytest.mark.parametrize("kind", [LensKitALS, LensKitKNN, LensKitSLIM])
def test_parameters_of_lenskit_are_checked_without_it(kind):
    for name in kind.__dataclass_fields__:
        with pytest.raises(ConfigError, match=name):
            kind(**{name: 0})
