"""What people ask: handoffs, tasks, drafts, why something happened, and how things stand. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.sql import Select

from leadbot import model as m
from leadbot.ports import Clock, CrmCandidate
from leadbot.store import codec, spend, threads
from leadbot.store.brands import BrandState, load_state
from leadbot.store.crm import candidates_of
from leadbot.store.database import Database
from leadbot.store.dialect import plain
from leadbot.store.leads import permalink
from leadbot.store.states import UNSETTLED, HandOffState, InboxState, OutboxState, TaskState
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
from leadbot.store.watch_tables import ASIDE_COUNT

LEFT_IN_PEACE = frozenset({"peace", "not_warm_enough", "support", "business", "small_talk_cooldown"})
"""Reasons of decisions to say nothing to somebody who wanted nothing from us."""


@dataclass(frozen=True, slots=True)
class HandOffItem:
    """A person who waits for a human, or was served by one."""

    key: str
    brand_id: str
    brand: str  # handle, or the id where the handle is not known
    person_id: str
    person: str  # handle
    team: str
    rep: str
    score: int
    consent: m.Consent
    reason: str
    state: HandOffState
    outcome: str | None
    claimed_by: str | None
    created_at: datetime
    updated_at: datetime
    permalink: str
    crm_ref: str | None
    crm_candidates: tuple[CrmCandidate, ...] = ()  # may be the same person; shown, never merged


@dataclass(frozen=True, slots=True)
class HandOffStory:
    """A handoff with everything a rep should know.

    `effect` holds receipt, answers, question and what is not known.
    """

    item: HandOffItem
    effect: m.HandOff
    thread: tuple[ThreadPost, ...]


@dataclass(frozen=True, slots=True)
class TaskItem:
    """Something for a human that is no lead."""

    key: str
    brand_id: str
    person: str
    kind: str
    why: str
    draft: str
    permalink: str
    state: TaskState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DraftItem:
    """A reply that waits for approval. text: as it would go out now; original: as decided."""

    id: int
    brand_id: str
    brand: str  # handle, or the id where the handle is not known
    person: str
    text: str
    original: str
    why: str
    permalink: str
    edited_by: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionItem:
    """One decision and why."""

    id: int
    conversation_id: str
    event: str
    reason: str
    trace: tuple[str, ...]
    effects: tuple[str, ...]
    post_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened since a moment.

    refusals: replies not sent, by reason; reasons: all decisions, by reason; set_aside: items from X that
    could not be understood and are kept as they came.
    """

    heard: int
    left_in_peace: int
    dialogs: int
    replies: int
    handoffs: int
    opt_outs: int
    refusals: dict[str, int]
    reasons: dict[str, int]
    spent_usd: float
    set_aside: int


@dataclass(frozen=True, slots=True)
class Held:
    """What has not left yet and what holds it. until: when the first of them is tried again."""

    rule: str
    why: str
    count: int
    until: datetime


@dataclass(frozen=True, slots=True)
class BrandStatus:
    """How a brand stands. lag_s: age of its oldest event that waits for a decision. outbox: rows by state."""

    brand: BrandState
    waiting: int
    failed: int
    lag_s: float
    outbox: dict[str, int]
    open_tasks: int
    open_handoffs: int
    spent_today_usd: float
    reserved_usd: float
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class PersonItem:
    """A person and where each brand stands with them."""

    person: m.Person
    conversations: tuple[m.Conversation, ...]
    suppressed_by: tuple[str, ...]  # brand ids


