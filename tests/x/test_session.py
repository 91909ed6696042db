"""The wire under tweepy: where requests go, how long they take, and what never is shown."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from leadbot.errors import AccountError, LeadbotError, PermanentError, TransientError, UnknownOutcome
from leadbot.model import PostId
from leadbot.x.account import account_id
from leadbot.x.credentials import Credentials
from leadbot.x.door import Door
from leadbot.x.session import TWEEPY_HOST, ClientPool, TimeOuts, mount, quiet_vendors
from leadbot.x.writer import XWriter
from tests.fakes.permits import say

from .rooms import RealClock, account_of
from .wire import CLOSE, HOLD, RST, ScriptedServer, answer

ME = "GET /2/users/me"
POST = "POST /2/tweets"
QUICK = TimeOuts(connect_s=0.5, read_s=0.3, silence_s=0.3)


@pytest.fixture
def writer(writer_at: Callable[..., XWriter], server: ScriptedServer) -> XWriter:
    return writer_at(server.base_url, time_outs=QUICK)


@pytest.fixture
def speaker(writer: XWriter, server: ScriptedServer) -> XWriter:
    """One whose token was just looked at, as before every write."""
    server.scripts[ME] = [[answer(200, {"data": {"id": writer.brand_id}})]]
    writer.token_account_id()
    return writer


def fails_with(work: Callable[[], Any]) -> LeadbotError:
    with pytest.raises(LeadbotError) as failed:
        work()
    return failed.value


@pytest.mark.parametrize(
    "script", [[HOLD], [RST], [CLOSE], [b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{", CLOSE]]
)
def test_a_write_whose_answer_is_lost_is_unknown_and_a_read_transient(
    speaker: XWriter, server: ScriptedServer, script: list[bytes]
) -> None:
    server.scripts[POST] = server.scripts["GET /2/tweets"] = [script]
    assert isinstance(fails_with(lambda: say(speaker, "Hi", in_reply_to=PostId("1"))), UnknownOutcome)
    assert isinstance(fails_with(lambda: speaker.look_up([PostId("1")])), TransientError)
    assert server.count(POST) == 1  # and it was not sent again


@pytest.mark.parametrize(
    "body", [b"<html>ok</html>", b"[]", b"", {"data": {}}, {"data": {"id": 7}}, {"data": []}]
)
def test_a_success_that_does_not_say_the_id_is_unknown(
    speaker: XWriter, server: ScriptedServer, body: Any
) -> None:
    server.scripts[POST] = [[answer(201, body)]]
    assert isinstance(fails_with(lambda: say(speaker, "Hi", in_reply_to=PostId("1"))), UnknownOutcome)


@pytest.mark.parametrize(
    "body", [b"[]", b'"no"', b"null", b'{"errors": null}', b'{"errors": 7}', b"<html>", b"\xff"]
)
@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_an_odd_error_body_does_not_hide_the_status(
    speaker: XWriter, server: ScriptedServer, status: int, body: bytes
) -> None:
    server.scripts[POST] = [[answer(status, body)]]
    error = fails_with(lambda: say(speaker, "Hi", in_reply_to=PostId("1")))
    expected = {429: TransientError, 500: UnknownOutcome}.get(status, PermanentError)
    assert type(error) is expected or isinstance(error, expected)
    assert not isinstance(error, AccountError)
    assert f"HTTP {status}" in str(error)


def test_a_junk_reset_header_does_not_break_a_429(speaker: XWriter, server: ScriptedServer) -> None:
    server.scripts[POST] = [[answer(429, {}, headers=[("x-rate-limit-reset", "tomorrow")])]]
    error = fails_with(lambda: say(speaker, "Hi", in_reply_to=PostId("1")))
    assert isinstance(error, TransientError)
    assert error.retry_at is None
    assert server.count(POST) == 1


def test_a_server_that_says_nothing_is_left_after_the_time_out(
    writer: XWriter, server: ScriptedServer
) -> None:
    server.scripts[ME] = [[HOLD]]
    began = time.monotonic()
    fails_with(writer.token_account_id)
    assert time.monotonic() - began < 2.0


def test_requests_of_one_thread_share_a_client_and_old_ones_are_replaced() -> None:
    pool = ClientPool(Credentials(bearer_token="b"), TWEEPY_HOST, recycle_s=3600.0)
    again = ClientPool(Credentials(bearer_token="b"), TWEEPY_HOST, recycle_s=0.0)
    assert pool.client()[0] is pool.client()[0]
    assert again.client()[0] is not again.client()[0]
    others: list[Any] = []
    thread = threading.Thread(target=lambda: others.append(pool.client()[0]))
    thread.start()
    thread.join()
    assert others[0] is not pool.client()[0]
    pool.close()
    again.close()


def test_an_environment_proxy_is_not_asked_for_a_loopback_base(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.scripts[ME] = [[answer(200, {"data": {"id": "7"}})]]
    door = Door(account_of("acme").credentials, RealClock(), base_url=server.base_url, owner="acme")
    assert account_id(door) == "7"
    door.close()


def test_production_requests_keep_their_host() -> None:
    session = requests.Session()
    rebase = mount(session, TWEEPY_HOST, QUICK)
    assert session.get_adapter(TWEEPY_HOST + "/2/users/me") is rebase
    assert rebase.base_url == TWEEPY_HOST
    session.close()


def test_no_secret_is_shown(
    server: ScriptedServer,
    writer: XWriter,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = account_of("acme")
    keys = account.credentials
    quiet_vendors()
    server.scripts[ME] = [[answer(401, {"title": "Unauthorized"})]]
    with caplog.at_level(logging.DEBUG):
        error = fails_with(writer.token_account_id)
    shown = f"{account!r} {keys} {writer!r} {error} {caplog.text} {capsys.readouterr()}"
    for secret in (keys.consumer_secret, keys.access_token_secret, keys.access_token, keys.bearer_token):
        assert secret.reveal() not in shown
    assert repr(Credentials()) == "Credentials(none)"
    assert repr(keys) == "Credentials(oauth1, app bearer)"
