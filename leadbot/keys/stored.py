"""The keys of one account as they are kept, with the account they were verified for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from leadbot.model import BrandId
from leadbot.model.secret import Secret

_NO_SECRET = Secret()


class Kind(StrEnum):
    """How the keys act as the account."""

    OAUTH1 = "oauth1"  # four keys; they do not expire
    OAUTH2 = "oauth2"  # an access token of two hours and a refresh token that serves once


@dataclass(frozen=True, slots=True)
class StoredKeys:
    """What `leadbot brand add` keeps. brand_id, handle: the account X named when these were verified.

    OAuth 1.0a: the four keys. OAuth 2.0: client_id (client_secret for a confidential app), access_token with
    expires_at (UTC), refresh_token, scopes. bearer_token: the app's, for the stream; may be missing.
    renewing_since: a renewal was begun then and its answer has not been stored, so that the refresh token
    may be used up.
    """

    kind: Kind
    brand_id: BrandId
    handle: str
    verified_at: datetime
    consumer_key: Secret = _NO_SECRET
    consumer_secret: Secret = _NO_SECRET
    access_token: Secret = _NO_SECRET
    access_token_secret: Secret = _NO_SECRET
    bearer_token: Secret = _NO_SECRET
    client_id: str = ""
    client_secret: Secret = _NO_SECRET
    refresh_token: Secret = _NO_SECRET
    scopes: tuple[str, ...] = ()
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    renewing_since: datetime | None = None

    def as_text(self) -> Secret:
        """All of it, for the vault alone."""
        return Secret(json.dumps({name: _plain(getattr(self, name)) for name in _FIELDS}, indent=1) + "\n")

    @classmethod
    def from_text(cls, text: Secret) -> StoredKeys:
        """What `as_text` wrote. Raises ValueError without a word of the text."""
        try:
            found = json.loads(text.reveal())
            return cls(**{name: _read(name, found[name]) for name in _FIELDS if name in found})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise ValueError("not what leadbot wrote") from None


_FIELDS: Mapping[str, type] = {
    "kind": Kind,
    "brand_id": str,
    "handle": str,
    "verified_at": datetime,
    **dict.fromkeys(
        ("consumer_key", "consumer_secret", "access_token", "access_token_secret", "bearer_token"), Secret
    ),
    "client_id": str,
    "client_secret": Secret,
    "refresh_token": Secret,
    "scopes": tuple,
    **dict.fromkeys(("issued_at", "expires_at", "renewing_since"), datetime),
}


def _plain(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    return value.isoformat() if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:
    kind = _FIELDS[name]
    if value is None and name in ("issued_at", "expires_at", "renewing_since"):
        return None
    if kind is tuple:
        return tuple(_text(scope) for scope in value)
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a time without a zone")
        return moment
    if kind is Secret and not Secret(_text(value)).is_sendable:
        raise ValueError("no key of X")
    return kind(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
