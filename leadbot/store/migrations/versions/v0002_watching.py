"""Alarms, gaps, counts of odd items, when a brand was polled last, and whose playbook a reply is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "alarm",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("brand_id", sa.String(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("cleared_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "gap",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("brand_id", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_gap_state", "gap", ["state", "brand_id"])
    op.create_table(
        "aside_count",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("brand_id", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "brand_id"),
    )
    # Odd items kept so far are counted by the day they came on (`at` is microseconds since 1970).
    op.execute(
        "INSERT INTO aside_count (day, brand_id, count) "
        "SELECT date(at / 1000000, 'unixepoch'), coalesce(brand_id, ''), count(*) FROM aside GROUP BY 1, 2"
    )
    op.add_column("aside", sa.Column("digest", sa.String(), nullable=True))
    op.create_index("ix_aside_digest", "aside", ["digest"])
    op.create_index("ix_aside_at", "aside", ["at"])
    op.add_column("brand_state", sa.Column("last_polled_at", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("playbook", sa.String(), nullable=True))


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("outbox", "playbook")
    op.drop_column("brand_state", "last_polled_at")
    op.drop_index("ix_aside_at", "aside")
    op.drop_index("ix_aside_digest", "aside")
    op.drop_column("aside", "digest")
    op.drop_table("aside_count")
    op.drop_index("ix_gap_state", "gap")
    op.drop_table("gap")
    op.drop_table("alarm")
