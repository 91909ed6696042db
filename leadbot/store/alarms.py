"""What is wrong with leadbot or its world right now, and whether somebody was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.engine import RowMapping

from leadbot.model import BrandId
from leadbot.ports import Clock
from leadbot.store import dialect
from leadbot.store.database import Database
from leadbot.store.watch_tables import ALARM

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Alarm:
    """key: what it is about, such as ``listen.no_poll:123``. brand_id None: about the installation.

    what: the fault in plain words; fix: what to do. told_at: when somebody was told last, None if not yet.
    """

    key: str
    brand_id: BrandId | None
    what: str
    fix: str
    raised_at: datetime
    told_at: datetime | None


class Alarms:
    """Raised by whoever sees a fault, cleared by whoever sees it gone, told by `relay.Watch`.

    Every setter is one transaction and raises TransientError. Raising what is raised, and clearing what is
    not, costs one read.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def raise_alarm(self, key: str, *, what: str, fix: str, brand_id: BrandId | None = None) -> bool:
        """Something is wrong. Returns whether it is news; the newest words stay, no word of a person's in
        them.

        Somebody is told once, and again every day while it lasts.
        """
        known = self.get(key)
        if known is not None and (known.what, known.fix, known.brand_id) == (what, fix, brand_id):
            return False
        values = {"brand_id": brand_id, "what": what, "fix": fix}
        if known is not None:
            with self._database.write() as connection:
                connection.execute(update(ALARM).where(ALARM.c.key == key).values(**values))
            return False
        row = {"key": key, **values, "raised_at": self._clock.now(), "told_at": None, "cleared_at": None}
        with self._database.write() as connection:
            connection.execute(dialect.upsert(connection, ALARM, [*row][1:]), row)
        _log.error("alarm.raised", key=key, brand=brand_id, what=what, fix=fix)
        return True

    def clear(self, key: str) -> bool:
        """It is over. Returns whether it was raised."""
        if self.get(key) is None:
            return False
        with self._database.write() as connection:
            statement = update(ALARM).where(ALARM.c.key == key).values(cleared_at=self._clock.now())
            connection.execute(statement)
        _log.info("alarm.cleared", key=key)
        return True

    def get(self, key: str) -> Alarm | None:
        """This alarm, if it is raised now."""
        with self._database.read() as connection:
            query = select(ALARM).where(ALARM.c.key == key, ALARM.c.cleared_at.is_(None))
            row = connection.execute(query).mappings().first()
        return None if row is None else _alarm(row)

    def open(self) -> list[Alarm]:
        """All that are raised now, oldest first."""
        query = select(ALARM).where(ALARM.c.cleared_at.is_(None)).order_by(ALARM.c.raised_at, ALARM.c.key)
        with self._database.read() as connection:
            return [_alarm(row) for row in connection.execute(query).mappings()]

    def to_tell(self, *, again_after: timedelta) -> list[Alarm]:
        """Those nobody was told of yet, or not for `again_after`."""
        before = self._clock.now() - again_after
        query = select(ALARM).where(
            ALARM.c.cleared_at.is_(None), or_(ALARM.c.told_at.is_(None), ALARM.c.told_at <= before)
        )
        with self._database.read() as connection:
            return [_alarm(row) for row in connection.execute(query.order_by(ALARM.c.raised_at)).mappings()]

    def told(self, keys: Sequence[str]) -> None:
        """Somebody was told of these now."""
        with self._database.write() as connection:
            connection.execute(
                update(ALARM).where(ALARM.c.key.in_(list(keys))).values(told_at=self._clock.now())
            )


def _alarm(row: RowMapping) -> Alarm:
    return Alarm(**{name: row[name] for name in Alarm.__dataclass_fields__})
