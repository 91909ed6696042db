"""watch, draft, live: set by hand while everything runs, with the real `decide` and the real gate."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leadbot import model as m
from leadbot.store.states import OutboxState
from tests.engine.test_scenarios import MakeHouse, make_house, playbooks, states
from tests.fakes.house import BRAND, House

__all__ = ["make_house", "playbooks"]


def set_mode(house: House, mode: m.Mode) -> m.Mode:
    return house.store.brands.set_mode(BRAND, mode, by="ana", began_as=house.decks[BRAND].brand.mode)


def test_a_brand_that_nobody_raised_watches_and_shows_what_it_would_have_said(make_house: MakeHouse) -> None:
    house = make_house(mode=m.Mode.WATCH)
    house.say("pricing?")
    house.wait_out(3, every_s=30)
    assert house.writer.calls == []
    (task,) = house.store.queries.tasks()
    assert task.kind == "would_have_replied"
    assert "$6" in task.draft


def test_a_raised_mode_counts_at_once_and_without_a_restart(make_house: MakeHouse) -> None:
    house = make_house(mode=m.Mode.WATCH)
    assert set_mode(house, m.Mode.LIVE) is m.Mode.WATCH
    post = house.say("pricing?")
    house.wait_out(3, every_s=30)
    assert len(house.timeline.replies_to(post.id)) == 1
    house.restart()
    assert house.store.brands.modes() == {BRAND: m.Mode.LIVE}


@pytest.mark.parametrize(
    ("mode", "state"), [(m.Mode.DRAFT, OutboxState.DRAFT), (m.Mode.WATCH, OutboxState.CANCELLED)]
)
def test_lowering_turns_what_has_not_left_into_a_draft_or_drops_it_visibly(
    make_house: MakeHouse, mode: m.Mode, state: OutboxState
) -> None:
    house = make_house()
    house.say("pricing?")
    house.clock.advance(90)
    house.engine.step()
    assert states(house) == [OutboxState.PENDING]
    set_mode(house, mode)
    house.wait_out(3, every_s=30)
    assert house.writer.calls == []
    assert states(house) == [state]
    assert len(house.store.queries.drafts()) == (mode is m.Mode.DRAFT)
    drafts = [task.draft for task in house.store.queries.tasks() if task.kind == "reply_refused"]
    assert [("$6" in draft) for draft in drafts] == ([True] if mode is m.Mode.WATCH else [])


def test_a_reply_that_waits_for_the_night_to_end_becomes_a_draft_at_once(make_house: MakeHouse) -> None:
    house = make_house(quiet_hours=(9 * 60, 23 * 60))
    house.say("pricing?")
    house.settle(seconds=90)
    assert states(house) == [OutboxState.HELD]
    set_mode(house, m.Mode.DRAFT)
    house.settle()
    assert states(house) == [OutboxState.DRAFT]


def test_a_dialog_under_way_when_the_bot_may_only_watch_shows_its_next_line(make_house: MakeHouse) -> None:
    house = make_house()
    house.say("pricing?")
    house.wait_out(3, every_s=30)
    set_mode(house, m.Mode.WATCH)
    house.say("about 40 of us")
    house.wait_out(3, every_s=30)
    assert len(house.writer.calls) == 1
    assert [task.kind for task in house.store.queries.tasks()] == ["would_have_replied"]
    (handoff,) = house.store.queries.handoffs()
    assert handoff.score == 30


def test_raising_lets_no_draft_out_that_nobody_approved(make_house: MakeHouse) -> None:
    house = make_house(mode=m.Mode.DRAFT)
    house.say("pricing?")
    house.wait_out(3, every_s=30)
    set_mode(house, m.Mode.LIVE)
    house.wait_out(3, every_s=30)
    assert states(house) == [OutboxState.DRAFT]
    assert house.writer.calls == []


def test_a_draft_approved_while_the_bot_may_only_watch_does_not_leave(make_house: MakeHouse) -> None:
    house = make_house(mode=m.Mode.DRAFT)
    house.say("pricing?")
    house.wait_out(3, every_s=30)
    (draft,) = house.store.queries.drafts()
    set_mode(house, m.Mode.WATCH)
    house.store.drafts.approve_draft(draft.id, by="ana")
    house.wait_out(3, every_s=30)
    assert house.writer.calls == []
    assert states(house) == [OutboxState.CANCELLED]


def test_every_change_is_logged_with_who_when_from_and_to(make_house: MakeHouse) -> None:
    house = make_house(mode=m.Mode.WATCH)
    set_mode(house, m.Mode.DRAFT)
    house.clock.advance(60)
    set_mode(house, m.Mode.WATCH)
    house.restart()
    told = [(one.what, one.before, one.after, one.by, one.at) for one in house.store.brand_log.items(BRAND)]
    now = house.clock.now()
    assert told == [
        ("mode", "watch", "draft", "ana", now - timedelta(seconds=60)),
        ("mode", "draft", "watch", "ana", now),
    ]
