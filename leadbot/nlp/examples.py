"""Labelled posts: JSON lines with ``text`` and ``label``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from leadbot.errors import ConfigError, Problem
from leadbot.model import Intent

WRITTEN = Path(__file__).parent / "data" / "written"


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled post."""

    text: str
    label: Intent


def read_examples(file: Path) -> list[Example]:
    """The examples of a JSONL file. Raises ConfigError with every bad line."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise ConfigError([Problem(str(file), f"can't read it: {error}")]) from error
    examples: list[Example] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            examples.append(_example(line))
        except ValueError as error:
            problems.append(
                Problem(f"{file}:{number}", f"is no example: {error}", _FIX, "bad-example", str(file), number)
            )
    if problems:
        raise ConfigError(problems)
    return examples


_FIX = f'write {{"text": …, "label": …}} with one of {", ".join(intent.value for intent in Intent)}'


def _example(line: str) -> Example:
    """Raises ValueError that says what is wrong with the line."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ValueError(f"no JSON ({error})") from None
    if not isinstance(row, dict):
        raise ValueError("a row is an object")
    if not isinstance(row.get("text"), str):
        raise ValueError("`text` is missing" if "text" not in row else "`text` is no text")
    if "label" not in row:
        raise ValueError("`label` is missing")
    try:
        return Example(row["text"], Intent(row["label"]))
    except ValueError:
        raise ValueError(f'`label` is "{row["label"]}"') from None


def written_files() -> list[Path]:
    """The examples that ship, in the order they were written."""
    return sorted(WRITTEN.glob("*.jsonl"), key=lambda file: (len(file.stem), file.stem))
