"""Matrices to factors and ranks: hybrid recommendation, its rivals, and honest evaluation.

Pure: no files, no network, no clock, no global randomness. Users and items are row numbers
(`IdMap` is the border); a user is a row of weights, an item a row of features.
"""

from recommend import metrics, split
from recommend.baselines import (
    EASE,
    ContentKNN,
    FittedModel,
    ItemKNN,
    Model,
    Popularity,
    PureSVD,
)
from recommend.config import HybridConfig
from recommend.content import Content
from recommend.errors import (
    ConfigError,
    DuplicateIdError,
    MissingRivalError,
    ModelFormatError,
    RankError,
    RecommendError,
    ShapeError,
    SplitError,
    UnknownEventError,
    UnknownItemError,
    UnknownModelError,
    WeightError,
)
from recommend.evaluate import (
    Evaluation,
    ModelResult,
    SliceResult,
    evaluate,
    require_models,
)
from recommend.events import EVENT_WEIGHTS, EventKind, EventTable, event_weights
from recommend.explain import Explanation
from recommend.hybrid import HybridSVD
from recommend.ids import IdMap
from recommend.interactions import interaction_matrix, rejection_mask
from recommend.ranking import TopN, top_n
from recommend.search import Tuned
from recommend.split import Split, cold_item_split, random_split, time_split
from recommend.svd import SVD, truncated_svd
from recommend.tuning import MODELS, RIVALS, tune
from recommend.tuning_hybrid import auto_config

__all__ = [
    "EASE",
    "EVENT_WEIGHTS",
    "MODELS",
    "RIVALS",
    "SVD",
    "ConfigError",
    "Content",
    "ContentKNN",
    "DuplicateIdError",
    "Evaluation",
    "EventKind",
    "EventTable",
    "Explanation",
    "FittedModel",
    "HybridConfig",
    "HybridSVD",
    "IdMap",
    "ItemKNN",
    "MissingRivalError",
    "Model",
    "ModelFormatError",
    "ModelResult",
    "Popularity",
    "PureSVD",
    "RankError",
    "RecommendError",
    "ShapeError",
    "SliceResult",
    "Split",
    "SplitError",
    "TopN",
    "Tuned",
    "UnknownEventError",
    "UnknownItemError",
    "UnknownModelError",
    "WeightError",
    "auto_config",
    "cold_item_split",
    "evaluate",
    "event_weights",
    "interaction_matrix",
    "metrics",
    "random_split",
    "rejection_mask",
    "require_models",
    "split",
    "time_split",
    "top_n",
    "truncated_svd",
    "tune",
]
