"""Publishing, going back and taking away; and what a change means, in a marketer's words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leadbot import model as m
from leadbot.store import rows
from leadbot.store.tables import CONVERSATION
from tests.cli.shop import ACME, Run, Said, house, run
from tests.fakes.house import House

__all__ = ["house", "run"]  # fixtures

ROOT = Path(__file__).parents[2]
TOML = """
[x]
base_url = "http://127.0.0.1:8765"
[[brands]]
handle = "acme"
mode = "live"
[[teams]]
name = "inside-sales"
reps = [{name = "Maya Lindqvist"}]
"""


@pytest.fixture(autouse=True)
def plan(tmp_path: Path) -> Path:
    """A playbook of the project, with one card and one test: publishing proves and plays it each time."""
    (tmp_path / "leadbot.toml").write_text(TOML, encoding="utf-8")
    file = tmp_path / "playbooks" / "team-plan.yaml"
    file.parent.mkdir()
    text = (ROOT / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8")
    file.write_text(small(text), encoding="utf-8")
    return file


def small(text: str) -> str:
    cards, plan = text.index("  - learn: today"), text.index("hand_off:")
    test = text[text.index("tests:\n") :].splitlines(keepends=True)[:4]
    return (
        text[:cards] + text[plan : text.index("tests:\n")].replace("45 points", "20 points") + "".join(test)
    )


def edit(file: Path, *pairs: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def live(house: House) -> list[str]:
    return [one.version for one in house.store.playbooks.live()]


def test_ship_publishes_what_holds_and_says_what_changes(run: Run, house: House, plan: Path) -> None:
    first = run("playbook", "ship", str(plan))
    assert first.code == 0, first.err
    assert "team-plan is new for @acme." in first.out
    assert "No daemon is running" in first.out
    edit(
        plan,
        ("at: 20 points", "at: 25 points"),
        ('points: 15, sounds_like: ["a hand', 'points: 20, sounds_like: ["a hand'),
    )
    second = run("playbook", "ship", str(plan))
    assert "threshold 20 -> 25 points" in second.out
    assert "team_size: a_few now gives 20 instead of 15 points" in second.out
    assert "is live already" in run("playbook", "ship", str(plan)).out


def test_nothing_is_published_when_anything_is_wrong(
    run: Run, house: House, plan: Path, tmp_path: Path
) -> None:
    edit(plan, ("messages: 1}", "messages: 2}"))
    said = run("playbook", "ship", str(plan))
    assert said.code == 2
    assert "does not hold: messages is 1, not 2" in said.err
    edit(plan, ("cards:   ", "crads:   "))
    assert "did you mean" in run("playbook", "ship", str(plan), "nowhere.yaml").err.lower()
    other = tmp_path / "elsewhere.yaml"
    edit(plan, ("crads:   ", "cards:   "), ("messages: 2}", "messages: 1}"))
    other.write_text(plan.read_text(encoding="utf-8"), encoding="utf-8")
    said = run("playbook", "ship", str(other))
    assert said.code == 2
    assert "is not among the playbooks of @acme in leadbot.toml" in said.err
    assert live(house) == []


def test_rollback_goes_to_the_version_before_and_back_again(run: Run, house: House, plan: Path) -> None:
    run("playbook", "ship", str(plan))
    edit(plan, ("at: 20 points", "at: 25 points"))
    run("playbook", "ship", str(plan))
    (new,) = live(house)
    assert run("playbook", "rollback", "team-plan").code == 0
    (old,) = live(house)
    assert old != new
    run("playbook", "rollback", "team-plan", "--to", new[:8])
    assert live(house) == [new]
    assert "is no version" in run("playbook", "rollback", "team-plan", "--to", "ffff").err
    assert "published are: team-plan" in run("playbook", "rollback", "temaplan").err


def test_versions_and_the_brand_s_log_tell_who_published_what(run: Run, house: House, plan: Path) -> None:
    assert "No playbook was published yet." in run("playbook", "versions").out
    run("playbook", "ship", str(plan))
    edit(plan, ("at: 20 points", "at: 25 points"))
    run("playbook", "ship", str(plan))
    newest, oldest = run("playbook", "versions", "--json").json
    assert (newest["state"], oldest["state"]) == ("live", "earlier")
    assert newest["by"]
    run("playbook", "withdraw", "team-plan")
    states = {row["state"] for row in run("playbook", "versions", "team-plan", "--json").json}
    assert states == {"withdrawn"}
    log = run("brand", "log").out
    assert f"ship  {oldest['version'][:8]} -> {newest['version'][:8]}  team-plan" in log
    assert f"withdraw  {newest['version'][:8]}  team-plan" in log


def test_withdraw_ends_open_dialogs_at_humans(run: Run, house: House, plan: Path) -> None:
    run("playbook", "ship", str(plan))
    (stored,) = house.store.playbooks.live()
    open_dialog_on(house, stored.version)
    said = run("playbook", "withdraw", "team-plan")
    assert "1 open dialog on it ends at a human." in said.out
    house.settle()
    assert live(house) == []
    assert "team-plan" in run("playbook", "rollback", "team-plan").out
    assert live(house) == [stored.version], "it can be brought back"


def open_dialog_on(house: House, version: m.VersionId) -> None:
    """Somebody is in the middle of a dialog on that version."""
    person = m.PersonId("7")
    dialog = m.Dialog(1, "team-plan", version, house.clock.now(), asked="team_size")
    conversation = m.Conversation(
        m.conversation_id(ACME.id, person), ACME.id, person, status=m.Status.OPEN, dialog=dialog, dialogs=1
    )
    with house.store.database.write() as connection:
        connection.execute(CONVERSATION.insert(), rows.conversation(conversation, house.clock.now()))


def told(said: Said) -> list[str]:
    assert said.code == 0, said.err
    return [change["text"] for change in json.loads(said.out)["changes"]]


def test_diff_compares_files_versions_and_what_is_live(
    run: Run, house: House, plan: Path, tmp_path: Path
) -> None:
    run("playbook", "ship", str(plan))
    (old,) = live(house)
    edit(plan, ("at: 20 points", "at: 25 points"))
    assert told(run("playbook", "diff", str(plan), "--json")) == ["threshold 20 -> 25 points"]
    assert told(run("playbook", "diff", old[:8], str(plan), "--json")) == ["threshold 20 -> 25 points"]
    assert told(run("playbook", "diff", str(plan), "team-plan", "--json")) == ["threshold 25 -> 20 points"]
    assert "nothing anybody would notice" in run("playbook", "diff", "team-plan", old[:8]).out
    assert "is no version" in run("playbook", "diff", "beef0000", old[:8]).err


def test_what_is_not_proved_is_not_published_and_its_dialog_can_be_played(
    run: Run, house: House, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = plan.read_text(encoding="utf-8")
    start, end = text.index("  say:   "), text.index("  say_after_hours:")
    plan.write_text(
        text[:start] + '  say: "{{ rep.first_name }} from our team will write to you."\n' + text[end:],
        encoding="utf-8",
    )
    said = run("playbook", "ship", str(plan))
    assert said.code == 2
    assert "--replay` plays a dialog that shows it" in said.err
    assert live(house) == []
    monkeypatch.chdir(tmp_path)
    played = run("playbook", "chat", str(plan), "--replay", "1", project=False)
    assert played.code == 1
    assert "Maya from our team will write to you." in played.out
    assert "[breaks: consent" in played.out


def test_publishing_needs_no_keys_of_the_account(run: Run, house: House, plan: Path, tmp_path: Path) -> None:
    toml = tmp_path / "leadbot.toml"
    text = toml.read_text(encoding="utf-8").replace('base_url = "http://127.0.0.1:8765"', "")
    toml.write_text(text.replace('mode = "live"', 'id = "5"'), encoding="utf-8")
    said = run("playbook", "ship", str(plan))
    assert said.code == 0, said.err
    assert len(live(house)) == 1
