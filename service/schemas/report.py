"""Shapes of reports: aspects with quotes, their course over time, and what to change."""

from typing import Annotated, Literal

from pydantic import Field

from service.fields import WHOLE
from service.schemas.base import Out
from service.schemas.insight import ClockQuery, Share

Polarity = Annotated[float, Field(ge=-1, le=1)]


class ReportQuery(ClockQuery):
    """By whose months, and how much is read."""

    reviews: Annotated[
        int, Field(ge=0, le=2000, description="newest reviews whose words are read"), WHOLE
    ] = 300


class RateOut(Out):
    """A share with its 95 % interval."""

    mean: Share
    low: Share
    high: Share
    successes: float
    trials: float


class QuoteOut(Out):
    """A span of a review: code points `start` to `end` of its text."""

    event: str
    text: str
    start: int
    end: int
    polarity: Polarity


class AspectOut(Out):
    """One aspect over the reviews that were read."""

    name: str
    label: str = Field(description="the name in the language asked for")
    count: int = Field(description="reviews that judge it")
    positive: int
    negative: int
    polarity: Polarity = Field(description="mean, pulled to 0 by five neutral reviews")
    complaints: RateOut = Field(description="share of negative judgements")
    praise: list[QuoteOut] = Field(description="the clearest, at most three")
    blame: list[QuoteOut]


class MonthOut(Out):
    """Marks of a month: of reviews, and of ratings once enough people gave them, rounded."""

    month: str
    n: int
    polarity: Polarity = Field(description="mean, pulled to 0")


class TrendOut(Out):
    """Mean of the later half of the marks minus that of the earlier, with its 95 % interval."""

    direction: Literal["up", "down", "unclear"]
    change: float
    low: float
    high: float


class CompletionOut(Out):
    """How far people get."""

    starters: int = Field(description="people, rounded to multiples of the floor")
    finished: RateOut
    staying: list[Share] = Field(description="share that got to 10 %, 20 %, … 100 %")


class ChangeOut(Out):
    """Something to change, as a sentence in the language asked for."""

    about: str = Field(description="an aspect, or `drop_off`")
    text: str
    evidence: list[QuoteOut]


class ReportOut(Out):
    """What creators should know of an item."""

    item: str
    timezone: str
    n_reviews: int
    n_read: int = Field(description="reviews whose words were read, the newest")
    n_ratings: int = Field(description="people who rated, rounded")
    polarity: Polarity | None = Field(None, description="mean of reviews and ratings, pulled to 0")
    quality: float | None = Field(
        None,
        description="shrunk mean mark beside the usual of the catalogue; absent without evidence",
    )
    aspects: list[AspectOut]
    months: list[MonthOut]
    trend: TrendOut | None = Field(None, description="with eight marks or more")
    completion: CompletionOut | None = Field(None, description="absent for too few people")
    changes: list[ChangeOut]
    short_reason: str | None = Field(None, description="why there is no polarity")
