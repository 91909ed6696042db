"""The stream's guards, each against a server that misbehaves in exactly one way."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from leadbot.simulator import Player, SimulatorServer, World
from leadbot.x.account import Account
from leadbot.x.listener import Listener
from leadbot.x.patience import Patience

from .rooms import BRIEF, Control, MemoryInbox, RealClock, account_of, until
from .wire import CLOSE, HOLD, RST, STREAM_END, STREAM_HEAD, ScriptedServer, answer, chunk

Listen = Callable[..., Listener]
STREAM = "GET /2/tweets/search/stream"
RULES = "GET /2/tweets/search/stream/rules"
ADD_RULES = "POST /2/tweets/search/stream/rules"
BRAND = account_of("acme").brand_id
GOOD_RULES = answer(
    200,
    {
        "data": [
            {"id": "7", "value": "(@acme OR to:acme) -is:retweet -from:acme", "tag": f"leadbot:{BRAND}"},
            {"id": "8", "value": "from:somebody", "tag": "another program"},
        ]
    },
)
TOO_MANY = {
    "title": "ConnectionException",
    "detail": "This stream is currently at the maximum allowed connection limit.",
    "connection_issue": "TooManyConnections",
    "type": "https://api.x.com/2/problems/streaming-connection",
}


def item(number: int, text: str = "@acme hello", **changes: Any) -> bytes:
    data = {
        "id": str(1990000000000000100 + number),
        "text": text,
        "author_id": "2200000000000000001",
        "entities": {"mentions": [{"start": 0, "end": 5, "username": "acme", "id": BRAND}]},
        **changes,
    }
    return json.dumps({"data": data, "matching_rules": [{"id": "7", "tag": f"leadbot:{BRAND}"}]}).encode()


@pytest.fixture
def stream(server: ScriptedServer) -> ScriptedServer:
    server.scripts[RULES] = [[GOOD_RULES]]
    server.scripts[ADD_RULES] = [[answer(201, {"data": []})]]
    server.scripts["DELETE /2/connections/all"] = [[answer(200, {"data": {"successful_kills": 1}})]]
    server.scripts[STREAM] = [[STREAM_HEAD, HOLD]]
    return server


@pytest.fixture
def hear(listen: Listen, stream: ScriptedServer) -> Callable[..., Listener]:
    def start(*scripts: list[bytes], **options: Any) -> Listener:
        if scripts:
            stream.scripts[STREAM] = [*scripts, [STREAM_HEAD, HOLD]]
        return listen(stream.base_url, mode="stream", **options)

    return start


def pulse(listener: Listener) -> dict[str, Any]:
    return dict(listener.health()["stream"])


@pytest.mark.parametrize(
    "junk",
    [
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"data": {"id": "1", "text": "no author"}}',
        b'{"data": {"text": "no id", "author_id": "2"}}',
        b'{"data": {"id": "1", "author_id": "2"}, "matching_rules": [{}]}',
        b'{"data": {"id": 1990000000000000101, "text": "a number", "author_id": "2"}}',
    ],
)
def test_junk_is_set_aside_and_the_stream_lives(
    hear: Callable[..., Listener], inbox: MemoryInbox, junk: bytes
) -> None:
    listener = hear([STREAM_HEAD, chunk(junk), chunk(item(1, "@acme after the junk")), HOLD])
    inbox.wait_for_texts("@acme after the junk")
    assert [raw for _, raw, _ in inbox.aside] == [junk]
    assert (pulse(listener)["connects"], pulse(listener)["malformed"]) == (1, 1)


def test_a_rule_of_another_program_is_no_business_of_ours(
    hear: Callable[..., Listener], inbox: MemoryInbox
) -> None:
    foreign = json.dumps(
        {
            "data": {"id": "1", "text": "hi", "author_id": "2"},
            "matching_rules": [{"id": "8", "tag": "another program"}],
        }
    ).encode()
    listener = hear([STREAM_HEAD, chunk(foreign), chunk(item(1)), HOLD])
    inbox.wait_for_texts("@acme hello")
    assert (len(inbox.rows), inbox.aside, pulse(listener)["strays"]) == (1, [], 1)


def test_a_clean_close_does_not_make_a_hot_loop(
    hear: Callable[..., Listener], stream: ScriptedServer
) -> None:
    began = time.monotonic()
    stream.scripts[STREAM] = [[STREAM_HEAD, STREAM_END]]
    listener = hear(patience=Patience(back_off_s=0.1, back_off_most_s=0.4))
    until(lambda: pulse(listener)["connects"] >= 4)
    # Waits of at least 0.05, 0.1 and 0.2 s lie between four connects; tweepy alone makes hundreds.
    assert time.monotonic() - began >= 0.35
    assert pulse(listener)["ends"].keys() == {"closed"}


@pytest.mark.parametrize("cut", [[RST], [CLOSE], [b'20\r\n{"data": {"id"', RST], [b'20\r\n{"da', CLOSE]])
def test_a_cut_connection_comes_back_after_a_pause(
    hear: Callable[..., Listener], inbox: MemoryInbox, cut: list[bytes]
) -> None:
    listener = hear([STREAM_HEAD, *cut], [STREAM_HEAD, chunk(item(1)), HOLD])
    inbox.wait_for_texts("@acme hello")
    assert pulse(listener)["ends"] == {"lost": 1}


def test_silence_beyond_the_keep_alive_is_a_lost_connection(
    hear: Callable[..., Listener], inbox: MemoryInbox
) -> None:
    listener = hear([STREAM_HEAD, chunk(item(1)), HOLD], [STREAM_HEAD, chunk(item(2, "@acme again")), HOLD])
    inbox.wait_for_texts("@acme hello", "@acme again")
    assert pulse(listener)["ends"] == {"lost": 1}


def test_the_back_off_grows_until_a_connection_was_healthy(
    hear: Callable[..., Listener], stream: ScriptedServer
) -> None:
    stream.scripts[STREAM] = [[STREAM_HEAD, STREAM_END]]
    listener = hear(patience=Patience(back_off_s=0.02, back_off_most_s=60.0, healthy_s=0.0))
    until(lambda: pulse(listener)["connects"] >= 12)  # always healthy, so the wait stays at 0.02 s


def test_an_answer_that_is_no_stream_does_not_end_it(
    hear: Callable[..., Listener], inbox: MemoryInbox
) -> None:
    hear(
        [answer(503, b"<html>Over capacity</html>", kind="text/html"), CLOSE],
        [answer(503, {"title": "Service Unavailable"})],
        [answer(500, b"")],
        [RST],
        [STREAM_HEAD, chunk(item(1)), HOLD],
    )
    inbox.wait_for_texts("@acme hello")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (402, {"title": "CreditsDepleted"}, "credits"),
        (403, {"type": "https://api.x.com/2/problems/client-forbidden"}, "account_forbidden"),
        (403, {"detail": "no"}, "forbidden"),
        (401, {"title": "Unauthorized"}, "unauthorized"),
        (409, {"connection_issue": "RuleConfigurationIssue"}, "no_rules"),
        (429, {"title": "UsageCapExceeded"}, "usage_cap"),
    ],
)
def test_what_an_operator_must_mend_is_shown_told_once_and_tried_slowly(
    hear: Callable[..., Listener], stream: ScriptedServer, status: int, body: dict[str, str], reason: str
) -> None:
    told: list[tuple[str, str]] = []
    stream.scripts[STREAM] = [[answer(status, body)]]
    listener = hear(
        patience=Patience(back_off_s=0.01, refused_s=0.1),
        on_trouble=lambda where, why, words: told.append((where, why)),
    )
    until(lambda: stream.count(STREAM) >= 5)
    until(lambda: pulse(listener)["state"] == "refused")
    assert pulse(listener)["reason"] == reason
    assert told == [("stream", reason)]
    assert not listener.health()["well"]
    stream.scripts[STREAM] = [[STREAM_HEAD, HOLD]]
    until(lambda: listener.health()["well"])


def test_one_401_is_asked_again_before_anybody_is_called(hear: Callable[..., Listener]) -> None:
    told: list[str] = []
    listener = hear([answer(401, {})], on_trouble=lambda *trouble: told.append(trouble[1]))
    until(lambda: listener.health()["well"])
    assert told == []


def test_lost_rules_are_made_anew_at_the_first_409(
    hear: Callable[..., Listener], stream: ScriptedServer
) -> None:
    told: list[str] = []
    stream.scripts[RULES] = [[GOOD_RULES], [answer(200, {"meta": {}})]]
    listener = hear(
        [answer(409, {"detail": "no rules"})], on_trouble=lambda *trouble: told.append(trouble[1])
    )
    until(lambda: listener.health()["well"])
    assert (stream.count(ADD_RULES), told) == (1, [])


def test_a_ghost_connection_is_closed_once_and_then_waited_for(
    hear: Callable[..., Listener], stream: ScriptedServer
) -> None:
    began = time.monotonic()
    listener = hear([answer(429, TOO_MANY)], [answer(429, TOO_MANY)], [answer(429, TOO_MANY)])
    until(lambda: listener.health()["well"])
    assert stream.count("DELETE /2/connections/all") == 1
    assert time.monotonic() - began >= 3 * BRIEF.ghost_s


def test_a_429_is_waited_out_as_long_as_x_says(hear: Callable[..., Listener], stream: ScriptedServer) -> None:
    reset = int(time.time()) + 2
    headers = [("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", str(reset))]
    listener = hear([answer(429, {"title": "Too Many Requests"}, headers=headers)])
    until(lambda: listener.health()["well"])
    assert time.time() >= reset


@pytest.mark.parametrize(
    "headers",
    [[], [("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "1")], [("x-rate-limit-reset", "x")]],
)
def test_a_429_that_does_not_say_until_when_is_backed_off(
    hear: Callable[..., Listener], stream: ScriptedServer, headers: list[tuple[str, str]]
) -> None:
    began = time.monotonic()
    refusal = [answer(429, {"title": "Too Many Requests"}, headers=headers)]
    listener = hear(refusal, refusal, refusal)
    until(lambda: listener.health()["well"])
    # At least half of 0.2, 0.4 and 0.8 s; a loop would have come back at once.
    assert time.monotonic() - began >= 0.7
    assert stream.count(STREAM) == 4


def test_rules_that_cannot_be_listed_are_tried_again(
    hear: Callable[..., Listener], stream: ScriptedServer, inbox: MemoryInbox
) -> None:
    stream.scripts[RULES] = [[answer(503, {})], [RST], [GOOD_RULES]]
    hear([STREAM_HEAD, chunk(item(1)), HOLD])
    inbox.wait_for_texts("@acme hello")


def test_a_rule_x_does_not_take_calls_for_an_operator(
    hear: Callable[..., Listener], stream: ScriptedServer
) -> None:
    told: list[str] = []
    stream.scripts[RULES] = [[answer(200, {})]]
    stream.scripts[ADD_RULES] = [[answer(200, {"errors": [{"title": "Invalid Rule"}]})]]
    listener = hear(on_trouble=lambda *trouble: told.append(trouble[1]))
    until(lambda: told == ["rule_refused"])
    assert pulse(listener)["state"] == "refused"


def test_an_item_of_200_kilobytes_in_odd_pieces_arrives_whole(
    hear: Callable[..., Listener], inbox: MemoryInbox
) -> None:
    big = item(1, "@acme big", padding="ü" * 100_000)
    framed = chunk(big)
    pieces = [framed[at : at + 7_001] for at in range(0, len(framed), 7_001)]
    hear([STREAM_HEAD, *pieces, HOLD])
    inbox.wait_for_texts("@acme big")


def test_keep_alives_are_heart_beats_and_no_items(hear: Callable[..., Listener]) -> None:
    listener = hear([STREAM_HEAD, chunk(b""), chunk(b""), HOLD])
    until(lambda: pulse(listener)["last_byte_at"])
    assert pulse(listener)["items"] == 0


def test_an_operational_disconnect_is_kept_as_a_notice(
    hear: Callable[..., Listener], inbox: MemoryInbox
) -> None:
    notice = json.dumps({"errors": [{"title": "operational-disconnect"}]}).encode()
    listener = hear([STREAM_HEAD, chunk(notice), STREAM_END])
    until(lambda: pulse(listener)["connects"] == 2)
    assert "operational-disconnect" in pulse(listener)["notices"][0]
    assert inbox.aside == []


@pytest.mark.parametrize("script", [[STREAM_HEAD, HOLD], [HOLD], [STREAM_HEAD, b"40\r\n{", HOLD]])
def test_stop_takes_less_than_a_second_whatever_the_server_does(
    hear: Callable[..., Listener], stream: ScriptedServer, script: list[bytes]
) -> None:
    listener = hear(script)
    until(lambda: stream.count(STREAM))
    began = time.monotonic()
    listener.stop()
    assert time.monotonic() - began < 1.0


def test_stop_does_not_wait_for_a_long_back_off(
    hear: Callable[..., Listener], stream: ScriptedServer
) -> None:
    stream.scripts[STREAM] = [[answer(402, {})]]
    listener = hear(patience=Patience())
    until(lambda: pulse(listener)["state"] == "refused")
    began = time.monotonic()
    listener.stop()
    assert time.monotonic() - began < 0.5
    assert not listener.health()["alive"]


class FaintingClock(RealClock):
    """Raises once, wherever it is asked."""

    def __init__(self) -> None:
        self.faints = 0

    def now(self) -> Any:
        if self.faints:
            self.faints -= 1
            raise RuntimeError("the clock stood still")
        return super().now()


def test_a_thread_that_dies_is_started_anew(
    stream: ScriptedServer, inbox: MemoryInbox, acme: Account
) -> None:
    clock = FaintingClock()
    stream.scripts[STREAM] = [[answer(503, {})], [STREAM_HEAD, chunk(item(1)), HOLD]]
    listener = Listener([acme], inbox, clock, base_url=stream.base_url, mode="stream", patience=BRIEF)
    clock.faints = 1
    listener.start()
    try:
        inbox.wait_for_texts("@acme hello")
        assert pulse(listener)["restarts"] == 1
        assert listener.health()["alive"]
    finally:
        listener.stop()


def test_a_stream_that_hears_less_than_the_poll_is_built_anew(listen: Listen, inbox: MemoryInbox) -> None:
    with SimulatorServer(World(seed=1, brands=["acme"], rate=100.0)) as server:
        control, ann = Control(server.base_url), Player(server.base_url, "ann")
        clock = server.world.clock
        patience = Patience(deaf_s=3600.0)
        deaf = Listener(
            [account_of("acme")], inbox, clock, base_url=server.base_url, patience=patience, poll_s=20.0
        )
        deaf.start()
        try:
            control.wait_connected()
            control.fault("stream", "no_items", seconds=3600)
            began = clock.now()
            until(lambda: (clock.now() - began).total_seconds() > 40)
            ann.post("@acme into deaf ears")
            inbox.wait_for_texts("@acme into deaf ears")
            until(lambda: pulse(deaf)["connects"] == 2)
            assert pulse(deaf)["ends"] == {"hushed": 1}
        finally:
            deaf.stop()
            ann.close()
            control.session.close()


def test_a_compressed_stream_is_heard_as_well(hear: Callable[..., Listener], inbox: MemoryInbox) -> None:
    head = STREAM_HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
    packed = gzip.compress(item(1) + b"\r\n")
    hear([head, f"{len(packed):x}\r\n".encode() + packed + b"\r\n", HOLD])
    inbox.wait_for_texts("@acme hello")


def test_rules_of_an_earlier_run_are_taken_as_they_are(
    hear: Callable[..., Listener], stream: ScriptedServer
) -> None:
    listener = hear()
    until(lambda: listener.health()["well"])
    assert stream.count(ADD_RULES) == 0
