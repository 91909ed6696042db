"""``leadbot playbook check``: the linter, the walk of every path, and the tests inside a file."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.playbook_files import brand_of, deck_of, known, reader
from leadbot.cli.project import as_json_option
from leadbot.errors import Problem

if TYPE_CHECKING:
    from leadbot.flows.cards import Playbook
    from leadbot.flows.rehearse import TestOutcome
    from leadbot.flows.verify import Verified

Chat = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem and, where a dialog shows it, that dialog: who said what, in order."""

    problem: Problem
    chat: Chat = ()

    def as_json(self) -> dict[str, Any]:
        """Its part of the document."""
        problem = self.problem
        example = [{"who": who, "words": words} for who, words in self.chat] or None
        return {
            "rule": problem.rule,
            "line": problem.line,
            "column": problem.column,
            "message": problem.what,
            "fix": problem.fix,
            "example": example,
        }


@dataclass(slots=True)
class Checked:
    """One file and what was found in it. verified: None where the linter found so much that nothing was
    walked. seconds: how long the walk took.
    """

    file: str
    faults: list[Fault] = field(default_factory=list)
    name: str = ""
    tests: int = 0
    hints: list[str] = field(default_factory=list)
    verified: Verified | None = None
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The file's part of the document."""
        found = self.verified
        return {
            "file": self.file,
            "ok": not self.faults,
            "playbook": self.name,
            "tests": self.tests,
            "paths": found.paths if found else 0,
            "paths_walked": found.walked if found else 0,
            "seconds": round(self.seconds, 2),
            "problems": [fault.as_json() for fault in self.faults],
            "score": {name: list(span) for name, span in found.score.items()} if found else {},
            "max_messages": found.max_messages if found else 0,
            "max_weighted_length": found.max_weighted_length if found else 0,
            "max_cost_usd": found.max_cost_usd if found else 0.0,
            "dialogs_per_hour": found.dialogs_per_hour if found else 0,
            "hints": self.hints,
        }


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json_option
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Prove FILES before they speak: tell all that is wrong, walk every path, run the tests inside.

    Inside a project, brands and teams must be those of leadbot.toml.
    """
    found = _check(files)
    is_fine = all(not one.faults for one in found)
    if as_json:
        click.echo(json.dumps({"ok": is_fine, "files": [one.as_json() for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            _tell(one)
    ctx.exit(0 if is_fine else 2)


def _check(files: Sequence[Path]) -> list[Checked]:
    from leadbot.app.shared_files import source_of
    from leadbot.flows import playbook as playbook_files

    found = {str(file): Checked(str(file)) for file in files}
    sources = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
            sources.append(source_of(str(file), text, file.parent))
        except (OSError, UnicodeDecodeError) as error:
            what = "is no UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error.strerror)
            found[str(file)].faults.append(Fault(Problem(str(file), what, "", "no-file", str(file))))
    playbooks, problems = playbook_files.check(sources, **known())
    for problem in problems:
        found.setdefault(problem.file, Checked(problem.file)).faults.append(Fault(problem))
    for one in playbooks:
        _prove(one, found[one.file])
    return list(found.values())


def _prove(playbook: Playbook, checked: Checked) -> None:
    from leadbot.flows.verify import verify
    from leadbot.flows.verify_reader import hints

    checked.name, checked.tests = playbook.name, len(playbook.tests)
    listener = reader()
    began = time.perf_counter()
    verified = verify(playbook, brand=brand_of(playbook.brand), reader=listener)
    checked.seconds, checked.verified = time.perf_counter() - began, verified
    for finding in verified.findings:
        checked.faults.append(Fault(finding.problem, finding.example.chat if finding.example else ()))
    checked.faults += _rehearse(playbook)
    checked.hints += hints(playbook, listener)


def _rehearse(playbook: Playbook) -> list[Fault]:
    """The tests inside the file that do not hold, each with the dialog that came instead."""
    if not playbook.tests:
        return []
    from leadbot.flows.rehearse import run_tests

    outcomes = run_tests(playbook, deck_of(playbook), reader())
    return [_failure(playbook.file, one) for one in outcomes if not one.passed]


def _failure(file: str, outcome: TestOutcome) -> Fault:
    differs = [
        f"{key} is {outcome.got[key]!r}, not {wanted!r}"
        for key, wanted in outcome.expected.items()
        if outcome.got[key] != wanted
    ]
    what = f'the test "{outcome.name}" does not hold: {"; ".join(differs)}'
    fix = "change the cards or what the test expects"
    where = f"{file}:{outcome.line}"
    return Fault(Problem(where, what, fix, "test-failed", file, outcome.line), outcome.chat)


def _tell(one: Checked) -> None:
    for fault in one.faults:
        click.echo(f"{fault.problem}")
        for who, words in fault.chat:
            click.echo(f"      {who:>4}: {' '.join(words.split())}")
    if one.verified is None:
        return
    if not one.faults:
        click.echo(f"{one.file}: fine ({one.name}, {one.tests} test{'s' if one.tests != 1 else ''})")
    for line in _summary(one.verified, one.seconds):
        click.echo(f"  {line}")
    for hint in one.hints:
        click.echo(f"  hint: {hint}")


def _summary(found: Verified, seconds: float) -> list[str]:
    """What the walk found, in a few lines."""
    from leadbot.flows.lint import ENGINE_ENDINGS

    spans = ((name, *span) for name, span in found.score.items() if name not in ENGINE_ENDINGS)
    scores = " · ".join(f"{name} {low} to {high}" for name, low, high in spans)
    return [
        f"{found.walked:,} of {found.paths:,} paths walked in {seconds:.1f} s",
        f"points: {scores}",
        f"at most {found.max_messages} messages of up to {found.max_weighted_length} characters, "
        f"${found.max_cost_usd:.3f} a dialog",
        f"{found.dialogs_per_hour} dialogs an hour before words repeat too often "
        f"(line {found.scarcest_line} has the fewest wordings)",
    ]
