"""Signing in by OAuth 2.0 with PKCE, against the simulator."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from leadbot.errors import AccountError, TransientError, UnknownOutcome
from leadbot.model.secret import Secret
from leadbot.x.oauth2 import App, Endpoints, RefusedCallback, SignIn, exchange, refresh, revoke
from leadbot.x.session import TWEEPY_HOST
from tests.x.rooms import Control, RealClock
from tests.x.signing_in import CALLBACK, CONFIDENTIAL, PUBLIC, say_yes, sign_in
from tests.x.wire import RST, ScriptedServer, answer

TOKEN = "POST /2/oauth2/token"
NOW = RealClock().now()


@pytest.mark.parametrize("app", [PUBLIC, CONFIDENTIAL])
def test_an_owner_s_yes_becomes_tokens_with_the_scopes_we_need(control: Control, app: App) -> None:
    keys = sign_in(control, RealClock(), app=app)
    assert keys.scopes == ("tweet.read", "tweet.write", "users.read", "offline.access")
    assert keys.access_token
    assert keys.refresh_token
    turned = refresh(Endpoints.of(control.base_url), app, keys.refresh_token, now=NOW)
    assert turned.refresh != keys.refresh_token


def test_x_itself_has_addresses_of_its_own() -> None:
    for base in (TWEEPY_HOST, "https://api.x.com/"):
        assert Endpoints.of(base).authorize == "https://x.com/i/oauth2/authorize"
        assert Endpoints.of(base).token == "https://api.x.com/2/oauth2/token"


def test_the_verifier_stays_here_and_two_attempts_share_nothing(base_url: str) -> None:
    one, two = SignIn(PUBLIC, CALLBACK), SignIn(PUBLIC, CALLBACK)
    query = parse_qs(urlsplit(one.address(Endpoints.of(base_url))).query)
    assert one.verifier.reveal() not in str(query)
    assert query["code_challenge_method"] == ["S256"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43,128}", one.verifier.reveal())
    assert one.state != two.state
    assert one.verifier != two.verifier


@pytest.mark.parametrize(
    ("ending", "why"),
    [
        ("?state=another&code=c", "does not belong"),
        ("?code=c", "does not belong"),
        ("?state={state}&error=access_denied", "said no"),
        ("?state={state}", "no code"),
        ("", "does not belong"),
    ],
)
def test_an_address_that_does_not_end_this_sign_in_is_refused(ending: str, why: str) -> None:
    attempt = SignIn(PUBLIC, CALLBACK)
    with pytest.raises(RefusedCallback, match=why) as refused:
        attempt.code_in(CALLBACK + ending.format(state=attempt.state.reveal()))
    assert attempt.state.reveal() not in str(refused.value)
    with pytest.raises(RefusedCallback):
        attempt.code_in("http://[::1?code=1")


def test_a_code_of_another_attempt_is_worth_nothing(control: Control, base_url: str) -> None:
    endpoints = Endpoints.of(base_url)
    one, two = SignIn(PUBLIC, CALLBACK), SignIn(PUBLIC, CALLBACK)
    code = one.code_in(say_yes(control, one.address(endpoints)))
    with pytest.raises(AccountError):
        exchange(endpoints, two, code, now=NOW)


def test_what_was_revoked_is_over(control: Control, base_url: str) -> None:
    keys = sign_in(control, RealClock())
    revoke(Endpoints.of(base_url), PUBLIC, keys.refresh_token)
    with pytest.raises(AccountError) as refused:
        refresh(Endpoints.of(base_url), PUBLIC, keys.refresh_token, now=NOW)
    assert refused.value.reason == "refresh_refused"


def test_an_app_with_a_wrong_secret_is_told_apart_from_a_used_up_token(
    control: Control, base_url: str
) -> None:
    keys = sign_in(control, RealClock(), app=CONFIDENTIAL)
    with pytest.raises(AccountError) as refused:
        refresh(Endpoints.of(base_url), App("sim-confidential", Secret("K-no")), keys.refresh_token, now=NOW)
    assert refused.value.reason == "app_refused"
    assert "K-no" not in str(refused.value)


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ([RST], UnknownOutcome),
        ([answer(503, b"<html>")], UnknownOutcome),
        ([answer(200, b"{}")], UnknownOutcome),
        ([answer(200, b"half a b")], UnknownOutcome),
        ([answer(429)], TransientError),
        ([answer(400, {"error": "invalid_request", "error_description": "K-echo"})], AccountError),
        ([answer(302, headers=[("Location", "http://127.0.0.1:9/")])], UnknownOutcome),
    ],
)
def test_every_answer_has_its_error_and_none_shows_a_token(
    server: ScriptedServer, script: list[bytes], error: type[Exception]
) -> None:
    server.scripts[TOKEN] = [script]
    with pytest.raises(error) as caught:
        refresh(Endpoints.of(server.base_url), PUBLIC, Secret("K-refresh"), now=NOW)
    assert "K-" not in f"{caught.value} {caught.value.__cause__}"


def test_nobody_there_means_surely_not_used() -> None:
    with pytest.raises(TransientError):
        refresh(Endpoints.of("http://127.0.0.1:9"), PUBLIC, Secret("K-refresh"), now=NOW)


def test_no_token_stands_in_an_address(control: Control, base_url: str) -> None:
    keys = sign_in(control, RealClock())
    refresh(Endpoints.of(base_url), PUBLIC, keys.refresh_token, now=NOW)
    seen = requests.get(f"{base_url}/_sim/log", timeout=10).text
    assert "oauth2/token" in seen
    assert keys.access_token.reveal() not in seen
    assert keys.refresh_token.reveal() not in seen
