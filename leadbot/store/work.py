"""The engine's unit of work: what it takes from the queue, and the transaction that gives it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

from leadbot.errors import LeadbotError
from leadbot.model import BrandId, ConversationId, Event, Mode, PersonId, ReplyRefused, ReplySent
from leadbot.store import dialect, forget, inbox, suppressions
from leadbot.store.brands import load_modes
from leadbot.store.database import Database
from leadbot.store.dialect import plain
from leadbot.store.states import UNSETTLED, InboxState, OutboxState
from leadbot.store.tables import (
    CONVERSATION,
    DECISION,
    HANDOFF,
    INBOX,
    OUTBOX,
    PERSON,
    RECEIPT_LINE,
    TASK,
    TIMER,
)

Row = dict[str, Any]


class StaleError(LeadbotError):
    """Somebody else moved a conversation or took a row meanwhile: load and decide again."""


class UnstorableError(LeadbotError):
    """A decision the database refuses: a bug. Decide its events one by one to find which."""


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """An event that waits for its decision, its payload still as JSON."""

    id: int
    brand_id: BrandId
    person_id: PersonId
    kind: str
    payload: str
    post_id: str | None
    put_at: datetime


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer whose time has come."""

    conversation_id: ConversationId
    name: str
    brand_id: BrandId
    person_id: PersonId
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """What the engine decides on next. states: conversation id → its JSON, for those that exist;
    suppressed: ids of those that do not exist (any more) and whose person is on the list; modes: those set by
    hand.
    """

    entries: tuple[InboxEntry, ...]
    timers: tuple[DueTimer, ...]
    states: dict[str, str]
    suppressed: frozenset[str] = frozenset()
    modes: dict[BrandId, Mode] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.entries) + len(self.timers)


@dataclass(slots=True)
class Batch:
    """Everything that one transaction writes, as rows.

    `draft_keys`: replies that a newer post supersedes if they are still drafts; `receipts`: (conversation,
    dialog) whose lines are replaced by those in `receipt_lines`; `deleted_posts`: (brand, post);
    `replaced_posts`: (brand, first version, newest one), after an edit; `people_gone`: (brand, person).
    """

    at: datetime
    done: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    new_conversations: list[Row] = field(default_factory=list)
    conversations: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    receipts: list[tuple[str, int]] = field(default_factory=list)
    receipt_lines: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)
    handoffs: list[Row] = field(default_factory=list)
    tasks: list[Row] = field(default_factory=list)
    suppressions: list[Row] = field(default_factory=list)
    timers: list[Row] = field(default_factory=list)
    timers_gone: list[tuple[str, str]] = field(default_factory=list)
    people: dict[str, Row] = field(default_factory=dict)
    draft_keys: list[str] = field(default_factory=list)
    deleted_posts: list[tuple[str, str]] = field(default_factory=list)
    replaced_posts: list[tuple[str, str, str]] = field(default_factory=list)
    people_gone: list[tuple[str, str]] = field(default_factory=list)


