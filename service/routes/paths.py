"""Learning paths: from a goal and the minutes there are to dated steps."""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from recommend import Budget
from service import messages
from service.fields import iso
from service.messages import Language, reasons
from service.messages.language import listed
from service.negotiation import asked_language
from service.openapi import Api, Example
from service.paths import Found, PathWish, Planned, PlannedStep
from service.schemas.paths import (
    ActOut,
    CycleOut,
    GoalOut,
    MasteredOut,
    PathIn,
    PathOut,
    PathReason,
    StepOut,
    UnknownPrerequisite,
    WeekOut,
    Why,
)
from service.services import Services, services

#: names in the sentence of a reason that an item is missing
NAMED = 3

Limit = Literal["steps", "weeks"]


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "POST",
        "/v1/users/<id:user_id>/path",
        tag="recommendations",
        body=PathIn,
        answers={200: PathOut},
        scope="read",
        example=Example(
            path={"user_id": "学员001"},
            body={"goal": "机器学习", "minutes_per_week": 300, "start": "2026-03-02"},
        ),
    )
    def plan_path(user_id: str, body: PathIn) -> PathOut:
        """The steps from what this person knows to a goal, dated, in the minutes given.

        Every prerequisite of a step is mastered or an earlier step. Nothing is stored: ask
        again after each event, and what was learned is left out. A person nobody knows starts
        from nothing.
        """
        return path_out(services(), user_id, body, asked_language())


def path_out(services: Services, user: str, wanted: PathIn, language: Language) -> PathOut:
    """The path as it is answered, over HTTP and on the command line."""
    goals = (wanted.goal,) if isinstance(wanted.goal, str) else tuple(wanted.goal)
    wish = PathWish(
        goals=goals,
        budget=Budget(wanted.minutes_per_week, n=wanted.n, weeks=wanted.weeks),
        kinds=wanted.kind,
        is_list=not isinstance(wanted.goal, str),
    )
    planned = services.planner.path(user, wish)
    start = _day(services.serving.clock() if wanted.start is None else wanted.start)
    minutes = planned.path.steps[-1].ends if planned.path.steps else 0.0
    return PathOut(
        model=planned.catalogue.version,
        goals=[
            GoalOut(
                asked=g.asked,
                id=g.item,
                title=planned.title(g.item),
                matched=g.matched,
                score=g.score,
            )
            for g in planned.goals
        ],
        reached=planned.path.is_reachable,
        reason=_reason(planned, wanted, language),
        minutes_per_week=wanted.minutes_per_week,
        start=start.isoformat(),
        weeks=math.ceil(minutes / wanted.minutes_per_week),
        weeks_needed=math.ceil(planned.path.needed_minutes / wanted.minutes_per_week),
        minutes=minutes,
        steps=[
            _step(planned, step, number, start, wanted.minutes_per_week, language)
            for number, step in enumerate(planned.steps, start=1)
        ],
        mastered=[_mastered(planned, found) for found in planned.mastered],
        missing=list(planned.missing),
        beyond=list(planned.beyond),
        cycles=[CycleOut(items=list(c.items), confidence=c.confidence) for c in planned.cycles],
        unknown_prerequisites=[
            UnknownPrerequisite(item=item, prerequisite=before) for item, before in planned.unknown
        ],
    )


def _reason(planned: Planned, wanted: PathIn, language: Language) -> PathReason | None:
    if planned.missing:
        shown = [planned.title(item) or item for item in planned.missing[:NAMED]]
        items = listed(shown, language) + (" …" if len(planned.missing) > NAMED else "")
        return PathReason(kind="missing", text=messages.GOAL_MISSING.say(language, items=items))
    path = planned.path
    if path.beyond or path.left:
        kind: Limit = "weeks" if path.left or len(path.steps) < wanted.n else "steps"
        weeks = math.ceil(path.needed_minutes / wanted.minutes_per_week)
        text = messages.GOAL_BEYOND.say(
            language,
            limit=kind,
            n=len(path.beyond) + bool(path.left),
            minutes=math.ceil(path.needed_minutes - path.steps[-1].ends),
            weeks=weeks,
        )
        return PathReason(kind=kind, text=text)
    if not planned.steps:
        return PathReason(kind="mastered", text=messages.GOAL_MASTERED.say(language))
    return None


def _step(
    planned: Planned,
    step: PlannedStep,
    number: int,
    start: date,
    minutes_per_week: int,
    language: Language,
) -> StepOut:
    first, last = step.plan.begins / minutes_per_week, step.plan.ends / minutes_per_week
    return StepOut(
        step=number,
        id=step.item,
        title=planned.title(step.item),
        kind=planned.kind(step.item),
        role=step.plan.role,
        starts=(start + timedelta(days=math.floor(7 * first))).isoformat(),
        ends=(start + timedelta(days=max(math.ceil(7 * last) - 1, 0))).isoformat(),
        week=math.floor(first) + 1,
        last_week=math.ceil(last),
        minutes=step.plan.ends - step.plan.begins,
        minutes_left=step.plan.left,
        by_week=list(_by_week(step.plan.begins, step.plan.ends, start, minutes_per_week)),
        minutes_estimated=step.is_estimated,
        mastery=step.mastery,
        readiness=step.plan.readiness,
        taste=step.taste,
        why=_why(planned, step, language),
    )


def _by_week(begins: float, ends: float, start: date, minutes_per_week: int) -> Iterator[WeekOut]:
    for week in range(math.floor(begins / minutes_per_week), math.ceil(ends / minutes_per_week)):
        first, last = week * minutes_per_week, (week + 1) * minutes_per_week
        yield WeekOut(
            week=week + 1,
            starts=(start + timedelta(weeks=week)).isoformat(),
            minutes=min(ends, last) - max(begins, first),
        )


def _why(planned: Planned, step: PlannedStep, language: Language) -> list[Why]:
    found = []
    if step.plan.role == "goal":
        found.append(Why(kind="goal", text=reasons.IS_GOAL.say(language)))
    if step.plan.role == "enrichment":
        found.append(Why(kind="enrichment", text=reasons.ENRICHES.say(language)))
    for need in step.needs:
        title = planned.title(need.of)
        name = reasons.TITLE.say(language, title=title or need.of)
        found.append(
            Why(
                kind="prerequisite",
                item=need.of,
                title=title,
                confidence=need.confidence,
                sources=[*need.sources],
                text=reasons.NEEDED.say(language, name=name),
            )
        )
    if step.mastery > 0:
        text = reasons.GAP.say(language, mastery=step.mastery)
        found.append(Why(kind="gap", text=text))
    return found


def _mastered(planned: Planned, found: Found) -> MasteredOut:
    return MasteredOut(
        id=found.item,
        title=planned.title(found.item),
        mastery=found.mastery,
        through=found.through,
        events=[
            ActOut(item=act.item, type=act.type, value=act.value, time=iso(act.time))
            for act in found.events
        ],
    )


def _day(moment: float) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=moment)).date()
