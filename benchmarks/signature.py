"""Recall and precision of signatures on real texts.

``ZHIYING_DATA=… python -m benchmarks.signature``. Each text is edited at random (characters
deleted, inserted, replaced); and every pair of texts of one set is compared: those found are
right if they have half of their character pairs in common, as many courses of a series have.
"""

import json
import os
import random
from itertools import pairwise
from pathlib import Path

import numpy as np

from nlp import signature
from nlp.signature import distance

SETS = ("mooccubex/items.jsonl", "netease_study/items.jsonl", "topic_csldcp/dev.jsonl")
N = 1200
LIMITS = (4, 6, 8, 10, 12)


def main() -> None:
    random.seed(1)
    folder = Path(os.environ["ZHIYING_DATA"])
    for name in SETS:
        rows = [json.loads(line)["text"] for line in (folder / name).open()]
        texts = [t for t in rows if len(t) >= 60]
        texts = random.sample(texts, min(N, len(texts)))
        foreign = "".join(texts[:300])
        signed = [signature(t) or "" for t in texts]
        bits = np.array([[int(b) for b in f"{int(s, 16):064b}"] for s in signed]) * 2.0 - 1
        apart = (64 - bits @ bits.T) / 2
        pairs = [(i, j) for i, j in np.argwhere(apart <= max(LIMITS)).tolist() if i < j]
        exact = {(i, j): jaccard(texts[i], texts[j]) for i, j in pairs}
        found = {
            share: np.array(
                [
                    distance(s, signature(edited(t, share, foreign)) or s)
                    for s, t in zip(signed, texts, strict=True)
                ]
            )
            for share in (0.02, 0.05, 0.10)
        }
        n_pairs = len(texts) * (len(texts) - 1) // 2
        print(f"{name}: {len(texts)} texts, {n_pairs} pairs")
        for limit in LIMITS:
            recall = ", ".join(f"{s:.0%}: {(d <= limit).mean():.3f}" for s, d in found.items())
            near = [value for pair, value in exact.items() if apart[pair] <= limit]
            right = sum(value >= 0.5 for value in near)
            print(
                f"  at most {limit:2} bits: edited texts found {recall}; pairs found {len(near)}, "
                f"of them alike {right} ({right / max(1, len(near)):.3f})"
            )


def edited(text: str, share: float, foreign: str) -> str:
    letters = list(text)
    left = max(1, int(len(text) * share))
    while left > 0:
        size = random.randint(1, 4)
        at, source = random.randrange(len(letters)), random.randrange(len(foreign) - 4)
        piece = foreign[source : source + size]
        kind = random.randrange(3)
        letters[at : at + (0 if kind == 1 else size)] = "" if kind == 0 else piece
        left -= size
    return "".join(letters)


def jaccard(a: str, b: str) -> float:
    left, right = ({x + y for x, y in pairwise(t)} for t in (a, b))
    return len(left & right) / len(left | right)


if __name__ == "__main__":
    main()
