"""float32 in memory, threads, scaled scores: each says what it may change, and by how much."""

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from recommend import HybridConfig, HybridSVD, metrics
from recommend.operators import StackedOperator
from recommend.products import Bands
from recommend.svd import truncated_svd


def fit(r, f=None, **options):
    return HybridSVD.fit(r, f, HybridConfig(**options), rng=np.random.default_rng(0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_any_number_of_threads_gives_scipys_product_to_the_bit(rng, dtype):
    a = csr_array(random_array((5000, 3000), density=0.02, rng=rng, format="csr")).astype(dtype)
    x = rng.standard_normal((3000, 32)).astype(dtype)
    expected = a @ x
    for n_threads in (1, 2, 3, 8):
        np.testing.assert_array_equal(Bands(a, dtype, n_threads=n_threads) @ x, expected)


def test_a_matrix_of_empty_rows_has_bands_too(rng):
    a = csr_array((4000, 10))
    a = csr_array(a + csr_array(([1.0], ([3999], [9])), shape=(4000, 10)))
    out = Bands(a, np.float64, n_threads=2)
    assert (out @ np.ones((10, 2_000_000 // 10))[:, :5])[3999, 0] == 1.0


def test_an_operator_in_float32_finds_the_same_factors(rng):
    r = csr_array(random_array((3000, 1500), density=0.02, rng=rng, format="csr"))
    boost = csr_array(
        np.repeat(np.eye(5), 300, axis=1)[rng.integers(0, 5, 3000)]
        * (rng.random((3000, 1500)) < 0.05)
    )
    r = csr_array(r + 3 * boost)
    found = [
        truncated_svd(
            StackedOperator(r, np.ones(1500), dtype=dtype),
            5,
            rng=np.random.default_rng(0),
            tol=1e-5,
        )
        for dtype in (np.float32, np.float64)
    ]
    np.testing.assert_allclose(found[0].s, found[1].s, rtol=1e-5)
    np.testing.assert_allclose(found[0].vt, found[1].vt, atol=1e-3)


@pytest.mark.parametrize("out", [0.0, 0.5])
def test_half_the_memory_costs_a_millionth_of_the_scores(themes, out):
    r, f, *_ = themes()
    model = fit(r, f, n_factors=20, output_scaling=out)
    single = model.single()
    assert single.score(r).dtype == np.float32
    scores = model.score(r)
    np.testing.assert_allclose(single.score(r), scores, atol=2e-6 * np.abs(scores).max())
    assert sum(a.nbytes for a in single.to_arrays().values()) < 0.7 * sum(
        a.nbytes for a in model.to_arrays().values()
    )


def test_a_model_in_float32_explains_its_scores_to_a_millionth(themes):
    r, f, *_ = themes()
    model = fit(r, f, n_factors=20).single()
    row = csr_array(r[[3]])
    scores = model.score(row)[0]
    for item in range(model.n_items):
        assert model.explain(row, item).score == pytest.approx(scores[item], abs=1e-6)


def test_a_model_in_float32_extends_and_survives_storage(themes):
    r, f, *_ = themes()
    model = HybridSVD.from_arrays(fit(r, f, n_factors=20).single().to_arrays()).extend(f[:3])
    assert model.score(r).dtype == np.float32
    assert model.n_items == r.shape[1] + 3


def test_scaled_scores_are_those_of_the_fit_times_a_power_of_popularity(themes):
    r, f, *_ = themes()
    model = fit(r, f, n_factors=20, popularity_scaling=0.4, output_scaling=0.0, prior_weight=0.0)
    out = model.with_ridge(model.config.ridge, output_scaling=0.5)
    np.testing.assert_allclose(out.score(r), model.score(r) * model.scaling**-0.5, rtol=1e-10)
    row = csr_array(r[[0]])
    assert out.explain(row, 7).score == pytest.approx(out.score(row)[0, 7], abs=1e-10)


def test_full_rank_without_ridge_or_diagonal_says_nothing_rather_than_noise(rng):
    r = csr_array((rng.random((40, 6)) < 0.5).astype(float))
    corner = {"ridge": 0.0, "content_weight": 0.0, "prior_weight": 0.0}
    model = fit(r, n_factors=6, remove_diagonal=True, **corner)
    np.testing.assert_array_equal(model.score(r), 0.0)


def test_rounding_is_not_a_taste():
    """A row orthogonal to the factors, but for a rounding, gets popularity."""
    r = csr_array(np.array([[3.0, 3.0, 0.0, 0.0]] * 5 + [[0.0, 0.0, 1.0, 0.0]]))
    model = fit(r, n_factors=1, content_weight=0.0)
    noisy = model.item_factors.copy()
    noisy[2] = 1e-12
    model = HybridSVD(**{**vars(model), "item_factors": noisy})
    row = csr_array(np.array([[0.0, 0.0, 1.0, 0.0]]))
    assert model.is_fallback(row)[0]
    np.testing.assert_array_equal(model.score(row)[0], model.popularity)


def test_a_row_past_the_width_is_nobodys_hit():
    relevant = csr_array(np.array([[0.0, 0.0], [1.0, 0.0]]))
    lists = np.array([[2, 0], [1, 0]])  # item 2 of user 0 is not item 0 of user 1
    assert metrics.hits(lists, relevant).tolist() == [[False, False], [False, True]]
