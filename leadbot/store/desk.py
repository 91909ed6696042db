"""What humans do with handoffs and tasks. The row and the event that tells the dialog are one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from leadbot.errors import PermanentError
from leadbot.model import OutcomeSet, TakenOver
from leadbot.ports import Clock
from leadbot.store import desk_talk, inbox
from leadbot.store.database import Database
from leadbot.store.signal import Signal
from leadbot.store.states import HandOffState, TaskState
from leadbot.store.tables import HANDOFF, TASK


class Desk:
    """Verbs of reps. All raise PermanentError for a key that is not there, and TransientError."""

    def __init__(self, database: Database, clock: Clock, heard: Signal) -> None:
        self._database = database
        self._clock = clock
        self._heard = heard

    def claim_handoff(self, key: str, *, by: str) -> None:
        """A rep takes it; the bot is silent from now on, and what it was about to say is not said.

        Raises PermanentError: ``claimed`` if another rep has it, ``closed`` if nobody needs it any more.
        """
        now = self._clock.now()
        with self._database.write() as connection:
            row = _handoff(connection, key)
            if row.state == HandOffState.CLAIMED and row.claimed_by != by:
                raise PermanentError("claimed", f"{row.claimed_by} has this handoff already")
            if row.state == HandOffState.CLOSED:
                raise PermanentError("closed", "this handoff is closed")
            desk_talk.silence(connection, f"{row.brand_id}:{row.person_id}", by=by, now=now)
            taken = {"claimed_by": by, "claimed_at": now, "updated_at": now, "snoozed_at": None}
            _set(connection, key, state=HandOffState.CLAIMED, **taken)
            event = TakenOver(by, now)
            values = inbox.event_values(row.brand_id, row.person_id, event, key=f"claim:{key}:{by}", at=now)
            inbox.put(connection, [values])
        self._heard.send()

    def close_handoff(self, key: str, outcome: str, *, by: str, why: str = "") -> None:
        """What became of it: won, later, not_a_fit or not_a_lead. The same once more changes nothing."""
        now = self._clock.now()
        with self._database.write() as connection:
            row = _handoff(connection, key)
            if row.state == HandOffState.CLOSED and row.outcome == outcome:
                return
            set_outcome(connection, row, outcome, by=by, now=now)
            _set(connection, key, outcome_why=why)
        self._heard.send()

    def finish_task(self, key: str, *, by: str) -> None:
        """Seen to. Finishing it twice changes nothing."""
        statement = (
            update(TASK)
            .where(TASK.c.key == key, TASK.c.state == TaskState.OPEN)
            .values(state=TaskState.DONE, done_at=self._clock.now(), done_by=by)
        )
        with self._database.write() as connection:
            done = connection.execute(statement).rowcount
            if not done and connection.execute(select(TASK.c.key).where(TASK.c.key == key)).first() is None:
                raise PermanentError("no_such_task", f"there is no task {key}")


def set_outcome(
    connection: Connection, row: Any, outcome: str, *, by: str, now: datetime, from_crm: bool = False
) -> None:
    """Close a handoff and tell its dialog, inside somebody's transaction. row: key, brand_id, person_id."""
    _set(connection, row.key, state=HandOffState.CLOSED, outcome=outcome, closed_at=now, updated_at=now)
    event = OutcomeSet(outcome, by, now, handoff_key=row.key, from_crm=from_crm)
    name = f"outcome:{row.key}:{outcome}:{int(now.timestamp() * 1000)}"
    inbox.put(connection, [inbox.event_values(row.brand_id, row.person_id, event, key=name, at=now)])


def _handoff(connection: Connection, key: str) -> Any:
    table = HANDOFF.c
    query = select(
        table.key, table.brand_id, table.person_id, table.state, table.claimed_by, table.outcome
    ).where(table.key == key)
    row = connection.execute(query).first()
    if row is None:
        raise PermanentError("no_such_handoff", f"there is no handoff {key}")
    return row


def _set(connection: Connection, key: str, **values: object) -> None:
    connection.execute(update(HANDOFF).where(HANDOFF.c.key == key).values(**values))
