"""What the data say of people, items and channels."""

from service.context import clock
from service.errors import asked_language
from service.insight.audience import Asked, Audience
from service.insight.channels import channels
from service.insight.facts import level_name
from service.insight.profile import Profile
from service.insight.promotion import Channel, Promotion
from service.insight.report import Report
from service.insight.rows import profile_features
from service.messages import Language
from service.openapi import Api, Example
from service.schemas.insight import (
    AudienceOut,
    AudienceQuery,
    CandidateOut,
    LiftOut,
    ProfileOut,
    ProfileQuery,
    SegmentOut,
)
from service.schemas.promotion import PromotionOut, PromotionQuery
from service.schemas.report import ReportOut, ReportQuery
from service.services import services

WHO = {"user_id": "学员001"}
WHAT = {"item_id": "course-edu-001"}


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "GET",
        "/v1/users/<id:user_id>/profile",
        tag="insight",
        query=ProfileQuery,
        answers={200: ProfileOut},
        example=Example(path=WHO, query={"features": True}),
    )
    def profile(user_id: str, query: ProfileQuery) -> ProfileOut:
        """用户画像: interests, level, form, hours, devices and regions of a user.

        Each part says how sure it is and which events it rests on. It is computed from the
        events stored at this moment: whoever is erased is in no later answer.
        """
        zone = clock(query.utc_offset, services().settings.timezone)
        found = services().insight.profile(user_id, zone)
        return profile_out(found, str(zone), features=query.features)

    @api.route(
        "GET",
        "/v1/items/<id:item_id>/audience",
        tag="insight",
        query=AudienceQuery,
        answers={200: AudienceOut},
        example=Example(path=WHAT, query={"n": 5, "share": 0.4}),
    )
    def audience(item_id: str, query: AudienceQuery) -> AudienceOut:
        """受众: who should see an item, how much better than chance that is, and who they are.

        All users are ranked by the factors that make lists, those who took the item left out.
        An item posted a moment ago has an audience by its text. Groups of fewer people than
        `ZHIYING_PRIVACY_FLOOR` are not shown.
        """
        settings = services().settings
        zone = clock(query.utc_offset, settings.timezone)
        asked = Asked(query.n, query.share, settings.privacy_floor, zone)
        return audience_out(item_id, services().insight.audience(item_id, asked), str(zone))

    @api.route(
        "GET",
        "/v1/items/<id:item_id>/report",
        tag="insight",
        query=ReportQuery,
        answers={200: ReportOut},
        example=Example(path=WHAT),
    )
    def report(item_id: str, query: ReportQuery) -> ReportOut:
        """For creators: aspects with quotes, trend, completion, and what to change.

        Sentences are in the language of `Accept-Language`.
        """
        settings = services().settings
        zone = clock(query.utc_offset, settings.timezone)
        found = services().insight.report(
            item_id, zone=zone, floor=settings.privacy_floor, n_reviews=query.reviews
        )
        return report_out(item_id, found, str(zone), asked_language())

    @api.route(
        "GET",
        "/v1/items/<id:item_id>/promotion",
        tag="insight",
        query=PromotionQuery,
        answers={200: PromotionOut},
        example=Example(path=WHAT),
    )
    def promotion(item_id: str, query: PromotionQuery) -> PromotionOut:
        """发布与推广: which channel brings people to an item, how sure that is, when, and whom.

        Channels are told from `context.referrer` of impressions, views, enrolments and purchases.
        """
        settings = services().settings
        zone = clock(query.utc_offset, settings.timezone)
        asked = Asked(0, query.share, settings.privacy_floor, zone)
        found = services().insight.promotion(item_id, asked)
        return promotion_out(item_id, found, str(zone), asked_language())


def promotion_out(item: str, found: Promotion, timezone: str, language: Language) -> PromotionOut:
    """The plan as it is answered, over HTTP and on the command line."""
    parts = {name: getattr(found, name) for name in Promotion.__slots__}
    listed = [
        {name: getattr(channel, name) for name in Channel.__slots__}
        | {"channel": channel.name, "name": channels()[channel.name].say(language)}
        for channel in found.channels
    ]
    return PromotionOut.model_validate(
        parts | {"item": item, "timezone": timezone, "channels": listed}, from_attributes=True
    )


def report_out(item: str, found: Report, timezone: str, language: Language) -> ReportOut:
    """The report as it is answered, over HTTP and on the command line."""
    parts = {name: getattr(found, name) for name in Report.__slots__}
    changes = [
        {
            "about": change.about,
            "text": change.message.say(language, **change.facts),
            "evidence": change.evidence,
        }
        for change in found.changes
    ]
    return ReportOut.model_validate(
        parts | {"item": item, "timezone": timezone, "changes": changes}, from_attributes=True
    )


def audience_out(item: str, found: Audience, timezone: str) -> AudienceOut:
    """The audience as it is answered, over HTTP and on the command line."""
    return AudienceOut(
        item=item,
        timezone=timezone,
        **{
            name: getattr(found, name)
            for name in ("model", "floor", "share", "n_users", "n_takers", "size")
        },
        measured=found.measured,
        lifts=[
            LiftOut(
                share=reach.share,
                lift=reach.lift.value,
                low=reach.lift.low,
                high=reach.lift.high,
                takers=reach.lift.takers,
                reached=reach.lift.reached,
            )
            for reach in found.reaches
        ],
        segments=[SegmentOut.model_validate(s, from_attributes=True) for s in found.segments],
        users=[CandidateOut.model_validate(u, from_attributes=True) for u in found.users],
        short_reason=found.short_reason,
    )


def profile_out(profile: Profile, timezone: str, *, features: bool) -> ProfileOut:
    """The portrait as it is answered, over HTTP and on the command line."""
    parts = {name: getattr(profile, name) for name in Profile.__slots__}
    return ProfileOut.model_validate(
        parts
        | {
            "attributes": dict(profile.attributes),
            "timezone": timezone,
            "level_name": None if profile.level is None else level_name(profile.level.value),
            "features": profile_features(profile) if features else None,
        },
        from_attributes=True,
    )
