"""The one door out: rows to carry out, head of line per conversation, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.engine import Connection, RowMapping

from leadbot.model import (
    BrandId,
    ConversationId,
    Event,
    Mode,
    PersonId,
    PostId,
    ReplyRefused,
    ReplySent,
    RepReplied,
)
from leadbot.store import brands, dialect, inbox, spend
from leadbot.store.database import Database
from leadbot.store.states import CLAIMABLE, UNSETTLED, Lane, OutboxState
from leadbot.store.tables import BRAND_STATE, OUTBOX, SUPPRESSION, TASK


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An effect that waits to be carried out, its payload still as JSON. author: the rep whose own words a
    reply is; None for a playbook's.
    """

    id: int
    key: str
    kind: str
    lane: Lane
    brand_id: BrandId
    person_id: PersonId
    conversation_id: ConversationId
    payload: str
    text: str
    parent_id: PostId | None
    root_id: PostId | None
    state: OutboxState
    rule: str
    attempts: int
    looks: int
    approved_by: str | None
    author: str | None
    created_at: datetime
    sending_at: datetime | None


@dataclass(frozen=True, slots=True)
class CalledBack:
    """Why a reply in hand must not leave after all."""

    rule: str
    why: str


MOST_TRIES = 3
"""After so many tries a reply nobody can find is left to a human."""

_EARLIER = OUTBOX.alias("earlier")
COLUMNS = [OUTBOX.c[name] for name in OutboxEntry.__dataclass_fields__]


def entry_of(row: RowMapping) -> OutboxEntry:
    """An outbox row as a value."""
    values = dict(row)
    return OutboxEntry(**{**values, "lane": Lane(row["lane"]), "state": OutboxState(row["state"])})


