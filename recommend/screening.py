"""The first n of one row without reading all factors: exact, by bounds from one byte a number.

Factors rounded to whole multiples of a unit, v = u c + e with c in [-127, 127], are read four
times as fast as float32. For any row of weights with factors w, rounded alike to w = ŵ + d, by
Cauchy and Schwarz (equation 17 of `docs/math.md`)

    w·v <= u ŵ·c + ‖ŵ‖ ‖e‖ + ‖d‖ ‖v‖,

and what is added is about a hundredth of ‖w‖ ‖v‖. The n-th best of a few promising items, scored
in full, is a bar; what cannot reach it is not looked at again. No item is lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import simsimd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.errors import ModelFormatError
from recommend.ranking import TopN, top_n
from recommend.scores import Scorer

Array = NDArray[np.float64]

LARGEST = 127
LEAST = 4_000_000
"""Numbers in the factors below which all are read in little more time."""
PROMISING = 32
"""Items scored for the bar, at least."""
LARGEST_SHARE = 0.1
"""Where more candidates are left, rows picked out are slower to read than all."""
SLACK = 1e-5
"""Of the product of lengths: more than the rounding of a sum in float32."""


@dataclass(frozen=True, eq=False)
class Screen:
    """Item factors in one byte a number, and what that leaves out.

    Attributes
    ----------
    codes : int8 array of shape (n_fitted, n_factors)
    units : float32 array of shape (n_fitted,)
        ``V ≈ units * codes``.
    margins : float32 array of shape (2, n_fitted)
        Length of what the rounding left out of each row, and of the row.

    Examples
    --------
    >>> from recommend import HybridConfig, HybridSVD
    >>> rng = np.random.default_rng(0)
    >>> r = csr_array((rng.random((40, 30)) < 0.2).astype(float))
    >>> model, row = HybridSVD.fit(r, None, HybridConfig(n_factors=12), rng=rng), csr_array(r[[0]])
    >>> found = Screen.of(model).top_n(model, row, 3, exclude=np.zeros(30, bool))
    >>> bool((found.items == top_n(model.score(row)[0], 3).items).all())
    True
    """

    codes: NDArray[np.int8]
    units: NDArray[np.float32]
    margins: NDArray[np.float32]

    @classmethod
    def of(cls, model: Scorer, at_once: int = 4096) -> "Screen":
        """The screen of a fitted model; its `extra_factors` need none."""
        codes = np.empty(model.item_factors.shape, np.int8)
        units = np.empty(model.n_fitted, np.float32)
        margins = np.empty((2, model.n_fitted), np.float32)
        for start in range(0, model.n_fitted, at_once):
            here = slice(start, start + at_once)
            v = model.item_factors[here].astype(np.float64)
            units[here] = np.abs(v).max(axis=1, initial=0.0) / LARGEST
            # in the units as they are kept: what their rounding leaves out is in the margin
            unit = np.maximum(units[here].astype(np.float64), np.finfo(np.float32).tiny)[:, None]
            codes[here] = np.clip(np.rint(v / unit), -LARGEST, LARGEST)
            lengths = np.linalg.norm(v, axis=1)
            margins[0, here] = np.linalg.norm(v - unit * codes[here], axis=1) + SLACK * lengths
            margins[1, here] = lengths * (1 + SLACK)
        return cls(codes, units, margins)

    @staticmethod
    def pays(model: Scorer) -> bool:
        """Whether the factors are so many that reading all of them is what a list waits for."""
        return model.item_factors.size >= LEAST

    def bounds(self, w: Array) -> Array:
        """At least ``V w``, (n_fitted,), in float32; `w` of shape (n_factors,)."""
        w = w.astype(np.float64)
        unit = max(float(np.abs(w).max(initial=0.0)) / LARGEST, float(np.finfo(np.float32).tiny))
        code = np.rint(w / unit)
        rounded = unit * code
        left_out = np.linalg.norm(w - rounded) + SLACK * np.linalg.norm(w)
        # sums of whole numbers: exact in whatever order
        sums = np.asarray(simsimd.cdist(code.astype(np.int8)[None], self.codes, "dot"))[0]
        products: NDArray[Any] = sums.astype(np.float32)
        products *= self.units
        products *= unit
        products += np.array([np.linalg.norm(rounded), left_out], np.float32) @ self.margins
        return products

    def top_n(
        self, model: Scorer, row: csr_array[np.float64], n: int, *, exclude: NDArray[np.bool_]
    ) -> TopN | None:
        """`ranking.top_n` of `Scorer.score` of one row, to the rounding of its products.

        ``None`` where the row `is_fallback`, or so many items could be among the first that all
        had better be scored.

        Parameters
        ----------
        model : Scorer
            The one this screen was made of, or one extended from it.
        row : csr_array of shape (1, at most n_items)
        n : int
        exclude : bool array of shape (n_items,)
        """
        asked = model.query(row)
        if asked is None:
            return None
        bound = self.bounds(asked.w)
        if len(model.extra_factors):
            bound = np.concatenate([bound, model.extra_factors @ asked.w])
        bound = model.finished(bound, slice(None), asked)
        np.putmask(bound, exclude, -np.inf)
        promising = model.score_items(_leaders(bound, max(PROMISING, 2 * n)), asked)
        bar = float(np.finfo(np.float32).min)
        if 0 < n <= len(promising):
            bar = float(np.partition(promising, -n)[-n])
            # what is multiplied and added after the sum is rounded as well
            bar -= SLACK * (abs(bar) + model.largest_prior)
        items = np.flatnonzero(bound >= bar)
        if len(items) > LARGEST_SHARE * model.n_items:
            return None
        found = top_n(model.score_items(items, asked), n)
        return TopN(items[found.items], found.scores)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Named arrays without objects."""
        return {"codes": self.codes, "units": self.units, "margins": self.margins}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Screen":
        """Inverse of `to_arrays`; may be read-only maps. Raises `ModelFormatError`."""
        try:
            return cls(arrays["codes"], arrays["units"], arrays["margins"])
        except KeyError as error:
            raise ModelFormatError(f"no array named {error}") from None


def _leaders(bound: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """Items with large bounds, no more than `count`: the largest of each of the best groups."""
    size = max(1, len(bound) // (8 * count))
    groups = bound[: len(bound) // size * size].reshape(-1, size)
    maxima = groups.max(axis=1)
    count = min(count, len(maxima))
    best = np.argpartition(maxima, len(maxima) - count)[len(maxima) - count :]
    best = best[maxima[best] > -np.inf]
    return np.asarray(best * size + groups[best].argmax(axis=1))
