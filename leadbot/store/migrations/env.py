"""Runs migrations on the connection that `leadbot.store.migrate` hands over."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import leadbot.store.tables

assert leadbot.store.tables.TABLES, "importing the tables fills the metadata"

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
