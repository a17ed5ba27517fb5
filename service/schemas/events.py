"""Shapes of events as they are sent: one union over the types."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from service.fields import Attributes, Id, PastMoment, Text
from service.messages import FIELDS
from service.schemas.base import In, Out

Form = Literal["xapi", "caliper"]


class Original(In):
    """The statement that an event was read from, value for value."""

    form: Form
    statement: dict[str, Any]
    voided_by: Id | None = Field(None, description="id of the statement that took it back")


class _Event(In):
    id: Id | None = Field(None, description="repeat it and the event is stored once")
    user: Id
    item: Id
    time: PastMoment | None = Field(None, description="when it happened; now if left out")
    context: Attributes | None = None
    text: Text | None = Field(None, description="the words of a review")
    original: Original | None = Field(None, description="what it was read from, if not from this")


class PlainEvent(_Event):
    """An event that says all by its type."""

    type: Literal[
        "impression",
        "view",
        "search",
        "complete",
        "favourite",
        "share",
        "cart",
        "enrol",
        "dislike",
        "skip",
        "refund",
        "abandon",
        "other",
    ]
    value: Annotated[float, Field(allow_inf_nan=False)] | None = None


class PlayEvent(_Event):
    """Watching or listening; `value` is the share of the item that was played."""

    type: Literal["play"]
    value: Annotated[float, Field(ge=0, le=1)] | None = None


class ExerciseEvent(_Event):
    """Exercises done; `value` is the score."""

    type: Literal["exercise"]
    value: Annotated[float, Field(ge=0, le=1)] | None = None


class PurchaseEvent(_Event):
    """A purchase; `value` is the price."""

    type: Literal["purchase"]
    value: Annotated[float, Field(ge=0, le=1e12)] | None = None


class RateEvent(_Event):
    """A rating; `value` from -1 (bad) to 1 (good). Five stars are ``(stars - 3) / 2``."""

    type: Literal["rate"]
    value: Annotated[float, Field(ge=-1, le=1)]


class ReviewEvent(_Event):
    """A review; `value` from -1 to 1 is read from the sentiment of `text` when left out."""

    type: Literal["review"]
    value: Annotated[float, Field(ge=-1, le=1)] | None = None


_BY_TYPE: dict[str, str] = {
    "play": "play",
    "exercise": "exercise",
    "purchase": "purchase",
    "rate": "rate",
    "review": "review",
}
EVENT_TYPES: tuple[str, ...] = (
    *PlainEvent.model_fields["type"].annotation.__args__,  # type: ignore[union-attr]
    *_BY_TYPE,
)


def _event_tag(value: object) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    if not isinstance(kind, str) or kind not in EVENT_TYPES:
        return None
    return "\x00" + _BY_TYPE.get(kind, "plain")


#: what a learner did; the tags are stripped from error pointers by `service.errors`
EventIn: TypeAlias = Annotated[
    Annotated[PlainEvent, Tag("\x00plain")]
    | Annotated[PlayEvent, Tag("\x00play")]
    | Annotated[ExerciseEvent, Tag("\x00exercise")]
    | Annotated[PurchaseEvent, Tag("\x00purchase")]
    | Annotated[RateEvent, Tag("\x00rate")]
    | Annotated[ReviewEvent, Tag("\x00review")],
    Discriminator(
        _event_tag,
        custom_error_type="event_type",
        custom_error_message=FIELDS["event_type"].en,
        custom_error_context={"types": ", ".join(EVENT_TYPES)},
    ),
]


class EventOut(Out):
    """The event's id: the one given, or the one made from its content."""

    id: str
