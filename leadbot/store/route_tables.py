"""The table of where handoffs went: the routing log, and the claim timers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from leadbot.store.columns import UtcTime


class RouteRow(SQLModel, table=True):
    """One step of a handoff; rows stay. rep: empty for the whole team; why: a name of flows.routing.Why;
    passed: [[rep, name], …] as JSON. due_at: when the next step comes; emptied once that time has been used.
    """

    __tablename__ = "route"
    __table_args__ = (
        Index("ix_route_due", "due_at"),
        Index("ix_route_stage", "stage"),
        Index("ix_route_team", "team", "why"),
        Index("ix_route_conversation", "conversation_id"),
    )
    handoff_key: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    conversation_id: str
    brand_id: str
    at: datetime = Field(sa_type=UtcTime)
    team: str
    rep: str
    stage: str
    why: str
    passed: str = Field(default="[]", sa_type=Text)
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)


ROUTE = SQLModel.metadata.tables["route"]
