"""``leadbot doctor``: what is wrong, and how to mend it."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadbot.cli.project import as_json_option, configure_logs, in_project
from leadbot.cli.words import in_one_line, say

if TYPE_CHECKING:
    from leadbot.app.doctor import Finding, Report

_MARKS = {"green": "✓", "yellow": "!", "red": "✗"}


@click.command()
@in_project
@click.argument("handle", default="")
@click.option("--offline", is_flag=True, help="Ask X nothing: costs nothing, and says less.")
@as_json_option
def doctor(folder: Path, handle: str, offline: bool, as_json: bool) -> int:
    """Check the whole project, or what concerns @HANDLE: keys, account, X, database, budget, playbooks.

    Each yellow and red line says how to mend it. Exit code 0 if nothing is red, else 1. Asking X whose keys
    these are costs $0.010 an account.
    """
    from leadbot.app.doctor import examine

    configure_logs("console", "critical")
    report = examine(folder, os.environ, handle=handle.removeprefix("@"), offline=offline)
    if as_json:
        say(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        _show(report)
    return 0 if report.is_ok else 1


def _show(report: Report) -> None:
    brand = ""
    for finding in report.findings:
        if finding.brand != brand:
            brand = finding.brand
            say(f"\n@{brand}")
        _line(finding)
    counts = Counter(finding.state.value for finding in report.findings)
    say("\n" + ", ".join(f"{counts[name]} {name}" for name in _MARKS))


def _line(finding: Finding) -> None:
    mark = _MARKS[finding.state.value]
    colours = {"green": "green", "yellow": "yellow", "red": "red"}
    if sys.stdout.isatty():
        mark = click.style(mark, fg=colours[finding.state.value], bold=True)
    click.echo(f" {mark} ", nl=False)
    say(f"{finding.id:<13} {in_one_line(finding.what)}")
    if finding.fix:
        say(f"{'':>17}fix: {in_one_line(finding.fix)}")
