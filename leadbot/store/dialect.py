"""Everything that differs between SQLite and PostgreSQL, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.elements import ColumnElement

WRITES = "leadbot_writes"
"""Execution option of connections that are about to write."""

BUSY_S = 30.0
"""Seconds to wait for another program that writes."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32000",
    "PRAGMA journal_size_limit=67108864",
    # What is deleted is overwritten with zeros: words that must leave shall not stand on in free space.
    "PRAGMA secure_delete=ON",
)

Insert = sqlite.Insert | postgresql.Insert


def make_engine(url: URL, *, busy_s: float = BUSY_S) -> Engine:
    """An engine whose commits are durable. Nothing is opened yet."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url)
    engine = create_engine(
        url,
        connect_args={"timeout": busy_s},
        pool_size=8,
        max_overflow=32,
        pool_timeout=60,
        hide_parameters=True,  # people's words are in them, and errors end in logs
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver itself would begin deferred transactions, which fail when two of them write.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    is_writer = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")


def empty_log(engine: Engine, *, busy_s: float) -> bool:
    """Move the write-ahead log into the file and leave it empty. False: somebody reads, try later."""
    if not has_one_writer(engine):
        return True
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection), "SQLite's own driver"
        (before,) = raw.execute("PRAGMA busy_timeout").fetchone()
        raw.execute(f"PRAGMA busy_timeout={int(busy_s * 1000)}").close()
        try:
            (is_busy, _, _) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            raw.execute(f"PRAGMA busy_timeout={before}").close()
    return not is_busy


def insert(connection: Connection, table: Table) -> Insert:
    """An INSERT that knows ON CONFLICT."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def insert_new(connection: Connection, table: Table) -> Insert:
    """INSERT … ON CONFLICT DO NOTHING: rows whose key exists stay as they are."""
    return insert(connection, table).on_conflict_do_nothing()


def upsert(connection: Connection, table: Table, replace: Sequence[str]) -> Insert:
    """INSERT that, where the primary key exists, replaces the columns in `replace`."""
    statement = insert(connection, table)
    keys = [column.name for column in table.primary_key]
    new: dict[str, Any] = {name: statement.excluded[name] for name in replace}
    return statement.on_conflict_do_update(index_elements=keys, set_=new)


def plain(column: ColumnElement[str]) -> ColumnElement[str]:
    """The column as a term that no index is chosen for: SQLite takes the brand or the state of a row for
    rare, and would look through all a brand ever said for a few ids it could look up.
    """
    return column + ""


def has_one_writer(engine: Engine) -> bool:
    """Whether the database lets only one transaction write at a time."""
    return engine.dialect.name == "sqlite"
