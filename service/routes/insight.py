"""What the data say of people, items and channels."""

from service.context import clock
from service.insight.audience import Asked, Audience
from service.insight.channels import channels
from service.insight.facts import level_name
from service.insight.groups import Segment
from service.insight.labels import label
from service.insight.profile import Profile
from service.insight.promotion import Channel, Promotion
from service.insight.report import Report
from service.insight.reviews import AspectReport
from service.insight.rows import profile_features
from service.insight.traits import Trait
from service.messages import Language, Remark
from service.negotiation import asked_language
from service.openapi import Api, Example
from service.schemas.insight import (
    AudienceOut,
    AudienceQuery,
    CandidateOut,
    LiftOut,
    ProfileOut,
    ProfileQuery,
    SegmentOut,
    TraitOut,
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
        return profile_out(found, str(zone), asked_language(), features=query.features)

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
        An item posted a moment ago has an audience by its text. Numbers of people are rounded to
        multiples of `ZHIYING_PRIVACY_FLOOR`, and groups that it may be all of are not shown.
        """
        zone = clock(query.utc_offset, services().settings.timezone)
        asked = Asked(query.n, query.share, zone)
        found = services().insight.audience(item_id, asked)
        return audience_out(item_id, found, str(zone), asked_language())

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
        zone = clock(query.utc_offset, services().settings.timezone)
        found = services().insight.report(item_id, zone=zone, n_reviews=query.reviews)
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
        zone = clock(query.utc_offset, services().settings.timezone)
        asked = Asked(0, query.share, zone)
        found = services().insight.promotion(item_id, asked)
        return promotion_out(item_id, found, str(zone), asked_language())


def said(remark: Remark | None, language: Language) -> str | None:
    """The remark in that language, if there is one."""
    return None if remark is None else remark.say(language)


def promotion_out(item: str, found: Promotion, timezone: str, language: Language) -> PromotionOut:
    """The plan as it is answered, over HTTP and on the command line."""
    parts = {name: getattr(found, name) for name in Promotion.__slots__}
    listed = [
        {name: getattr(channel, name) for name in Channel.__slots__}
        | {"channel": channel.name, "name": channels()[channel.name].say(language)}
        for channel in found.channels
    ]
    return PromotionOut.model_validate(
        parts
        | {
            "item": item,
            "timezone": timezone,
            "channels": listed,
            "segments": [segment_out(segment, language) for segment in found.segments],
            "segments_reason": said(found.segments_reason, language),
            "short_reason": said(found.short_reason, language),
        },
        from_attributes=True,
    )


def report_out(item: str, found: Report, timezone: str, language: Language) -> ReportOut:
    """The report as it is answered, over HTTP and on the command line."""
    parts = {name: getattr(found, name) for name in Report.__slots__}
    changes = [
        {
            "about": change.about,
            "text": change.text.say(language),
            "evidence": change.evidence,
        }
        for change in found.changes
    ]
    aspects = [
        {name: getattr(aspect, name) for name in AspectReport.__slots__}
        | {"label": label(aspect.name, language)}
        for aspect in found.aspects
    ]
    return ReportOut.model_validate(
        parts
        | {
            "item": item,
            "timezone": timezone,
            "aspects": aspects,
            "changes": changes,
            "short_reason": said(found.short_reason, language),
        },
        from_attributes=True,
    )


def audience_out(item: str, found: Audience, timezone: str, language: Language) -> AudienceOut:
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
        segments=[segment_out(segment, language) for segment in found.segments],
        segments_reason=said(found.segments_reason, language),
        users=[CandidateOut.model_validate(u, from_attributes=True) for u in found.users],
        short_reason=said(found.short_reason, language),
    )


def segment_out(segment: Segment, language: Language) -> SegmentOut:
    """A segment as it is answered."""
    parts = {name: getattr(segment, name) for name in Segment.__slots__}
    return SegmentOut(label=label(segment.name, language), **parts)


def trait_out(trait: Trait, language: Language) -> TraitOut:
    """A trait as it is answered."""
    parts = {name: getattr(trait, name) for name in Trait.__slots__}
    return TraitOut(label=label(trait.name, language), **parts | {"evidence": list(trait.evidence)})


def profile_out(
    profile: Profile, timezone: str, language: Language, *, features: bool
) -> ProfileOut:
    """The portrait as it is answered, over HTTP and on the command line."""
    parts = {name: getattr(profile, name) for name in Profile.__slots__}
    listed = {
        name: [trait_out(trait, language) for trait in getattr(profile, name)]
        for name in ("interests", "kinds", "forms", "lengths", "parts", "devices", "regions")
    }
    level = None if profile.level is None else level_name(profile.level.value)
    free = profile.weekend
    return ProfileOut.model_validate(
        parts
        | listed
        | {
            "attributes": dict(profile.attributes),
            "timezone": timezone,
            "short_reason": said(profile.short_reason, language),
            "weekend": None if free is None else trait_out(free, language),
            "level_name": level,
            "level_label": None if level is None else label(level, language),
            "features": profile_features(profile) if features else None,
        },
        from_attributes=True,
    )
