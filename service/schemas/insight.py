"""Shapes of portraits: traits with a share, a confidence and the events they rest on."""

from typing import Annotated, Any, Literal

from pydantic import Field

from service.fields import WHOLE
from service.schemas.base import In, Out

#: ``+08:00``; a plus sign that was not encoded in a URL arrives as a space
UtcOffset = Annotated[
    str,
    Field(
        pattern=r"^[+ -](0[0-9]|1[0-4]):[0-5][0-9]$",
        description="clock by which hours are told, such as `+08:00` (encode the + as %2B); "
        "the zone of the settings if left out",
    ),
]

Share = Annotated[float, Field(ge=0, le=1)]


class ClockQuery(In):
    """By which clock."""

    utc_offset: UtcOffset | None = None


class ProfileQuery(ClockQuery):
    """By which clock, and whether with the row of features."""

    features: bool = False


class TraitOut(Out):
    """A share of what a person does, shrunk to what is usual."""

    name: str
    label: str = Field(description="the name in the language asked for")
    share: Share
    usual: Share
    confidence: Share = Field(description="n / (n + 5) with n pieces of evidence")
    evidence: list[str] = Field(description="ids of the events that weigh most, at most five")


class MeasureOut(Out):
    """A mean, shrunk to what is usual."""

    value: float
    usual: float
    confidence: Share
    evidence: list[str]


class ProfileOut(Out):
    """用户画像: a portrait of a user. What has no evidence is empty or absent."""

    user: str
    timezone: str
    n_events: int = Field(description="events looked at, at most the newest 5,000")
    n_items: int = Field(description="items taken, that are still in the catalogue")
    attributes: dict[str, Any] = Field(description="what the platform said of the user")
    interests: list[TraitOut] = Field(description="topics taken more than usual")
    short_reason: str | None = Field(None, description="why there are no interests")
    level: MeasureOut | None = Field(None, description="1 to 5, of what was managed")
    level_name: str | None = None
    level_label: str | None = Field(None, description="its name in the language asked for")
    mastery: MeasureOut | None = Field(None, description="mean score of exercises, 0 to 1")
    minutes: MeasureOut | None = Field(None, description="length of the items taken")
    kinds: list[TraitOut]
    forms: list[TraitOut] = Field(description="by the attribute `form` of the items taken")
    lengths: list[TraitOut] = Field(description="短 below 30 minutes, 中 below 180, 长")
    parts: list[TraitOut] = Field(
        description="清晨 from 5, 上午 8, 下午 12, 晚间 18, 深夜 23 o'clock"
    )
    hours: list[Share] = Field(description="share of each hour from 0 to 23, or empty")
    hours_confidence: Share = Field(
        description="n / (n + 5) with n events; they are those that `parts` rests on"
    )
    weekend: TraitOut | None = None
    devices: list[TraitOut]
    regions: list[TraitOut]
    sentiment: MeasureOut | None = Field(None, description="of their reviews, -1 to 1")
    features: dict[str, Share] | None = Field(
        None, description="the portrait as named values in [0, 1], if asked for"
    )


class AudienceQuery(ClockQuery):
    """How many of the users to name, and how large an audience."""

    n: Annotated[int, Field(ge=0, le=1000, description="user ids to name"), WHOLE] = 20
    share: Annotated[
        float, Field(gt=0, le=0.5, description="size of the audience, as a share of all users")
    ] = 0.1


class LiftOut(Out):
    """How much denser takers are in the best `share` of users than among all."""

    share: Share
    lift: float = Field(description="1 is chance; pulled to 1 by a prior worth four takers")
    low: float = Field(description="lower end of the 95 % interval")
    high: float
    takers: int = Field(description="rounded, as `reached` is")
    reached: int = Field(description="takers in the best `share`")


class SegmentOut(Out):
    """A group that the audience surely has more of than all users; groups overlap."""

    name: str = Field(description="topic · level · part of the day, or an attribute")
    label: str = Field(description="the name in the language asked for")
    by: Literal["profile", "attribute"]
    size: int = Field(
        description="people whom the name fits, rounded to multiples of the floor; never smaller "
        "for a larger audience"
    )
    share: Share = Field(description="of the audience")
    usual: Share = Field(description="of all users")
    lift: float = Field(description="share over usual, pulled to 1, to tenths")
    low: float = Field(description="lower end of the 95 % interval of chance and rounding, above 1")
    high: float


class CandidateOut(Out):
    """A user who should see the item."""

    id: str
    score: float


class AudienceOut(Out):
    """受众: who should see an item. Groups that are too small are left out."""

    item: str
    model: str | None = None
    timezone: str
    floor: int = Field(description="numbers of people are rounded to multiples of it")
    share: Share
    n_users: int = Field(description="users with an event, rounded")
    n_takers: int | None = Field(None, description="who took it, rounded; absent if too few")
    size: int | None = Field(None, description="people of the audience, rounded; absent if few")
    measured: Literal["held_out", "in_sample"] | None = Field(
        None,
        description="`held_out`: on people who took it after the model was fitted; `in_sample`: on "
        "all who took it, which flatters",
    )
    lifts: list[LiftOut]
    segments: list[SegmentOut]
    segments_reason: str | None = Field(None, description="why there is no segment")
    users: list[CandidateOut]
    short_reason: str | None = None
