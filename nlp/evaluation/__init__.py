"""Measuring `nlp` beside others: the same rows, the same folds, intervals by bootstrap.

Called by a person (through the command line), never by `analyze`.
"""

from nlp.evaluation.classification import HeldSet, compare
from nlp.evaluation.classifiers import Answer, Contestant, Predictor
from nlp.evaluation.counted import compare_keywords, compare_segmentation
from nlp.evaluation.measured import Measured

__all__ = [
    "Answer",
    "Contestant",
    "HeldSet",
    "Measured",
    "Predictor",
    "compare",
    "compare_keywords",
    "compare_segmentation",
]
