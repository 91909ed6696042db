"""Read queries."""

from __future__ import annotations

from leadbot.ports import Clock
from leadbot.store.database import Database


class Queries:
    """Reads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
