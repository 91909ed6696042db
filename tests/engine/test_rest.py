"""How long a brand rests when X cannot be asked."""

from __future__ import annotations

from datetime import timedelta

from leadbot.errors import TransientError
from leadbot.relay.rest import Rests
from tests.fakes.clock import ManualClock
from tests.fakes.house import BRAND

LOST = TransientError("no answer")


def test_failures_in_a_row_make_the_rest_longer_and_one_long_ago_does_not() -> None:
    rests, clock, waits = Rests(), ManualClock(), []
    for _ in range(12):
        rest = rests.failed(BRAND, LOST, clock.now())
        waits.append((rest.until - clock.now()).total_seconds())
        clock.advance(waits[-1] + 1)
    assert waits[0] <= 2.0
    assert waits[-1] >= 150.0
    clock.advance(3600)
    assert rests.failed(BRAND, LOST, clock.now()).until <= clock.now() + timedelta(seconds=2)
