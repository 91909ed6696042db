"""What a CRM answered under which key, whom it knows already, and what it last said became of a lead."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "crm_answer",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_crm_answer_conversation", "crm_answer", ["conversation_id"], unique=False)
    op.add_column("handoff", sa.Column("crm_candidates", sa.Text(), nullable=True))
    op.add_column("handoff", sa.Column("crm_outcome", sa.String(), nullable=True))
    op.create_index("ix_handoff_crm_ref", "handoff", ["crm_ref"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index("ix_handoff_crm_ref", table_name="handoff")
    op.drop_column("handoff", "crm_outcome")
    op.drop_column("handoff", "crm_candidates")
    op.drop_table("crm_answer")
