"""Leading singular triplets of a large matrix, with one answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh, qr
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from recommend.errors import RankError

Array = NDArray[np.float64]
NOISE = 0.1
"""Length of the noise in a first block, where vectors are given to start from."""
LITTLE = 1e-6
"""What is left of a block, beside what it was, below which its directions may be rounding."""


@dataclass(frozen=True, eq=False)
class SVD:
    """Triplets ``a ≈ u diag(s) vt``, by falling `s`; `u` is ``None`` if not asked for."""

    u: Array | None
    s: Array
    vt: Array


def truncated_svd(
    a: csr_array[np.float64] | LinearOperator,
    n_factors: int,
    *,
    rng: np.random.Generator,
    with_u: bool = True,
    tol: float = 1e-4,
    max_basis: float = 3.0,
    start: Array | None = None,
) -> SVD:
    """Leading singular triplets of a matrix, ordered and signed.

    Block Krylov (Lanczos with full reorthogonalisation) on the Gram matrix of the smaller
    side, which is applied, never formed, unless the basis would fill that side anyway;
    then the answer is exact.

    Parameters
    ----------
    a : csr_array or LinearOperator of shape (m, n)
        Any real matrix; it is not centred. An operator needs `matmat` and `rmatmat`; in
        float32, it is as precise as `tol` 1e-6 asks.
    n_factors : int
        Number of triplets `k`, ``1 <= k <= min(m, n)``.
    rng : Generator
        Start block. It moves the result within `tol` only, if ``s`` has no tie at `k`.
    with_u : bool
        Whether to compute `u` (m, k); an item model does not need it.
    tol : float
        The basis stops growing when every residual ``‖aᵀa v - s² v‖`` is below
        ``tol * s[0]²``.
    max_basis : float
        Largest basis, as a multiple of `n_factors` (but `n_factors` + 256 at least):
        where it stops in any case.
    start : array of shape (n, any number), optional
        Right vectors of a similar matrix, such as yesterday's: the same accuracy then takes a
        smaller basis. Where all is solved exactly, it is not used.

    Returns
    -------
    SVD
        ``u`` (m, k) and ``vt`` (k, n) orthonormal, ``s`` (k,) non-increasing.
        In each row of ``vt`` the entry of largest magnitude is positive.

    Raises
    ------
    RankError
        If `n_factors` is outside its range.

    Notes
    -----
    Working on the Gram matrix halves the digits of the smallest values: ``s`` is absolute
    to about ``1e-8 * s[0]``, and columns of the derived side that belong to ``s`` below
    ten times that are zero. Tied values leave a subspace, not vectors: compare scores, not factors,
    and do not cut a tie at `k`.

    References
    ----------
    .. [1] Musco, Musco. Randomized block Krylov methods for stronger and faster
       approximate singular value decomposition. NIPS 2015. arXiv:1504.05477

    Examples
    --------
    >>> a = csr_array(np.diag([3.0, 2.0, 1.0]))
    >>> truncated_svd(a, 2, rng=np.random.default_rng(0)).s.round(6).tolist()
    [3.0, 2.0]
    """
    if not 1 <= n_factors <= min(a.shape):
        raise RankError(n_factors, (int(a.shape[0]), int(a.shape[1])))
    operator: LinearOperator = aslinearoperator(a)  # type: ignore[arg-type]
    wide = a.shape[0] < a.shape[1]
    near = operator.H if wide else operator  # its columns are the smaller side
    if start is not None and wide:
        start = operator.matmat(start)
    largest = int(max_basis * n_factors)
    values, near_vectors = _gram_eigen(near, n_factors, rng, tol, largest, start)

    s = np.sqrt(np.maximum(values, 0.0))
    v, u = near_vectors, None
    if wide or with_u:
        far = _unit_columns(near.matmat(near_vectors), s)
        v, u = (far, near_vectors) if wide else (near_vectors, far)
    peak = np.take_along_axis(v, np.abs(v).argmax(axis=0)[None], axis=0)
    signs = np.where(peak < 0, -1.0, 1.0)
    return SVD(
        u * signs if u is not None and with_u else None, s, np.ascontiguousarray((v * signs).T)
    )


def _gram_eigen(
    near: LinearOperator,
    n_factors: int,
    rng: np.random.Generator,
    tol: float,
    max_basis: int,
    start: Array | None,
) -> tuple[Array, Array]:
    """Top eigenpairs of ``nearᵀ near`` by falling value, from a growing Krylov basis."""
    n = int(near.shape[1])
    block, largest = _basis(n_factors, max_basis)
    if largest >= n:
        return _top(_gram(near), n_factors)

    largest = largest // block * block
    basis = np.empty((n, largest), order="F")
    projected = np.zeros((largest, largest))
    fresh = qr(_first(rng, n, block, start), mode="economic", check_finite=False)[0]
    step = block if start is not None else max(2 * block, n_factors // 2)
    check_at = n_factors + (block if start is not None else 2 * block)
    for begin in range(0, largest, block):
        stop = begin + block
        basis[:, begin:stop] = fresh
        # products as precise as the operator; the basis is kept orthonormal in float64
        image = np.asarray(near.rmatmat(near.matmat(fresh)), np.float64)
        length = np.linalg.norm(image, axis=0).max()
        # T = Qᵀ G Q, one block column at a time; the rest of it follows by symmetry
        known = basis[:, :stop]
        column = known.T @ image
        projected[:stop, begin:stop] = column
        projected[begin:stop, :stop] = column.T
        image -= known @ column
        image -= known @ (known.T @ image)
        fresh, remainder = qr(image, mode="economic", check_finite=False)
        if np.abs(np.diag(remainder)).min() <= LITTLE * length:
            # directions of rounding are not orthogonal to what was taken out: once more
            fresh -= known @ (known.T @ fresh)
            fresh = qr(fresh, mode="economic", check_finite=False)[0]
        if stop >= check_at or stop == largest:
            values, inner = _top(projected[:stop, :stop], n_factors)
            residual = np.linalg.norm(remainder @ inner[begin:stop], axis=0)
            if stop == largest or residual.max() <= tol * max(values[0], np.finfo(float).tiny):
                return values, known @ inner
            check_at = stop + step
    raise AssertionError("unreachable: the last block returns")


def _first(rng: np.random.Generator, n: int, block: int, start: Array | None) -> Array:
    """First block: noise, or all given vectors, dealt in turn to its columns, and a little noise.

    Without noise, what is at right angles to all that was there would never be found.
    """
    noise = rng.standard_normal((n, block))
    if start is None:
        return noise
    known = np.zeros((n, block))
    for column in range(min(block, start.shape[1])):
        known[:, column] = start[:, column::block].sum(axis=1)
    size = np.linalg.norm(known) / np.linalg.norm(noise)
    return known + (NOISE * size if size > 0 else 1.0) * noise


def _basis(n_factors: int, max_basis: int) -> tuple[int, int]:
    """Columns of a block, and the most of the basis."""
    block = min(max(16, n_factors // 4), 128)
    return block, max(max_basis, n_factors + max(4 * block, 256))


def is_iterative(n_factors: int, shape: tuple[int, int], max_basis: float = 3.0) -> bool:
    """Whether `truncated_svd` would iterate, rather than solve the smaller side exactly."""
    return _basis(n_factors, int(max_basis * n_factors))[1] < min(shape)


def _gram(near: LinearOperator, width: int = 256) -> Array:
    """``nearᵀ near``, a few columns at a time: the far side may be long."""
    n = int(near.shape[1])
    gram = np.empty((n, n))
    for start in range(0, n, width):
        part = slice(start, min(start + width, n))
        unit = np.zeros((n, part.stop - start))
        unit[np.arange(start, part.stop), np.arange(part.stop - start)] = 1.0
        gram[:, part] = near.rmatmat(near.matmat(unit))
    return gram


def _top(symmetric: Array, count: int) -> tuple[Array, Array]:
    n = len(symmetric)
    if count > n // 4:  # divide and conquer finds all, and is then the faster
        values, vectors = eigh(symmetric, driver="evd", check_finite=False)
        return values[: -count - 1 : -1], vectors[:, : -count - 1 : -1]
    values, vectors = eigh(symmetric, subset_by_index=(n - count, n - 1), check_finite=False)
    return values[::-1], vectors[:, ::-1]


def rounding(s: Array) -> float:
    """Below this, singular values say nothing: of the Gram matrix only 1e-16 s_1^2 is known.

    A few terms of that size make ``s`` wrong by some 1e-8 s_1; the bound leaves room for them.
    """
    return 1e-7 * max(float(s[0]), float(np.finfo(float).tiny))


def _unit_columns(images: Array, s: Array) -> Array:
    """``images / s``, zero where `s` is rounding."""
    usable = s > rounding(s)
    return images * np.divide(1.0, s, out=np.zeros_like(s), where=usable)
