"""``leadbot playbook``: loading and linting, and the tests inside a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.playbook_files import deck_of, known, reader
from leadbot.cli.project import as_json_option
from leadbot.errors import Problem

if TYPE_CHECKING:
    from leadbot.flows.cards import Playbook
    from leadbot.flows.rehearse import TestOutcome


@dataclass(slots=True)
class Checked:
    """One file and what was found in it."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    name: str = ""
    tests: int = 0
    hints: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The file's part of the document."""
        return {
            "file": self.file,
            "ok": not self.problems,
            "playbook": self.name,
            "tests": self.tests,
            "problems": [
                {"rule": p.rule, "line": p.line, "column": p.column, "message": p.what, "fix": p.fix}
                for p in self.problems
            ],
            "hints": self.hints,
        }


class PlaybookVerbs(click.Group):
    """Imports a verb when it is used: most of them need neither the reader nor a database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of a marketer's round."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's file."""
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


VERBS = {
    "new": "leadbot.cli.playbook_new:new",
    "show": "leadbot.cli.playbook_show:show",
    "check": "leadbot.cli.playbook:check",
    "chat": "leadbot.cli.playbook_chat:chat",
    "test": "leadbot.cli.playbook_test:try_tests",
    "replay": "leadbot.cli.playbook_replay:replay",
    "versions": "leadbot.cli.playbook_versions:versions",
    "diff": "leadbot.cli.playbook_diff:diff",
    "ship": "leadbot.cli.playbook_ship:ship",
    "rollback": "leadbot.cli.playbook_ship:rollback",
    "withdraw": "leadbot.cli.playbook_ship:withdraw",
}
"""Where each verb lives."""


@click.group(cls=PlaybookVerbs)
def playbook() -> None:
    """Write, prove, try and ship playbooks."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json_option
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Read FILES, tell everything that is wrong in them with line and fix, and run the tests inside them.

    Inside a project, brands and teams must be those of leadbot.toml.
    """
    found = _check(files)
    is_fine = all(not one.problems for one in found)
    if as_json:
        click.echo(json.dumps({"ok": is_fine, "files": [one.as_json() for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            _tell(one)
    ctx.exit(0 if is_fine else 2)


def _check(files: Sequence[Path]) -> list[Checked]:
    from leadbot.flows import playbook as playbook_files

    found = {str(file): Checked(str(file)) for file in files}
    sources = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
            sources.append(playbook_files.PlaybookSource(str(file), text))
        except (OSError, UnicodeDecodeError) as error:
            what = "is no UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error.strerror)
            found[str(file)].problems.append(Problem(str(file), what, "", "no-file", str(file)))
    playbooks, problems = playbook_files.check(sources, **known())
    for problem in problems:
        found[problem.file].problems.append(problem)
    for one in playbooks:
        found[one.file].name = one.name
        found[one.file].tests = len(one.tests)
        found[one.file].problems += _rehearse(one)
        found[one.file].hints += _hints(one)
    return list(found.values())


def _hints(playbook: Playbook) -> list[str]:
    """Phrases of different answers that mean the same to the reader: in other words either may be heard."""
    groups = [(f"`{card.learn}`", [rule.sounds_like for rule in card.answers]) for card in playbook.cards]
    groups.append(("`answers_first`", [line.sounds_like for line in playbook.answers_first]))
    return [hint for where, answers in groups for hint in _alike(where, answers)]


def _alike(where: str, answers: Sequence[Sequence[str]]) -> list[str]:
    owner = {phrase: number for number, phrases in enumerate(answers) for phrase in phrases}
    if len(set(owner.values())) < 2:
        return []
    return [
        f'{where}: "{one}" and "{other}" mean much the same but belong to different answers'
        for one, other, _ in reader().alike(frozenset(owner))
        if owner[one] != owner[other]
    ]


def _rehearse(playbook: Playbook) -> list[Problem]:
    """The tests inside the file that do not hold, each with the dialog that came instead."""
    if not playbook.tests:
        return []
    from leadbot.flows.rehearse import run_tests

    outcomes = run_tests(playbook, deck_of(playbook), reader())
    return [_failure(playbook.file, one) for one in outcomes if not one.passed]


def _failure(file: str, outcome: TestOutcome) -> Problem:
    differs = [
        f"{key} is {outcome.got[key]!r}, not {wanted!r}"
        for key, wanted in outcome.expected.items()
        if outcome.got[key] != wanted
    ]
    chat = "\n".join(f"      {who:>4}: {' '.join(words.split())}" for who, words in outcome.chat)
    what = f'the test "{outcome.name}" does not hold: {"; ".join(differs)}'
    fix = f"change the cards or what the test expects; this is what was said:\n{chat}"
    return Problem(f"{file}:{outcome.line}", what, fix, "test-failed", file, outcome.line)


def _tell(one: Checked) -> None:
    if not one.problems:
        click.echo(f"{one.file}: fine ({one.name}, {one.tests} test{'s' if one.tests != 1 else ''})")
        for hint in one.hints:
            click.echo(f"  hint: {hint}")
        return
    for problem in one.problems:
        click.echo(f"{problem}")
