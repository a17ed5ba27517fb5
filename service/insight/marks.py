"""Marks of an item: of reviews, which are there to be read, as they are; of ratings, rounded.

One voice a person: their latest review, else their latest rating. Ratings join reviews once
enough people gave them (`service.insight.disclosure`): how many, and their mean, are numbers that
were rounded.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np

from recommend.shrinkage import shrunk_mean
from service.insight.disclosure import Disclosure
from service.store import StoredEvent

#: marks from which a trend is told
LEAST_MARKS = 8

#: when and how somebody judged
Mark = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Voices:
    """Number, sum and sum of squares of marks, and the variance of the error of the sum."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    noise: float = 0.0

    def __add__(self, other: "Voices") -> "Voices":
        return Voices(
            self.n + other.n,
            self.total + other.total,
            self.squares + other.squares,
            self.noise + other.noise,
        )

    @property
    def mean(self) -> float:
        """Their mean; there must be one."""
        return self.total / self.n

    @property
    def error(self) -> float:
        """Variance of the mean, as if one more mark had been half a unit off."""
        spread = max(self.squares / self.n - self.mean**2, 0.0) + 0.25 / self.n
        return spread / self.n + self.noise / self.n**2

    @classmethod
    def read(cls, marks: Sequence[Mark]) -> "Voices":
        """Of reviews, exactly."""
        values = np.array([value for _, value in marks])
        return cls(len(marks), float(values.sum()), float((values**2).sum()))

    @classmethod
    def rounded(cls, marks: Sequence[Mark], disclosure: Disclosure) -> "Voices":
        """Of ratings, rounded; none if too few. Their spread is the largest with that mean."""
        n = disclosure.shown(len(marks))
        if n is None:
            return cls()
        # a mark in [-1, 1] as a number in [0, 1] of a person
        praise = disclosure.told(sum((value + 1) / 2 for _, value in marks))
        mean = 2 * praise / n - 1
        return cls(n, n * mean, float(n), 4 * disclosure.noise * (1 + (praise / n) ** 2))


@dataclass(frozen=True, slots=True)
class Month:
    """Marks of a month: their number, and their mean polarity in [-1, 1], pulled to 0."""

    month: str
    n: int
    polarity: float


@dataclass(frozen=True, slots=True)
class Trend:
    """Whether marks rise or fall: mean of the later half minus that of the earlier, 95 %."""

    change: float
    low: float
    high: float

    @property
    def direction(self) -> str:
        """``up`` or ``down`` if the interval leaves 0 out, else ``unclear``."""
        return "up" if self.low > 0 else "down" if self.high < 0 else "unclear"


@dataclass(frozen=True)
class Marks:
    """The marks of one item, in the order of time."""

    reviews: Sequence[Mark]
    ratings: Sequence[Mark]
    disclosure: Disclosure

    @classmethod
    def of(cls, events: Iterable[StoredEvent], disclosure: Disclosure) -> "Marks":
        """Marks of events in the order of time."""
        latest: dict[str, dict[str, Mark]] = {"review": {}, "rate": {}}
        for event in events:
            if event.type in latest and event.value is not None:
                latest[event.type][event.user] = (event.time, event.value)
        reviews, rated = latest["review"], latest["rate"]
        ratings = [mark for user, mark in rated.items() if user not in reviews]
        return cls(sorted(reviews.values()), sorted(ratings), disclosure)

    def voices(self, of: Callable[[float], bool] = lambda _: True) -> Voices:
        """All voices, or those of the moments that are asked for."""
        return Voices.read([m for m in self.reviews if of(m[0])]) + Voices.rounded(
            [m for m in self.ratings if of(m[0])], self.disclosure
        )

    def months(self, zone: tzinfo) -> tuple[Month, ...]:
        """Voices by month, on that clock; months of which nothing may be told are left out."""
        reviews, ratings = _by_month(self.reviews, zone), _by_month(self.ratings, zone)
        found = {
            name: Voices.read(reviews.get(name, ()))
            + Voices.rounded(ratings.get(name, ()), self.disclosure)
            for name in sorted({*reviews, *ratings})
        }
        return tuple(
            Month(name, v.n, shrunk_mean(v.total, v.n, 0.0)) for name, v in found.items() if v.n
        )

    def trend(self) -> Trend | None:
        """Change between the halves before and after the middle review, or, of few reviews, rating.

        ``None`` for fewer than eight.
        """
        if len(self.reviews) >= LEAST_MARKS:
            middle = self.reviews[len(self.reviews) // 2][0]
            early, late = self.voices(lambda t: t < middle), self.voices(lambda t: t >= middle)
        else:  # reviews would show between which ratings the middle is
            half = len(self.ratings) // 2
            early = Voices.rounded(self.ratings[:half], self.disclosure)
            late = Voices.rounded(self.ratings[half:], self.disclosure)
        if not (early.n and late.n):
            return None
        change, error = late.mean - early.mean, 1.96 * float(np.sqrt(early.error + late.error))
        return Trend(change, change - error, change + error)


def _by_month(marks: Sequence[Mark], zone: tzinfo) -> dict[str, list[Mark]]:
    groups: dict[str, list[Mark]] = {}
    for mark in marks:
        month = datetime.fromtimestamp(mark[0], zone).strftime("%Y-%m")
        groups.setdefault(month, []).append(mark)
    return groups
