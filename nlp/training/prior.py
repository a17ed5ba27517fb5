"""The prior of topic models: what sets apart the subjects and disciplines of lists of our own."""

from pathlib import Path

import numpy as np

from nlp import ridge
from nlp.directions import Directions
from nlp.engines import default_engine
from nlp.hashing import hashed_counts, inverse_document_frequency, weighted
from nlp.labels import members
from nlp.parsed import parse
from nlp.prior import BITS, CHARS, WORDS, Prior
from nlp.topics import document
from nlp.training.curriculum import curriculum, disciplines

_PENALTY = 1.0
_LEVELS = 127


def train_prior(data: Path) -> tuple[Prior, dict[str, float]]:
    """Directions that separate 12 subjects of `curriculum` and 68 of `disciplines`.

    No text of the data folder is read: a prior that had seen labelled rows would flatter every
    model that is fitted on them, and so spoil the choice of its recipe and its calibration.
    """
    engine = default_engine()
    parts = []
    for pairs in (curriculum(), disciplines()):
        documents = [document(parse(text, engine)) for text, _ in pairs]
        counts = hashed_counts(documents, bits=BITS, words=WORDS, chars=CHARS)
        rows = weighted(counts, inverse_document_frequency(counts))
        member = members([label for _, label in pairs])[1]
        # the class of a list is one of many: what is left of the mean is what a name tells
        targets = (member - member.mean(axis=0)).astype(np.float32)
        design = ridge.Design.of(rows)
        found = ridge.solve(design, targets, _PENALTY)[0]
        parts.append(found / max(float((rows @ found).std()), 1e-12))
    every = np.arange(1 << BITS, dtype=np.int32)
    prior = Prior.of(Directions(every, np.hstack(parts).astype(np.float32)), _LEVELS)
    n = len(curriculum()) + len(disciplines())
    return prior, {"n": float(n), "directions": prior.codes.shape[1]}
