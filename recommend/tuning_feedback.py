"""The choice of what a dislike says, on dislikes that were held out."""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from recommend.config import HybridConfig
from recommend.content import Content
from recommend.hybrid import HybridSVD
from recommend.metrics import ndcg
from recommend.ranking import top_n
from recommend.search import SEARCH_TOL
from recommend.split import Split, random_split

Csr = csr_array[np.float64]

NEGATIVE_WEIGHTS = (0.0, 0.02, 0.05, 0.1, 0.2)
FEWEST = 50
"""Users with held-out dislikes, below which the weight stays what it was."""
BATCH = 1000


def negative_gains(
    signed: Csr,
    split: Split,
    f: Csr | Content | None,
    config: HybridConfig,
    *,
    rng: np.random.Generator,
    n: int = 10,
    max_users: int = 5000,
) -> dict[float, float]:
    """What lists gain by each weight of dislikes: nDCG of what was liked less that of what was not.

    Half of everybody's dislikes are held out beside the likes of `split`; both have the same
    gain in a list, with opposite signs.

    Parameters
    ----------
    signed : csr_array of shape (n_users, n_items)
        Rows with their negative weights, as they will be scored.
    split : Split
        Of the positive part, for validation.
    f, config : see `HybridSVD.fit`
    rng : Generator
    n, max_users : int

    Returns
    -------
    dict of weight to gain
        Empty if fewer than `FEWEST` users have something to be judged by.
    """
    against = csr_array((-signed).maximum(0))
    against.eliminate_zeros()
    if not against.nnz:
        return {}
    held = random_split(against, fraction=0.5, rng=rng)
    has = np.diff(held.train.indptr) * np.diff(held.test.indptr) * np.diff(split.test.indptr)
    users = np.flatnonzero(has)
    if len(users) < FEWEST:
        return {}
    if len(users) > max_users:
        users = np.sort(rng.choice(users, max_users, replace=False))
    quick = replace(config, tol=max(config.tol, SEARCH_TOL))
    model = HybridSVD.fit(split.train, f, quick, rng=rng).single()
    gains = {}
    for weight in NEGATIVE_WEIGHTS:
        at = model.with_ridge(config.ridge, negative_weight=weight)
        total = 0.0
        for start in range(0, len(users), BATCH):
            some = users[start : start + BATCH]
            rows = csr_array(split.train[some] - held.train[some])
            lists = top_n(at.score(rows), n, exclude=rows).items
            for sign, found in ((1.0, split.test), (-1.0, held.test)):
                total += sign * float(ndcg(lists, csr_array(found[some]), n=n).sum())
        gains[weight] = total / len(users)
    return gains
