"""Who is served first when X is slow, and which refusals stop one reply and which a whole account."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from leadbot import model as m
from leadbot.errors import AccountError, PermanentError, TransientError
from leadbot.relay.sending import MOST_ALIKE, PER_POST
from tests.engine.test_relay import reply_states
from tests.engine.test_scenarios import MakeHouse, make_house, playbooks
from tests.fakes.house import BRAND, House, person
from tests.fakes.writer import When

__all__ = ["make_house", "playbooks"]

FOLLOWERS = (3, 2_000_000, 40, 900_000, 12, 7, 55_000, 1)


def hear_with_followers(house: House, said: str, number: int, followers: int) -> m.Post:
    post = house.post(said, by=number)
    known = person(number, followers_count=followers)
    house.store.inbox.put_posts(BRAND, [(post, known)], channel="poll")
    house.store.brands.poll_completed(BRAND)
    return post


def test_under_a_rate_limit_who_wrote_first_is_served_first_whatever_their_followers(
    make_house: MakeHouse,
) -> None:
    """Two replies a quarter of an hour; the pace has the words of some later ones ready first."""
    house = make_house(pace_s=(20.0, 90.0))
    posts = []
    for number, followers in enumerate(FOLLOWERS):
        posts.append(hear_with_followers(house, "pricing?", 20 + number, followers))
        house.clock.advance(5)
    house.writer.fail(When.BEFORE, lambda: TransientError("429", retry_at=next_window(house)))
    house.wait_out(2, every_s=5)
    with house.store.database.read() as connection:
        chosen = connection.exec_driver_sql("SELECT parent_id FROM outbox ORDER BY id").scalars().all()
    assert sorted(chosen) == [post.id for post in posts] != chosen, "their words were ready in another order"

    def use_up(text: str) -> None:
        if len(house.writer.calls) % 3 == 0:  # two pass, the third is told to wait
            house.writer.fail(When.BEFORE, lambda: TransientError("429", retry_at=next_window(house)))

    house.writer.on_send = use_up
    house.wait_out(75, every_s=300)
    assert [post.in_reply_to for post in house.timeline.posts] == [post.id for post in posts]


def next_window(house: House) -> datetime:
    return house.clock.now() + timedelta(minutes=15)


def test_trap_14_a_generic_403_stops_one_reply_and_nothing_else(house: House) -> None:
    house.writer.fail(When.BEFORE, lambda: PermanentError("forbidden", "HTTP 403 forbidden"))
    for number in range(20, 24):
        house.say("pricing?", by=number)
    house.wait_out(2, every_s=40)
    assert house.store.brands.state(BRAND).paused_at is None
    assert reply_states(house) == [("refused", "forbidden")] + [("sent", "")] * 3
    assert [task.kind for task in house.store.queries.tasks()] == ["reply_refused"]


@pytest.mark.parametrize("reason", ["forbidden", "not_summoned", "bad_request", "not_permitted"])
def test_trap_14_a_run_of_refusals_alike_is_systemic_and_pauses_the_brand(house: House, reason: str) -> None:
    house.writer.fail(When.BEFORE, lambda: PermanentError(reason, "no"), times=65)
    for number in range(20, 40):
        house.say("pricing?", by=number)
    house.wait_out(3, every_s=45)
    state = house.store.brands.state(BRAND)
    assert (state.paused_by, len(house.writer.calls)) == ("breaker", MOST_ALIKE)
    assert reason in state.paused_why
    waiting = [found for found in reply_states(house) if found[0] == "pending"]
    assert len(waiting) == 20 - MOST_ALIKE, "they wait for a person to look; nothing is lost"


def test_each_class_is_counted_for_itself_and_a_success_ends_a_run(house: House) -> None:
    """Four refusals, one success, four more; and two classes in turn."""
    reasons = iter(["forbidden"] * 4 + [""] + ["forbidden"] * 4 + ["bad_request", "forbidden"] * 4)

    def refuse(text: str) -> None:
        if reason := next(reasons, ""):
            house.writer.fail(When.BEFORE, lambda: PermanentError(reason, "no"))

    house.writer.on_send = refuse
    for number in range(20, 40):
        house.say("pricing?", by=number)
    house.wait_out(3, every_s=45)
    assert house.store.brands.state(BRAND).paused_at is None
    assert len(house.writer.calls) == 20


@pytest.mark.parametrize("reason", sorted(PER_POST))
def test_what_is_about_one_post_never_pauses_a_brand(house: House, reason: str) -> None:
    house.writer.fail(When.BEFORE, lambda: PermanentError(reason, "no"), times=100)
    for number in range(20, 29):
        house.say("pricing?", by=number)
    house.wait_out(3, every_s=45)
    assert house.store.brands.state(BRAND).paused_at is None
    assert len(house.writer.calls) == 9


def test_a_refusal_of_the_account_pauses_it_at_the_first_time_and_keeps_the_inbox(house: House) -> None:
    house.writer.fail(When.BEFORE, lambda: AccountError("credits", "HTTP 402"), times=9)
    for number in range(20, 29):
        house.say("pricing?", by=number)
    house.wait_out(3, every_s=45)
    assert house.store.brands.state(BRAND).paused_by == "account"
    assert len(house.writer.calls) == 1
    assert {state for state, _ in reply_states(house)} == {"pending"}
    house.say("pricing?", by=40)
    house.wait_out(1)
    assert len(reply_states(house)) == 10, "it listens on"
