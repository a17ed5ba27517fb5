"""Lists: what next, for a user or a session, and what is near an item."""

import uuid

from service.context import hour_now
from service.openapi import Api, Example
from service.playing import Situation, situation
from service.schemas.recommendations import (
    Reason,
    RecommendationsOut,
    Recommended,
    RecommendQuery,
    SessionIn,
    SimilarOut,
    SimilarQuery,
    Wanted,
)
from service.services import services
from service.serving import Because, Pick, Picks, Wish, parse_attributes, session_log


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "GET",
        "/v1/users/<id:user_id>/recommendations",
        tag="recommendations",
        query=RecommendQuery,
        answers={200: RecommendationsOut},
        example=Example(
            path={"user_id": "学员001"},
            query={"n": 5, "explain": True, "device": "phone", "hour": 21},
        ),
    )
    def recommend(user_id: str, query: RecommendQuery) -> RecommendationsOut:
        """What is next for this person.

        Everything stored before the request counts, events of this second included. A
        person nobody knows gets what is popular, and `source` says so.
        """
        return recommendations_out(
            services().serving.for_user(user_id, _wish(query)), query.explain
        )

    @api.route(
        "POST",
        "/v1/recommendations",
        tag="recommendations",
        body=SessionIn,
        answers={200: RecommendationsOut},
        scope="read",
        example=Example(body={"events": [{"item": "course-edu-001", "type": "play"}], "n": 5}),
    )
    def recommend_session(body: SessionIn) -> RecommendationsOut:
        """The same for an anonymous session, from the events in the request."""
        log = session_log(
            [e.item for e in body.events],
            [e.type for e in body.events],
            [e.value for e in body.events],
        )
        return recommendations_out(services().serving.for_session(log, _wish(body)), body.explain)

    @api.route(
        "GET",
        "/v1/items/<id:item_id>/similar",
        tag="recommendations",
        query=SimilarQuery,
        answers={200: SimilarOut},
        example=Example(path={"item_id": "course-edu-001"}, query={"n": 5, "by": "content"}),
    )
    def similar(item_id: str, query: SimilarQuery) -> SimilarOut:
        """Neighbours of an item, by texts and behaviour together or by texts alone."""
        picks = services().serving.similar(item_id, query.n, query.by)
        return SimilarOut(
            model=picks.model, items=_ranked(picks, False), short_reason=picks.short_reason
        )


def _wish(wanted: Wanted) -> Wish:
    return Wish(
        n=wanted.n,
        kinds=wanted.kind,
        attributes=parse_attributes(wanted.attribute),
        exclude=wanted.exclude,
        exclude_seen=wanted.seen == "exclude",
        explain=wanted.explain,
        situation=_situation(wanted),
    )


def _situation(wanted: Wanted) -> Situation | None:
    """The circumstances, ``None`` if nothing is said of them."""
    zone = services().settings.timezone
    hour = wanted.hour if wanted.hour is not None or not wanted.now else hour_now(zone)
    found = situation(wanted.device, wanted.region, wanted.referrer, hour, wanted.minutes)
    return None if found == Situation() else found


def recommendations_out(picks: Picks, explain: bool) -> RecommendationsOut:
    """The list as it is answered, over HTTP and on the command line."""
    return RecommendationsOut(
        model=picks.model,
        recommendation_id=uuid.uuid4().hex,
        items=_ranked(picks, explain),
        short_reason=picks.short_reason,
    )


def _ranked(picks: Picks, explain: bool) -> list[Recommended]:
    return [_recommended(p, rank, explain) for rank, p in enumerate(picks.items, start=1)]


def _recommended(pick: Pick, rank: int, explain: bool) -> Recommended:
    return Recommended(
        id=pick.id,
        title=pick.title,
        score=pick.score,
        rank=rank,
        source=pick.source,
        reasons=[_reason(b) for b in pick.reasons] if explain else None,
    )


def _reason(because: Because) -> Reason:
    return Reason(
        kind=because.kind,
        contribution=because.contribution,
        item=because.item,
        title=because.title,
        behaviour=because.behaviour,
        content=because.content,
        text=_sentence(because),
    )


def _sentence(because: Because) -> str:
    if because.kind == "popularity":
        return "很多人在学"
    if because.kind == "context":
        favoured = "更" if because.contribution > 0 else "不"
        return f"这样的场景下{favoured}常选这类内容"
    if because.kind == "quality":
        return "学员评价高于平常" if because.contribution > 0 else "学员评价低于平常"
    if because.kind == "other_history":
        return "与学过的其他内容有关"
    name = f"《{because.title}》" if because.title else str(because.item)
    if because.contribution < 0:
        return f"与学过的{name}方向不同"
    if (because.content or 0.0) > (because.behaviour or 0.0):
        return f"内容与学过的{name}相近"
    return f"学过{name}的人也学它"
