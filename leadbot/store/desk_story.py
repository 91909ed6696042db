"""Everything about one person and one brand, for the rep who reads it: read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection, RowMapping

from leadbot import model as m
from leadbot.ports import CrmCandidate
from leadbot.store import codec, desk_queue, threads
from leadbot.store.crm import candidates_of
from leadbot.store.database import Database
from leadbot.store.desk_queue import WordItem
from leadbot.store.queries import DecisionItem, decision_item
from leadbot.store.states import UNSETTLED, InboxState, Lane, TaskState
from leadbot.store.tables import (
    BRAND_STATE,
    CONVERSATION,
    DECISION,
    HANDOFF,
    INBOX,
    OUTBOX,
    PERSON,
    SUPPRESSION,
    TASK,
)
from leadbot.store.threads import ThreadPost

_MOST_DECISIONS = 40


@dataclass(frozen=True, slots=True)
class HandOffFacts:
    """The newest handoff of a conversation. story: as decided; candidates: who in the CRM may be them."""

    key: str
    state: str
    outcome: str | None
    outcome_why: str
    claimed_by: str | None
    created_at: datetime
    updated_at: datetime
    is_snoozed: bool
    crm_ref: str | None
    candidates: tuple[CrmCandidate, ...]
    story: m.HandOff


@dataclass(frozen=True, slots=True)
class Story:
    """One brand and one person. about_to_say: replies that have not left, or whose fate nobody knows. owner:
    who speaks there, with what a rep clicked a moment ago and the engine has not decided on yet.
    """

    conversation: m.Conversation
    person: m.Person
    brand: str
    is_paused: bool
    handoff: HandOffFacts | None
    handoffs_before: int
    thread: tuple[ThreadPost, ...]
    decisions: tuple[DecisionItem, ...]
    about_to_say: tuple[WordItem, ...]
    facts_used: tuple[str, ...]
    tasks: tuple[WordItem, ...]
    suppressed_why: str
    owner: m.Owner = m.Owner.BOT

    @property
    def newest_post(self) -> ThreadPost | None:
        """What they wrote last."""
        return next((post for post in reversed(self.thread) if post.who == "person"), None)


class DeskStories:
    """Reads only. Raises TransientError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def story(self, conversation_id: str) -> Story | None:
        """None when there is no such conversation, or it cannot be read."""
        with self._database.read() as connection:
            query = select(CONVERSATION.c.state).where(CONVERSATION.c.id == conversation_id)
            state = connection.execute(query).scalar()
            if state is None:
                return None
            try:
                conversation = codec.conversation(state)
            except codec.UNREADABLE:
                return None
            return _story(connection, conversation)

    def conversation_of(self, handoff_key: str) -> str | None:
        """Which conversation a handoff belongs to."""
        query = select(HANDOFF.c.conversation_id).where(HANDOFF.c.key == handoff_key)
        with self._database.read() as connection:
            found: str | None = connection.execute(query).scalar()
        return found

    def of_task(self, key: str) -> tuple[str, str] | None:
        """Brand and conversation of a task; the conversation may be empty."""
        query = select(TASK.c.brand_id, TASK.c.conversation_id).where(TASK.c.key == key)
        return self._where(query)

    def of_reply(self, number: int) -> tuple[str, str] | None:
        """Brand and conversation of a reply in the outbox."""
        query = select(OUTBOX.c.brand_id, OUTBOX.c.conversation_id).where(OUTBOX.c.id == number)
        return self._where(query)

    def _where(self, query: Any) -> tuple[str, str] | None:
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else (row[0], row[1] or "")


