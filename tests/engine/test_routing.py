"""Handoffs keep moving until somebody claims: on real tables, through crashes."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbot import model as m
from leadbot.errors import PermanentError, TransientError
from leadbot.flows.routing import Stage
from leadbot.relay.routing import Routing
from tests.fakes.house import BRAND, House

TEAM = m.Team(
    "sales", (m.Rep("Ana Ruiz", "Ana"), m.Rep("Ben Okoro", "Ben")), claim_within_s=1800.0, manager="Boss"
)
KEY = f"{BRAND}:7:handoff:1"
UNCLAIMED = f"handoffs.unclaimed:{BRAND}"


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path, brand=m.Brand(BRAND, "acme", mode=m.Mode.LIVE, teams=(TEAM,)))
    house.say("yes")
    house.settle()
    return house


def route(house: House, *, minutes: float = 0) -> list[tuple[str, str]]:
    """Let time pass and work. Whom it went to so far."""
    house.clock.advance(minutes * 60)
    Routing(house.store, house.decks, house.clock).step()
    house.settle()
    return [(one.stage.value, one.rep) for one in house.store.routes.of(KEY)]


def test_nobody_claims_and_it_goes_on_to_the_manager_with_an_alarm(house: House) -> None:
    assert route(house) == [("rep", "Ana Ruiz")]
    assert route(house, minutes=29) == [("rep", "Ana Ruiz")]
    assert route(house, minutes=2)[1:] == [("rep", "Ben Okoro")]
    assert house.store.queries.handoffs()[0].rep == "Ben Okoro"
    assert route(house, minutes=31)[2:] == [("team", "")]
    assert house.store.alarms.get(UNCLAIMED) is None
    assert route(house, minutes=31)[3:] == [("manager", "Boss")]
    assert house.store.alarms.get(UNCLAIMED) is not None
    assert len(route(house, minutes=100_000)) == 4
    house.store.desk.claim_handoff(KEY, by="Boss")
    route(house)
    assert house.store.alarms.get(UNCLAIMED) is None
    told = [key for key in house.notifier.notices if ":route:" in key]
    assert told == [f"{KEY}:route:{step}" for step in (2, 3, 4)]


def test_a_claim_stops_the_clock_and_there_is_only_one(house: House) -> None:
    route(house)
    house.store.desk.claim_handoff(KEY, by="Ana Ruiz")
    assert route(house, minutes=600) == [("rep", "Ana Ruiz")]
    with pytest.raises(PermanentError, match="Ana Ruiz has this"):
        house.store.desk.claim_handoff(KEY, by="Ben Okoro")
    house.store.desk_talk.unclaim(KEY, by="Ana Ruiz")
    assert route(house) == [("rep", "Ana Ruiz"), ("rep", "Ben Okoro")]


def test_a_step_that_was_decided_before_a_claim_is_not_taken_after_it(house: House) -> None:
    (one,) = house.store.routes.due([BRAND])
    routing = Routing(house.store, house.decks, house.clock)
    assert routing.step() == 1
    (done,) = house.store.routes.of(KEY)
    assert not house.store.routes.take(one, done, None), "twice is once"
    house.clock.advance(1801)
    (one,) = house.store.routes.due([BRAND])
    house.store.desk.claim_handoff(KEY, by="Ana Ruiz")
    assert routing.step() == 0
    assert [taken.step for taken in house.store.routes.of(KEY)] == [1]


def test_a_crash_between_steps_repeats_and_skips_nothing(house: House) -> None:
    for minutes in (0, 31, 31, 31):
        house.restart()
        route(house, minutes=minutes)
        house.restart()
        route(house)
    stages = [one.stage for one in house.store.routes.of(KEY)]
    assert stages == [Stage.REP, Stage.REP, Stage.TEAM, Stage.MANAGER]
    assert sum(":route:" in key for key in house.notifier.notices) == 3


def test_later_news_of_the_person_leaves_the_rep_who_was_asked_last(house: House) -> None:
    route(house)
    route(house, minutes=31)
    house.say("yes")
    house.settle()
    assert house.store.queries.handoffs()[0].rep == "Ben Okoro"


def test_a_team_that_is_gone_goes_to_the_alarm_at_once(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.say("yes")
    house.settle()
    assert route(house) == [("manager", "")]
    assert house.store.alarms.get(UNCLAIMED) is not None


def test_people_take_turns_counted_from_the_log(house: House) -> None:
    for by in (8, 9, 10):
        house.say("yes", by=by)
        house.settle(seconds=60)
        route(house)
    reps = [house.store.routes.of(f"{BRAND}:{by}:handoff:1")[0].rep for by in (7, 8, 9, 10)]
    assert reps == ["Ana Ruiz", "Ben Okoro", "Ana Ruiz", "Ben Okoro"]


def test_routes_leave_with_the_person(house: House) -> None:
    from leadbot.store.erase import erase_person

    route(house)
    erase_person(house.store.database, m.PersonId("7"))
    assert house.store.routes.of(KEY) == ()


def test_a_team_that_cannot_be_told_is_an_alarm_until_it_can(house: House) -> None:
    class Down:
        def notify(self, *args: object, **more: object) -> None:
            raise TransientError("not reached: SALES")

    house.restart()
    up, house.notifier = house.notifier, Down()  # type: ignore[assignment]
    house.restart()
    house.clock.advance(1801)
    route(house)
    route(house, minutes=31)
    house.wait_out(60, every_s=120)
    alarm = house.store.alarms.get("notices.undelivered:sales")
    assert alarm is not None
    assert "not reached: SALES" in alarm.what
    house.notifier = up
    house.restart()
    house.wait_out(120, every_s=600)
    assert house.store.alarms.get("notices.undelivered:sales") is None
