"""When a brand was last polled, heard and answered for, and what waits though it is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from leadbot.model import BrandId
from leadbot.store.database import Database
from leadbot.store.states import CLAIMABLE, Lane, OutboxState
from leadbot.store.tables import BRAND_STATE, OUTBOX

WAITS_ON_PURPOSE = frozenset({"quiet_hours", "budget", "duplicate", "paused", "mode", "draft"})
"""Gate rules that hold a reply because somebody wants it so: no sign of a fault."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Signs of life of one brand; None: never. stuck: replies older than asked for that no rule of the
    operator's holds; stuck_rule: what holds the oldest of them.
    """

    brand_id: BrandId
    handle: str
    is_paused: bool
    paused_by: str
    paused_why: str
    polled_at: datetime | None
    heard_at: datetime | None
    sent_at: datetime | None
    stuck: int
    stuck_rule: str


def silences(
    database: Database, brand_ids: Collection[BrandId], now: datetime, *, stuck_after: timedelta
) -> list[Silence]:
    """How quiet these brands are. Raises TransientError."""
    query = select(BRAND_STATE).where(BRAND_STATE.c.brand_id.in_(list(brand_ids)))
    with database.read() as connection:
        rows = connection.execute(query.order_by(BRAND_STATE.c.brand_id)).mappings().all()
        found = []
        for row in rows:
            stuck, rule = _stuck(connection, row["brand_id"], now - stuck_after)
            found.append(
                Silence(
                    brand_id=BrandId(row["brand_id"]),
                    handle=row["handle"] or row["brand_id"],
                    is_paused=row["paused_at"] is not None,
                    paused_by=row["paused_by"] or "",
                    paused_why=row["paused_why"],
                    polled_at=row["last_polled_at"],
                    heard_at=row["last_heard_at"],
                    sent_at=_sent_at(connection, row["brand_id"]),
                    stuck=stuck,
                    stuck_rule=rule,
                )
            )
    return found


def _stuck(connection: Connection, brand_id: str, before: datetime) -> tuple[int, str]:
    table = OUTBOX.c
    waits = (
        table.brand_id == brand_id,
        table.lane == Lane.REPLY,
        table.state.in_((*CLAIMABLE, OutboxState.UNKNOWN)),
        table.created_at <= before,
        table.rule.not_in(WAITS_ON_PURPOSE),
    )
    count = connection.execute(select(func.count()).where(*waits)).scalar() or 0
    oldest = select(table.rule).where(*waits).order_by(table.id).limit(1)
    return count, (connection.execute(oldest).scalar() or "") if count else ""


def _sent_at(connection: Connection, brand_id: str) -> datetime | None:
    table = OUTBOX.c
    sent = select(func.max(table.sending_at)).where(
        table.brand_id == brand_id, table.lane == Lane.REPLY, table.state == OutboxState.SENT
    )
    found: datetime | None = connection.execute(sent).scalar()
    return found
