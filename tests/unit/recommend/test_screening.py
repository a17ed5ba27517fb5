"""A list by bounds is the list of all scores; the bounds hold."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from recommend import HybridConfig, HybridSVD, Screen, screening, top_n


@pytest.fixture(scope="module")
def fitted() -> tuple[HybridSVD, csr_array]:
    rng = np.random.default_rng(1)
    r = random_array((300, 400), density=0.05, rng=rng, format="csr")
    f = random_array((400, 60), density=0.1, rng=rng, format="csr")
    config = HybridConfig(n_factors=48, output_scaling=0.5)
    model = HybridSVD.fit(csr_array(r), csr_array(f), config, rng=rng).single()
    return model, csr_array(r)


def rows_of(r: csr_array, rng: np.random.Generator) -> list[csr_array]:
    """Rows as they come, with dislikes among them."""
    out = []
    for user in range(0, r.shape[0], 10):
        row = csr_array(r[[user]])
        row.data = row.data * np.where(rng.random(row.nnz) < 0.2, -1.0, 1.0)
        out.append(row)
    return out


@pytest.fixture(autouse=True)
def _never_give_up(monkeypatch):
    monkeypatch.setattr(screening, "LARGEST_SHARE", 1.0)


@pytest.mark.parametrize("n_added", [0, 7])
@pytest.mark.parametrize("n", [1, 10, 60])
def test_the_list_is_that_of_all_scores(fitted, rng, n, n_added):
    model, r = fitted
    screen = Screen.of(model)
    if n_added:
        model = model.extend(random_array((n_added, 60), density=0.2, rng=rng, format="csr"))
    for row in rows_of(r, rng):
        exclude = rng.random(model.n_items) < 0.3
        exclude[row.indices] = True
        found = screen.top_n(model, row, n, exclude=exclude)
        wanted = top_n(model.score(row)[0], n, exclude=exclude)
        np.testing.assert_allclose(found.scores, wanted.scores, atol=1e-6)
        np.testing.assert_array_equal(found.items, wanted.items)


def test_bounds_are_above_and_near(fitted, rng):
    model, r = fitted
    screen = Screen.of(model)
    lengths = np.linalg.norm(model.item_factors, axis=1)
    for row in rows_of(r, rng):
        w = model.query(row).w.astype(np.float64)
        over = screen.bounds(w) - model.item_factors.astype(np.float64) @ w
        assert over.min() >= 0
        assert (over <= 0.05 * np.linalg.norm(w) * lengths + 1e-9).all()


def test_an_item_without_factors_keeps_its_place(fitted):
    model, r = fitted
    factors = model.item_factors.copy()
    factors[5] = 0.0
    model = replace(model, item_factors=factors)
    exclude = np.ones(model.n_items, bool)
    exclude[[5, 9]] = False
    found = Screen.of(model).top_n(model, csr_array(r[[0]]), 2, exclude=exclude)
    assert sorted(found.items.tolist()) == [5, 9]


def test_nothing_is_said_of_a_row_that_says_nothing(fitted):
    model, _ = fitted
    nobody = csr_array((1, model.n_items))
    assert Screen.of(model).top_n(model, nobody, 5, exclude=np.zeros(400, bool)) is None


def test_it_is_given_up_where_nearly_all_could_be_first(fitted, monkeypatch):
    model, r = fitted
    monkeypatch.setattr(screening, "LARGEST_SHARE", 0.0)
    none = np.zeros(model.n_items, bool)
    assert Screen.of(model).top_n(model, csr_array(r[[0]]), 5, exclude=none) is None


def test_it_is_kept_as_arrays(fitted):
    screen = Screen.of(fitted[0])
    again = Screen.from_arrays(screen.to_arrays())
    np.testing.assert_array_equal(again.codes, screen.codes)
    np.testing.assert_array_equal(again.margins, screen.margins)
