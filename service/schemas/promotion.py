"""Shapes of promotion: channels with their rates, timing, and whom to address."""

from typing import Annotated, Literal

from pydantic import Field

from service.schemas.base import Out
from service.schemas.insight import ClockQuery, SegmentOut, Share
from service.schemas.report import RateOut


class PromotionQuery(ClockQuery):
    """By which clock, and whom to address."""

    share: Annotated[
        float, Field(gt=0, le=0.5, description="size of the audience, as a share of all users")
    ] = 0.1


class ChannelOut(Out):
    """One channel of an item."""

    channel: str = Field(description="home, channel, social, forum, kol or other")
    name: str = Field(
        description="in the language asked for: 首页, 专属频道, 社交媒体, 论坛, KOL, 其他"
    )
    reached: int | None = Field(None, description="people, rounded; absent if too few")
    brought: int | None = Field(None, description="those of them who took it, credited here")
    rate: RateOut | None = Field(
        None, description="brought of reached, shrunk to `usual`; absent if too few were reached"
    )
    usual: Share = Field(description="mean rate of this channel in the whole catalogue")
    verdict: Literal["better", "worse", "unclear", "not_enough"] = Field(
        description="the interval of `rate` beside `overall`: above it, below it, or around it; "
        "`not_enough` people were reached"
    )


class TimingOut(Out):
    """When people take it."""

    n: int = Field(description="people, rounded")
    best_hours: list[int] = Field(description="the up to three hours of most takings")
    hours: list[Share] = Field(description="share of each hour from 0 to 23")
    parts: dict[str, Share]
    weekend: Share = Field(description="share on Saturday and Sunday")


class PromotionOut(Out):
    """发布与推广: where, when and to whom."""

    item: str
    timezone: str
    floor: int
    overall: RateOut = Field(
        description="of the channels that are shown, together; shrunk to the rate of all channels "
        "in the whole catalogue"
    )
    channels: list[ChannelOut] = Field(description="the surest first")
    timing: TimingOut | None = Field(None, description="absent for too few people")
    segments: list[SegmentOut] = Field(description="of the audience")
    segments_reason: str | None = Field(None, description="why there is no segment")
    short_reason: str | None = None
