"""Links of notifications: signed, for one rep and one handoff, for a while. A look changes nothing."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

SECRET = "links"
"""Its name among the desk's own secrets (`DeskAccess.secret`)."""


@dataclass(frozen=True, slots=True)
class ClaimLink:
    """What a link says: this rep may claim this handoff until then (UTC seconds)."""

    rep: str
    handoff_key: str
    ends_at: float


def sign(secret: str, link: ClaimLink) -> str:
    """The link's last part, safe in an address."""
    body = urlsafe_b64encode(msgspec.json.encode(link)).rstrip(b"=")
    return f"{body.decode()}.{_seal(secret, body)}"


def read(secret: str, token: str, *, now: datetime) -> ClaimLink | None:
    """What it says; None when it was not signed by us, or has ended."""
    body, _, seal = token.partition(".")
    raw = body.encode("ascii", errors="replace")
    if not hmac.compare_digest(seal.encode("utf-8", errors="replace"), _seal(secret, raw).encode()):
        return None
    link = msgspec.json.decode(urlsafe_b64decode(raw + b"=" * (-len(raw) % 4)), type=ClaimLink)
    return link if datetime.fromtimestamp(link.ends_at, UTC) > now else None


def _seal(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), b"claim:" + body, sha256).hexdigest()
