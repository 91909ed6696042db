"""Phrases of two answers that mean the same are hinted at when a playbook is checked."""

from __future__ import annotations

from pathlib import Path

from tests.cli.living import as_json, leadbot

ROOT = Path(__file__).parents[2]


def test_phrases_of_two_answers_that_mean_the_same_are_a_hint_and_no_fault(tmp_path: Path) -> None:
    text = (ROOT / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8")
    assert '"several teams"' in text
    (tmp_path / "alike.yaml").write_text(text.replace('"several teams"', '"a little team"'), encoding="utf-8")

    told = as_json(leadbot("playbook", "check", "alike.yaml", "--json", cwd=tmp_path))

    (file,) = told["files"]
    assert told["ok"]
    assert any("a small team" in hint and "a little team" in hint for hint in file["hints"])
