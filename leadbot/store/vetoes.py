"""Taking words back: before they leave (veto) and after they stood on X (retract)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection

from leadbot.errors import PermanentError
from leadbot.model import BrandId, PersonId, PostId, Retracted, Vetoed, conversation_id
from leadbot.ports import Clock
from leadbot.store import brand_log, inbox, outbox
from leadbot.store.brand_log import Act
from leadbot.store.database import Database
from leadbot.store.outbox import OutboxEntry
from leadbot.store.signal import Signal
from leadbot.store.states import CLAIMABLE, Lane, OutboxState
from leadbot.store.tables import OUTBOX, PERSON


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply in the outbox, whatever became of it. person: handle; post_id and sent_at: once X has it."""

    id: int
    key: str
    brand_id: BrandId
    person_id: PersonId
    person: str
    conversation_id: str
    text: str
    state: OutboxState
    post_id: PostId | None
    sent_at: datetime | None
    retracted_at: datetime | None


class Vetoes:
    """What people take back. All raise TransientError."""

    def __init__(self, database: Database, clock: Clock, heard: Signal) -> None:
        self._database = database
        self._clock = clock
        self._heard = heard

    def veto(self, brand_id: BrandId, person_id: PersonId, *, by: str, why: str = "") -> list[int]:
        """Nothing that waits for this person is said; a human speaks there from now on.

        Replies that have not left are cancelled in this transaction. Returns those that are in hand: each is
        called back if it has not left, and `reply` tells what became of it.
        """
        now = self._clock.now()
        who = conversation_id(brand_id, person_id)
        with self._database.write() as connection:
            for entry in _entries(connection, who, (*CLAIMABLE, OutboxState.DRAFT)):
                what = f"stopped by {by}"
                outbox.refuse(connection, entry, "vetoed", now, why=what, state=OutboxState.CANCELLED)
            in_hand = [entry.id for entry in _entries(connection, who, _MAYBE_AT_X)]
            connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(in_hand)).values(vetoed_by=by))
            event = Vetoed(by, now, why)
            key = f"veto:{who}:{now.isoformat()}"
            inbox.put(connection, [inbox.event_values(brand_id, person_id, event, key=key, at=now)])
            brand_log.write(
                connection, brand_id, Act.VETO, by=by, at=now, subject=f"person {person_id}", why=why
            )
        self._heard.send()
        return in_hand

    def reply(self, reply_id: int) -> Reply | None:
        """One reply by its number."""
        found = self._replies(OUTBOX.c.id == reply_id)
        return found[0] if found else None

    def in_hand(self, brand_ids: Collection[BrandId], person: str) -> list[Reply]:
        """Words on their way to somebody, by handle: handed to X, or lost sight of and perhaps sent anew."""
        name = person.strip().lstrip("@").lower()
        is_out = OUTBOX.c.state.in_(_MAYBE_AT_X)
        return self._replies(OUTBOX.c.brand_id.in_(brand_ids), PERSON.c.username == name, is_out)

    def newest_sent(self, brand_ids: Collection[BrandId], person: str) -> Reply | None:
        """The last words these brands had for somebody, by handle."""
        name = person.strip().lstrip("@").lower()
        sent = OUTBOX.c.state == OutboxState.SENT
        found = self._replies(OUTBOX.c.brand_id.in_(brand_ids), PERSON.c.username == name, sent)
        return found[-1] if found else None

    def sent_by_us(self, brand_id: BrandId, what: str) -> Reply:
        """The post with this id, or of the reply with this number, if leadbot itself sent it for this brand.

        Raises PermanentError (``not_ours``).
        """
        named = [OUTBOX.c.post_id == what]
        if what.isdecimal() and len(what) < 15:
            named.append(OUTBOX.c.id == int(what))
        found = self._replies(OUTBOX.c.brand_id == brand_id, OUTBOX.c.state == OutboxState.SENT, or_(*named))
        if not found:
            raise PermanentError("not_ours", f"{what} is no post that leadbot sent for this account")
        return found[0]

    def begin_retraction(self, reply: Reply, *, by: str, why: str) -> None:
        """Write down that a post is about to be deleted: whatever happens next, somebody can see it."""
        self._log(reply, "begun", by, why)

    def fail_retraction(self, reply: Reply, *, by: str, why: str) -> None:
        """X did not delete it, or nobody knows: it may be tried again."""
        self._log(reply, "failed", by, why)

    def retracted(self, reply: Reply, *, by: str, why: str, was_gone: bool) -> None:
        """It is gone from X; a human speaks there from now on."""
        now, post_id = self._clock.now(), reply.post_id
        assert post_id is not None, "a reply that was sent has its post"
        with self._database.write() as connection:
            connection.execute(update(OUTBOX).where(OUTBOX.c.id == reply.id).values(retracted_at=now))
            event = Retracted(post_id, by, now, why)
            row = inbox.event_values(reply.brand_id, reply.person_id, event, key=f"retract:{post_id}", at=now)
            inbox.put(connection, [row])
            self._write(connection, reply, "was gone already" if was_gone else "deleted", by, why)
        self._heard.send()

    def _log(self, reply: Reply, after: str, by: str, why: str) -> None:
        with self._database.write() as connection:
            self._write(connection, reply, after, by, why)

    def _write(self, connection: Connection, reply: Reply, after: str, by: str, why: str) -> None:
        subject, now = f"post {reply.post_id}", self._clock.now()
        brand_log.write(
            connection, reply.brand_id, Act.RETRACT, by=by, at=now, after=after, subject=subject, why=why
        )

    def _replies(self, *where: object) -> list[Reply]:
        names = ("id", "key", "brand_id", "person_id", "conversation_id", "text", "post_id", "retracted_at")
        query = (
            select(
                *(OUTBOX.c[name] for name in names), OUTBOX.c.state, OUTBOX.c.settled_at, PERSON.c.username
            )
            .select_from(OUTBOX.outerjoin(PERSON, PERSON.c.id == OUTBOX.c.person_id))
            .where(OUTBOX.c.lane == Lane.REPLY, *where)  # type: ignore[arg-type]
            .order_by(OUTBOX.c.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            Reply(
                **{name: row[name] for name in names},
                person=row["username"] or row["person_id"],
                state=OutboxState(row["state"]),
                sent_at=row["settled_at"],
            )
            for row in rows
        ]


_MAYBE_AT_X = (OutboxState.SENDING, OutboxState.UNKNOWN)


def _entries(connection: Connection, who: str, states: Collection[OutboxState]) -> list[OutboxEntry]:
    query = select(*outbox.COLUMNS).where(
        OUTBOX.c.conversation_id == who, OUTBOX.c.lane == Lane.REPLY, OUTBOX.c.state.in_(states)
    )
    return [outbox.entry_of(row) for row in connection.execute(query).mappings()]
