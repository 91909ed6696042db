"""The brake: what has not left when a brand is paused, and what a person decides about it afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from leadbot import model as m
from leadbot.errors import PermanentError
from leadbot.ports import Clock
from leadbot.store import brand_log, brands, codec, inbox, outbox
from leadbot.store.brand_log import Act
from leadbot.store.database import Database
from leadbot.store.outbox import OutboxEntry
from leadbot.store.signal import Signal
from leadbot.store.states import CLAIMABLE, Lane, OutboxState
from leadbot.store.tables import BRAND_STATE, CONVERSATION, OUTBOX, PERSON, TIMER


class Choice(StrEnum):
    """What becomes of a reply that waited."""

    ANSWER = "answer"
    APOLOGISE = "apologise"
    DROP = "drop"
    TO_HUMAN = "to_human"  # too old to be answered by itself


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something about to be said. id: its row in the outbox; 0: the pace is not over, no words yet.

    post_at: when the person wrote. max_length: weighted characters.
    """

    id: int
    key: str
    brand_id: m.BrandId
    brand: str
    person_id: m.PersonId
    person: str
    text: str
    post_id: str
    post_at: datetime
    state: str
    rule: str
    max_length: int = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person's word about one reply. text: the apology that is said instead."""

    choice: Choice
    text: str = ""


class Brake:
    """What the brake's verbs ask and change. All raise TransientError."""

    def __init__(self, database: Database, clock: Clock, decided: Signal, heard: Signal) -> None:
        self._database = database
        self._clock = clock
        self._decided = decided
        self._heard = heard

    def waiting(self, brand_ids: Collection[m.BrandId]) -> list[Waiting]:
        """What is about to be said, oldest post first: replies not out yet, and posts in their pace."""
        with self._database.read() as connection:
            found = [*_replies(connection, brand_ids), *_in_pace(connection, brand_ids)]
        return sorted(found, key=lambda one: (one.post_at, one.id))

    def under_way(self, brand_ids: Collection[m.BrandId]) -> int:
        """How many replies were handed to X and have no answer yet, or are about to be called back."""
        query = select(func.count()).where(
            OUTBOX.c.state == OutboxState.SENDING,
            OUTBOX.c.lane == Lane.REPLY,
            OUTBOX.c.brand_id.in_(brand_ids),
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar() or 0)

    def newest_pause(self, brand_ids: Collection[m.BrandId]) -> int:
        """The number of the newest pause of these brands in the log, for `release`."""
        with self._database.read() as connection:
            return brand_log.newest(connection, brand_ids, Act.PAUSE)

    def release(
        self,
        brand_ids: Sequence[m.BrandId],
        chosen: Mapping[int, Chosen],
        *,
        by: str,
        seen: int | None = None,
    ) -> None:
        """Lift the pauses and carry out what was chosen for each reply, in one transaction.

        Replies nobody chose for go on as they would: the gate has a word with each. seen: the newest pause
        the person knows of. Raises PermanentError (``paused_again``), and nothing has happened, when somebody
        has pulled the brake since.
        """
        now = self._clock.now()
        with self._database.write() as connection:
            if seen is not None and brand_log.newest(connection, brand_ids, Act.PAUSE) > seen:
                raise PermanentError("paused_again", "somebody has pulled the brake again meanwhile")
            for entry in outbox.claimable(connection, list(chosen)):
                _carry_out(connection, entry, chosen[entry.id], by, now)
            for brand_id in brand_ids:
                brands.resume(connection, brand_id, by=by, at=now)
        self._heard.send()
        self._decided.send()


def _carry_out(connection: Connection, entry: OutboxEntry, chosen: Chosen, by: str, now: datetime) -> None:
    match chosen.choice:
        case Choice.ANSWER:
            outbox.settle(connection, [entry.id], OutboxState.PENDING, approved_by=by, not_before=now)
        case Choice.APOLOGISE:
            words = {"text": chosen.text, "edited_by": by, "approved_by": by}
            outbox.settle(connection, [entry.id], OutboxState.PENDING, not_before=now, **words)
            event = m.LineReplaced(entry.key, chosen.text, by, now, is_apology=True)
            row = inbox.event_values(
                entry.brand_id, entry.person_id, event, key=f"apology:{entry.key}", at=now
            )
            inbox.put(connection, [row])
        case Choice.DROP:
            why = f"dropped by {by} after a pause"
            outbox.refuse(connection, entry, "dropped", now, why=why, state=OutboxState.CANCELLED)
        case Choice.TO_HUMAN:
            outbox.refuse(connection, entry, "too_late", now, why="too old when the pause was lifted")


def _replies(connection: Connection, brand_ids: Collection[m.BrandId]) -> list[Waiting]:
    states = (*CLAIMABLE, OutboxState.DRAFT)
    query = (
        select(OUTBOX, PERSON.c.username, BRAND_STATE.c.handle)
        .select_from(
            OUTBOX.outerjoin(PERSON, PERSON.c.id == OUTBOX.c.person_id).outerjoin(
                BRAND_STATE, BRAND_STATE.c.brand_id == OUTBOX.c.brand_id
            )
        )
        .where(OUTBOX.c.lane == Lane.REPLY, OUTBOX.c.state.in_(states), OUTBOX.c.brand_id.in_(brand_ids))
    )
    found = []
    for row in connection.execute(query).mappings():
        try:
            effect = codec.effect(row["kind"], row["payload"])
        except codec.UNREADABLE:
            continue  # the relay refuses it with a task of its own
        assert isinstance(effect, m.SendReply), "the reply lane holds replies only"
        one = Waiting(
            id=row["id"],
            key=row["key"],
            brand_id=m.BrandId(row["brand_id"]),
            brand=row["handle"] or row["brand_id"],
            person_id=m.PersonId(row["person_id"]),
            person=row["username"] or row["person_id"],
            text=row["text"],
            post_id=row["parent_id"] or "",
            post_at=effect.parent_at,
            state=row["state"],
            rule=row["rule"],
            max_length=effect.max_length,
        )
        found.append(one)
    return found


def _in_pace(connection: Connection, brand_ids: Collection[m.BrandId]) -> list[Waiting]:
    """People whose posts wait for the pace timer."""
    query = (
        select(CONVERSATION.c.state, PERSON.c.username, BRAND_STATE.c.handle)
        .select_from(
            TIMER.join(CONVERSATION, CONVERSATION.c.id == TIMER.c.conversation_id)
            .outerjoin(PERSON, PERSON.c.id == CONVERSATION.c.person_id)
            .outerjoin(BRAND_STATE, BRAND_STATE.c.brand_id == CONVERSATION.c.brand_id)
        )
        .where(and_(TIMER.c.name == "pace", TIMER.c.brand_id.in_(brand_ids)))
    )
    found = []
    for row in connection.execute(query).mappings():
        try:
            conversation = codec.conversation(row["state"])
        except codec.UNREADABLE:
            continue
        if not conversation.waiting:
            continue
        post = conversation.waiting[-1].post
        one = Waiting(
            id=0,
            key="",
            brand_id=conversation.brand_id,
            brand=row["handle"] or conversation.brand_id,
            person_id=conversation.person_id,
            person=row["username"] or conversation.person_id,
            text="",
            post_id=post.id,
            post_at=post.created_at,
            state="pace",
            rule="",
        )
        found.append(one)
    return found
