"""What a rep says and decides in one conversation. Each verb is one transaction: the row, and the event that
tells the dialog of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import and_, func, select, update
from sqlalchemy.engine import Connection

from leadbot.errors import PermanentError
from leadbot.model import (
    BrandId,
    Conversation,
    ConversationId,
    Event,
    LineKind,
    PersonId,
    PostId,
    ReleasedToBot,
    SendReply,
    TakenOver,
    conversation_id,
)
from leadbot.ports import Clock
from leadbot.store import codec, dialect, inbox, outbox, rows
from leadbot.store.database import Database
from leadbot.store.signal import Signal
from leadbot.store.states import CLAIMABLE, HandOffState, Lane, OutboxState
from leadbot.store.tables import CONVERSATION, HANDOFF, INBOX, OUTBOX, SUPPRESSION

_GONE = (OutboxState.REFUSED, OutboxState.CANCELLED, OutboxState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class RepWords:
    """What a rep wants said. seen: the person's newest post the rep had before them; parent: the post that is
    answered (any of theirs). max_length: weighted characters.
    """

    text: str
    parent: PostId
    seen: PostId
    by: str
    max_length: int = 280


class DeskTalk:
    """Verbs of reps about people. All raise PermanentError and TransientError."""

    def __init__(self, database: Database, clock: Clock, decided: Signal, heard: Signal) -> None:
        self._database = database
        self._clock = clock
        self._decided = decided
        self._heard = heard

    def take_over(self, brand_id: BrandId, person_id: PersonId, *, by: str) -> None:
        """A human speaks there from now on; what the bot was about to say is not said."""
        now = self._clock.now()
        with self._database.write() as connection:
            _load(connection, conversation_id(brand_id, person_id))
            silence(connection, conversation_id(brand_id, person_id), by=by, now=now)
            _tell(connection, brand_id, person_id, TakenOver(by, now), now)
        self._heard.send()

    def hand_back(self, brand_id: BrandId, person_id: PersonId, *, by: str) -> None:
        """The bot may speak again; its open handoffs are closed without an outcome. Raises PermanentError
        (``opted_out``) where nobody may speak.
        """
        now = self._clock.now()
        who = conversation_id(brand_id, person_id)
        with self._database.write() as connection:
            _load(connection, who)
            if _is_suppressed(connection, brand_id, person_id):
                raise PermanentError("opted_out", "they asked not to be written to: nobody speaks there")
            open_ = and_(HANDOFF.c.conversation_id == who, HANDOFF.c.state != HandOffState.CLOSED)
            closed = {"state": HandOffState.CLOSED, "closed_at": now, "updated_at": now}
            connection.execute(update(HANDOFF).where(open_).values(**closed))
            _tell(connection, brand_id, person_id, ReleasedToBot(by, now), now)
        self._heard.send()

    def reply(self, brand_id: BrandId, person_id: PersonId, words: RepWords) -> bool:
        """Put a rep's own words into the outbox: the gate is asked, and the relay says them as the brand.

        False: just these words are on their way already. Raises PermanentError: ``no_such_post``;
        ``they_wrote_again``, when the rep has not seen their newest post.
        """
        now = self._clock.now()
        who = conversation_id(brand_id, person_id)
        with self._database.write() as connection:
            conversation = _load(connection, who)
            newest = _newest_post(connection, brand_id, person_id)
            if newest is not None and newest != words.seen:
                raise PermanentError("they_wrote_again", "they wrote again meanwhile: read that first")
            heard = _post(connection, brand_id, person_id, words.parent)
            silence(connection, who, by=words.by, now=now)
            _tell(connection, brand_id, person_id, TakenOver(words.by, now), now)
            effect = SendReply(
                key=_key(connection, who, words),
                in_reply_to=words.parent,
                text=words.text,
                kind=LineKind.ANSWER,
                dialog=conversation.dialog.number if conversation.dialog else 0,
                message=1,
                limit=1,
                max_length=words.max_length,
                parent_at=heard.post.created_at,
                source=None,
                is_summons=True,
                by=words.by,
                brand_id=brand_id,
            )
            row = rows.reply(effect, conversation, heard.post.root_id, now)
            row |= {"author": words.by, "approved_by": words.by}
            is_new = bool(connection.execute(dialect.insert_new(connection, OUTBOX), row).rowcount)
        self._heard.send()
        self._decided.send()
        return is_new

    def snooze(self, handoff_key: str) -> None:
        """Off the queue until they write again."""
        self._mark(handoff_key, snoozed_at=self._clock.now())

    def wake(self, handoff_key: str) -> None:
        """Back on the queue."""
        self._mark(handoff_key, snoozed_at=None)

    def unclaim(self, handoff_key: str, *, by: str) -> None:
        """Back to the team: anybody may claim it. The bot stays silent. Raises PermanentError (``claimed``)
        when somebody else has it.
        """
        now = self._clock.now()
        mine = and_(HANDOFF.c.key == handoff_key, HANDOFF.c.state == HandOffState.CLAIMED)
        values = {"state": HandOffState.OPEN, "claimed_by": None, "claimed_at": None, "updated_at": now}
        with self._database.write() as connection:
            statement = update(HANDOFF).where(mine, HANDOFF.c.claimed_by == by).values(**values)
            if not connection.execute(statement).rowcount:
                raise PermanentError("claimed", "somebody else has it, or nobody")

    def _mark(self, handoff_key: str, **values: object) -> None:
        is_open = and_(HANDOFF.c.key == handoff_key, HANDOFF.c.state != HandOffState.CLOSED)
        now = self._clock.now()
        with self._database.write() as connection:
            if not connection.execute(
                update(HANDOFF).where(is_open).values(updated_at=now, **values)
            ).rowcount:
                raise PermanentError("closed", "this handoff is closed")


def silence(connection: Connection, who: str, *, by: str, now: datetime) -> None:
    """What the bot has not said yet is not said; what is in hand is called back if it has not left. Inside
    somebody's transaction.
    """
    table = OUTBOX.c
    of_bot = and_(table.conversation_id == who, table.lane == Lane.REPLY, table.author.is_(None))
    waits = table.state.in_((*CLAIMABLE, OutboxState.DRAFT))
    query = select(*outbox.COLUMNS).where(of_bot, waits)
    for row in connection.execute(query).mappings().all():
        why = f"{by} has taken over"
        outbox.refuse(connection, outbox.entry_of(row), "bot_owns", now, why=why, state=OutboxState.CANCELLED)
    in_hand = table.state == OutboxState.SENDING
    connection.execute(update(OUTBOX).where(of_bot, in_hand).values(vetoed_by=by))


def _tell(
    connection: Connection, brand_id: BrandId, person_id: PersonId, event: Event, now: datetime
) -> None:
    key = f"{type(event).__name__.lower()}:{brand_id}:{person_id}:{now.isoformat()}"
    inbox.put(connection, [inbox.event_values(brand_id, person_id, event, key=key, at=now)])


def _load(connection: Connection, who: ConversationId) -> Conversation:
    state = connection.execute(select(CONVERSATION.c.state).where(CONVERSATION.c.id == who)).scalar()
    if state is None:
        raise PermanentError("no_such_person", "nobody talked to them here")
    return codec.conversation(state)


def _is_suppressed(connection: Connection, brand_id: str, person_id: str) -> bool:
    table = SUPPRESSION.c
    query = select(table.reason).where(
        table.brand_id == brand_id, table.person_id == person_id, table.lifted_at.is_(None)
    )
    return connection.execute(query).first() is not None


def _posts_of(brand_id: str, person_id: str) -> tuple[object, ...]:
    return (
        INBOX.c.person_id == person_id,
        INBOX.c.brand_id == brand_id,
        INBOX.c.kind.in_(sorted(codec.POST_KINDS)),
    )


def _newest_post(connection: Connection, brand_id: str, person_id: str) -> str | None:
    query = select(INBOX.c.post_id).where(*_posts_of(brand_id, person_id))  # type: ignore[arg-type]
    found: str | None = connection.execute(query.order_by(INBOX.c.id.desc()).limit(1)).scalar()
    return found


def _post(connection: Connection, brand_id: str, person_id: str, post_id: str) -> codec.HeardPost:
    query = select(INBOX.c.kind, INBOX.c.payload).where(
        *_posts_of(brand_id, person_id),  # type: ignore[arg-type]
        INBOX.c.post_id == post_id,
    )
    row = connection.execute(query).first()
    if row is None or row.payload == codec.ERASED:
        raise PermanentError("no_such_post", "that post is gone: answer another one")
    item = codec.item(row.kind, row.payload)
    assert isinstance(item, codec.HeardPost), "posts only"
    return item


def _key(connection: Connection, who: str, words: RepWords) -> str:
    """Natural key: the same words under the same post leave once; after a refusal they may be tried again."""
    digest = blake2b(" ".join(words.text.split()).encode(), digest_size=6).hexdigest()
    stem = f"{who}:rep:{words.parent}:{digest}"
    earlier = select(func.count()).where(OUTBOX.c.key.startswith(stem), OUTBOX.c.state.in_(_GONE))
    earlier = earlier.where(OUTBOX.c.conversation_id == who)
    return f"{stem}:{connection.execute(earlier).scalar() or 0}"
