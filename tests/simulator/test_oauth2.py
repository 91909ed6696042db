"""OAuth 2.0 over real HTTP: an owner says yes, a code becomes tokens, and tokens end as they do at X."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from tests.simulator.conftest import Control

VERIFIER = "v" * 64
CALLBACK = "http://127.0.0.1:8723/callback"
ALL = "tweet.read tweet.write users.read offline.access"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class App:
    """An app that asks for a brand's account."""

    def __init__(self, base_url: str, control: Control) -> None:
        self.base_url, self.control = base_url, control

    def address(self, **changes: str) -> str:
        query = {
            "response_type": "code", "client_id": "sim-client", "redirect_uri": CALLBACK, "scope": ALL,
            "state": "st", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **changes,
        }  # fmt: skip
        return f"{self.base_url}/i/oauth2/authorize?{urlencode(query)}"

    def code(self, scopes: str = "", **changes: str) -> str:
        body = {"url": self.address(**changes), "username": "acme", "scopes": scopes}
        return parse_qs(urlsplit(self.control.ask("POST", "authorize", json=body)["redirect"]).query)["code"][
            0
        ]

    def token(self, status: int = 200, auth: tuple[str, str] | None = None, **form: str) -> Any:
        form = {"client_id": "sim-client", **form} if auth is None else form
        response = requests.post(f"{self.base_url}/2/oauth2/token", data=form, auth=auth, timeout=10)
        assert response.status_code == status, response.text
        return response.json()

    def exchange(self, code: str, status: int = 200, **changes: str) -> Any:
        form = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER, **changes}
        return self.token(status, grant_type="authorization_code", **form)

    def refresh(self, token: str, status: int = 200, **changes: str) -> Any:
        return self.token(status, grant_type="refresh_token", refresh_token=token, **changes)

    def ask(self, method: str, path: str, token: str, **more: Any) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(
            method, f"{self.base_url}{path}", headers=headers, timeout=10, **more
        ).status_code


@pytest.fixture
def app(base_url: str, control: Control) -> App:
    return App(base_url, control)


def test_a_code_becomes_a_token_that_acts_as_the_account_whose_owner_said_yes(app: App) -> None:
    tokens = app.exchange(app.code())

    assert tokens["scope"] == ALL
    assert tokens["expires_in"] == 7200
    answer = requests.get(
        f"{app.base_url}/2/users/me",
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
        timeout=10,
    )
    assert answer.json()["data"]["username"] == "acme"


def test_an_owner_says_yes_or_no_on_a_page(app: App) -> None:
    page = requests.get(app.address(), timeout=10).text
    assert "SIMULATION" in page
    assert "@acme" in page

    yes = requests.post(
        app.address(), data={"username": "acme", "yes": "1"}, allow_redirects=False, timeout=10
    )
    no = requests.post(app.address(), data={"username": "acme", "no": "1"}, allow_redirects=False, timeout=10)

    assert parse_qs(urlsplit(yes.headers["Location"]).query)["state"] == ["st"]
    assert parse_qs(urlsplit(no.headers["Location"]).query)["error"] == ["access_denied"]


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"redirect_uri": "https://evil.example/cb"},
        {"scope": "tweet.read everything"},
        {"state": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"response_type": "token"},
    ],
)
def test_what_x_would_not_take_is_told_on_the_page(app: App, changes: dict[str, str]) -> None:
    assert requests.get(app.address(**changes), timeout=10).status_code == 400
    error = app.control.ask(
        "POST", "authorize", 400, json={"url": app.address(**changes), "username": "acme"}
    )
    assert error["error"]


@pytest.mark.parametrize("changes", [{"code_verifier": "w" * 64}, {"redirect_uri": CALLBACK + "2"}])
def test_a_code_in_the_wrong_hands_is_worth_nothing(app: App, changes: dict[str, str]) -> None:
    code = app.code()
    assert app.exchange(code, 400, **changes)["error"] == "invalid_request"
    assert app.exchange(code, 400)["error"] == "invalid_request"  # and it serves once


def test_a_code_is_good_for_half_a_minute(app: App, control: Control) -> None:
    code = app.code()
    control.ask("POST", "clock", json={"advance_s": 31})
    app.exchange(code, 400)


def test_a_refresh_token_serves_once_and_ends_the_access_token_before_it(app: App) -> None:
    first = app.exchange(app.code())
    second = app.refresh(first["refresh_token"])

    assert app.ask("GET", "/2/users/me", first["access_token"]) == 401
    assert app.ask("GET", "/2/users/me", second["access_token"]) == 200
    assert "invalid" in app.refresh(first["refresh_token"], 400)["error_description"]
    assert app.refresh(second["refresh_token"])["access_token"] != second["access_token"]


def test_an_access_token_ends_after_two_hours(app: App, control: Control) -> None:
    tokens = app.exchange(app.code())
    control.ask("POST", "clock", json={"advance_s": 7199})
    assert app.ask("GET", "/2/users/me", tokens["access_token"]) == 200
    control.ask("POST", "clock", json={"advance_s": 2})
    assert app.ask("GET", "/2/users/me", tokens["access_token"]) == 401


def test_without_offline_access_there_is_no_refresh_token(app: App) -> None:
    assert "refresh_token" not in app.exchange(app.code("tweet.read users.read"))


def test_a_token_may_do_what_its_scopes_say(app: App) -> None:
    token = app.exchange(app.code("tweet.read users.read offline.access"))["access_token"]

    assert app.ask("GET", "/2/users/me", token) == 200
    assert app.ask("POST", "/2/tweets", token, json={"text": "hello"}) == 403
    assert app.ask("GET", "/2/users/me", app.exchange(app.code("users.read"))["access_token"]) == 403


def test_a_revoked_grant_is_over(app: App) -> None:
    tokens = app.exchange(app.code())
    data = {"client_id": "sim-client", "token": tokens["refresh_token"]}
    assert requests.post(f"{app.base_url}/2/oauth2/revoke", data=data, timeout=10).json() == {"revoked": True}

    assert app.ask("GET", "/2/users/me", tokens["access_token"]) == 401
    app.refresh(tokens["refresh_token"], 400)


def test_a_confidential_app_shows_its_secret(app: App) -> None:
    good, bad = ("sim-confidential", "sim-client-secret"), ("sim-confidential", "guess")
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}

    code = app.code(client_id="sim-confidential")
    assert app.token(401, auth=bad, code=code, **form)["error"] == "unauthorized_client"
    tokens = app.token(auth=good, code=code, **form)
    app.token(
        401, grant_type="refresh_token", refresh_token=tokens["refresh_token"], client_id="sim-confidential"
    )
    assert app.token(auth=good, grant_type="refresh_token", refresh_token=tokens["refresh_token"])


def test_an_answer_may_get_lost_after_the_token_was_turned(app: App, control: Control) -> None:
    tokens = app.exchange(app.code())
    control.fault({"on": "POST /2/oauth2/token", "kind": "drop_after_accept"})

    with pytest.raises(requests.ConnectionError):
        app.refresh(tokens["refresh_token"])

    app.refresh(tokens["refresh_token"], 400)


def test_every_answer_tells_the_time_of_this_x(
    base_url: str, control: Control, app: Callable[..., Any]
) -> None:
    control.ask("POST", "clock", json={"rate": 0, "now": "2030-01-02T03:04:05Z"})
    answer = requests.get(f"{base_url}/2/users/me", timeout=10)
    assert answer.headers["Date"] == "Wed, 02 Jan 2030 03:04:05 GMT"