class Queries:
    """Every answer is one read transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def handoffs(
        self, *, states: Sequence[HandOffState] = (HandOffState.OPEN, HandOffState.CLAIMED), limit: int = 200
    ) -> list[HandOffItem]:
        """Newest first."""
        query = _handoffs().where(HANDOFF.c.state.in_(states))
        query = query.order_by(HANDOFF.c.created_at.desc()).limit(limit)
        return [_handoff(row) for row in self._rows(query)]

    def handoff(self, key: str) -> HandOffStory | None:
        """One handoff with its receipt and its thread."""
        with self._database.read() as connection:
            row = connection.execute(_handoffs().where(HANDOFF.c.key == key)).mappings().first()
            if row is None:
                return None
            effect = codec.effect("HandOff", row["payload"])
            assert isinstance(effect, m.HandOff), "codec.effect decodes by kind"
            thread = threads.load(connection, row["brand_id"], row["person_id"])
            return HandOffStory(_handoff(row), effect, tuple(thread))

    def tasks(self, *, states: Sequence[TaskState] = (TaskState.OPEN,), limit: int = 200) -> list[TaskItem]:
        """Newest first."""
        query = (
            select(TASK, PERSON.c.username)
            .select_from(TASK.outerjoin(PERSON, PERSON.c.id == TASK.c.person_id))
            .where(TASK.c.state.in_(states))
            .order_by(TASK.c.created_at.desc())
            .limit(limit)
        )
        return [_task(row) for row in self._rows(query)]

    def drafts(self) -> list[DraftItem]:
        """Oldest first: somebody waits."""
        query = (
            select(OUTBOX, PERSON.c.username, BRAND_STATE.c.handle)
            .select_from(
                OUTBOX.outerjoin(PERSON, PERSON.c.id == OUTBOX.c.person_id).outerjoin(
                    BRAND_STATE, BRAND_STATE.c.brand_id == OUTBOX.c.brand_id
                )
            )
            .where(OUTBOX.c.state == OutboxState.DRAFT)
            .order_by(OUTBOX.c.id)
        )
        return [_draft(row) for row in self._rows(query)]

    def decisions_of_post(self, post_id: str) -> list[DecisionItem]:
        """Why a post was answered as it was, oldest first, with what its conversation decided up to the
        answer.
        """
        with self._database.read() as connection:
            first = select(DECISION.c.conversation_id, DECISION.c.id).where(DECISION.c.post_id == post_id)
            found = connection.execute(first.order_by(DECISION.c.id)).all()
            wanted = [
                and_(DECISION.c.conversation_id == row.conversation_id, DECISION.c.id >= row.id)
                for row in found[:1]
            ]
            if not wanted:
                return []
            query = select(DECISION).where(or_(*wanted)).order_by(DECISION.c.id).limit(20)
            rows = [decision_item(row) for row in connection.execute(query).mappings()]
        return _up_to_next_post(rows, post_id)

    def decisions(self, conversation_id: str, *, limit: int = 100) -> list[DecisionItem]:
        """A conversation's decisions, newest first."""
        query = select(DECISION).where(DECISION.c.conversation_id == conversation_id)
        return [decision_item(row) for row in self._rows(query.order_by(DECISION.c.id.desc()).limit(limit))]

    def counts(self, since: datetime, brand_id: m.BrandId | None = None) -> Counts:
        """What happened since then, for one brand or all."""
        with self._database.read() as connection:
            return _counts(connection, since, brand_id)

    def status(self) -> list[BrandStatus]:
        """How every brand stands now."""
        now = self._clock.now()
        with self._database.read() as connection:
            ids = connection.execute(
                select(BRAND_STATE.c.brand_id).order_by(BRAND_STATE.c.brand_id)
            ).scalars()
            return [_status(connection, m.BrandId(brand_id), now) for brand_id in ids.all()]

    def find_person(self, who: str) -> PersonItem | None:
        """By X user id or by handle, with or without @."""
        name = who.strip().removeprefix("@").lower()
        query = select(PERSON).where(or_(PERSON.c.id == name, PERSON.c.username == name))
        with self._database.read() as connection:
            row = connection.execute(query.order_by(PERSON.c.updated_at.desc())).mappings().first()
            if row is None:
                return None
            states = select(CONVERSATION.c.state).where(CONVERSATION.c.person_id == row["id"])
            listed = select(SUPPRESSION.c.brand_id).where(
                SUPPRESSION.c.person_id == row["id"], SUPPRESSION.c.lifted_at.is_(None)
            )
            return PersonItem(
                codec.person(row["profile"]),
                tuple(codec.conversation(state) for state in connection.execute(states).scalars()),
                tuple(connection.execute(listed).scalars()),
            )

    def thread(self, brand_id: m.BrandId, person_id: m.PersonId) -> list[ThreadPost]:
        """What was said between a brand and a person, oldest first."""
        with self._database.read() as connection:
            return threads.load(connection, brand_id, person_id)

    def words_of_post(self, post_id: str) -> tuple[m.BrandId, str] | None:
        """Which brand heard a post, and what it says; None when it isn't known or its words are gone."""
        query = (
            select(INBOX.c.brand_id, INBOX.c.kind, INBOX.c.payload)
            .where(INBOX.c.post_id == post_id, INBOX.c.kind.in_(sorted(codec.POST_KINDS)))
            .order_by(INBOX.c.id.desc())
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None or row.payload == codec.ERASED:
            return None
        item = codec.item(row.kind, row.payload)
        return (m.BrandId(row.brand_id), item.post.said) if isinstance(item, codec.HeardPost) else None

    def _rows(self, query: Select[Any]) -> list[RowMapping]:
        with self._database.read() as connection:
            return list(connection.execute(query).mappings())


def _handoffs() -> Select[Any]:
    return select(HANDOFF, PERSON.c.username, BRAND_STATE.c.handle).select_from(
        HANDOFF.outerjoin(PERSON, PERSON.c.id == HANDOFF.c.person_id).outerjoin(
            BRAND_STATE, BRAND_STATE.c.brand_id == HANDOFF.c.brand_id
        )
    )


def _handoff(row: RowMapping) -> HandOffItem:
    return HandOffItem(
        key=row["key"],
        brand_id=row["brand_id"],
        brand=row["handle"] or row["brand_id"],
        person_id=row["person_id"],
        person=row["username"] or "",
        team=row["team"],
        rep=row["rep"],
        score=row["score"],
        consent=m.Consent(row["consent"]),
        reason=row["reason"],
        state=HandOffState(row["state"]),
        outcome=row["outcome"],
        claimed_by=row["claimed_by"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        permalink=permalink(row["username"] or "", row["last_post_id"]),
        crm_ref=row["crm_ref"],
        crm_candidates=candidates_of(row["crm_candidates"]),
    )


def _task(row: RowMapping) -> TaskItem:
    return TaskItem(
        key=row["key"],
        brand_id=row["brand_id"],
        person=row["username"] or "",
        kind=row["kind"],
        why=row["why"],
        draft=row["draft"],
        permalink=permalink(row["username"] or "", row["post_id"]),
        state=TaskState(row["state"]),
        created_at=row["created_at"],
    )


def _draft(row: RowMapping) -> DraftItem:
    effect = codec.effect(row["kind"], row["payload"])
    return DraftItem(
        id=row["id"],
        brand_id=row["brand_id"],
        brand=row["handle"] or row["brand_id"],
        person=row["username"] or "",
        text=row["text"],
        original=effect.text if isinstance(effect, m.SendReply) else "",
        why=row["why"],
        permalink=permalink(row["username"] or "", row["parent_id"]),
        edited_by=row["edited_by"],
        created_at=row["created_at"],
    )


def decision_item(row: RowMapping) -> DecisionItem:
    """A row of `decision` as people read it."""
    return DecisionItem(
        id=row["id"],
        conversation_id=row["conversation_id"],
        event=row["event"],
        reason=row["reason"],
        trace=codec.trace(row["trace"]),
        effects=tuple(row["effects"].split(",")) if row["effects"] else (),
        post_id=row["post_id"],
        at=row["at"],
    )


def _up_to_next_post(rows: list[DecisionItem], post_id: str) -> list[DecisionItem]:
    """The post's own decision, the timer that chose the words, and what became of them."""
    kept: list[DecisionItem] = []
    for row in rows:
        if row.event == "PostReceived" and row.post_id != post_id:
            break
        kept.append(row)
    return kept


def _counts(connection: Connection, since: datetime, brand_id: m.BrandId | None) -> Counts:
    def count(table: Any, when: Any, *where: Any, by: Any = None) -> Counter[str]:
        of_brand = [table.c.brand_id == brand_id] if brand_id is not None else []
        column = table.c.brand_id if by is None else by
        query = select(column, func.count()).where(when >= since, *of_brand, *where).group_by(column)
        return Counter({row[0]: row[1] for row in connection.execute(query)})

    settled = OUTBOX.c.settled_at
    is_reply = OUTBOX.c.kind == "SendReply"
    reasons = count(DECISION, DECISION.c.at, by=DECISION.c.reason)
    refused = OUTBOX.c.state.in_((OutboxState.REFUSED, OutboxState.CANCELLED))
    day = spend.utc_day(since)
    return Counts(
        heard=count(INBOX, INBOX.c.put_at, INBOX.c.kind == "PostReceived").total(),
        left_in_peace=sum(number for reason, number in reasons.items() if reason in LEFT_IN_PEACE),
        dialogs=reasons["started"],
        replies=count(OUTBOX, settled, is_reply, OUTBOX.c.state == OutboxState.SENT).total(),
        handoffs=count(HANDOFF, HANDOFF.c.created_at).total(),
        opt_outs=count(SUPPRESSION, SUPPRESSION.c.at, SUPPRESSION.c.lifted_at.is_(None)).total(),
        refusals=dict(count(OUTBOX, settled, is_reply, refused, by=OUTBOX.c.rule)),
        reasons=dict(reasons),
        spent_usd=spend.spent_from_day(connection, day, brand_id),
        set_aside=_set_aside(connection, day, brand_id),
    )


def _set_aside(connection: Connection, day: str, brand_id: m.BrandId | None) -> int:
    of_brand = [ASIDE_COUNT.c.brand_id == brand_id] if brand_id is not None else []
    query = select(func.sum(ASIDE_COUNT.c.count)).where(ASIDE_COUNT.c.day >= day, *of_brand)
    return connection.execute(query).scalar() or 0


def _status(connection: Connection, brand_id: m.BrandId, now: datetime) -> BrandStatus:
    is_brand_s = plain(INBOX.c.brand_id) == brand_id
    new = and_(is_brand_s, INBOX.c.state == InboxState.NEW)
    waiting, oldest = connection.execute(select(func.count(), func.min(INBOX.c.put_at)).where(new)).one()
    failed = select(func.count()).where(is_brand_s, INBOX.c.state == InboxState.FAILED)
    rows = (
        select(OUTBOX.c.state, func.count())
        .where(OUTBOX.c.brand_id == brand_id, OUTBOX.c.state.in_(UNSETTLED))
        .group_by(OUTBOX.c.state)
    )
    tasks = select(func.count()).where(TASK.c.brand_id == brand_id, TASK.c.state == TaskState.OPEN)
    handoffs = select(func.count()).where(
        HANDOFF.c.brand_id == brand_id, HANDOFF.c.state == HandOffState.OPEN
    )
    return BrandStatus(
        brand=load_state(connection, brand_id),
        waiting=waiting,
        failed=connection.execute(failed).scalar() or 0,
        lag_s=max((now - oldest).total_seconds(), 0.0) if oldest is not None else 0.0,
        outbox={row[0]: row[1] for row in connection.execute(rows)},
        open_tasks=connection.execute(tasks).scalar() or 0,
        open_handoffs=connection.execute(handoffs).scalar() or 0,
        spent_today_usd=spend.spent(connection, brand_id, now),
        reserved_usd=spend.reserved(connection, brand_id),
        held=_held(connection, brand_id),
    )


def _held(connection: Connection, brand_id: m.BrandId) -> tuple[Held, ...]:
    states = (OutboxState.PENDING, OutboxState.HELD, OutboxState.SENDING, OutboxState.UNKNOWN)
    count = func.count()
    query = (
        select(OUTBOX.c.rule, func.max(OUTBOX.c.why), count, func.min(OUTBOX.c.not_before))
        .where(OUTBOX.c.brand_id == brand_id, OUTBOX.c.state.in_(states), OUTBOX.c.rule != "")
        .group_by(OUTBOX.c.rule)
        .order_by(count.desc(), OUTBOX.c.rule)
    )
    return tuple(Held(*row) for row in connection.execute(query))
