"""Learning paths: the catalogue as a graph of prerequisites, and one learner's way through it."""

from service.paths.beside import Beside
from service.paths.curriculum import Curriculum
from service.paths.planned import Act, Found, Need, PathWish, Planned, PlannedStep
from service.paths.planner import Planner

__all__ = [
    "Act",
    "Beside",
    "Curriculum",
    "Found",
    "Need",
    "PathWish",
    "Planned",
    "PlannedStep",
    "Planner",
]
