"""Each corner of the family against a formulation of its own, dense and in numpy alone."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommend import HybridConfig, HybridSVD

CORNER = {"user_scaling": 0.0, "prior_weight": 0.0, "output_scaling": 0.0}
ALL = 10**6


def fit(r, f=None, **options):
    config = HybridConfig(**CORNER | {"content_weight": 0.0} | options)
    return HybridSVD.fit(r, f, config, rng=np.random.default_rng(0))


@pytest.fixture
def world(rng):
    """Weights of 30 users on 12 items, all of them touched, and unit rows of content."""
    r = rng.uniform(0.5, 2, (30, 12)) * (rng.random((30, 12)) < 0.4)
    r[np.arange(12), np.arange(12)] += 0.7
    f = rng.random((12, 5))
    return csr_array(r), csr_array(f / np.linalg.norm(f, axis=1, keepdims=True))


def test_pure_svd_is_the_projection_on_leading_singular_vectors(world):
    r, _ = world
    model = fit(r, n_factors=4, popularity_scaling=1, ridge=0, remove_diagonal=False)
    _, _, vt = np.linalg.svd(r.toarray())
    np.testing.assert_allclose(model.score(r), r.toarray() @ vt[:4].T @ vt[:4], atol=1e-9)


@pytest.mark.parametrize("d", [0.0, 0.3, 0.8])
def test_eigenrec_is_the_leading_eigenvectors_of_scaled_similarities(world, d):
    r, _ = world
    model = fit(r, n_factors=4, popularity_scaling=d, ridge=0, remove_diagonal=False)
    dense = r.toarray()
    lengths = np.linalg.norm(dense, axis=0)
    cosines = (dense.T @ dense) / np.outer(lengths, lengths)
    _, v = np.linalg.eigh(cosines * np.outer(lengths**d, lengths**d))
    v = v[:, -4:]
    np.testing.assert_allclose(model.score(r), dense * lengths ** (d - 1) @ v @ v.T, atol=1e-9)


def leave_one_column_out(a, ridge):
    """EASE column by column: each item from all the others, by ridge regression."""
    n = a.shape[1]
    b = np.zeros((n, n))
    for j in range(n):
        others = np.arange(n) != j
        x = a[:, others]
        b[others, j] = np.linalg.solve(x.T @ x + ridge * np.eye(n - 1), x.T @ a[:, j])
    return b


@pytest.mark.parametrize("d", [1.0, 0.5])
@pytest.mark.parametrize("content_weight", [0.0, 0.6])
def test_ease_with_and_without_texts_predicts_each_item_from_the_others(world, d, content_weight):
    r, f = world
    options = {"ridge": 0.8, "popularity_scaling": d, "content_weight": content_weight}
    model = fit(r, f, n_factors=ALL, remove_diagonal=True, **options)
    dense = r.toarray()
    p = (dense**2).sum(axis=0)
    scaling, e = p ** ((d - 1) / 2), (p**d).mean()
    a = np.vstack([dense * scaling, np.sqrt(content_weight * e) * f.toarray().T])
    expected = dense * scaling @ leave_one_column_out(a, 0.8 * e)
    np.testing.assert_allclose(model.score(r), expected, atol=1e-9)


def test_the_ridge_filter_is_ridge_regression_of_the_matrix_on_itself(world):
    r, f = world
    options = {"ridge": 0.5, "popularity_scaling": 1, "content_weight": 0.5}
    model = fit(r, f, n_factors=ALL, remove_diagonal=False, **options)
    dense = r.toarray()
    e = (dense**2).sum(axis=0).mean()
    a = np.vstack([dense, np.sqrt(0.5 * e) * f.toarray().T])
    longer = np.vstack([a, np.sqrt(0.5 * e) * np.eye(12)])
    w = np.linalg.lstsq(longer, np.vstack([a, np.zeros((12, 12))]), rcond=None)[0]
    np.testing.assert_allclose(model.score(r), dense @ w, atol=1e-9)


def test_without_behaviour_it_is_latent_semantic_analysis_of_the_texts(world):
    r, f = world
    options = {"content_weight": 1.0, "ridge": 0.0, "remove_diagonal": False}
    model = fit(csr_array((3, 12)), f, n_factors=3, cold="none", **options)
    _, _, vt = np.linalg.svd(f.toarray().T, full_matrices=False)
    np.testing.assert_allclose(model.score(r), r.toarray() @ vt[:3].T @ vt[:3], atol=1e-9)
