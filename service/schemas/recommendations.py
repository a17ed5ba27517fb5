"""Shapes of lists: what is wanted, what is recommended, and why."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from service.fields import WHOLE, Attributes, Id, Kind, refusal
from service.schemas.base import AttributeFilter, In, Out

Seen = Literal["exclude", "allow"]


class Reason(Out):
    """One addend of a score. The contributions of an item's reasons sum to its score."""

    kind: Literal["history", "other_history", "popularity", "segment", "context", "quality"]
    contribution: float
    item: str | None = None
    title: str | None = None
    attribute: str | None = Field(
        None, description="name of the attribute of the user; or device, region, channel, part"
    )
    value: str | None = Field(None, description="of that circumstance, such as phone or 晚间")
    trait: str | None = Field(
        None,
        description="what of the item it favours or not, as kind:film, length:短, topic:教育; "
        "absent where none of these tells it alone",
    )
    behaviour: float | None = Field(None, description="part learned from what others did")
    content: float | None = Field(None, description="part from what the texts say")
    text: str = Field(description="the reason as a sentence")


class Recommended(Out):
    """One item of a list; `rank` is 1-based, `score` has no unit."""

    id: str
    title: str
    score: float
    rank: int
    source: Literal["hybrid", "content", "segment", "popularity"]
    reasons: list[Reason] | None = None


class Shown(Recommended):
    """An item of a list for somebody, with the chance it had to be in it."""

    propensity: float = Field(
        gt=0, le=1, description="send it back in the context of the impression; 1 if not drawn"
    )
    explored: bool = Field(False, description="drawn among little-known items")
    lacks: list[str] | None = Field(
        None,
        description="with `explain`: prerequisites neither mastered nor earlier in this list",
    )


class RecommendationsOut(Out):
    """A ranked list and what made it."""

    model: str | None = Field(None, description="model version; absent before the first fit")
    recommendation_id: str
    seed: int | None = Field(None, description="of the draw; ask with it for the same list")
    items: list[Shown]
    short_reason: str | None = Field(None, description="why there are fewer items than asked for")
    prerequisite_violations: float | None = Field(
        None, description="with `explain`: share of the items here that lack something they need"
    )
    unknown_lengths: list[str] | None = Field(
        None,
        description="where `minutes` was asked: items that do not say how long a sitting takes",
    )


Said = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class Wanted(In):
    """What a list must be like, and in which circumstances it is asked for."""

    n: Annotated[int, Field(ge=1, le=1000), WHOLE] = 10
    kind: list[Kind] = Field([], description="only these kinds")
    attribute: list[AttributeFilter] = Field(
        [],
        description="only items with `level:1|2`, `price<=99`, `tag!=x`; several must all hold",
    )
    exclude: list[Id] = Field([], description="never these items")
    seen: Seen = "exclude"
    explain: bool = False
    diversity: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="0 is the plain order, 1 looks for nothing but difference"
    )
    explore: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="share of the places that are drawn among little-known items"
    )
    seed: Annotated[int, Field(ge=0, lt=2**32), WHOLE] | None = Field(
        None, description="of the draw; left out, each list draws anew"
    )
    device: Said | None = Field(None, description="as events say it in `context.device`")
    region: Said | None = Field(None, description="as events say it in `context.region`")
    referrer: Said | None = Field(None, description="from where the person came: URL or path")
    hour: Annotated[int, Field(ge=0, le=23, description="on the person's clock"), WHOLE] | None = (
        None
    )
    now: bool = Field(False, description="the hour is now's, on the clock of ZHIYING_TIMEZONE")
    minutes: Annotated[float, Field(gt=0, le=1e6)] | None = Field(
        None, description="time for one sitting: what is known to take longer is left out"
    )

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        if self.now and self.hour is not None:
            raise refusal("hour_or_now")
        return self


class RecommendQuery(Wanted):
    """What to recommend."""

    repeats = True


class SessionEvent(In):
    """Something an anonymous visitor did."""

    item: Id
    type: Literal[
        "view",
        "play",
        "complete",
        "favourite",
        "share",
        "cart",
        "purchase",
        "enrol",
        "dislike",
        "skip",
        "abandon",
    ] = "view"
    value: Annotated[float, Field(ge=0, le=1e12)] | None = None


class SessionIn(Wanted):
    """An anonymous session: its events are the row that a user would have."""

    events: Annotated[list[SessionEvent], Field(max_length=1000)] = []
    attributes: Attributes = Field({}, description="what is known of the visitor, as of a user")


class SimilarQuery(In):
    """How many neighbours, and by what."""

    n: Annotated[int, Field(ge=1, le=1000), WHOLE] = 10
    by: Literal["hybrid", "content"] = "hybrid"


class SimilarOut(Out):
    """Neighbours of an item, nearest first."""

    model: str | None = Field(None, description="model version; absent before the first fit")
    items: list[Recommended]
    short_reason: str | None = None
