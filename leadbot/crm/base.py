"""What every CRM adapter promises: `ports.CrmAdapter`, to which tests/crm/contract.py holds each of them.

Rules of this room:

- A lead's identity is `Lead.external_key` (``x:<numeric user id>``). Handles change hands, e-mails are
  shared.
- Every call that changes something carries a `key`. The same key twice changes nothing and returns what the
  first call returned, also after a crash between the two.
- Candidates of `find` are shown to a rep and never merged by us.
- What a CRM refuses for good is a PermanentError, what may work later a TransientError, a call whose answer
  was lost an UnknownOutcome. Vendor exceptions stay inside the adapter.
- Making an adapter touches nothing: settings are checked while a daemon runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol

from leadbot.model import Answer, Lead, ReceiptLine
from leadbot.ports import CrmAdapter


class Ledger(Protocol):
    """Remembers what a CRM answered under a key, also after a crash."""

    def answer(self, key: str) -> str | None:
        """The answer; None if none is known. Raises TransientError."""

    def remember(self, key: str, answer: str) -> None:
        """Keep it; the first answer of a key stays. Raises TransientError."""


class MemoryLedger:
    """A ledger that forgets at the end of the process: for looking at settings, and for tests."""

    def __init__(self) -> None:
        self._answers: dict[str, str] = {}

    def answer(self, key: str) -> str | None:
        """See Ledger."""
        return self._answers.get(key)

    def remember(self, key: str, answer: str) -> None:
        """See Ledger."""
        self._answers.setdefault(key, answer)


def wall_clock() -> datetime:
    """The time as CRMs know it, however fast a simulated X runs."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an adapter needs besides its options. now: UTC."""

    ledger: Ledger = field(default_factory=MemoryLedger)
    now: Callable[[], datetime] = wall_clock


Build = Callable[[Mapping[str, Any], Surroundings], CrmAdapter]
"""Makes an adapter from the options of ``[crm]`` in leadbot.toml. Raises ConfigError."""


def mark_of(key: str) -> str:
    """A short mark that stands in a note, so that one whose answer was lost is found again."""
    return f"leadbot-{sha256(key.encode()).hexdigest()[:12]}"


class Can(StrEnum):
    """What an adapter may do; it says so in `capabilities`."""

    FIND = "find"
    UPSERT = "upsert"
    ADD_NOTE = "add_note"
    DELETE_NOTE = "delete_note"
    SET_OUTCOME = "set_outcome"
    PULL_OUTCOMES = "pull_outcomes"


OUTCOMES = ("won", "later", "not_a_fit", "not_a_lead")
"""What may become of a lead."""


def lead_as_json(lead: Lead) -> dict[str, Any]:
    """A lead as plain JSON values, for adapters that store or send it whole."""
    return {
        "external_key": lead.external_key,
        "brand": {"id": lead.brand_id, "handle": lead.brand_handle},
        "username": lead.username,
        "name": lead.name,
        "score": lead.score,
        "receipt": [_receipt_line(line) for line in lead.receipt],
        "answers": [_answer(answer) for answer in lead.answers],
        "consent": {
            "given": lead.consent.value,
            "words": lead.consent_words,
            "at": lead.consent_at.isoformat() if lead.consent_at else None,
        },
        "handoff": lead.handoff_key,
        "permalink": lead.permalink,
        "fields": dict(lead.fields),
    }


def _receipt_line(line: ReceiptLine) -> dict[str, Any]:
    return {**asdict(line), "source": str(line.source)}


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "card": answer.card,
        "answer": answer.answer,
        "words": answer.words,
        "post_id": answer.post_id,
        "at": answer.at.isoformat(),
    }
