"""A playbook is shipped, rolled back and withdrawn while the daemon runs (SCENARIOS 13)."""

from __future__ import annotations

import pytest

from tests.cli.living import leadbot
from tests.e2e.town import Town

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("town")]

PRICE = "@acme how much is it for a team?"


def test_scenario_13_new_words_are_spoken_within_seconds_and_open_dialogs_finish_on_theirs(
    town: Town,
) -> None:
    folder = town.project.folder
    file = folder / "playbooks" / "team-plan.yaml"
    before = file.read_text(encoding="utf-8")
    early = town.somebody()
    (asked,) = early.says(PRICE)
    assert "$6 a seat" in asked.reply
    changed = before.replace("$6 a seat", "$7 a seat")
    file.write_text(changed, encoding="utf-8")
    try:
        shipped = leadbot("playbook", "ship", "playbooks/team-plan.yaml", cwd=folder)
        assert shipped.returncode == 0, shipped.stderr
        assert "The running daemon has taken it." in shipped.stdout
        (late,) = town.somebody().says(PRICE)
        assert "$7 a seat" in late.reply
        reply_id = early.reply(asked.reply_id, "about 40 of us. and how much was it?")
        assert "$6 a seat" in early.turn(reply_id).reply, "they finish on the words they began with"
    finally:
        file.write_text(before, encoding="utf-8")
        back = leadbot("playbook", "rollback", "team-plan", cwd=folder)
    assert "The running daemon has taken it." in back.stdout
    (again,) = town.somebody().says(PRICE)
    assert "$6 a seat" in again.reply


def test_scenario_13_a_withdrawn_playbook_ends_open_dialogs_and_begins_none(town: Town) -> None:
    folder = town.project.folder
    person = town.somebody()
    (asked,) = person.says(PRICE)
    assert asked.reply
    try:
        gone = leadbot("playbook", "withdraw", "team-plan", cwd=folder)
        assert gone.returncode == 0, gone.stderr
        assert "end at a human" in gone.stdout or "ends at a human" in gone.stdout
        assert person.turn(person.reply(asked.reply_id, "about 40 of us")).reply == ""
        (nobody,) = town.somebody().says(PRICE)
        assert nobody.reply == ""
    finally:
        back = leadbot("playbook", "rollback", "team-plan", cwd=folder)
    assert "again" in back.stdout
