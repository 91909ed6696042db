"""What leaves the house, and what doesn't."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from leadbot import model as m
from leadbot.errors import AccountError, PermanentError, TransientError, UnknownOutcome
from leadbot.flows import gate
from leadbot.reconcile import same_words
from tests.fakes.house import BRAND, House
from tests.fakes.writer import Fault, When


def test_a_mention_gets_one_answer_under_it(house: House) -> None:
    post = house.say("pricing?")
    house.settle()
    assert house.timeline.posts == [], "the pace is not over"
    house.settle(seconds=31)
    assert len(house.timeline.replies_to(post.id)) == 1
    house.wait_out(5)
    assert len(house.timeline.posts) == 1


def reply_states(house: House) -> list[tuple[str, str]]:
    with house.store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT state, rule FROM outbox WHERE lane = 'reply' ORDER BY id")
        return [(row[0], row[1]) for row in rows]


def test_nothing_is_said_before_the_poll_after_a_start_is_decided(house: House) -> None:
    post = house.say("pricing?")
    house.settle(seconds=31)
    late = house.say("prices?", by=8)
    house.engine.step()
    house.restart()
    house.clock.advance(31)
    house.settle()
    assert house.timeline.replies_to(late.id) == []
    house.store.brands.poll_completed(BRAND)
    house.settle(seconds=1)
    assert len(house.timeline.replies_to(post.id)) == 1
    assert len(house.timeline.replies_to(late.id)) == 1


def test_a_stop_that_waits_in_the_inbox_holds_the_reply(house: House) -> None:
    house.say("pricing?")
    house.clock.advance(31)
    house.engine.step()
    house.engine.step()
    assert reply_states(house) == [("pending", "")]
    house.say("stop")
    house.relay.step()
    assert reply_states(house) == [("held", "unread_posts")]
    house.wait_out(2)
    assert house.timeline.posts == []
    assert reply_states(house) == [("cancelled", "suppressed")]


def test_x_that_is_busy_is_asked_again(house: House) -> None:
    post = house.say("pricing?")
    house.writer.fail(When.BEFORE, lambda: TransientError("503"), times=3)
    house.wait_out(3)
    assert len(house.timeline.replies_to(post.id)) == 1
    assert len(house.writer.calls) == 4


def test_a_rate_limit_is_waited_out_as_x_says(house: House) -> None:
    house.say("pricing?")
    free_at = house.clock.now() + timedelta(minutes=9)
    house.writer.fail(When.BEFORE, lambda: TransientError("429", retry_at=free_at))
    house.wait_out(8)
    assert len(house.writer.calls) == 1
    house.wait_out(2)
    assert len(house.timeline.posts) == 1


def test_a_reply_whose_answer_was_lost_is_found_and_not_sent_again(house: House) -> None:
    post = house.say("pricing?")
    house.writer.lose_answer()
    house.wait_out(10)
    assert len(house.timeline.replies_to(post.id)) == 1
    assert len(house.writer.calls) == 1
    assert reply_states(house) == [("sent", "")]


def test_a_reply_that_surely_never_arrived_is_sent_once_more(house: House) -> None:
    post = house.say("pricing?")
    house.writer.fail(When.BEFORE, lambda: UnknownOutcome("time-out"))
    house.wait_out(2)
    assert house.timeline.posts == [], "too early to be sure"
    house.wait_out(5)
    assert len(house.timeline.replies_to(post.id)) == 1


def test_a_reply_nobody_can_tell_about_becomes_a_task(house: House) -> None:
    house.say("pricing?")
    house.writer.fail(When.BEFORE, lambda: UnknownOutcome("time-out"))
    house.settle(seconds=31)
    house.writer.reading_faults.append(Fault(When.BEFORE, lambda: TransientError("503"), times=10_000))
    house.wait_out(75, every_s=60)
    assert house.timeline.posts == []
    assert reply_states(house) == [("refused", "unknown")]
    assert [task.kind for task in house.store.queries.tasks()] == ["reply_refused"]


def test_a_duplicate_on_the_second_try_means_the_first_got_through(house: House) -> None:
    post = house.say("pricing?")
    house.writer.lose_answer()
    house.settle(seconds=31)
    house.timeline.hidden = {one.id for one in house.timeline.posts}
    house.writer.fail(When.BEFORE, lambda: PermanentError("duplicate"))
    house.wait_out(3)
    assert len(house.writer.calls) == 2
    house.timeline.hidden.clear()
    house.wait_out(2)
    assert len(house.timeline.replies_to(post.id)) == 1
    assert reply_states(house) == [("sent", "")]


def test_an_error_nobody_foresaw_is_looked_into_before_trying_again(house: House) -> None:
    post = house.say("pricing?")
    house.writer.fail(When.AFTER, lambda: ZeroDivisionError("a bug after the request"))
    house.wait_out(6)
    assert len(house.timeline.replies_to(post.id)) == 1


def test_an_account_x_refuses_stops_the_brand_until_it_is_resumed(house: House) -> None:
    post = house.say("pricing?")
    house.writer.fail(When.BEFORE, lambda: AccountError("credits_depleted", "402"))
    house.wait_out(3)
    state = house.store.brands.state(BRAND)
    assert state.paused_by == "account"
    assert "402" in state.paused_why
    assert len(house.writer.calls) == 1
    house.store.brands.resume(BRAND, by="Ana Ruiz")
    house.wait_out(1)
    assert len(house.timeline.replies_to(post.id)) == 1


def test_five_refusals_alike_in_a_row_open_the_breaker(house: House) -> None:
    house.writer.fail(When.BEFORE, lambda: PermanentError("forbidden", "403"), times=100)
    for number in range(9):
        house.say("pricing?", by=20 + number)
    house.wait_out(3)
    assert len(house.writer.calls) == 5
    assert house.store.brands.state(BRAND).paused_by == "breaker"


def test_refusals_of_single_posts_do_not_open_the_breaker(house: House) -> None:
    house.writer.fail(When.BEFORE, lambda: PermanentError("parent_gone"), times=100)
    for number in range(9):
        house.say("pricing?", by=20 + number)
    house.wait_out(3)
    assert len(house.writer.calls) == 9
    assert house.store.brands.state(BRAND).paused_at is None


def test_a_token_of_another_account_never_speaks(house: House) -> None:
    house.writer._token_account_id = "666"
    house.say("pricing?")
    house.wait_out(3)
    assert house.writer.calls == []
    assert reply_states(house) == [("held", "account")]


def test_replies_under_way_at_once_keep_their_order_in_a_conversation(tmp_path: Path) -> None:
    house = House(tmp_path, workers=4)
    people = range(30, 42)
    for said in ("pricing?", "and then?", "and now?"):
        for number in people:
            house.say(said, by=number)
        house.wait_out(2)
    for number in people:
        thread = house.store.queries.thread(BRAND, m.PersonId(str(number)))
        assert [post.who for post in thread] == ["person", "bot"] * 3
    assert len(house.timeline.posts) == 36
    house.close()


def test_a_lead_reaches_the_crm_whatever_the_crm_does_first(house: House) -> None:
    house.crm.fail(When.BEFORE, lambda: TransientError("503"), times=2)
    house.crm.fail(When.AFTER, lambda: UnknownOutcome("time-out"), times=2)
    house.say("yes")
    house.wait_out(5)
    assert len(house.crm.leads) == 1
    assert len(house.crm.notes) == 1
    ((_, note),) = house.crm.notes.values()
    assert "about 40 of us" in note
    assert "line 12" in note
    (handoff,) = house.store.queries.handoffs()
    assert handoff.crm_ref == "lead-1"
    assert len(house.notifier.notices) == 1


def test_a_lead_the_crm_refuses_becomes_a_task(house: House) -> None:
    house.crm.fail(When.BEFORE, lambda: PermanentError("invalid", "no such pipeline"))
    house.say("yes")
    house.wait_out(2)
    assert [task.kind for task in house.store.queries.tasks()] == ["crm_refused"]


def test_a_stop_after_the_yes_keeps_the_lead_out_of_the_crm(house: House) -> None:
    house.say("yes")
    house.engine.step()
    house.say("stop")
    house.wait_out(2)
    assert house.crm.leads == {}


def test_a_duplicate_on_the_second_try_is_never_followed_by_a_third(house: House) -> None:
    house.say("pricing?")
    house.writer.lose_answer()
    house.settle(seconds=31)
    house.timeline.hidden = {one.id for one in house.timeline.posts}
    house.writer.fail(When.BEFORE, lambda: PermanentError("duplicate"))
    house.wait_out(20, every_s=30)
    assert len(house.writer.calls) == 2
    assert reply_states(house) == [("refused", "unknown")]


def test_while_x_is_busy_a_brand_rests_as_a_whole(house: House) -> None:
    free_at = house.clock.now() + timedelta(minutes=9)
    house.writer.fail(When.BEFORE, lambda: TransientError("429", retry_at=free_at))
    for number in range(40):
        house.say("pricing?", by=20 + number)
    house.wait_out(8)
    assert len(house.writer.calls) == 1
    assert set(reply_states(house)) == {("held", "x_unavailable"), ("pending", "x_unavailable")}
    house.wait_out(2)
    assert len(house.timeline.posts) == 40


def test_an_x_that_is_down_is_asked_ever_less_often_however_many_wait(house: House) -> None:
    asked: list[str] = []

    def down() -> TransientError:
        asked.append("timeline")
        return TransientError("connection refused")

    house.writer.reading_faults.append(Fault(When.BEFORE, down, times=10_000))
    for number in range(40):
        house.say("pricing?", by=20 + number)
    house.wait_out(60)
    assert len(asked) < 30
    house.writer.reading_faults.clear()
    house.wait_out(6)
    assert len(house.timeline.posts) == 40


def test_one_row_that_can_not_be_read_does_not_silence_the_brand(house: House) -> None:
    house.say("pricing?", by=20)
    house.say("pricing?", by=21)
    other = house.say("pricing?", by=22)
    house.engine.step()
    house.clock.advance(31)
    house.engine.step()
    with house.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET payload = '{' WHERE person_id = '20'")
        connection.exec_driver_sql("UPDATE conversation SET state = '[]' WHERE person_id = '21'")
    house.settle()
    assert len(house.timeline.replies_to(other.id)) == len(house.timeline.posts) == 1
    assert reply_states(house)[:2] == [("refused", "unreadable")] * 2
    assert {task.kind for task in house.store.queries.tasks()} == {"reply_refused", "bug"}


def test_a_crm_with_a_bug_is_tried_ever_less_often_and_holds_nothing_up(house: House) -> None:
    house.crm.fail(When.BEFORE, lambda: ZeroDivisionError("a bug of the adapter"), times=5)
    house.say("yes")
    house.settle(seconds=31)
    assert house.crm.faults[0].times >= 3
    house.wait_out(10)
    assert len(house.crm.leads) == 1


def test_an_unknown_reply_is_found_behind_more_posts_than_one_page_shows(house: House) -> None:
    post = house.say("pricing?")
    house.writer.lose_answer()
    house.settle(seconds=31)
    for number in range(250):
        house.writer.post_by_hand(f"news {number}")
    house.wait_out(3)
    assert len(house.timeline.replies_to(post.id)) == 1
    assert reply_states(house) == [("sent", "")]


def test_a_rep_who_answered_behind_many_posts_is_not_talked_over(house: House) -> None:
    house.say("pricing?")
    house.wait_out(2)
    asked = house.say("and for 40?", by=8)
    house.writer.post_by_hand("Hi, I am on it!", in_reply_to=asked.id)
    for number in range(150):
        house.writer.post_by_hand(f"news {number}")
    house.wait_out(2)
    assert house.timeline.replies_to(asked.id) == ["Hi, I am on it!"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("See https://acme.com/a?b=1 for more", "See https://t.co/Ab1 for more"),
        ("See acme.com/prices or acme.co.uk", "See https://t.co/Ab1 or https://t.co/Ab2"),
        ("It is $6.50 a seat, e.g. $65 for ten.", "It is $6.50 a seat, e.g. $65 for ten."),
    ],
)
def test_what_x_makes_of_links_does_not_make_a_reply_another_one(ours: str, theirs: str) -> None:
    assert same_words(gate.normalise, ours, theirs)
    assert not same_words(gate.normalise, ours, theirs + " today")
