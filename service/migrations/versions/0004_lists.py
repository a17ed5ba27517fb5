"""Lists of learners, made at the fit."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ids = sa.String(256).with_variant(sa.String(256, collation="C"), "postgresql")
    op.create_table(
        "lists",
        sa.Column("user", ids, primary_key=True),
        sa.Column("model", sa.String(64), primary_key=True),
        sa.Column("n_events", sa.Integer, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("picks", sa.LargeBinary, nullable=False),
    )
