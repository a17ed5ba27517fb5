"""Shapes of learning paths: what is wanted, the steps, and what they rest on."""

from typing import Annotated, Literal

from pydantic import Field

from service.fields import WHOLE, Day, Id, Kind
from service.schemas.base import In, Out

Source = Literal["manual", "text", "order"]


class PathIn(In):
    """A goal and the time there is for it."""

    goal: Id | Annotated[list[Id], Field(min_length=1, max_length=20)] = Field(
        description="id of an item, or words: of a title, a tag, an attribute, a topic; or several"
    )
    minutes_per_week: Annotated[int, Field(ge=1, le=10_080), WHOLE]
    start: Day | None = Field(None, description="first day; today (UTC) if left out")
    weeks: Annotated[int, Field(ge=1, le=520), WHOLE] | None = Field(
        None, description="at most so many; if left out, as many as the goal needs"
    )
    n: Annotated[int, Field(ge=1, le=200), WHOLE] = Field(20, description="steps at most")
    kind: list[Kind] = Field(
        [],
        max_length=20,
        description="what words may lead to and what may be added; prerequisites are of any kind",
    )


class GoalOut(Out):
    """A goal as it was asked for, and the item that reaches it."""

    asked: str
    id: str
    title: str
    matched: Literal["id", "words", "attribute", "topic", "text"]
    score: float = Field(
        description="how surely the item is about it, in (0, 1]; 1 for an id, a title or the value "
        "of an attribute"
    )
    found: str = Field(
        description="what of the item was found: the id, the words of its title or tags, the value "
        "of an attribute, the label of a topic, or the words of a sentence"
    )


class Why(Out):
    """One reason for a step.

    `goal`: it is what was asked for. `prerequisite`: it is needed by `item`. `gap`: it was known
    and has faded, or is known in part. `enrichment`: nothing needs it; it is about the same as the
    goal `item`, and fits into the minutes left.
    """

    kind: Literal["goal", "prerequisite", "gap", "enrichment"]
    item: str | None = None
    title: str | None = None
    confidence: Annotated[
        float | None, Field(description="that it is a prerequisite, in (0, 1]")
    ] = None
    sources: Annotated[
        list[Source] | None,
        Field(description="set by an editor, read in the text, seen in the order of study"),
    ] = None
    near: Annotated[
        float | None, Field(description="of an enrichment: how near it is to the goal, in (0, 1]")
    ] = None
    text: str = Field(description="the reason as a sentence")


class WeekOut(Out):
    """What is done of a step in one week."""

    week: int = Field(description="1-based")
    starts: str = Field(description="date of the week's first day")
    minutes: float


class StepOut(Out):
    """One item of a path. Steps are in order; what a step needs is mastered or an earlier step."""

    step: int
    id: str
    title: str
    kind: str
    role: Literal["goal", "prerequisite", "enrichment"]
    starts: str = Field(description="date")
    ends: str = Field(description="date")
    week: int = Field(description="1-based week in which it begins")
    last_week: int
    minutes: float = Field(description="of this step: what is left of the item, as far as it fits")
    minutes_left: float = Field(
        0.0, description="of the item, where `weeks` are over before it is: of the last step alone"
    )
    by_week: list[WeekOut] = Field(description="its minutes week by week")
    minutes_estimated: bool = Field(description="whether the item does not say how long it is")
    mastery: float = Field(description="in [0, 1]; from 0.5 on an item needs no step")
    readiness: float = Field(description="probability that all it needs is known today")
    taste: float = Field(description="score of the model over that of the best item")
    why: list[Why]


class ActOut(Out):
    """An event that mastery rests on."""

    item: str
    type: str
    value: float | None = None
    time: str


class MasteredOut(Out):
    """A goal or prerequisite that needs no step."""

    id: str
    title: str
    mastery: float
    through: str | None = Field(None, description="the harder item whose mastery says so")
    events: list[ActOut]


class CycleOut(Out):
    """Items each said to come before the next; the edge from the last to the first is left out."""

    items: list[str]
    confidence: float = Field(description="of the edge that is left out")


class UnknownPrerequisite(Out):
    """An item's attribute `prerequisites` names something that is not in the catalogue."""

    item: str
    prerequisite: str


class PathReason(Out):
    """Why there is no path, or none to the end."""

    kind: Literal["mastered", "missing", "weeks", "steps"]
    text: str


class PathOut(Out):
    """A path to the goals."""

    model: str | None = Field(None, description="model version; absent before the first fit")
    goals: list[GoalOut]
    reached: bool = Field(description="whether nothing of the goals is open after the last step")
    reason: PathReason | None = None
    minutes_per_week: int
    start: str = Field(description="date")
    weeks: int = Field(description="number of weeks that the steps take")
    weeks_needed: int = Field(description="weeks that all the goals need would take")
    minutes: float = Field(description="of all steps")
    steps: list[StepOut]
    mastered: list[MasteredOut]
    missing: list[str] = Field(description="needed items that cannot be taken")
    beyond: list[str] = Field(description="needed items that are not begun in time, in order")
    cycles: list[CycleOut]
    unknown_prerequisites: list[UnknownPrerequisite]
