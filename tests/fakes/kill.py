"""Kills the program at any line of it, as a power cut would: nothing after that line runs."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import leadbot

ROOT = Path(leadbot.__file__).parent
ROOMS = tuple(str(ROOT / room) for room in ("engine", "relay", "reconcile", "store"))


class Killed(BaseException):
    """Not an Exception: no handler of ours may catch it."""


@dataclass(frozen=True, slots=True)
class Point:
    """The moment just before a line runs for the n-th time."""

    file: str
    line: int
    nth: int

    def __str__(self) -> str:
        return f"{Path(self.file).relative_to(ROOT)}:{self.line} ({self.nth})"


class Lines:
    """Counts the lines that run, and kills at `at`, once."""

    def __init__(self, at: Point | None = None) -> None:
        self.seen: Counter[tuple[str, int]] = Counter()
        self.at = at
        self._is_watched: dict[CodeType, bool] = {}

    @property
    def has_killed(self) -> bool:
        """Whether the point was reached."""
        return self.at is not None and self.seen[self.at.file, self.at.line] >= self.at.nth

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch this thread."""
        if self.has_killed:
            yield  # one kill a story, and no more watching: it is slow
            return
        before = sys.gettrace()
        sys.settrace(self._call)
        try:
            yield
        finally:
            sys.settrace(before)

    def _call(self, frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        watched = self._is_watched.get(code)
        if watched is None:
            watched = self._is_watched[code] = self._has_interest(code)
        return self._line if watched else None

    def _has_interest(self, code: CodeType) -> bool:
        """Whether its lines count: all of our rooms, or those round the one line to be hit."""
        if self.at is None:
            return code.co_filename.startswith(ROOMS) and code.co_name != "<module>"
        lines = (line for _, _, line in code.co_lines())
        return code.co_filename == self.at.file and self.at.line in lines

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        if event != "line":
            return self._line
        where = (frame.f_code.co_filename, frame.f_lineno)
        self.seen[where] += 1
        if self.at is not None and where == (self.at.file, self.at.line) and self.seen[where] == self.at.nth:
            raise Killed(str(self.at))
        return self._line
