"""What people at a terminal learn of routes and channels."""

from __future__ import annotations

import json
from pathlib import Path

from leadbot import model as m
from leadbot.relay.routing import Routing
from leadbot.settings.scaffold import write_project
from tests.cli.living import leadbot
from tests.fakes.house import BRAND, House

TEAM = m.Team("sales", (m.Rep("Ana Ruiz", "Ana"), m.Rep("Ben Okoro", "Ben")))


def test_handoffs_why_tells_who_was_asked_and_why_not_the_others(tmp_path: Path) -> None:
    write_project(tmp_path, "acme")
    house = House(tmp_path, brand=m.Brand(BRAND, "acme", mode=m.Mode.LIVE, teams=(TEAM,)))
    house.say("yes")
    house.settle()
    Routing(house.store, house.decks, house.clock).step()
    house.close()

    shown = leadbot("handoffs", "why", "1", cwd=tmp_path).stdout
    told = json.loads(leadbot("handoffs", "why", "@person7", "--json", cwd=tmp_path).stdout)

    assert "Ana Ruiz: their turn\n     not Ben Okoro: not their turn\n     the next is asked at" in shown
    assert [(one["rep"], one["why"], one["passed"]) for one in told["routes"]] == [
        ("Ana Ruiz", "turn", {"Ben Okoro": "not_their_turn"})
    ]


def test_a_test_notice_to_a_team_without_channels_says_what_to_do(tmp_path: Path) -> None:
    write_project(tmp_path, "acme")
    told = leadbot("teams", "test", "inside-sales", cwd=tmp_path)
    assert told.returncode == 2
    assert "has no channel" in told.stderr
    assert "add notify" in told.stderr
