"""Deciding: in order, once, and without one bad row stopping the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from leadbot import model as m
from leadbot.flows.cards import Deck
from tests.fakes import decide as fake
from tests.fakes.house import BRAND, House


def inbox_states(house: House) -> list[str]:
    with house.store.database.read() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT state FROM inbox ORDER BY id")]


def test_posts_of_one_person_in_one_batch_are_decided_one_after_the_other(house: House) -> None:
    posts = [house.post(said) for said in ("pricing?", "about 40", "in May")]
    house.hear(*posts)
    assert house.engine.step() == 3
    assert house.reader.batches == [3], "all were read in one batch"
    house.settle(seconds=31)
    assert len(house.timeline.replies_to(posts[2].id)) == 1
    assert len(house.timeline.posts) == 1


def test_a_timer_set_into_the_past_fires_within_the_step(house: House) -> None:
    house.say("pricing?")
    house.clock.advance(60)
    house.engine.step()
    decisions = house.store.queries.decisions(f"{BRAND}:7")
    assert [one.event for one in reversed(decisions)] == ["PostReceived", "TimerFired"]


def test_a_decision_that_raises_costs_one_row(house: House) -> None:
    def decide(
        event: m.Event, conversation: m.Conversation, deck: Deck, **more: Collection[str]
    ) -> m.Decision:
        if isinstance(event, m.PostReceived) and event.post.said == "boom":
            raise ZeroDivisionError
        return fake.decide(event, conversation, deck, recent_texts=list(more["recent_texts"]))

    house.decide = decide
    good, _, after = house.say("pricing?", by=8), house.say("boom", by=7), house.say("prices?", by=7)
    house.settle(seconds=31)
    assert inbox_states(house)[:3] == ["done", "failed", "done"]
    assert [task.kind for task in house.store.queries.tasks()] == ["bug"]
    assert len(house.timeline.replies_to(good.id)) == 1
    assert len(house.timeline.replies_to(after.id)) == 1


def test_a_text_the_reader_chokes_on_costs_one_row(house: House) -> None:
    house.reader.poison = {"boom"}
    house.hear(house.post("boom", by=7), house.post("pricing?", by=8))
    house.settle(seconds=31)
    assert inbox_states(house)[:2] == ["failed", "done"]
    assert len(house.timeline.posts) == 1


def test_a_decision_the_database_refuses_costs_one_row(house: House) -> None:
    def decide(
        event: m.Event, conversation: m.Conversation, deck: Deck, **more: Collection[str]
    ) -> m.Decision:
        decision = fake.decide(event, conversation, deck, recent_texts=list(more["recent_texts"]))
        if isinstance(event, m.PostReceived) and event.post.said == "boom":
            return replace(decision, reason=None)  # type: ignore[arg-type]
        return decision

    house.decide = decide
    house.hear(house.post("pricing?", by=8), house.post("boom", by=7), house.post("prices?", by=9))
    house.settle(seconds=31)
    assert inbox_states(house)[:3] == ["done", "failed", "done"]
    assert len(house.timeline.posts) == 2


def test_a_conversation_that_cannot_be_read_is_set_aside_with_a_task(house: House) -> None:
    house.say("pricing?", by=7)
    house.engine.step()
    with house.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE conversation SET state = '{broken'")
    house.say("hello?", by=7)
    house.say("pricing?", by=8)
    house.clock.advance(31)
    house.engine.step()
    assert inbox_states(house) == ["done", "failed", "done"]
    assert {task.kind for task in house.store.queries.tasks()} == {"bug"}


def test_a_conversation_that_moved_meanwhile_is_decided_anew(house: House) -> None:
    house.say("pricing?", by=7)
    house.engine.step()
    moved: list[int] = []

    def decide(
        event: m.Event, conversation: m.Conversation, deck: Deck, **more: Collection[str]
    ) -> m.Decision:
        if not moved:
            moved.append(1)
            with house.store.database.write() as connection:
                news = """replace(state, '"version":1', '"version":2')"""
                connection.exec_driver_sql(f"UPDATE conversation SET version = 2, state = {news}")
        return fake.decide(event, conversation, deck, recent_texts=list(more["recent_texts"]))

    house.decide = decide
    house.say("and for 40?", by=7)
    assert house.engine.step() == 1
    found = house.store.queries.find_person("7")
    assert found is not None
    assert found.conversations[0].version == 3
    assert len(found.conversations[0].waiting) == 2


def test_a_timer_waits_while_more_of_the_person_is_behind_the_batch(house: House) -> None:
    house.engine._batch = 2
    house.say("pricing?", by=7)
    house.engine.step()
    house.clock.advance(31)
    house.hear(house.post("a", by=8), house.post("b", by=9), house.post("stop", by=7))
    house.settle()
    assert len(house.timeline.posts) == 0
    house.wait_out(2)
    assert {post.in_reply_to for post in house.timeline.posts}.isdisjoint({"7"})
    assert len(house.timeline.posts) == 2


def test_what_was_said_lately_is_told_to_decide(house: House) -> None:
    told: list[Sequence[str]] = []

    def decide(
        event: m.Event, conversation: m.Conversation, deck: Deck, **more: Collection[str]
    ) -> m.Decision:
        told.append(list(more["recent_texts"]))
        return fake.decide(event, conversation, deck, recent_texts=told[-1])

    house.decide = decide
    house.say("pricing?", by=7)
    house.wait_out(1)
    house.restart()
    house.say("prices?", by=8)
    house.settle()
    assert len(told[-1]) == 1
    house.wait_out(61)
    house.say("price?", by=9)
    house.engine.step()
    assert len(told[-1]) == 0, "an hour is over"


def test_a_deleted_post_leaves_no_words_behind(house: House) -> None:
    post = house.say("my number is 555 0100")
    house.settle()
    house.store.inbox.put_event(
        BRAND, m.PersonId("7"), m.PostDeleted(post.id, house.clock.now()), key="deleted:1"
    )
    house.engine.step()
    with house.store.database.read() as connection:
        payloads = connection.exec_driver_sql("SELECT payload FROM inbox WHERE post_id IS NOT NULL").scalars()
        assert list(payloads) == ["null"]
    assert [one.text for one in house.store.queries.thread(BRAND, m.PersonId("7"))] == [
        "(deleted by its author)"
    ]