class Outbox:
    """Claims and outcomes for one relay. Every setter is one transaction and raises TransientError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recover(self) -> int:
        """At a start: rows found in ``sending`` are unknown, and no brand has caught up. Returns how many
        rows.
        """
        with self._database.write() as connection:
            brands.begin_catch_up_everywhere(connection)
            return lose_track(connection, except_ids=())

    def lose_track(self, except_ids: Collection[int]) -> int:
        """Rows in ``sending`` that no thread of ours is sending: their outcome could not be written down."""
        with self._database.write() as connection:
            return lose_track(connection, except_ids)

    def due(
        self,
        brand_ids: Sequence[BrandId],
        now: datetime,
        *,
        limit: int,
        lanes: Collection[Lane] = tuple(Lane),
    ) -> list[OutboxEntry]:
        """Rows whose time has come and that are first in their conversation's lane.

        Who wrote first comes first (a post's id is its time); nothing else about a person counts.
        """
        table, earlier = OUTBOX.c, _EARLIER
        is_behind = exists().where(
            earlier.c.conversation_id == table.conversation_id,
            earlier.c.lane == table.lane,
            earlier.c.id < table.id,
            earlier.c.state.in_(UNSETTLED),
        )
        query = (
            select(*COLUMNS)
            .where(
                table.state.in_(CLAIMABLE),
                table.not_before <= now,
                table.brand_id.in_(brand_ids),
                table.lane.in_(lanes),
                ~is_behind,
            )
            .order_by(func.length(table.parent_id), table.parent_id, table.id)
            .limit(limit)
        )
        return self._entries(query)

    def unknown(self, brand_ids: Sequence[BrandId], now: datetime) -> list[OutboxEntry]:
        """Rows of unknown fate that are due for another look, oldest first."""
        query = (
            select(*COLUMNS)
            .where(
                OUTBOX.c.state == OutboxState.UNKNOWN,
                OUTBOX.c.not_before <= now,
                OUTBOX.c.brand_id.in_(brand_ids),
            )
            .order_by(OUTBOX.c.id)
        )
        return self._entries(query)

    def next_due_at(self, brand_ids: Sequence[BrandId], after: datetime) -> datetime | None:
        """When the next row becomes due that is not yet. Those that are wait for something else than time."""
        states = (*CLAIMABLE, OutboxState.UNKNOWN)
        query = select(func.min(OUTBOX.c.not_before)).where(
            OUTBOX.c.state.in_(states), OUTBOX.c.brand_id.in_(brand_ids), OUTBOX.c.not_before > after
        )
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return found

    def postpone(self, ids: Collection[int], *, until: datetime, rule: str, why: str = "") -> None:
        """Not now; asked again at `until`. The reason is shown.

        What was settled since it was read stays settled: somebody may have dropped it meanwhile.
        """
        waits = OUTBOX.c.state.in_((*CLAIMABLE, OutboxState.SENDING))
        values = {"state": OutboxState.HELD, "not_before": until, "rule": rule, "why": why}
        with self._database.write() as connection:
            connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(list(ids)), waits).values(**values))

    def mark_sending(self, ids: Collection[int], now: datetime) -> set[int]:
        """About to be carried out. Returns which of them may be: a person may have been erased meanwhile."""
        with self._database.write() as connection:
            found = still_claimable(connection, ids)
            sending(connection, found, now)
        return found

    def failed_for_now(self, entry: OutboxEntry, *, until: datetime, rule: str, why: str) -> None:
        """Surely not carried out; tried again at `until`."""
        with self._database.write() as connection:
            settle(connection, [entry.id], OutboxState.PENDING, not_before=until, rule=rule, why=why)

    def look_again(
        self,
        entry: OutboxEntry,
        *,
        until: datetime,
        rule: str,
        why: str = "",
        looked: bool = False,
        never_again: bool = False,
    ) -> None:
        """Nobody knows whether it was carried out: look at `until`. looked: we looked once more and found
        nothing.
        """
        with self._database.write() as connection:
            settle(
                connection,
                [entry.id],
                OutboxState.UNKNOWN,
                not_before=until,
                rule=rule,
                why=why,
                looks=entry.looks + looked,
                **({"attempts": MOST_TRIES} if never_again else {}),
            )

    def called_back(self, entry: OutboxEntry, mode: Mode) -> CalledBack | None:
        """Asked at the last moment before the request: may this row, cleared in `mode`, still leave?

        Whoever says "stop", pauses, vetoes or lowers a mode sees at most those replies leave that had passed
        here before.
        """
        state = BRAND_STATE.c
        stop = exists().where(
            SUPPRESSION.c.brand_id == OUTBOX.c.brand_id,
            SUPPRESSION.c.person_id == OUTBOX.c.person_id,
            SUPPRESSION.c.lifted_at.is_(None),
        )
        query = (
            select(
                OUTBOX.c.vetoed_by, state.paused_at, state.paused_why, state.mode, stop.label("is_suppressed")
            )
            .select_from(OUTBOX.outerjoin(BRAND_STATE, state.brand_id == OUTBOX.c.brand_id))
            .where(OUTBOX.c.id == entry.id)
        )
        with self._database.read() as connection:
            row = connection.execute(query).one()
        if row.vetoed_by is not None:
            return CalledBack("vetoed", f"stopped by {row.vetoed_by}")
        if row.is_suppressed:
            return CalledBack("suppressed", "the person asked not to be written to")
        if row.paused_at is not None:
            return CalledBack("paused", row.paused_why)
        if row.mode is not None and mode.is_above(Mode(row.mode)):
            return CalledBack("mode", f"lowered to {row.mode} meanwhile")
        return None

    def put_back(self, entry: OutboxEntry, found: CalledBack, now: datetime) -> None:
        """It was called back before the request: as if it had never been taken in hand."""
        with self._database.write() as connection:
            if found.rule == "vetoed":
                refuse(connection, entry, "vetoed", now, why=found.why, state=OutboxState.CANCELLED)
                return
            tries = {"attempts": OUTBOX.c.attempts - 1, "not_before": now}
            settle(connection, [entry.id], OutboxState.PENDING, rule=found.rule, why=found.why, **tries)

    def resend(self, entry: OutboxEntry, now: datetime) -> None:
        """Looked for twice and surely not there: it goes through the gate again."""
        with self._database.write() as connection:
            settle(
                connection, [entry.id], OutboxState.PENDING, not_before=now, rule="resend", why="", looks=0
            )

    def reply_sent(self, entry: OutboxEntry, post_id: PostId, now: datetime, *, cost_usd: float) -> None:
        """X has it: the row, the event for the engine and what it cost are one transaction."""
        with self._database.write() as connection:
            settle(connection, [entry.id], OutboxState.SENT, settled_at=now, post_id=post_id, rule="", why="")
            event: Event = ReplySent(entry.key, post_id, now)
            if entry.author is not None:
                event = RepReplied(entry.author, post_id, now)
            tell(connection, entry, event, now)
            spend.add(connection, entry.brand_id, "reply", 1, cost_usd, at=now)

    def reply_refused(self, entry: OutboxEntry, reason: str, now: datetime, *, why: str = "") -> None:
        """It will not be sent: the engine hears of it and a human gets a task."""
        with self._database.write() as connection:
            refuse(connection, entry, reason, now, why=why)

    def done(self, entry: OutboxEntry, now: datetime) -> None:
        """A notice was delivered."""
        with self._database.write() as connection:
            settle(connection, [entry.id], OutboxState.SENT, settled_at=now, rule="", why="")

    def given_up(self, entry: OutboxEntry, reason: str, now: datetime, *, why: str) -> None:
        """A notice or a push was refused for good: a task tells a human."""
        with self._database.write() as connection:
            settle(connection, [entry.id], OutboxState.REFUSED, settled_at=now, rule=reason, why=why)
            connection.execute(dialect.insert_new(connection, TASK), _task(entry, reason, now, why))

    def _entries(self, query: Any) -> list[OutboxEntry]:
        with self._database.read() as connection:
            return [entry_of(row) for row in connection.execute(query).mappings()]


def lose_track(connection: Connection, except_ids: Collection[int]) -> int:
    """``sending`` → ``unknown``; errands, whose keys make them safe to repeat, → ``pending``.

    Returns how many.
    """
    is_lost = and_(OUTBOX.c.state == OutboxState.SENDING, OUTBOX.c.id.not_in(list(except_ids)))
    is_reply = OUTBOX.c.lane == Lane.REPLY
    rule = "stopped_while_sending"
    replies = update(OUTBOX).where(is_lost, is_reply).values(state=OutboxState.UNKNOWN, rule=rule)
    errands = update(OUTBOX).where(is_lost, ~is_reply).values(state=OutboxState.PENDING, rule=rule)
    return connection.execute(replies).rowcount + connection.execute(errands).rowcount


def settle(connection: Connection, ids: Collection[int], state: OutboxState, **values: object) -> None:
    """Set the state of rows inside somebody's transaction."""
    statement = update(OUTBOX).where(OUTBOX.c.id.in_(list(ids))).values(state=state, **values)
    connection.execute(statement)


def sending(connection: Connection, ids: Collection[int], now: datetime, **values: object) -> None:
    """Mark rows as being carried out: from here on a stop leaves them unknown."""
    settle(
        connection,
        ids,
        OutboxState.SENDING,
        sending_at=now,
        not_before=now,
        attempts=OUTBOX.c.attempts + 1,
        rule="",
        why="",
        **values,
    )


def refuse(
    connection: Connection,
    entry: OutboxEntry,
    reason: str,
    now: datetime,
    *,
    why: str = "",
    state: OutboxState = OutboxState.REFUSED,
) -> None:
    """Settle a reply that will not be sent, and tell the engine, inside somebody's transaction. The dialog
    knows nothing of a rep's own words: their task is laid down here.
    """
    settle(connection, [entry.id], state, settled_at=now, rule=reason, why=why)
    if entry.author is not None:
        connection.execute(dialect.insert_new(connection, TASK), _words_back(entry, reason, now, why))
        return
    tell(connection, entry, ReplyRefused(entry.key, reason, now), now)


def tell(connection: Connection, entry: OutboxEntry, event: Event, now: datetime) -> None:
    """The outcome of an effect comes back as an event, once per row."""
    what = "refused" if isinstance(event, ReplyRefused) else "sent"
    row = inbox.event_values(entry.brand_id, entry.person_id, event, key=f"{what}:{entry.key}", at=now)
    inbox.put(connection, [row])


def claimable(connection: Connection, ids: Collection[int]) -> list[OutboxEntry]:
    """Those of the rows that have not left, inside somebody's transaction."""
    query = select(*COLUMNS).where(OUTBOX.c.id.in_(list(ids)), OUTBOX.c.state.in_(CLAIMABLE))
    return [entry_of(row) for row in connection.execute(query).mappings()]


def still_claimable(connection: Connection, ids: Collection[int]) -> set[int]:
    """Which of the rows nobody has touched meanwhile (a desk may have dropped one)."""
    table = OUTBOX.c
    query = select(table.id).where(table.id.in_(list(ids)), or_(*(table.state == s for s in CLAIMABLE)))
    return set(connection.execute(query).scalars())


def _task(entry: OutboxEntry, reason: str, now: datetime, why: str) -> dict[str, Any]:
    kind = "crm_refused" if entry.lane is Lane.CRM else "notice_refused"
    return {
        "key": f"{entry.key}:{kind}",
        "brand_id": entry.brand_id,
        "person_id": entry.person_id,
        "conversation_id": entry.conversation_id,
        "kind": kind,
        "why": f"{reason}: {why}" if why else reason,
        "draft": "",
        "post_id": None,
        "state": "open",
        "created_at": now,
    }


def _words_back(entry: OutboxEntry, reason: str, now: datetime, why: str) -> dict[str, Any]:
    """The task that gives a rep's words back; not to somebody who asked not to be written to."""
    return {
        "key": f"{entry.key}:rep_reply_refused",
        "brand_id": entry.brand_id,
        "person_id": entry.person_id,
        "conversation_id": entry.conversation_id,
        "kind": "rep_reply_refused",
        "why": f"{entry.author} wrote this, and it was not sent: {why or reason}",
        "draft": "" if reason == "suppressed" else entry.text,
        "post_id": entry.parent_id,
        "created_at": now,
    }
