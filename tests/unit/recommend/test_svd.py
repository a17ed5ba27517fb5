import numpy as np
import pytest
from scipy.sparse import block_diag, csr_array, random_array
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from recommend import RankError, truncated_svd
from recommend.operators import StackedOperator


def low_rank_and_noise(rng, shape, rank=20):
    u, v = rng.standard_normal((shape[0], rank)), rng.standard_normal((shape[1], rank))
    return csr_array(u * 0.8 ** np.arange(rank) @ v.T + 0.01 * rng.standard_normal(shape))


@pytest.mark.parametrize("shape", [(900, 500), (500, 900)])
def test_it_agrees_with_the_dense_svd(rng, shape):
    a = low_rank_and_noise(rng, shape)
    u, s, vt = np.linalg.svd(a.toarray(), full_matrices=False)
    found = truncated_svd(a, 15, rng=rng)
    np.testing.assert_allclose(found.s, s[:15], rtol=1e-6)
    best = u[:, :15] * s[:15] @ vt[:15]
    np.testing.assert_allclose(found.u * found.s @ found.vt, best, atol=1e-4)


def test_a_flat_spectrum_is_captured_as_well_as_a_block_krylov_basis_must(rng):
    """No gap to help: sigma² falls short by a share of (ln 2n / 2q)² at most, see [1] there.

    A basis of blocks of 16 holds one that starts with 32 columns, two blocks later.
    """
    n, k, block = 400, 32, 16
    a = random_array((600, n), density=0.05, rng=rng, format="csr")
    best = np.linalg.eigvalsh((a.T @ a).toarray())[::-1][:k]
    found = truncated_svd(a, k, rng=rng)
    q = (k + 256) // block - k // block
    ratio = found.s**2 / best
    assert best[-1] > 0.4 * best[1]  # flat indeed
    assert (ratio <= 1 + 1e-12).all()
    assert (ratio >= 1 - (np.log(2 * n) / (2 * q)) ** 2).all()
    np.testing.assert_allclose(np.linalg.norm(a @ found.vt.T, axis=0), found.s, rtol=1e-9)


@pytest.mark.parametrize("shape", [(30, 8), (8, 30), (5, 5)])
def test_full_rank_is_exact_and_orthonormal(rng, shape):
    a = csr_array(rng.standard_normal(shape))
    found = truncated_svd(a, min(shape), rng=rng)
    np.testing.assert_allclose(found.u * found.s @ found.vt, a.toarray(), atol=1e-9)
    np.testing.assert_allclose(found.vt @ found.vt.T, np.eye(min(shape)), atol=1e-9)
    np.testing.assert_allclose(found.u.T @ found.u, np.eye(min(shape)), atol=1e-9)


def test_the_largest_component_of_each_row_is_positive(rng):
    vt = truncated_svd(csr_array(rng.standard_normal((40, 12))), 6, rng=rng).vt
    assert (vt[np.arange(6), np.abs(vt).argmax(axis=1)] > 0).all()


def test_equal_seeds_give_equal_bits(rng):
    a = low_rank_and_noise(rng, (900, 500))
    one, two = (truncated_svd(a, 5, rng=np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one.vt, two.vt)


def test_an_operator_gives_what_its_matrix_gives(rng):
    a = low_rank_and_noise(rng, (900, 500))
    sparse = truncated_svd(a, 5, rng=np.random.default_rng(0))
    matrix_free = truncated_svd(aslinearoperator(a.toarray()), 5, rng=np.random.default_rng(0))
    np.testing.assert_allclose(matrix_free.vt, sparse.vt, atol=1e-8)


def test_rank_deficiency_gives_zeros_not_noise(rng):
    a = csr_array(np.outer(np.arange(1.0, 9.0), np.ones(5)))
    found = truncated_svd(a, 3, rng=rng)
    np.testing.assert_allclose(found.s[1:], 0, atol=1e-6)
    np.testing.assert_array_equal(found.u[:, 1:], 0)
    assert truncated_svd(csr_array((4, 3)), 2, rng=rng).s.tolist() == [0, 0]


@pytest.mark.parametrize("n_factors", [0, 4, -1])
def test_a_rank_that_does_not_fit_is_an_error(rng, n_factors):
    with pytest.raises(RankError, match=r"\(5, 3\)"):
        truncated_svd(csr_array(np.ones((5, 3))), n_factors, rng=rng)


def test_the_stacked_operator_is_the_matrix_of_the_design(rng):
    r, f = (random_array(s, density=0.4, rng=rng, format="csr") for s in ((7, 5), (5, 4)))
    d = rng.random(5)
    stacked = StackedOperator(r, d, f, 0.3)
    dense = np.vstack([r.toarray() * d, np.sqrt(0.3) * f.toarray().T])
    np.testing.assert_allclose(stacked @ np.eye(5), dense)
    np.testing.assert_allclose(stacked.H @ np.eye(11), dense.T)
    np.testing.assert_allclose(stacked @ d, dense @ d)
    np.testing.assert_allclose(stacked.rmatvec(np.ones(11)), dense.sum(axis=0))


def counted(a):
    """An operator that says how many columns it was multiplied with."""
    seen = []

    def there(x):
        seen.append(x.shape[1])
        return a @ x

    operator = LinearOperator(
        a.shape,
        matvec=lambda x: there(x.reshape(-1, 1)).ravel(),
        rmatvec=lambda y: a.T @ y,
        matmat=there,
        rmatmat=lambda y: a.T @ y,
        dtype=float,
    )
    return operator, seen


@pytest.mark.parametrize("turned", [False, True])
def test_a_warm_start_reaches_the_same_subspace_with_fewer_products(turned):
    rng = np.random.default_rng(5)
    tastes = rng.gamma(0.3, 1.0, (900, 24)) @ rng.gamma(0.3, 1.0, (24, 700))
    a = csr_array((rng.random((900, 700)) < 0.05 * tastes / tastes.mean()).astype(float))
    a = csr_array(a.T) if turned else a
    less = csr_array(a[: int(0.95 * a.shape[0])])
    before = truncated_svd(less, 16, rng=np.random.default_rng(1), tol=1e-6)
    exact = np.linalg.svd(a.toarray(), full_matrices=False)[2][:16]
    spent = []
    for start in (None, before.vt.T):
        operator, seen = counted(a)
        rng = np.random.default_rng(2)
        found = truncated_svd(operator, 16, rng=rng, tol=1e-6, with_u=False, start=start)
        spent.append(sum(seen))
        np.testing.assert_allclose(found.vt.T @ found.vt, exact.T @ exact, atol=1e-4)
    assert spent[1] < spent[0]


def test_a_warm_start_finds_what_was_not_there_before():
    """Two worlds that share nothing; the vectors to start from know one of them."""
    rng = np.random.default_rng(6)
    one, two = (csr_array((rng.random((400, 400)) < 0.05).astype(float)) for _ in range(2))
    a = csr_array(block_diag([one, two], format="csr"))
    start = np.zeros((800, 8))
    start[:400] = truncated_svd(one, 8, rng=np.random.default_rng(1)).vt.T
    found = truncated_svd(a, 8, rng=np.random.default_rng(2), tol=1e-6, start=start)
    expected = np.linalg.svd(a.toarray(), compute_uv=False)[:8]
    np.testing.assert_allclose(found.s, expected, rtol=1e-5)
