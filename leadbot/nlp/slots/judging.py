"""How well answers to questions are read, judged on rows {slot, asked, said, expect}."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from leadbot.errors import ConfigError, Problem
from leadbot.model import Bucket, SlotType, SlotValue
from leadbot.nlp.slots import answer_in

__all__ = ["Row", "SlotJudgement", "judge_slots", "read_rows"]

# What `expect` holds, for each slot that is read by rules.
_KEYS: dict[SlotType, tuple[str, ...]] = {
    SlotType.COUNT: ("min", "max"),
    SlotType.MONEY: ("min", "max", "currency", "per"),
    SlotType.TIMEFRAME: ("bucket",),
    SlotType.YES_NO: ("value",),
    SlotType.AUTHORITY: ("value",),
    SlotType.EMAIL: ("value",),
    SlotType.PHONE: ("value",),
    SlotType.PLACE: ("value",),
}
_ONE_OF: dict[tuple[SlotType, str], frozenset[str | None]] = {
    (SlotType.TIMEFRAME, "bucket"): frozenset(bucket.value for bucket in Bucket),
    (SlotType.YES_NO, "value"): frozenset(("yes", "no", "maybe")),
    (SlotType.AUTHORITY, "value"): frozenset(("decides", "influences", "no")),
    (SlotType.MONEY, "per"): frozenset(("month", "year", "week", "once", None)),
}
_REGION = re.compile(r"\bregion ([A-Z]{2})\b")
_FIX = 'write {"slot": "count", "asked": "How many?", "said": "10-15", "expect": {"min": 10, "max": 15}}'

Normal = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One answer. expect: its normal form, None when there is no answer in it."""

    slot: SlotType
    asked: str
    said: str
    expect: Normal | None


@dataclass(frozen=True, slots=True)
class Miss:
    """An answer read wrongly."""

    row: Row
    found: Normal | None

    @property
    def is_invented(self) -> bool:
        """Whether there was no answer at all."""
        return self.row.expect is None


@dataclass(frozen=True, slots=True)
class SlotJudgement:
    """n rows, so many read exactly; false_answers: rows without an answer in which one was found."""

    n: int
    exact: int
    false_answers: int
    slots: dict[str, tuple[int, int]]  # slot → rows, exact
    misses: tuple[Miss, ...]

    def as_dict(self) -> dict[str, Any]:
        """The figures by name, as ``--json`` prints them."""
        slots = {slot: {"n": n, "exact": exact} for slot, (n, exact) in self.slots.items()}
        return {"n": self.n, "exact": self.exact, "false_answers": self.false_answers, "slots": slots}


def read_rows(file: Path) -> list[Row]:
    """The rows of a JSONL file. Raises ConfigError with every bad line, or if there is none."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise ConfigError([Problem(str(file), f"can't read it: {error}")]) from error
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(_row(json.loads(line)))
        except ValueError as error:
            problems.append(
                Problem(f"{file}:{number}", f"is no row: {error}", _FIX, "bad-row", str(file), number)
            )
    if problems:
        raise ConfigError(problems)
    if not rows:
        raise ConfigError([Problem(str(file), "has no rows", _FIX, "bad-row", str(file))])
    return rows


def judge_slots(
    rows: Sequence[Row], today: date, *, on_read: Callable[[int], object] = lambda _: None
) -> SlotJudgement:
    """Read every answer as said on `today` and compare it with what is expected.

    on_read: called with how many rows more have been read.
    """
    counts: dict[str, list[int]] = {slot.value: [0, 0] for slot in _KEYS}
    misses: list[Miss] = []
    for row in rows:
        region = _REGION.search(row.asked)
        value = answer_in(
            row.slot, row.said, asked=row.asked, today=today, region=region[1] if region else ""
        )
        found = None if value is None else normal_form(value)
        is_exact = found == row.expect
        on_read(1)
        counts[row.slot.value][0] += 1
        counts[row.slot.value][1] += is_exact
        if not is_exact:
            misses.append(Miss(row, found))
    return SlotJudgement(
        n=len(rows),
        exact=len(rows) - len(misses),
        false_answers=sum(miss.is_invented for miss in misses),
        slots={slot: (n, exact) for slot, (n, exact) in counts.items() if n},
        misses=tuple(sorted(misses, key=lambda miss: not miss.is_invented)),
    )


def normal_form(value: SlotValue) -> Normal:
    """The answer as `expect` writes it."""
    values = {
        "min": value.low,
        "max": value.high,
        "currency": value.currency,
        "per": value.per,
        "bucket": value.bucket.value if value.bucket else None,
        "value": value.value,
    }
    return {key: values[key] for key in _KEYS[value.type]}


def _row(row: Any) -> Row:
    if not isinstance(row, dict):
        raise ValueError("a row is an object")
    wrong = [key for key in ("slot", "said") if not isinstance(row.get(key), str)]
    if wrong:
        raise ValueError(f"{' and '.join(wrong)} must be text")
    known = {slot.value: slot for slot in _KEYS}
    if row["slot"] not in known:
        raise ValueError(f'slot is "{row["slot"]}"; one of {", ".join(known)} is wanted')
    if "expect" not in row:
        raise ValueError("expect is missing; null means that there is no answer")
    asked = row.get("asked") or ""
    if not isinstance(asked, str):
        raise ValueError("asked must be text")
    slot = known[row["slot"]]
    return Row(slot, asked, row["said"], _expected(slot, row["expect"]))


def _expected(slot: SlotType, expect: Any) -> Normal | None:
    if expect is None:
        return None
    keys = _KEYS[slot]
    if not isinstance(expect, dict) or set(expect) - set(keys) or keys[0] not in expect:
        raise ValueError(f"expect of a {slot.value} is null or has {', '.join(keys)}")
    found = {key: expect.get(key) for key in keys}
    for key, value in found.items():
        choices = _ONE_OF.get((slot, key))
        if choices is not None and value not in choices:
            raise ValueError(f"{key} is {value!r}; one of {', '.join(sorted(map(str, choices)))} is wanted")
        if key in ("min", "max") and not _is_bound(value, is_open=key == "max"):
            raise ValueError(f"{key} is {value!r}; a number is wanted")
    return found


def _is_bound(value: Any, *, is_open: bool) -> bool:
    return (value is None and is_open) or (isinstance(value, int | float) and not isinstance(value, bool))
