"""A human answers on X itself: over TCP with tweepy, against the simulator (SCENARIOS 18 and 19)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from leadbot import model as m
from leadbot.simulator import Player, SimulatorServer
from leadbot.simulator.accounts import user_id_for
from tests.fakes.simulated import ann, base_url, person, simulator
from tests.flows.factories import forty
from tests.forget.wired import Wired

__all__ = ["ann", "base_url", "person", "simulator"]

ANN = str(user_id_for("ann"))


@pytest.fixture
def wired(tmp_path: Path, simulator: SimulatorServer, template: Path) -> Iterator[Wired]:
    wired = Wired(tmp_path, simulator, template)
    yield wired
    wired.close()


@pytest.fixture
def rep(person: Callable[..., Player]) -> Player:
    """Somebody with X's own app in their hand, signed in as @acme."""
    return person("acme")


def test_scenario_18_a_rep_answers_natively_and_the_row_that_was_due_is_cancelled(
    wired: Wired, ann: Player, rep: Player
) -> None:
    post = ann.post("@acme we want to move our team to you")
    wired.hear()
    wired.decide()
    assert wired.rows("SELECT state FROM outbox WHERE lane = 'reply'") == [("pending",)]
    rep.reply(post, "Hi, Mia here. I'll write to you.")
    for _ in range(3):
        wired.settle()
        wired.later(120)
    assert wired.said_under(post) == ["Hi, Mia here. I'll write to you."]
    assert wired.rows("SELECT state FROM outbox WHERE lane = 'reply'") == [("cancelled",)]
    conversation = wired.conversation(ANN)
    assert (conversation.owner, conversation.status) == (m.Owner.HUMAN, m.Status.HANDED_OVER)
    assert conversation.dialog is not None
    assert conversation.dialog.ending == "taken_over"
    (card,) = wired.store.queries.handoffs()
    assert card.reason == "taken_over"
    assert [team for team, _, _ in wired.notifier.notices.values()] == ["inside-sales"]
    assert wired.store.queries.tasks() == [], "nobody has to look into a reply a human has given"


def test_scenario_18_the_bot_is_silent_to_what_the_person_says_next(
    wired: Wired, ann: Player, rep: Player
) -> None:
    post = ann.post("@acme we want to move our team to you")
    wired.settle()
    (ours,) = ann.replies_to(post)
    by_hand = rep.reply(post, "Let me take this one.")
    answer = ann.reply(by_hand, "great, 40 of us")
    wired.settle()
    assert ann.replies_to(answer) == []
    assert [one["id"] for one in ann.replies_to(post)] == [ours["id"], by_hand]
    assert wired.conversation(ANN).owner is m.Owner.HUMAN


def test_scenario_18_a_human_is_seen_also_when_nothing_is_to_be_sent(
    wired: Wired, ann: Player, rep: Player
) -> None:
    post = ann.post("@acme we want to move our team to you")
    wired.settle()
    rep.reply(post, "Let me take this one.")
    assert wired.timelines.step() == 0, "read just now, before the reply"
    wired.later(61)
    assert wired.timelines.step() == 1
    wired.decide()
    assert wired.conversation(ANN).owner is m.Owner.HUMAN
    before = wired.control.ask("GET", "spend")["by_kind"]
    for _ in range(5):
        wired.later(61)
        assert wired.timelines.step() == 0
    assert wired.control.ask("GET", "spend")["by_kind"] == before, "an empty look costs nothing"


def test_scenario_18_a_timeline_that_shows_the_human_late_silences_the_bot_from_then_on(
    wired: Wired, ann: Player, rep: Player
) -> None:
    post = ann.post("@acme we want to move our team to you")
    wired.hear()
    wired.decide()
    wired.control.fault("timelines", "late", client="any", seconds=90, times=1)
    by_hand = rep.reply(post, "Let me take this one.")
    wired.relay.step()
    assert len(wired.said_under(post)) == 2, "X did not show the human yet"
    wired.later(120)
    ann.reply(by_hand, "great, 40 of us")
    wired.later(120)
    wired.timelines.step()
    wired.settle()
    assert wired.conversation(ANN).owner is m.Owner.HUMAN
    assert len([p for p in wired.control.ask("GET", "log")["posts"] if p["username"] == "acme"]) == 2


def test_scenario_18_a_human_who_goes_on_under_our_own_post_has_taken_over(
    wired: Wired, ann: Player, rep: Player
) -> None:
    post = ann.post("@acme we want to move our team to you")
    wired.settle()
    (ours,) = ann.replies_to(post)
    rep.reply(ours["id"], "Mia here, happy to help from here on.")
    wired.later(61)
    assert wired.timelines.step() == 1
    wired.decide()
    assert wired.conversation(ANN).owner is m.Owner.HUMAN


