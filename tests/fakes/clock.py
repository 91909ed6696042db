"""Time that moves only when a test says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday


class ManualClock:
    """Stands still until told to advance."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        """The time, UTC-aware."""
        return self.at

    def real_s(self, virtual_s: float) -> float:
        """No time at all: tests never wait."""
        return 0.0

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)
