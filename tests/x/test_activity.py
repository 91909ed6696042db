"""X's Activity API over TCP: who is subscribed to, and a post that is taken back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from leadbot.errors import PermanentError
from leadbot.model import PersonId
from leadbot.simulator import Player
from leadbot.simulator.accounts import user_id_for
from leadbot.x.account import Account
from leadbot.x.activity import Activity, Deletion, Subscriptions, deletion_in

from .rooms import BRIEF, SHORT, Control, RealClock, until
from .wire import CLOSE, HOLD, RST, STREAM_END, STREAM_HEAD, ScriptedServer, answer, chunk

ANN, BOB = (PersonId(str(user_id_for(name))) for name in ("ann", "bob"))
PAYLOADS = Path(__file__).parents[3] / "shared" / "x-api" / "payloads.json"


class Ear:
    """An Activity with its thread, and what it heard."""

    def __init__(self, account: Account, clock: RealClock, base_url: str) -> None:
        self.heard: list[Deletion] = []
        self.connects = 0
        self.stop = threading.Event()
        self.activity = Activity(
            account,
            clock,
            self.heard.append,
            base_url=base_url,
            patience=BRIEF,
            time_outs=SHORT,
            on_connected=self._connected,
        )
        self.thread = threading.Thread(target=self.activity.run, args=(self.stop,), daemon=True)
        self.thread.start()

    def _connected(self) -> None:
        self.connects += 1

    def end(self) -> None:
        self.stop.set()
        self.thread.join(2.0)
        assert not self.thread.is_alive()


@pytest.fixture
def listen_at(acme: Account, clock: RealClock) -> Iterator[Callable[[str], Ear]]:
    ears: list[Ear] = []

    def start(base_url: str) -> Ear:
        ears.append(Ear(acme, clock, base_url))
        return ears[-1]

    yield start
    for ear in ears:
        ear.end()


@pytest.fixture
def subscriptions(acme: Account, clock: RealClock, base_url: str) -> Iterator[Subscriptions]:
    made = Subscriptions(acme, clock, base_url=base_url, time_outs=SHORT)
    yield made
    made.close()


def test_a_deletion_of_somebody_we_subscribed_to_is_heard_at_once(
    subscriptions: Subscriptions,
    listen_at: Callable[[str], Ear],
    person: Callable[..., Player],
    base_url: str,
) -> None:
    ann, bob = person("ann"), person("bob")
    subscriptions.add(ANN)
    ear = listen_at(base_url)
    until(lambda: ear.connects)
    bob.delete(bob.post("@acme hello"))
    first = ann.post("@acme for 4")
    newest = ann.edit(first, "@acme for 400")
    ann.delete(first)
    until(lambda: ear.heard)
    assert ear.heard == [Deletion(newest, ANN)]  # type: ignore[arg-type]
    assert ear.activity.odd == 0


def test_subscriptions_are_made_listed_and_ended(
    subscriptions: Subscriptions, person: Callable[..., Player]
) -> None:
    person("ann"), person("bob")
    subscriptions.add(ANN)
    subscriptions.add(BOB)
    known = subscriptions.all()
    assert set(known) == {ANN, BOB}
    subscriptions.remove([known[ANN]])
    assert set(subscriptions.all()) == {BOB}


def test_where_it_is_not_offered_that_is_said(subscriptions: Subscriptions, control: Control) -> None:
    control.settings(activity_offered=False)
    with pytest.raises(PermanentError):
        subscriptions.add(ANN)


def deletion(post_id: str) -> bytes:
    payload = {"id": post_id, "author_id": "7"}
    return json.dumps(
        {"data": {"event_uuid": "-2781", "event_type": "post.delete", "payload": payload}}
    ).encode()


def test_it_outlives_what_cuts_it_off_and_lines_that_make_no_sense(
    listen_at: Callable[[str], Ear], server: ScriptedServer
) -> None:
    odd = [
        b"{",
        b"[]",
        b"null",
        b'{"errors": [{"title": "operational-disconnect"}]}',
        b'{"data": {"payload": 7}}',
    ]
    server.scripts["GET /2/activity/stream"] = [
        [answer(503, b"<html>")],
        [STREAM_HEAD, *map(chunk, odd), chunk(deletion("1")), RST],
        [STREAM_HEAD, chunk(b""), chunk(deletion("2")), STREAM_END, CLOSE],
        [STREAM_HEAD, chunk(deletion("3"))[:40], CLOSE],
        [STREAM_HEAD, chunk(deletion("4")), HOLD],
    ]
    ear = listen_at(server.base_url)
    until(lambda: len(ear.heard) == 3)
    assert [one.post_id for one in ear.heard] == ["1", "2", "4"]
    assert ear.activity.odd >= len(odd)


def test_a_refusal_is_told_and_not_asked_again_at_once(
    listen_at: Callable[[str], Ear], server: ScriptedServer
) -> None:
    problem = {"title": "Forbidden", "type": "https://api.x.com/2/problems/client-forbidden"}
    server.scripts["GET /2/activity/stream"] = [[answer(403, problem)]]
    ear = listen_at(server.base_url)
    until(lambda: ear.activity.reason)
    assert server.count("GET /2/activity/stream") <= 2
    assert "403" in ear.activity.reason


@pytest.mark.skipif(not PAYLOADS.exists(), reason="the collected payloads are not on this machine")
def test_the_collected_event_of_x_is_understood() -> None:
    payloads = json.loads(PAYLOADS.read_text(encoding="utf-8"))
    assert deletion_in(json.dumps(payloads["xaa_post_delete"]).encode()) == Deletion(
        "1990000000000000103",  # type: ignore[arg-type]
        PersonId("2200000000000000001"),
    )
    assert deletion_in(json.dumps(payloads["xaa_reply_event"]).encode()) is None
