"""OAuth 2.0 with PKCE at X: the address where an owner says yes, and what the token endpoint is asked.

Secrets travel in bodies and headers, never in an address, because addresses end up in logs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import requests

from leadbot.errors import AccountError, TransientError, UnknownOutcome
from leadbot.model.secret import Secret
from leadbot.x.refusals import json_object, was_never_sent
from leadbot.x.session import is_of_x

SCOPES = ("tweet.read", "tweet.write", "users.read", "offline.access")
"""What leadbot asks an owner for: to read, to reply, to know who it is, and to stay signed in."""

TIME_OUT_S = (5.0, 20.0)
"""Real seconds to connect and between two bytes. The token endpoint has no idempotency: the wait is long."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The three addresses of OAuth 2.0."""

    authorize: str
    token: str
    revoke: str

    @classmethod
    def of(cls, base_url: str) -> Endpoints:
        """Those of X, or of a simulator at `base_url`."""
        if is_of_x(base_url):
            api = "https://api.x.com"
            return cls("https://x.com/i/oauth2/authorize", f"{api}/2/oauth2/token", f"{api}/2/oauth2/revoke")
        base = base_url.rstrip("/")
        return cls(f"{base}/i/oauth2/authorize", f"{base}/2/oauth2/token", f"{base}/2/oauth2/revoke")


@dataclass(frozen=True, slots=True)
class App:
    """A developer's app at X. client_secret: only a confidential one ("Web App", "Automated App") has it."""

    client_id: str
    client_secret: Secret = field(default_factory=Secret)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint gave. refresh is empty without the scope offline.access. Times are UTC."""

    access: Secret
    refresh: Secret
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime


Form = Mapping[str, Secret | str]
"""What is asked of the token endpoint; revealed only on the wire."""


class RefusedCallback(ValueError):
    """An address that does not end this sign-in; the message says why, without its contents."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """One attempt. redirect_uri must be registered for the app at X, letter by letter."""

    app: App
    redirect_uri: str
    scopes: tuple[str, ...] = SCOPES
    state: Secret = field(default_factory=lambda: Secret(secrets.token_urlsafe(32)))
    verifier: Secret = field(default_factory=lambda: Secret(secrets.token_urlsafe(64)))

    def address(self, endpoints: Endpoints) -> str:
        """Where the owner says yes, in a browser that is signed in as the account."""
        digest = hashlib.sha256(self.verifier.reveal().encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.app.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.scopes),
            "state": self.state.reveal(),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{endpoints.authorize}?{urlencode(query)}"

    def is_answered_by(self, address: str) -> bool:
        """Whether an address belongs to this attempt, whatever it says."""
        try:
            state = parse_qs(urlsplit(address.strip()).query).get("state", [""])[0]
        except ValueError:
            return False
        return hmac.compare_digest(state.encode(), self.state.reveal().encode())

    def code_in(self, address: str) -> Secret:
        """The code in the address the browser was sent to. Raises RefusedCallback."""
        if not self.is_answered_by(address):
            raise RefusedCallback("it does not belong to this sign-in (its state is another one)")
        found = parse_qs(urlsplit(address.strip()).query)
        if "error" in found:
            raise RefusedCallback("the account's owner said no")
        if not (code := found.get("code", [""])[0]):
            raise RefusedCallback("there is no code in it")
        return Secret(code)


def exchange(endpoints: Endpoints, sign_in: SignIn, code: Secret, *, now: datetime) -> Tokens:
    """A code for tokens. Raises TransientError, AccountError, UnknownOutcome (sign in once more)."""
    form: Form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": sign_in.redirect_uri,
        "code_verifier": sign_in.verifier,
    }
    return _tokens(_ask(endpoints.token, sign_in.app, form), now)


def refresh(endpoints: Endpoints, app: App, token: Secret, *, now: datetime) -> Tokens:
    """A refresh token for new tokens; the old one is used up as soon as X has read this.

    Raises TransientError (surely not used), AccountError (``refresh_refused``, ``app_refused``),
    UnknownOutcome (may be used up).
    """
    form: Form = {"grant_type": "refresh_token", "refresh_token": token}
    return _tokens(_ask(endpoints.token, app, form), now)


def revoke(endpoints: Endpoints, app: App, token: Secret) -> None:
    """End what the owner allowed. Raises TransientError, AccountError, UnknownOutcome."""
    _ask(endpoints.revoke, app, {"token": token})


def _ask(url: str, app: App, form: Form) -> Mapping[str, Any]:
    body = form if app.client_secret else {**form, "client_id": app.client_id}
    try:
        answer = requests.post(
            url,
            data={name: _plain(value) for name, value in body.items()},
            auth=_basic(app),
            timeout=TIME_OUT_S,
            allow_redirects=False,
        )
    except requests.RequestException as failure:
        kind = TransientError if was_never_sent(failure) else UnknownOutcome
        raise kind(f"the token endpoint did not answer ({type(failure).__name__})") from None
    found = json_object(answer.content)
    if answer.status_code == 200 and found is not None:
        return found
    raise _refusal(answer.status_code, found or {})


def _plain(value: Secret | str) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _basic(app: App) -> tuple[str, str] | None:
    # RFC 6749, 2.3.1: both are form-encoded before they go into the header.
    return (quote_plus(app.client_id), quote_plus(app.client_secret.reveal())) if app.client_secret else None


def _refusal(status: int, body: Mapping[str, Any]) -> AccountError | TransientError | UnknownOutcome:
    error = str(body.get("error", ""))[:60]
    why = f"the token endpoint answered {status} {error}".strip()
    if status == 429:
        return TransientError(why)
    if not (400 <= status < 500 and error):
        return UnknownOutcome(why)  # not in OAuth's words: a gateway speaks, and tokens are not the matter
    is_about_app = status == 401 or error in ("invalid_client", "unauthorized_client")
    return AccountError("app_refused" if is_about_app else "refresh_refused", why)


def _tokens(found: Mapping[str, Any], now: datetime) -> Tokens:
    access, lasts = found.get("access_token"), found.get("expires_in")
    is_token = isinstance(access, str) and access and Secret(access).is_sendable
    if not is_token or not isinstance(access, str) or not isinstance(lasts, (int, float)):
        raise UnknownOutcome("the token endpoint answered 200 without a token")
    new = found.get("refresh_token")
    return Tokens(
        access=Secret(access),
        refresh=Secret(new if isinstance(new, str) else ""),
        scopes=tuple(str(found.get("scope", "")).split()),
        issued_at=now,
        expires_at=now + timedelta(seconds=float(lasts)),
    )
