"""Everything that is kept about one conversation, for whoever asks why. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection, RowMapping

from leadbot import model as m
from leadbot.store import codec, threads
from leadbot.store.database import Database
from leadbot.store.queries import DecisionItem, decision_item
from leadbot.store.states import OutboxState
from leadbot.store.tables import (
    BRAND_STATE,
    CONVERSATION,
    DECISION,
    HANDOFF,
    INBOX,
    OUTBOX,
    OWN_POST,
    PERSON,
    PLAYBOOK_VERSION,
    RECEIPT_LINE,
    TASK,
)
from leadbot.store.threads import ThreadPost


@dataclass(frozen=True, slots=True)
class OutItem:
    """An effect that left, or did not. rule and why: what decided its state; source: the playbook's line."""

    id: int
    kind: str
    text: str
    state: OutboxState
    rule: str
    why: str
    parent_id: str | None
    post_id: str | None
    source: m.Source | None
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReceiptItem:
    """One line of the receipt of one dialog, as it stands now. file: where the playbook stood."""

    dialog: int
    points: int
    words: str
    card: str
    answer: str
    counts_as: str
    source: m.Source
    file: str
    post_id: str


@dataclass(frozen=True, slots=True)
class TaskNote:
    """A task of this conversation."""

    kind: str
    why: str
    post_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """A conversation with all that was heard, decided, said and held. brand: its handle, or its id.

    contents: version → (file, text) of the playbooks it ran on. paused_why: why the brand is silent now.
    """

    brand: str
    person: str
    conversation: m.Conversation
    thread: tuple[ThreadPost, ...]
    decisions: tuple[DecisionItem, ...]
    out: tuple[OutItem, ...]
    receipt: tuple[ReceiptItem, ...]
    tasks: tuple[TaskNote, ...]
    handoffs: tuple[str, ...]
    contents: dict[m.VersionId, tuple[str, str]]
    paused_why: str | None


