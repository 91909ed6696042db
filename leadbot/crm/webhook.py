"""Leads as signed messages to an address of yours (docs/crm.md), in the form of the Standard Webhooks spec.

Signed are id, time and body; the id is the key of the call, so a receiver that remembers ids does nothing
twice, and one that looks at the time takes no old recording.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import requests

from leadbot.crm.base import OUTCOMES, Can, Surroundings, lead_as_json
from leadbot.crm.fields import mapped
from leadbot.crm.guard import Network, PublicOnly
from leadbot.crm.once import Once
from leadbot.crm.options import Options
from leadbot.crm.wire import Wire, words_of
from leadbot.errors import AccountError, LeadbotError, PermanentError, Problem
from leadbot.model import Lead
from leadbot.model.secret import Secret
from leadbot.ports import CrmAdapter, CrmCandidate, CrmOutcome

MOST_BYTES = 1_000_000
"""Of an answer: more is cut off by a refusal."""

LEAST_KEY_BYTES = 24
"""The spec's least length of a secret."""


class WebhookCrm:
    """A `ports.CrmAdapter` that tells one address what happens. outcomes_url "": none are read."""

    def __init__(
        self,
        wire: Wire,
        around: Surroundings,
        *,
        url: str,
        secret: Secret,
        key_id: str,
        outcomes_url: str = "",
        fields: Mapping[str, str] | None = None,
    ) -> None:
        self._wire = wire
        self._now = around.now
        self._url = url
        self._secret = secret
        self._key_id = key_id
        self._outcomes_url = outcomes_url
        self._fields = dict(fields or {})

    def capabilities(self) -> frozenset[str]:
        """All but find; outcomes are read where there is an address for them."""
        able = {Can.UPSERT, Can.ADD_NOTE, Can.DELETE_NOTE, Can.SET_OUTCOME}
        return frozenset(able | ({Can.PULL_OUTCOMES} if self._outcomes_url else set()))

    def find(self, lead: Lead) -> list[CrmCandidate]:
        """Nobody: a receiver is told, not asked."""
        return []

    def upsert(self, lead: Lead, *, key: str) -> str:
        """The receiver's ``ref``, or else the lead's own key."""
        told = {**lead_as_json(lead), "reopens": lead.reopens, "cleans": lead.cleans}
        told["fields"] = {name: _plain(value) for name, value in mapped(lead, self._fields).items()}
        answer = self._tell("lead.upserted", {"lead": told}, key=f"{key}:upsert")
        return str(answer.get("ref") or f"{lead.brand_id}/{lead.external_key}")

    def add_note(self, ref: str, text: str, *, key: str) -> str:
        """The receiver's ``id``, or else one of ours."""
        note_id = f"note:{key}"
        told = {"ref": ref, "note": note_id, "text": text}
        return str(self._tell("note.added", told, key=f"{key}:note").get("id") or note_id)

    def delete_note(self, ref: str, note_id: str, *, key: str) -> None:
        """Tells which note must go."""
        self._tell("note.deleted", {"ref": ref, "note": note_id}, key=f"{key}:note_deleted")

    def set_outcome(self, ref: str, outcome: str, *, key: str) -> None:
        """Tells what became of the lead."""
        self._tell("outcome.set", {"ref": ref, "outcome": outcome}, key=f"{key}:outcome")

    def pull_outcomes(self, since_at: datetime) -> list[CrmOutcome]:
        """Asks the other address for ``{"outcomes": [{"ref", "external_key", "outcome", "at"}]}``."""
        since = since_at.astimezone(UTC).isoformat()
        headers = self._signed("", f"outcomes:{since}")
        answer = self._wire.get(self._outcomes_url, params={"since": since}, headers=headers, stream=True)
        rows = self._read(answer).get("outcomes", [])
        found = [_outcome(row) for row in rows] if isinstance(rows, list) else []
        return [one for one in found if one is not None and one.at >= since_at]

    def examine(self) -> list[Problem]:
        """Sends a message of the kind ``ping``, which a receiver answers with any 2xx."""
        try:
            self._tell("ping", {}, key=f"ping:{self._now().isoformat()}")
        except LeadbotError as error:
            fix = "see that the address is right, public (or allow_private names it) and checks our signature"
            return [Problem("crm.url", f"the receiver does not take messages: {error}", fix, "crm-webhook")]
        return []

    def _tell(self, kind: str, data: Mapping[str, Any], *, key: str) -> dict[str, Any]:
        told = {"type": kind, "timestamp": self._now().isoformat(), "data": data}
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        headers = self._signed(body, key)
        answer = self._wire.post(self._url, data=body.encode(), headers=headers, stream=True)
        return self._read(answer)

    def _signed(self, body: str, key: str) -> dict[str, str]:
        message_id = hashlib.sha256(key.encode()).hexdigest()[:32]
        at = str(int(self._now().timestamp()))
        return {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": at,
            "webhook-signature": signature(self._secret, message_id, at, body),
            "webhook-key-id": self._key_id,
            "Idempotency-Key": message_id,
        }

    def _read(self, answer: requests.Response) -> dict[str, Any]:
        status = answer.status_code
        content = self._wire.read(answer, most_bytes=MOST_BYTES)
        if 300 <= status < 400:
            raise AccountError("redirected", "the receiver redirects; write its final address into crm.url")
        if status in (401, 403):
            raise AccountError("crm_unauthorized", f"the receiver answers {status}")
        if status == 409:
            return {}  # it has this message already
        if status >= 400:
            raise PermanentError("crm_refused", f"the receiver answers {status}: {words_of(content)}")
        try:
            found = json.loads(content) if content.strip() else {}
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def signature(secret: Secret, message_id: str, at: str, body: str) -> str:
    """``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body``. at: Unix seconds."""
    signed = f"{message_id}.{at}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()


