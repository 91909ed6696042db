"""Mentions that no poll reached: kept until a search has found them, or a human knows that they are lost."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from leadbot.model import BrandId, PostId
from leadbot.ports import Clock, Gap
from leadbot.store import dialect
from leadbot.store.database import Database
from leadbot.store.tables import TASK
from leadbot.store.watch_tables import GAP

_log = structlog.get_logger()


class Gaps:
    """The gaps of all brands. Every setter is one transaction and raises TransientError."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def open(self, brand_id: BrandId, after: PostId, before: PostId) -> None:
        """Remember one."""
        row = {"brand_id": brand_id, "after": after, "before": before, "state": "open", "found": 0, "why": ""}
        with self._database.write() as connection:
            connection.execute(GAP.insert(), {**row, "found_at": self._clock.now()})

    def of(self, brand_id: BrandId | None = None) -> list[Gap]:
        """Those still open, oldest first; of all brands if None."""
        of_brand = [GAP.c.brand_id == brand_id] if brand_id is not None else []
        columns = [GAP.c[name] for name in Gap.__dataclass_fields__]
        query = select(*columns).where(GAP.c.state == "open", *of_brand).order_by(GAP.c.id)
        with self._database.read() as connection:
            return [Gap(**row) for row in connection.execute(query).mappings()]

    def narrow(self, gap: Gap, before: PostId, found: int) -> None:
        """So much of it is on disk now."""
        statement = update(GAP).where(GAP.c.id == gap.id)
        with self._database.write() as connection:
            connection.execute(statement.values(before=before, found=GAP.c.found + found))

    def close(self, gap: Gap, lost: str) -> None:
        """Filled, or lost: then a human gets a task, in the same transaction."""
        now = self._clock.now()
        values = {"state": "lost" if lost else "filled", "why": lost, "closed_at": now}
        with self._database.write() as connection:
            connection.execute(update(GAP).where(GAP.c.id == gap.id).values(**values))
            if lost:
                _task(connection, gap, lost, now)
        _log.info("gap.closed", brand=gap.brand_id, after=gap.after, lost=lost)


def _task(connection: Connection, gap: Gap, why: str, now: datetime) -> None:
    task = {
        "key": f"gap:{gap.id}:mentions_lost",
        "brand_id": gap.brand_id,
        "person_id": None,
        "conversation_id": None,
        "kind": "mentions_lost",
        "why": f"mentions after post {gap.after} and before post {gap.before} were not heard: {why}; "
        "look through the account's notifications of that time",
        "draft": "",
        "post_id": None,
        "state": "open",
        "created_at": now,
    }
    connection.execute(dialect.insert_new(connection, TASK), task)
