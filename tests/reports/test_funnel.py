"""How people go through a playbook, from real dialogs in a real database to the command and the drawing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from leadbot import model as m
from leadbot.app.reporting import BrandFunnel, calibration_report, funnel_report
from leadbot.cli import call
from leadbot.flows.buying import Verdict
from leadbot.flows.cards import Playbook
from leadbot.flows.decide import decide
from leadbot.flows.diagram import drawing
from leadbot.flows.funnel import Course, funnels, overlay
from leadbot.flows.playbook import PlaybookSource, load
from leadbot.x.spend import cost_of
from tests.fakes.house import BRAND, House

TEAM_PLAN = (Path(__file__).parents[2] / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8")
FORTY = m.SlotValue(m.SlotType.COUNT, "40", 0, 2, volunteered=True, low=40.0, high=40.0)
SOON = m.SlotValue(m.SlotType.TIMEFRAME, "this month", 0, 10, volunteered=True, bucket=m.Bucket.NOW)
WANTS = m.Reading(intent=m.Intent.PURCHASE_INTENT, warmth=0.9)
TEAM = m.Team("inside-sales", (m.Rep("Ana Ruiz", "Ana"),))
ACME = m.Brand(BRAND, "acme", "Acme", mode=m.Mode.LIVE, teams=(TEAM,), pace_s=(0.0, 0.0))


@pytest.fixture(scope="module")
def plan() -> Playbook:
    return load([PlaybookSource("playbooks/team-plan.yaml", TEAM_PLAN)], brands=None, teams=None)[0]


def price_of(text: str) -> float:
    return cost_of("summoned_reply", text=text)


@pytest.fixture
def house(tmp_path: Path, plan: Playbook) -> Iterator[House]:
    with capture_logs():
        house = House(tmp_path, brand=ACME, playbooks=(plan,), decide=decide, price=price_of)
        house.store.brands.introduce(BRAND, "acme")
        house.store.playbooks.ship(plan)
        house.reader.known |= {
            "nice weather": m.Reading(),
            "we want it": WANTS,
            "about 40 of us": m.Reading(slots=(FORTY,)),
            "this month": m.Reading(slots=(SOON,)),
        }
        yield house
        house.close()


def say(house: House, who: int, *words: str) -> None:
    for text in words:
        house.say(text, by=who)
        house.settle()


def report(house: House) -> BrandFunnel:
    (found,) = funnel_report(house.store, house.clock, {BRAND: "acme"}, days=30)
    return found


def test_each_step_is_counted_from_heard_to_won(house: House, plan: Playbook) -> None:
    say(house, 7, "nice weather")
    for who in (101, 102, 103):
        say(house, who, "we want it")
    for who in (102, 103):
        say(house, who, "about 40 of us", "we use a sheet", "this month")
    for item in house.store.queries.handoffs():
        house.store.desk.claim_handoff(item.key, by="Ana Ruiz")
    house.store.desk.close_handoff(item.key, "won", by="Ana Ruiz")
    found = report(house)
    (one,) = found.funnels
    cards = {card.card: (card.asked, card.answered) for card in one.cards}
    first = plan.cards[0].learn
    assert (found.posts, found.people) == (10, 4)
    assert (one.playbook, one.version, one.started) == ("team-plan", plan.version, 3)
    assert cards[first] == (3, 2)
    assert (one.handed_over, one.accepted, one.won) == (2, 2, 1)
    assert one.usd == pytest.approx(one.messages * 0.01)
    assert one.per_lead_usd == pytest.approx(one.usd / 2)


def test_each_version_is_drawn_with_its_counts(house: House, tmp_path: Path) -> None:
    say(house, 101, "we want it")
    ((name, picture),) = report(house).pictures()
    assert name.startswith("acme-team-plan-")
    assert "0 answered, 1 asked" in picture


def test_who_is_found_to_be_no_lead_was_not_accepted(house: House) -> None:
    say(house, 101, "we want it", "about 40 of us", "we use a sheet", "this month")
    (item,) = house.store.queries.handoffs()
    house.store.desk.close_handoff(item.key, "not_a_lead", by="Ana Ruiz")
    (one,) = report(house).funnels
    assert (one.handed_over, one.accepted, one.won) == (1, 0, 0)


def test_the_warmth_of_the_first_post_is_kept_for_the_calibration(house: House) -> None:
    say(house, 101, "we want it", "about 40 of us", "we use a sheet", "this month")
    (found,) = calibration_report(house.store, house.clock, {BRAND: "acme"}, days=30)
    assert [(one.low, one.open) for one in found.by_warmth.bins] == [(0.9, 1)]
    assert found.by_score.verdict is Verdict.TOO_FEW


def test_versions_are_counted_apart_and_share_what_reading_cost(plan: Playbook) -> None:
    old, new = m.VersionId("old"), plan.version
    courses = [Course("team-plan", old), Course("team-plan", new, usd=0.02), Course("team-plan", new)]
    found = funnels(courses, {new: plan}, {"team-plan": 0.3})
    assert [(one.version, one.started, round(one.usd, 3)) for one in found] == [(new, 2, 0.22), (old, 1, 0.1)]
    assert [card.card for card in found[0].cards] == [card.learn for card in plan.cards]


def test_the_counts_stand_on_the_playbooks_drawing(plan: Playbook) -> None:
    card = plan.cards[0]
    course = Course(
        "team-plan",
        plan.version,
        asked=frozenset({card.learn}),
        answered=((card.learn, card.answers[0].name),),
        is_handed_over=True,
    )
    (one,) = funnels([course] * 6, {plan.version: plan}, {})
    picture = drawing(plan, overlay(one))
    assert "6 answered, 6 asked (100%)" in picture
    assert "6 of 6" in picture


def project(tmp_path: Path) -> Path:
    (tmp_path / "leadbot.toml").write_text(
        '[x]\nbase_url = "http://127.0.0.1:1"\n[[brands]]\nhandle = "acme"\nplaybooks = []\n',
        encoding="utf-8",
    )
    return tmp_path


def test_the_commands_answer_in_words_and_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(project(tmp_path))
    assert call(["report", "funnel", "--project", folder]) == 0
    assert call(["report", "calibration", "--project", folder]) == 0
    words = capsys.readouterr().out
    assert "no dialog began" in words
    assert "Too early to say" in words
    for name in ("funnel", "calibration"):
        assert call(["report", name, "--json", "--days", "7", "--project", folder]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["days"], told["brands"][0]["brand"]) == (7, "acme")
    assert call(["report", "funnel", "--brand", "globex", "--project", folder]) == 2
    in_the_way = str(tmp_path / "leadbot.toml" / "pictures")
    assert call(["report", "funnel", "--draw", in_the_way, "--project", folder]) == 2
