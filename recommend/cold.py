"""Factors for items nobody has touched yet, from their content alone."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.config import HybridConfig

Array = NDArray[np.float64]


def cold_map(
    f: csr_array[np.float64] | None, factors: Array, s: Array, beta: float, config: HybridConfig
) -> Array | None:
    """α of `config`: factors of a feature row f are ``(f Fᵀ) α``; ``None`` without content."""
    if f is None or config.cold == "none":
        return None
    if config.cold == "fold_in":
        return fold_in_map(factors, s, beta)
    return ridge_map(f, factors, config.cold_ridge)


def ridge_map(f: csr_array[np.float64], factors: Array, ridge: float) -> Array:
    """Dual ridge regression of factors on content (equation 10 of `docs/math.md`).

    Solves ``(F Fᵀ + λ I) α = V`` by conjugate gradients, with F Fᵀ applied, never formed.
    The factors of a feature row are then ``(f Fᵀ) α``.

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
    array of shape (n_items, n_factors)
    """
    ft = csr_array(f.T)
    return _conjugate_gradients(lambda x: f @ (ft @ x) + ridge * x, factors)


def fold_in_map(factors: Array, s: Array, content_weight: float) -> Array:
    """The same shape from the factorisation itself: a new column of A folded in.

    ``v = Σ⁻² Vᵀ Aᵀ a`` with ``a = [0; √β f]`` is ``(f Fᵀ) β V Σ⁻²`` (equation 9).
    """
    return factors * (content_weight / s**2)


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
