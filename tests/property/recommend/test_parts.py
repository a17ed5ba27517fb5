"""Laws of the parts of a score: linear in the row, and split as the dense formulas split it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, random_array

from recommend import HybridConfig, HybridSVD

SEED = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=40, deadline=None)
N_ITEMS = 20


def world(seed):
    """Users who all took something, items that were all taken, texts of length 1."""
    rng = np.random.default_rng(seed)
    r = random_array((30, N_ITEMS), density=0.3, rng=rng).toarray()
    r[np.arange(30), np.arange(30) % N_ITEMS] += 0.5
    f = rng.random((N_ITEMS, 15)) ** 4
    return csr_array(r), csr_array(f / np.linalg.norm(f, axis=1, keepdims=True))


def fit(r, f, **options):
    return HybridSVD.fit(r, f, HybridConfig(**options), rng=np.random.default_rng(0))


@given(seed=SEED, remove=st.booleans(), times=st.floats(0, 9))
@FEW
def test_scores_are_linear_in_the_row(seed, remove, times):
    r, f = world(seed)
    model = fit(r, f, n_factors=8, remove_diagonal=remove, prior_weight=0.0)
    a, b = csr_array(r[[0]]), csr_array(r[[1]])
    both = csr_array(a + times * b)
    np.testing.assert_allclose(
        model.score(both), model.score(a) + times * model.score(b), atol=1e-9
    )


@given(seed=SEED, ridge=st.floats(0.05, 20), weight=st.floats(0, 3), d=st.floats(0, 1.2))
@FEW
def test_the_parts_of_a_full_model_are_the_two_grams(seed, ridge, weight, d):
    """W = (G_R + G_F + μI)⁻¹ (G_R + G_F), each part by its own dense formula."""
    r, f = world(seed)
    model = fit(
        r,
        f,
        n_factors=99,
        ridge=ridge,
        content_weight=weight,
        popularity_scaling=d,
        user_scaling=0.0,
        remove_diagonal=False,
        output_scaling=0.0,
    )
    scaled = r.toarray() * model.scaling
    g_r, g_f = scaled.T @ scaled, weight * model.energy * (f @ f.T).toarray()
    inverse = np.linalg.inv(g_r + g_f + ridge * model.energy * np.eye(N_ITEMS))
    row = csr_array(r[[0]])
    x = row.data * model.scaling[row.indices]
    for item in (0, 11):
        why = model.explain(row, item)
        of_behaviour, of_content = ((inverse @ g)[row.indices, item] for g in (g_r, g_f))
        np.testing.assert_allclose(why.behaviour, x * of_behaviour, atol=1e-8)
        np.testing.assert_allclose(why.content, x * of_content, atol=1e-8)
