"""OAuth 2.0 with PKCE as X does it: codes, access tokens of two hours, refresh tokens that serve once.

Rules of this file: time is the world's clock; what X would refuse is raised as a `Problem` with an OAuth
body before anything has changed; an account's owner says yes through `OAuth2Book.approve` and nowhere else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote_plus, urlencode, urlsplit

from leadbot.simulator.accounts import User
from leadbot.simulator.clock import SimClock
from leadbot.simulator.problems import Problem, forbidden

ACCESS_S, CODE_S = 7_200.0, 30.0
"""How long an access token and an authorization code are good for, in virtual seconds (X documentation)."""

APPS: dict[str, str] = {"sim-client": "", "sim-confidential": "sim-client-secret"}
"""Client id → secret. An app without one is a public client: it names itself in the body."""

SCOPES = ("tweet.read", "tweet.write", "users.read", "dm.read", "dm.write", "offline.access")
"""The scopes that this X knows."""

READS, WRITES = (
    frozenset({"tweet.read", "users.read"}),
    frozenset({"tweet.read", "tweet.write", "users.read"}),
)
READS_DMS = READS | {"dm.read"}
WRITES_DMS = READS_DMS | {"dm.write"}
NEEDED: dict[str, frozenset[str]] = {
    "POST /2/tweets": WRITES,
    "DELETE /2/tweets/:id": WRITES,
    "POST /2/users/:id/retweets": WRITES,
    "GET /2/dm_events": READS_DMS,
    "GET /2/dm_conversations/with/:participant_id/dm_events": READS_DMS,
    "POST /2/dm_conversations/with/:participant_id/messages": WRITES_DMS,
    "POST /2/dm_conversations/:dm_conversation_id/messages": WRITES_DMS,
}
"""Route → scopes a user's token must have (X's OpenAPI document 2.167); any other route needs READS."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an app asks an account's owner for."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    challenge: str

    def answer(self, **said: str) -> str:
        """The address to which the owner's browser is sent."""
        joint = "&" if urlsplit(self.redirect_uri).query else "?"
        return self.redirect_uri + joint + urlencode({"state": self.state, **said})


@dataclass(eq=False, slots=True)
class Grant:
    """What one owner allowed one app. `access` and `refresh` are the tokens that are good now."""

    client_id: str
    user: User
    scopes: tuple[str, ...]
    access: str = ""
    expires_at: datetime | None = None
    refresh: str = ""


@dataclass(slots=True)
class _Code:
    asked: Asked
    grant: Grant
    expires_at: datetime


