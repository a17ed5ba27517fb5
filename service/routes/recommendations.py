"""Lists: what next, for a user or a session, and what is near an item."""

import secrets
from collections.abc import Sequence
from typing import Any

from service.context import hour_now
from service.filters import parse_all
from service.messages import Language
from service.negotiation import asked_language
from service.openapi import Api, Example
from service.paths.planner import Planner
from service.playing import Situation, situation
from service.reasons import Because
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
from service.serving import session_log
from service.wishes import Pick, Picks, Wish

#: for each item of a list, the prerequisites that are lacking
Lacking = Sequence[Sequence[str]]


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
        person nobody knows gets what is popular, with people of the same attributes if these
        are known and matter, and `source` says so. `propensity` is the chance that an item
        had to be shown: an `impression` event with `recommendation_id`, `rank` and
        `propensity` in its context makes later estimates fair (docs/api.md).
        """
        picks = services().serving.for_user(user_id, _wish(query))
        lacking = lacking_of(services().planner, picks) if query.explain else None
        return recommendations_out(picks, query.explain, asked_language(), lacking)

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
        picks = services().serving.for_session(log, body.attributes, _wish(body))
        lacking = lacking_of(services().planner, picks) if body.explain else None
        return recommendations_out(picks, body.explain, asked_language(), lacking)

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
        language = asked_language()
        picks = services().serving.similar(item_id, query.n, query.by)
        return SimilarOut(
            model=picks.model,
            items=[
                Recommended(**_fields(p, n, False, language))
                for n, p in enumerate(picks.items, start=1)
            ],
            short_reason=_short(picks, language),
        )


_NOTHING = (None,) * 5


def _wish(wanted: Wanted) -> Wish:
    return Wish(
        n=wanted.n,
        kinds=wanted.kind,
        attributes=parse_all(wanted.attribute),
        exclude=wanted.exclude,
        exclude_seen=wanted.seen == "exclude",
        explain=wanted.explain,
        diversity=wanted.diversity,
        explore=wanted.explore,
        seed=wanted.seed,
        situation=_situation(wanted),
    )


def _situation(wanted: Wanted) -> Situation | None:
    """The circumstances, ``None`` if nothing is said of them."""
    hour = wanted.hour
    if wanted.now and hour is None:
        hour = hour_now(services().settings.timezone)
    if (wanted.device, wanted.region, wanted.referrer, hour, wanted.minutes) == _NOTHING:
        return None
    found = situation(wanted.device, wanted.region, wanted.referrer, hour, wanted.minutes)
    return None if found == Situation() else found


def lacking_of(planner: Planner, picks: Picks) -> Lacking | None:
    """What each item of an explained list needs that the events behind it do not show mastered."""
    if picks.log is None:
        return None
    return planner.lacking(picks.log, [pick.id for pick in picks.items])


def recommendations_out(
    picks: Picks, explain: bool, language: Language, lacking: Lacking | None = None
) -> RecommendationsOut:
    """The list as it is answered, over HTTP and on the command line."""
    lacks: Lacking = lacking or ()
    shown = [
        {
            **_fields(pick, n, explain, language),
            "propensity": pick.propensity,
            "explored": pick.explored,
            "lacks": list(lacks[n - 1]) if lacks else None,
        }
        for n, pick in enumerate(picks.items, start=1)
    ]
    # all in one call: pydantic then makes the items without coming back to Python
    return RecommendationsOut.model_validate(
        {
            "model": picks.model,
            "recommendation_id": secrets.token_hex(16),
            "seed": picks.seed,
            "items": shown,
            "short_reason": _short(picks, language),
            "prerequisite_violations": sum(map(bool, lacks)) / len(lacks) if lacks else None,
            "unknown_lengths": picks.unknown_lengths,
        }
    )


def _short(picks: Picks, language: Language) -> str | None:
    return None if picks.shortage is None else picks.shortage.say(language)


def _fields(pick: Pick, rank: int, explain: bool, language: Language) -> dict[str, Any]:
    return {
        "id": pick.id,
        "title": pick.title,
        "score": pick.score,
        "rank": rank,
        "source": pick.source,
        "reasons": [_reason(b, language) for b in pick.reasons] if explain else None,
    }


def _reason(because: Because, language: Language) -> Reason:
    return Reason(
        kind=because.kind,
        contribution=because.contribution,
        item=because.item,
        title=because.title,
        attribute=because.attribute,
        value=because.value,
        trait=because.trait,
        behaviour=because.behaviour,
        content=because.content,
        text=because.remark.say(language),
    )
