"""First schema: items, events, jobs, state."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    state = op.create_table(
        "state",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text),
    )
    op.bulk_insert(
        state,
        [{"name": n, "number": 0, "text": None} for n in ("catalogue", "model", "jobs")],
    )
    # ids are ordered by code point everywhere: a page cursor must mean the same on any server
    ids = sa.String(256).with_variant(sa.String(256, collation="C"), "postgresql")
    op.create_table(
        "items",
        sa.Column("id", ids, primary_key=True),
        sa.Column("change", sa.BigInteger, nullable=False),
        sa.Column("deleted", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("attributes", sa.Text, nullable=False),
        sa.Column("published_at", sa.Double),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("features", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
    )
    op.create_index("ix_items_change", "items", ["change"])
    op.create_table(
        "events",
        sa.Column("id", ids, primary_key=True),
        sa.Column("user", ids, nullable=False),
        sa.Column("item", ids, nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("value", sa.Double),
        sa.Column("time", sa.Double, nullable=False),
        sa.Column("context", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_index("ix_events_user", "events", ["user"])
    op.create_index("ix_events_item", "events", ["item"])
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("params", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("alive_at", sa.Double, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("error", sa.Text),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
