"""Shipped playbooks, kept whole: a dialog finishes on the version it began with, even without its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import func, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Select

from leadbot.model import BrandId, PlaybookWithdrawn, Status, VersionId
from leadbot.ports import Clock
from leadbot.store import brand_log, dialect
from leadbot.store.brand_log import Act
from leadbot.store.database import Database
from leadbot.store.inbox import event_values, put
from leadbot.store.tables import CONVERSATION, PLAYBOOK_VERSION

REOPENS_WITHIN = timedelta(days=31)
"""An answer may reopen a dialog for 30 days (SCENARIOS 5); the extra day spares us the edge."""


class Shippable(Protocol):
    """What `Playbooks.ship` needs of a playbook."""

    @property
    def name(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def brand(self) -> str: ...
    @property
    def version(self) -> VersionId: ...
    @property
    def content(self) -> str: ...


@dataclass(frozen=True, slots=True)
class StoredPlaybook:
    """A shipped playbook as its author wrote it."""

    version: VersionId
    brand: str
    name: str
    file: str
    content: str
    shipped_at: datetime
    withdrawn_at: datetime | None = None


class Playbooks:
    """Which versions are live, which are still in use, and what they said."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def ship(self, playbook: Shippable, *, by: str = "", brand_id: BrandId | None = None) -> None:
        """Make this version the live one of its name. Shipping an old version again is a rollback.

        by and brand_id: who did it, for the brand's log; nothing is logged where the id is not known.
        Raises TransientError.
        """
        row: dict[str, object] = {
            "version": playbook.version,
            "brand": playbook.brand,
            "name": playbook.name,
            "file": playbook.file,
            "content": playbook.content,
            "withdrawn_at": None,
        }
        with self._database.write() as connection:
            # After everything shipped before, whatever a clock says: the newest is what is spoken.
            now, last = self._clock.now(), _last_shipped(connection, playbook.brand, playbook.name)
            row["shipped_at"] = now if last is None else max(now, last + timedelta(microseconds=1))
            before = _live_of(connection, playbook.brand, playbook.name)
            replace = ["file", "shipped_at", "withdrawn_at"]
            connection.execute(dialect.upsert(connection, PLAYBOOK_VERSION, replace), row)
            if brand_id is not None:
                changed = {"before": before, "after": playbook.version, "subject": playbook.name}
                brand_log.write(connection, brand_id, Act.SHIP, by=by, at=self._clock.now(), **changed)

    def retire(self, brand: str, name: str) -> int:
        """No dialog starts on any version of this playbook any more; open ones finish (SCENARIOS 13).

        Returns how many versions were live.
        """
        with self._database.write() as connection:
            return _retire(connection, brand, name, self._clock.now())

    def note_file(self, brand: str, name: str, file: str) -> None:
        """The live version of this name stands in that file now: it was renamed, or moved."""
        table = PLAYBOOK_VERSION.c
        is_live = (table.brand == brand, table.name == name, table.withdrawn_at.is_(None), table.file != file)
        statement = update(PLAYBOOK_VERSION).where(*is_live).values(file=file)
        with self._database.write() as connection:
            connection.execute(statement)

    def withdraw(self, brand: str, name: str, *, by: str, brand_id: BrandId | None = None) -> int:
        """As `retire`, and its open dialogs end at humans: for words that must not be said again.

        brand: the handle, lower case; brand_id: for the brand's log. Doing it again tells dialogs that began
        in between. Returns how many dialogs are told. Raises TransientError.
        """
        now = self._clock.now()
        mine = select(PLAYBOOK_VERSION.c.version).where(
            PLAYBOOK_VERSION.c.brand == brand, PLAYBOOK_VERSION.c.name == name
        )
        table = CONVERSATION.c
        open_ = select(table.brand_id, table.person_id, table.playbook_version).where(
            table.status.in_([Status.OPEN, Status.AWAITING_CONSENT]), table.playbook_version.in_(mine)
        )
        with self._database.write() as connection:
            before = _live_of(connection, brand, name)
            if _retire(connection, brand, name, now) and brand_id is not None:
                brand_log.write(
                    connection, brand_id, Act.WITHDRAW, by=by, at=now, before=before, subject=name
                )
            rows = [
                event_values(
                    brand_id,
                    person_id,
                    PlaybookWithdrawn(version, by, now),
                    key=f"withdrawn:{version}:{person_id}:{now.isoformat()}",
                    at=now,
                )
                for brand_id, person_id, version in connection.execute(open_)
            ]
            return put(connection, rows)

    def edition(self) -> tuple[object, ...]:
        """Differs whenever what is published differs. Cheap: asked each second. Raises TransientError."""
        table = PLAYBOOK_VERSION.c
        query = select(func.count(), func.max(table.shipped_at), func.max(table.withdrawn_at))
        with self._database.read() as connection:
            return tuple(connection.execute(query).one())

    def live(self) -> list[StoredPlaybook]:
        """The newest shipped version of each playbook that is not withdrawn, by brand and name."""
        newest: dict[tuple[str, str], StoredPlaybook] = {}
        for stored in self.versions():
            newest.setdefault((stored.brand, stored.name), stored)
        return [stored for _, stored in sorted(newest.items()) if stored.withdrawn_at is None]

    def versions(self) -> list[StoredPlaybook]:
        """Every version, newest first."""
        return self._load(select(PLAYBOOK_VERSION))

    def open_dialogs(self) -> dict[VersionId, int]:
        """How many dialogs are open on each version."""
        table = CONVERSATION.c
        query = (
            select(table.playbook_version, func.count())
            .where(table.status.in_([Status.OPEN, Status.AWAITING_CONSENT]))
            .group_by(table.playbook_version)
        )
        with self._database.read() as connection:
            return {VersionId(version): count for version, count in connection.execute(query) if version}

    def in_use(self) -> list[StoredPlaybook]:
        """The versions that open dialogs, and those that may be reopened, began with."""
        table = CONVERSATION.c
        used = select(table.playbook_version).where(
            table.playbook_version.is_not(None),
            or_(
                table.status != Status.IDLE,
                table.updated_at >= self._clock.now() - REOPENS_WITHIN,
            ),
        )
        return self._load(select(PLAYBOOK_VERSION).where(PLAYBOOK_VERSION.c.version.in_(used)))

    def _load(self, query: Select[tuple[object, ...]]) -> list[StoredPlaybook]:
        newest_first = query.order_by(PLAYBOOK_VERSION.c.shipped_at.desc())
        with self._database.read() as connection:
            return [StoredPlaybook(**row) for row in connection.execute(newest_first).mappings()]


def _retire(connection: Connection, brand: str, name: str, now: datetime) -> int:
    table = PLAYBOOK_VERSION.c
    is_live = (table.brand == brand, table.name == name, table.withdrawn_at.is_(None))
    return connection.execute(update(PLAYBOOK_VERSION).where(*is_live).values(withdrawn_at=now)).rowcount


def _last_shipped(connection: Connection, brand: str, name: str) -> datetime | None:
    table = PLAYBOOK_VERSION.c
    query = select(func.max(table.shipped_at)).where(table.brand == brand, table.name == name)
    last: datetime | None = connection.execute(query).scalar()
    return last


def _live_of(connection: Connection, brand: str, name: str) -> str:
    """The live version of a name; "" if there is none."""
    table = PLAYBOOK_VERSION.c
    query = select(table.version, table.withdrawn_at).where(table.brand == brand, table.name == name)
    newest = connection.execute(query.order_by(table.shipped_at.desc())).first()
    return newest.version if newest is not None and newest.withdrawn_at is None else ""
