"""The prior of topic models: course names by subject, and titles of papers by category."""

from pathlib import Path

import numpy as np

from nlp.engines import default_engine
from nlp.hashing import hashed_counts, inverse_document_frequency, weighted
from nlp.linear_fit import separators
from nlp.parsed import parse
from nlp.prior import Prior
from nlp.topics import document
from nlp.training.curriculum import curriculum
from nlp.training.files import read_jsonl

_BITS, _WORDS, _CHARS = 18, 1, 3
_PENALTY = {"curriculum": 1.0, "categories": 0.5}


def train_prior(data: Path) -> tuple[Prior, dict[str, float]]:
    """Directions that separate 12 subjects of `curriculum` and 13 of ``topic_csl_category``."""
    engine = default_engine()
    rows = list(read_jsonl(data / "topic_csl_category" / "dev.jsonl"))
    sets = {
        "curriculum": curriculum(),
        "categories": tuple((row["text"], row["label"]) for row in rows),
    }
    counts = {
        name: hashed_counts(
            [document(parse(text, engine)) for text, _ in pairs],
            bits=_BITS,
            words=_WORDS,
            chars=_CHARS,
        )
        for name, pairs in sets.items()
    }
    parts = []
    for name, pairs in sets.items():
        rows_of = weighted(counts[name], inverse_document_frequency(counts[name]))
        labels = [label for _, label in pairs]
        found = separators(rows_of, labels, penalty=_PENALTY[name])[1]
        parts.append(found / max(float((rows_of @ found).std()), 1e-12))
    prior = Prior.of(np.hstack(parts))
    return prior, {"n": float(sum(map(len, sets.values()))), "directions": prior.codes.shape[1]}