def _story(connection: Connection, conversation: m.Conversation) -> Story:
    brand_id, person_id, who = conversation.brand_id, conversation.person_id, conversation.id
    profile = connection.execute(select(PERSON.c.profile).where(PERSON.c.id == person_id)).scalar()
    brand = connection.execute(
        select(BRAND_STATE.c.handle, BRAND_STATE.c.paused_at).where(BRAND_STATE.c.brand_id == brand_id)
    ).first()
    on_list = select(SUPPRESSION.c.reason).where(
        SUPPRESSION.c.brand_id == brand_id,
        SUPPRESSION.c.person_id == person_id,
        SUPPRESSION.c.lifted_at.is_(None),
    )
    handoffs = connection.execute(
        select(HANDOFF).where(HANDOFF.c.conversation_id == who).order_by(HANDOFF.c.created_at.desc())
    ).mappings().all()  # fmt: skip
    decisions = (
        select(DECISION)
        .where(DECISION.c.conversation_id == who)
        .order_by(DECISION.c.id.desc())
        .limit(_MOST_DECISIONS)
    )
    return Story(
        conversation=conversation,
        person=codec.person(profile) if profile else m.Person(person_id, ""),
        brand=(brand.handle if brand else "") or brand_id,
        is_paused=brand is not None and brand.paused_at is not None,
        handoff=_facts(handoffs[0]) if handoffs else None,
        handoffs_before=max(len(handoffs) - 1, 0),
        thread=tuple(threads.load(connection, brand_id, person_id)),
        decisions=tuple(decision_item(row) for row in connection.execute(decisions).mappings()),
        about_to_say=_about_to_say(connection, who),
        facts_used=_facts_used(connection, who),
        tasks=_tasks(connection, who),
        suppressed_why=connection.execute(on_list).scalar() or "",
        owner=_owner(connection, conversation),
    )


def _owner(connection: Connection, conversation: m.Conversation) -> m.Owner:
    clicks = {"TakenOver": m.Owner.HUMAN, "ReleasedToBot": m.Owner.BOT}
    newest = (
        select(INBOX.c.kind)
        .where(
            INBOX.c.state == InboxState.NEW,
            INBOX.c.person_id == conversation.person_id,
            INBOX.c.brand_id == conversation.brand_id,
            INBOX.c.kind.in_(sorted(clicks)),
        )
        .order_by(INBOX.c.id.desc())
    )
    return clicks.get(connection.execute(newest.limit(1)).scalar() or "", conversation.owner)


def _facts(row: RowMapping) -> HandOffFacts | None:
    try:
        story = codec.effect("HandOff", row["payload"])
    except codec.UNREADABLE:
        return None
    assert isinstance(story, m.HandOff), "codec.effect decodes by kind"
    names = ("key", "state", "outcome", "outcome_why", "claimed_by", "created_at", "updated_at", "crm_ref")
    return HandOffFacts(
        **{name: row[name] for name in names},
        is_snoozed=row["snoozed_at"] is not None,
        candidates=candidates_of(row["crm_candidates"]),
        story=story,
    )


def _named(table: Any) -> Any:
    return select(table, PERSON.c.username, PERSON.c.name, BRAND_STATE.c.handle).select_from(
        table.outerjoin(PERSON, PERSON.c.id == table.c.person_id).outerjoin(
            BRAND_STATE, BRAND_STATE.c.brand_id == table.c.brand_id
        )
    )


def _about_to_say(connection: Connection, who: str) -> tuple[WordItem, ...]:
    table = OUTBOX.c
    query = _named(OUTBOX).where(
        table.conversation_id == who, table.lane == Lane.REPLY, table.state.in_(UNSETTLED)
    )
    rows = connection.execute(query.order_by(table.id)).mappings()
    return tuple(desk_queue.draft_of(row) for row in rows)


def _tasks(connection: Connection, who: str) -> tuple[WordItem, ...]:
    table = TASK.c
    query = _named(TASK).where(table.conversation_id == who, table.state == TaskState.OPEN)
    rows = connection.execute(query.order_by(table.created_at)).mappings()
    return tuple(desk_queue.task_of(row) for row in rows)


def _facts_used(connection: Connection, who: str) -> tuple[str, ...]:
    """What of the profile our lines made use of."""
    table = OUTBOX.c
    query = select(table.kind, table.payload).where(
        table.conversation_id == who, table.lane == Lane.REPLY, table.author.is_(None)
    )
    used: dict[str, None] = {}
    for row in connection.execute(query):
        try:
            effect = codec.effect(row.kind, row.payload)
        except codec.UNREADABLE:
            continue
        used |= dict.fromkeys(effect.facts_used if isinstance(effect, m.SendReply) else ())
    return tuple(used)
