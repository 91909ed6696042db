"""What goes wrong on the way to a CRM says who acts next, and shows no key."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from leadbot.crm.wire import Wire
from leadbot.errors import AccountError, LeadbotError, TransientError, UnknownOutcome

from .contract import AT, Clock
from .stand_in import Answer, Request, StandIn


class Scripted(StandIn):
    """Says the same to everybody."""

    says = Answer(200, {"ok": True})

    def answer(self, request: Request) -> Answer:
        return self.says


@pytest.fixture
def server() -> Iterator[Scripted]:
    server = Scripted()
    yield server
    server.close()


def wire(clock: Clock | None = None) -> Wire:
    return Wire("the CRM", (clock or Clock()).now, timeout=(1, 5))


@pytest.mark.parametrize(
    ("after", "waits"),
    [
        ("7", timedelta(seconds=7)),
        ("Mon, 23 Nov 2026 10:05:00 GMT", timedelta(minutes=5)),
        ("999999999999", timedelta(days=1)),
        ("soon", timedelta(seconds=30)),
        ("", timedelta(seconds=30)),
    ],
)
def test_a_limit_is_waited_out_as_long_as_it_says(server: Scripted, after: str, waits: timedelta) -> None:
    server.says = Answer(429, None, {"Retry-After": after})
    with pytest.raises(TransientError) as limited:
        wire().post(server.url)
    assert limited.value.retry_at == AT + waits


def test_nothing_is_asked_while_it_rests(server: Scripted) -> None:
    clock = Clock()
    one = wire(clock)
    server.says = Answer(503, None, {"Retry-After": "60"})
    for _ in range(3):
        with pytest.raises(TransientError):
            one.get(server.url)
    assert len(server.requests) == 1
    clock.at += timedelta(seconds=60)
    server.says = Answer(204)
    assert one.get(server.url).status_code == 204


@pytest.mark.parametrize(
    ("status", "method", "error"),
    [
        (500, "GET", TransientError),
        (500, "POST", UnknownOutcome),
        (502, "PATCH", UnknownOutcome),
        (503, "POST", TransientError),
        (408, "POST", TransientError),
    ],
)
def test_a_failure_after_a_write_may_have_been_carried_out(
    server: Scripted, status: int, method: str, error: type[LeadbotError]
) -> None:
    server.says = Answer(status)
    with pytest.raises(error):
        wire().request(method, server.url)


@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 409])
def test_plain_answers_are_for_the_adapter(server: Scripted, status: int) -> None:
    server.says = Answer(status, None, {"Location": f"{server.url}/elsewhere"})
    assert wire().post(server.url).status_code == status
    assert len(server.requests) == 1


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with pytest.raises(TransientError, match="cannot be reached"):
        wire().post(url)


def test_a_name_nobody_knows_was_not_sent_to_either() -> None:
    with pytest.raises(TransientError, match="cannot be reached"):
        wire().post("http://no-such-host.invalid/")


def test_a_server_that_speaks_no_tls_is_for_the_operator(server: Scripted) -> None:
    with pytest.raises(AccountError) as refused:
        wire().post(server.url.replace("http://", "https://"))
    assert refused.value.reason == "crm_tls"


def test_no_message_holds_the_address_with_its_key(server: Scripted) -> None:
    server.says = Answer(500)
    with pytest.raises(UnknownOutcome) as lost:
        wire().post(f"{server.url}/?key=very-secret", headers={"Authorization": "Bearer very-secret"})
    assert "very-secret" not in str(lost.value)
    assert lost.value.__cause__ is None


def test_a_password_kept_for_other_programs_is_not_sent(
    server: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login somebody password else\n", encoding="utf-8")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    wire().get(server.url, headers={"Authorization": "Bearer ours"})
    assert server.requests[0].headers["authorization"] == "Bearer ours"