def test_a_human_who_answers_before_we_heard_the_post_is_found_when_we_want_to_speak(
    wired: Wired, ann: Player, rep: Player
) -> None:
    post = ann.post("@acme we want to move our team to you")
    rep.reply(post, "Hi, Mia here.")
    wired.timelines.step()
    for number in range(3):
        wired.later(400)
        rep.post(f"News of the day, part {number}")
        wired.timelines.step()
    wired.settle()
    assert wired.said_under(post) == ["Hi, Mia here."]
    assert wired.conversation(ANN).owner is m.Owner.HUMAN


def test_what_the_brand_says_by_hand_to_others_takes_no_conversation_over(
    wired: Wired, ann: Player, rep: Player, person: Callable[..., Player]
) -> None:
    bob = person("bob")
    stranger = bob.post("what a day")
    post = ann.post("@acme we want to move our team to you")
    wired.settle()
    (ours,) = ann.replies_to(post)
    rep.reply(stranger, "Indeed!")
    thread = rep.post("News: we have SSO now.")
    rep.reply(thread, "And it is in every plan.")
    rep.post("Thanks to all who wrote: @ann @bob")
    wired.later(61)
    assert wired.timelines.step() == 0
    wired.reader.known["40 of us"] = forty()
    answer = ann.reply(ours["id"], "40 of us")
    wired.settle()
    assert len(wired.said_under(answer)) == 1, "the dialog goes on"
    assert wired.rows("SELECT count(*) FROM conversation") == [(1,)]


@pytest.mark.parametrize("how", ["quote", "by_name"])
def test_a_quote_or_a_post_to_one_person_alone_speaks_to_them(
    wired: Wired, ann: Player, rep: Player, how: str
) -> None:
    post = ann.post("@acme we want to move our team to you")
    wired.settle()
    if how == "quote":
        rep.post("Welcome! Mia will help.", quote_tweet_id=post)
    else:
        rep.post("@ann Mia will help you.")
    wired.later(61)
    assert wired.timelines.step() == 1
    wired.decide()
    assert wired.conversation(ANN).owner is m.Owner.HUMAN


def test_scenario_19_our_own_reply_that_timed_out_is_no_take_over(wired: Wired, ann: Player) -> None:
    post = ann.post("@acme we want to move our team to you")
    wired.control.fault("POST /2/tweets", "drop_after_accept", times=1)
    wired.settle()
    assert wired.rows("SELECT state FROM outbox WHERE lane = 'reply'") == [("unknown",)]
    wired.later(61)
    assert wired.timelines.step() == 0, "parent and words match a row of ours in flight"
    wired.later(10)
    wired.settle()
    assert wired.rows("SELECT state FROM outbox WHERE lane = 'reply'") == [("sent",)]
    assert len(wired.said_under(post)) == 1
    conversation = wired.conversation(ANN)
    assert (conversation.owner, conversation.status) == (m.Owner.BOT, m.Status.OPEN)


def test_scenario_19_a_lost_reply_that_the_timeline_shows_late_is_not_sent_twice(
    wired: Wired, ann: Player
) -> None:
    post = ann.post("@acme we want to move our team to you")
    wired.hear()
    wired.decide()
    wired.control.fault("timelines", "late", seconds=30, times=1)
    wired.control.fault("POST /2/tweets", "drop_after_accept", times=1)
    wired.relay.step()
    for _ in range(12):
        wired.later(10)
        wired.timelines.step()
        wired.settle()
    assert len(wired.said_under(post)) == 1
    assert wired.rows("SELECT state FROM outbox WHERE lane = 'reply'") == [("sent",)]
    assert wired.conversation(ANN).owner is m.Owner.BOT


def test_a_human_who_happens_to_say_our_words_leaves_one_answer_and_no_second_one(
    wired: Wired, ann: Player, rep: Player
) -> None:
    post = ann.post("@acme we want to move our team to you")
    wired.hear()
    wired.decide()
    ((text,),) = wired.rows("SELECT text FROM outbox WHERE lane = 'reply'")
    rep.reply(post, text)
    for _ in range(4):
        wired.settle()
        wired.later(60)
        wired.timelines.step()
    assert len(wired.said_under(post)) == 1
    assert wired.conversation(ANN).owner is m.Owner.HUMAN, "the row had not left: a human spoke"


def test_our_words_by_hand_while_ours_are_lost_count_as_the_answer(
    wired: Wired, ann: Player, rep: Player
) -> None:
    post = ann.post("@acme we want to move our team to you")
    wired.hear()
    wired.decide()
    wired.control.fault("POST /2/tweets", "drop_before", times=1)
    ((text,),) = wired.rows("SELECT text FROM outbox WHERE lane = 'reply'")
    wired.relay.step()
    assert wired.rows("SELECT state FROM outbox WHERE lane = 'reply'") == [("unknown",)]
    rep.reply(post, text)
    for _ in range(6):
        wired.later(30)
        wired.timelines.step()
        wired.settle()
    assert len(wired.said_under(post)) == 1
    assert wired.rows("SELECT state FROM outbox WHERE lane = 'reply'") == [("sent",)]
