"""`leadbot nlp slots`: rows of answers judged, and everything wrong with a file told at once."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from leadbot.cli import call
from leadbot.errors import ConfigError
from leadbot.nlp.slots.judging import judge_slots, read_rows

TODAY = date(2026, 11, 27)


def written(folder: Path, *rows: object) -> Path:
    file = folder / "answers.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def row(slot: str, said: str, expect: object, asked: str = "") -> dict[str, object]:
    return {"slot": slot, "asked": asked, "said": said, "expect": expect}


def test_rows_are_judged_by_slot(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        row("count", "10-15", {"min": 10, "max": 15}),
        row("count", "50+", {"min": 50, "max": None}),
        row("count", "40", {"min": 41, "max": 41}),
        "",
        row("count", "no idea", None),
        row("yes_no", "yes", None),
        row("money", "$5k", {"min": 5000, "max": 5000, "currency": "USD", "per": None}),
        row("timeframe", "asap", {"bucket": "now"}),
    )

    found = judge_slots(read_rows(file), TODAY)

    assert found.as_dict() == {
        "n": 7,
        "exact": 5,
        "false_answers": 1,
        "slots": {
            "count": {"n": 4, "exact": 3},
            "money": {"n": 1, "exact": 1},
            "timeframe": {"n": 1, "exact": 1},
            "yes_no": {"n": 1, "exact": 0},
        },
    }
    assert [miss.row.said for miss in found.misses] == ["yes", "40"], "what is invented comes first"


def test_all_bad_rows_are_told_with_their_lines(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        row("count", "40", {"min": 40, "max": 40}),
        row("size", "40", None),
        "{",
        {"slot": "count", "said": "40"},
        row("timeframe", "soon", {"bucket": "soon"}),
        row("count", "40", {"value": 40}),
        row("count", "40", {"min": "40"}),
        {"slot": "count", "said": 40, "expect": None},
        "[]",
    )

    with pytest.raises(ConfigError) as told:
        read_rows(file)

    assert [problem.line for problem in told.value.problems] == [2, 3, 4, 5, 6, 7, 8, 9]


def test_the_command_tells_figures_and_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, row("count", "about 40", {"min": 40, "max": 40}), row("count", "hm", {"min": 1}))
    command = ["nlp", "slots", str(file), "--today", "2026-11-27"]

    assert call([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["exact"] == 1
    assert call(command) == 0
    shown = capsys.readouterr().out
    assert "50.0%" in shown
    assert "“hm” read as nothing, not min 1" in shown


def test_a_wrong_day_and_an_empty_file_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(written(tmp_path, ""))

    assert call(["nlp", "slots", file, "--today", "27.11."]) == 2
    assert "write it like 2026-11-27" in capsys.readouterr().err
    assert call(["nlp", "slots", file, "--today", "2026-11-27"]) == 2
    assert "has no rows" in capsys.readouterr().err
