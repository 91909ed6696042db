"""Replies that wait for a person's approval."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from leadbot.errors import PermanentError
from leadbot.model import LineReplaced, SendReply
from leadbot.ports import Clock
from leadbot.store import codec, inbox, outbox
from leadbot.store.database import Database
from leadbot.store.outbox import OutboxEntry
from leadbot.store.signal import Signal
from leadbot.store.states import MAYBE_OUT, OutboxState
from leadbot.store.tables import OUTBOX


class Drafts:
    """What a person may do with a draft. Each verb is one transaction.

    All raise PermanentError(``not_a_draft``) when it was sent, dropped or superseded meanwhile, and
    TransientError.
    """

    def __init__(self, database: Database, clock: Clock, decided: Signal, heard: Signal) -> None:
        self._database = database
        self._clock = clock
        self._decided = decided
        self._heard = heard

    def approve_draft(self, draft_id: int, *, by: str) -> None:
        """Let it go out; the gate is asked again as always."""
        with self._database.write() as connection:
            _draft(connection, draft_id)
            outbox.settle(
                connection,
                [draft_id],
                OutboxState.PENDING,
                approved_by=by,
                rule="",
                why="",
                not_before=self._clock.now(),
            )
        self._decided.send()

    def drop_draft(self, draft_id: int, *, by: str) -> None:
        """Don't say it; the dialog hears that it was refused."""
        with self._database.write() as connection:
            entry = _draft(connection, draft_id)
            outbox.refuse(
                connection,
                entry,
                "dropped",
                self._clock.now(),
                why=f"dropped by {by}",
                state=OutboxState.CANCELLED,
            )
        self._heard.send()

    def edit_draft(self, draft_id: int, text: str, *, by: str) -> None:
        """Say it in other words; it stays a draft, and what was decided stays beside it."""
        now = self._clock.now()
        with self._database.write() as connection:
            entry = _draft(connection, draft_id)
            connection.execute(update(OUTBOX).where(OUTBOX.c.id == draft_id).values(text=text, edited_by=by))
            event = LineReplaced(entry.key, text, by, now)
            key = f"edited:{entry.key}:{now.isoformat()}"
            row = inbox.event_values(entry.brand_id, entry.person_id, event, key=key, at=now)
            inbox.put(connection, [row])
        self._heard.send()

    def told_before(self, draft_id: int) -> tuple[SendReply, list[str]]:
        """The reply as it was decided, and what the same person was told by this brand before."""
        with self._database.read() as connection:
            entry = _draft(connection, draft_id)
            others = select(OUTBOX.c.text).where(
                OUTBOX.c.conversation_id == entry.conversation_id,
                OUTBOX.c.id != draft_id,
                OUTBOX.c.state.in_(MAYBE_OUT),
            )
            told = list(connection.execute(others).scalars())
        effect = codec.effect(entry.kind, entry.payload)
        assert isinstance(effect, SendReply), "only replies are drafts"
        return effect, told


def _draft(connection: Connection, draft_id: int) -> OutboxEntry:
    query = select(*outbox.COLUMNS).where(OUTBOX.c.id == draft_id, OUTBOX.c.state == OutboxState.DRAFT)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise PermanentError("not_a_draft", f"reply {draft_id} is not waiting for approval (any more)")
    return outbox.entry_of(row)
