"""Replies are found by the post they became: own posts are compared with them before each send."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_index("ix_outbox_post", "outbox", ["post_id"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index("ix_outbox_post", table_name="outbox")
