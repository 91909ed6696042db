"""The crisis brake: what it holds, what it lets happen, and who is asked about those who waited."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadbot import model as m
from leadbot.app.resuming import Wishes, chosen, plan
from leadbot.errors import ConfigError
from leadbot.store.brake import Choice
from leadbot.store.states import OutboxState
from tests.engine.test_relay import reply_states
from tests.engine.test_scenarios import MakeHouse, make_house, playbooks, states
from tests.fakes.house import BRAND, House

__all__ = ["make_house", "playbooks"]


def resume(house: House, **wishes: object) -> list[tuple[str, Choice | None]]:
    """Lift the pause as the command does; returns what becomes of whom."""
    brands = {BRAND: house.decks[BRAND].brand}
    waiting = house.store.brake.waiting([BRAND])
    waited = plan(waiting, brands, Wishes(**wishes), now=house.clock.now())  # type: ignore[arg-type]
    house.store.brake.release([BRAND], chosen(waited), by="ana")
    return [(one.waiting.person, one.choice) for one in waited]


def pause(house: House) -> None:
    house.store.brands.pause(BRAND, why="a rumour", by="ana")


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path, workers=4)
    yield house
    house.close()


def test_nothing_leaves_after_a_pause_not_even_rows_in_hand(crew: House) -> None:
    """Four replies are at X when the brake is pulled, two more are marked as sending and not begun."""
    for number in range(20, 26):
        crew.say("pricing?", by=number)
    crew.clock.advance(31)
    crew.engine.step()
    crew.engine.step()
    writer, brand = crew.writer, crew.decks[BRAND].brand
    _, cleared = crew.relay._checkpoint.clear(brand, writer, limit=6)
    at_x, may_answer = threading.Semaphore(0), threading.Event()

    def leave(text: str) -> None:
        at_x.release()
        assert may_answer.wait(30)

    writer.on_send = leave
    for one in cleared[:4]:
        crew.relay._speakers.start(
            one.entry.id, lambda one=one: crew.relay._sender.send(one.entry, one.permit, writer)
        )
    for _ in range(4):
        assert at_x.acquire(timeout=30)
    pause(crew)
    assert crew.store.brake.under_way([BRAND]) == 6
    for one in cleared[4:]:
        assert one.permit is not None
        crew.relay._sender.send(one.entry, one.permit, writer)
    may_answer.set()
    crew.wait_out(2)
    assert len(writer.calls) == len(crew.timeline.posts) == 4
    assert crew.store.brake.under_way([BRAND]) == 0
    assert reply_states(crew) == [("sent", "")] * 4 + [("pending", "paused")] * 2

    resume(crew)
    crew.wait_out(2)
    assert len(crew.timeline.posts) == 6


def test_a_row_called_back_counts_as_never_tried(house: House) -> None:
    house.say("pricing?")
    house.clock.advance(31)
    house.engine.step()
    house.engine.step()
    _, (one,) = house.relay._checkpoint.clear(house.decks[BRAND].brand, house.writer, limit=1)
    pause(house)
    assert one.permit is not None
    house.relay._sender.send(one.entry, one.permit, house.writer)
    (entry,) = house.store.outbox.due([BRAND], house.clock.now(), limit=9)
    assert (entry.state, entry.attempts) == (OutboxState.PENDING, 0)


def test_a_pause_survives_a_restart_and_listening_goes_on(house: House) -> None:
    pause(house)
    house.restart()
    house.say("pricing?")
    house.wait_out(3, every_s=30)
    assert house.writer.calls == []
    assert house.store.brands.state(BRAND).paused_why == "a rumour"
    assert [one.event for one in house.store.queries.decisions(f"{BRAND}:7")] == [
        "TimerFired",
        "PostReceived",
    ]


def test_resuming_tells_who_waited_how_long_and_what_would_be_said(house: House) -> None:
    pause(house)
    house.say("pricing?", by=7)
    house.wait_out(10)
    house.say("how much?", by=8)
    house.settle()
    first, second = plan(house.store.brake.waiting([BRAND]), {}, Wishes(), now=house.clock.now())
    assert (first.waiting.person, first.waited_s, first.is_stale) == ("person7", 600.0, False)
    assert first.waiting.text.startswith("Thanks for “pricing?”")
    assert (second.waiting.person, second.number, second.waiting.state) == ("person8", 0, "pace")


def test_a_stale_post_is_never_answered_by_itself_and_the_fresh_are(house: House) -> None:
    pause(house)
    old = house.say("pricing?", by=7)
    house.wait_out(1, every_s=30)
    house.clock.advance(13 * 3600)
    fresh = house.say("pricing?", by=8)
    house.wait_out(1, every_s=30)
    assert resume(house) == [("person7", Choice.TO_HUMAN), ("person8", None)]
    house.wait_out(1, every_s=30)
    assert house.timeline.replies_to(old.id) == []
    assert len(house.timeline.replies_to(fresh.id)) == 1
    assert [task.kind for task in house.store.queries.tasks()] == ["reply_refused"]


def test_a_stale_post_is_answered_if_a_person_says_so(house: House) -> None:
    pause(house)
    old = house.say("pricing?")
    house.wait_out(1, every_s=30)
    house.clock.advance(13 * 3600)
    resume(house, answers_stale=True)
    house.wait_out(1, every_s=30)
    assert len(house.timeline.replies_to(old.id)) == 1


def test_a_stale_reply_that_nobody_was_asked_about_becomes_a_task(house: House) -> None:
    """`leadbot brand resume` of an older script, or a pause lifted by a breaker's operator."""
    pause(house)
    house.say("pricing?")
    house.wait_out(1, every_s=30)
    house.clock.advance(13 * 3600)
    house.store.brands.resume(BRAND, by="ana")
    house.wait_out(1, every_s=30)
    assert house.writer.calls == []
    assert reply_states(house) == [("refused", "too_late")]