class Work:
    """Claims and commits for one engine."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, brand_ids: Sequence[BrandId], now: datetime, *, limit: int) -> Claim:
        """The oldest `limit` events of these brands, and timers that are due and not overtaken by a waiting
        event.
        """
        with self._database.read() as connection:
            entries = _entries(connection, brand_ids, limit)
            timers = _due_timers(connection, brand_ids, now, limit)
            if timers and len(entries) == limit:
                timers = _without_waiting(connection, timers, entries[-1].id)
            ids = {f"{e.brand_id}:{e.person_id}" for e in entries} | {t.conversation_id for t in timers}
            states = _states(connection, ids)
            strangers = suppressions.suppressed(connection, ids - states.keys())
            return Claim(tuple(entries), tuple(timers), states, frozenset(strangers), load_modes(connection))

    def next_timer_at(self, brand_ids: Sequence[BrandId]) -> datetime | None:
        """When the next timer is due."""
        query = select(func.min(TIMER.c.due_at)).where(TIMER.c.brand_id.in_(brand_ids))
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return found

    def commit(self, batch: Batch) -> None:
        """Write it all or nothing. Raises StaleError, UnstorableError, TransientError."""
        try:
            with self._database.write() as connection:
                _take_inbox(connection, batch)
                _save_conversations(connection, batch)
                _save_effects(connection, batch)
                _supersede_drafts(connection, batch)
                forget.forget_replaced(connection, batch.replaced_posts)
                forget.forget_posts(connection, batch.deleted_posts, batch.at)
                forget.forget_people(connection, batch.people_gone, batch.at)
        except OperationalError:
            raise
        except (DBAPIError, StatementError) as error:
            raise UnstorableError(f"{type(error).__name__}: {error}") from error

    def sent_texts(self, brand_id: BrandId, since: datetime) -> list[tuple[datetime, str]]:
        """Replies decided since then, oldest first."""
        table = OUTBOX.c
        query = (
            select(table.created_at, table.text)
            .where(table.brand_id == brand_id, table.kind == "SendReply", table.created_at >= since)
            .order_by(table.id)
        )
        with self._database.read() as connection:
            return [(row.created_at, row.text) for row in connection.execute(query)]


def _entries(connection: Connection, brand_ids: Sequence[BrandId], limit: int) -> list[InboxEntry]:
    table = INBOX.c
    query = (
        select(
            table.id,
            table.brand_id,
            table.person_id,
            table.kind,
            table.payload,
            table.post_id,
            table.put_at,
        )
        .where(table.state == InboxState.NEW, plain(table.brand_id).in_(brand_ids))
        .order_by(table.id)
        .limit(limit)
    )
    return [InboxEntry(*row) for row in connection.execute(query)]


def _due_timers(
    connection: Connection, brand_ids: Sequence[BrandId], now: datetime, limit: int
) -> list[DueTimer]:
    table = TIMER.c
    query = (
        select(table.conversation_id, table.name, table.brand_id, table.person_id, table.due_at)
        .where(table.due_at <= now, table.brand_id.in_(brand_ids))
        .order_by(table.due_at)
        .limit(limit)
    )
    return [DueTimer(*row) for row in connection.execute(query)]


def _without_waiting(connection: Connection, timers: list[DueTimer], after_id: int) -> list[DueTimer]:
    # A "stop" may wait behind this batch: whoever has more events waiting is not woken yet.
    table = INBOX.c
    query = select(table.brand_id, table.person_id).where(
        table.state == InboxState.NEW,
        table.id > after_id,
        table.person_id.in_({timer.person_id for timer in timers}),
    )
    waiting = {(row.brand_id, row.person_id) for row in connection.execute(query)}
    return [timer for timer in timers if (timer.brand_id, timer.person_id) not in waiting]


def _states(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    query = select(CONVERSATION.c.id, CONVERSATION.c.state).where(CONVERSATION.c.id.in_(list(ids)))
    return {row.id: row.state for row in connection.execute(query)}


def _take_inbox(connection: Connection, batch: Batch) -> None:
    for ids, state in ((batch.done, InboxState.DONE), (batch.failed, InboxState.FAILED)):
        if not ids:
            continue
        statement = (
            update(INBOX)
            .where(INBOX.c.id.in_(ids), INBOX.c.state == InboxState.NEW)
            .values(state=state, done_at=batch.at)
        )
        if connection.execute(statement).rowcount != len(ids):
            raise StaleError("an event of this batch was decided by somebody else")


def _save_conversations(connection: Connection, batch: Batch) -> None:
    if batch.people:
        statement = dialect.upsert(connection, PERSON, ["username", "name", "profile", "updated_at"])
        connection.execute(statement, list(batch.people.values()))
    if batch.new_conversations:
        try:
            connection.execute(CONVERSATION.insert(), batch.new_conversations)
        except IntegrityError as error:
            raise StaleError("a conversation was begun by somebody else") from error
    if batch.conversations:
        done = connection.execute(_GUARDED, batch.conversations)
        if done.rowcount != len(batch.conversations):
            raise StaleError("a conversation of this batch has moved on")
    if batch.decisions:
        connection.execute(DECISION.insert(), batch.decisions)


_GUARDED = (
    update(CONVERSATION)
    .where(CONVERSATION.c.id == bindparam("row_id"), CONVERSATION.c.version == bindparam("row_version"))
    .values(
        status=bindparam("status"),
        owner=bindparam("owner"),
        version=bindparam("version"),
        dialog=bindparam("dialog"),
        playbook_version=bindparam("playbook_version"),
        state=bindparam("state"),
        updated_at=bindparam("updated_at"),
        contact_at=bindparam("contact_at"),
    )
)

# Not team and rep: whom a handoff went to since stands there (store.routes).
_HANDOFF_NEWS = (
    "score",
    "consent",
    "consent_words",
    "reason",
    "claim_within_s",
    "last_post_id",
    "payload",
    "updated_at",
)


def _save_effects(connection: Connection, batch: Batch) -> None:
    if batch.receipts:
        dialogs = [{"row_conversation": key[0], "row_dialog": key[1]} for key in batch.receipts]
        connection.execute(_RECEIPT_GONE, dialogs)
    if batch.receipt_lines:
        connection.execute(RECEIPT_LINE.insert(), batch.receipt_lines)
    if batch.outbox:
        done = connection.execute(dialect.insert_new(connection, OUTBOX), batch.outbox)
        if done.rowcount != len(batch.outbox):
            _tell_settled_before(connection, batch)
    if batch.tasks:
        connection.execute(dialect.insert_new(connection, TASK), batch.tasks)
    if batch.handoffs:
        _save_handoffs(connection, batch.handoffs)
    if batch.suppressions:
        suppressions.save(connection, batch.suppressions)
    if batch.timers_gone:
        keys = [{"row_conversation": key[0], "row_name": key[1]} for key in batch.timers_gone]
        connection.execute(_TIMER_GONE, keys)
    if batch.timers:
        connection.execute(dialect.upsert(connection, TIMER, ["due_at"]), batch.timers)


def _tell_settled_before(connection: Connection, batch: Batch) -> None:
    """A reply was decided whose row exists and is settled: tell its outcome again, or the dialog waits for
    ever.
    """
    table = OUTBOX.c
    query = select(table.key, table.brand_id, table.person_id, table.state, table.post_id).where(
        table.key.in_([row["key"] for row in batch.outbox if row["kind"] == "SendReply"]),
        table.state.not_in(UNSETTLED),
    )
    told = []
    for row in connection.execute(query):
        event: Event = ReplyRefused(row.key, "settled_before", batch.at)
        if row.state == OutboxState.SENT:
            event = ReplySent(row.key, row.post_id, batch.at)
        name = f"again:{row.key}:{batch.at.isoformat()}"
        told.append(inbox.event_values(row.brand_id, row.person_id, event, key=name, at=batch.at))
    inbox.put(connection, told)


_RECEIPT_GONE = delete(RECEIPT_LINE).where(
    RECEIPT_LINE.c.conversation_id == bindparam("row_conversation"),
    RECEIPT_LINE.c.dialog == bindparam("row_dialog"),
)
_TIMER_GONE = delete(TIMER).where(
    and_(TIMER.c.conversation_id == bindparam("row_conversation"), TIMER.c.name == bindparam("row_name"))
)


def _save_handoffs(connection: Connection, rows: list[Row]) -> None:
    statement = dialect.insert(connection, HANDOFF)
    news: Row = {name: statement.excluded[name] for name in _HANDOFF_NEWS}
    # The moment of the yes is kept, whatever is added to the story later.
    news["consent_at"] = func.coalesce(HANDOFF.c.consent_at, statement.excluded.consent_at)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=news), rows)


def _supersede_drafts(connection: Connection, batch: Batch) -> None:
    if not batch.draft_keys:
        return
    table = OUTBOX.c
    query = select(table.id, table.key, table.brand_id, table.person_id).where(
        table.key.in_(batch.draft_keys), table.state == OutboxState.DRAFT
    )
    drafts = connection.execute(query).all()
    if not drafts:
        return
    connection.execute(
        update(OUTBOX)
        .where(table.id.in_([draft.id for draft in drafts]))
        .values(state=OutboxState.SUPERSEDED, rule="superseded", settled_at=batch.at)
    )
    inbox.put(
        connection,
        [
            inbox.event_values(
                draft.brand_id,
                draft.person_id,
                ReplyRefused(draft.key, "superseded", batch.at),
                key=f"refused:{draft.key}",
                at=batch.at,
            )
            for draft in drafts
        ],
    )
