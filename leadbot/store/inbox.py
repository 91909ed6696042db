"""The one door in: every event becomes a row, once, under its natural key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from leadbot.model import BrandId, Event, Person, PersonId, Post, PostId, partition_of
from leadbot.ports import Clock, Gap, Odd
from leadbot.store import codec, dialect
from leadbot.store.aside import Aside
from leadbot.store.database import Database
from leadbot.store.gaps import Gaps
from leadbot.store.signal import Signal
from leadbot.store.tables import BRAND_STATE, INBOX


def post_key(post: Post) -> str:
    """Natural key of one version of a post: the first version and each edit are different events (SCENARIOS
    4).
    """
    return f"post:{post.first_id}:{post.edit_version}"


def event_values(
    brand_id: BrandId, person_id: PersonId, event: Event, *, key: str, at: datetime
) -> dict[str, Any]:
    """The inbox row of anything but a post.

    key: what happened, so that it is recorded once (without ``event:``).
    """
    return {
        "brand_id": brand_id,
        "key": f"event:{key}",
        "person_id": person_id,
        "partition": partition_of(brand_id, person_id),
        "kind": type(event).__name__,
        "payload": codec.encode(event),
        "post_id": None,
        "channel": "",
        "put_at": at,
        "checked_at": None,
    }


def put(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows inside somebody's transaction; those whose key is there already stay.

    Returns how many were new.
    """
    if not rows:
        return 0
    return connection.execute(dialect.insert_new(connection, INBOX), list(rows)).rowcount


class InboxTable:
    """`ports.Inbox` on the database. Every method is one transaction of its own."""

    def __init__(self, database: Database, clock: Clock, on_new: Signal) -> None:
        self._database = database
        self._clock = clock
        self._on_new = on_new
        self.holes = Gaps(database, clock)
        self.aside = Aside(database, clock)

    def put_posts(self, brand_id: BrandId, heard: Sequence[tuple[Post, Person]], *, channel: str) -> int:
        """Put what the listener heard on disk. Returns how many were new. Raises TransientError."""
        now = self._clock.now()
        rows = [_post_values(brand_id, post, person, channel, now) for post, person in heard]
        with self._database.write() as connection:
            new = put(connection, rows)
            _note(connection, brand_id, last_heard_at=now)
        if new:
            self._on_new.send()
        return new

    def put_event(self, brand_id: BrandId, person_id: PersonId, event: Event, *, key: str) -> bool:
        """Put a click of the desk, a verb of the command line or an outcome. False: this key is known
        already.

        key: names what happened, for example ``takeover:{click id}``. Raises TransientError.
        """
        row = event_values(brand_id, person_id, event, key=key, at=self._clock.now())
        with self._database.write() as connection:
            new = put(connection, [row])
        if new:
            self._on_new.send()
        return bool(new)

    def set_aside(self, items: Sequence[Odd]) -> None:
        """See `ports.Inbox` and `aside.Aside`. Raises TransientError."""
        self.aside.put(items)

    def watermark(self, brand_id: BrandId) -> PostId | None:
        """Newest post id up to which every page of the mentions poll is on disk."""
        with self._database.read() as connection:
            found = connection.execute(_watermark(brand_id)).scalar()
        return None if found is None else PostId(found)

    def move_watermark(self, brand_id: BrandId, post_id: PostId) -> None:
        """Move it forward; an older id changes nothing. Raises TransientError."""
        with self._database.write() as connection:
            found = connection.execute(_watermark(brand_id)).scalar()
            if found is None or int(post_id) > int(found):
                _note(connection, brand_id, watermark=post_id)

    def open_gap(self, brand_id: BrandId, *, after: PostId, before: PostId) -> None:
        """See `ports.Inbox`."""
        self.holes.open(brand_id, after, before)

    def gaps(self, brand_id: BrandId) -> list[Gap]:
        """See `ports.Inbox`."""
        return self.holes.of(brand_id)

    def narrow_gap(self, gap: Gap, *, before: PostId, found: int) -> None:
        """See `ports.Inbox`."""
        self.holes.narrow(gap, before, found)

    def close_gap(self, gap: Gap, *, lost: str = "") -> None:
        """See `ports.Inbox`."""
        self.holes.close(gap, lost)

    def newest_id(self, brand_id: BrandId) -> int:
        """Number of the newest row of this brand, 0 if there is none: what a complete poll has brought."""
        with self._database.read() as connection:
            query = select(func.max(INBOX.c.id)).where(INBOX.c.brand_id == brand_id)
            return connection.execute(query).scalar() or 0


def _watermark(brand_id: BrandId) -> Any:
    return select(BRAND_STATE.c.watermark).where(BRAND_STATE.c.brand_id == brand_id)


def _note(connection: Connection, brand_id: BrandId, **values: object) -> None:
    row = {"brand_id": brand_id, "handle": "", "paused_why": "", "has_caught_up": False, **values}
    connection.execute(dialect.upsert(connection, BRAND_STATE, list(values)), row)


def _post_values(
    brand_id: BrandId, post: Post, person: Person, channel: str, now: datetime
) -> dict[str, Any]:
    return {
        "brand_id": brand_id,
        "key": post_key(post),
        "person_id": post.author_id,
        "partition": partition_of(brand_id, post.author_id),
        "kind": "PostEdited" if post.edit_version else "PostReceived",
        "payload": codec.encode(codec.HeardPost(post, person)),
        "post_id": post.id,
        "channel": channel,
        "put_at": now,
        "checked_at": now,
    }
