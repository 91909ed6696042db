"""Forgets a person on their request, everywhere. What stays is that they asked not to be written to."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection

from leadbot.errors import PermanentError
from leadbot.model import PersonId
from leadbot.store import desk_access
from leadbot.store.crm_tables import CRM_ANSWER
from leadbot.store.database import Database
from leadbot.store.route_tables import ROUTE
from leadbot.store.states import OutboxState
from leadbot.store.tables import (
    BRAND_LOG,
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

_BY_PERSON = (INBOX, OUTBOX, HANDOFF, TASK, TIMER)
_BY_CONVERSATION = (DECISION, RECEIPT_LINE, CRM_ANSWER, ROUTE)


def erase_person(database: Database, person_id: PersonId) -> dict[str, int]:
    """Delete every row that is about this person; the suppression list keeps the bare id, or they would be
    written to.

    Returns how many rows of each table went; the refs of CRM records are in `handoff` until then, so have
    those deleted first. Raises PermanentError(``being_sent``) while a reply to them is on its way,
    TransientError.
    """
    with database.write() as connection:
        in_flight = (OutboxState.SENDING, OutboxState.UNKNOWN)
        busy = select(OUTBOX.c.id).where(OUTBOX.c.person_id == person_id, OUTBOX.c.state.in_(in_flight))
        if connection.execute(busy).first() is not None:
            raise PermanentError(
                "being_sent", "a reply to this person is on its way; try again in some minutes"
            )
        _unname(connection, person_id)
        theirs = select(CONVERSATION.c.id).where(CONVERSATION.c.person_id == person_id)
        desk_access.unname(connection, theirs)
        gone = {
            table.name: connection.execute(delete(table).where(table.c.conversation_id.in_(theirs))).rowcount
            for table in _BY_CONVERSATION
        }
        for table in (*_BY_PERSON, CONVERSATION):
            gone[table.name] = connection.execute(
                delete(table).where(table.c.person_id == person_id)
            ).rowcount
        gone[PERSON.name] = connection.execute(delete(PERSON).where(PERSON.c.id == person_id)).rowcount
        connection.execute(
            update(OWN_POST).where(OWN_POST.c.person_id == person_id).values(person_id=None, said="")
        )
    return gone


def _unname(connection: Connection, person_id: PersonId) -> None:
    """The log of what was done to a brand keeps that something was, not to whom nor why."""
    query = select(OUTBOX.c.post_id).where(OUTBOX.c.person_id == person_id, OUTBOX.c.post_id.is_not(None))
    subjects = [
        f"person {person_id}",
        *(f"post {post_id}" for post_id in connection.execute(query).scalars()),
    ]
    gone = update(BRAND_LOG).where(BRAND_LOG.c.subject.in_(subjects))
    connection.execute(gone.values(subject="", why=""))
