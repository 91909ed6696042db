"""Every scenario that breaks naive bots has a rule, and tests named after it where docs/scenarios.md says."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
RULES, TRIED = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8").split("## Where they are tried")
ROWS = list(range(1, 26))


def numbers(table: str) -> list[int]:
    return [int(number) for number in re.findall(r"^\| (\d+) \| \S", table, flags=re.MULTILINE)]


def named_in(file: str) -> set[int]:
    text = (ROOT / file).read_text(encoding="utf-8")
    return {int(number) for number in re.findall(r"^def test_scenario_0?(\d+)_\w", text, flags=re.MULTILINE)}


def test_each_of_the_twenty_five_scenarios_has_a_rule_and_a_test() -> None:
    assert numbers(RULES) == numbers(TRIED) == ROWS


def test_every_test_that_is_told_is_there() -> None:
    told = re.findall(r"^\| (\d+) \| (.+) \|$", TRIED, flags=re.MULTILINE)
    missing = [
        f"{number}: {file}"
        for number, files in told
        for file in re.findall(r"`([^`]+)`", files)
        if int(number) not in named_in(file)
    ]
    assert missing == []


def test_no_test_is_named_after_a_scenario_that_nobody_told() -> None:
    named = {
        number
        for file in (ROOT / "tests").rglob("test_*.py")
        for number in named_in(str(file.relative_to(ROOT)))
    }
    assert named == set(ROWS)