class Traces:
    """Finds conversations by whatever people have in their hands, and reads them whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, what: str) -> list[m.ConversationId]:
        """Conversations by a person (handle or id), a post (theirs or ours), a handoff, or their own id."""
        text = what.strip()
        with self._database.read() as connection:
            found = list(dict.fromkeys(_found(connection, text)))
        return [m.ConversationId(one) for one in found]

    def record(self, conversation_id: m.ConversationId) -> Record | None:
        """The whole record of one; None if there is none (any more)."""
        with self._database.read() as connection:
            query = select(CONVERSATION.c.state).where(CONVERSATION.c.id == conversation_id)
            state = connection.execute(query).scalar()
            return _record(connection, codec.conversation(state)) if state is not None else None


def _found(connection: Connection, text: str) -> list[str]:
    name = text.removeprefix("@").lower()
    ids = connection.execute(select(PERSON.c.id).where(PERSON.c.username == name)).scalars().all()
    people = [*ids, *([] if text.startswith("@") else [text])]
    by_conversation = select(CONVERSATION.c.id).where(
        or_(CONVERSATION.c.id == text, CONVERSATION.c.person_id.in_(people))
    )
    by_handoff = select(HANDOFF.c.conversation_id).where(HANDOFF.c.key == text)
    by_reply = select(OUTBOX.c.conversation_id).where(or_(OUTBOX.c.post_id == text, OUTBOX.c.key == text))
    by_post = select(INBOX.c.brand_id, INBOX.c.person_id).where(INBOX.c.post_id == text)
    by_hand = select(OWN_POST.c.brand_id, OWN_POST.c.person_id).where(OWN_POST.c.id == text)
    singles = [*connection.execute(by_conversation), *connection.execute(by_handoff)]
    pairs = [*connection.execute(by_post), *connection.execute(by_hand)]
    return [
        *(row[0] for row in [*singles, *connection.execute(by_reply)]),
        *(f"{brand_id}:{person_id}" for brand_id, person_id in pairs if person_id),
    ]


def _record(connection: Connection, conversation: m.Conversation) -> Record:
    brand_id, person_id = conversation.brand_id, conversation.person_id
    of_brand = select(BRAND_STATE).where(BRAND_STATE.c.brand_id == brand_id)
    found = connection.execute(of_brand).mappings().first()
    brand: dict[str, Any] = dict(found) if found is not None else {}
    username = select(PERSON.c.username).where(PERSON.c.id == person_id)
    decisions = select(DECISION).where(DECISION.c.conversation_id == conversation.id).order_by(DECISION.c.id)
    out = select(OUTBOX).where(OUTBOX.c.conversation_id == conversation.id).order_by(OUTBOX.c.id)
    tasks = select(TASK).where(TASK.c.conversation_id == conversation.id).order_by(TASK.c.created_at)
    handoffs = select(HANDOFF.c.key).where(HANDOFF.c.conversation_id == conversation.id)
    contents = _contents(connection, conversation)
    return Record(
        brand=brand.get("handle") or brand_id,
        person=connection.execute(username).scalar() or person_id,
        conversation=conversation,
        thread=tuple(threads.load(connection, brand_id, person_id)),
        decisions=tuple(decision_item(row) for row in connection.execute(decisions).mappings()),
        out=tuple(_out(row) for row in connection.execute(out).mappings()),
        receipt=_receipt(connection, conversation.id, contents),
        tasks=tuple(
            TaskNote(row["kind"], row["why"], row["post_id"], row["created_at"])
            for row in connection.execute(tasks).mappings()
        ),
        handoffs=tuple(connection.execute(handoffs).scalars()),
        contents=contents,
        paused_why=brand.get("paused_why") if brand.get("paused_at") else None,
    )


def _out(row: RowMapping) -> OutItem:
    effect = codec.effect(row["kind"], row["payload"])
    return OutItem(
        id=row["id"],
        kind=row["kind"],
        text=row["text"],
        state=OutboxState(row["state"]),
        rule=row["rule"],
        why=row["why"],
        parent_id=row["parent_id"],
        post_id=row["post_id"],
        source=effect.source if isinstance(effect, m.SendReply) else None,
        created_at=row["created_at"],
        settled_at=row["settled_at"],
    )


def _receipt(
    connection: Connection, conversation_id: str, contents: dict[m.VersionId, tuple[str, str]]
) -> tuple[ReceiptItem, ...]:
    table = RECEIPT_LINE.c
    query = select(RECEIPT_LINE).where(table.conversation_id == conversation_id)
    rows = connection.execute(query.order_by(table.dialog, table.position)).mappings()
    return tuple(_line(row, contents) for row in rows)


def _line(row: RowMapping, contents: dict[m.VersionId, tuple[str, str]]) -> ReceiptItem:
    version = m.VersionId(row["playbook_version"])
    file = contents.get(version, (row["playbook"], ""))[0]
    source = m.Source(row["playbook"], version, row["line"])
    values: dict[str, Any] = {
        key: row[key] for key in ("dialog", "points", "words", "card", "answer", "counts_as", "post_id")
    }
    return ReceiptItem(**values, source=source, file=file)


def _contents(connection: Connection, conversation: m.Conversation) -> dict[m.VersionId, tuple[str, str]]:
    """The playbooks of all its dialogs: the last one's, and those its receipts name."""
    named = select(RECEIPT_LINE.c.playbook_version).where(RECEIPT_LINE.c.conversation_id == conversation.id)
    wanted = set(connection.execute(named).scalars())
    if conversation.dialog is not None:
        wanted.add(conversation.dialog.version)
    table = PLAYBOOK_VERSION.c
    query = select(table.version, table.file, table.content).where(table.version.in_(sorted(wanted)))
    return {m.VersionId(row.version): (row.file, row.content) for row in connection.execute(query)}
