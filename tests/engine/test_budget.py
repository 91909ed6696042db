"""What a day may cost: starts wait for it, and whatever has begun is finished (SCENARIOS 20)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leadbot import model as m
from tests.engine.test_relay import reply_states
from tests.engine.test_scenarios import MakeHouse, make_house, playbooks
from tests.fakes.house import BRAND, House

__all__ = ["make_house", "playbooks"]


def spend_all(house: House) -> None:
    """A storm of mentions was read."""
    house.store.spend.record_spend(BRAND, "post_read", 1000, 5.0, house.clock.now())


def held(house: House) -> list[tuple[str, str]]:
    return [(state, rule) for state, rule in reply_states(house) if rule]


def test_a_dialog_s_worst_case_is_kept_back_when_it_starts_though_nothing_is_spent_yet(
    make_house: MakeHouse,
) -> None:
    house = make_house(daily_budget_usd=0.12)
    house.say("pricing?", by=7)
    house.wait_out(3, every_s=30)
    with house.store.database.read() as connection:
        reserve = connection.exec_driver_sql("SELECT reserve_usd FROM outbox").scalar_one()
    now = house.clock.now()
    left = house.store.spend.left(BRAND, now, daily_budget_usd=0.12)
    assert reserve == pytest.approx(4 * 0.015), "four messages and what they answer"
    assert left == pytest.approx(0.12 - reserve), "the reply came out of what was kept back"
    house.say("how much?", by=8)
    house.wait_out(3, every_s=30)
    house.say("pricing?", by=9)
    house.wait_out(3, every_s=30)
    assert len(house.timeline.posts) == 2
    assert [rule for _, rule in held(house)] == ["budget"]


def test_two_starts_in_one_round_share_one_purse(make_house: MakeHouse) -> None:
    house = make_house(daily_budget_usd=0.10)
    for number in (7, 8, 9):
        house.say("pricing?", by=number)
    house.wait_out(3, every_s=30)
    assert len(house.timeline.posts) == 1


def test_with_the_budget_gone_a_running_dialog_goes_on_to_its_hand_off_line(make_house: MakeHouse) -> None:
    house = make_house()
    house.say("pricing?")
    house.wait_out(3, every_s=30)
    spend_all(house)
    for said in ("about 40 of us", "dunno", "dunno again"):
        house.say(said)
        house.wait_out(3, every_s=30)
    assert held(house) == []
    kinds = [said.kind for said in conversation(house).said]
    assert kinds[-1] is m.LineKind.HAND_OFF
    assert len(house.timeline.posts) == len(kinds) <= 4


def test_with_the_budget_gone_a_running_dialog_may_still_say_goodbye(make_house: MakeHouse) -> None:
    house = make_house()
    house.say("pricing?")
    house.wait_out(3, every_s=30)
    spend_all(house)
    for said in ("no idea", "dunno", "who knows"):
        house.reader.known[said] = m.Reading(intent=m.Intent.OTHER)
        house.say(said)
        house.wait_out(3, every_s=30)
    assert held(house) == []
    assert conversation(house).said[-1].kind in (m.LineKind.ENDING, m.LineKind.HAND_OFF)
    assert len(house.timeline.posts) == len(conversation(house).said)


def test_who_asks_for_a_human_is_told_that_one_comes_whatever_the_budget(make_house: MakeHouse) -> None:
    house = make_house()
    spend_all(house)
    house.reader.known["a human please"] = m.Reading(intent=m.Intent.ASKS_FOR_HUMAN, asks_for_human=True)
    post = house.say("a human please")
    house.wait_out(3, every_s=30)
    assert len(house.timeline.replies_to(post.id)) == 1


def test_a_start_that_can_wait_is_answered_after_midnight_and_one_that_cannot_is_a_task(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    spend_all(house)
    morning = house.say("pricing?", by=7)  # ten o'clock: midnight is more than twelve hours away
    house.wait_out(3, every_s=30)
    assert [task.kind for task in house.store.queries.tasks()] == ["reply_refused"]
    assert reply_states(house) == [("refused", "budget")]
    house.clock.at = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    evening = house.say("pricing?", by=8)
    house.wait_out(3, every_s=30)
    assert reply_states(house)[-1] == ("held", "budget")
    house.clock.at = datetime(2026, 11, 24, 0, 1, tzinfo=UTC)
    house.settle()
    assert len(house.timeline.replies_to(evening.id)) == 1
    assert house.timeline.replies_to(morning.id) == []


def conversation(house: House) -> m.Conversation:
    found = house.store.queries.find_person("person7")
    assert found is not None
    return found.conversations[0]
