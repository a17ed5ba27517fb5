"""What items are like: sparse rows whose columns come in named blocks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.errors import ConfigError, ShapeError

Csr = csr_array[np.float64]
BlockWeights = tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Content:
    """Feature rows, and which columns belong together.

    What the blocks mean is the business of who made them; a model may weigh each as a whole.

    Attributes
    ----------
    rows : csr_array of shape (n_items, n_features)
        One row per item, of length 1 or 0.
    blocks : mapping of str to slice
        Columns of each named block, apart from each other. May be empty.

    Raises
    ------
    ShapeError
        If a block leaves the columns of `rows`.

    Examples
    --------
    >>> content = Content(csr_array(np.eye(2, 3)), {"word": slice(0, 2), "topic": slice(2, 3)})
    >>> content.column_weights((("topic", 0.5),)).tolist()
    [1.0, 1.0, 0.5]
    """

    rows: Csr
    blocks: Mapping[str, slice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        width = int(self.rows.shape[1])
        for name, columns in self.blocks.items():
            if not 0 <= columns.start <= columns.stop <= width:
                raise ShapeError(f"block {name}", columns, f"columns within 0..{width}")

    def column_weights(self, weights: BlockWeights) -> NDArray[np.float64]:
        """Weight of each column; 1 where its block is not named.

        Raises
        ------
        ConfigError
            If a block is named that is not there.
        """
        out = np.ones(self.rows.shape[1])
        for name, weight in weights:
            if name not in self.blocks:
                raise ConfigError("block_weights", name, f"a block of {sorted(self.blocks)}")
            out[self.blocks[name]] = weight
        return out


def content_of(f: "Csr | Content | None") -> "Content | None":
    """`f` as `Content`; a bare matrix has no blocks."""
    return f if f is None or isinstance(f, Content) else Content(f)


def rows_of(f: "Csr | Content | None") -> Csr | None:
    """Rows of `f` as they are."""
    return f.rows if isinstance(f, Content) else f


def weighed(rows: Csr, column_weights: NDArray[np.float64]) -> Csr:
    """Rows with their columns weighed, of the length they had; rows left empty stay empty.

    Weights of 1 give `rows` back, to the bit.

    Examples
    --------
    >>> weighed(csr_array(np.array([[0.6, 0.8]])), np.array([1.0, 0.0])).toarray().tolist()
    [[1.0, 0.0]]
    """
    if (column_weights == 1.0).all():
        return rows
    who = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    data = rows.data * column_weights[rows.indices]
    before, after = (
        np.sqrt(np.bincount(who, values**2, minlength=rows.shape[0]))
        for values in (rows.data, data)
    )
    stretch = np.divide(before, after, out=np.zeros_like(after), where=after > 0)
    kept = data != 0
    indptr = np.concatenate([[0], np.cumsum(kept)])[rows.indptr]
    parts = ((data * stretch[who])[kept], rows.indices[kept], indptr)
    return csr_array(parts, shape=rows.shape)


def block_weights(pairs: Iterable[tuple[str, float]]) -> BlockWeights:
    """Pairs in canonical form: sorted, plain types. Raises `ConfigError` for a bad weight."""
    out = tuple(sorted((str(name), float(weight)) for name, weight in pairs))
    for name, weight in out:
        if not 0 <= weight < np.inf:
            raise ConfigError(f"weight of block {name}", weight, "a finite number >= 0")
    return out
