"""When a piece of housekeeping was last done, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from leadbot.store import dialect
from leadbot.store.database import Database
from leadbot.store.forget_tables import CHORE


@dataclass(frozen=True, slots=True)
class Chore:
    """name: what was done; brand_id: for whom, empty for all; outcome: in a few words."""

    name: str
    brand_id: str
    at: datetime
    outcome: str


class Chores:
    """One row for each name and brand: the newest time counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def done(self, name: str, at: datetime, outcome: str, *, brand_id: str = "") -> None:
        """It was done just now. Raises TransientError."""
        row = {"name": name, "brand_id": brand_id, "at": at, "outcome": outcome}
        with self._database.write() as connection:
            connection.execute(dialect.upsert(connection, CHORE, ["at", "outcome"]), row)

    def last(self, name: str, *, brand_id: str = "") -> datetime | None:
        """When it was last done; None if never."""
        query = select(CHORE.c.at).where(CHORE.c.name == name, CHORE.c.brand_id == brand_id)
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return found

    def all(self) -> list[Chore]:
        """Everything, by name and brand."""
        query = select(CHORE.c.name, CHORE.c.brand_id, CHORE.c.at, CHORE.c.outcome)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(CHORE.c.name, CHORE.c.brand_id))
            return [Chore(*row) for row in rows]
