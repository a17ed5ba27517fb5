"""Users: what is known of them, what they did, and how they are forgotten."""

import time

import orjson

from service.conditions import require
from service.errors import UnknownError
from service.fields import iso
from service.openapi import Api, Example, OrjsonProvider
from service.schemas.users import (
    EventPage,
    EventsQuery,
    StoredEventOut,
    UserIn,
    UserOut,
    UserPage,
    UsersQuery,
)
from service.services import services
from service.store import StoredEvent, StoredUser

WHO = {"user_id": "学员001"}


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "PUT",
        "/v1/users/<id:user_id>",
        tag="users",
        body=UserIn,
        answers={200: UserOut, 201: UserOut},
        tagged=True,
        example=Example(path=WHO, body={"attributes": {"level": 2, "interest": ["数学", "烹饪"]}}),
    )
    def put_user(user_id: str, body: UserIn) -> tuple[UserOut, int]:
        """Store what is known of a user, whole. 200 if the user was known, 201 if not."""
        user = StoredUser(user_id, body.attributes, time.time())
        is_new = services().store.users.put(user, _check)
        return _shown(user), 201 if is_new else 200

    @api.route(
        "GET",
        "/v1/users/<id:user_id>",
        tag="users",
        answers={200: UserOut},
        tagged=True,
        example=Example(path=WHO),
    )
    def get_user(user_id: str) -> UserOut:
        """A user; one who was never put is known by events, and has no attributes."""
        user = services().store.users.get(user_id)
        if user is None:
            raise UnknownError("user", user_id)
        return _shown(user)

    @api.route(
        "DELETE",
        "/v1/users/<id:user_id>",
        tag="users",
        answers={204: None},
        tagged=True,
        example=Example(path=WHO),
    )
    def delete_user(user_id: str) -> tuple[None, int]:
        """Forget a user: attributes, events, and answers kept for repeated requests.

        Factors of users are made at each request from their events and kept nowhere. What the
        model learned from many people's events together holds no name, and is learned anew with
        the next refit.
        """
        if not services().store.users.erase(user_id, _check):
            raise UnknownError("user", user_id)
        return None, 204

    @api.route(
        "GET",
        "/v1/users",
        tag="users",
        query=UsersQuery,
        answers={200: UserPage},
        example=Example(query={"n": 20}),
    )
    def list_users(query: UsersQuery) -> UserPage:
        """Users in the order of their ids, a page at a time: those put, and those with events."""
        page = services().store.users.page(query.n + 1, after=query.cursor or "")
        shown = page[: query.n]
        cursor = shown[-1].id if len(page) > query.n else None
        return UserPage(users=[_shown(user) for user in shown], cursor=cursor)

    @api.route(
        "GET",
        "/v1/users/<id:user_id>/events",
        tag="users",
        query=EventsQuery,
        answers={200: EventPage},
        example=Example(path=WHO, query={"n": 20}),
    )
    def list_user_events(user_id: str, query: EventsQuery) -> EventPage:
        """What a user did, newest first, a page at a time."""
        before = None if query.cursor is None else _place(query.cursor)
        page = services().store.events.page(user_id, query.n + 1, before=before)
        shown = page[: query.n]
        cursor = f"{shown[-1].time.hex()} {shown[-1].id}" if len(page) > query.n else None
        return EventPage(events=[_event(e) for e in shown], cursor=cursor)


def _check(user: StoredUser | None) -> None:
    require("user", None if user is None else OrjsonProvider.encode(_shown(user)))


def _shown(user: StoredUser) -> UserOut:
    updated = None if user.updated_at is None else iso(user.updated_at)
    return UserOut(id=user.id, attributes=dict(user.attributes), updated_at=updated)


def _event(event: StoredEvent) -> StoredEventOut:
    return StoredEventOut(
        id=event.id,
        item=event.item,
        type=event.type,
        value=event.value,
        time=iso(event.time),
        context=None if event.context is None else orjson.loads(event.context),
        text=event.text,
        original=None if event.original is None else orjson.loads(event.original),
    )


def _place(cursor: str) -> tuple[float, str]:
    """Time and id of the last event of the page before."""
    moment, _, event_id = cursor.partition(" ")
    return float.fromhex(moment), event_id
