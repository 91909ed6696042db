"""`leadbot brand mode`, `pause` and `resume` beside a house that works on the same database."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from leadbot import model as m
from leadbot.cli import cli
from leadbot.cli.brake import resume_brands
from leadbot.errors import ConfigError, PermanentError
from tests.cli.shop import ACME, Run, house, run
from tests.fakes.house import House

__all__ = ["house", "run"]


def test_raising_asks_for_the_handle_and_a_wrong_one_changes_nothing(run: Run, house: House) -> None:
    assert run("brand", "mode", "acme", "watch").code == 0
    wrong = run("brand", "mode", "acme", "live", "--confirm", "@globex")
    assert wrong.code == 2
    assert '"@globex" is not @acme; nothing was changed' in wrong.err
    assert "is in mode watch" in run("brand", "mode", "@Acme").out

    right = run("brand", "mode", "acme", "live", "--confirm", "@Acme")
    assert right.code == 0
    assert "@acme: watch -> live" in right.out
    told = run("brand", "log", "--json").json
    assert [(line["what"], line["before"], line["after"]) for line in told] == [
        ("mode", "live", "watch"),
        ("mode", "watch", "live"),
    ]
    assert all(line["by"] and line["at"] for line in told)


def test_the_handle_is_typed_at_a_prompt(run: Run, house: House, tmp_path: Path) -> None:
    run("brand", "mode", "acme", "watch")

    def type_back(typed: str, mode: str) -> Result:
        words = ["brand", "mode", "acme", mode, "--project", str(tmp_path)]
        return CliRunner().invoke(cli, words, input=typed)

    assert "Type @acme to go on" in type_back("acme\n", "draft").output
    assert isinstance(type_back("\n", "live").exception, ConfigError)
    assert house.store.brands.modes() == {ACME.id: m.Mode.DRAFT}


def test_on_a_terminal_resume_asks_one_by_one(run: Run, house: House, tmp_path: Path) -> None:
    run("pause", "--reason", "a rumour")
    house.say("pricing?", by=7)
    house.say("pricing?", by=8)
    house.wait_out(2)
    with CliRunner().isolation(input="each\napologise\ndrop\n") as (out, *_):
        resume_brands(tmp_path, [])
        said = out.getvalue().decode()
    assert "@person7: gets the apology" in said
    assert "@person8: gets no reply" in said


def test_the_bot_of_a_running_house_follows_at_once(run: Run, house: House) -> None:
    post = house.say("pricing?")
    run("brand", "mode", "acme", "draft")
    house.wait_out(2)
    assert house.timeline.posts == []
    (draft,) = run("drafts", "list", "--json").json
    assert run("drafts", "approve", str(draft["id"])).code == 0
    house.wait_out(1)
    assert len(house.timeline.replies_to(post.id)) == 1


def test_after_the_pause_nothing_leaves_and_resuming_tells_who_waited(run: Run, house: House) -> None:
    first = house.say("pricing?", by=7)
    second = house.say("pricing?", by=8)
    paused = run("pause", "--reason", "a rumour", "--json")
    assert paused.json == {"paused": ["acme"], "reason": "a rumour", "under_way": 0}
    house.wait_out(2)
    assert house.timeline.posts == []
    for verb in ("status", "handoffs list", "tasks list", "drafts list"):
        assert "a rumour" in run(*verb.split()).out, verb

    told = run("resume", "--drop", "@person8", "--json").json
    becomes = [(one["person"], one["becomes"]) for one in told["waited"]]
    assert becomes == [("person7", "answer"), ("person8", "drop")]
    assert all(one["would_say"] and one["waited_s"] >= 0 for one in told["waited"])
    house.wait_out(2)
    assert len(house.timeline.replies_to(first.id)) == 1
    assert house.timeline.replies_to(second.id) == []
    assert run("resume").out.strip().endswith("@acme is not paused.")


def test_the_brake_works_with_a_broken_playbook_and_a_broken_setting(
    run: Run, house: House, tmp_path: Path
) -> None:
    (tmp_path / "bad.yaml").write_text("crads: [", encoding="utf-8")
    toml = tmp_path / "leadbot.toml"
    toml.write_text(
        toml.read_text().replace("playbooks = []", 'playbooks = ["bad.yaml"]\npase = 1'), encoding="utf-8"
    )
    assert run("status").code == 2
    assert run("pause", "--all", "--reason", "now").code == 0
    assert house.store.brands.state(ACME.id).paused_why == "now"


def test_of_two_accounts_one_is_named_or_all_are_meant(run: Run, tmp_path: Path) -> None:
    toml = tmp_path / "leadbot.toml"
    toml.write_text(toml.read_text() + '[[brands]]\nhandle = "globex"\nplaybooks = []\n', encoding="utf-8")
    unclear = run("pause", "--reason", "a rumour")
    assert (unclear.code, "name one of @acme, @globex" in unclear.err) == (2, True)
    assert run("pause", "--all", "--reason", "a rumour", "--json").json["paused"] == ["acme", "globex"]
    assert run("resume", "--brand", "@Globex", "--json").json["resumed"] == ["globex"]
    told = [(line["brand"], line["what"]) for line in run("brand", "log", "--json").json]
    assert told == [("acme", "pause"), ("globex", "pause"), ("globex", "resume")]
    assert "@acme is PAUSED" in run("tasks", "list").out
    assert "@globex" not in run("tasks", "list").out


def test_a_brake_pulled_while_somebody_is_about_to_resume_stays_pulled(run: Run, house: House) -> None:
    house.store.brands.pause(ACME.id, why="a rumour", by="ana")
    seen = house.store.brake.newest_pause([ACME.id])
    house.store.brands.pause(ACME.id, why="it is true", by="ben")
    with pytest.raises(PermanentError, match="again"):
        house.store.brake.release([ACME.id], {}, by="ana", seen=seen)
    assert house.store.brands.state(ACME.id).paused_at is not None
    assert run("resume").code == 0, "who has seen both may lift it"
    assert house.store.brands.state(ACME.id).paused_at is None


def test_nobody_raises_what_was_lowered_while_they_agreed_to_something_else(house: House) -> None:
    house.store.brands.set_mode(ACME.id, m.Mode.WATCH, by="ben", began_as=m.Mode.LIVE)
    with pytest.raises(PermanentError, match="set it to watch meanwhile"):
        house.store.brands.set_mode(ACME.id, m.Mode.LIVE, by="ana", began_as=m.Mode.LIVE, seen=m.Mode.DRAFT)
    assert house.store.brands.modes() == {ACME.id: m.Mode.WATCH}


def test_a_pause_that_reaches_nobody_says_so(run: Run, tmp_path: Path) -> None:
    toml = tmp_path / "leadbot.toml"
    toml.write_text(toml.read_text().replace("http://127.0.0.1:8765", "https://api.twitter.com"))
    said = run("pause", "--all", "--reason", "now")
    assert (said.code, "nothing was paused" in said.err) == (2, True)


def test_an_account_that_is_none_is_told_with_those_that_are(run: Run, house: House) -> None:
    for words in (("pause", "--brand", "globex", "--reason", "x"), ("resume", "--brand", "globex")):
        said = run(*words)
        assert said.code == 2
        assert "known: @acme" in said.err
