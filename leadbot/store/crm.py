"""What we know of the CRM's side: which record a handoff is, what it answered, what became of the lead."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from leadbot.ports import Clock, CrmCandidate, CrmOutcome
from leadbot.store import desk, dialect
from leadbot.store.crm_tables import CRM_ANSWER
from leadbot.store.database import Database
from leadbot.store.outbox import OutboxEntry, settle
from leadbot.store.signal import Signal
from leadbot.store.states import OutboxState
from leadbot.store.tables import HANDOFF


@dataclass(frozen=True, slots=True)
class CrmRecord:
    """A handoff in the CRM. ref None: it is not there. note_id: of the note that tells the story; outcome: as
    the CRM is known to say; closed_as: as a rep or the CRM said, None while it is open.
    """

    ref: str | None = None
    note_id: str | None = None
    outcome: str | None = None
    closed_as: str | None = None


class Crm:
    """Every method is one transaction and raises TransientError. Also a `crm.base.Ledger`."""

    def __init__(self, database: Database, clock: Clock, heard: Signal) -> None:
        self._database = database
        self._clock = clock
        self._heard = heard

    def answer(self, key: str) -> str | None:
        """What the CRM answered under this key; None if nothing is known of an answer."""
        with self._database.read() as connection:
            found: str | None = connection.execute(
                select(CRM_ANSWER.c.answer).where(CRM_ANSWER.c.key == key)
            ).scalar()
        return found

    def remember(self, key: str, answer: str) -> None:
        """The CRM answered; the first answer of a key stays. A key begins with its conversation."""
        conversation_id = ":".join(key.split(":")[1:3])
        row = {
            "key": key,
            "conversation_id": conversation_id,
            "answer": answer,
            "at": self._clock.now(),
        }
        with self._database.write() as connection:
            connection.execute(dialect.insert_new(connection, CRM_ANSWER), [row])

    def record(self, handoff_key: str) -> CrmRecord:
        """Where a handoff is in the CRM, as far as we know."""
        table = HANDOFF.c
        columns = (table.crm_ref, table.crm_note_id, table.crm_outcome, table.outcome)
        query = select(*columns).where(table.key == handoff_key)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return CrmRecord() if row is None else CrmRecord(*row)

    def pushed(
        self,
        entry: OutboxEntry,
        *,
        handoff_key: str,
        ref: str,
        note_id: str | None,
        candidates: Sequence[CrmCandidate] | None = None,
    ) -> None:
        """The CRM has the lead; its ids are kept so that record and note can be found and deleted.

        candidates None: they were not asked for, those known stay.
        """
        values: dict[str, Any] = {"crm_ref": ref, "crm_note_id": note_id}
        if candidates is not None:
            values["crm_candidates"] = json.dumps([asdict(one) for one in candidates], ensure_ascii=False)
        with self._database.write() as connection:
            settle(connection, [entry.id], OutboxState.SENT, settled_at=self._clock.now(), rule="", why="")
            connection.execute(update(HANDOFF).where(HANDOFF.c.key == handoff_key).values(**values))

    def told(self, entry: OutboxEntry, *, handoff_key: str, outcome: str) -> None:
        """The CRM knows now what became of the lead: reading it there again is no news."""
        with self._database.write() as connection:
            settle(connection, [entry.id], OutboxState.SENT, settled_at=self._clock.now(), rule="", why="")
            connection.execute(
                update(HANDOFF).where(HANDOFF.c.key == handoff_key).values(crm_outcome=outcome)
            )

    def take(self, outcome: CrmOutcome) -> bool:
        """What the CRM says became of a lead. True if that is news: the dialog is told, as by a rep.

        It counts for the newest handoff of that record. What a rep said here later than that stays.
        """
        now = self._clock.now()
        with self._database.write() as connection:
            row = _newest(connection, outcome)
            if row is None or row.crm_outcome == outcome.outcome:
                return False
            seen = update(HANDOFF).where(HANDOFF.c.key == row.key).values(crm_outcome=outcome.outcome)
            connection.execute(seen)
            is_older = row.closed_at is not None and row.closed_at > outcome.at
            if row.outcome == outcome.outcome or is_older:
                return False
            desk.set_outcome(connection, row, outcome.outcome, by="crm", now=now, from_crm=True)
        self._heard.send()
        return True

    def has_leads(self) -> bool:
        """Whether the CRM got anybody from us: else it need not be asked."""
        with self._database.read() as connection:
            query = select(HANDOFF.c.key).where(HANDOFF.c.crm_ref.is_not(None)).limit(1)
            return connection.execute(query).first() is not None


def candidates_of(text: str | None) -> tuple[CrmCandidate, ...]:
    """The column `crm_candidates` as values."""
    return tuple(CrmCandidate(**one) for one in json.loads(text)) if text else ()


def _newest(connection: Connection, outcome: CrmOutcome) -> Any:
    """The handoff it is about: by the record, or by the person where records were merged in the CRM."""
    table = HANDOFF.c
    columns = (
        table.key,
        table.brand_id,
        table.person_id,
        table.outcome,
        table.closed_at,
        table.crm_outcome,
    )
    person_id = outcome.external_key.removeprefix("x:")
    for which in (
        (table.crm_ref == outcome.ref,),
        (table.person_id == person_id, table.crm_ref.is_not(None)),
    ):
        row = connection.execute(
            select(*columns).where(*which).order_by(table.created_at.desc()).limit(1)
        ).first()
        if row is not None:
            return row
    return None
