"""`leadbot demo`: what the README promises about it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from leadbot.demo.cast import CAST, HOSTILE_NAME
from tests.cli.living import LEADBOT, as_json, leadbot

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("demo")
    found = as_json(leadbot("demo", "--json", "--for", "90", "--seed", "3", cwd=folder, timeout_s=120))
    assert isinstance(found, dict)
    return found


def person(told: dict[str, Any], handle: str) -> dict[str, Any]:
    return next(one for one in told["people"] if one["person"] == handle)


def said_to(told: dict[str, Any], handle: str) -> list[str]:
    return [post["said"] for post in person(told, handle)["thread"] if post["by"] == "acme"]


def test_every_score_is_the_sum_of_its_receipt(told: dict[str, Any]) -> None:
    assert told["handoffs"]
    for handoff in told["handoffs"]:
        assert handoff["score"] == sum(line["points"] for line in handoff["receipt"])
        assert all(line["words"] and "line" in line["source"] for line in handoff["receipt"])


def test_a_warm_buyer_is_handed_over_with_consent(told: dict[str, Any]) -> None:
    handoffs = {handoff["person"]: handoff for handoff in told["handoffs"]}

    assert handoffs["ana_ops"]["consent"] == "yes"
    assert handoffs["ida_calls"]["reason"] == "asked_for_human"
    assert handoffs["null_island"]["consent"] == "unclear"


@pytest.mark.parametrize("handle", ["dora_says_hi", "emil_waits", "gold_signals", "daily_digest"])
def test_who_wants_nothing_is_left_in_peace(told: dict[str, Any], handle: str) -> None:
    assert said_to(told, handle) == []


def test_a_price_is_told_before_anything_is_asked(told: dict[str, Any]) -> None:
    first = said_to(told, "cleo_asks")[0]

    assert "$6" in first
    assert first.index("$6") < (first.index("?") if "?" in first else len(first))


def test_stop_is_obeyed(told: dict[str, Any]) -> None:
    assert told["opt_outs"] == 1
    assert person(told, "fin_enough")["thread"][-1] == {"by": "fin_enough", "said": "stop"}


def test_two_answers_in_one_post_are_both_heard(told: dict[str, Any]) -> None:
    assert len(said_to(told, "ben_builds")) == 2


def test_an_edit_is_heard_and_answered_once(told: dict[str, Any]) -> None:
    (kim,) = [handoff for handoff in told["handoffs"] if handoff["person"] == "kim_edits"]

    assert "400 people" in {line["words"] for line in kim["receipt"]}


def test_who_comes_back_is_not_asked_again(told: dict[str, Any]) -> None:
    lou = person(told, "lou_returns")["thread"]

    assert lou[-1]["said"].startswith("@acme back again")


def test_a_hostile_name_is_never_said(told: dict[str, Any]) -> None:
    for line in said_to(told, "null_island"):
        assert not set("{}<>$[]") & set(line)
        assert "49" not in line
        assert "everyone" not in line


def test_no_rule_of_conduct_is_broken_and_the_first_handoff_is_quick(told: dict[str, Any]) -> None:
    assert told["violations"] == []
    assert told["refusals"] == {}
    assert told["spent_usd"] > 0
    assert 0 < told["seconds_to_first_handoff"] <= 30


@pytest.mark.long
def test_the_live_view_shows_the_way_from_heard_to_handed_over(tmp_path: Path) -> None:
    shown = leadbot("demo", "--for", "90", cwd=tmp_path, timeout_s=150).stdout

    assert "SIMULATION" in shown
    for step in ("heard", "read", "decided", "said", "handed over"):
        assert f"  {step}" in shown
    assert HOSTILE_NAME in shown
    assert all(f"@{role.handle}" in shown for role in CAST)
    assert "leadbot demo --me" in shown


def test_you_can_be_one_of_the_people(tmp_path: Path) -> None:
    done = subprocess.run(
        [*LEADBOT, "demo", "--me"],
        input="pricing for about 40 of us?\n",
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "$6" in done.stdout
    assert sys.executable not in done.stdout
