"""Factors for items nobody has touched yet, from their content alone."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.sparse import csr_array

from recommend.config import HybridConfig
from recommend.products import Bands

Array = NDArray[np.float64]
DIRECT = 4096
"""Features up to which their Gram matrix is formed."""
WIDTH = 64
"""Columns that are iterated together."""


def content_map(
    f: csr_array[np.float64] | None, factors: Array, s: Array, beta: float, config: HybridConfig
) -> Array | None:
    """B of `config`: factors of a feature row f are ``f B``; ``None`` without content."""
    if f is None or config.cold == "none":
        return None
    if config.cold == "fold_in":
        return fold_in_map(f, factors, s, beta)
    return ridge_map(f, factors, config.cold_ridge)


def ridge_map(f: csr_array[np.float64], factors: Array, ridge: float) -> Array:
    """Ridge regression of factors on content (equation 10 of `docs/math.md`).

    ``B = (FᵀF + λ I)⁻¹ Fᵀ V = Fᵀ (F Fᵀ + λ I)⁻¹ V``. Few features are solved for directly; many,
    by conjugate gradients on the smaller side, whose Gram matrix is applied, never formed, and
    a few columns at a time: the steps need what is solved for four times over.

    Parameters
    ----------
    f : csr_array of shape (n_items, n_features)
        Content of trained items.
    factors : array of shape (n_items, n_factors)
        What to predict.
    ridge : float
        ``λ > 0``; content rows have length 1, so 1 is a middling value.

    Returns
    -------
    array of shape (n_features, n_factors)
    """
    rows, columns = Bands(f), Bands(csr_array(f.T))
    if f.shape[1] <= DIRECT:
        gram = (columns.whole @ rows.whole).toarray()
        gram[np.diag_indices_from(gram)] += ridge
        return np.asarray(solve(gram, columns @ factors, assume_a="pos", overwrite_a=True))
    out = np.empty((f.shape[1], factors.shape[1]))
    for start in range(0, factors.shape[1], WIDTH):
        here = slice(start, start + WIDTH)
        if f.shape[1] <= f.shape[0]:
            image = columns @ factors[:, here]
            out[:, here] = _conjugate_gradients(lambda x: columns @ (rows @ x) + ridge * x, image)
        else:
            dual = _conjugate_gradients(
                lambda x: rows @ (columns @ x) + ridge * x, factors[:, here].copy()
            )
            out[:, here] = columns @ dual
    return out


def fold_in_map(f: csr_array[np.float64], factors: Array, s: Array, content_weight: float) -> Array:
    """The same shape from the factorisation itself: a new column of A folded in.

    ``v = Σ⁻² Vᵀ Aᵀ a`` with ``a = [0; √β f]`` is ``f (β Fᵀ V Σ⁻²)`` (equation 9).
    """
    return (Bands(csr_array(f.T)) @ factors) * (content_weight / s**2)


def _conjugate_gradients(
    apply: Callable[[Array], Array], target: Array, tol: float = 1e-3, max_steps: int = 200
) -> Array:
    """Solve for each column of `target` at once, to a relative residual of `tol`."""
    solution = np.zeros_like(target)
    residual = target.copy()
    direction = residual.copy()
    energy = np.einsum("ij,ij->j", residual, residual)
    goal = tol**2 * energy
    for _ in range(max_steps):
        if (energy <= goal).all():
            break
        image = apply(direction)
        curvature = np.einsum("ij,ij->j", direction, image)
        step = np.divide(energy, curvature, out=np.zeros_like(energy), where=curvature > 0)
        solution += step * direction
        residual -= step * image
        fresh = np.einsum("ij,ij->j", residual, residual)
        ratio = np.divide(fresh, energy, out=np.zeros_like(energy), where=energy > 0)
        direction = residual + ratio * direction
        energy = fresh
    return solution
