"""More mentions than X keeps for the poll: searched for, page by page, and told as lost only where X ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from leadbot.model import BrandId, PostId
from leadbot.simulator import Player, SimulatorServer, World
from leadbot.x.account import Account
from leadbot.x.listener import Listener
from leadbot.x.snowflake import id_at

from .rooms import Control, MemoryInbox, RealClock, blow, until
from .wire import ScriptedServer, answer

Listen = Callable[..., Listener]
Lost = list[tuple[BrandId, PostId, PostId]]


@pytest.fixture
def storm(control: Control, simulator: SimulatorServer, ann: Player) -> Callable[[int], None]:
    """So many mentions at once, made inside the simulator: its HTTP is not what is tested."""
    control.settings(rate_limits=False)
    return partial(blow, simulator)


def test_what_the_timeline_no_longer_shows_is_searched_and_nothing_is_lost(
    listen: Listen, base_url: str, inbox: MemoryInbox, acme: Account, storm: Callable[[int], None]
) -> None:
    inbox.marks[acme.brand_id] = id_at(RealClock().now() - timedelta(minutes=1))
    storm(1030)
    lost: Lost = []
    completed: list[BrandId] = []
    listen(base_url, mode="poll", on_gap=lambda *gap: lost.append(gap), on_poll_completed=completed.append)
    until(lambda: completed)
    assert len(inbox.rows) == 1030
    assert (len(inbox.all_gaps), inbox.open_gaps, lost) == (1, {}, [])
    assert inbox.calls[-3:] == ["narrowed:100", "put:search:30", "closed:"]
    assert inbox.calls.index("gap") < inbox.calls.index("mark"), "a stop in between loses nothing"


def test_what_x_keeps_and_no_longer_shows_does_not_hide_what_it_no_longer_keeps(
    listen: Listen, base_url: str, inbox: MemoryInbox, acme: Account, storm: Callable[[int], None],
    simulator: SimulatorServer,
) -> None:  # fmt: skip
    inbox.marks[acme.brand_id] = id_at(RealClock().now() - timedelta(minutes=1))
    storm(1030)

    def take_back(world: World) -> None:
        for post_id in sorted(world.posts)[-100:]:
            world.posts[post_id].deleted = True

    simulator.call(take_back)
    completed: list[BrandId] = []
    listen(base_url, mode="poll", on_poll_completed=completed.append)
    until(lambda: completed)
    assert (len(inbox.rows), len(inbox.all_gaps), inbox.open_gaps) == (930, 1, {})


def test_a_search_that_was_cut_short_goes_on_where_it_was(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, acme: Account,
    storm: Callable[[int], None],
) -> None:  # fmt: skip
    inbox.marks[acme.brand_id] = id_at(RealClock().now() - timedelta(minutes=1))
    storm(1030)
    control.fault("GET /2/tweets/search/recent", "status", status=503, skip=1, times=2)
    completed: list[BrandId] = []
    deaf: list[BrandId] = []
    listen(base_url, mode="poll", on_deaf=deaf.append, on_poll_completed=completed.append)
    until(lambda: completed)
    assert len(inbox.rows) == 1030
    assert inbox.calls.count("narrowed:100") == 2, "no page twice"
    assert deaf, "while a gap is open a stop may be in it"


def test_an_app_that_may_not_search_says_what_is_lost_and_goes_on(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, acme: Account,
    storm: Callable[[int], None],
) -> None:  # fmt: skip
    mark = inbox.marks[acme.brand_id] = id_at(RealClock().now() - timedelta(minutes=1))
    storm(820)
    control.fault("GET /2/tweets/search/recent", "status", status=403)
    lost: Lost = []
    completed: list[BrandId] = []
    listen(base_url, mode="poll", on_gap=lambda *gap: lost.append(gap), on_poll_completed=completed.append)
    until(lambda: completed)
    oldest = min((post_id for _, post_id in inbox.rows), key=int)
    assert lost == [(acme.brand_id, mark, oldest)]
    assert len(inbox.rows) == 800


def test_what_is_older_than_a_search_reaches_is_lost_and_the_rest_is_found(
    listen: Listen, base_url: str, inbox: MemoryInbox, acme: Account, storm: Callable[[int], None]
) -> None:
    now = RealClock().now()
    mark = inbox.marks[acme.brand_id] = id_at(now - timedelta(days=9))
    storm(820)
    lost: Lost = []
    completed: list[BrandId] = []
    listen(base_url, mode="poll", on_gap=lambda *gap: lost.append(gap), on_poll_completed=completed.append)
    until(lambda: completed)
    assert len(inbox.rows) == 820
    ((brand_id, after, before),) = lost
    assert (brand_id, after) == (acme.brand_id, mark)
    assert id_at(now - timedelta(days=7)) <= before <= id_at(now - timedelta(days=6, hours=23))


def test_a_gap_waits_for_a_day_that_can_pay_for_it_and_the_poll_goes_on(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, acme: Account,
    storm: Callable[[int], None],
) -> None:  # fmt: skip
    inbox.marks[acme.brand_id] = id_at(RealClock().now() - timedelta(minutes=1))
    storm(820)
    spent = {"usd": 7.6}
    deaf: list[BrandId] = []
    completed: list[BrandId] = []
    listener = listen(
        base_url,
        mode="poll",
        poll_s=0.02,
        read_budgets={acme.brand_id: 10.0},
        reads_spent=lambda brand_id: spent["usd"],
        on_deaf=deaf.append,
        on_poll_completed=completed.append,
    )
    until(lambda: listener.health()["polls"][acme.brand_id]["polls"] >= 2)
    assert len(inbox.open_gaps) == 1
    assert (control.count("GET /2/tweets/search/recent"), completed, set(deaf)) == (0, [], {acme.brand_id})
    spent["usd"] = 0.0
    until(lambda: completed)
    assert (len(inbox.rows), inbox.open_gaps) == (820, {})


def test_a_page_of_which_all_is_hidden_does_not_end_the_search(
    listen: Listen, server: ScriptedServer, inbox: MemoryInbox, acme: Account
) -> None:
    now = RealClock().now()
    after, found, before = (id_at(now - timedelta(minutes=ago)) for ago in (90, 60, 30))
    inbox.marks[acme.brand_id] = before
    inbox.open_gap(acme.brand_id, after=after, before=before)
    post = {"id": found, "text": "@acme older than what is hidden", "author_id": "2200000000000000001"}
    server.scripts = {
        f"GET /2/users/{acme.brand_id}/mentions": [[answer(200, {"meta": {"result_count": 0}})]],
        "GET /2/tweets/search/recent": [
            [answer(200, {"meta": {"result_count": 0, "next_token": "more"}})],
            [answer(200, {"data": [post], "meta": {"result_count": 1, "oldest_id": found}})],
        ],
    }
    completed: list[BrandId] = []
    listen(server.base_url, mode="poll", on_poll_completed=completed.append)
    until(lambda: completed)
    assert inbox.texts() == ["@acme older than what is hidden"]
    assert (server.count("GET /2/tweets/search/recent"), inbox.open_gaps) == (2, {})
