"""What is asked of the hybrid model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.sparse import csr_array

from recommend.checks import require, require_positive
from recommend.content import BlockWeights, Content, block_weights
from recommend.errors import ConfigError

if TYPE_CHECKING:
    from recommend.hybrid import HybridSVD

SAYS_ENOUGH = 1000
"""Interactions from which a log says what ridge it wants."""
RIDGE, SHORT_HISTORY = 60.0, 7.0
"""Ridge beside unscaled columns, and the history at which it doubles: chosen on validation."""
WEAKEST_RIDGE, STRONGEST_RIDGE = 10.0, 200.0
"""What no log goes below or above."""
CONTENT, LEAST_CONTENT, MOST_CONTENT = 3.4, 0.5, 1.5
"""Content beside unscaled columns, chosen likewise, and what no log goes below or above."""


@dataclass(frozen=True)
class HybridConfig:
    """What is asked of `HybridSVD`; all strengths are free of the data's scale.

    Attributes
    ----------
    n_factors : int
        Most factors to keep; a smaller catalogue keeps fewer.
    content_weight : float
        ``β / e`` with e the mean squared column norm of R D: 1 weighs a unit content row
        like the average item's behaviour, 0 is behaviour only.
    popularity_scaling : float
        ``d`` of ``D = p^((d-1)/2)``: 1 leaves counts as they are, 0 makes items equal.
    user_scaling : float
        ``u`` of ``N = diag(‖r_u‖^-u)``: 0 lets everybody speak as loud as their history is
        long, 1 gives everybody one voice. It weighs users in the fit; scores of a row keep.
    ridge : float
        ``μ / e``; 0 is a hard cut at `n_factors`. What a log wants depends on it: see `suited`.
    remove_diagonal : bool
        Whether an item may not speak for itself, as in EASE.
    cold : {"ridge", "fold_in", "none"}
        How an item without interactions gets factors: by a ridge map from content to the
        factors of trained items (measured better), by folding its column into the
        factorisation, or not at all.
    cold_ridge : float
        ``λ`` of the ridge map from content to factors.
    cold_weight : float
        Factors that were predicted from content are multiplied by this: what was predicted
        deserves less than what was observed, and an untouched item of a catalogue is rarely
        popular tomorrow. 0 keeps cold items at the end of every list.
    output_scaling : float
        ``o`` of the scores ``r D W D^-o``: 0 scores items as the fit saw them, 1 in the unit
        of R, which lets popular items rise again.
    block_weights, cold_block_weights : tuples of (block, weight)
        Weight of blocks of `Content` in the factorisation, and in the map to factors of cold
        items; 1 where not named. What helps among warm items is not what describes new ones.
    prior_weight : float
        ``κ`` of the prior ``κ m``, m the average row, that is added to the scores of every row:
        short histories lean on what everybody takes, long ones hardly notice.
    negative_weight : float
        ``γ`` by which what somebody turned down pushes its neighbours away; 0 lets a dislike
        hide its item and say no more.
    tol : float
        Tolerance of the factorisation, see `truncated_svd`.
    """

    n_factors: int = 512
    content_weight: float = 0.5
    popularity_scaling: float = 0.6
    user_scaling: float = 0.5
    ridge: float = 15.0
    remove_diagonal: bool = True
    cold: Literal["ridge", "fold_in", "none"] = "ridge"
    cold_ridge: float = 2.0
    cold_weight: float = 0.8
    output_scaling: float = 0.25
    prior_weight: float = 0.05
    negative_weight: float = 0.05
    block_weights: BlockWeights = ()
    cold_block_weights: BlockWeights = ()
    tol: float = 1e-4

    def __post_init__(self) -> None:
        require("n_factors", self.n_factors, self.n_factors >= 1, "at least 1")
        for name in ("content_weight", "ridge", "prior_weight", "negative_weight"):
            value = getattr(self, name)
            require(name, value, 0 <= value < np.inf, "a finite number >= 0")
        require_positive(self, "cold_ridge", "tol")
        require("cold_weight", self.cold_weight, 0 <= self.cold_weight <= 1, "in [0, 1]")
        d = self.popularity_scaling
        require("popularity_scaling", d, -1 <= d <= 2, "a number in [-1, 2]")
        require("user_scaling", self.user_scaling, 0 <= self.user_scaling <= 2, "in [0, 2]")
        o = self.output_scaling
        require("output_scaling", o, -2 <= o <= 2, "a number in [-2, 2]")
        for name in ("block_weights", "cold_block_weights"):
            object.__setattr__(self, name, block_weights(getattr(self, name)))
        if self.cold not in ("ridge", "fold_in", "none"):
            raise ConfigError("cold", self.cold, "'ridge', 'fold_in' or 'none'")

    @classmethod
    def suited(cls, r: csr_array[np.float64], **asked: Any) -> "HybridConfig":
        """Defaults for a log like `r`: sparse columns want more ridge and content.

        ``ridge = 60 p^-d (1 + (7 / h)²)``, within 10 to 200, and ``content_weight = 3.4 p^-d``,
        within .5 to 1.5: p is the mean number of users of an item that has any, h = Σ l² / Σ l
        the mean length of the history that an interaction belongs to. The unit of both grows as
        ``p^d``; what is uncertain about a column, and what a text says, do not. And h - 1 others
        are all that an interaction is seen with (docs/design/0061-tables.md, 0075-content.md).
        Below `SAYS_ENOUGH` interactions the defaults stand.

        Parameters
        ----------
        r : csr_array of shape (n_users, n_items)
            What will be fitted.
        asked
            Fields that are as they are asked for.

        Examples
        --------
        >>> five_each = csr_array(np.kron(np.eye(100), np.ones((2, 5))))
        >>> round(HybridConfig.suited(five_each).ridge, 1)
        117.2
        >>> HybridConfig.suited(five_each, ridge=3.0).ridge
        3.0
        """
        lengths = np.diff(r.indptr).astype(np.float64)
        if lengths.sum() >= SAYS_ENOUGH:
            history = float(lengths @ lengths / lengths.sum())
            users = r.nnz / len(np.unique(r.indices))
            unit = users ** -asked.get("popularity_scaling", cls.popularity_scaling)
            ridge = RIDGE * unit * (1.0 + (SHORT_HISTORY / history) ** 2)
            found = {
                "ridge": np.clip(ridge, WEAKEST_RIDGE, STRONGEST_RIDGE),
                "content_weight": np.clip(CONTENT * unit, LEAST_CONTENT, MOST_CONTENT),
            }
            asked = {name: float(value) for name, value in found.items()} | asked
        return cls(**asked)

    def fit(
        self,
        r: csr_array[np.float64],
        f: csr_array[np.float64] | Content | None = None,
        *,
        rng: np.random.Generator,
    ) -> "HybridSVD":
        """`HybridSVD.fit` with this configuration."""
        from recommend.hybrid import HybridSVD

        return HybridSVD.fit(r, f, self, rng=rng)
