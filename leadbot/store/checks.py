"""Which posts of people are kept, when each was last known to stand on X, and what became of those gone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, update
from sqlalchemy.engine import Connection

from leadbot.model import BrandId, PersonGone, PersonId, PostDeleted, PostId
from leadbot.store import inbox
from leadbot.store.columns import UtcTime
from leadbot.store.database import Database
from leadbot.store.signal import Signal
from leadbot.store.tables import CONVERSATION, INBOX, PERSON

_KEPT = INBOX.c.checked_at.is_not(None)


@dataclass(frozen=True, slots=True)
class KeptPost:
    """A version of a post whose words we hold."""

    id: PostId
    person_id: PersonId
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many posts of a brand are kept, how many of those were not looked at since some moment, and the
    oldest look (None: nothing is kept).
    """

    kept: int
    overdue: int
    oldest: datetime | None


class Checks:
    """Reads and notes checks. Writes are short transactions and raise TransientError."""

    def __init__(self, database: Database, heard: Signal) -> None:
        self._database = database
        self._heard = heard

    def due(self, brand_id: BrandId, before: datetime, *, limit: int) -> list[KeptPost]:
        """Posts last looked at before then, longest ago first."""
        query = (
            select(INBOX.c.post_id, INBOX.c.person_id, INBOX.c.checked_at)
            .where(_KEPT, INBOX.c.brand_id == brand_id, INBOX.c.checked_at < before)
            .order_by(INBOX.c.checked_at)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [KeptPost(*row) for row in connection.execute(query)]

    def backlog(self, brand_id: BrandId, before: datetime) -> Backlog:
        """How things stand with those not looked at since `before`."""
        of_brand = and_(_KEPT, INBOX.c.brand_id == brand_id)
        overdue = func.count().filter(INBOX.c.checked_at < before)
        oldest = func.min(INBOX.c.checked_at, type_=UtcTime)
        with self._database.read() as connection:
            row = connection.execute(select(func.count(), overdue, oldest).where(of_brand)).one()
        return Backlog(row[0], row[1], row[2])

    def authors(self, brand_id: BrandId, post_ids: Collection[PostId]) -> set[PersonId]:
        """Who wrote these posts."""
        query = select(INBOX.c.person_id).where(
            INBOX.c.brand_id == brand_id, INBOX.c.post_id.in_(list(post_ids))
        )
        with self._database.read() as connection:
            return {PersonId(one) for one in connection.execute(query).scalars()}

    def stand(self, brand_id: BrandId, post_ids: Collection[PostId], at: datetime) -> None:
        """X shows these posts now."""
        if not post_ids:
            return
        of_posts = and_(_KEPT, INBOX.c.brand_id == brand_id, INBOX.c.post_id.in_(list(post_ids)))
        with self._database.write() as connection:
            connection.execute(update(INBOX).where(of_posts).values(checked_at=at))

    def stand_everywhere(self, post_ids: Collection[PostId], at: datetime) -> None:
        """X showed these posts at that time, to whichever brand; a later look counts more."""
        of_posts = and_(_KEPT, INBOX.c.post_id.in_(list(post_ids)), INBOX.c.checked_at < at)
        with self._database.write() as connection:
            connection.execute(update(INBOX).where(of_posts).values(checked_at=at))

    def all_posts(self) -> list[PostId]:
        """Every post whose words are kept, once."""
        query = select(INBOX.c.post_id).where(_KEPT).distinct()
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def all_authors(self) -> list[PersonId]:
        """Everybody whose words or profile are kept, once."""
        query = select(INBOX.c.person_id).where(_KEPT).union(select(PERSON.c.id))
        with self._database.read() as connection:
            return sorted(connection.execute(query).scalars())

    def authors_of(self, post_ids: Collection[PostId]) -> dict[PostId, PersonId]:
        """Who wrote these posts, for any brand."""
        query = select(INBOX.c.post_id, INBOX.c.person_id).where(INBOX.c.post_id.in_(list(post_ids)))
        with self._database.read() as connection:
            return {PostId(row.post_id): PersonId(row.person_id) for row in connection.execute(query)}

    def recent_authors(self, most: int) -> list[PersonId]:
        """Those whose words are kept and with whom a brand last had words, newest contact first."""
        kept = select(INBOX.c.person_id).where(_KEPT, INBOX.c.person_id == CONVERSATION.c.person_id)
        query = (
            select(CONVERSATION.c.person_id)
            .where(kept.exists())
            .group_by(CONVERSATION.c.person_id)
            .order_by(func.max(CONVERSATION.c.contact_at).desc())
            .limit(most)
        )
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def posts_gone(self, post_ids: Collection[PostId], at: datetime) -> int:
        """X shows these posts no longer: every brand that heard one gets the event, once a post. Returns how
        many.
        """
        with self._database.write() as connection:
            rows = _deletions(connection, list(post_ids), at)
            new = inbox.put(connection, rows)
        if new:
            self._heard.send()
        return new

    def people_gone(self, people: Sequence[tuple[PersonId, str]], at: datetime) -> int:
        """X shows these accounts no longer, given with why (as in `PersonGone`). Returns how many events."""
        whys = dict(people)
        with self._database.write() as connection:
            query = select(INBOX.c.brand_id, INBOX.c.person_id).where(INBOX.c.person_id.in_(list(whys)))
            rows = [
                inbox.event_values(
                    BrandId(row.brand_id),
                    PersonId(row.person_id),
                    PersonGone(whys[row.person_id], at),
                    # An account may go, come back and go again, but hardly so on one day.
                    key=f"person_gone:{row.person_id}:{at.date().isoformat()}",
                    at=at,
                )
                for row in connection.execute(query.distinct())
            ]
            new = inbox.put(connection, rows)
        if new:
            self._heard.send()
        return new


def _deletions(connection: Connection, post_ids: list[PostId], at: datetime) -> list[dict[str, object]]:
    query = select(INBOX.c.brand_id, INBOX.c.person_id, INBOX.c.key).where(INBOX.c.post_id.in_(post_ids))
    found = {
        (row.brand_id, row.key.split(":")[1]): row.person_id for row in connection.execute(query)
    }  # by the id of the first version
    return [
        inbox.event_values(
            BrandId(brand_id),
            PersonId(person_id),
            PostDeleted(PostId(first_id), at),
            key=f"deleted:{first_id}",
            at=at,
        )
        for (brand_id, first_id), person_id in found.items()
    ]
