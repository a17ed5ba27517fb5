"""What creators should know of an item: opinions, their trend, and where people leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import orjson

from nlp import Analyzer
from recommend.shrinkage import QualityScale, Rate, shrunk_mean
from service import messages
from service.insight.disclosure import Disclosure
from service.insight.marks import Marks, Month, Trend, Voices
from service.insight.reviews import AspectReport, Quote, by_aspect, quotes
from service.messages import Message, Remark
from service.store import StoredEvent

#: event types a report looks at; newest events looked at; newest reviews read
TYPES = ("review", "rate", "play", "complete", "skip", "abandon", "refund")
N_EVENTS, N_REVIEWS = 100_000, 300

#: played share from which an item counts as finished
_FINISHED = 0.95
_STEPS = 10


@dataclass(frozen=True, slots=True)
class Completion:
    """How far people get; numbers of people are rounded by `service.insight.disclosure`.

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
    text: Remark
    evidence: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything creators are told of an item.

    Attributes
    ----------
    n_reviews, n_read, n_ratings : int
        Reviews, those whose words were read (the newest), and people who rated, rounded.
    polarity : float or None
        Mean of the marks of `service.insight.marks`, pulled to 0, in [-1, 1].
    quality : float or None
        Shrunk mean mark beside the usual of the catalogue, one voice a person; ``None`` without
        any, or if marks are too few to tell items apart.
    completion : Completion or None
        ``None`` for too few people.
    short_reason : Remark or None
        Why there is no polarity.
    """

    n_reviews: int
    n_read: int
    n_ratings: int
    polarity: float | None
    quality: float | None
    aspects: tuple[AspectReport, ...]
    months: tuple[Month, ...]
    trend: Trend | None
    completion: Completion | None
    changes: tuple[Change, ...]
    short_reason: Remark | None


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
    disclosure: Disclosure,
    scale: QualityScale,
    n_reviews: int = N_REVIEWS,
) -> Report:
    """The report of one item from its events, in the order of time.

    Parameters
    ----------
    zone : tzinfo
        By whose months.
    scale : QualityScale
        Of all items.
    n_reviews : int
        Newest reviews that are read.
    """
    reviews = [e for e in events if e.type == "review"]
    marks = Marks.of(events, disclosure)
    voices = marks.voices()
    read = [e for e in reviews if e.text][-n_reviews:] if n_reviews else []
    aspects = by_aspect(quotes(read, analyzer))
    done = completion(events, disclosure)
    return Report(
        n_reviews=len(reviews),
        n_read=len(read),
        n_ratings=disclosure.told(len({e.user for e in events if e.type == "rate"})),
        polarity=shrunk_mean(voices.total, voices.n, 0.0) if voices.n else None,
        quality=_quality(scale, voices),
        aspects=aspects,
        months=marks.months(zone),
        trend=marks.trend(),
        completion=done,
        changes=changes(aspects, done),
        short_reason=None if voices.n else Remark(messages.FEW_MARKS, {"floor": disclosure.floor}),
    )


def changes(aspects: Sequence[AspectReport], done: Completion | None) -> tuple[Change, ...]:
    """What to change, the surest first: complaints that are many and surely a good share."""
    rules = _rules()
    found = [
        (a.complaints.low, Change(a.name, Remark(Message(**rules["aspects"][a.name])), a.blame))
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
        ordered.append(Change("drop_off", Remark(Message(**rules["drop_off"]), facts)))
    return tuple(ordered)


def completion(events: Sequence[StoredEvent], disclosure: Disclosure) -> Completion | None:
    """How far those who played it got; ``None`` for too few people."""
    reached: dict[str, float] = {}
    for event in events:
        if event.type == "play":
            reached[event.user] = max(reached.get(event.user, 0.0), event.value or 0.0)
        elif event.type == "complete":
            reached[event.user] = 1.0
    starters = disclosure.shown(len(reached))
    if starters is None:
        return None
    far = np.array(list(reached.values()))
    # 0.3 reaches the third step, whatever its last bit
    steps = np.arange(1, _STEPS + 1) / _STEPS - 1e-9
    staying = [disclosure.told(int((far >= step).sum())) / starters for step in steps]
    finished = disclosure.rate(disclosure.told(int((far >= _FINISHED).sum())), starters)
    return Completion(starters, finished, tuple(staying))


def _quality(scale: QualityScale, voices: Voices) -> float | None:
    """Quality by what may be told of the item, on a scale of two digits."""
    if not voices.n or scale.usual != scale.usual:
        return None
    coarse = QualityScale(round(scale.usual, 2), float(f"{scale.evidence:.1e}"))
    return float(coarse.quality(voices.total, voices.n))