@dataclass(slots=True)
class OAuth2Book:
    """All grants of one simulated X."""

    clock: SimClock
    random: random.Random
    grants: list[Grant] = field(default_factory=list)
    _codes: dict[str, _Code] = field(default_factory=dict)

    def read_request(self, query: Mapping[str, str]) -> Asked:
        """What an authorize address asks for; raises 400 for what X would show as an error page."""
        asked = Asked(
            query.get("client_id", ""),
            query.get("redirect_uri", ""),
            tuple(query.get("scope", "").split()),
            query.get("state", ""),
            query.get("code_challenge", ""),
        )
        if asked.client_id not in APPS:
            raise refused("invalid_client", "There is no app with this client_id.")
        if not _is_loopback(asked.redirect_uri):
            raise refused("invalid_request", "This redirect_uri is not registered for the app.")
        if query.get("response_type") != "code" or not asked.state:
            raise refused("invalid_request", "response_type must be code, and state must be given.")
        if query.get("code_challenge_method") != "S256" or len(asked.challenge) != 43:
            raise refused("invalid_request", "PKCE: give code_challenge with the method S256.")
        if not asked.scopes or set(asked.scopes) - set(SCOPES):
            raise refused("invalid_scope", f"Known scopes: {' '.join(SCOPES)}.")
        return asked

    def approve(self, asked: Asked, user: User, scopes: tuple[str, ...] = ()) -> str:
        """The owner says yes, to `scopes` only if any are given; returns where the browser goes next."""
        granted = tuple(scope for scope in asked.scopes if not scopes or scope in scopes)
        code = self._new("code")
        grant = Grant(asked.client_id, user, granted)
        self._codes[code] = _Code(asked, grant, self.clock.now() + timedelta(seconds=CODE_S))
        return asked.answer(code=code)

    def exchange(self, form: Mapping[str, str], authorization: str) -> dict[str, object]:
        """POST /2/oauth2/token: a code or a refresh token for new tokens."""
        client_id = _client(form, authorization)
        if form.get("grant_type") == "authorization_code":
            return self._first(form, client_id)
        if form.get("grant_type") == "refresh_token":
            return self._renewed(form.get("refresh_token", ""), client_id)
        raise refused("unsupported_grant_type", "Give authorization_code or refresh_token.")

    def revoke(self, form: Mapping[str, str], authorization: str) -> dict[str, object]:
        """POST /2/oauth2/revoke: ends the whole grant; a token nobody knows is revoked already."""
        client_id, token = _client(form, authorization), form.get("token", "")
        ended = [
            one for one in self.grants if one.client_id == client_id and token in (one.access, one.refresh)
        ]
        for grant in ended if token else []:
            self.grants.remove(grant)
        return {"revoked": True}

    def grant_of(self, token: str) -> Grant | None:
        """Whose access token this is, unless it has expired."""
        for grant in self.grants:
            if grant.expires_at is not None and hmac.compare_digest(grant.access.encode(), token.encode()):
                return grant if self.clock.now() < grant.expires_at else None
        return None

    def _first(self, form: Mapping[str, str], client_id: str) -> dict[str, object]:
        kept = self._codes.pop(form.get("code", ""), None)
        if kept is None or self.clock.now() >= kept.expires_at or kept.asked.client_id != client_id:
            raise refused("invalid_request", "Value passed for the authorization code was invalid.")
        if form.get("redirect_uri") != kept.asked.redirect_uri:
            raise refused("invalid_request", "Value passed for the redirect uri did not match.")
        if not hmac.compare_digest(challenge_of(form.get("code_verifier", "")), kept.asked.challenge):
            raise refused("invalid_request", "Value passed for the code verifier did not match.")
        self.grants.append(kept.grant)
        return self._tokens(kept.grant)

    def _renewed(self, token: str, client_id: str) -> dict[str, object]:
        grant = next((one for one in self.grants if token and one.refresh == token), None)
        if grant is None or grant.client_id != client_id:
            raise refused("invalid_request", "Value passed for the token was invalid.")
        return self._tokens(grant)

    def _tokens(self, grant: Grant) -> dict[str, object]:
        grant.access = self._new("access")
        grant.expires_at = self.clock.now() + timedelta(seconds=ACCESS_S)
        grant.refresh = self._new("refresh") if "offline.access" in grant.scopes else ""
        told = {"refresh_token": grant.refresh} if grant.refresh else {}
        return {
            "token_type": "bearer",
            "expires_in": int(ACCESS_S),
            "access_token": grant.access,
            "scope": " ".join(grant.scopes),
            **told,
        }

    def _new(self, kind: str) -> str:
        return f"sim-{kind}-{self.random.getrandbits(160):040x}"


def require_scopes(scopes: tuple[str, ...] | None, route: str) -> None:
    """Raises 403 if a token of OAuth 2.0 lacks what the route needs; None is a token without scopes."""
    if scopes is not None and not set(scopes) >= NEEDED.get(route, READS):
        raise forbidden("Forbidden")


def challenge_of(verifier: str) -> str:
    """PKCE's S256: the verifier's digest in base64 without padding (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def refused(error: str, why: str, *, status: int = 400) -> Problem:
    """A refusal as OAuth tells it."""
    return Problem(status, {"error": error, "error_description": why})


def _client(form: Mapping[str, str], authorization: str) -> str:
    client_id, secret = form.get("client_id", ""), ""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "basic":
        client_id, secret = _basic(given)
    if client_id not in APPS or not hmac.compare_digest(APPS[client_id].encode(), secret.encode()):
        raise refused("unauthorized_client", "Missing valid authorization header", status=401)
    return client_id


def _basic(given: str) -> tuple[str, str]:
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _is_loopback(uri: str) -> bool:
    # X compares with the addresses an app has registered; this app has registered its own machine's.
    try:
        parts = urlsplit(uri)
        return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    except ValueError:
        return False
