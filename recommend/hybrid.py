"""HybridSVD: content and behaviour in one truncated SVD, and fold-in of any row."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.arrays import pack_text, unpack_text
from recommend.checks import checked_content
from recommend.cold import content_map
from recommend.config import HybridConfig
from recommend.content import BlockWeights, Content, content_of, rows_of, weighed
from recommend.errors import ModelFormatError, ShapeError
from recommend.explain import Explanation
from recommend.factorise import factorise
from recommend.ranking import TopN, top_n
from recommend.scores import Scorer

Array = NDArray[np.float64]

FORMAT = "hybrid-svd/3"
_ARRAYS = (
    "s",
    "item_factors",
    "extra_factors",
    "scaling",
    "mean",
    "support",
    "warm",
    "content_gram",
    "cold_columns",
)


@dataclass(frozen=True, eq=False)
class HybridSVD(Scorer):
    """A fitted hybrid of content and behaviour; `FoldIn` says what it holds.

    Examples
    --------
    >>> r = csr_array(np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]))
    >>> model = HybridSVD.fit(r, None, HybridConfig(n_factors=1), rng=np.random.default_rng(0))
    >>> scores = model.score(csr_array(np.array([[1.0, 0.0, 0.0]])))
    >>> bool(scores[0, 1] > scores[0, 2])
    True
    """

    @classmethod
    def fit(
        cls,
        r: csr_array[np.float64],
        f: csr_array[np.float64] | Content | None = None,
        config: HybridConfig | None = None,
        *,
        rng: np.random.Generator,
        start: Array | None = None,
    ) -> "HybridSVD":
        """Factorise behaviour and content together.

        Items without interactions stay out of the factorisation and get their factors from
        their content, exactly as `extend` would give them (if no item has interactions,
        content alone is factorised).

        Parameters
        ----------
        r : csr_array of shape (n_users, n_items)
            Weights >= 0.
        f : csr_array of shape (n_items, n_features), or Content, optional
            Rows of length 1 or 0; blocks of `Content` may be weighed by the configuration.
        config : HybridConfig, optional
        rng : Generator
            Start of the factorisation.
        start : array of shape (n_items, any number), optional
            Factors of these items in an earlier model, zero where it has none: the
            factorisation is as accurate with fewer products (see `truncated_svd`).

        Raises
        ------
        ShapeError, WeightError
            If `r` and `f` do not fit each other or hold impossible values.
        """
        if start is not None and start.shape[0] != r.shape[1]:
            raise ShapeError("start", start.shape, f"({r.shape[1]}, any), one row per item")
        parts = factorise(r, f, config or HybridConfig(), rng=rng, start=start)
        model = cls(
            config=config or HybridConfig(),
            energy=parts.energy,
            s=parts.s,
            item_factors=np.zeros((len(parts.inside), len(parts.s))),
            extra_factors=np.zeros((0, len(parts.s))),
            scaling=parts.scaling,
            mean=parts.mean,
            support=parts.support,
            warm=parts.warm,
            content_gram=parts.content_gram,
            cold_columns=parts.cold_columns,
            content_map=parts.content_map,
        )
        model.item_factors[parts.inside] = parts.v
        rows = rows_of(f)
        return model if rows is None else model._with_cold_rows(rows, parts.inside)

    def _with_cold_rows(self, f: csr_array[np.float64], inside: NDArray[np.bool_]) -> "HybridSVD":
        factors = self.item_factors.copy()
        factors[~inside] = self.content_factors(csr_array(f)[~inside])
        return replace(self, item_factors=factors)

    def with_cold(
        self,
        f: csr_array[np.float64] | Content,
        cold: Literal["ridge", "fold_in", "none"],
        cold_ridge: float,
        block_weights: BlockWeights = (),
    ) -> "HybridSVD":
        """Same factorisation, another way from content to factors; drops added items.

        Parameters
        ----------
        f : csr_array of shape (n_fitted, n_features), or Content
            The content of the fit.
        cold, cold_ridge : see `HybridConfig`
        block_weights : the `cold_block_weights` of `HybridConfig`
        """
        rows = checked_content(rows_of(f), n_items=self.n_fitted)  # type: ignore[arg-type]
        config = replace(
            self.config, cold=cold, cold_ridge=cold_ridge, cold_block_weights=block_weights
        )
        columns = content_of(f).column_weights(config.cold_block_weights)  # type: ignore[union-attr]
        inside = self.warm if self.warm.any() else np.ones(self.n_fitted, bool)
        beta = config.content_weight * self.energy
        content, v = weighed(csr_array(rows[inside]), columns), self.item_factors[inside]
        model = replace(
            self,
            config=config,
            cold_columns=columns,
            content_map=content_map(content, v, self.s, beta, config),
            extra_factors=self.extra_factors[:0],
        )
        return model._with_cold_rows(rows, inside)

    def truncate(self, n_factors: int) -> "HybridSVD":
        """Model of the leading `n_factors` factors: what a fit with fewer would give."""
        k = min(n_factors, self.n_factors)
        return replace(
            self,
            config=replace(self.config, n_factors=n_factors),
            s=self.s[:k],
            item_factors=self.item_factors[:, :k],
            extra_factors=self.extra_factors[:, :k],
            content_gram=self.content_gram[:k, :k],
            content_map=None if self.content_map is None else self.content_map[:, :k],
        )

    def with_ridge(
        self,
        ridge: float,
        *,
        remove_diagonal: bool | None = None,
        output_scaling: float | None = None,
        prior_weight: float | None = None,
        negative_weight: float | None = None,
    ) -> "HybridSVD":
        """Same factors under another filter: what of the configuration needs no new fit."""
        asked = {
            "remove_diagonal": remove_diagonal,
            "output_scaling": output_scaling,
            "prior_weight": prior_weight,
            "negative_weight": negative_weight,
        }
        given: dict[str, Any] = {k: v for k, v in asked.items() if v is not None}
        return replace(self, config=replace(self.config, ridge=ridge, **given))

    def single(self) -> "HybridSVD":
        """The same model at half the memory: what grows with the catalogue in float32.

        Scores differ from those of float64 by about 1e-7 of the largest; explanations are
        computed in float64 from the same numbers.
        """
        single, known = np.float32, self.content_map
        return replace(
            self,
            item_factors=self.item_factors.astype(single),
            extra_factors=self.extra_factors.astype(single),
            content_map=None if known is None else known.astype(single),
        )

    def content_factors(self, f: csr_array[np.float64]) -> Array:
        """Factors of items from their content alone, (n, n_factors); zero without content."""
        if self.content_map is None:
            return np.zeros((f.shape[0], self.n_factors))
        f = weighed(checked_content(f, n_features=len(self.content_map)), self.cold_columns)
        # in the precision of the map, as a product must not copy it to another
        f = f.astype(self.content_map.dtype)
        return np.asarray(self.config.cold_weight * (f @ self.content_map))

    def extend(self, f: csr_array[np.float64]) -> "HybridSVD":
        """Model that also knows the items of these feature rows, after its own; no refit.

        Scores of the items it already had stay as they were.
        """
        fresh = self.content_factors(f)
        out = replace(self, extra_factors=np.concatenate([self.extra_factors, fresh]))
        # what is known of all factors is not read from them again
        out.__dict__["leverage"] = np.concatenate([self.leverage, self._leverage_of(fresh)])
        return out

    def explain(self, row: csr_array[np.float64], item: int) -> Explanation:
        """Parts of one score, item by item of the row; they add up to it.

        Parameters
        ----------
        row : csr_array of shape (1, at most n_items)
        item : int
            Row of the item whose score is explained.

        Raises
        ------
        UnknownItemError
            If the model has no such item.
        """
        self._check(item)
        row = self._heard(row)
        if bool(self._is_silent(row, self._project(row))[0]):
            known = item < self.n_fitted
            return Explanation.of_popularity(item, float(self.popularity[item]) if known else 0.0)
        history = row.indices.astype(np.int64)
        factors, target = self._factors(history), self._factors(np.array([item]))[0]
        x = row.data * self._all_scaling[history]
        if self.config.remove_diagonal:
            x = np.where(history == item, 0.0, x)
        voices = x[:, None] * factors + np.maximum(-row.data, 0.0)[:, None] * self.average
        total = voices @ (self.filter * target)
        # W = V diag(1/(σ²+μ)) (G_R + G_F) Vᵀ: the content share of each term (equation 11)
        inverse = 1.0 / (self.s**2 + self.config.ridge * self.energy)
        content = voices @ (inverse * (self.content_gram @ target))
        is_warm = np.concatenate([self.warm, np.zeros(len(self.extra_factors), bool)])
        content = np.where(is_warm[history] & is_warm[item], content, total)
        total, content = total * self.gain[item], content * self.gain[item]
        return Explanation(item, history, total - content, content, float(self.prior[item]))

    def similar(self, item: int, n: int) -> TopN:
        """The `n` nearest items by cosine in filtered factor space, itself left out."""
        self._check(item)
        target = self._factors(np.array([item]))[0] * self.filter
        norms = np.sqrt(self.leverage)
        target = target.astype(self.item_factors.dtype)
        dots = np.concatenate([block @ target for block in self._blocks]).astype(np.float64)
        bound = norms * norms[item]
        cosines = np.divide(dots, bound, out=np.zeros_like(dots), where=bound > 0)
        return top_n(cosines, n, exclude=np.arange(self.n_items) == item)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Everything learned and asked, as named arrays without objects, all at full precision."""
        out: dict[str, NDArray[Any]] = {name: getattr(self, name) for name in _ARRAYS}
        out["energy"] = np.array([self.energy])
        out["config"] = pack_text({"format": FORMAT, **asdict(self.config)})
        if self.content_map is not None:
            out["content_map"] = self.content_map
        return out

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "HybridSVD":
        """Model that `to_arrays` wrote; the arrays are kept, and may be read-only maps.

        Raises
        ------
        ModelFormatError
            If an array is missing, or the format is of another version.
        """
        try:
            config = unpack_text(arrays["config"])
            found = config.pop("format", None)
            if found != FORMAT:
                raise ModelFormatError(f"format {found!r}: need {FORMAT!r}")
            return cls(
                config=HybridConfig(**config),
                energy=float(arrays["energy"][0]),
                content_map=arrays.get("content_map"),
                **{name: arrays[name] for name in _ARRAYS},
            )
        except KeyError as error:
            raise ModelFormatError(f"no array named {error}") from None
        except TypeError as error:
            raise ModelFormatError(f"config of another version ({error})") from None