def test_an_apology_is_the_one_reply_of_that_post_and_says_that_a_bot_writes(make_house: MakeHouse) -> None:
    house = make_house(apology="Sorry for the wait.")
    pause(house)
    post = house.say("pricing?")
    house.wait_out(3, every_s=30)
    assert resume(house, apologise=("@Person7",)) == [("person7", Choice.APOLOGISE)]
    house.wait_out(3, every_s=30)
    assert house.timeline.replies_to(post.id) == [f"{ACME_DISCLOSURE}\nSorry for the wait."]
    answer = house.say("about 40 of us")
    house.wait_out(3, every_s=30)
    (said,) = house.timeline.replies_to(answer.id)
    assert "pricing" not in said
    assert len(house.timeline.posts) == 2


ACME_DISCLOSURE = m.Brand(BRAND, "acme").disclosures[0]


def test_a_yes_after_an_apology_is_no_consent_that_was_never_asked(make_house: MakeHouse) -> None:
    house = make_house()
    house.reader.known["yes"] = m.Reading(intent=m.Intent.OTHER)
    house.say("pricing?")
    house.wait_out(3, every_s=30)
    pause(house)
    house.say("does it run on a submarine?")
    house.reader.known["does it run on a submarine?"] = m.Reading(intent=m.Intent.OTHER, is_question=True)
    house.wait_out(3, every_s=30)
    found = house.store.queries.find_person("person7")
    assert found is not None
    assert found.conversations[0].status is m.Status.AWAITING_CONSENT
    resume(house, apologise=("all",))
    house.wait_out(3, every_s=30)
    house.say("yes")
    house.wait_out(3, every_s=30)
    assert house.crm.leads == {}
    (handoff,) = house.store.queries.handoffs()
    assert handoff.consent is m.Consent.NOT_ASKED


def test_a_dropped_reply_becomes_a_task(make_house: MakeHouse) -> None:
    house = make_house()
    pause(house)
    house.say("pricing?")
    house.wait_out(3, every_s=30)
    assert resume(house, drop=("all",)) == [("person7", Choice.DROP)]
    house.wait_out(3, every_s=30)
    assert house.writer.calls == []
    assert states(house) == [OutboxState.CANCELLED]
    assert [task.kind for task in house.store.queries.tasks()] == ["reply_refused"]


def test_wishes_that_fit_nobody_change_nothing(house: House) -> None:
    pause(house)
    house.say("pricing?")
    house.wait_out(1, every_s=30)
    with pytest.raises(ConfigError) as caught:
        resume(house, drop=("@nobody", "person7"), apologise=("@person7", "99"))
    assert {problem.rule for problem in caught.value.problems} == {"not-waiting", "two-wishes"}
    assert house.store.brands.state(BRAND).paused_at is not None


def test_the_longest_apology_fits_with_the_longest_disclosure() -> None:
    from leadbot.settings.reading import LONGEST_APOLOGY

    assert 40 + len("\n") + LONGEST_APOLOGY <= 140


def test_the_log_has_pause_and_resume(house: House) -> None:
    pause(house)
    house.clock.advance(60)
    house.store.brands.pause(BRAND, why="five refusals", by="breaker")
    house.store.brands.pause(BRAND, why="and a bad headline", by="ben")
    house.store.brands.resume(BRAND, by="ben")
    told = [(one.what, one.by, one.before, one.why) for one in house.store.brand_log.items()]
    assert told == [
        ("pause", "ana", "", "a rumour"),
        ("pause", "ben", "paused", "and a bad headline"),
        ("resume", "ben", "paused", "was paused: a rumour"),
    ]
