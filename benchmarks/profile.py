"""Whether portraits foretell: topics of held-out enrolments under the portrait's shares.

``ZHIYING_DATA=… python -m benchmarks.profile [--users 1500] [--seed 0]``. Of each person of
MOOCCubeX a fifth of the courses is held out. The probability of the subject of a held-out course is
asked of the shares of the catalogue, of the plain shares of the person's other courses, and of the
shrunk ones that a portrait shows. Told as the mean log-likelihood by person and as the share of
held-out courses whose subject is the first one, by length of history: the short ones count.
"""

import argparse
import os
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from recommend import random_split
from recommend.metrics import bootstrap_interval
from recommend.shrinkage import EVIDENCE, shrunk_shares
from service.evaluation.recommend import load

LEAST = 1e-4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    folder = Path(os.environ["ZHIYING_DATA"]) / "mooccubex"
    found = load(folder / "items.jsonl", folder / "interactions_10k.csv", "text_group", None)
    rng = np.random.default_rng(asked.seed)
    r = csr_array(found.r[np.sort(rng.choice(found.r.shape[0], asked.users, replace=False))])
    names = sorted({n for f in found.features for n in f.topics if n.startswith("subject:")})
    topics = np.zeros((r.shape[1], len(names)))
    for row, features in enumerate(found.features):
        for name, p in features.topics.items():
            if name in names:
                topics[row, names.index(name)] = p
    known = topics.sum(axis=1) > 0
    topics[known] /= topics[known].sum(axis=1, keepdims=True)
    usual = topics[known].mean(axis=0)
    for longest in (1, 3, 10, 0):
        _tell(longest, r, topics, known, usual, np.random.default_rng(asked.seed))


def _tell(
    longest: int,
    r: csr_array,
    topics: np.ndarray,
    known: np.ndarray,
    usual: np.ndarray,
    rng: np.random.Generator,
) -> None:
    split = random_split(r, rng=rng)
    likely: dict[str, list[float]] = {"catalogue": [], "plain": [], "portrait": []}
    first: dict[str, list[float]] = {name: [] for name in likely}
    for user in split.users.tolist():
        history = split.train.indices[split.train.indptr[user] : split.train.indptr[user + 1]]
        history = history[known[history]]
        if longest:
            history = rng.permutation(history)[:longest]
        held = split.test.indices[split.test.indptr[user] : split.test.indptr[user + 1]]
        held = held[known[held]]
        if not len(history) or not len(held):
            continue
        mass = topics[history].sum(axis=0)
        for name, shares in (
            ("catalogue", usual),
            ("plain", np.maximum(mass / mass.sum(), LEAST)),
            ("portrait", shrunk_shares(mass, usual, EVIDENCE)),
        ):
            likely[name].append(float(np.log(topics[held] @ shares).mean()))
            first[name].append(float((topics[held].argmax(axis=1) == shares.argmax()).mean()))
    gain = np.array(likely["portrait"])
    line = f"history {f'of at most {longest}' if longest else 'whole'}: "
    for name in likely:
        line += f"{name} {np.mean(likely[name]):.3f} (first {np.mean(first[name]):.3f}); "
    for rival in ("catalogue", "plain"):
        lead = bootstrap_interval(gain - np.array(likely[rival]), rng=np.random.default_rng(1))
        line += f"over {rival} {lead.mean:+.3f} [{lead.low:+.3f}, {lead.high:+.3f}] "
    print(line + f"({len(gain)} people)", flush=True)


if __name__ == "__main__":
    main()
