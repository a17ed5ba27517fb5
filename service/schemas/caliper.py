"""Shapes of Caliper envelopes, as far as they are read; all else is kept as it came."""

from typing import Annotated, TypeAlias

from pydantic import Discriminator, Field, Tag

from service.fields import PastMoment
from service.schemas.base import Out
from service.schemas.originals import Iri, Kept, Loose, ShortIri

Text = Annotated[str, Field(min_length=1, max_length=200)]


class Entity(Loose):
    """Something with an IRI."""

    id: Iri


class Actor(Loose):
    """Somebody; the last step of the IRI's path is the user's id here."""

    id: ShortIri


class CaliperEvent(Kept):
    """An event of Caliper 1.1 or 1.2."""

    id: ShortIri | None = Field(None, description="repeat it and the event is stored once")
    type: Text
    actor: ShortIri | Actor
    action: Text
    object: Iri | Entity
    event_time: PastMoment | None = Field(None, alias="eventTime")


def _record_tag(value: object) -> str:
    is_event = isinstance(value, CaliperEvent) or (isinstance(value, dict) and "action" in value)
    return "\x00event" if is_event else "\x00entity"


#: what has an action is an event; the rest describes entities
Record: TypeAlias = Annotated[
    Annotated[CaliperEvent, Tag("\x00event")] | Annotated[Entity, Tag("\x00entity")],
    Discriminator(_record_tag),
]


class EnvelopeIn(Loose):
    """What a sensor sends: events, and descriptions of entities, which are passed over."""

    sensor: Annotated[str, Field(max_length=2000)]
    sendTime: PastMoment | None = None  # noqa: N815 - the standard's name
    dataVersion: Annotated[str, Field(max_length=200)] | None = None  # noqa: N815
    data: Annotated[list[Record], Field(min_length=1, max_length=10_000)]


class ReceivedOut(Out):
    """Ids of the events in the order of the envelope, and how many entities stood between."""

    ids: list[str]
    skipped: int = Field(description="descriptions of entities: no events")
