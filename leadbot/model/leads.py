"""A handoff as a CRM sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from leadbot.model.dialogs import Answer, Consent, ReceiptLine
from leadbot.model.ids import BrandId


@dataclass(frozen=True, slots=True)
class Lead:
    """A handoff as a CRM sees it.

    external_key: ``x:<numeric user id>``, never a handle, never an e-mail. cleans: words in the CRM's record
    have left X, so what is empty here shall be empty there. reopens: a handoff the CRM has not seen yet; an
    outcome that stands there is an earlier one's.
    """

    external_key: str
    brand_id: BrandId
    brand_handle: str
    username: str
    name: str
    score: int
    receipt: tuple[ReceiptLine, ...]
    answers: tuple[Answer, ...]
    consent: Consent
    consent_words: str
    consent_at: datetime | None
    handoff_key: str
    permalink: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    question: str = ""  # one of theirs that waits for an answer
    reason: str = ""
    cleans: bool = False
    reopens: bool = False
