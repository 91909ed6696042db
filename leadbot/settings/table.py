"""One table of a TOML file, read key by key; every fault is noted with its line and a fix.

A reader never stops at the first fault: it hands back the default and writes the fault down, so that
an operator sees everything that is wrong at once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from leadbot.errors import ConfigError, Problem

T = TypeVar("T")

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-\"]+)\s*\]\]?")
_SECONDS = {
    **dict.fromkeys(("s", "sec", "second"), 1.0),
    **dict.fromkeys(("m", "min", "minute"), 60.0),
    **dict.fromkeys(("h", "hour"), 3600.0),
    **dict.fromkeys(("d", "day"), 86400.0),
}
LONGEST_S = 10 * 366 * 86400.0
_DURATION = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([a-z]+?)s?\s*$", re.IGNORECASE)


def seconds_in(text: str) -> float:
    """Seconds in "90s", "12 h", "2 days". Raises ValueError."""
    found = _DURATION.match(text)
    unit = found[2].lower() if found else ""
    if unit not in _SECONDS and text.strip().lower().endswith("s"):
        unit = "s"  # "90s": the lazy group leaves the unit to the plural
    if found is None or unit not in _SECONDS:
        raise ValueError('write a number and a unit, such as "90s", "30 min", "12 h" or "2 days"')
    seconds = float(found[1]) * _SECONDS[unit]
    if seconds > LONGEST_S:
        raise ValueError("write ten years at most")
    return seconds


class Lines:
    """Where keys stand in a file: tomllib tells lines of syntax errors only."""

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[str, int, str], int] = {}
        header, count, seen = "", 0, dict[str, int]()
        for number, line in enumerate(text.splitlines(), start=1):
            if found := _HEADER.match(line):
                header = found[2]
                count = seen.get(header, 0) if found[1] == "[[" else 0
                seen[header] = count + 1
                self._at.setdefault((header, count, ""), number)
            elif key := re.match(r"^\s*\"?([A-Za-z0-9_\-]+)\"?\s*=", line):
                self._at.setdefault((header, count, key[1]), number)

    def of(self, table: str, index: int, key: str = "") -> int:
        """1-based line of a key, else of its table's header, else 1."""
        return self._at.get((table, index, key)) or self._at.get((table, index, "")) or 1


@dataclass
class Notes:
    """Problems found in one file, in the order they were met."""

    file: str
    lines: Lines
    problems: list[Problem] = field(default_factory=list)

    def add(self, what: str, fix: str = "", *, rule: str, line: int = 1) -> None:
        """Write a fault down."""
        self.problems.append(Problem(f"{self.file}:{line}", what, fix, rule, self.file, line))


class Table:
    """A TOML table with its place in the file."""

    def __init__(self, name: str, values: Any, notes: Notes, *, index: int = 0) -> None:
        self.name, self.index, self.notes = name, index, notes
        self.values: dict[str, Any] = values if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            self.fault(
                "", f"[{name}] should be a table", f"write [{name}] and its keys below it", rule="wrong-type"
            )

    def fault(self, key: str, what: str, fix: str = "", *, rule: str) -> None:
        """Note a fault at a key of this table."""
        self.notes.add(what, fix, rule=rule, line=self.notes.lines.of(self.name, self.index, key))

    def expect(self, known: Sequence[str]) -> None:
        """Note every key that nobody reads, with the nearest one that is read."""
        for key in self.values:
            if key in known:
                continue
            near = get_close_matches(key, known, n=1)
            fix = f'did you mean "{near[0]}"?' if near else f"known here: {', '.join(known)}"
            self.fault(key, f'unknown setting "{key}" in [{self.name}]', fix, rule="unknown-key")

    def text(self, key: str, default: str = "") -> str:
        """A string."""
        return self._typed(key, default, str, "text in quotes")

    def flag(self, key: str, *, default: bool) -> bool:
        """true or false."""
        return self._typed(key, default, bool, "true or false")

    def number(self, key: str, default: float, *, least: float = 0.0) -> float:
        """A number of at least `least`."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.fault(key, f"{key} is {value!r}", "write a number without quotes", rule="wrong-type")
            return default
        if not least <= value < 1e12:
            self.fault(key, f"{key} is {value}", f"write a number, {least:g} or more", rule="out-of-range")
            return default
        return float(value)

    def choice(self, key: str, default: str, allowed: Sequence[str]) -> str:
        """One of a few words."""
        value = self.text(key, default)
        if value in allowed:
            return value
        near = get_close_matches(value, allowed, n=1)
        fix = f'did you mean "{near[0]}"?' if near else f"choose one of {', '.join(allowed)}"
        self.fault(key, f'{key} is "{value}"', fix, rule="not-a-choice")
        return default

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of strings; a single string counts as a list of one."""
        value = self.values.get(key, list(default))
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fault(
                key, f"{key} should be a list of texts", f'write {key} = ["…", "…"]', rule="wrong-type"
            )
            return default
        return tuple(value)

    def parsed(self, key: str, default: T, parse: Callable[[Any], T]) -> T:
        """Whatever `parse` makes of the value; its ValueError tells how to write it."""
        if key not in self.values:
            return default
        try:
            return parse(self.values[key])
        except (ValueError, TypeError) as error:
            self.fault(key, f"{key} is {self.values[key]!r}", str(error), rule="cannot-read")
            return default

    def _typed(self, key: str, default: T, kind: type[T], wanted: str) -> T:
        value = self.values.get(key, default)
        if isinstance(value, kind):
            return value
        self.fault(key, f"{key} is {value!r}", f"write {wanted}", rule="wrong-type")
        return default


def tables(name: str, document: Mapping[str, Any], notes: Notes) -> list[Table]:
    """All ``[[name]]`` tables of a document."""
    values = document.get(name, [])
    if not isinstance(values, list):
        notes.add(
            f"[{name}] should be [[{name}]]",
            f"write [[{name}]], one for each",
            rule="wrong-type",
            line=notes.lines.of(name, 0),
        )
        return []
    return [Table(name, value, notes, index=index) for index, value in enumerate(values)]


def parse(file: Path) -> tuple[str, dict[str, Any]]:
    """The text and the tables of a TOML file. Raises ConfigError."""
    try:
        text = file.read_text(encoding="utf-8-sig")  # some editors begin a file with a byte order mark
        return text, tomllib.loads(text)
    except FileNotFoundError:
        fix = "leadbot init DIR writes one; or name its folder with --project"
        problem = Problem(str(file), "there is no leadbot.toml here", fix, "no-file", str(file))
    except UnicodeDecodeError:
        fix = "save it as text in UTF-8; leadbot init DIR writes one to start from"
        problem = Problem(str(file), "is not a text in UTF-8", fix, "no-file", str(file))
    except OSError as error:
        fix = "it should be a file that leadbot may read"
        problem = Problem(str(file), f"cannot be read: {error.strerror}", fix, "no-file", str(file))
    except RecursionError:
        fix = "see docs/settings.md for what may stand here"
        problem = Problem(str(file), "brackets in brackets without end", fix, "not-toml", str(file))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (len(text.splitlines()), 1)
        what = re.sub(r"\s*\(at .*\)$", "", str(error))
        where = f"{file.name}:{line}:{column}"
        problem = Problem(
            where,
            f"this is not TOML: {what}",
            "see toml.io for how it is written",
            "not-toml",
            file.name,
            line,
            column,
        )
    raise ConfigError([problem])
