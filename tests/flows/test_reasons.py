"""Every reason and every rule of the gate is explained to people, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

from leadbot.flows import gate
from leadbot.flows.reasons import Reason

PAGE = (Path(__file__).parents[2] / "docs" / "reasons.md").read_text(encoding="utf-8")
REASONS, RULES = PAGE.split("## Rules of the gate")


def documented(part: str) -> list[str]:
    return re.findall(r"^- `([a-z_]+)`: \S", part, flags=re.MULTILINE)


def test_every_reason_of_a_decision_is_documented_once() -> None:
    assert sorted(documented(REASONS)) == sorted(reason.value for reason in Reason)


def test_every_rule_of_the_gate_is_documented_in_its_order() -> None:
    assert documented(RULES) == [rule.name for rule in gate.RULES]