def build(options: Mapping[str, Any], around: Surroundings) -> CrmAdapter:
    """The adapter from ``[crm]``. Raises ConfigError."""
    read = Options(options, "webhook")
    networks = _networks(read)
    example = "https://example.com/leads"
    url = read.url("url", example=example, may_be_plain=bool(networks))
    outcomes_url = ""
    if options.get("outcomes_url"):
        outcomes_url = read.url("outcomes_url", example=example, may_be_plain=bool(networks))
    secret, key_id = read.secret("signing_secret"), read.text("key_id", "1")
    if secret and len(_key(secret)) < LEAST_KEY_BYTES:
        what = f"signing_secret is shorter than {LEAST_KEY_BYTES} bytes"
        fix = "make a new one: openssl rand -base64 32"
        read.fault("signing_secret", what, fix, rule="odd-key")
    fields, timeout = read.fields(), read.timeout()
    read.done()
    wire = Wire("the webhook", around.now, timeout=timeout, adapter=PublicOnly(networks), uses_proxy=False)
    crm = WebhookCrm(
        wire, around, url=url, secret=secret, key_id=key_id, outcomes_url=outcomes_url, fields=fields
    )
    return Once(crm, around.ledger)


def _networks(read: Options) -> tuple[Network, ...]:
    found = []
    for text in read.texts("allow_private"):
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            fix = 'write networks, such as allow_private = ["10.1.2.0/24"]'
            read.fault("allow_private", f'"{text}" is no network', fix)
    return tuple(found)


def _key(secret: Secret) -> bytes:
    """``whsec_`` and base64, or the text as it is."""
    text = secret.reveal()
    try:
        return (
            base64.b64decode(text.removeprefix("whsec_"), validate=True)
            if text[:6] == "whsec_"
            else text.encode()
        )
    except (binascii.Error, ValueError):
        return text.encode()


def _outcome(row: object) -> CrmOutcome | None:
    """A row of the answer; None for one that makes no sense."""
    if not isinstance(row, dict) or row.get("outcome") not in OUTCOMES:
        return None
    try:
        at = datetime.fromisoformat(str(row["at"]))
    except (KeyError, ValueError):
        return None
    ref = str(row.get("ref", ""))
    return CrmOutcome(ref, str(row.get("external_key", "")), str(row["outcome"]), _utc(at)) if ref else None


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
