"""Brings the tables up to date with the migrations that come with the package."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import Connection

from leadbot.store import dialect

HEAD = "0008"
"""The newest revision; a test compares it with the migrations folder."""

_FOLDER = Path(__file__).parent / "migrations"


class NewerSchemaError(Exception):
    """The database's revision is not one of ours."""

    def __init__(self, revision: str) -> None:
        self.revision = revision
        super().__init__(revision)


def upgrade(engine: Engine) -> None:
    """Run what is missing, in one transaction. Raises NewerSchemaError, sqlalchemy.exc.DBAPIError."""
    with engine.connect() as plain:
        with plain.begin():
            found = _revision(plain)
        if found == HEAD:
            return
        connection = plain.execution_options(**{dialect.WRITES: True})
        with connection.begin():
            _run(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run(connection: Connection) -> None:
    # Imported here: most starts find the tables up to date, and alembic is slow to load.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    found = _revision(connection)  # again, now alone: another process may have been faster
    if found == HEAD:
        return
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise NewerSchemaError(found)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
