"""The tables of watching over leadbot itself: alarms, gaps in what was heard, and counts of odd items."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Table, Text
from sqlmodel import Field, SQLModel

from leadbot.store.columns import RowId, UtcTime


class AlarmRow(SQLModel, table=True):
    """Something is wrong with leadbot or its world. Open until `cleared_at`; told_at: when somebody was told
    last.
    """

    __tablename__ = "alarm"
    key: str = Field(primary_key=True)
    brand_id: str | None = None
    what: str = Field(sa_type=Text)
    fix: str = Field(sa_type=Text)
    raised_at: datetime = Field(sa_type=UtcTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcTime)
    cleared_at: datetime | None = Field(default=None, sa_type=UtcTime)


class GapRow(SQLModel, table=True):
    """Mentions with ids after `after` and before `before` that no poll can reach. `before` moves down as a
    search fills the gap; state: open, filled, lost.
    """

    __tablename__ = "gap"
    __table_args__ = (Index("ix_gap_state", "state", "brand_id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_type=RowId, primary_key=True)
    brand_id: str
    after: str
    before: str
    state: str = "open"
    found: int = 0
    why: str = Field(default="", sa_type=Text)
    found_at: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class AsideCountRow(SQLModel, table=True):
    """How many odd items came on a UTC day. brand_id empty: from the stream, for no brand."""

    __tablename__ = "aside_count"
    day: str = Field(primary_key=True)
    brand_id: str = Field(primary_key=True)
    count: int


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


ALARM = _table("alarm")
GAP = _table("gap")
ASIDE_COUNT = _table("aside_count")
