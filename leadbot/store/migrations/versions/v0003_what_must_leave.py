"""What must leave, and when: last checks, last contacts, housekeeping."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("inbox", sa.Column("checked_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE inbox SET checked_at = put_at WHERE post_id IS NOT NULL AND payload <> 'null'")
    op.create_index("ix_inbox_person", "inbox", ["person_id", "brand_id"], unique=False)
    kept = sa.text("checked_at IS NOT NULL")
    op.create_index(
        "ix_inbox_checked",
        "inbox",
        ["brand_id", "checked_at"],
        unique=False,
        sqlite_where=kept,
        postgresql_where=kept,
    )
    op.add_column("conversation", sa.Column("contact_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE conversation SET contact_at = updated_at")
    op.create_index("ix_conversation_contact", "conversation", ["contact_at"], unique=False)
    op.create_table(
        "chore",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("brand_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", "brand_id"),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("chore")
    op.drop_index("ix_conversation_contact", table_name="conversation")
    op.drop_column("conversation", "contact_at")
    op.drop_index("ix_inbox_checked", table_name="inbox")
    op.drop_index("ix_inbox_person", table_name="inbox")
    op.drop_column("inbox", "checked_at")
