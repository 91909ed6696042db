"""The list of people who must not be written to, as an operator handles it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leadbot.cli import VERBS, call, cli

TWO = """
[x]
base_url = "http://127.0.0.1:8765"
[[brands]]
handle = "acme"
playbooks = []
[[brands]]
handle = "globex"
playbooks = []
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "leadbot.toml").write_text(TWO, encoding="utf-8")
    return tmp_path


class Shell:
    """Runs `leadbot suppress …` in a project."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def __call__(self, *args: str) -> tuple[int, str]:
        code = call(["suppress", args[0], "--project", str(self.folder), *args[1:]])
        told = self.capsys.readouterr()
        return code, told.out + told.err

    def listed(self) -> list[tuple[str, str, str]]:
        code, out = self("list", "--json")
        assert code == 0
        return sorted((one["brand"], one["person_id"], one["reason"]) for one in json.loads(out))

    def import_text(self, text: str, *options: str, name: str = "list.csv") -> tuple[int, str]:
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return self("import", str(file), *options)


@pytest.fixture
def shell(project: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(project, capsys)


def test_a_list_is_imported_for_one_account_or_all_and_twice_changes_nothing(shell: Shell) -> None:
    assert shell.import_text("12\n13\n", "--brand", "@Acme") == (
        0,
        "2 put on the list, 0 stood there already.\n",
    )
    assert shell.import_text("12\n13\n", "--brand", "acme") == (
        0,
        "0 put on the list, 2 stood there already.\n",
    )
    code, out = shell.import_text('["13", 14]', "--all", name="list.json")
    assert (code, out) == (0, "3 put on the list, 1 stood there already.\n")
    assert [row[:2] for row in shell.listed()] == [
        ("acme", "12"),
        ("acme", "13"),
        ("acme", "14"),
        ("globex", "13"),
        ("globex", "14"),
    ]


def test_every_bad_line_is_told_at_once_and_nothing_half_done(shell: Shell) -> None:
    text = (
        "id,reason,at,brand\n12,fine,,\n@ann,,,\n1.23457E+18,,,\n\n"
        "13,,yesterday,\n14,,,initech\n99999999999999999999,,,\n"
    )
    code, out = shell.import_text(text, "--all")
    assert code == 2
    assert "5 things to fix" in out
    for place, fix in (
        ("list.csv:3", "handles change hands"),
        ("list.csv:4", "a spreadsheet has rounded"),
        ("list.csv:6", "2026-11-22T10:15:00Z"),
        ("list.csv:7", "chosen here: @acme, @globex"),
        ("list.csv:8", "1 to 19 digits"),
    ):
        assert place in out
        assert fix in out
    assert shell.listed() == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('["12",\n"13",\n14,\ntrue]', "list.json:4"),
        ('[\n{"id": "12"},\n{"id": 1.5}]', "list.json:3"),
        ('["12",\n"13" oops]', "list.json:2"),
        ('{"id": "12"}\n{"id": ""}\n', "list.json:2"),
        ("[]", "list.json:1"),
        ("[[", "list.json:1"),
    ],
)
def test_a_bad_line_of_json_is_told_with_its_number(shell: Shell, text: str, place: str) -> None:
    code, out = shell.import_text(text, "--all", name="list.json")
    assert code == 2
    assert place in out
    assert shell.listed() == []


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_an_export_comes_back_as_it_was(
    shell: Shell, tmp_path_factory: pytest.TempPathFactory, kind: str
) -> None:
    shell.import_text('id,reason,at\n12,"said ""no"", twice",2026-01-02T03:04:05Z\n', "--brand", "acme")
    shell("add", "--all", "--why", "a friend of the house", "77")
    before = shell.listed()
    code, exported = shell("export", "--format", kind)
    assert code == 0
    other = Shell(tmp_path_factory.mktemp("other"), shell.capsys)
    (other.folder / "leadbot.toml").write_text(TWO, encoding="utf-8")
    assert other.import_text(exported, "--all", name=f"list.{kind}")[0] == 0
    assert other.listed() == before
    assert other("export", "--format", kind) == (0, exported)


def test_with_several_accounts_one_must_say_which(shell: Shell) -> None:
    code, out = shell.import_text("12\n")
    assert code == 2
    assert "this project has several accounts" in out
    code, out = shell("add", "12", "nobody_here", "--all")
    assert code == 2
    assert "nobody_here" in out
    assert shell.listed() == []


def test_no_verb_takes_anybody_off_the_list() -> None:
    names = {
        f"{verb} {name}"
        for verb in VERBS
        for name in getattr(cli.get_command(None, verb), "commands", {})  # type: ignore[arg-type]
    }
    assert {name for name in names if name.startswith("suppress ")} == {
        "suppress list",
        "suppress add",
        "suppress import",
        "suppress export",
    }
