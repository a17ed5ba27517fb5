"""One list and all lists out of 100,000 items: ``python -m benchmarks.rank``."""

import time

import numpy as np
from scipy.sparse import csr_array, random_array

from recommend import HybridConfig, HybridSVD, top_n

N_ITEMS, N_USERS, N_FACTORS, BATCH = 100_000, 5_000, 64, 64


def main() -> None:
    rng = np.random.default_rng(0)
    r = csr_array(random_array((N_USERS, N_ITEMS), density=3e-4, rng=rng, format="csr"))
    config = HybridConfig(n_factors=N_FACTORS)
    for name, model in _models(HybridSVD.fit(r, None, config, rng=rng)):
        row = csr_array(r[[0]])
        model.score(row)  # what is computed once a model
        one = []
        for user in range(50):
            row = csr_array(r[[user]])
            began = time.perf_counter(), time.process_time()
            top_n(model.score(row)[0], 10)
            one.append((time.perf_counter() - began[0], time.process_time() - began[1]))
        began = time.perf_counter(), time.process_time()
        for start in range(0, 512, BATCH):
            rows = csr_array(r[start : start + BATCH])
            top_n(model.score(rows), 10, exclude=rows)
        wall, cpu = 1e3 * np.median(one, axis=0)
        many = 512 / (time.process_time() - began[1])
        print(f"{name}: one list {wall:.2f} ms, {cpu:.2f} of processor; {many:.0f} lists/cpu s")


def _models(model: HybridSVD) -> list[tuple[str, HybridSVD]]:
    return [("float64", model), ("float32", model.single())]


if __name__ == "__main__":
    main()
