"""The desk's lists: people, drafts and tasks by who waits longest, page by page; search; what has changed.

Pages begin after a key (keyset paging), so the hundredth costs as much as the first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.sql import Select

from leadbot import model as m
from leadbot.store import codec
from leadbot.store.database import Database
from leadbot.store.leads import permalink
from leadbot.store.route_tables import ROUTE
from leadbot.store.states import HandOffState, Lane, OutboxState, TaskState
from leadbot.store.tables import BRAND_STATE, CONVERSATION, DECISION, HANDOFF, INBOX, OUTBOX, PERSON, TASK

_SEP = "|"
_MOST_FOUND = 50


class View(StrEnum):
    """The lists of people."""

    OPEN = "open"  # nobody has them yet
    MINE = "mine"
    TAKEN = "taken"  # somebody else has them
    SNOOZED = "snoozed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class QueueItem:
    """Somebody on the desk. brand: handle, or the id where it is not known; about: a few words of theirs."""

    key: str
    conversation_id: str
    brand_id: str
    brand: str
    person_id: str
    username: str
    name: str
    team: str
    rep: str
    score: int
    reason: str
    consent: str
    state: HandOffState
    outcome: str | None
    claimed_by: str | None
    created_at: datetime
    updated_at: datetime
    claimed_at: datetime | None
    closed_at: datetime | None
    claim_within_s: float | None
    is_snoozed: bool
    crm_ref: str | None
    about: str
    permalink: str
    due_at: datetime | None = None  # when the next one is asked


@dataclass(frozen=True, slots=True)
class WordItem:
    """Words that wait for a person: a draft, or a task. text: the words, perhaps none."""

    id: str
    conversation_id: str
    brand_id: str
    brand: str
    username: str
    name: str
    kind: str
    why: str
    text: str
    created_at: datetime
    permalink: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. next_after: what the next one begins after; None at the end."""

    items: tuple[Any, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class BrandMark:
    """A brand as every page shows it. number: its place among all, which gives it a colour."""

    brand_id: str
    handle: str
    number: int
    mode: str | None
    paused_at: datetime | None
    paused_by: str | None
    paused_why: str


class DeskQueue:
    """Reads only. `brands`: the ids somebody may see; None: all of them. All raise TransientError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def brands(self) -> list[BrandMark]:
        """Every brand that was ever heard of, in a fixed order."""
        table = BRAND_STATE.c
        names = ("brand_id", "handle", "mode", "paused_at", "paused_by", "paused_why")
        query = select(*(table[name] for name in names)).order_by(table.brand_id)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        marks = []
        for number, row in enumerate(rows):
            handle = row["handle"] or row["brand_id"]
            marks.append(BrandMark(**{**row, "handle": handle}, number=number))
        return marks

    def people(
        self,
        view: View,
        *,
        me: str,
        brands: Collection[str] | None,
        after: str | None = None,
        limit: int = 40,
    ) -> Page:
        """Who waits longest comes first; of closed ones the newest."""
        table = HANDOFF.c
        is_newest_first = view is View.CLOSED
        at = table.created_at
        query = _people().where(_of(view, me), *_seen_by(table.brand_id, brands))
        if after is not None and (mark := _mark_in(after)) is not None:
            here = tuple_(at, table.key)
            there = tuple_(*mark)
            query = query.where(here < there if is_newest_first else here > there)
        order = (at.desc(), table.key.desc()) if is_newest_first else (at, table.key)
        rows = self._rows(query.order_by(*order).limit(limit + 1))
        return _page([_person(row) for row in rows], limit, lambda one: (one.created_at, one.key))

    def tasks(self, *, brands: Collection[str] | None, after: str | None = None, limit: int = 40) -> Page:
        """What else waits for a person, oldest first."""
        table = TASK.c
        query = _with_names(TASK).where(table.state == TaskState.OPEN, *_seen_by(table.brand_id, brands))
        if after is not None and (mark := _mark_in(after)) is not None:
            query = query.where(tuple_(table.created_at, table.key) > tuple_(*mark))
        rows = self._rows(query.order_by(table.created_at, table.key).limit(limit + 1))
        return _page([task_of(row) for row in rows], limit, lambda one: (one.created_at, one.id))

    def drafts(self, *, brands: Collection[str] | None, limit: int = 100) -> Page:
        """Replies that wait for a yes, oldest first."""
        return self._replies((OutboxState.DRAFT,), brands, limit)

    def held(self, *, brands: Collection[str] | None, limit: int = 100) -> Page:
        """Replies that the gate holds for now, and those of which nobody knows whether X has them."""
        return self._replies((OutboxState.HELD, OutboxState.UNKNOWN), brands, limit)

    def _replies(self, states: Sequence[OutboxState], brands: Collection[str] | None, limit: int) -> Page:
        table = OUTBOX.c
        query = _with_names(OUTBOX).where(
            table.state.in_(states), table.lane == Lane.REPLY, *_seen_by(table.brand_id, brands)
        )
        rows = self._rows(query.order_by(table.id).limit(limit))
        return Page(tuple(draft_of(row) for row in rows), None)

    def counts(self, *, me: str, brands: Collection[str] | None) -> dict[str, int]:
        """How long each list is."""
        with self._database.read() as connection:
            found = {
                view.value: _count(connection, HANDOFF, _of(view, me), brands)
                for view in (View.OPEN, View.MINE, View.TAKEN)
            }
            found["drafts"] = _count(connection, OUTBOX, OUTBOX.c.state == OutboxState.DRAFT, brands)
            found["tasks"] = _count(connection, TASK, TASK.c.state == TaskState.OPEN, brands)
        return found

    def search(self, words: str, *, brands: Collection[str] | None) -> list[QueueItem]:
        """People by the beginning of their handle or name, by X id, or by a post's id or address; newest
        first. Also those nobody was handed.
        """
        with self._database.read() as connection:
            people = _people_named(connection, words)
            if not people:
                return []
            known = _people().where(HANDOFF.c.person_id.in_(people), *_seen_by(HANDOFF.c.brand_id, brands))
            rows = connection.execute(known.order_by(HANDOFF.c.created_at.desc()).limit(_MOST_FOUND))
            found = [_person(row) for row in rows.mappings()]
            have = {item.conversation_id for item in found}
            others = _others().where(
                CONVERSATION.c.person_id.in_(people), *_seen_by(CONVERSATION.c.brand_id, brands)
            )
            rows = connection.execute(others.limit(_MOST_FOUND))
            found += [_nobody_s(row) for row in rows.mappings() if row["id"] not in have]
        return found

    def export(self, *, brands: Collection[str] | None, most: int = 50_000) -> Iterator[QueueItem]:
        """Every handoff, oldest first, page by page. most: X's limit for one recipient and day."""
        after: str | None = None
        for _ in range(most // 500):
            with self._database.read() as connection:
                query = _people().where(*_seen_by(HANDOFF.c.brand_id, brands))
                mark = _mark_in(after) if after else None
                if mark is not None:
                    query = query.where(tuple_(HANDOFF.c.created_at, HANDOFF.c.key) > tuple_(*mark))
                query = query.order_by(HANDOFF.c.created_at, HANDOFF.c.key).limit(500)
                items = [_person(row) for row in connection.execute(query).mappings()]
            yield from items
            if len(items) < 500:
                return
            after = _mark(items[-1].created_at, items[-1].key)

    def fingerprint(self) -> tuple[Any, ...]:
        """Changes whenever a list or a pause does. Cheap: asked for every second."""
        queries = (
            _sum(HANDOFF, HandOffState.OPEN, HANDOFF.c.updated_at),
            _sum(HANDOFF, HandOffState.CLAIMED, HANDOFF.c.updated_at),
            _sum(TASK, TaskState.OPEN, TASK.c.created_at),
            _sum(OUTBOX, OutboxState.DRAFT, OUTBOX.c.id),
            select(BRAND_STATE.c.brand_id, BRAND_STATE.c.paused_at, BRAND_STATE.c.mode),
        )
        with self._database.read() as connection:
            return tuple(tuple(row) for query in queries for row in connection.execute(query))

    def changed_since(self, decision_id: int, *, limit: int = 2000) -> tuple[int, frozenset[str]]:
        """Conversations something was decided about after that decision, and the number of the newest one."""
        table = DECISION.c
        query = select(table.id, table.conversation_id).where(table.id > decision_id)
        with self._database.read() as connection:
            if decision_id < 0:
                return connection.execute(select(func.max(table.id))).scalar() or 0, frozenset()
            rows = connection.execute(query.order_by(table.id).limit(limit)).all()
        newest = rows[-1].id if rows else decision_id
        return newest, frozenset(row.conversation_id for row in rows)

    def _rows(self, query: Select[Any]) -> Sequence[RowMapping]:
        with self._database.read() as connection:
            return connection.execute(query).mappings().all()


def _sum(table: Any, state: StrEnum, newest: Any) -> Select[Any]:
    return select(func.count(), func.max(newest)).where(table.c.state == state)


def _of(view: View, me: str) -> ColumnElement[bool]:
    table = HANDOFF.c
    wrote_since = exists().where(
        INBOX.c.person_id == table.person_id,
        INBOX.c.brand_id == table.brand_id,
        INBOX.c.kind.in_(sorted(codec.POST_KINDS)),
        INBOX.c.put_at > table.snoozed_at,
    )
    is_awake = or_(table.snoozed_at.is_(None), wrote_since)
    is_open = table.state == HandOffState.OPEN
    is_taken = table.state == HandOffState.CLAIMED
    match view:
        case View.OPEN:
            return and_(is_open, is_awake)
        case View.MINE:
            return and_(is_taken, table.claimed_by == me, is_awake)
        case View.TAKEN:
            return and_(is_taken, table.claimed_by != me)
        case View.SNOOZED:
            return and_(or_(is_open, is_taken), ~is_awake)
        case View.CLOSED:
            return table.state == HandOffState.CLOSED


def _people() -> Select[Any]:
    # A handoff has one timer at most (store.routes).
    timer = and_(ROUTE.c.handoff_key == HANDOFF.c.key, ROUTE.c.due_at.is_not(None))
    names = (PERSON.c.username, PERSON.c.name, BRAND_STATE.c.handle, ROUTE.c.due_at)
    return select(HANDOFF, *names).select_from(
        HANDOFF.outerjoin(PERSON, PERSON.c.id == HANDOFF.c.person_id)
        .outerjoin(BRAND_STATE, BRAND_STATE.c.brand_id == HANDOFF.c.brand_id)
        .outerjoin(ROUTE, timer)
    )


def _others() -> Select[Any]:
    table = CONVERSATION.c
    return (
        select(
            table.id, table.brand_id, table.person_id, table.updated_at,
            PERSON.c.username, PERSON.c.name, BRAND_STATE.c.handle,
        )
        .select_from(
            CONVERSATION.outerjoin(PERSON, PERSON.c.id == table.person_id).outerjoin(
                BRAND_STATE, BRAND_STATE.c.brand_id == table.brand_id
            )
        )
    )  # fmt: skip


def _with_names(table: Any) -> Select[Any]:
    return select(table, PERSON.c.username, PERSON.c.name, BRAND_STATE.c.handle).select_from(
        table.outerjoin(PERSON, PERSON.c.id == table.c.person_id).outerjoin(
            BRAND_STATE, BRAND_STATE.c.brand_id == table.c.brand_id
        )
    )


def _seen_by(column: ColumnElement[str], brands: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if brands is None else [column.in_(sorted(brands))]


def _count(
    connection: Connection, table: Any, which: ColumnElement[bool], brands: Collection[str] | None
) -> int:
    query = select(func.count()).select_from(table).where(which, *_seen_by(table.c.brand_id, brands))
    return int(connection.execute(query).scalar() or 0)


def _people_named(connection: Connection, words: str) -> list[str]:
    text = words.strip()
    if not text:
        return []
    name = text.removeprefix("@").casefold()
    query = select(PERSON.c.id).where(
        or_(
            and_(PERSON.c.username >= name, PERSON.c.username < name + "\U0010ffff"),
            and_(PERSON.c.name >= text, PERSON.c.name < text + "\U0010ffff"),
            PERSON.c.id == name,
        )
    )
    found = list(connection.execute(query.limit(_MOST_FOUND)).scalars())
    post_id = text.rsplit("/", 1)[-1].split("?")[0]
    if not found and post_id.isdecimal():
        heard = select(INBOX.c.person_id).where(INBOX.c.post_id == post_id)
        said = select(OUTBOX.c.person_id).where(OUTBOX.c.post_id == post_id)
        found = [*connection.execute(heard).scalars(), *connection.execute(said).scalars()]
    return found


def _mark(at: datetime, key: str) -> str:
    return f"{at.isoformat()}{_SEP}{key}"


def _mark_in(after: str) -> tuple[datetime, str] | None:
    moment, _, key = after.partition(_SEP)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return None if at.tzinfo is None else (at, key)


def _page(items: list[Any], limit: int, mark: Any) -> Page:
    has_more = len(items) > limit
    shown = items[:limit]
    return Page(tuple(shown), _mark(*mark(shown[-1])) if has_more else None)


def _person(row: RowMapping) -> QueueItem:
    names = (
        "key", "conversation_id", "brand_id", "person_id", "team", "rep", "score", "reason", "consent",
        "outcome", "claimed_by", "created_at", "updated_at", "claimed_at", "closed_at", "claim_within_s",
        "crm_ref", "due_at",
    )  # fmt: skip
    return QueueItem(
        **{name: row[name] for name in names},
        brand=row["handle"] or row["brand_id"],
        username=row["username"] or "",
        name=row["name"] or "",
        state=HandOffState(row["state"]),
        is_snoozed=row["snoozed_at"] is not None,
        about=_about(row["payload"]),
        permalink=permalink(row["username"] or "", row["last_post_id"]),
    )


def _nobody_s(row: RowMapping) -> QueueItem:
    """Somebody who was never handed over."""
    return QueueItem(
        key="", conversation_id=row["id"], brand_id=row["brand_id"], person_id=row["person_id"],
        brand=row["handle"] or row["brand_id"], username=row["username"] or "", name=row["name"] or "",
        team="", rep="", score=0, reason="", consent="", state=HandOffState.CLOSED, outcome=None,
        claimed_by=None, created_at=row["updated_at"], updated_at=row["updated_at"], claimed_at=None,
        closed_at=None, claim_within_s=None, is_snoozed=False, crm_ref=None, about="",
        permalink=permalink(row["username"] or "", None),
    )  # fmt: skip


def _about(payload: str) -> str:
    try:
        effect = codec.effect("HandOff", payload)
    except codec.UNREADABLE:
        return ""
    assert isinstance(effect, m.HandOff), "codec.effect decodes by kind"
    if effect.question:
        return effect.question
    return max(effect.receipt, key=lambda line: line.points).words if effect.receipt else ""


def task_of(row: RowMapping) -> WordItem:
    """A task as the desk shows it."""
    return _word(row, id=row["key"], kind=row["kind"], text=row["draft"], post_id=row["post_id"])


def draft_of(row: RowMapping) -> WordItem:
    """A reply in the outbox as the desk shows it."""
    return _word(row, id=str(row["id"]), kind=row["state"], text=row["text"], post_id=row["parent_id"])


def _word(row: RowMapping, *, id: str, kind: str, text: str, post_id: str | None) -> WordItem:
    return WordItem(
        id=id,
        conversation_id=row["conversation_id"] or "",
        brand_id=row["brand_id"],
        brand=row["handle"] or row["brand_id"],
        username=row["username"] or "",
        name=row["name"] or "",
        kind=kind,
        why=row["why"],
        text=text,
        created_at=row["created_at"],
        permalink=permalink(row["username"] or "", post_id),
    )
