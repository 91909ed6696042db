"""X's limits are known before they are met: slower towards the end of a window, and never asked in vain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from leadbot.errors import TransientError
from leadbot.model import PostId
from leadbot.ports import Room
from leadbot.simulator import Player
from leadbot.x.limits import Limits, UsedUp
from leadbot.x.writer import XWriter
from tests.fakes.clock import START, ManualClock
from tests.fakes.permits import say

from .rooms import Control

POST = "POST /2/tweets"
MENTIONS = "GET /2/users/:id/mentions"


def told(limits: Limits, route: str, left: int, *, of: int = 100, ends_at: datetime, day: int = -1) -> None:
    """An answer of X."""
    reset = str(int(ends_at.timestamp()))
    headers = {
        "x-rate-limit-limit": str(of),
        "x-rate-limit-remaining": str(left),
        "x-rate-limit-reset": reset,
    }
    if day >= 0:
        names = ("limit", "remaining", "reset")
        headers |= {
            f"x-app-limit-24hour-{n}": v for n, v in zip(names, ("10000", str(day), reset), strict=True)
        }
    limits.note("acme", route, headers)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def limits(clock: ManualClock) -> Limits:
    return Limits(clock)


SOON = START + timedelta(minutes=10)


def test_trap_15_what_is_known_to_be_used_up_is_not_asked_for(limits: Limits, clock: ManualClock) -> None:
    limits.check("acme", POST)
    told(limits, POST, 1, ends_at=SOON)
    limits.check("acme", POST)
    told(limits, POST, 0, ends_at=SOON)
    with pytest.raises(UsedUp) as caught:
        limits.check("acme", POST)
    assert caught.value.retry_at == SOON
    limits.check("globex", POST)
    clock.at = SOON
    limits.check("acme", POST)


def test_trap_15_a_used_up_day_counts_beside_a_healthy_quarter_of_an_hour(limits: Limits) -> None:
    told(limits, POST, 90, ends_at=SOON, day=0)
    with pytest.raises(UsedUp):
        limits.check("acme", POST)


def test_half_a_window_goes_as_it_comes_and_the_rest_is_spread(limits: Limits, clock: ManualClock) -> None:
    told(limits, POST, 80, ends_at=SOON)
    assert limits.room("acme", POST, None) == Room(30, 30)
    told(limits, POST, 40, ends_at=SOON)
    assert limits.room("acme", POST, clock.now()) == Room(0, 0, START + timedelta(seconds=15))
    clock.advance(15)
    assert limits.room("acme", POST, START).at_once == 1


def test_the_last_fifth_is_for_dialogs_under_way(limits: Limits, clock: ManualClock) -> None:
    told(limits, POST, 20, ends_at=SOON)
    assert limits.room("acme", POST, None) == Room(1, 0, SOON)
    told(limits, POST, 0, ends_at=SOON)
    assert limits.room("acme", POST, None) == Room(0, 0, SOON)


def test_a_routine_slows_down_and_leaves_a_tenth_for_what_cannot_wait(limits: Limits) -> None:
    told(limits, MENTIONS, 200, of=300, ends_at=SOON)
    assert limits.spacing_s("acme", MENTIONS) == 0
    told(limits, MENTIONS, 130, of=300, ends_at=SOON)
    assert limits.spacing_s("acme", MENTIONS) == 6.0
    told(limits, MENTIONS, 20, of=300, ends_at=SOON)
    assert limits.spacing_s("acme", MENTIONS) == 600.0


@pytest.mark.parametrize("skew_h", [-2, 30 * 24])
def test_trap_15_a_reset_in_the_past_or_in_a_month_does_not_stop_anybody_for_long(
    limits: Limits, skew_h: int
) -> None:
    told(limits, POST, 0, ends_at=START + timedelta(hours=skew_h))
    if skew_h < 0:
        limits.check("acme", POST)
        return
    with pytest.raises(UsedUp) as caught:
        limits.check("acme", POST)
    assert caught.value.retry_at <= START + timedelta(minutes=15)


def test_the_writer_knows_its_room_and_does_not_run_into_a_429(
    writer_at: Callable[..., XWriter], base_url: str, control: Control, ann: Player
) -> None:
    control.settings(limits={POST: {"user": 4}})
    writer = writer_at(base_url)
    writer.token_account_id()
    asked = [PostId(ann.post(f"@acme question {number}")) for number in range(5)]
    assert writer.room() == Room()
    for number, post_id in enumerate(asked[:4]):
        say(writer, f"answer {number}", in_reply_to=post_id)
    room = writer.room()
    assert (room.at_once, room.next_at is not None) == (0, True)
    with pytest.raises(TransientError) as refused:
        say(writer, "one more", in_reply_to=asked[4])
    assert refused.value.retry_at == room.next_at
    assert control.count(POST, 429) == 0
