"""Shapes of users and of what they did."""

from typing import Annotated, Any

from pydantic import Field

from service.fields import WHOLE, Attributes, Id
from service.schemas.base import In, Out


class UserIn(In):
    """What is known of a user beside what the events say."""

    attributes: Attributes = {}


class UserLine(UserIn):
    """A line of a file of users."""

    id: Id


class UserOut(Out):
    """A stored user."""

    id: str
    attributes: dict[str, Any]
    updated_at: str | None = Field(None, description="absent if known by events alone")


class UsersQuery(In):
    """How many, and from where."""

    n: Annotated[int, Field(ge=1, le=500), WHOLE] = 50
    cursor: Id | None = Field(None, description="from the page before")


class UserPage(Out):
    """Users in the order of their ids; `cursor` asks for the page after this one."""

    users: list[UserOut]
    cursor: str | None = None


class EventsQuery(In):
    """How many, and from where."""

    n: Annotated[int, Field(ge=1, le=500), WHOLE] = 50
    # the moment and the id of the last event shown
    cursor: (
        Annotated[
            str,
            Field(pattern=r"^0x[01]\.[0-9a-f]{1,13}p[+-][0-9]{1,2} [^\x00-\x1f\x7f\ufffd]{1,256}$"),
        ]
        | None
    ) = Field(None, description="from the page before")


class StoredEventOut(Out):
    """What a user did."""

    id: str
    item: str
    type: str
    value: float | None = None
    time: str
    context: dict[str, Any] | None = None
    text: str | None = None
    original: dict[str, Any] | None = Field(
        None, description="what it was read from: xAPI, Caliper"
    )


class EventPage(Out):
    """Events, newest first; `cursor` asks for the page after this one."""

    events: list[StoredEventOut]
    cursor: str | None = None
