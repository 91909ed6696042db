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
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ConfigError([Problem(str(file), f"can't read it: {error}")]) from error
    examples: list[Example] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row["text"], str):
                raise TypeError("text is no text")
            examples.append(Example(row["text"], Intent(row["label"])))
        except (ValueError, KeyError, TypeError) as error:
            fix = 'write {"text": …, "label": …} with a label of INTENTS'
            problems.append(
                Problem(
                    f"{file}:{number}", f"is no example: {error!r}", fix, "bad-example", str(file), number
                )
            )
    if problems:
        raise ConfigError(problems)
    return examples


def written_files() -> list[Path]:
    """The examples that ship, in the order they were written."""
    return sorted(WRITTEN.glob("*.jsonl"), key=lambda file: (len(file.stem), file.stem))
