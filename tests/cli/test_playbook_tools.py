"""What a marketer has at hand: new, show, test."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from leadbot.cli import call
from leadbot.flows.playbook import json_schema
from leadbot.settings.scaffold import write_project

Told = pytest.CaptureFixture[str]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, and we are in it."""
    write_project(tmp_path, "globex")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_new_without_a_template_lists_them_with_what_they_are_for(capsys: Told) -> None:
    assert call(["playbook", "new"]) == 0
    out = capsys.readouterr().out
    for name in ("agency", "b2b-saas", "events", "local-trade", "online-retail", "team-plan", "volunteers"):
        assert f"  {name} " in out


def test_new_writes_a_playbook_that_is_the_brand_s_own_and_passes(shop: Path, capsys: Told) -> None:
    assert call(["playbook", "new", "spring", "--from", "events"]) == 0
    text = (shop / "playbooks" / "spring.yaml").read_text(encoding="utf-8")
    assert "playbook: spring\nbrand: globex " in text
    assert "\n  to: inside-sales " in text  # the only team there is
    assert "your_handle" not in text
    schema = (shop / "playbooks" / text.splitlines()[0].partition("$schema=")[2]).resolve()
    assert json.loads(schema.read_text(encoding="utf-8")) == json_schema()
    capsys.readouterr()
    assert call(["playbook", "test", "playbooks/spring.yaml", "--strict"]) == 0, capsys.readouterr().out


def test_new_overwrites_nothing_and_tells_all_that_is_wrong_at_once(shop: Path, capsys: Told) -> None:
    before = (shop / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8")
    assert call(["playbook", "new", "team-plan", "--from", "evnts", "--brand", "no handle"]) == 2
    told = capsys.readouterr().err
    assert "did you mean" in told.lower()
    assert '"no handle" is no handle' in told
    assert "is there already" in told
    assert (shop / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8") == before


def test_new_outside_of_a_project_asks_whose_account_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Told
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(["playbook", "new", "x", "--from", "agency"]) == 2
    assert "--brand HANDLE" in capsys.readouterr().err
    assert call(["playbook", "new", "x", "--from", "agency", "--brand", "@Globex"]) == 0
    assert "brand: globex " in (tmp_path / "playbooks" / "x.yaml").read_text(encoding="utf-8")


def test_show_reads_a_playbook_aloud(shop: Path, capsys: Told) -> None:
    assert call(["playbook", "show", "playbooks/team-plan.yaml"]) == 0
    out = capsys.readouterr().out
    assert "team-plan, spoken by @globex" in out
    assert "→ kind_close" in out


def test_show_draws_and_charts(shop: Path, capsys: Told) -> None:
    assert call(["playbook", "show", "playbooks/team-plan.yaml", "--mermaid"]) == 0
    assert capsys.readouterr().out.startswith("flowchart TD")
    assert call(["playbook", "show", "playbooks/team-plan.yaml", "--svg", "plan.svg"]) == 0
    assert (shop / "plan.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_test_that_does_not_hold_shows_the_dialog_and_fails(shop: Path, capsys: Told) -> None:
    file = shop / "playbooks" / "team-plan.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("is: 11..,  points: 30", "is: 11..,  points: 31"), encoding="utf-8")
    assert call(["playbook", "test", str(file)]) == 1
    out = capsys.readouterr().out
    assert "FAIL" in out
    assert "points is" in out
    assert call(["playbook", "test", str(file), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert not document["ok"]
    assert any(not test["ok"] and test["chat"] for test in document["files"][0]["tests"])


def test_lines_that_no_test_reaches_are_named_and_fail_only_when_that_is_asked(
    shop: Path, capsys: Told
) -> None:
    file = shop / "playbooks" / "team-plan.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: text.index("\ntests:")], encoding="utf-8")
    assert call(["playbook", "test", str(file)]) == 0
    assert ": no test reaches ask of team_size" in capsys.readouterr().out
    assert call(["playbook", "test", str(file), "--strict"]) == 1


def test_a_file_with_faults_is_told_as_check_tells_it(shop: Path, capsys: Told) -> None:
    file = shop / "playbooks" / "team-plan.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("cards:", "crads:"), encoding="utf-8")
    for verb in ("show", "test"):
        assert call(["playbook", verb, str(file)]) == 2
        assert "crads" in capsys.readouterr().err


def test_chat_from_a_pipe_takes_each_line_as_a_post(
    shop: Path, capsys: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["@globex how much is it?", "/undo", "@globex how much is it?", "/why", "just me", "/nonsense"]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(words) + "\n"))
    assert call(["playbook", "chat", "playbooks/team-plan.yaml", "--as", "Ben Okafor"]) == 0
    out = capsys.readouterr().out
    assert "next: an answer to team_size]" in out
    assert "(taken back: @globex how much is it?)" in out
    assert "read as pricing" in out
    assert "next: closed: kind_close]" in out
    assert "there is no /nonsense" in out
    assert "/after-hours" in out
