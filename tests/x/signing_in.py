"""Signing in to the simulator as an account's owner does, and the keys that come of it."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from leadbot.keys import Kind, StoredKeys
from leadbot.model import BrandId
from leadbot.model.secret import Secret
from leadbot.ports import Clock
from leadbot.simulator import user_id_for
from leadbot.x.oauth2 import App, Endpoints, SignIn, exchange
from tests.fakes.simulated import Endpoints as Control

CALLBACK = "http://127.0.0.1:8723/callback"
PUBLIC = App("sim-client")
CONFIDENTIAL = App("sim-confidential", Secret("sim-client-secret"))


def say_yes(control: Control, address: str, username: str = "acme", *, scopes: str = "") -> str:
    """The owner of an account says yes on the page at `address`; where the browser goes."""
    body = {"url": address, "username": username, "scopes": scopes}
    return str(control.ask("POST", "authorize", json=body)["redirect"])


def sign_in(
    control: Control, clock: Clock, *, username: str = "acme", app: App = PUBLIC, scopes: str = ""
) -> StoredKeys:
    """Fresh keys of OAuth 2.0 for an account of the simulator."""
    endpoints = Endpoints.of(control.base_url)
    attempt = SignIn(app, CALLBACK)
    code = attempt.code_in(say_yes(control, attempt.address(endpoints), username, scopes=scopes))
    tokens = exchange(endpoints, attempt, code, now=clock.now())
    return StoredKeys(
        Kind.OAUTH2,
        BrandId(str(user_id_for(username))),
        username,
        datetime.now(UTC),
        client_id=app.client_id,
        client_secret=app.client_secret,
        access_token=tokens.access,
        refresh_token=tokens.refresh,
        scopes=tokens.scopes,
        issued_at=tokens.issued_at,
        expires_at=tokens.expires_at,
    )


def port_of(address: str) -> int:
    """The port of an address."""
    return urlsplit(address).port or 80
