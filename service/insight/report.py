"""What creators should know of an item: opinions, their trend, and where people leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import orjson

from nlp import Analyzer
from recommend.shrinkage import Rate, beta_rate, shrunk_mean
from service.insight.reviews import AspectReport, Quote, by_aspect, quotes
from service.messages import Message
from service.store import StoredEvent

#: event types a report looks at; newest events looked at; newest reviews read
TYPES = ("review", "rate", "play", "complete", "skip", "abandon", "refund")
N_EVENTS, N_REVIEWS = 100_000, 300

#: played share from which an item counts as finished
_FINISHED = 0.95
_STEPS = 10


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


@dataclass(frozen=True, slots=True)
class Completion:
    """How far people get.

    Attributes
    ----------
    starters : int
        People who played any of it.
    finished : Rate
        Share of them who finished.
    staying : tuple of float
        Share of starters that got to 10 %, 20 %, … 100 % of the item.
    """

    starters: int
    finished: Rate
    staying: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Something to change, and the quotes it rests on (none for what plays show)."""

    about: str
    message: Message
    facts: dict[str, float]
    evidence: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything creators are told of an item.

    Attributes
    ----------
    n_reviews, n_read, n_ratings : int
        Reviews, those whose words were read (the newest), and ratings.
    polarity : float or None
        Mean of all marks, pulled to 0, in [-1, 1].
    quality : float
        Shrunk mean mark beside the usual of the catalogue, one voice a person.
    completion : Completion or None
        ``None`` below the floor.
    """

    n_reviews: int
    n_read: int
    n_ratings: int
    polarity: float | None
    quality: float
    aspects: tuple[AspectReport, ...]
    months: tuple[Month, ...]
    trend: Trend | None
    completion: Completion | None
    changes: tuple[Change, ...]


@cache
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = orjson.loads(
        files("service.insight").joinpath("advice.json").read_bytes()
    )
    return rules


def report(
    events: Sequence[StoredEvent],
    analyzer: Analyzer,
    *,
    zone: tzinfo,
    floor: int,
    quality: float,
    n_reviews: int = N_REVIEWS,
) -> Report:
    """The report of one item from its events, in the order of time.

    Parameters
    ----------
    zone : tzinfo
        By whose months.
    floor : int
        Fewer people than this show no completion.
    quality : float
        See `Report`.
    n_reviews : int
        Newest reviews that are read.
    """
    reviews = [e for e in events if e.type == "review"]
    marks = [
        (e.time, e.value) for e in events if e.type in ("review", "rate") and e.value is not None
    ]
    read = [e for e in reviews if e.text][-n_reviews:] if n_reviews else []
    aspects = by_aspect(quotes(read, analyzer))
    done = completion(events, floor)
    return Report(
        n_reviews=len(reviews),
        n_read=len(read),
        n_ratings=sum(e.type == "rate" for e in events),
        polarity=shrunk_mean(sum(v for _, v in marks), len(marks), 0.0) if marks else None,
        quality=quality,
        aspects=aspects,
        months=_months(marks, zone),
        trend=trend([v for _, v in marks]),
        completion=done,
        changes=changes(aspects, done),
    )


def changes(aspects: Sequence[AspectReport], done: Completion | None) -> tuple[Change, ...]:
    """What to change, the surest first: complaints that are many and surely a good share."""
    rules = _rules()
    found = [
        (a.complaints.low, Change(a.name, Message(**rules["aspects"][a.name]), {}, a.blame))
        for a in aspects
        if a.negative >= rules["least"]
        and a.complaints.low >= rules["share"]
        and a.name in rules["aspects"]
    ]
    ordered = [change for _, change in sorted(found, key=lambda f: (-f[0], f[1].about))]
    if done is not None and done.finished.high < 0.5:
        staying = np.array([1.0, *done.staying])
        step = int(np.argmax(staying[:-1] - staying[1:]))
        facts = {"start": step / _STEPS, "end": (step + 1) / _STEPS}
        ordered.append(Change("drop_off", Message(**rules["drop_off"]), facts))
    return tuple(ordered)


def completion(events: Sequence[StoredEvent], floor: int) -> Completion | None:
    """How far those who played it got; ``None`` for fewer people than `floor`."""
    reached: dict[str, float] = {}
    for event in events:
        if event.type == "play":
            reached[event.user] = max(reached.get(event.user, 0.0), event.value or 0.0)
        elif event.type == "complete":
            reached[event.user] = 1.0
    if len(reached) < max(floor, 1):
        return None
    far = np.array(list(reached.values()))
    steps = np.arange(1, _STEPS + 1) / _STEPS
    finished = beta_rate(int((far >= _FINISHED).sum()), len(far))
    # 0.3 reaches the third step, whatever its last bit
    staying = (far[:, None] >= steps - 1e-9).mean(axis=0)
    return Completion(len(far), finished, tuple(staying.tolist()))


def trend(marks: Sequence[float]) -> Trend | None:
    """Change between the halves of marks in the order of time; ``None`` for fewer than eight."""
    if len(marks) < 8:
        return None
    early, late = np.array(marks[: len(marks) // 2]), np.array(marks[len(marks) // 2 :])
    change = float(late.mean() - early.mean())
    # as if one more mark had been half a unit off: equal marks are not yet certain
    spread = sum((half.var() + 0.25 / len(half)) / len(half) for half in (early, late))
    error = 1.96 * float(np.sqrt(spread))
    return Trend(change, change - error, change + error)


def _months(marks: Sequence[tuple[float, float]], zone: tzinfo) -> tuple[Month, ...]:
    groups: dict[str, list[float]] = {}
    for time, value in marks:
        groups.setdefault(datetime.fromtimestamp(time, zone).strftime("%Y-%m"), []).append(value)
    return tuple(
        Month(month, len(values), shrunk_mean(sum(values), len(values), 0.0))
        for month, values in sorted(groups.items())
    )
