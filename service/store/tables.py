"""The tables. Migrations in ``service/migrations`` bring any earlier database here.

JSON is stored as text, not as a database's own type: it is read by this service alone, and
text takes every string on both databases. Times are Unix seconds in UTC.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: named numbers and names; `catalogue` counts the changes of items, `model` is the one in service
state = Table(
    "state",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("number", BigInteger, nullable=False, default=0),
    Column("text", Text),
)

#: a deleted item keeps its row (without words) so that every worker learns of the deletion
items = Table(
    "items",
    metadata,
    Column("id", String(256), primary_key=True),
    Column("change", BigInteger, nullable=False, index=True),
    Column("deleted", Integer, nullable=False, default=0),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("attributes", Text, nullable=False),
    Column("published_at", Double),
    Column("updated_at", Double, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("features", Text, nullable=False),
    Column("summary", Text, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", String(256), primary_key=True),
    Column("user", String(256), nullable=False),
    Column("item", String(256), nullable=False),
    Column("type", String(32), nullable=False),
    Column("value", Double),
    Column("time", Double, nullable=False),
    Column("context", Text),
    Column("text", Text),
    Column("digest", String(64), nullable=False),
    Column("original", Text),
    Index("ix_events_user", "user"),
    Index("ix_events_item", "item"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("params", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("progress", Float, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("alive_at", Double, nullable=False),
    Column("result", Text),
    Column("error", Text),
)

#: what is known of users beside their events
users = Table(
    "users",
    metadata,
    Column("id", String(256), primary_key=True),
    Column("attributes", Text, nullable=False),
    Column("updated_at", Double, nullable=False),
)

#: API keys: SHA-256 of the secret; a revoked key keeps its row, so that the door stays locked
keys = Table(
    "keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("name", String(128), nullable=False),
    Column("scopes", String(64), nullable=False),
    Column("rate", String(64)),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double),
    Column("revoked_at", Double),
)

#: answers given under an idempotency key; `user` is whom they are about, to be forgotten with
answers = Table(
    "answers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("user", String(256)),
    Column("at", Double, nullable=False, index=True),
    Column("status", Integer),
    Column("body", Text),
    Column("location", Text),
    Index("ix_answers_user", "user"),
)

#: the best of each user in the model in service, made at its fit; see `service.store.lists`
lists = Table(
    "lists",
    metadata,
    Column("user", String(256), primary_key=True),
    Column("model", String(64), primary_key=True),
    Column("n_events", Integer, nullable=False),
    Column("at", Double, nullable=False),
    Column("picks", LargeBinary, nullable=False),
)
