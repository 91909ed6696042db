"""Spend and budget, playbook versions, the desk, erasure and clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leadbot import model as m
from leadbot.clock import ClockValue, read_clock
from leadbot.errors import PermanentError
from leadbot.reconcile.backoff import LONGEST_S, retry_at
from leadbot.store import Store
from leadbot.store.erase import erase_person
from leadbot.store.states import HandOffState
from tests.fakes.clock import START, ManualClock
from tests.fakes.house import BRAND, House


@dataclass(frozen=True)
class File:
    """A playbook as far as the store cares."""

    name: str
    version: m.VersionId
    content: str
    file: str = "playbooks/team-plan.yaml"
    brand: str = "acme"


OLD = File("team-plan", m.VersionId("aaa"), "old words")
NEW = File("team-plan", m.VersionId("bbb"), "new words")


def test_spend_adds_up_by_utc_day(store: Store, clock: ManualClock) -> None:
    store.spend.record_spend(BRAND, "post_read", 3, 0.015, clock.now())
    store.spend.record_spend(BRAND, "post_read", 1, 0.005, clock.now())
    store.spend.record_spend(BRAND, "reply", 1, 0.01, clock.now() + timedelta(days=1))
    assert store.spend.spent(BRAND, clock.now()) == pytest.approx(0.02)
    assert store.spend.left(BRAND, clock.now(), daily_budget_usd=1.0) == pytest.approx(0.98)


def test_a_dialog_keeps_its_worst_case_back_until_it_ends(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.say("pricing?")
    house.wait_out(1)
    now = house.clock.now()
    with house.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE conversation SET status = 'open', dialog = 1")
    assert house.store.spend.left(BRAND, now, daily_budget_usd=1.0) == pytest.approx(1.0 - 0.01 - 0.03)
    with house.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE conversation SET status = 'idle'")
    assert house.store.spend.left(BRAND, now, daily_budget_usd=1.0) == pytest.approx(0.99)
    house.close()


def test_scenario_13_a_shipped_version_is_kept_whole(store: Store, clock: ManualClock) -> None:
    store.playbooks.ship(OLD)
    clock.advance(60)
    store.playbooks.ship(NEW)
    assert [one.version for one in store.playbooks.live()] == ["bbb"]
    assert {one.version: one.content for one in store.playbooks.versions()} == {
        "aaa": "old words",
        "bbb": "new words",
    }
    clock.advance(60)
    store.playbooks.ship(OLD)
    assert [one.version for one in store.playbooks.live()] == ["aaa"], "shipping it again is a rollback"
    assert store.playbooks.retire("acme", "team-plan") == 2
    assert store.playbooks.live() == []
    assert store.playbooks.in_use() == []


def test_a_claimed_handoff_is_one_reps_and_silences_the_bot(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.say("yes")
    house.wait_out(2)
    (item,) = house.store.queries.handoffs()
    assert (item.person, item.score, item.consent, item.state) == (
        "person7",
        30,
        m.Consent.YES,
        HandOffState.OPEN,
    )
    house.store.desk.claim_handoff(item.key, by="Ana Ruiz")
    with pytest.raises(PermanentError, match="Ana Ruiz has this"):
        house.store.desk.claim_handoff(item.key, by="Bo")
    house.settle()
    found = house.store.queries.find_person("@Person7")
    assert found is not None
    assert found.conversations[0].owner is m.Owner.HUMAN
    house.store.desk.close_handoff(item.key, "won", by="Ana Ruiz")
    house.settle()
    assert house.store.queries.handoffs() == []
    story = house.store.queries.handoff(item.key)
    assert story is not None
    assert story.item.outcome == "won"
    assert story.effect.receipt[0].words == "about 40 of us"
    assert [post.who for post in story.thread] == ["person", "bot"]
    house.close()


def test_figures_and_status_tell_what_happened(tmp_path: Path) -> None:
    house = House(tmp_path)
    began = house.clock.now()
    post = house.say("pricing?", by=7)
    house.say("stop", by=8)
    house.wait_out(2)
    counts = house.store.queries.counts(began)
    assert (counts.heard, counts.replies, counts.opt_outs, counts.refusals) == (2, 1, 1, {})
    assert counts.spent_usd == pytest.approx(0.01)
    (status,) = house.store.queries.status()
    assert (status.waiting, status.lag_s, status.outbox) == (0, 0.0, {})
    why = [decision.event for decision in house.store.queries.decisions_of_post(post.id)]
    assert why == ["PostReceived", "TimerFired", "ReplySent"]
    house.close()


def test_a_person_is_forgotten_everywhere_but_stays_unwritten_to(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.say("yes", by=7)
    house.wait_out(2)
    house.say("stop", by=7)
    house.wait_out(1)
    gone = erase_person(house.store.database, m.PersonId("7"))
    assert gone["conversation"] == 1
    assert gone["handoff"] == 1
    assert house.store.queries.find_person("7") is None
    with house.store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT person_id FROM suppression").scalars().all() == ["7"]
        dump = "".join(
            str(row)
            for table in ("inbox", "conversation", "decision", "outbox", "handoff", "person", "receipt_line")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        )
    assert dump == ""
    house.close()


def test_a_clock_is_three_numbers() -> None:
    clock = read_clock(b'{"epoch": "2026-11-22T10:00:00Z", "anchor": 0.0, "rate": 60.0}')
    assert clock == ClockValue(datetime(2026, 11, 22, 10, tzinfo=UTC), 0.0, 60.0)
    assert clock.real_s(60.0) == 1.0
    assert ClockValue(START, 0.0, 0.0).real_s(1.0) == float("inf")
    assert ClockValue(START, 0.0, 0.0).now() == START


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"epoch": "soon", "anchor": 0, "rate": 1}'])
def test_an_answer_that_is_no_clock_is_refused(body: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_clock(body)


def test_waits_grow_and_are_the_same_in_every_run() -> None:
    waits = [(retry_at(START, n, seed="a") - START).total_seconds() for n in range(12)]
    assert waits == [(retry_at(START, n, seed="a") - START).total_seconds() for n in range(12)]
    assert 1.0 <= waits[0] <= 2.0
    assert LONGEST_S / 2 <= waits[-1] <= LONGEST_S
    asked = START + timedelta(minutes=15)
    assert retry_at(START, 0, seed="a", asked=asked) == asked
