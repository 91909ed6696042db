"""Where handoffs went, why, and when the next one is asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_route_due", ["due_at"]),
    ("ix_route_stage", ["stage"]),
    ("ix_route_team", ["team", "why"]),
    ("ix_route_conversation", ["conversation_id"]),
)


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "route",
        sa.Column("handoff_key", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("brand_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("team", "rep", "stage", "why")),
        sa.Column("passed", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("handoff_key", "step"),
    )
    for name, columns in INDEXES:
        op.create_index(name, "route", columns, unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("route")
