"""Items from X that make no sense: all are counted, the newest are kept, none of them for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from leadbot.ports import Clock, Odd
from leadbot.store import dialect
from leadbot.store.database import Database
from leadbot.store.spend import utc_day
from leadbot.store.tables import ASIDE
from leadbot.store.watch_tables import ASIDE_COUNT

KEPT_A_DAY = 200
"""Copies kept of a UTC day's odd items, the newest: enough to see what X changed, whoever floods us."""

KEPT_BYTES = 16_384
"""So much of each: an item of X is 400 KB at most, and its beginning shows what is odd."""

KEPT_DAYS = 30


class Aside:
    """The table `aside` and its counts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(self, items: Sequence[Odd]) -> None:
        """Count and keep each that is not kept already: each poll may bring it. Raises TransientError."""
        now = self._clock.now()
        fresh = {_digest(item): item for item in items}
        with self._database.write() as connection:
            known = select(ASIDE.c.digest).where(ASIDE.c.digest.in_(list(fresh)))
            for digest in connection.execute(known).scalars().all():
                del fresh[digest]
            if fresh:
                rows = [_row(digest, item, now) for digest, item in fresh.items()]
                connection.execute(ASIDE.insert(), rows[-KEPT_A_DAY:])
                _count(connection, fresh.values(), now)
                _trim(connection, now)


def _digest(item: Odd) -> str:
    return sha256(f"{item.brand_id or ''}:".encode() + item.raw).hexdigest()


def _row(digest: str, item: Odd, now: datetime) -> dict[str, object]:
    cut = f"; cut, it had {len(item.raw)} bytes" if len(item.raw) > KEPT_BYTES else ""
    why = f"{item.why}{cut}"
    return {"brand_id": item.brand_id, "digest": digest, "raw": item.raw[:KEPT_BYTES], "why": why, "at": now}


def _count(connection: Connection, items: Iterable[Odd], now: datetime) -> None:
    counts = Counter(item.brand_id or "" for item in items)
    statement = dialect.insert(connection, ASIDE_COUNT)
    total = {"count": ASIDE_COUNT.c.count + statement.excluded["count"]}
    statement = statement.on_conflict_do_update(index_elements=["day", "brand_id"], set_=total)
    day = utc_day(now)
    rows = [{"day": day, "brand_id": brand_id, "count": count} for brand_id, count in counts.items()]
    connection.execute(statement, rows)


def _trim(connection: Connection, now: datetime) -> None:
    at = now.astimezone(UTC)
    midnight = datetime(at.year, at.month, at.day, tzinfo=UTC)
    today = select(ASIDE.c.id).where(ASIDE.c.at >= midnight).order_by(ASIDE.c.id.desc())
    last = connection.execute(today.offset(KEPT_A_DAY).limit(1)).scalar()
    if last is not None:
        connection.execute(delete(ASIDE).where(ASIDE.c.at >= midnight, ASIDE.c.id <= last))
    connection.execute(delete(ASIDE).where(ASIDE.c.at < midnight - timedelta(days=KEPT_DAYS)))
