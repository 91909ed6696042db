"""One clock as a value, and the ids that X derives from it.

`now = epoch + rate * (monotonic - anchor)`. CLOCK_MONOTONIC is shared by all processes of a machine, so
another process that knows epoch, anchor and rate reads the very same time without asking again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
"""Milliseconds since 1970 at which X's ids start to count (2010-11-04T01:42:54.657Z)."""


class ClockError(ValueError):
    """The clock was asked for something it cannot do; the message says what to send instead."""


@dataclass(slots=True)
class SimClock:
    """Virtual time that runs `rate` times as fast as the machine's monotonic clock and never goes back."""

    epoch: datetime
    anchor: float
    rate: float = 1.0

    @classmethod
    def start(cls, *, rate: float = 1.0, epoch: datetime | None = None) -> SimClock:
        """A clock that reads `epoch` (the wall clock's time if None) at this moment."""
        return cls(epoch=epoch or datetime.now(UTC), anchor=time.monotonic(), rate=rate)

    def now(self) -> datetime:
        """The virtual time, UTC-aware."""
        return self.epoch + timedelta(seconds=self.rate * (time.monotonic() - self.anchor))

    def change(
        self, *, rate: float | None = None, to: datetime | None = None, advance_s: float = 0.0
    ) -> None:
        """Sets the pace, jumps, or steps by virtual seconds; raises ClockError rather than go back."""
        mono = time.monotonic()
        now = self.epoch + timedelta(seconds=self.rate * (mono - self.anchor))
        if rate is not None and not 0 <= rate <= 100_000:
            raise ClockError(f"rate is {rate}; give a number from 0 (standing still) to 100000")
        if advance_s < 0:
            raise ClockError(f"advance_s is {advance_s}; the clock never goes back, give 0 or more seconds")
        if to is not None and to < now:
            raise ClockError(f"now is {iso(to)} but the clock already reads {iso(now)}; it never goes back")
        self.epoch = (to or now) + timedelta(seconds=advance_s)
        self.anchor = mono
        self.rate = self.rate if rate is None else rate

    def as_json(self) -> dict[str, Any]:
        """What `GET /_sim/clock` answers: enough for another process to compute the same time."""
        return {
            "now": iso(self.now()),
            "epoch": self.epoch.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "anchor": self.anchor,
            "rate": self.rate,
        }


@dataclass(slots=True)
class Snowflakes:
    """Gives ids as X does: milliseconds in the upper bits, a sequence in the lower 22; always rising."""

    clock: SimClock
    _last: int = field(default=0)

    def next(self) -> tuple[int, datetime]:
        """A new id and the virtual time written into it."""
        self._last = max(snowflake_at(self.clock.now()), self._last + 1)
        return self._last, time_of(self._last)


def snowflake_at(moment: datetime) -> int:
    """The smallest id that X could have given at this moment."""
    return (int(moment.timestamp() * 1000) - SNOWFLAKE_EPOCH_MS) << 22


def time_of(snowflake: int) -> datetime:
    """The moment, to the millisecond, at which an id was given."""
    ms = (snowflake >> 22) + SNOWFLAKE_EPOCH_MS
    return datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000)


def iso(moment: datetime) -> str:
    """A time as X writes it: `2026-11-22T10:15:00.000Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def parse_iso(text: str) -> datetime:
    """Reads an ISO 8601 time; a missing zone means UTC. Raises ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
