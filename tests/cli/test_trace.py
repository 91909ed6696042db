"""`leadbot trace` tells why: what was read, decided and said, what it was worth, and what was not done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from leadbot import model as m
from leadbot.flows.decide import decide
from leadbot.flows.playbook import PlaybookSource, load
from tests.cli.shop import ACME, Run, run
from tests.fakes.clock import ManualClock
from tests.fakes.house import House

__all__ = ["run"]  # a fixture

TEXT = (Path(__file__).parents[2] / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8")
TEAM = m.Team("inside-sales", (m.Rep("Maya Lindqvist", "Maya"),))
PRICE, ANSWER, COLD = "what does it cost?", "about 40 of us", "is there a plan for teams?"
FORTY = m.SlotValue(m.SlotType.COUNT, "40", 6, 8, volunteered=True, low=40.0, high=40.0)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A brand with the team plan, on the database of the project."""
    (plan,) = load([PlaybookSource("playbooks/team-plan.yaml", TEXT)], brands=None, teams=None)
    brand = replace(ACME, teams=(TEAM,), pace_s=(0.0, 0.0))
    house = House(
        tmp_path, brand=brand, playbooks=(plan,), decide=decide, clock=ManualClock(datetime.now(UTC))
    )
    house.reader.known |= {
        PRICE: m.Reading(
            m.Intent.PRICING, 0.94, asks_price=True, why=(("cost", 1.2),), rules=("asks_price",)
        ),
        ANSWER: m.Reading(slots=(FORTY,)),
        COLD: m.Reading(m.Intent.PRODUCT_QUESTION, 0.41),
    }
    house.store.brands.introduce(ACME.id, "acme")
    house.store.playbooks.ship(plan)
    yield house
    house.close()


def asked_and_answered(house: House) -> m.Post:
    house.say(PRICE)
    house.settle(seconds=60)
    (asked,) = house.timeline.posts
    answer = house.say(ANSWER, in_reply_to_post_id=asked.id, in_reply_to_user_id=ACME.id)
    house.settle(seconds=60)
    return answer


def test_a_trace_tells_reading_reason_words_and_receipt_with_file_and_line(run: Run, house: House) -> None:
    asked_and_answered(house)
    out = run("trace", "@person7").out
    assert PRICE in out
    assert "read as pricing, warmth 0.94, because of cost +1.2, the rule asks_price" in out
    assert "-> started: a dialog begins." in out
    assert "$6 a seat" in out
    number = next(
        n for n, row in enumerate(TEXT.splitlines(), 1) if row.lstrip().startswith("many: {is: 11..")
    )
    assert f"+30  team_size: many  “40”  playbooks/team-plan.yaml:{number}  many: {{is: 11.." in out.replace(
        "about 40 of us”", "40”"
    )


def test_the_same_trace_is_found_by_person_post_reply_and_conversation(run: Run, house: House) -> None:
    answer = asked_and_answered(house)
    names = ["@person7", "7", str(answer.id), str(house.timeline.posts[0].id), f"{ACME.id}:7"]
    found = [run("trace", name, "--json").json for name in names]
    assert all(one == found[0] for one in found)
    (trace,) = found[0]
    assert [(stop["card"], stop["state"]) for stop in trace["path"]] == [
        ("team_size", "answered"),
        ("today", "asked"),
        ("timing", "not_asked"),
    ]
    assert trace["score"] == sum(line["points"] for line in trace["receipt"]) == 30


def test_a_lead_that_was_too_cold_is_told_with_what_was_missing(run: Run, house: House) -> None:
    post = house.say(COLD)
    house.settle(seconds=60)
    (trace,) = run("trace", str(post.id), "--json").json
    (nothing,) = trace["not_done"]
    assert nothing["rule"] == "not_warm_enough"
    assert "team-plan does not begin: the warmth is 0.41, and it wants 0.6" in nothing["why"]


def test_a_reply_that_the_gate_holds_is_told_with_its_rule(run: Run, house: House) -> None:
    house.store.brands.pause(ACME.id, why="a new price is coming", by="Mia Winter")
    house.say(PRICE)
    house.settle(seconds=60)
    out = run("trace", "@person7").out
    assert "waits: paused: the brand is paused: waits: a new price is coming" in out


def test_without_a_yes_it_says_why_nothing_went_to_the_crm(run: Run, house: House) -> None:
    house.reader.known |= {"a human, please": m.Reading(m.Intent.ASKS_FOR_HUMAN, asks_for_human=True)}
    house.say(PRICE)
    house.settle(seconds=60)
    (asked,) = house.timeline.posts
    house.say("a human, please", in_reply_to_post_id=asked.id, in_reply_to_user_id=ACME.id)
    house.settle(seconds=60)
    out = run("trace", "1").out  # the first handoff
    assert "nothing went to the CRM: consent: they were not asked" in out


def test_the_path_can_be_drawn(run: Run, house: House, tmp_path: Path) -> None:
    asked_and_answered(house)
    file = tmp_path / "path.svg"
    assert run("trace", "@person7", "--svg", str(file)).code == 0
    assert "asked now" in ElementTree.tostring(ElementTree.parse(file).getroot(), encoding="unicode")


def test_nobody_by_that_name_is_told_with_what_may_be_asked(run: Run, house: House) -> None:
    said = run("trace", "@nobody")
    assert said.code == 2
    assert "give a handle (@ana)" in said.err
