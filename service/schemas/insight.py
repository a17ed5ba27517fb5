"""Shapes of portraits: traits with a share, a confidence and the events they rest on."""

from typing import Annotated, Any

from pydantic import Field

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
    level: MeasureOut | None = Field(None, description="1 to 5, of what was managed")
    level_name: str | None = None
    mastery: MeasureOut | None = Field(None, description="mean score of exercises, 0 to 1")
    minutes: MeasureOut | None = Field(None, description="length of the items taken")
    kinds: list[TraitOut]
    lengths: list[TraitOut] = Field(description="短 below 30 minutes, 中 below 180, 长")
    parts: list[TraitOut] = Field(
        description="清晨 from 5, 上午 8, 下午 12, 晚间 18, 深夜 23 o'clock"
    )
    hours: list[Share] = Field(description="share of each hour from 0 to 23, or empty")
    weekend: TraitOut | None = None
    devices: list[TraitOut]
    regions: list[TraitOut]
    sentiment: MeasureOut | None = Field(None, description="of their reviews, -1 to 1")
    features: dict[str, Share] | None = Field(
        None, description="the portrait as named values in [0, 1], if asked for"
    )
