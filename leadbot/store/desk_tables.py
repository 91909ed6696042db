"""The tables of the desk's door: who may come in, who is in, who tried to, and what was done there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Table, Text
from sqlmodel import Field, SQLModel

from leadbot.store.columns import RowId, UtcTime


class DeskUserRow(SQLModel, table=True):
    """Somebody who may sign in. key: the name, casefolded; brands: ids of the accounts they may see, with
    spaces between, empty for all; password: its argon2 hash, empty: only by a one-time link.
    """

    __tablename__ = "desk_user"
    key: str = Field(primary_key=True)
    name: str
    role: str
    brands: str = ""
    password: str = ""
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DeskSessionRow(SQLModel, table=True):
    """A browser that is signed in. Of its token only the hash is kept."""

    __tablename__ = "desk_session"
    __table_args__ = (Index("ix_desk_session_user", "user_key"), Index("ix_desk_session_ends", "ends_at"))
    token_hash: str = Field(primary_key=True)
    user_key: str
    form_token: str
    created_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)


class DeskPassRow(SQLModel, table=True):
    """A link that signs somebody in once."""

    __tablename__ = "desk_pass"
    token_hash: str = Field(primary_key=True)
    user_key: str
    ends_at: datetime = Field(sa_type=UtcTime)


class DeskTryRow(SQLModel, table=True):
    """Sign-ins that failed in a row, by name and by address."""

    __tablename__ = "desk_try"
    __table_args__ = (Index("ix_desk_try_last", "last_at"),)
    key: str = Field(primary_key=True)
    count: int
    last_at: datetime = Field(sa_type=UtcTime)


class DeskSecretRow(SQLModel, table=True):
    """A key of our own, made when it is first needed: signs the links of notifications."""

    __tablename__ = "desk_secret"
    name: str = Field(primary_key=True)
    value: str


class DeskLogRow(SQLModel, table=True):
    """What somebody did on the desk. Rows are only ever added, and hold nobody's words. subject: the
    conversation it was about, blanked when the person is forgotten.
    """

    __tablename__ = "desk_log"
    __table_args__ = (Index("ix_desk_log_subject", "subject"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_type=RowId, primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    by: str
    what: str
    brand_id: str = ""
    subject: str = ""
    why: str = Field(default="", sa_type=Text)
    address: str = ""


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


DESK_USER = _table("desk_user")
DESK_SESSION = _table("desk_session")
DESK_PASS = _table("desk_pass")
DESK_TRY = _table("desk_try")
DESK_SECRET = _table("desk_secret")
DESK_LOG = _table("desk_log")
DESK_TABLES = (DESK_USER, DESK_SESSION, DESK_PASS, DESK_TRY, DESK_SECRET, DESK_LOG)
