"""Edits as X sends them, by stream and by poll: over TCP with tweepy, against the simulator (SCENARIOS 4)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from leadbot import model as m
from leadbot.simulator import Player, SimulatorServer
from leadbot.simulator.accounts import APP_BEARER, user_id_for
from leadbot.x.mapping import EXPANSIONS, POST_FIELDS, USER_FIELDS
from tests.fakes.simulated import ann, base_url, person, simulator
from tests.flows.factories import STOP, WANTS_IT, count, reads
from tests.forget.wired import Wired

__all__ = ["ann", "base_url", "person", "simulator"]

ANN = str(user_id_for("ann"))
PRICE = "we want it, for 4 of us"


@pytest.fixture
def wired(tmp_path: Path, simulator: SimulatorServer, template: Path) -> Iterator[Wired]:
    wired = Wired(tmp_path, simulator, template)
    four = reads(m.Intent.PURCHASE_INTENT, count(4, "4 of us", volunteered=True))
    many = reads(m.Intent.PURCHASE_INTENT, count(400, "400 of us", volunteered=True))
    wired.reader.known |= {
        f"@acme {PRICE}": four,
        "@acme we want it, for 400 of us": many,
        "@acme stop": STOP,
        "@acme we want it": WANTS_IT,
    }
    yield wired
    wired.close()


Hear = Callable[[str], None]


@pytest.fixture(params=["stream", "poll", pytest.param("both", marks=pytest.mark.long)])
def hear(request: pytest.FixtureRequest, wired: Wired, base_url: str) -> Hear:
    """Lets a post come in by one way, or by both."""

    def by_stream(post_id: str) -> None:
        wired.hear_by_stream(json.dumps(_as_item(base_url, post_id)).encode())

    def by_poll(post_id: str) -> None:
        wired.hear()

    def by_both(post_id: str) -> None:
        by_stream(post_id)
        by_poll(post_id)

    return {"stream": by_stream, "poll": by_poll, "both": by_both}[request.param]


def _as_item(base_url: str, post_id: str) -> Any:
    """The post as the simulator's stream would send it now."""
    query = {
        "tweet.fields": ",".join(POST_FIELDS),
        "user.fields": ",".join(USER_FIELDS),
        "expansions": ",".join(EXPANSIONS),
    }
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Authorization": f"Bearer {APP_BEARER}"}
        answer = session.get(f"{base_url}/2/tweets/{post_id}", params=query, headers=headers, timeout=5)
        return {**answer.json(), "matching_rules": [{"id": "1"}]}


def go(wired: Wired) -> None:
    for _ in range(20):
        if not wired.engine.step() + wired.relay.step():
            return


def receipt(wired: Wired) -> list[str]:
    dialog = wired.conversation(ANN).dialog
    return [line.words for line in dialog.receipt] if dialog else []


def test_scenario_04_an_edit_before_the_answer_is_read_instead_and_answered_once(
    wired: Wired, ann: Player, hear: Hear
) -> None:
    first = ann.post(f"@acme {PRICE}")
    hear(first)
    newest = ann.edit(first, "@acme we want it, for 400 of us")
    hear(newest)
    go(wired)
    assert receipt(wired) == ["400 of us"]
    assert len(wired.said_under(first)) + len(wired.said_under(newest)) == 1
    assert wired.rows("SELECT key FROM inbox WHERE post_id IS NOT NULL ORDER BY id") == [
        (f"post:{first}:0",),
        (f"post:{first}:1",),
    ]
    assert wired.rows(f"SELECT payload FROM inbox WHERE post_id = '{first}'") == [("null",)]


def test_scenario_04_an_edit_after_the_answer_updates_the_receipt_and_says_nothing(
    wired: Wired, ann: Player, hear: Hear
) -> None:
    first = ann.post(f"@acme {PRICE}")
    hear(first)
    go(wired)
    assert receipt(wired) == ["4 of us"]
    newest = ann.edit(first, "@acme we want it, for 400 of us")
    hear(newest)
    go(wired)
    assert receipt(wired) == ["400 of us"]
    assert (len(wired.said_under(first)), wired.said_under(newest)) == (1, [])
    assert wired.rows("SELECT words FROM receipt_line") == [("400 of us",)]


@pytest.mark.parametrize("is_answered", [False, True])
def test_scenario_04_an_edit_that_says_stop_is_an_opt_out(
    wired: Wired, ann: Player, hear: Hear, is_answered: bool
) -> None:
    first = ann.post("@acme we want it")
    hear(first)
    if is_answered:
        go(wired)
    stop = ann.edit(first, "@acme stop")
    hear(stop)
    go(wired)
    assert wired.store.suppressions.has(wired.brand_id, m.PersonId(ANN))
    assert len(wired.said_under(first)) == is_answered
    assert wired.said_under(stop) == []


def test_an_edit_that_is_heard_twice_and_after_its_deletion_changes_nothing(
    wired: Wired, ann: Player, base_url: str
) -> None:
    first = ann.post(f"@acme {PRICE}")
    wired.hear()
    go(wired)
    newest = ann.edit(first, "@acme we want it, for 400 of us")
    late = json.dumps(_as_item(base_url, newest)).encode()
    ann.delete(newest)
    wired.store.checks.posts_gone([m.PostId(newest), m.PostId(first)], wired.clock.now())
    go(wired)
    wired.hear_by_stream(late)
    wired.hear_by_stream(late)
    go(wired)
    assert receipt(wired) == ["[deleted]"]
    assert len(wired.said_under(first)) == 1
    assert wired.rows("SELECT DISTINCT payload FROM inbox WHERE post_id IS NOT NULL") == [("null",)]


def test_versions_that_come_in_the_wrong_order_leave_the_newest(
    wired: Wired, ann: Player, base_url: str
) -> None:
    first = ann.post(f"@acme {PRICE}")
    early = json.dumps(_as_item(base_url, first)).encode()
    newest = ann.edit(first, "@acme we want it, for 400 of us")
    wired.hear_by_stream(json.dumps(_as_item(base_url, newest)).encode())
    go(wired)
    wired.hear_by_stream(early)
    go(wired)
    assert receipt(wired) == ["400 of us"]
    assert len(wired.said_under(newest)) == 1
    assert wired.said_under(first) == []
    assert wired.rows(f"SELECT payload FROM inbox WHERE post_id = '{first}'") == [("null",)]
    thread = wired.store.queries.thread(wired.brand_id, m.PersonId(ANN))
    assert [post.text for post in thread if post.who == "person"] == ["@acme we want it, for 400 of us"]
