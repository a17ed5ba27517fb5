"""One list and all lists out of 100,000 items: ``python -m benchmarks.rank``.

One list: all scores and the first ten of them, beside the same list by a screen (note 0065). All
lists: a thousand users, seen items left out, beside `implicit.cpu.topk` on the same factors;
implicit is of the extra ``bench``. Ratios are of one run, and of processor time.
"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.sparse import csr_array, csr_matrix

from benchmarks.behaviour import synthetic
from recommend import HybridConfig, HybridSVD, Screen, TopN, top_n, top_n_blockwise

N_ITEMS, N_USERS, N_INTERACTIONS, N, TOGETHER = 100_000, 5_000, 500_000, 10, 1024
RANKS = (64, 512)


def main() -> None:
    data = synthetic(N_USERS, N_ITEMS, N_INTERACTIONS, features=10)
    for rank in RANKS:
        config = HybridConfig(n_factors=rank, tol=1e-3)
        model = HybridSVD.fit(data.r, data.f, config, rng=np.random.default_rng(0)).single()
        print(f"{N_ITEMS} items, {rank} factors", flush=True)
        _one(model, data.r)
        _all(model, data.r)


def _one(model: HybridSVD, r: csr_array) -> None:
    screen, exclude = Screen.of(model), np.zeros(N_ITEMS, bool)
    full, screened, given_up = [], [], 0
    for user in range(50):
        row = csr_array(r[[user]])
        exclude[:] = False
        exclude[row.indices] = True
        wanted = _scored(model, row, exclude)
        full.append(_best(partial(_scored, model, row, exclude)))
        if (found := screen.top_n(model, row, N, exclude=exclude)) is None:
            given_up += 1
            continue
        np.testing.assert_allclose(found.scores, wanted.scores, rtol=1e-4)
        screened.append(_best(partial(screen.top_n, model, row, N, exclude=exclude)))
    a, b = 1e3 * np.median(full), 1e3 * np.median(screened)
    print(
        f"  one list: all scores {a:.2f} ms, screened {b:.2f} ms ({b / a:.2f} times), "
        f"{given_up} of {len(full)} given up",
        flush=True,
    )


def _scored(model: HybridSVD, row: csr_array, exclude: np.ndarray) -> TopN:
    return top_n(model.score(row)[0], N, exclude=exclude)


def _all(model: HybridSVD, r: csr_array) -> None:
    rows = csr_array(r[:TOGETHER])
    seconds = _best(lambda: top_n_blockwise(model, rows, N, exclude=rows))
    print(f"  all lists: {TOGETHER / seconds:.0f} a CPU second", end="")
    try:
        from implicit.cpu.topk import topk
    except ImportError:
        print("; implicit is not installed")
        return
    users = np.ascontiguousarray(model.project(csr_array(r[:TOGETHER])) * model.filter, np.float32)
    seen = csr_matrix(r[:TOGETHER])
    theirs = _best(lambda: topk(model.item_factors, users, N, filter_query_items=seen))
    print(f", implicit.cpu.topk {TOGETHER / theirs:.0f}: {theirs / seconds:.2f} times", flush=True)


def _best(call: Callable[[], object], times: int = 3) -> float:
    """Least processor seconds of all threads."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        call()
        taken.append(time.process_time() - began)
    return min(taken)


if __name__ == "__main__":
    main()
