"""The commands as people type them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from leadbot.cli import VERBS, cli
from tests.cli.living import as_json, leadbot

ROOT = Path(__file__).parents[2]


def test_help_imports_nothing_but_click_and_the_standard_library() -> None:
    program = (
        "import sys; before = set(sys.modules); import leadbot.cli; "
        "new = {name.split('.')[0] for name in set(sys.modules) - before}; "
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert set(json.loads(done.stdout.replace("'", '"'))) <= {"click", "leadbot"}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_tells_how_it_is_used(verb: str) -> None:
    command = cli.get_command(None, verb)  # type: ignore[arg-type]  # our group does not look at the context

    assert command is not None
    assert command.help


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")

    for verb in VERBS:
        command = cli.get_command(None, verb)  # type: ignore[arg-type]
        names = [f"{verb} {name}" for name in getattr(command, "commands", {})] or [verb]
        for name in names:
            assert f"`leadbot {name}" in page, name


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_is_documented(verb: str) -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    verb_command = cli.get_command(None, verb)  # type: ignore[arg-type]
    commands = getattr(verb_command, "commands", {verb: verb_command}).values()

    options = [name for command in commands for param in command.params for name in param.opts]

    assert [name for name in options if name.startswith("--") and not re.search(rf"{name}\b", page)] == []


def test_a_mistyped_command_is_met_with_the_nearest_one(tmp_path: Path) -> None:
    done = leadbot("simulater", cwd=tmp_path)

    assert done.returncode == 2
    assert 'Did you mean "simulator"?' in done.stderr


def test_init_writes_a_project_that_passes_its_own_checks(tmp_path: Path) -> None:
    assert leadbot("init", "shop", "--handle", "@acme", "--name", "Acme Tools", cwd=tmp_path).returncode == 0

    shop = tmp_path / "shop"
    assert leadbot("check", cwd=shop).returncode == 0
    assert as_json(leadbot("playbook", "check", "playbooks/team-plan.yaml", "--json", cwd=shop))["ok"]
    assert as_json(leadbot("status", "--json", cwd=shop))["daemon"] == {"running": False}
    assert as_json(leadbot("handoffs", "list", "--json", cwd=shop)) == []
    assert leadbot("drafts", "list", cwd=shop).stdout == "No draft waits.\n"


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")

    done = leadbot("init", ".", cwd=tmp_path)

    assert done.returncode == 2
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "leadbot.toml").exists()


def test_bad_settings_and_a_bad_playbook_are_told_at_once_without_a_traceback(tmp_path: Path) -> None:
    leadbot("init", ".", cwd=tmp_path)
    toml = tmp_path / "leadbot.toml"
    text = toml.read_text(encoding="utf-8").replace("sqlite:///", "oracle:///").replace("listen", "lissten")
    toml.write_text(text, encoding="utf-8")
    playbook = tmp_path / "playbooks" / "team-plan.yaml"
    playbook.write_text(playbook.read_text(encoding="utf-8").replace("cards:", "crads:"), encoding="utf-8")

    done = leadbot("run", cwd=tmp_path)

    assert done.returncode == 2
    assert 'did you mean "listen"?' in done.stderr
    assert "oracle:" in done.stderr
    assert re.search(r"playbooks/team-plan\.yaml:\d+", done.stderr)
    assert "Traceback" not in done.stderr


def test_a_folder_without_a_project_points_to_init(tmp_path: Path) -> None:
    done = leadbot("run", cwd=tmp_path)

    assert done.returncode == 2
    assert "leadbot init" in done.stderr


def test_playbook_check_names_rule_line_and_fix(tmp_path: Path) -> None:
    good = ROOT / "leadbot" / "templates" / "project" / "playbooks" / "team-plan.yaml"
    text = good.read_text(encoding="utf-8").replace("@@HANDLE@@", "acme").replace("@@@HANDLE@@", "@acme")
    (tmp_path / "bad.yaml").write_text(text.replace("hand_off:", "hand_of:"), encoding="utf-8")

    done = leadbot("playbook", "check", "bad.yaml", "missing.yaml", "--json", cwd=tmp_path)

    assert done.returncode == 2
    document = json.loads(done.stdout)
    assert not document["ok"]
    bad, missing = document["files"]
    assert all(set(p) == {"rule", "line", "column", "message", "fix", "example"} for p in bad["problems"])
    assert any(p["line"] > 1 for p in bad["problems"])
    assert missing["problems"][0]["rule"] == "no-file"


def test_playbook_check_runs_the_tests_inside_a_file(tmp_path: Path) -> None:
    leadbot("init", ".", cwd=tmp_path)
    file = tmp_path / "playbooks" / "team-plan.yaml"
    text = file.read_text(encoding="utf-8")
    assert "points: 50}" in text
    file.write_text(text.replace("points: 50}", "points: 55}"), encoding="utf-8")

    done = leadbot("playbook", "check", "playbooks/team-plan.yaml", cwd=tmp_path)

    assert done.returncode == 2
    assert "points is 50, not 55" in done.stdout
    assert "them: @acme pricing?" in done.stdout


def test_nlp_read_shows_what_decided(tmp_path: Path) -> None:
    found = as_json(leadbot("nlp", "read", "pricing for about 40 of us?", "--json", cwd=tmp_path))

    assert found["intent"] == "pricing"
    assert found["asks_price"] is True
    assert ("count", "about 40 of us") in {(slot["type"], slot["words"]) for slot in found["slots"]}
    assert found["why"]


def test_the_readme_of_a_project_names_only_commands_that_exist() -> None:
    page = (ROOT / "leadbot" / "templates" / "project" / "README.md").read_text(encoding="utf-8")

    for verb in re.findall(r"leadbot ([a-z-]+)", page):
        assert verb in {*VERBS, "toml"}, verb


def test_a_database_that_cannot_be_written_and_a_crm_that_is_a_file_are_told_by_every_verb(
    tmp_path: Path,
) -> None:
    leadbot("init", ".", cwd=tmp_path)
    toml = tmp_path / "leadbot.toml"
    good = toml.read_text(encoding="utf-8")
    for bad in (
        good.replace("sqlite:///leadbot.db", "sqlite:////nowhere/dir/x.db"),
        good.replace('path = "crm"', 'path = "leadbot.toml"'),
    ):
        toml.write_text(bad, encoding="utf-8")
        for verb in ("check", "run"):
            done = leadbot(verb, cwd=tmp_path)
            assert done.returncode == 2, done.stderr
            assert "fix:" in done.stderr
            assert "Traceback" not in done.stderr


def test_a_first_start_while_x_cannot_be_reached_says_so_and_what_helps(tmp_path: Path) -> None:
    leadbot("init", ".", cwd=tmp_path)
    toml = tmp_path / "leadbot.toml"
    text = toml.read_text(encoding="utf-8").replace('mode = "live"', 'mode = "watch"')
    text = re.sub(r"(?m)^(follow|base_url) = .*$", "", text) + "\n[x]\n"
    text = text.replace("[x]\n", '[x]\nbase_url = "https://x.invalid"\n', 1).removesuffix("[x]\n")
    toml.write_text(text, encoding="utf-8")
    (tmp_path / "secrets.toml").write_text('[acme]\noauth2_token = "K-1"\nbearer_token = "K-2"\n')
    (tmp_path / "secrets.toml").chmod(0o600)

    done = leadbot("run", cwd=tmp_path)

    assert done.returncode == 1, done.stderr
    assert "X cannot be asked now whose keys those of @acme are" in done.stderr
    assert "Traceback" not in done.stderr
    assert "K-" not in done.stderr
