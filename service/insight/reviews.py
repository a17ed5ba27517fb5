"""What reviews say: which aspect of an item, how, and in which words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlp import Analyzer
from nlp.opinions import opinions
from nlp.parsed import parse
from recommend.shrinkage import Rate, beta_rate, shrunk_mean
from service.store import StoredEvent

N_QUOTES = 3


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a review: ``text`` is the review's ``[start:end]`` in code points.

    `polarity` is in [-1, 1].
    """

    event: str
    aspect: str
    text: str
    start: int
    end: int
    polarity: float
    time: float


@dataclass(frozen=True, slots=True)
class AspectReport:
    """One aspect over all reviews.

    Attributes
    ----------
    count, positive, negative : int
        Reviews that judge it, a review counted once.
    polarity : float
        Mean over reviews, pulled to 0, in [-1, 1].
    complaints : Rate
        Share of negative judgements, with its interval (Jeffreys).
    praise, blame : tuples of Quote
        The clearest of each side, at most three.
    """

    name: str
    count: int
    positive: int
    negative: int
    polarity: float
    complaints: Rate
    praise: tuple[Quote, ...]
    blame: tuple[Quote, ...]


def quotes(reviews: Sequence[StoredEvent], analyzer: Analyzer) -> list[Quote]:
    """Every judgement of an aspect in these reviews; what has no words says nothing."""
    said = [review for review in reviews if review.text]
    parsed = [(parse(review.text or "", analyzer.engine), None) for review in said]
    judged = opinions(parsed, analyzer.sentiment, analyzer.aspects)
    return [
        Quote(review.id, a.name, a.text, a.start, a.end, 2 * a.polarity - 1, review.time)
        for review, (_, aspects) in zip(said, judged, strict=True)
        for a in aspects
    ]


def by_aspect(found: Iterable[Quote]) -> tuple[AspectReport, ...]:
    """Aspects by falling number of reviews."""
    groups: dict[str, list[Quote]] = {}
    for quote in found:
        groups.setdefault(quote.aspect, []).append(quote)
    reports = [_report(name, group) for name, group in groups.items()]
    return tuple(sorted(reports, key=lambda r: (-r.count, r.name)))


def _report(name: str, group: list[Quote]) -> AspectReport:
    by_review: dict[str, list[float]] = {}
    for quote in group:
        by_review.setdefault(quote.event, []).append(quote.polarity)
    means = [sum(p) / len(p) for p in by_review.values()]
    positive, negative = (sum(sign * m > 0 for m in means) for sign in (1, -1))
    quoted: dict[str, Quote] = {}
    for quote in sorted(group, key=lambda q: (-abs(q.polarity), -q.time, q.event, q.start)):
        quoted.setdefault(quote.text, quote)  # who said it again tells a reader nothing new
    return AspectReport(
        name=name,
        count=len(means),
        positive=positive,
        negative=negative,
        polarity=shrunk_mean(sum(means), len(means), 0.0),
        complaints=beta_rate(negative, len(means)),
        praise=tuple(q for q in quoted.values() if q.polarity > 0)[:N_QUOTES],
        blame=tuple(q for q in quoted.values() if q.polarity < 0)[:N_QUOTES],
    )
