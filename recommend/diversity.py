"""Lists whose items differ: maximal marginal relevance on content."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.checks import require
from recommend.errors import ShapeError

POOL = 200
"""Items that a list of up to half as many is chosen from."""


def pool_size(n: int) -> int:
    """How many of the best items a varied list of `n` is chosen from.

    The same for all `n` up to 100, so that there a shorter list begins a longer one.
    """
    return max(POOL, 2 * n)


def diversified(
    relevance: NDArray[np.float64], content: csr_array[np.float64], n: int, diversity: float
) -> NDArray[np.int64]:
    """Places in the pool of `n` items that are relevant and unlike each other.

    Greedily, the next is the one of largest ``(1 − λ) r − λ s`` (equation 14 of
    `docs/math.md`): r is the score between the worst (0) and the best (1) of the pool, s the
    cosine to the nearest item chosen already. An item without content is like no other.

    Parameters
    ----------
    relevance : array of shape (n_pool,)
        Scores, best first; of equal values the earlier place wins.
    content : csr_array of shape (n_pool, n_features)
        Rows of length 1 or 0.
    n : int
        At most n_pool.
    diversity : float
        λ in [0, 1]: 0 keeps the order, 1 looks at nothing but difference after the first.

    Returns
    -------
    array of shape (min(n, n_pool),)

    Notes
    -----
    The cost is `n` products of the pool's content with a vector, whatever the catalogue.

    References
    ----------
    .. [1] Carbonell, Goldstein. The use of MMR, diversity-based reranking. SIGIR 1998.

    Examples
    --------
    >>> texts = csr_array(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    >>> diversified(np.array([3.0, 2.0, 1.0]), texts, 2, 0.5).tolist()
    [0, 2]
    """
    require("diversity", diversity, 0 <= diversity <= 1, "in [0, 1]")
    if content.shape[0] != len(relevance):
        raise ShapeError("content", content.shape, f"({len(relevance)}, n_features)")
    n = min(n, len(relevance))
    if diversity == 0 or n < 2:
        return np.arange(n)
    low, high = float(relevance.min()), float(relevance.max())
    worth = (1 - diversity) * (relevance - low) / (high - low if high > low else 1.0)
    nearest, row = np.zeros(len(relevance)), np.zeros(content.shape[1])
    chosen = np.empty(n, np.int64)
    for place in range(n):
        value = worth - diversity * nearest
        value[chosen[:place]] = -np.inf
        best = chosen[place] = int(value.argmax())
        own = slice(content.indptr[best], content.indptr[best + 1])
        row[content.indices[own]] = content.data[own]
        nearest = np.maximum(nearest, np.asarray(content @ row))
        row[content.indices[own]] = 0.0
    return chosen
