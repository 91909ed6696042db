"""The desk: its users, sessions and log; a rep's own words in the outbox; indexes for the queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXES = (
    ("ix_handoff_queue", "handoff", ["state", "created_at", "key"]),
    ("ix_task_queue", "task", ["state", "created_at", "key"]),
    ("ix_task_conversation", "task", ["conversation_id", "state"]),
    ("ix_person_name", "person", ["name"]),
    ("ix_desk_session_user", "desk_session", ["user_key"]),
    ("ix_desk_session_ends", "desk_session", ["ends_at"]),
    ("ix_desk_try_last", "desk_try", ["last_at"]),
    ("ix_desk_log_subject", "desk_log", ["subject"]),
)


def upgrade() -> None:
    """Apply this step."""
    op.add_column("outbox", sa.Column("author", sa.String(), nullable=True))
    op.add_column("handoff", sa.Column("snoozed_at", sa.BigInteger(), nullable=True))
    op.add_column("handoff", sa.Column("outcome_why", sa.Text(), nullable=False, server_default=""))
    _door()
    op.create_table(
        "desk_log",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("by", "what", "brand_id", "subject")),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns, unique=False)
    failed = sa.text("state = 'failed'")
    op.create_index("ix_inbox_failed", "inbox", ["id"], sqlite_where=failed, postgresql_where=failed)


def _door() -> None:
    op.create_table(
        "desk_user",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("key", "name", "role", "brands")),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "desk_session",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("token_hash", "user_key", "form_token")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("created_at", "seen_at", "ends_at")),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "desk_pass",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_key", sa.String(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "desk_try",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "desk_secret",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_index("ix_inbox_failed", table_name="inbox")
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    for table in ("desk_log", "desk_secret", "desk_try", "desk_pass", "desk_session", "desk_user"):
        op.drop_table(table)
    op.drop_column("handoff", "outcome_why")
    op.drop_column("handoff", "snoozed_at")
    op.drop_column("outbox", "author")
