"""The numbers `HybridSVD` is made of, learned from R and F."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.checks import (
    checked_content,
    checked_weights,
    column_energy,
    column_scaling,
    mean_weights,
    scaled_users,
)
from recommend.cold import content_map
from recommend.config import HybridConfig
from recommend.content import Content, content_of, weighed
from recommend.operators import StackedOperator
from recommend.svd import is_iterative, rounding, truncated_svd

Array = NDArray[np.float64]
LOOSE = 1e-5
"""From this tolerance on, an iterated factorisation multiplies in float32 (1e-7 of rounding)."""


@dataclass(frozen=True, eq=False)
class Factorisation:
    """Parts of the fit; `v` has a row for each item that is `inside`, see `HybridSVD`."""

    energy: float
    s: Array
    v: Array
    inside: NDArray[np.bool_]
    warm: NDArray[np.bool_]
    scaling: Array
    mean: Array
    support: NDArray[np.int64]
    content_gram: Array
    cold_columns: Array
    content_map: Array | None


def factorise(
    r: csr_array[np.float64],
    f: csr_array[np.float64] | Content | None,
    config: HybridConfig,
    *,
    rng: np.random.Generator,
    start: Array | None = None,
) -> Factorisation:
    """Factors of ``A = [N R D; √β Fᵀ]`` over the items that have interactions.

    Equations 4 and 5 of `docs/math.md`.

    Parameters
    ----------
    r, f, config, rng, start : see `HybridSVD.fit`
    """
    r = checked_weights(r)
    content = content_of(f)
    rows = None if content is None else checked_content(content.rows, n_items=r.shape[1])
    mean = mean_weights(r)
    support = np.bincount(r.indices[r.data > 0], minlength=r.shape[1]).astype(np.int64)
    r = scaled_users(r, config.user_scaling)
    p = column_energy(r)
    warm = p > 0
    scaling = column_scaling(p, config.popularity_scaling)
    energy = float((p[warm] ** config.popularity_scaling).mean()) if warm.any() else 1.0
    beta = config.content_weight * energy

    inside = warm if warm.any() else np.ones(len(warm), bool)
    joint = cold = None
    cold_columns = np.zeros(0)
    if content is not None and rows is not None:
        rows = csr_array(rows[inside])
        joint = weighed(rows, content.column_weights(config.block_weights))
        cold_columns = content.column_weights(config.cold_block_weights)
        cold = weighed(rows, cold_columns)
    joint = _used(joint)
    columns = r if inside.all() else csr_array(r[:, inside])
    n_rows = r.shape[0] + (joint.shape[1] if joint is not None and beta > 0 else 0)
    n_factors = min(config.n_factors, n_rows, columns.shape[1])
    coarse = is_iterative(n_factors, (n_rows, columns.shape[1])) and config.tol >= LOOSE
    dtype = np.float32 if coarse else np.float64
    operator = StackedOperator(columns, scaling[inside], joint, beta, dtype=dtype)
    s, v = _item_factors(operator, config, rng, None if start is None else start[inside])

    content_gram = np.zeros((len(s), len(s)))
    if joint is not None and beta > 0:
        content_gram = beta * _content_gram(joint, v)
    return Factorisation(
        energy=energy,
        s=s,
        v=v,
        inside=inside,
        warm=warm,
        scaling=scaling,
        mean=mean,
        support=support,
        content_gram=content_gram,
        cold_columns=cold_columns,
        content_map=content_map(cold, v, s, beta, config),
    )


def _content_gram(f: csr_array[np.float64], v: Array, width: int = 256) -> Array:
    """``(FᵀV)ᵀ(FᵀV)``, a few factors at a time: there are more features than items."""
    ft = csr_array(f.T)
    gram = np.empty((v.shape[1], v.shape[1]))
    for start in range(0, v.shape[1], width):
        part = slice(start, start + width)
        gram[:, part] = v.T @ np.asarray(f @ (ft @ np.ascontiguousarray(v[:, part])))
    return (gram + gram.T) / 2


def _item_factors(
    operator: StackedOperator, config: HybridConfig, rng: np.random.Generator, start: Array | None
) -> tuple[Array, Array]:
    """Singular values above rounding, and V by item."""
    n_factors = min(config.n_factors, *operator.shape)
    if n_factors == 0:
        return np.zeros(0), np.zeros((operator.shape[1], 0))
    svd = truncated_svd(operator, n_factors, rng=rng, with_u=False, tol=config.tol, start=start)
    kept = svd.s > rounding(svd.s)
    return svd.s[kept], np.ascontiguousarray(svd.vt[kept].T)


def _used(f: csr_array[np.float64] | None) -> csr_array[np.float64] | None:
    """`f` without its empty columns: a hashed space is mostly empty."""
    if f is None:
        return None
    names, columns = np.unique(f.indices, return_inverse=True)
    return csr_array((f.data, columns.ravel(), f.indptr), shape=(f.shape[0], len(names)))
