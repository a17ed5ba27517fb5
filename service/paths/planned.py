"""What is asked of the planner, and what it answers, in external ids."""

from collections.abc import Sequence
from dataclasses import dataclass

from recommend import Budget, Path, Step
from recommend.prerequisites import SourceName
from service.catalogue import Catalogue, Entry
from service.paths.beside import Beside
from service.paths.goals import Goal


@dataclass(frozen=True, slots=True)
class PathWish:
    """What is asked for; see the body of ``POST …/path``."""

    goals: tuple[str, ...]
    budget: Budget
    kinds: Sequence[str] = ()
    is_list: bool = True


@dataclass(frozen=True, slots=True)
class Need:
    """Why a step is there: it is a prerequisite of another step."""

    of: str
    confidence: float
    sources: tuple[SourceName, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """An event that mastery rests on."""

    item: str
    type: str
    value: float | None
    time: float


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of a path with what is known of its item and its learner.

    `beside` says why a step that nothing needs is there, and is ``None`` of others; `is_liked`,
    whether the learner's history says that it is to their taste.
    """

    item: str
    plan: Step
    needs: tuple[Need, ...]
    mastery: float
    taste: float
    is_estimated: bool
    beside: Beside | None
    is_liked: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An item that needs no step: it is mastered, by these events, perhaps of a harder item."""

    item: str
    mastery: float
    through: str | None
    events: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class NamedCycle:
    """See :class:`recommend.Cycle`."""

    items: tuple[str, ...]
    confidence: float


@dataclass(frozen=True)
class Planned:
    """A path with external ids."""

    catalogue: Catalogue
    goals: tuple[Goal, ...]
    path: Path
    steps: tuple[PlannedStep, ...]
    mastered: tuple[Found, ...]
    missing: tuple[str, ...]
    beyond: tuple[str, ...]
    cycles: tuple[NamedCycle, ...]
    unknown: tuple[tuple[str, str], ...]

    def title(self, item: str) -> str:
        """Title of an item, empty if it is no more."""
        entry = self._entry(item)
        return "" if entry is None else entry.title

    def kind(self, item: str) -> str:
        """Kind of an item, empty if it is no more."""
        entry = self._entry(item)
        return "" if entry is None else entry.kind

    def _entry(self, item: str) -> Entry | None:
        row = self.catalogue.ids.row(item)
        return None if row is None else self.catalogue.entries.get(row)
