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
from recommend.blockwise import top_n_blockwise
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
from recommend.evaluate import evaluate, require_models
from recommend.events import EVENT_WEIGHTS, EventKind, EventTable, event_weights
from recommend.explain import Explanation
from recommend.hybrid import HybridSVD
from recommend.ids import IdMap
from recommend.interactions import interaction_matrix, rejection_mask
from recommend.mastery import MASTERED, Mastery, MasteryModel, estimate_mastery, surmised
from recommend.order import OrderConfig, Pairs, count_pairs, earliness, order_edges
from recommend.path_values import Budget, Path, Situation, Step
from recommend.paths import plan
from recommend.policy import Policy, Ranking, rank
from recommend.prerequisites import (
    HOLDS,
    Cycle,
    Edges,
    PrerequisiteGraph,
    Source,
    known_before,
    sources_of,
)
from recommend.ranking import TopN, top_n
from recommend.replay import Replay, snips
from recommend.results import Evaluation, ModelResult, SliceResult
from recommend.screening import Screen
from recommend.search import Tuned
from recommend.segments import Segments
from recommend.split import Split, cold_item_split, random_split, time_split
from recommend.svd import SVD, truncated_svd
from recommend.tuning import MODELS, RIVALS, tune
from recommend.tuning_hybrid import auto_config

__all__ = [
    "EASE",
    "EVENT_WEIGHTS",
    "HOLDS",
    "MASTERED",
    "MODELS",
    "RIVALS",
    "SVD",
    "Budget",
    "ConfigError",
    "Content",
    "ContentKNN",
    "Cycle",
    "DuplicateIdError",
    "Edges",
    "Evaluation",
    "EventKind",
    "EventTable",
    "Explanation",
    "FittedModel",
    "HybridConfig",
    "HybridSVD",
    "IdMap",
    "ItemKNN",
    "Mastery",
    "MasteryModel",
    "MissingRivalError",
    "Model",
    "ModelFormatError",
    "ModelResult",
    "OrderConfig",
    "Pairs",
    "Path",
    "Policy",
    "Popularity",
    "PrerequisiteGraph",
    "PureSVD",
    "RankError",
    "Ranking",
    "RecommendError",
    "Replay",
    "Screen",
    "Segments",
    "ShapeError",
    "Situation",
    "SliceResult",
    "Source",
    "Split",
    "SplitError",
    "Step",
    "TopN",
    "Tuned",
    "UnknownEventError",
    "UnknownItemError",
    "UnknownModelError",
    "WeightError",
    "auto_config",
    "cold_item_split",
    "count_pairs",
    "earliness",
    "estimate_mastery",
    "evaluate",
    "event_weights",
    "interaction_matrix",
    "known_before",
    "metrics",
    "order_edges",
    "plan",
    "random_split",
    "rank",
    "rejection_mask",
    "require_models",
    "snips",
    "sources_of",
    "split",
    "surmised",
    "time_split",
    "top_n",
    "top_n_blockwise",
    "truncated_svd",
    "tune",
]
