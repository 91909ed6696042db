"""Past dialogs through a draft: who would have been treated otherwise, and how the scores move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadbot import model as m
from leadbot.flows.decide import decide
from leadbot.flows.playbook import PlaybookSource, load
from leadbot.nlp import load_reader
from tests.cli.shop import ACME, Run, run
from tests.cli.test_playbook_ship import ROOT, TOML, edit
from tests.fakes.clock import ManualClock
from tests.fakes.house import House

__all__ = ["run"]  # a fixture

TEAM = m.Team("inside-sales", (m.Rep("Maya Lindqvist", "Maya"),))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    (tmp_path / "leadbot.toml").write_text(TOML, encoding="utf-8")
    file = tmp_path / "playbooks" / "team-plan.yaml"
    file.parent.mkdir()
    text = (ROOT / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8")
    file.write_text(text.partition("tests:\n")[0], encoding="utf-8")
    return file


@pytest.fixture
def house(tmp_path: Path, plan: Path) -> Iterator[House]:
    """Three people wrote: one warm, one lukewarm, one who only said hello. All that was decided."""
    source = PlaybookSource("playbooks/team-plan.yaml", plan.read_text(encoding="utf-8"))
    (book,) = load([source], brands=None, teams=None)
    brand = replace(ACME, teams=(TEAM,), pace_s=(0.0, 0.0))
    clock = ManualClock(datetime.now(UTC))
    house = House(tmp_path, brand=brand, playbooks=(book,), decide=decide, reader=load_reader(), clock=clock)
    house.store.brands.introduce(ACME.id, "acme")
    house.store.playbooks.ship(book)
    talk(house, 11, "@acme we want to buy this for our team of 40", "excel, it's a mess", "this month")
    talk(house, 12, "@acme pricing for about 5 of us?", "excel", "this month")
    talk(house, 13, "@acme good morning from the train!")
    yield house
    house.close()


def talk(house: House, person: int, *words: str) -> None:
    said = len(house.timeline.posts)
    for text in words:
        ours = house.timeline.posts[said:]
        if ours:
            house.say(text, by=person, in_reply_to_post_id=ours[-1].id, in_reply_to_user_id=ACME.id)
        else:
            mention = m.Mention(ACME.id, "acme", typed=True)
            house.say(text, by=person, mentions=(mention,))
        house.settle(seconds=60)


def test_the_same_playbook_treats_everybody_the_same(run: Run, house: House, plan: Path) -> None:
    found = run("playbook", "replay", str(plan), "--json").json
    assert (found["posts"], found["people"], found["played"]) == (7, 3, 2)
    assert found["otherwise"] == []
    assert found["scores"] == {"up": 0, "down": 0, "same": 2}


def test_who_would_be_treated_otherwise_is_named_with_both_outcomes(
    run: Run, house: House, plan: Path
) -> None:
    edit(
        plan,
        ("at: 45 points", "at: 60 points"),
        ("a_few: {is: 2..10, points: 15", "a_few: {is: 2..10, points: 5"),
    )
    (other,) = run("playbook", "replay", str(plan), "--json").json["otherwise"]
    assert other["person"] == "person12"
    assert (other["before"]["score"], other["before"]["handed_over"]) == (50, True)
    assert (other["after"]["score"], other["after"]["ending"]) == (40, "kind_close")
    out = run("playbook", "replay", str(plan)).out
    assert "No longer handed over (1)" in out
    assert "@person12: handed over with 50 points, 3 messages -> kind_close with 40 points, 3 messages" in out
    assert "scores           0 up, 1 down, 1 the same" in out


def test_a_draft_that_starts_on_less_shows_whom_it_would_not_talk_to(
    run: Run, house: House, plan: Path
) -> None:
    edit(plan, ("intent: [purchase_intent, pricing, product_question]", "intent: [purchase_intent]"))
    out = run("playbook", "replay", str(plan), "--last", "7d").out
    assert "@person12: handed over with 50 points, 3 messages -> no dialog" in out


def test_a_time_that_is_none_is_told_with_what_to_write(run: Run, plan: Path) -> None:
    assert "write it like 30d" in run("playbook", "replay", str(plan), "--last", "soon").err
