"""The list of people who must not be written to. There is no way to take somebody off: only their own "start"
does that, and it comes as an effect of the engine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from leadbot.model import BrandId, ConversationId, OptOutRequested, PersonId, Status, conversation_id
from leadbot.ports import Clock
from leadbot.store import dialect, inbox
from leadbot.store.database import Database
from leadbot.store.signal import Signal
from leadbot.store.tables import CONVERSATION, PERSON, SUPPRESSION

_CHUNK = 400  # ids in one query


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody on a brand's list. at: since when, or when the stop was said, as far as it is known."""

    brand_id: BrandId
    person_id: PersonId
    reason: str
    at: datetime | None = None
    username: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a list: new ones, those that stood there, and those who said "start" since that stop."""

    new: int
    known: int
    lifted_since: int


class Suppressions:
    """Reads the list and adds to it."""

    def __init__(self, database: Database, clock: Clock, heard: Signal) -> None:
        self._database = database
        self._clock = clock
        self._heard = heard

    def all(self, brand_ids: Collection[BrandId]) -> list[Stop]:
        """Everybody who is on the list of one of these brands now, oldest first."""
        table = SUPPRESSION.c
        query = (
            select(table.brand_id, table.person_id, table.reason, table.at, PERSON.c.username)
            .select_from(SUPPRESSION.outerjoin(PERSON, PERSON.c.id == table.person_id))
            .where(table.lifted_at.is_(None), table.brand_id.in_(list(brand_ids)))
            .order_by(table.at, table.person_id, table.brand_id)
        )
        with self._database.read() as connection:
            return [Stop(*row[:4], username=row[4] or "") for row in connection.execute(query)]

    def add(self, stops: Sequence[Stop], *, by: str) -> Added:
        """All of them or none, in one transaction. Adding somebody twice changes nothing.

        Whoever said "start" after the `at` of a stop stays off the list. A conversation that is under way is
        told, so that its dialog ends. Raises TransientError.
        """
        now = self._clock.now()
        wanted = {(stop.brand_id, stop.person_id): stop for stop in stops}
        with self._database.write() as connection:
            known = _known(connection, wanted)
            new = [stop for key, stop in wanted.items() if _is_news(key, stop, known)]
            if new:
                replace = ["reason", "post_id", "at", "lifted_at"]
                statement = dialect.upsert(connection, SUPPRESSION, replace)
                connection.execute(statement, [_row(stop, now) for stop in new])
                _tell_conversations(connection, new, now, by)
        if new:
            self._heard.send()
        listed = sum(key in known and known[key] is None for key in wanted)
        return Added(len(new), listed, len(wanted) - len(new) - listed)

    def has(self, brand_id: BrandId, person_id: PersonId) -> bool:
        """Whether this person is on the list now."""
        with self._database.read() as connection:
            return bool(suppressed(connection, [conversation_id(brand_id, person_id)]))


def save(connection: Connection, rows: Sequence[dict[str, object]]) -> None:
    """Stops and lifts the engine decided on. A stop that stands keeps what it was first noted with."""
    statement = dialect.insert(connection, SUPPRESSION)
    new, old = statement.excluded, SUPPRESSION.c
    stands = and_(old.lifted_at.is_(None), new.lifted_at.is_(None))
    values: dict[str, ColumnElement[object]] = {
        name: case((stands, old[name]), else_=new[name]) for name in ("reason", "post_id", "at")
    }
    values["lifted_at"] = new.lifted_at
    keys = ["brand_id", "person_id"]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values), list(rows))


def suppressed(connection: Connection, conversation_ids: Iterable[str]) -> set[ConversationId]:
    """Those of these conversations whose person is on the brand's list."""
    pairs = [one.split(":", 1) for one in conversation_ids]
    if not pairs:
        return set()
    table = SUPPRESSION.c
    query = select(table.brand_id, table.person_id).where(
        table.person_id.in_([person_id for _, person_id in pairs]), table.lifted_at.is_(None)
    )
    return {
        conversation_id(BrandId(row.brand_id), PersonId(row.person_id)) for row in connection.execute(query)
    }


def _known(
    connection: Connection, wanted: Collection[tuple[BrandId, PersonId]]
) -> dict[tuple[BrandId, PersonId], datetime | None]:
    people = sorted({person_id for _, person_id in wanted})
    table = SUPPRESSION.c
    found: dict[tuple[BrandId, PersonId], datetime | None] = {}  # None: on the list; else when lifted
    for start in range(0, len(people), _CHUNK):
        query = select(table.brand_id, table.person_id, table.lifted_at).where(
            table.person_id.in_(people[start : start + _CHUNK])
        )
        found |= {(row.brand_id, row.person_id): row.lifted_at for row in connection.execute(query)}
    return found


def _is_news(
    key: tuple[BrandId, PersonId], stop: Stop, known: Mapping[tuple[BrandId, PersonId], datetime | None]
) -> bool:
    if key not in known:
        return True
    lifted_at = known[key]
    return lifted_at is not None and (stop.at is None or stop.at > lifted_at)


def _row(stop: Stop, now: datetime) -> dict[str, object]:
    return {
        "brand_id": stop.brand_id,
        "person_id": stop.person_id,
        "reason": stop.reason,
        "post_id": None,
        "at": stop.at or now,
        "lifted_at": None,
    }


def _tell_conversations(connection: Connection, stops: Sequence[Stop], now: datetime, by: str) -> None:
    """Dialogs under way hear of it. People without a conversation are met by the list when they write."""
    for start in range(0, len(stops), _CHUNK):
        batch = {conversation_id(s.brand_id, s.person_id): s for s in stops[start : start + _CHUNK]}
        query = select(CONVERSATION.c.id).where(
            CONVERSATION.c.id.in_(list(batch)), CONVERSATION.c.status != Status.OPTED_OUT
        )
        events = []
        for found in connection.execute(query).scalars():
            stop = batch[ConversationId(found)]
            key = f"suppress:{found}:{int(now.timestamp() * 1_000_000)}"
            event = OptOutRequested(now, by)
            events.append(inbox.event_values(stop.brand_id, stop.person_id, event, key=key, at=now))
        inbox.put(connection, events)
