"""Takes words out of every table, in the transaction that decides on it: those of a post, or of a person.

What is never theirs stays: ids, points, our own words, money. The conversation itself is written by the
engine; all other copies are blanked here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.engine import Connection

from leadbot import model as m
from leadbot.model import redaction
from leadbot.store import codec, dialect, outbox
from leadbot.store.states import InboxState, Lane, OutboxState
from leadbot.store.tables import DECISION, HANDOFF, INBOX, OUTBOX, PERSON, RECEIPT_LINE, TASK

NO_TRACE = "[]"
_NOT_SAID_YET = (OutboxState.PENDING, OutboxState.HELD, OutboxState.DRAFT)


def forget_posts(connection: Connection, posts: Iterable[tuple[str, str]], now: datetime) -> None:
    """All versions of these posts, given as (brand id, id of any version)."""
    for brand_id, post_id in posts:
        gone = versions(connection, brand_id, post_id)
        _blank_inbox(connection, and_(INBOX.c.brand_id == brand_id, INBOX.c.post_id.in_(gone)))
        of_brand = and_(DECISION.c.brand_id == brand_id, DECISION.c.post_id.in_(gone))
        connection.execute(update(DECISION).where(of_brand).values(trace=NO_TRACE))
        of_post = and_(TASK.c.brand_id == brand_id, TASK.c.post_id.in_(gone))
        connection.execute(update(TASK).where(of_post).values(draft=""))
        people = select(INBOX.c.person_id).where(INBOX.c.brand_id == brand_id, INBOX.c.post_id.in_(gone))
        for person_id in connection.execute(people.distinct()).scalars().all():
            _blank_receipt(connection, f"{brand_id}:{person_id}", gone)
            _blank_handoffs(connection, brand_id, person_id, gone, now, cause=min(gone, key=int))
        _unsay(connection, and_(OUTBOX.c.brand_id == brand_id, OUTBOX.c.parent_id.in_(gone)), now)


def forget_replaced(connection: Connection, posts: Iterable[tuple[str, str, str]]) -> None:
    """An edit was decided on: words of older versions go. Given as (brand id, first id, id of the newest)."""
    for brand_id, first_id, newest in posts:
        gone = versions(connection, brand_id, first_id) - {m.PostId(newest)}
        if gone:
            _blank_inbox(connection, and_(INBOX.c.brand_id == brand_id, INBOX.c.post_id.in_(gone)))
            older = and_(DECISION.c.brand_id == brand_id, DECISION.c.post_id.in_(gone))
            connection.execute(update(DECISION).where(older).values(trace=NO_TRACE))


def forget_people(connection: Connection, people: Iterable[tuple[str, str]], now: datetime) -> None:
    """Everything these people said to a brand, and their profile. Given as (brand id, person id)."""
    for brand_id, person_id in people:
        conversation_id = f"{brand_id}:{person_id}"
        is_post = INBOX.c.kind.in_(sorted(codec.POST_KINDS))
        theirs = and_(INBOX.c.brand_id == brand_id, INBOX.c.person_id == person_id, is_post)
        _blank_inbox(connection, theirs)
        trace = update(DECISION).where(DECISION.c.conversation_id == conversation_id).values(trace=NO_TRACE)
        connection.execute(trace)
        of_person = and_(TASK.c.brand_id == brand_id, TASK.c.person_id == person_id)
        connection.execute(update(TASK).where(of_person).values(draft=""))
        _blank_receipt(connection, conversation_id, None)
        _blank_handoffs(connection, brand_id, person_id, None, now, cause="person")
        _unsay(connection, OUTBOX.c.conversation_id == conversation_id, now)
        connection.execute(delete(PERSON).where(PERSON.c.id == person_id))


def versions(connection: Connection, brand_id: str, post_id: str) -> set[m.PostId]:
    """The ids of all versions of a post, from the id of any of them; itself alone if it was never heard."""
    key = select(INBOX.c.key).where(INBOX.c.brand_id == brand_id, INBOX.c.post_id == post_id)
    first_ids = {key.split(":")[1] for key in connection.execute(key).scalars()} or {post_id}
    found = {m.PostId(post_id), *map(m.PostId, first_ids)}
    for first_id in first_ids:
        # ";" comes after ":": a range that the unique key's index can answer.
        chain = and_(INBOX.c.key >= f"post:{first_id}:", INBOX.c.key < f"post:{first_id};")
        query = select(INBOX.c.post_id).where(INBOX.c.brand_id == brand_id, chain)
        found |= {m.PostId(one) for one in connection.execute(query).scalars() if one}
    return found


def _blank_inbox(connection: Connection, which: Any) -> None:
    # What waits for its decision is blanked by that decision: the engine must be able to read a "stop".
    is_decided = INBOX.c.state != InboxState.NEW
    connection.execute(update(INBOX).where(is_decided, which).values(payload=codec.ERASED, checked_at=None))


def _blank_receipt(connection: Connection, conversation_id: str, gone: Collection[str] | None) -> None:
    which = [RECEIPT_LINE.c.conversation_id == conversation_id]
    if gone is not None:
        which.append(RECEIPT_LINE.c.post_id.in_(gone))
    connection.execute(update(RECEIPT_LINE).where(*which).values(words=redaction.DELETED))


def _blank_handoffs(
    connection: Connection,
    brand_id: str,
    person_id: str,
    gone: Collection[m.PostId] | None,
    now: datetime,
    *,
    cause: str,
) -> None:
    """Cards on the desk and closed ones; what the CRM has of them is to be replaced."""
    table = HANDOFF.c
    query = select(table.key, table.payload, table.dialog, table.crm_ref).where(
        table.conversation_id == f"{brand_id}:{person_id}"
    )
    for row in connection.execute(query).all():
        try:
            before = codec.effect("HandOff", row.payload)
        except codec.UNREADABLE:
            continue
        assert isinstance(before, m.HandOff), "codec.effect decodes by kind"
        after = redaction.handoff_without(before, gone)
        if after != before:
            new: dict[str, Any] = {"payload": codec.encode(after), "consent_words": after.consent_words}
            if gone is None:
                new["crm_candidates"] = None  # their name may stand in there
            connection.execute(update(HANDOFF).where(table.key == row.key).values(**new))
        if row.crm_ref is not None and _is_of(before, gone):
            _tell_crm(connection, brand_id, person_id, row, now, cause)


def _is_of(handoff: m.HandOff, gone: Collection[m.PostId] | None) -> bool:
    """Whether the CRM got words of these posts with the handoff. The engine may have blanked it already."""
    if gone is None:
        return True
    told = [line.post_id for line in handoff.receipt] + [answer.post_id for answer in handoff.answers]
    return any(post_id in gone for post_id in (*told, handoff.consent_post_id, handoff.question_post_id))


def _tell_crm(
    connection: Connection, brand_id: str, person_id: str, handoff: Any, now: datetime, cause: str
) -> None:
    effect = m.PushToCrm(f"{handoff.key}:push:without:{cause}", handoff.key, cleans=True)
    row = {
        "key": effect.key,
        "kind": "PushToCrm",
        "lane": Lane.CRM,
        "brand_id": brand_id,
        "person_id": person_id,
        "conversation_id": f"{brand_id}:{person_id}",
        "partition": m.partition_of(m.BrandId(brand_id), m.PersonId(person_id)),
        "payload": codec.encode(effect),
        "dialog": handoff.dialog,
        "not_before": now,
        "created_at": now,
    }
    connection.execute(dialect.insert_new(connection, OUTBOX), [row])


def _unsay(connection: Connection, which: Any, now: datetime) -> None:
    """Replies to it that have not left are not said."""
    waits = OUTBOX.c.state.in_(_NOT_SAID_YET)
    query = select(*outbox.COLUMNS).where(which, waits, OUTBOX.c.kind == "SendReply")
    for row in connection.execute(query).mappings().all():
        entry = outbox.entry_of(row)
        why = "its post is no longer on X"
        outbox.refuse(connection, entry, "parent_gone", now, why=why, state=OutboxState.CANCELLED)
