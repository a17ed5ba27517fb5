"""Checks of arguments, and the scalings that every model shares."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.errors import ConfigError, ShapeError, WeightError

Csr = csr_array[np.float64]


def checked_weights(
    r: Csr, *, n_items: int | None = None, at_most: bool = False, signed: bool = False
) -> Csr:
    """`r` as canonical float64 CSR of finite weights, `n_items` wide; not negative, or `signed`.

    With `at_most`, a narrower matrix is padded: a caller may not yet know the newest items.
    """
    out: Csr = csr_array(r).astype(np.float64, copy=False)
    if n_items is not None:
        width = out.shape[1]
        if width > n_items or (width < n_items and not at_most):
            raise ShapeError("rows", out.shape, f"(n_rows, {n_items})")
        if width < n_items:
            out = csr_array((out.data, out.indices, out.indptr), shape=(out.shape[0], n_items))
    if not out.has_canonical_format:
        out = out.copy()
        out.sum_duplicates()
    if out.nnz and not np.isfinite(out.data).all():
        raise WeightError("interactions", "finite weights")
    if out.nnz and not signed and out.data.min() < 0:
        raise WeightError("interactions", "finite weights >= 0")
    return out


def checked_content(f: Csr, *, n_items: int | None = None, n_features: int | None = None) -> Csr:
    """`f` as float64 CSR of finite values, one row per item."""
    out: Csr = csr_array(f).astype(np.float64, copy=False)
    if n_items is not None and out.shape[0] != n_items:
        raise ShapeError("content", out.shape, f"({n_items}, n_features), one row per item")
    if n_features is not None and out.shape[1] != n_features:
        raise ShapeError("content", out.shape, f"(n, {n_features}), the feature space of the fit")
    if not np.isfinite(out.data).all():
        raise WeightError("content", "finite values")
    return out


def require(name: str, value: float, holds: bool, needed: str) -> None:
    """Raise `ConfigError` unless `holds`."""
    if not holds:
        raise ConfigError(name, value, needed)


def require_positive(config: object, *names: str) -> None:
    """Raise `ConfigError` unless each of these attributes is a finite number > 0."""
    for name in names:
        value = getattr(config, name)
        require(name, value, 0 < value < np.inf, "a finite number > 0")


def column_energy(r: Csr) -> NDArray[np.float64]:
    """``p_j = ‖column j‖²``."""
    return np.bincount(r.indices, r.data**2, minlength=r.shape[1]).astype(np.float64)


def popularity(r: Csr) -> NDArray[np.float64]:
    """Sum of weights of each item over the largest such sum, in [0, 1]."""
    return relative(mean_weights(r))


def relative(mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each value over the largest, in [0, 1]."""
    return np.asarray(mean / max(float(mean.max(initial=0.0)), np.finfo(float).tiny))


def mean_weights(r: Csr) -> NDArray[np.float64]:
    """Mean weight of each item over the users who have any: the average row."""
    n_active = int((np.diff(r.indptr) > 0).sum())
    sums = np.bincount(r.indices, r.data, minlength=r.shape[1]).astype(np.float64)
    return np.asarray(sums / max(n_active, 1))


def column_scaling(energy: NDArray[np.float64], scaling: float) -> NDArray[np.float64]:
    """``p^((d-1)/2)`` (equation 4); an item without interactions takes the median of the rest."""
    warm = energy > 0
    out = np.ones(len(energy))
    out[warm] = energy[warm] ** ((scaling - 1) / 2)
    if warm.any():
        out[~warm] = np.median(out[warm])
    return out


def scaled_users(r: Csr, scaling: float) -> Csr:
    """``N R``: each row times its length to the power of ``-u`` (equation 4)."""
    if scaling == 0:
        return r
    who = np.repeat(np.arange(r.shape[0]), np.diff(r.indptr))
    energy = np.bincount(who, r.data**2, minlength=r.shape[0])
    factor = np.ones(r.shape[0])
    factor[energy > 0] = energy[energy > 0] ** (-scaling / 2)
    return csr_array((r.data * factor[who], r.indices, r.indptr), shape=r.shape)
