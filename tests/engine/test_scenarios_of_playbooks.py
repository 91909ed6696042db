"""What becomes of open dialogs when the playbook they run on goes away (SCENARIOS 13), and how times over New
Year are read (SCENARIOS 9): the real `decide`, the real gate, a real database.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadbot import model as m
from leadbot.flows.cards import Deck, Playbook
from leadbot.flows.decide import decide
from leadbot.flows.playbook import PlaybookSource, load, restore
from leadbot.nlp import SpacyReader, load_reader
from tests.fakes.clock import ManualClock
from tests.fakes.house import BRAND, House

FORTY = m.SlotValue(m.SlotType.COUNT, "40", 0, 2, volunteered=True, low=40.0, high=40.0)
WANTS = m.Reading(intent=m.Intent.PURCHASE_INTENT, warmth=0.9)
TEAM = m.Team("inside-sales", (m.Rep("Ana Ruiz", "Ana"),))
ACME = m.Brand(BRAND, "acme", "Acme", mode=m.Mode.LIVE, teams=(TEAM,), pace_s=(0.0, 0.0))
PEOPLE = range(101, 113)
TEAM_PLAN = (Path(__file__).parents[2] / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8")


def book(text: str, file: str = "playbooks/team-plan.yaml") -> Playbook:
    return load([PlaybookSource(file, text)], brands=None, teams=None)[0]


@pytest.fixture(scope="module")
def reader() -> SpacyReader:
    return load_reader()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Twelve people who were asked the first question."""
    plan = book(TEAM_PLAN)
    house = House(tmp_path, brand=ACME, playbooks=(plan,), decide=decide)
    house.reader.known |= {"we want it": WANTS, "about 40 of us": m.Reading(slots=(FORTY,))}
    house.store.playbooks.ship(plan)
    for one in PEOPLE:
        house.say("we want it", by=one)
    house.settle()
    assert len(house.timeline.posts) == len(PEOPLE)
    yield house
    house.close()


def speaks_only_what_is_stored(house: House) -> None:
    """As at a start without the file: nothing begins, what the database keeps goes on."""
    stored = house.store.playbooks.in_use()
    sources = [PlaybookSource(one.file, one.content) for one in stored]
    house.decks[BRAND] = Deck(
        ACME, (), {one.version: restore(one_source) for one, one_source in zip(stored, sources, strict=True)}
    )
    house.restart()
    house.store.brands.poll_completed(BRAND)


def reasons(house: House) -> list[str]:
    with house.store.database.read() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT reason FROM decision ORDER BY id")]


def test_scenario_13_twelve_open_dialogs_finish_on_a_playbook_whose_file_is_gone(house: House) -> None:
    house.store.playbooks.retire("acme", "team-plan")
    speaks_only_what_is_stored(house)
    answers = [house.say("about 40 of us", by=one) for one in PEOPLE]
    stranger = house.say("we want it", by=500)
    house.settle()
    assert [len(house.timeline.replies_to(post.id)) for post in answers] == [1] * len(PEOPLE)
    assert all("at the moment" in post.text or "?" in post.text for post in house.timeline.posts)
    assert house.timeline.replies_to(stranger.id) == [], "nothing begins on it"


def test_scenario_13_a_withdrawn_playbook_ends_its_twelve_dialogs_at_humans_at_once(house: House) -> None:
    assert house.store.playbooks.withdraw("acme", "team-plan", by="Mia Winter") == len(PEOPLE)
    house.settle()
    assert len(house.store.queries.handoffs()) == len(PEOPLE)
    said = len(house.timeline.posts)
    for one in PEOPLE:
        house.say("about 40 of us", by=one)
    house.settle()
    assert len(house.timeline.posts) == said, "no word of it any more"
    assert reasons(house).count("playbook_withdrawn") == len(PEOPLE)
    assert house.store.playbooks.live() == []


def test_scenario_13_what_is_on_its_way_when_a_playbook_is_withdrawn_is_not_said(house: House) -> None:
    house.say("about 40 of us", by=101)
    house.engine.step()  # the next question is chosen and waits in the outbox
    said = len(house.timeline.posts)
    house.store.playbooks.withdraw("acme", "team-plan", by="Mia Winter")
    house.settle()
    assert len(house.timeline.posts) == said


def test_scenario_13_withdrawing_leaves_the_dialogs_of_other_playbooks_alone(house: House) -> None:
    assert house.store.playbooks.withdraw("acme", "another", by="Mia Winter") == 0
    assert house.store.playbooks.withdraw("globex", "team-plan", by="Mia Winter") == 0
    house.settle()
    assert "playbook_withdrawn" not in reasons(house)


@pytest.mark.parametrize(
    ("zone", "at", "said", "answer"),
    [
        ("Europe/Berlin", datetime(2026, 12, 20, 12, tzinfo=UTC), "in January", "soon"),
        ("Europe/Berlin", datetime(2026, 12, 20, 12, tzinfo=UTC), "in June", "later"),
        ("Europe/Berlin", datetime(2026, 12, 20, 12, tzinfo=UTC), "some time next year", "later"),
        # 11:30 UTC on New Year's Eve: in Auckland it is January already, and "in January" is now.
        ("Pacific/Auckland", datetime(2026, 12, 31, 11, 30, tzinfo=UTC), "in January", "soon"),
        ("America/Los_Angeles", datetime(2026, 12, 31, 11, 30, tzinfo=UTC), "in January", "soon"),
        ("America/Los_Angeles", datetime(2026, 12, 31, 11, 30, tzinfo=UTC), "next January", "soon"),
    ],
)
def test_scenario_09_january_is_soon_on_the_20th_of_december(
    tmp_path: Path, reader: SpacyReader, zone: str, at: datetime, said: str, answer: str
) -> None:
    brand = m.Brand(BRAND, "acme", "Acme", zone, m.Mode.LIVE, teams=(TEAM,), pace_s=(0.0, 0.0))
    house = House(
        tmp_path,
        brand=brand,
        playbooks=(book(TEAM_PLAN),),
        decide=decide,
        reader=reader,
        clock=ManualClock(at),
    )
    house.say("we want to buy this for our team of 40, all in excel")
    house.settle(seconds=1)
    (asked,) = house.timeline.posts
    house.say(said, in_reply_to_post_id=asked.id, in_reply_to_user_id=BRAND)
    house.settle(seconds=1)
    found = house.store.queries.find_person("person7")
    assert found is not None
    dialog = found.conversations[0].dialog
    assert dialog is not None
    assert {one.card: one.answer for one in dialog.answers}["timing"] == answer
    house.close()
