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
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from leadbot.model import Answer, Lead, ReceiptLine
from leadbot.ports import CrmAdapter

Build = Callable[[Mapping[str, Any]], CrmAdapter]
"""Makes an adapter from the options of ``[crm]`` in leadbot.toml. Raises ConfigError."""


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
