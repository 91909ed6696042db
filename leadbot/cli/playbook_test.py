"""``leadbot playbook test``: the tests in the file, and what they leave untouched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.playbook_files import deck_of, load_files, reader
from leadbot.cli.project import as_json_option
from leadbot.cli.words import in_one_line, say

if TYPE_CHECKING:
    from leadbot.flows.cards import Playbook
    from leadbot.flows.coverage import Coverage
    from leadbot.flows.rehearse import TestOutcome


@click.command("test")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Lines that no test reaches are a failure too.")
@click.option("-v", "--verbose", is_flag=True, help="Show every dialog, not only those that fail.")
@as_json_option
@click.pass_context
def try_tests(
    ctx: click.Context, files: tuple[Path, ...], strict: bool, verbose: bool, as_json: bool
) -> None:
    """Play the tests inside FILES, and name the lines of each file that no test reached.

    Exit code 1 if a test does not hold.
    """
    from leadbot.flows.coverage import coverage
    from leadbot.flows.rehearse import run_tests

    tried = []
    for playbook in load_files(files):
        outcomes = run_tests(playbook, deck_of(playbook), reader())
        tried.append((playbook, outcomes, coverage(playbook, outcomes)))
    is_fine = all(one.passed for _, outcomes, _ in tried for one in outcomes)
    is_whole = not any(reached.untouched for *_, reached in tried)
    is_ok = is_fine and (is_whole or not strict)
    if as_json:
        say(json.dumps({"ok": is_ok, "files": [_as_json(*one) for one in tried]}, ensure_ascii=False))
    else:
        for playbook, outcomes, reached in tried:
            _tell(playbook, outcomes, reached, verbose=verbose)
    ctx.exit(0 if is_ok else 1)


def _as_json(playbook: Playbook, outcomes: tuple[TestOutcome, ...], reached: Coverage) -> dict[str, Any]:
    return {
        "file": playbook.file,
        "playbook": playbook.name,
        "tests": [
            {
                "name": one.name,
                "line": one.line,
                "ok": one.passed,
                "expected": one.expected,
                "got": one.got,
                "chat": [{"who": who, "text": text} for who, text in one.chat],
            }
            for one in outcomes
        ],
        "reached": len(reached.spots) - len(reached.untouched),
        "spots": len(reached.spots),
        "untouched": [{"line": spot.line, "what": spot.what} for spot in reached.untouched],
    }


def _tell(playbook: Playbook, outcomes: tuple[TestOutcome, ...], reached: Coverage, *, verbose: bool) -> None:
    failed = [one for one in outcomes if not one.passed]
    for one in outcomes:
        say(f"  {'ok  ' if one.passed else 'FAIL'}  {one.name}")
        if not one.passed:
            say("\n".join(f"        line {one.line}: {line}" for line in differences(one)))
        if verbose or not one.passed:
            say("\n".join(f"        {who:>4}: {in_one_line(words)}" for who, words in one.chat))
    touched = len(reached.spots) - len(reached.untouched)
    hold = f"{len(outcomes) - len(failed)} of {len(outcomes)} tests hold"
    say(f"{playbook.file}: {hold}; they reach {touched} of {len(reached.spots)} lines, answers and endings")
    for spot in reached.untouched:
        say(f"  {playbook.file}:{spot.line}: no test reaches {spot.what}")


def differences(outcome: TestOutcome) -> list[str]:
    """What came otherwise than a test expects."""
    return [
        f"{key} is {outcome.got[key]!r}, not {wanted!r}"
        if key != "said_contains"
        else f"nobody said {', '.join(map(repr, wanted))}"
        for key, wanted in outcome.expected.items()
        if not outcome.held(key)
    ]
