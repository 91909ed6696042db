"""Scenarios that break naive bots, played with the real `decide` and the real gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from leadbot import model as m
from leadbot.flows.cards import Playbook
from leadbot.flows.decide import decide
from leadbot.flows.playbook import PlaybookSource, load
from leadbot.store.states import OutboxState
from tests.fakes.house import BRAND, House
from tests.fakes.reader import LEAD

FORTY = m.SlotValue(m.SlotType.COUNT, "40", 0, 2, volunteered=True, low=40.0, high=40.0)
READINGS = {
    "about 40 of us": m.Reading(intent=m.Intent.OTHER, slots=(FORTY,)),
    "pricing?": LEAD,
    "how much?": LEAD,
}
ACME = m.Brand(
    BRAND,
    "acme",
    "Acme",
    mode=m.Mode.LIVE,
    teams=(m.Team("inside-sales", (m.Rep("Ana Ruiz", "Ana"),)),),
)

MakeHouse = Callable[..., House]


@pytest.fixture(scope="module")
def playbooks() -> tuple[Playbook, ...]:
    file = Path(__file__).parents[2] / "playbooks" / "team-plan.yaml"
    source = PlaybookSource("playbooks/team-plan.yaml", file.read_text(encoding="utf-8"))
    return load([source], brands=None, teams=None)


@pytest.fixture
def make_house(tmp_path: Path, playbooks: tuple[Playbook, ...]) -> Iterator[MakeHouse]:
    houses: list[House] = []

    def make(**brand: object) -> House:
        facts = replace(ACME, **brand)  # type: ignore[arg-type]
        house = House(tmp_path, brand=facts, playbooks=playbooks, decide=decide)
        house.reader.known |= READINGS
        houses.append(house)
        return house

    yield make
    for house in houses:
        house.close()


def states(house: House) -> list[str]:
    with house.store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT state FROM outbox WHERE kind = 'SendReply' ORDER BY id")
        return [row[0] for row in rows]


def test_scenario_2_a_second_post_within_the_pace_gets_the_one_answer(make_house: MakeHouse) -> None:
    house = make_house()
    first = house.say("pricing?")
    house.settle(seconds=4)
    second = house.say("about 40 of us")
    house.wait_out(4)
    assert house.timeline.replies_to(first.id) == []
    assert len(house.timeline.replies_to(second.id)) == 1
    assert len(house.timeline.posts) == 1


def test_scenario_3_a_second_post_while_the_answer_is_under_way_opens_the_next_turn(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    first = house.say("pricing?")
    late: list[m.Post] = []

    def write_again(text: str) -> None:
        house.writer.on_send = lambda text: None
        late.append(house.say("about 40 of us"))

    house.writer.on_send = write_again
    house.wait_out(6)
    assert len(house.timeline.replies_to(first.id)) == 1
    assert len(house.timeline.replies_to(late[0].id)) == 1
    assert [post.in_reply_to for post in house.timeline.posts] == [first.id, late[0].id]


def test_scenario_18_a_rep_who_answers_by_hand_silences_the_bot(make_house: MakeHouse) -> None:
    house = make_house()
    post = house.say("pricing?")
    house.engine.step()
    house.writer.post_by_hand("Hi, Ana here. $6 a seat.", in_reply_to=post.id)
    house.wait_out(4)
    assert house.timeline.replies_to(post.id) == ["Hi, Ana here. $6 a seat."]
    found = house.store.queries.find_person("person7")
    assert found is not None
    assert found.conversations[0].owner is m.Owner.HUMAN


def test_scenario_19_our_own_lost_reply_is_no_take_over(make_house: MakeHouse) -> None:
    house = make_house()
    post = house.say("pricing?")
    house.writer.lose_answer()
    house.wait_out(4)
    assert len(house.timeline.replies_to(post.id)) == 1
    assert states(house) == [OutboxState.SENT]
    found = house.store.queries.find_person("@person7")
    assert found is not None
    assert found.conversations[0].owner is m.Owner.BOT
    assert found.conversations[0].in_flight is None


def test_scenario_20_the_budget_holds_starts_and_never_continuations(make_house: MakeHouse) -> None:
    house = make_house(daily_budget_usd=0.10)
    first = house.say("pricing?", by=7)
    house.wait_out(3)
    held = house.say("how much?", by=8)
    house.wait_out(3)
    answer = house.say("about 40 of us", by=7)
    house.wait_out(3)
    assert len(house.timeline.replies_to(first.id)) == 1
    assert len(house.timeline.replies_to(answer.id)) == 1, "the running dialog goes on"
    assert house.timeline.replies_to(held.id) == [], "the new one waits for tomorrow's budget"


def test_scenario_21_a_newer_post_supersedes_the_draft(make_house: MakeHouse) -> None:
    house = make_house(mode=m.Mode.DRAFT)
    first = house.say("pricing?")
    house.wait_out(3)
    (old,) = house.store.queries.drafts()
    second = house.say("about 40 of us")
    house.wait_out(3)
    assert states(house) == [OutboxState.SUPERSEDED, OutboxState.DRAFT]
    (fresh,) = house.store.queries.drafts()
    assert fresh.id != old.id
    house.store.drafts.approve_draft(fresh.id, by="Ana Ruiz")
    house.wait_out(1)
    assert house.timeline.replies_to(first.id) == []
    assert len(house.timeline.replies_to(second.id)) == 1


def test_a_dropped_draft_becomes_a_task_and_is_never_said(make_house: MakeHouse) -> None:
    house = make_house(mode=m.Mode.DRAFT)
    house.say("pricing?")
    house.wait_out(3)
    (draft,) = house.store.queries.drafts()
    house.store.drafts.drop_draft(draft.id, by="Ana Ruiz")
    house.wait_out(3)
    assert house.timeline.posts == []
    assert [task.kind for task in house.store.queries.tasks()] == ["reply_refused"]


@pytest.mark.parametrize("how", ["paused brand", "watching bot", "drafting bot"])
def test_scenario_17_a_stop_is_obeyed_also_while_the_bot_says_nothing(
    make_house: MakeHouse, how: str
) -> None:
    mode = {"watching bot": m.Mode.WATCH, "drafting bot": m.Mode.DRAFT}.get(how, m.Mode.LIVE)
    house = make_house(mode=mode)
    house.say("pricing?")
    if how == "paused brand":
        house.store.brands.pause(BRAND, why="crisis", by="Mia Winter")
    house.wait_out(3)
    house.say("stop")
    house.wait_out(3)
    if how == "paused brand":
        house.store.brands.resume(BRAND, by="Mia Winter")
    house.say("how much?")
    house.wait_out(3)
    assert house.timeline.posts == []
    found = house.store.queries.find_person("person7")
    assert found is not None
    assert found.conversations[0].status is m.Status.OPTED_OUT
    assert house.store.queries.drafts() == []
    assert "opted_out_person_wrote" in [task.kind for task in house.store.queries.tasks()]
