"""A handoff as a CRM sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from leadbot.model.dialogs import Answer, Consent, ReceiptLine
from leadbot.model.ids import BrandId


@dataclass(frozen=True, slots=True)
class Lead:
    """A handoff as a CRM sees it.

    external_key: ``x:<numeric user id>``, never a handle, never an e-mail.
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
