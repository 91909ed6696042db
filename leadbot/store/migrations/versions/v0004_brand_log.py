"""A log of what people change about a brand; vetoes and retractions of replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "brand_log",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("brand_id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_brand_log_brand", "brand_log", ["brand_id", "id"], unique=False)
    op.add_column("outbox", sa.Column("vetoed_by", sa.String(), nullable=True))
    op.add_column("outbox", sa.Column("retracted_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("outbox", "retracted_at")
    op.drop_column("outbox", "vetoed_by")
    op.drop_table("brand_log")
