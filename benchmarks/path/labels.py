"""Prerequisites of the sample catalogue labelled by hand, and how figures are said."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend import IdMap, metrics

GOLD = Path(__file__).parents[2] / "tests" / "golden" / "curriculum.jsonl"


def labelled(ids: IdMap) -> csr_array:
    labels = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    pairs = [(label["item"], before) for label in labels for before in label["needs"]]
    cells = (ids.rows(p[0] for p in pairs), ids.rows(p[1] for p in pairs))
    return csr_array((np.ones(len(pairs)), cells), shape=(len(ids), len(ids)))


def tell(name: str, what: str, values: NDArray[np.float64], rng: np.random.Generator) -> None:
    shown, n_judged = metrics.bootstrap_interval(values, rng=rng), int((~np.isnan(values)).sum())
    print(
        f"  {name:<22} {what:<26} {shown.mean:.3f} [{shown.low:.3f}, {shown.high:.3f}]"
        f" ({n_judged} learners)"
    )
