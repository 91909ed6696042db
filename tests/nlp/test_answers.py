"""Messy answers as people give them, in tables written apart from the rules.

answers.jsonl was there before the rules and steered them; the blind ones were read by them once before
anything was mended after it (docs/nlp.md has those first figures).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from leadbot.nlp.slots.judging import judge_slots, read_rows

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize(
    ("file", "today"),
    [
        ("answers.jsonl", date(2026, 2, 10)),
        ("answers-blind.jsonl", date(2026, 11, 27)),
        ("answers-blind-2.jsonl", date(2026, 11, 27)),
        ("answers-blind-3.jsonl", date(2026, 11, 27)),
        ("answers-strangers.jsonl", date(2026, 2, 10)),
        ("answers-strangers-2.jsonl", date(2026, 8, 19)),
    ],
)
def test_messy_answers_are_read_exactly_and_hardly_any_is_invented(file: str, today: date) -> None:
    found = judge_slots(read_rows(DATA / file), today)

    assert found.exact / found.n >= 0.95, found.misses
    assert found.false_answers / found.n <= 0.01, [miss.row for miss in found.misses if miss.is_invented]
