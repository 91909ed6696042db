"""Leads in files: ``leads.jsonl`` tells all that happened, ``leads.csv`` shows how things stand.

For those who have no CRM yet, for demos, and as the adapter that others are read against.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from leadbot.crm.base import Can, Surroundings, lead_as_json
from leadbot.crm.journal import Journal
from leadbot.crm.sheet import write_sheet
from leadbot.errors import ConfigError, LeadbotError, PermanentError, Problem
from leadbot.model import Lead
from leadbot.ports import CrmCandidate, CrmOutcome

log = structlog.get_logger(__name__)

COLUMNS = (
    "ref",
    "brand",
    "name",
    "username",
    "score",
    "consent",
    "consent_words",
    "answers",
    "receipt",
    "outcome",
    "permalink",
    "notes",
    "updated_at",
)


SLOW_S = 0.05
"""A sheet that takes longer to write than this is written now and then instead of after each event."""


class FileCrm:
    """ports.CrmAdapter over two files in one folder. Safe for threads; for one process.

    A lead's ref is ``<brand id>/<external key>``: one person may be a lead of two brands.
    """

    def __init__(self, folder: Path, *, slow_s: float = SLOW_S) -> None:
        """Touches nothing yet: the files are read at the first call."""
        self._folder = folder
        self._slow_s = slow_s
        self._lock = threading.RLock()
        self._journal: Journal | None = None
        self._leads: dict[str, dict[str, Any]] = {}
        self._notes: dict[str, set[str]] = {}
        self._outcomes: dict[str, str] = {}
        self._updated: dict[str, str] = {}
        self._sheet_took_s = 0.0
        self._sheet_later: threading.Timer | None = None

    def capabilities(self) -> frozenset[str]:
        """Everything."""
        return frozenset(Can)

    def find(self, lead: Lead) -> list[CrmCandidate]:
        """Leads of the same person at another brand, or under the same handle."""
        with self._lock:
            self._open()
            known = list(self._leads.items())
        own = _ref(lead)
        found = []
        for ref, other in known:
            if ref == own:
                found.append(CrmCandidate(ref, f"@{other['username']}", "the same X account"))
            elif other["external_key"] == lead.external_key:
                label = f"@{other['username']} for @{other['brand']['handle']}"
                found.append(CrmCandidate(ref, label, "the same X account, at another brand"))
            elif other["username"].lower() == lead.username.lower():
                found.append(CrmCandidate(ref, f"@{other['username']}", "had the same handle"))
        return found

    def upsert(self, lead: Lead, *, key: str) -> str:
        """Write the lead down once per key; returns its ref. Raises TransientError, PermanentError.

        Of a person only the newest version keeps its words.
        """
        ref = self._record("upsert", key, _ref(lead), {"lead": lead_as_json(lead)})
        with self._lock:
            journal = self._open()
            theirs = [str(e["key"]) for e in journal if e.get("kind") == "upsert" and e.get("ref") == ref]
            journal.strip(theirs[:-1], "lead")
        return ref

    def add_note(self, ref: str, text: str, *, key: str) -> str:
        """Write a note down once per key; returns its id. Raises as upsert, also ``no_such_lead``."""
        self._must_know(ref)
        self._record("note", key, ref, {"text": text})
        return f"note:{key}"

    def delete_note(self, ref: str, note_id: str, *, key: str) -> None:
        """Take a note's text out of the journal; that there was one stays. Raises as upsert."""
        with self._lock:
            self._open().strip([note_id], "text")
        self._record("note_deleted", key, ref, {"note": note_id})

    def set_outcome(self, ref: str, outcome: str, *, key: str) -> None:
        """Write down what became of a lead, once per key. Raises as add_note."""
        self._must_know(ref)
        self._record("outcome", key, ref, {"outcome": outcome})

    def pull_outcomes(self, since_at: datetime) -> list[CrmOutcome]:
        """Outcomes written down at `since_at` or later, oldest first."""
        found = []
        for event in self._open():
            lead = self._leads.get(event.get("ref", ""))
            if event.get("kind") == "outcome" and lead is not None:
                at = datetime.fromisoformat(event["at"])
                found.append(CrmOutcome(event["ref"], lead["external_key"], event["outcome"], at))
        return [outcome for outcome in found if outcome.at >= since_at]

    def examine(self) -> list[Problem]:
        """Whether the folder can be used."""
        try:
            self._open()
        except LeadbotError as error:
            fix = "make it a folder that leadbot may write, or change crm.path"
            return [Problem("crm.path", f"leads cannot be written: {error}", fix, "crm-folder")]
        return []

    def _open(self) -> Journal:
        with self._lock:
            if self._journal is None:
                journal = Journal(self._folder / "leads.jsonl")
                for event in journal:
                    self._replay(event)
                self._journal = journal
                self._show()
            return self._journal

    def _record(self, kind: str, key: str, ref: str, more: Mapping[str, Any]) -> str:
        """The ref under which this key was first written down."""
        # The kind is part of the key, so that a push and its note may share one.
        full_key = f"{kind}:{key}"
        at = datetime.now(UTC).isoformat()
        with self._lock:
            journal = self._open()
            known = journal.get(full_key)
            if known is not None:
                return str(known["ref"])
            event = {"key": full_key, "kind": kind, "ref": ref, "at": at, **more}
            journal.append(event)
            self._apply(event)
            self._show()
        log.info("crm.written", kind=kind, ref=ref)
        return ref

    def _replay(self, event: Mapping[str, Any]) -> None:
        try:
            self._apply(event)
        except (KeyError, TypeError) as error:
            log.error("crm.event_unreadable", key=event.get("key"), why=repr(error))

    def _apply(self, event: Mapping[str, Any]) -> None:
        ref, kind = str(event["ref"]), event["kind"]
        if kind == "upsert":
            if "lead" in event:  # an older version has lost its words
                self._leads[ref] = event["lead"]
        elif kind == "note":
            self._notes.setdefault(ref, set()).add(str(event["key"]))
        elif kind == "note_deleted":
            self._notes.setdefault(ref, set()).discard(str(event["note"]))
        elif kind == "outcome":
            self._outcomes[ref] = event["outcome"]
        self._updated[ref] = str(event["at"])

    def _show(self) -> None:
        if self._sheet_took_s < self._slow_s:
            self._write_sheet()
        elif self._sheet_later is None:
            self._sheet_later = threading.Timer(20 * self._sheet_took_s, self._write_sheet)
            self._sheet_later.daemon = True
            self._sheet_later.start()

    def _write_sheet(self) -> None:
        """The journal has it already, so a sheet that cannot be written is a warning and no error."""
        with self._lock:
            self._sheet_later = None
            began = time.monotonic()
            rows = [self._row(ref, lead) for ref, lead in self._leads.items()]
            try:
                write_sheet(self._folder / "leads.csv", COLUMNS, rows)
            except LeadbotError as error:
                log.warning("sheet.not_written", why=str(error))
            self._sheet_took_s = time.monotonic() - began

    def _row(self, ref: str, lead: Mapping[str, Any]) -> dict[str, object]:
        return {
            "ref": ref,
            "brand": lead["brand"]["handle"],
            "name": lead["name"],
            "username": lead["username"],
            "score": lead["score"],
            "consent": lead["consent"]["given"],
            "consent_words": lead["consent"]["words"],
            "answers": "; ".join(f"{one['card']}: {one['answer']}" for one in lead["answers"]),
            "receipt": "; ".join(f"{one['points']:+d} {one['words']}" for one in lead["receipt"]),
            "outcome": self._outcomes.get(ref, ""),
            "permalink": lead["permalink"],
            "notes": len(self._notes.get(ref, ())),
            "updated_at": self._updated[ref],
        }

    def _must_know(self, ref: str) -> None:
        with self._lock:
            self._open()
            if ref not in self._leads:
                raise PermanentError("no_such_lead", f"there is no lead {ref}")


def build(options: Mapping[str, Any], around: Surroundings) -> FileCrm:
    """The adapter from ``[crm]``: `path` is the folder. Raises ConfigError."""
    path = options.get("path")
    if not isinstance(path, (str, Path)) or not str(path):
        raise ConfigError([Problem("crm.path", "no folder for leads", 'write path = "crm"', "no-path")])
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise ConfigError(
            [
                Problem(
                    "crm.path",
                    f"{folder} is a file",
                    "name a folder, or one that is not there yet",
                    "no-folder",
                )
            ]
        )
    return FileCrm(folder)


def _ref(lead: Lead) -> str:
    return f"{lead.brand_id}/{lead.external_key}"
