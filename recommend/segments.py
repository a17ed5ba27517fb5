"""What people with these attributes take more than others do, for those without a history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.arrays import pack_text, unpack_text
from recommend.attributes import Attributes, AttributeSpace
from recommend.checks import checked_weights, mean_weights
from recommend.errors import ModelFormatError, ShapeError

Array = NDArray[np.float64]

RIDGES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0)
"""Shrinkages tried, in users: an effect that so many users show counts half."""
JUDGES = 20_000
"""Users that shrinkages are chosen on, at most."""
SURE = 2.0
"""Standard errors by which a name must improve the guess to be kept."""


@dataclass(frozen=True, eq=False)
class Segments:
    """Effect of each attribute on the average row, fitted jointly and shrunk (equation 13).

    Attributes
    ----------
    space : AttributeSpace
        The columns that are left: names that predict nothing are not among them.
    means : array of shape (n_columns,)
        Share of each column among the users who have a value of its name.
    effects : array of shape (n_columns, n_items)
        In the unit of R.
    ridges : mapping of name to float
        Shrinkage chosen for each name that is left.
    """

    space: AttributeSpace
    means: Array
    effects: Array
    ridges: Mapping[str, float]

    @classmethod
    def fit(
        cls, r: csr_array[np.float64], users: Sequence[Attributes], *, rng: np.random.Generator
    ) -> "Segments":
        """Ridge regression of rows on attributes, its strength chosen name by name.

        Each shrinkage is judged by the error of the row of each user when it is guessed from
        all the others, which ridge regression knows in closed form. A name whose best
        shrinkage is not surely better than its absence is dropped.

        Parameters
        ----------
        r : csr_array of shape (n_users, n_items)
            Weights >= 0. Users without any are left out.
        users : sequence of mappings
            Attributes of each row of `r`, empty where none are known.
        rng : Generator
            Draws the users to judge by, if there are many.
        """
        r = checked_weights(r)
        if len(users) != r.shape[0]:
            raise ShapeError("users", (len(users),), f"({r.shape[0]},), one per row")
        active = np.flatnonzero(np.diff(r.indptr) > 0)
        known = [users[int(row)] for row in active]
        space = AttributeSpace.fit(known)
        if not space.columns or len(known) < 2:
            return cls.none(r.shape[1])
        r, rows = csr_array(r[active]), space.rows(known)
        means = _means(rows, space.names)
        a = _centred(rows, means, space.names)
        moment = np.asarray((r.T @ a).T)
        ridges = _chosen(r, a, moment, space.names, rng)
        kept = np.flatnonzero(np.isfinite(ridges))
        if not len(kept):
            return cls.none(r.shape[1])
        a, ridges = a[:, kept], ridges[kept]
        effects = np.linalg.solve(a.T @ a + np.diag(ridges), moment[kept])
        columns = tuple(space.columns[column] for column in kept)
        named = {name: float(ridge) for (name, _), ridge in zip(columns, ridges, strict=True)}
        return cls(AttributeSpace(columns, space.cuts), means[kept], effects, named)

    @classmethod
    def none(cls, n_items: int) -> "Segments":
        """No attribute says anything."""
        return cls(AttributeSpace((), {}), np.zeros(0), np.zeros((0, n_items)), {})

    def __bool__(self) -> bool:
        return bool(self.space.columns)

    def knows(self, attributes: Attributes) -> bool:
        """Whether `lifts` has anything to say about somebody with these attributes."""
        return not self.space.column.keys().isdisjoint(self.space.values(attributes))

    def lifts(self, attributes: Attributes) -> dict[str, Array]:
        """What each name adds to the average row for somebody with these attributes.

        Returns
        -------
        dict of name to array (n_items,)
            In the unit of R; empty if nothing that is known of this person says anything.
        """
        row, names = self.space.rows([attributes]), self.space.names
        centred = _centred(row, self.means, names)[0]
        out = {}
        for name in dict.fromkeys(name for name, _ in self.space.columns):
            mine = np.array([name == other for other, _ in self.space.columns])
            if row[0, mine].any():
                out[name] = np.asarray(centred[mine] @ self.effects[mine], np.float64)
        return out

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Named arrays without objects; effects in float32."""
        learned = {
            "columns": self.space.columns,
            "cuts": self.space.cuts,
            "ridges": self.ridges,
        }
        return {
            "about": pack_text(learned),
            "means": self.means,
            "effects": self.effects.astype(np.float32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Segments":
        """Inverse of `to_arrays`. Raises `ModelFormatError` if an array is missing."""
        try:
            about = unpack_text(arrays["about"])
            columns = tuple((name, value) for name, value in about["columns"])
            cuts = {name: tuple(found) for name, found in about["cuts"].items()}
            space = AttributeSpace(columns, cuts)
            return cls(space, arrays["means"], arrays["effects"], about["ridges"])
        except KeyError as error:
            raise ModelFormatError(f"no array named {error}") from None


def _means(rows: Array, names: NDArray[np.int64]) -> Array:
    """Mean of each column over the users who have a value of its name."""
    has = _has(rows, names)
    return np.asarray((rows * has).sum(axis=0) / np.maximum(has.sum(axis=0), 1))


def _centred(rows: Array, means: Array, names: NDArray[np.int64]) -> Array:
    """Rows less the means; a name that is not known of somebody says nothing."""
    return np.asarray((rows - means) * _has(rows, names))


def _has(rows: Array, names: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the user has any value of the name of each column."""
    member = (names[:, None] == np.arange(names.max(initial=-1) + 1)).astype(np.float64)
    return np.asarray(((rows @ member) > 0)[:, names])


def _chosen(
    r: csr_array[np.float64],
    a: Array,
    moment: Array,
    names: NDArray[np.int64],
    rng: np.random.Generator,
) -> Array:
    """Ridge of each column; infinite where its name predicts nothing."""
    judges = np.arange(len(a))
    if len(judges) > JUDGES:
        judges = np.sort(rng.choice(judges, JUDGES, replace=False))
    left_out = _LeaveOneOut(r, a, moment, judges)
    common = min(RIDGES, key=lambda ridge: left_out.errors(np.full(len(names), ridge)).mean())
    best = np.full(len(names), common)
    for name in np.unique(names):
        mine = names == name
        without = np.where(mine, np.inf, best)
        absent = left_out.errors(without)
        trials = [(ridge, left_out.errors(np.where(mine, ridge, best))) for ridge in RIDGES]
        ridge, errors = min(trials, key=lambda trial: trial[1].mean())
        gain = absent - errors
        sure = gain.mean() > SURE * gain.std() / np.sqrt(len(gain))
        best = np.where(mine, ridge, best) if sure else without
    return best


class _LeaveOneOut:
    """Squared error of the row of each user, guessed from all the others."""

    def __init__(
        self, r: csr_array[np.float64], a: Array, moment: Array, judges: NDArray[np.int64]
    ) -> None:
        mean, some = mean_weights(r), csr_array(r[judges])
        self.gram, self.n_users, self.a = a.T @ a, len(a), a[judges]
        # products with all items are taken once; what is left is columns by columns
        self.moments, self.with_mean = moment @ moment.T, moment @ mean
        self.with_rows = np.asarray(some @ moment.T)
        who = np.repeat(np.arange(len(judges)), np.diff(some.indptr))
        energy = np.bincount(who, some.data**2, minlength=len(judges))
        self.about_mean = energy - 2 * np.asarray(some @ mean) + mean @ mean

    def errors(self, ridges: Array) -> Array:
        """``‖r_u − m − Bᵀa_u‖² / (1 − h_u)²`` of each judge, with ``B = (AᵀA + Λ)⁻¹ AᵀR``."""
        on = np.isfinite(ridges)
        a, gram = self.a[:, on], self.gram[np.ix_(on, on)]
        inverse = np.linalg.inv(gram + np.diag(ridges[on]))
        guess = a @ inverse
        length = np.einsum("ij,jk,ik->i", guess, self.moments[np.ix_(on, on)], guess)
        inner = np.einsum("ij,ij->i", guess, self.with_rows[:, on] - self.with_mean[on])
        leverage = np.einsum("ij,ij->i", guess, a) + 1.0 / self.n_users
        residual = self.about_mean + length - 2 * inner
        return np.asarray(residual / np.maximum(1.0 - leverage, 1e-6) ** 2)
