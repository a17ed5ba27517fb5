"""What is asked of a list, and the list: values between the routes and the model in service."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from recommend import Policy
from service.filters import Filter
from service.playing import Situation
from service.reasons import Because
from service.scoring import Source
from service.shortage import Shortage
from service.store.events import Log


@dataclass(frozen=True, slots=True)
class Wish:
    """What a list must be like; see the query of ``GET …/recommendations``."""

    n: int = 10
    kinds: Sequence[str] = ()
    attributes: Sequence[Filter] = ()
    exclude: Sequence[str] = ()
    exclude_seen: bool = True
    explain: bool = False
    diversity: float = 0.0
    explore: float = 0.0
    seed: int | None = None
    situation: Situation | None = None

    @property
    def policy(self) -> Policy:
        """How the list is made of scores."""
        return Policy(self.n, self.diversity, self.explore)

    @property
    def is_plain(self) -> bool:
        """Whether nothing but filters is asked for: no reasons, variety, draw or situation."""
        more = self.explain or self.diversity or self.explore or self.situation is not None
        return self.exclude_seen and not more


class Pick(NamedTuple):
    """An item of a list; `propensity` is the chance it had to be there.

    There are ten of them in every answer: a tuple is made in a fifth of the time.
    """

    id: str
    title: str
    score: float
    source: Source
    reasons: tuple[Because, ...] = ()
    propensity: float = 1.0
    explored: bool = False


@dataclass(frozen=True, slots=True)
class Picks:
    """A ranked list, the model that made it, why it is shorter than asked for, and its seed.

    `unknown_lengths` are items of it that do not say how long a sitting takes, where that was
    asked: they may not fit. `log` holds the events it was made from, ``None`` where a list made
    ahead was taken.
    """

    model: str | None
    items: tuple[Pick, ...]
    shortage: Shortage | None = None
    seed: int | None = None
    unknown_lengths: tuple[str, ...] | None = None
    log: Log | None = None
