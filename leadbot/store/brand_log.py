"""Who changed what about a brand, and when: a log that only grows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from leadbot.model import BrandId
from leadbot.store.database import Database
from leadbot.store.tables import BRAND_LOG, BRAND_STATE


class Act(StrEnum):
    """What may be done to a brand by hand."""

    MODE = "mode"
    PAUSE = "pause"
    RESUME = "resume"
    VETO = "veto"
    RETRACT = "retract"
    SHIP = "ship"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class LogItem:
    """One line of the log. brand: its handle; subject: the post, reply or playbook it is about."""

    id: int
    brand_id: str
    brand: str
    what: Act
    before: str
    after: str
    subject: str
    why: str
    by: str
    at: datetime


class BrandLog:
    """Reads the log. Raises TransientError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def items(self, brand_id: BrandId | None = None, *, limit: int = 1000) -> list[LogItem]:
        """The newest lines, oldest first, of one brand or all."""
        table = BRAND_LOG.c
        query = (
            select(BRAND_LOG, BRAND_STATE.c.handle)
            .select_from(BRAND_LOG.outerjoin(BRAND_STATE, BRAND_STATE.c.brand_id == table.brand_id))
            .order_by(table.id.desc())
            .limit(limit)
        )
        if brand_id is not None:
            query = query.where(table.brand_id == brand_id)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            LogItem(
                **{
                    name: row[name]
                    for name in ("id", "brand_id", "before", "after", "subject", "why", "by", "at")
                },
                brand=row["handle"] or row["brand_id"],
                what=Act(row["what"]),
            )
            for row in reversed(rows)
        ]


def newest(connection: Connection, brand_ids: Collection[BrandId], what: Act) -> int:
    """The number of the newest line of a kind about these brands; 0 if there is none."""
    table = BRAND_LOG.c
    query = select(func.max(table.id)).where(table.brand_id.in_(list(brand_ids)), table.what == what.value)
    return int(connection.execute(query).scalar() or 0)


def write(
    connection: Connection,
    brand_id: BrandId,
    what: Act,
    *,
    by: str,
    at: datetime,
    before: str = "",
    after: str = "",
    subject: str = "",
    why: str = "",
) -> None:
    """Add a line inside somebody's transaction: what is logged has happened, and what happened is logged."""
    row = {"brand_id": brand_id, "what": what.value, "before": before, "after": after}
    connection.execute(BRAND_LOG.insert(), {**row, "subject": subject, "why": why, "by": by, "at": at})
