"""What X was paid, and what is left of a day's budget after keeping back what open dialogs may still cost."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection

from leadbot.model import BrandId, Status
from leadbot.store import dialect
from leadbot.store.database import Database
from leadbot.store.states import MAYBE_OUT
from leadbot.store.tables import CONVERSATION, OUTBOX, SPEND


def utc_day(at: datetime) -> str:
    """The UTC day X bills by, as 2026-11-22."""
    return at.astimezone(UTC).date().isoformat()


READS = ("post_read", "owned_read", "user_read")
"""Kinds of requests that read; the others say or delete something."""


class Spend:
    """The ledger of requests X charges for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_spend(self, brand_id: BrandId, kind: str, count: int, usd: float, at: datetime) -> None:
        """Add `count` requests of `kind` that cost `usd` together. Raises TransientError."""
        with self._database.write() as connection:
            add(connection, brand_id, kind, count, usd, at=at)

    def spent(self, brand_id: BrandId, at: datetime) -> float:
        """USD on the UTC day of `at`."""
        with self._database.read() as connection:
            return spent(connection, brand_id, at)

    def reads_spent(self, brand_id: BrandId, at: datetime) -> float:
        """USD for reading on the UTC day of `at`. Raises TransientError."""
        query = select(func.sum(SPEND.c.usd)).where(
            SPEND.c.brand_id == brand_id, SPEND.c.day == utc_day(at), SPEND.c.kind.in_(READS)
        )
        with self._database.read() as connection:
            return float(connection.execute(query).scalar() or 0.0)

    def spent_on(self, brand_id: BrandId, kind: str, at: datetime) -> float:
        """USD on one kind of request, on the UTC day of `at`."""
        query = select(SPEND.c.usd).where(
            SPEND.c.brand_id == brand_id, SPEND.c.day == utc_day(at), SPEND.c.kind == kind
        )
        with self._database.read() as connection:
            return float(connection.execute(query).scalar() or 0.0)

    def left(self, brand_id: BrandId, at: datetime, *, daily_budget_usd: float) -> float:
        """USD a new dialog may use on the UTC day of `at`; may be negative."""
        with self._database.read() as connection:
            return daily_budget_usd - spent(connection, brand_id, at) - reserved(connection, brand_id)


def add(
    connection: Connection, brand_id: BrandId, kind: str, count: int, usd: float, *, at: datetime
) -> None:
    """Record inside somebody's transaction."""
    statement = dialect.insert(connection, SPEND)
    statement = statement.on_conflict_do_update(
        index_elements=["brand_id", "day", "kind"],
        set_={
            "count": SPEND.c.count + statement.excluded["count"],
            "usd": SPEND.c.usd + statement.excluded["usd"],
        },
    )
    row = {"brand_id": brand_id, "day": utc_day(at), "kind": kind, "count": count, "usd": usd}
    connection.execute(statement, row)


def spent(connection: Connection, brand_id: BrandId, at: datetime) -> float:
    """USD spent on the UTC day of `at`."""
    query = select(func.sum(SPEND.c.usd)).where(SPEND.c.brand_id == brand_id, SPEND.c.day == utc_day(at))
    return float(connection.execute(query).scalar() or 0.0)


def spent_from_day(connection: Connection, day: str, brand_id: BrandId | None) -> float:
    """USD spent since the beginning of that UTC day, by one brand or all."""
    of_brand = [SPEND.c.brand_id == brand_id] if brand_id is not None else []
    query = select(func.sum(SPEND.c.usd)).where(SPEND.c.day >= day, *of_brand)
    return float(connection.execute(query).scalar() or 0.0)


def reserved(connection: Connection, brand_id: BrandId) -> float:
    """USD that dialogs under way may still cost: what each kept back at its start, less what it has used.

    Computed from the rows themselves, so that a reservation ends by itself when its dialog does.
    """
    used = case((OUTBOX.c.state.in_(MAYBE_OUT), OUTBOX.c.cost_usd), else_=0.0)
    kept = case((OUTBOX.c.state.in_(MAYBE_OUT), OUTBOX.c.reserve_usd), else_=0.0)
    per_dialog = (
        select((func.sum(kept) - func.sum(used)).label("usd"))
        .select_from(CONVERSATION.join(OUTBOX, OUTBOX.c.conversation_id == CONVERSATION.c.id))
        .where(
            CONVERSATION.c.brand_id == brand_id,
            CONVERSATION.c.status.in_((Status.OPEN, Status.AWAITING_CONSENT)),
            OUTBOX.c.dialog == CONVERSATION.c.dialog,
        )
        .group_by(CONVERSATION.c.id)
        .subquery()
    )
    query = select(func.sum(per_dialog.c.usd)).where(per_dialog.c.usd > 0)
    return float(connection.execute(query).scalar() or 0.0)
