"""The table of housekeeping: what must leave our records, and when that was last seen to."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from leadbot.store.columns import UtcTime


class ChoreRow(SQLModel, table=True):
    """A piece of housekeeping: when it was last done, and what came of it in a few words."""

    __tablename__ = "chore"
    name: str = Field(primary_key=True)
    brand_id: str = Field(primary_key=True)  # empty: for all brands
    at: datetime = Field(sa_type=UtcTime)
    outcome: str = ""


CHORE = SQLModel.metadata.tables["chore"]
