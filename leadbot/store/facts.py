"""What the gate must know about rows about to leave, read in the transaction that marks them as sending."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from leadbot.model import BrandId, Conversation
from leadbot.store import codec
from leadbot.store.dialect import plain
from leadbot.store.outbox import OutboxEntry
from leadbot.store.states import MAYBE_OUT, InboxState
from leadbot.store.tables import CONVERSATION, INBOX, OUTBOX, OWN_POST, SUPPRESSION


@dataclass(slots=True)
class SameTexts:
    """How often a text left: to whom within the window, and to anybody within the last hour. Counts on as
    rows go.
    """

    to_person: Counter[tuple[str, str]] = field(default_factory=Counter)
    last_hour: Counter[str] = field(default_factory=Counter)

    def add(self, text_key: str, person_id: str) -> None:
        """One more is leaving now."""
        self.to_person[text_key, person_id] += 1
        self.last_hour[text_key] += 1


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """What the database knows about rows of one brand; sets hold outbox ids unless named otherwise."""

    conversations: Mapping[str, Conversation]
    unreadable: frozenset[str]  # conversation ids
    suppressed_people: frozenset[str]
    unread_people: frozenset[str]
    answered: frozenset[int]
    by_hand: frozenset[int]
    same_texts: SameTexts


def gather(
    connection: Connection,
    brand_id: BrandId,
    entries: Sequence[OutboxEntry],
    *,
    parent_at: Mapping[int, datetime],
    text_keys: Mapping[int, str],
    now: datetime,
    same_text_window: timedelta,
) -> ReplyFacts:
    """All facts of these rows, in a fixed number of queries. parent_at and text_keys are by outbox id."""
    people: set[str] = {entry.person_id for entry in entries}
    conversations, unreadable = _conversations(connection, entries)
    return ReplyFacts(
        conversations=conversations,
        unreadable=unreadable,
        suppressed_people=_suppressed(connection, brand_id, people),
        unread_people=_unread(connection, brand_id, people),
        answered=_answered(connection, brand_id, entries),
        by_hand=_by_hand(connection, brand_id, entries, parent_at),
        same_texts=_same_texts(connection, brand_id, set(text_keys.values()), now, same_text_window),
    )


def _conversations(
    connection: Connection, entries: Sequence[OutboxEntry]
) -> tuple[dict[str, Conversation], frozenset[str]]:
    """Those that can be read, and the ids of those that can't: one of them must not stop the others."""
    ids = [entry.conversation_id for entry in entries]
    query = select(CONVERSATION.c.id, CONVERSATION.c.state).where(CONVERSATION.c.id.in_(ids))
    found, unreadable = {}, set()
    for row in connection.execute(query):
        try:
            found[row.id] = codec.conversation(row.state)
        except codec.UNREADABLE:
            unreadable.add(row.id)
    return found, frozenset(unreadable)


def _suppressed(connection: Connection, brand_id: BrandId, people: set[str]) -> frozenset[str]:
    table = SUPPRESSION.c
    query = select(table.person_id).where(
        table.brand_id == brand_id, table.person_id.in_(people), table.lifted_at.is_(None)
    )
    return frozenset(connection.execute(query).scalars())


def _unread(connection: Connection, brand_id: BrandId, people: set[str]) -> frozenset[str]:
    query = select(INBOX.c.person_id).where(
        INBOX.c.state == InboxState.NEW, INBOX.c.brand_id == brand_id, INBOX.c.person_id.in_(people)
    )
    return frozenset(connection.execute(query).scalars())


def _answered(connection: Connection, brand_id: BrandId, entries: Sequence[OutboxEntry]) -> frozenset[int]:
    parents = {entry.parent_id for entry in entries if entry.parent_id}
    ours = select(OUTBOX.c.parent_id, OUTBOX.c.key).where(
        OUTBOX.c.parent_id.in_(parents),
        plain(OUTBOX.c.brand_id) == brand_id,
        plain(OUTBOX.c.state).in_(MAYBE_OUT),
    )
    seen = select(OWN_POST.c.in_reply_to, OWN_POST.c.outbox_key).where(
        OWN_POST.c.in_reply_to.in_(parents),
        plain(OWN_POST.c.brand_id) == brand_id,
        OWN_POST.c.outbox_key.is_not(None),
    )
    answers = {(row[0], row[1]) for query in (ours, seen) for row in connection.execute(query)}
    return frozenset(
        entry.id
        for entry in entries
        if any(parent == entry.parent_id and key != entry.key for parent, key in answers)
    )


def _by_hand(
    connection: Connection,
    brand_id: BrandId,
    entries: Sequence[OutboxEntry],
    parent_at: Mapping[int, datetime],
) -> frozenset[int]:
    table = OWN_POST.c
    query = select(table.person_id, table.in_reply_to, table.created_at).where(
        plain(table.brand_id) == brand_id,
        table.outbox_key.is_(None),
        or_(
            table.person_id.in_({entry.person_id for entry in entries}),
            # Seen before we heard the post it answers: nobody knew then whom it was for.
            table.in_reply_to.in_({entry.parent_id for entry in entries}),
        ),
    )
    posts = connection.execute(query).all()
    return frozenset(
        entry.id
        for entry in entries
        for post in posts
        if post.in_reply_to == entry.parent_id
        or (post.person_id == entry.person_id and post.created_at >= parent_at[entry.id])
    )


def _same_texts(
    connection: Connection, brand_id: BrandId, keys: set[str], now: datetime, window: timedelta
) -> SameTexts:
    table = OUTBOX.c
    hour_ago = now - timedelta(hours=1)
    query = select(table.text_key, table.person_id, table.sending_at).where(
        table.brand_id == brand_id,
        table.text_key.in_(keys),
        table.state.in_(MAYBE_OUT),
        table.sending_at >= min(now - window, hour_ago),
    )
    counts = SameTexts()
    for key, person_id, sending_at in connection.execute(query):
        counts.last_hour[key] += sending_at >= hour_ago
        counts.to_person[key, person_id] += sending_at >= now - window
    return counts
