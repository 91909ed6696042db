"""What X's limits leave is shared out: dialogs under way before new ones, and every wait is shown."""

from __future__ import annotations

from datetime import timedelta

from leadbot.ports import Room
from tests.fakes.house import House


def reply_rules(house: House) -> list[tuple[str, str]]:
    with house.store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT state, rule FROM outbox WHERE lane = 'reply' ORDER BY id")
        return [(row[0], row[1]) for row in rows]


def test_when_little_is_left_a_dialog_under_way_goes_before_a_new_one(house: House) -> None:
    house.say("pricing?", by=7)
    house.wait_out(2)
    assert len(house.timeline.posts) == 1
    house.writer.allowed = Room(1, 0, house.clock.now() + timedelta(minutes=10))
    new = house.say("prices?", by=8)
    running = house.say("for 40", by=7)
    house.settle(seconds=31)
    assert house.timeline.replies_to(new.id) == []
    assert len(house.timeline.replies_to(running.id)) == 1
    assert ("held", "x_limit") in reply_rules(house)
    house.writer.allowed = Room()
    house.settle(seconds=600)
    assert len(house.timeline.replies_to(new.id)) == 1


def test_when_nothing_is_left_nothing_is_asked_and_nothing_is_lost(house: House) -> None:
    house.writer.allowed = Room(0, 0, house.clock.now() + timedelta(minutes=5))
    post = house.say("pricing?")
    house.settle(seconds=31)
    assert (house.writer.calls, reply_rules(house)) == ([], [("held", "x_limit")])
    house.writer.allowed = Room()
    house.settle(seconds=300)
    assert len(house.timeline.replies_to(post.id)) == 1
