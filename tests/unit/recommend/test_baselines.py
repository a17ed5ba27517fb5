import numpy as np
import pytest
from scipy.sparse import csr_array

from recommend import EASE, ConfigError, ContentKNN, ItemKNN, Popularity, top_n


def test_popularity_is_the_sum_of_weights():
    r = csr_array(np.array([[1.0, 0, 2], [0, 0, 2]]))
    assert Popularity().fit(r).score(r).tolist() == [[0.25, 0, 1]] * 2


def test_ease_solves_its_own_problem(themes):
    """B minimises ‖X - XB‖² + λ‖B‖² under a zero diagonal: the gradient off it is zero."""
    r, *_ = themes()
    model = EASE(ridge=0.5).fit(r)
    x, b = r.toarray(), model.weights
    lam = 0.5 * (x**2).sum(axis=0).mean()
    gradient = -x.T @ (x - x @ b) + lam * b
    np.fill_diagonal(gradient, 0)
    np.testing.assert_allclose(gradient, 0, atol=1e-9)
    assert (np.diag(b) == 0).all()


def test_item_neighbours_are_few_and_never_oneself(checkerboard):
    model = ItemKNN(n_neighbours=3, shrinkage=0).fit(checkerboard(10))
    weights = model.weights.toarray()
    assert ((weights > 0).sum(axis=0) == 3).all()
    assert (np.diag(weights) == 0).all()
    i, j = np.nonzero(weights)
    assert ((i + j) % 2 == 0).all()


def test_content_neighbours_know_cold_items(themes):
    r, f, user_theme, item_theme = themes()
    cold = csr_array(r.toarray() * (np.arange(30) >= 6))
    best = top_n(ContentKNN().fit(cold, f).score(cold)[:, :6], 2).items
    has_history = np.diff(cold.indptr) > 0
    assert (item_theme[best[has_history]] == user_theme[has_history, None]).all()


def test_impossible_settings_are_errors():
    for make in (
        lambda: EASE(ridge=0),
        lambda: EASE(content_weight=-1),
        lambda: ItemKNN(0),
        lambda: ContentKNN(0),
    ):
        with pytest.raises(ConfigError):
            make()
