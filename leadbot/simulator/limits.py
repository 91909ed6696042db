"""Rate-limit windows per app and per account, and their headers (X documentation, rate limits)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from leadbot.simulator.clock import SimClock
from leadbot.simulator.settings import SimSettings

WINDOW_S, DAY_S = 900, 86_400
NATIVE_LIMIT = 40_000

LIMITS: dict[str, dict[str, int]] = {
    "POST /2/tweets": {"app_day": 10_000, "user": 100},
    "DELETE /2/tweets/:id": {"user": 50},
    "GET /2/tweets": {"app": 3_500, "user": 5_000},
    "GET /2/tweets/:id": {"app": 450, "user": 900},
    "GET /2/tweets/search/stream": {"app": 50},
    "GET /2/tweets/search/stream/rules": {"app": 450},
    "POST /2/tweets/search/stream/rules": {"app": 100},
    "GET /2/users/:id/mentions": {"app": 450, "user": 300},
    "GET /2/users/:id/tweets": {"app": 10_000, "user": 900},
    "GET /2/tweets/search/recent": {"app": 450, "user": 300},
    "GET /2/users/me": {"user": 75},
    "GET /2/users": {"app": 300, "user": 900},
    "GET /2/users/:id": {"app": 300, "user": 900},
    "GET /2/users/by/username/:username": {"app": 300, "user": 900},
    "POST /2/dm_conversations/with/:participant_id/messages": {
        "user": 15,
        "user_day": 1_440,
        "app_day": 1_440,
    },
    "POST /2/dm_conversations/:dm_conversation_id/messages": {
        "user": 15,
        "user_day": 1_440,
        "app_day": 1_440,
    },
    "GET /2/dm_conversations/with/:participant_id/dm_events": {"user": 15},
    "GET /2/dm_events": {"user": 15},
    "POST /2/users/:id/likes": {"user": 50},
    "POST /2/users/:id/retweets": {"user": 50},
}
"""Requests allowed by route: `app` and `user` per 15 minutes, `app_day` and `user_day` per 24 hours."""

OTHERWISE = {"app": 450, "user": 900}

_HEADERS = {
    "app": "x-rate-limit",
    "user": "x-rate-limit",
    "app_day": "x-app-limit-24hour",
    "user_day": "x-user-limit-24hour",
}


@dataclass(slots=True)
class _Window:
    ends_at: float
    used: int = 0


@dataclass(slots=True)
class RateLimits:
    """Counts requests in virtual time. People's own clients see headers too, with a limit nobody reaches."""

    clock: SimClock
    settings: SimSettings
    _windows: dict[tuple[str, str, int], _Window] = field(default_factory=dict)

    def take(self, route: str, user_id: int | None, *, native: bool) -> tuple[bool, dict[str, str]]:
        """Counts one request; returns whether it may pass, and the headers of its answer."""
        now = self.clock.now().timestamp()
        passes, headers = True, {}
        for scope, limit in self._limits(route, user_id, native=native).items():
            owner = user_id if scope.startswith("user") and user_id is not None else 0
            window = self._window((route, scope, owner), now, DAY_S if scope.endswith("day") else WINDOW_S)
            fits = window.used < limit or not self.settings.rate_limits
            window.used += fits
            passes = passes and fits
            headers[f"{_HEADERS[scope]}-limit"] = str(limit)
            headers[f"{_HEADERS[scope]}-remaining"] = str(max(0, limit - window.used))
            headers[f"{_HEADERS[scope]}-reset"] = str(math.ceil(window.ends_at))
        return passes, headers

    def _limits(self, route: str, user_id: int | None, *, native: bool) -> dict[str, int]:
        if native:
            return {"user": NATIVE_LIMIT}
        table = {**OTHERWISE, **LIMITS.get(route, {}), **self.settings.limits.get(route, {})}
        counted = ("app", "app_day") if user_id is None else ("user", "user_day", "app_day")
        return {scope: table[scope] for scope in counted if scope in table}

    def _window(self, key: tuple[str, str, int], now: float, length_s: int) -> _Window:
        window = self._windows.get(key)
        if window is None or now >= window.ends_at:
            window = self._windows[key] = _Window(now + length_s)
        return window
