"""What the listener tells an operator, and when it is over."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbot.app.hearing import ListenerAlarms
from leadbot.x.listener import ListenMode
from tests.fakes.house import House
from tests.x.rooms import account_of


@pytest.mark.parametrize(
    ("mode", "first", "stay"),
    [
        (ListenMode.BOTH, "acme", {"stream", "poll"}),
        (ListenMode.POLL, "acme", {"poll"}),
        (ListenMode.STREAM, "acme", {"stream"}),
        (ListenMode.BOTH, "globex", {"poll"}),  # the app's stream is told under another account now
    ],
)
def test_a_refusal_of_what_is_not_asked_any_more_ends_at_the_start(
    tmp_path: Path, mode: ListenMode, first: str, stay: set[str]
) -> None:
    house, acme, globex = House(tmp_path), account_of("acme"), account_of("globex")
    alarms = ListenerAlarms(house.store, {acme.brand_id: "acme"})
    alarms.trouble(acme.brand_id, "stream", "credits", "402")
    alarms.trouble(acme.brand_id, f"poll:{acme.brand_id}", "credits", "402")
    alarms.begin([acme, globex] if first == "acme" else [globex, acme], mode)
    assert {alarm.key for alarm in house.store.alarms.open()} == {
        f"listen.{kind}_refused:{acme.brand_id}" for kind in stay
    }
    house.close()
