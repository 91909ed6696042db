"""Time as a value: now = epoch + rate × (monotonic - anchor). Nothing else in leadbot asks the machine for
the time.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType

import structlog

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ClockValue:
    """A clock that runs `rate` times as fast as the machine's. epoch: what it read at monotonic second
    `anchor`.

    CLOCK_MONOTONIC is shared by all processes of a machine, so the three numbers are the clock.
    """

    epoch: datetime
    anchor: float
    rate: float = 1.0

    def now(self) -> datetime:
        """The time, UTC-aware."""
        return self.epoch + timedelta(seconds=self.rate * (time.monotonic() - self.anchor))

    def real_s(self, virtual_s: float) -> float:
        """How many real seconds `virtual_s` seconds last; for ever if the clock stands still."""
        return virtual_s / self.rate if self.rate > 0 else float("inf")


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The time, UTC-aware."""
        return datetime.now(UTC)

    def real_s(self, virtual_s: float) -> float:
        """The same."""
        return virtual_s


class FollowedClock:
    """Follows the clock of a simulator: asks ``GET {base_url}/_sim/clock`` every `every_s` real seconds in a
    thread.

    Keeps the last value while the simulator does not answer. Until its first answer it is the machine's time.
    Use as a context manager, or call `close`.
    """

    def __init__(self, base_url: str, *, every_s: float = 0.25) -> None:
        self._url = f"{base_url.rstrip('/')}/_sim/clock"
        self._every_s = every_s
        self._stop = threading.Event()
        self._is_reached = True
        self._value = ClockValue(datetime.now(UTC), time.monotonic())
        self._follow_once()
        self._thread = threading.Thread(target=self._follow, name="clock", daemon=True)
        self._thread.start()

    def now(self) -> datetime:
        """The time, UTC-aware."""
        return self._value.now()

    def real_s(self, virtual_s: float) -> float:
        """How many real seconds `virtual_s` seconds last at the present rate."""
        return self._value.real_s(virtual_s)

    def close(self) -> None:
        """Stop following; the clock runs on at its last rate."""
        self._stop.set()
        self._thread.join(timeout=5)

    def __enter__(self) -> FollowedClock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _follow(self) -> None:
        while not self._stop.wait(self._every_s):
            self._follow_once()

    def _follow_once(self) -> None:
        try:
            with urllib.request.urlopen(self._url, timeout=2) as answer:
                self._value = read_clock(answer.read())
        except (OSError, ValueError, KeyError, TypeError) as error:
            if self._is_reached:
                _log.warning("clock.lost", url=self._url, why=str(error))
            self._is_reached = False
            return
        self._is_reached = True


def read_clock(body: bytes) -> ClockValue:
    """The clock in an answer of ``/_sim/clock``. Raises ValueError, KeyError, TypeError for anything else."""
    found = json.loads(body)
    epoch = datetime.fromisoformat(found["epoch"])
    epoch = epoch.replace(tzinfo=UTC) if epoch.tzinfo is None else epoch.astimezone(UTC)
    return ClockValue(epoch, float(found["anchor"]), float(found["rate"]))
