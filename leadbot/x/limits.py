"""Rate limits as X tells them, in 15-minute and in 24-hour headers. tweepy shows neither.

The daily ones (``x-user-limit-24hour-*``, ``x-app-limit-24hour-*``) stand beside the usual ``x-rate-
limit-*``, so a 429 may come with 15-minute headers that look healthy.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from leadbot.ports import Clock, Room

PREFIXES = {
    "15min": "x-rate-limit",
    "user_day": "x-user-limit-24hour",
    "app_day": "x-app-limit-24hour",
}
"""Our name of a window → how its headers start."""

_LENGTHS = {"15min": timedelta(minutes=15), "user_day": timedelta(days=1), "app_day": timedelta(days=1)}

_ID = re.compile(r"/[0-9]{2,}(?=/|$)")  # one digit is the version of the API


@dataclass(frozen=True, slots=True)
class Window:
    """One window as last told: requests allowed, requests left, and when it starts anew (UTC). None: not
    told."""

    limit: int | None
    remaining: int | None
    reset_at: datetime | None


def windows_in(headers: Mapping[str, str]) -> dict[str, Window]:
    """The windows a response tells of; junk in a header counts as "not told"."""
    found = {}
    for name, prefix in PREFIXES.items():
        limit, remaining, reset = (
            _number(headers.get(f"{prefix}-{part}")) for part in ("limit", "remaining", "reset")
        )
        if (limit, remaining, reset) != (None, None, None):
            found[name] = Window(limit, remaining, _moment(reset))
    return found


def opens_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When a refused (429) request may be tried again, or None if the headers do not say.

    The latest reset of the used-up windows counts. A reset that has passed is clock skew and says nothing:
    the caller backs off. No reset is further away than its window is long: nobody waits a year for a typo.
    """
    told = windows_in(headers)
    resets = {name: min(w.reset_at, now + _LENGTHS[name]) for name, w in told.items() if w.reset_at}
    used_up = [resets[name] for name, window in told.items() if window.remaining == 0 and name in resets]
    # Some answers leave `remaining` out; then the 15-minute reset is the best guess there is.
    guess = [at for name, at in resets.items() if name == "15min" and told[name].remaining is None]
    return max((at for at in used_up or guess if at > now), default=None)


class UsedUp(requests.RequestException):
    """Not asked: X has told that nothing is left until `retry_at`."""

    def __init__(self, route: str, retry_at: datetime) -> None:
        self.retry_at = retry_at
        super().__init__(f"X's limit for {route} is used up until {retry_at:%H:%M:%S} UTC")


SPREAD_FROM = 0.5
"""Share of a window that may go as fast as it likes; the rest is spread over what is left of the time."""

RESERVE = 0.2
"""Share of a window of replies that is kept for dialogs under way."""


class Limits:
    """The windows last seen, by owner (a handle, or "app") and route. Safe for threads.

    With a clock they are also kept to: what is known to be used up is not asked for.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, str], dict[str, Window]] = {}

    def note(self, owner: str, route: str, headers: Mapping[str, str]) -> None:
        """Remember what a response told about `route` ("GET /2/users/:id/mentions")."""
        told = windows_in(headers)
        if told:
            with self._lock:
                self._windows[owner, route] = told

    def window(self, owner: str, route: str, name: str = "15min") -> Window | None:
        """One window, if X has told of it."""
        with self._lock:
            return self._windows.get((owner, route), {}).get(name)

    def check(self, owner: str, route: str) -> None:
        """Raises UsedUp if X has told that it would refuse now."""
        ends = [ends_at for window, ends_at, _ in self._open(owner, route) if window.remaining == 0]
        if ends:
            raise UsedUp(route, max(ends))

    def spacing_s(self, owner: str, route: str) -> float:
        """Seconds to leave between two requests of a routine so that it does not run into the limit: 0 while
        less than half of each window is used. A tenth is kept for what cannot wait.
        """
        waits = [
            (ends_at - now).total_seconds() / max(window.remaining - window.limit // 10, 1)
            for window, ends_at, now in self._open(owner, route)
            if window.limit and window.remaining is not None
            if window.remaining < window.limit * SPREAD_FROM
        ]
        return max(waits, default=0.0)

    def room(self, owner: str, route: str, last_at: datetime | None) -> Room:
        """How many requests may go now, the last one having gone at `last_at`."""
        rooms = [
            _room(window.limit, window.remaining, ends_at, now, last_at)
            for window, ends_at, now in self._open(owner, route)
            if window.limit and window.remaining is not None
        ]
        return min(rooms, key=lambda room: (room.at_once, room.for_starts), default=Room())

    def _open(self, owner: str, route: str) -> list[tuple[Window, datetime, datetime]]:
        """Windows not ended, each with its end (no further away than it is long) and the present."""
        with self._lock:
            told = dict(self._windows.get((owner, route), {}))
        if self._clock is None or not told:
            return []
        now = self._clock.now()
        return [
            (window, min(window.reset_at, now + _LENGTHS[name]), now)
            for name, window in told.items()
            if window.reset_at is not None and window.reset_at > now
        ]

    def as_json(self) -> dict[str, Any]:
        """All windows for a health page: owner → route → window → limit, remaining, reset_at."""
        with self._lock:
            seen = {key: dict(told) for key, told in self._windows.items()}
        shown: dict[str, Any] = {}
        for (owner, route), told in sorted(seen.items()):
            shown.setdefault(owner, {})[route] = {
                name: {
                    "limit": window.limit,
                    "remaining": window.remaining,
                    "reset_at": window.reset_at.isoformat() if window.reset_at else None,
                }
                for name, window in told.items()
            }
        return shown


def _room(limit: int, left: int, ends_at: datetime, now: datetime, last_at: datetime | None) -> Room:
    half, kept = int(limit * SPREAD_FROM), int(limit * RESERVE)
    if left > half:
        return Room(left - half, left - half)
    if left == 0:
        return Room(0, 0, ends_at)
    apart = (ends_at - now) / left
    next_at = now if last_at is None else last_at + apart
    if next_at > now:
        return Room(0, 0, min(next_at, ends_at))
    return Room(1, 1 if left > kept else 0, ends_at if left <= kept else now + apart)


def route_of(method: str, path: str) -> str:
    """A request's route with its ids taken out, as X counts it."""
    return f"{method} {_ID.sub('/:id', path)}"


def _number(value: str | None) -> int | None:
    # isdecimal() lets in digits of other scripts, and int() of thousands of digits raises: neither is a
    # limit.
    return int(value) if value and len(value) <= 15 and value.isascii() and value.isdecimal() else None


def _moment(seconds: int | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
