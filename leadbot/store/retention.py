"""Old words: everything a person told us leaves some time after the last contact, row by row and in batches.

What stays: the suppression list (bare ids, for ever), money, playbooks. A person who comes back is a new one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, func, or_, select
from sqlalchemy.engine import Connection

from leadbot.model import BrandId, Consent
from leadbot.store import desk_access
from leadbot.store.crm_tables import CRM_ANSWER
from leadbot.store.database import Database
from leadbot.store.route_tables import ROUTE
from leadbot.store.states import UNSETTLED, InboxState
from leadbot.store.tables import (
    ASIDE,
    CONVERSATION,
    DECISION,
    HANDOFF,
    INBOX,
    OUTBOX,
    OWN_POST,
    PERSON,
    RECEIPT_LINE,
    TASK,
    TIMER,
)

_MOST_ORPHANS = 1_000
_OF_CONVERSATION = (DECISION, RECEIPT_LINE, OUTBOX, TIMER, CRM_ANSWER, ROUTE)
_OF_PERSON = (INBOX, HANDOFF, TASK, OWN_POST)


@dataclass(frozen=True, slots=True)
class Old:
    """A conversation whose time is over."""

    id: str
    brand_id: str
    person_id: str


class Retention:
    """Finds and removes. Each removal is one short transaction and raises TransientError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def old(self, before: datetime, before_with_consent: datetime, *, limit: int) -> list[Old]:
        """Conversations without contact since `before`; since `before_with_consent` where they said yes to
        being passed on. Not those in which something still waits to be decided or sent.
        """
        table = CONVERSATION.c
        agreed = exists().where(HANDOFF.c.conversation_id == table.id, HANDOFF.c.consent == Consent.YES)
        query = (
            select(table.id, table.brand_id, table.person_id)
            .where(
                table.contact_at < before,
                or_(table.contact_at < before_with_consent, ~agreed),
                ~_is_under_way(),
            )
            .order_by(table.contact_at)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [Old(*row) for row in connection.execute(query)]

    def everybody(self, brand_id: BrandId, *, limit: int) -> list[Old]:
        """Conversations of a brand, whatever their age and whatever waits."""
        query = select(CONVERSATION.c.id, CONVERSATION.c.brand_id, CONVERSATION.c.person_id)
        query = query.where(CONVERSATION.c.brand_id == brand_id).limit(limit)
        with self._database.read() as connection:
            return [Old(*row) for row in connection.execute(query)]

    def remove(self, conversations: Sequence[Old], *, only_before: datetime | None = None) -> int:
        """Every row about them. only_before: leave those that had contact since. Returns how many
        conversations went.
        """
        ids = [one.id for one in conversations]
        with self._database.write() as connection:
            still = select(CONVERSATION.c.id).where(CONVERSATION.c.id.in_(ids))
            if only_before is not None:
                # Somebody may have written between the look and now.
                still = still.where(CONVERSATION.c.contact_at < only_before, ~_is_under_way())
            going = set(connection.execute(still).scalars())
            chosen = [one for one in conversations if one.id in going]
            _remove(connection, chosen)
        return len(chosen)

    def remove_rest(self, brand_id: BrandId) -> None:
        """What `everybody` does not reach: posts not decided on yet, tasks, own posts, odd items."""
        with self._database.write() as connection:
            for table in (INBOX, OWN_POST, TASK):
                connection.execute(delete(table).where(table.c.brand_id == brand_id))
            of_brand = or_(ASIDE.c.brand_id == brand_id, ASIDE.c.brand_id.is_(None))
            connection.execute(delete(ASIDE).where(of_brand))

    def remove_odd_items(self, before: datetime) -> int:
        """Items from X that nobody could read: nobody can ask either whether X still shows them."""
        with self._database.write() as connection:
            return connection.execute(delete(ASIDE).where(ASIDE.c.at < before)).rowcount

    def remove_orphans(self, before: datetime) -> int:
        """What was put before then and is of nobody: a person whose every event failed has no conversation,
        so no time of theirs ever ends.
        """
        theirs = exists().where(
            CONVERSATION.c.brand_id == INBOX.c.brand_id, CONVERSATION.c.person_id == INBOX.c.person_id
        )
        query = select(INBOX.c.id).where(INBOX.c.put_at < before, INBOX.c.state != InboxState.NEW, ~theirs)
        with self._database.read() as connection:
            ids = list(connection.execute(query.limit(_MOST_ORPHANS)).scalars())
        if not ids:
            return 0
        with self._database.write() as connection:
            return connection.execute(delete(INBOX).where(INBOX.c.id.in_(ids), ~theirs)).rowcount

    def remove_own_posts(self, before: datetime) -> int:
        """Own posts that speak to nobody we know; the newest of each brand tells where to read on."""
        newest = select(func.max(OWN_POST.c.created_at)).group_by(OWN_POST.c.brand_id)
        of_nobody = and_(OWN_POST.c.person_id.is_(None), OWN_POST.c.created_at < before)
        with self._database.write() as connection:
            keep = list(connection.execute(newest).scalars())
            statement = delete(OWN_POST).where(of_nobody, OWN_POST.c.created_at.not_in(keep))
            return connection.execute(statement).rowcount


def _is_under_way() -> Any:
    waits = exists().where(
        INBOX.c.state == InboxState.NEW,
        INBOX.c.person_id == CONVERSATION.c.person_id,
        INBOX.c.brand_id == CONVERSATION.c.brand_id,
    )
    unsent = exists().where(OUTBOX.c.conversation_id == CONVERSATION.c.id, OUTBOX.c.state.in_(UNSETTLED))
    return or_(waits, unsent)


def _remove(connection: Connection, chosen: Collection[Old]) -> None:
    ids = [one.id for one in chosen]
    desk_access.unname(connection, ids)
    for table in _OF_CONVERSATION:
        connection.execute(delete(table).where(table.c.conversation_id.in_(ids)))
    by_brand: dict[str, list[str]] = {}
    for one in chosen:
        by_brand.setdefault(one.brand_id, []).append(one.person_id)
    for brand_id, people in by_brand.items():
        for table in _OF_PERSON:
            theirs = and_(table.c.brand_id == brand_id, table.c.person_id.in_(people))
            if table is INBOX:
                theirs = and_(theirs, INBOX.c.state != InboxState.NEW)
            connection.execute(delete(table).where(theirs))
    connection.execute(delete(CONVERSATION).where(CONVERSATION.c.id.in_(ids)))
    people_gone = {one.person_id for one in chosen}
    elsewhere = select(CONVERSATION.c.person_id).where(CONVERSATION.c.person_id.in_(people_gone))
    connection.execute(delete(PERSON).where(PERSON.c.id.in_(people_gone), PERSON.c.id.not_in(elsewhere)))
