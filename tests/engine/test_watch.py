"""The dead man's handle: silence that is no peace raises an alarm, tells it once, and clears it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from leadbot.errors import TransientError
from leadbot.model import BrandId
from leadbot.relay import Patience, Watch
from tests.fakes.house import BRAND, House
from tests.fakes.writer import Fault, When

PATIENCE = Patience(no_poll_s=900, nothing_heard_s=14 * 3600, nothing_sent_s=1800, again_s=2 * 3600)


@pytest.fixture
def watch(house: House) -> Watch:
    house.store.brands.introduce(BRAND, "acme")
    watch = Watch(house.store, house.clock, house.notifier, [BRAND], PATIENCE)
    watch.look()
    return watch


def alarms(house: House) -> list[str]:
    return [alarm.key for alarm in house.store.alarms.open()]


def keep_polling(house: House, watch: Watch, hours: float) -> None:
    for _ in range(int(hours * 6)):
        house.clock.advance(600)
        house.store.brands.poll_completed(BRAND)
        watch.look()


def test_a_quiet_night_with_polls_that_bring_nothing_is_no_alarm(house: House, watch: Watch) -> None:
    keep_polling(house, watch, hours=12)
    assert alarms(house) == []


def test_no_poll_for_a_quarter_of_an_hour_is_an_alarm_until_one_comes_through(
    house: House, watch: Watch
) -> None:
    house.store.brands.poll_completed(BRAND)
    house.clock.advance(899)
    watch.look()
    assert alarms(house) == []
    house.clock.advance(2)
    watch.look()
    assert alarms(house) == [f"listen.no_poll:{BRAND}"]
    house.store.brands.poll_completed(BRAND)
    watch.look()
    assert alarms(house) == []


def test_a_day_after_the_reads_were_spent_begins_without_an_alarm(house: House, watch: Watch) -> None:
    house.store.brands.poll_completed(BRAND)
    spent = f"reads.stopped:{BRAND}"
    house.store.alarms.raise_alarm(spent, what="nobody listens until tomorrow", fix="wait", brand_id=BRAND)
    for _ in range(8):
        house.clock.advance(3600)
        watch.look()
    house.store.alarms.clear(spent)
    house.clock.advance(270)
    watch.look()
    assert alarms(house) == [], "the first poll of the day has its time"
    house.clock.advance(900)
    watch.look()
    assert alarms(house) == [f"listen.no_poll:{BRAND}"]


def test_after_a_long_stop_the_polls_get_their_time_first(house: House, watch: Watch) -> None:
    house.store.brands.poll_completed(BRAND)
    house.clock.advance(86_400)
    fresh = Watch(house.store, house.clock, house.notifier, [BRAND], PATIENCE)
    fresh.look()
    assert alarms(house) == []
    house.clock.advance(901)
    fresh.look()
    assert alarms(house) == [f"listen.no_poll:{BRAND}"]


def test_where_there_is_only_a_stream_its_bytes_are_the_sign_of_life(house: House) -> None:
    house.store.brands.introduce(BRAND, "acme")
    heard_at: dict[BrandId, datetime] = {BRAND: house.clock.now()}
    watch = Watch(house.store, house.clock, None, [BRAND], PATIENCE, beats=lambda: heard_at)
    watch.look()
    house.clock.advance(1000)
    heard_at[BRAND] = house.clock.now() - timedelta(seconds=20)
    watch.look()
    assert alarms(house) == []
    house.clock.advance(1000)
    watch.look()
    assert alarms(house) == [f"listen.no_poll:{BRAND}"]


def test_nobody_writing_for_long_is_an_alarm_until_somebody_does(house: House, watch: Watch) -> None:
    keep_polling(house, watch, hours=13.5)
    assert alarms(house) == []
    keep_polling(house, watch, hours=1)
    assert alarms(house) == [f"listen.nothing_heard:{BRAND}"]
    house.say("hello?")
    watch.look()
    assert alarms(house) == []


def test_replies_that_are_due_and_do_not_leave_are_an_alarm(house: House, watch: Watch) -> None:
    house.writer.reading_faults.append(Fault(When.BEFORE, lambda: TransientError("X is down"), times=10_000))
    house.say("pricing?")
    for _ in range(12):
        house.settle(seconds=290)
        house.store.brands.poll_completed(BRAND)
        watch.look()
    (alarm,) = house.store.alarms.open()
    assert (alarm.key, "x_unavailable" in alarm.what) == (f"send.nothing_sent:{BRAND}", True)
    house.writer.reading_faults.clear()
    house.wait_out(10)
    watch.look()
    assert alarms(house) == []


def test_a_paused_brand_that_sends_nothing_is_no_alarm(house: House, watch: Watch) -> None:
    house.say("pricing?")
    house.store.brands.pause(BRAND, why="a bad day", by="ana")
    for _ in range(12):
        house.settle(seconds=290)
        house.store.brands.poll_completed(BRAND)
        watch.look()
    assert alarms(house) == []


def test_an_alarm_is_told_once_and_again_now_and_then_while_it_lasts(house: House, watch: Watch) -> None:
    alarm = {"what": "the disk is full", "fix": "make room"}
    assert house.store.alarms.raise_alarm("disk", **alarm)
    assert not house.store.alarms.raise_alarm("disk", **alarm)
    for _ in range(3):
        watch.look()
    assert list(house.notifier.notices.values()) == [
        ("operators", "alarm: the disk is full", ("fix: make room",))
    ]
    keep_polling(house, watch, hours=2.2)
    assert len(house.notifier.notices) == 2
    assert house.store.alarms.clear("disk")
    assert not house.store.alarms.clear("disk")
    keep_polling(house, watch, hours=2.2)
    assert len(house.notifier.notices) == 2
    house.store.alarms.raise_alarm("disk", **alarm)
    watch.look()
    assert len(house.notifier.notices) == 3, "raised anew, it is news"


def test_alarms_of_an_account_that_was_taken_out_end_with_it(house: House, watch: Watch) -> None:
    wrong = {"what": "X refuses the mentions", "fix": "make new keys"}
    for brand_id in (BRAND, BrandId("200")):
        house.store.alarms.raise_alarm(f"listen.poll_refused:{brand_id}", brand_id=brand_id, **wrong)
    house.store.alarms.raise_alarm("disk", what="the disk is full", fix="make room")
    watch.look()
    assert sorted(alarms(house)) == ["disk", f"listen.poll_refused:{BRAND}"]


def test_a_notifier_that_fails_is_asked_again(house: House) -> None:
    class Down:
        def notify(self, *args: object, **more: object) -> None:
            raise TransientError("no way out")

    house.store.alarms.raise_alarm("disk", what="the disk is full", fix="make room")
    Watch(house.store, house.clock, Down(), []).look()
    Watch(house.store, house.clock, house.notifier, []).look()
    assert len(house.notifier.notices) == 1


def test_newer_words_of_an_alarm_stay_and_are_no_news(house: House) -> None:
    house.store.alarms.raise_alarm("lag", what="2 minutes behind", fix="wait")
    house.store.alarms.told(["lag"])
    assert not house.store.alarms.raise_alarm("lag", what="3 minutes behind", fix="wait")
    (alarm,) = house.store.alarms.open()
    assert alarm.what == "3 minutes behind"
    assert alarm.told_at is not None


def test_an_account_that_leadbot_stopped_by_itself_is_an_alarm_until_it_is_resumed(
    house: House, watch: Watch
) -> None:
    house.store.brands.pause(BRAND, why="X refuses the account: credits", by="account")
    watch.look()
    assert alarms(house) == [f"send.stopped:{BRAND}"]
    house.store.brands.resume(BRAND, by="ana")
    house.store.brands.pause(BRAND, why="a bad day", by="ana")
    watch.look()
    assert alarms(house) == [], "what a person wished is no alarm"
