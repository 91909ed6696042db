"""While X cannot be asked, a brand rests as a whole: were each of its rows to ask, it would be a storm."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadbot.errors import TransientError
from leadbot.model import BrandId
from leadbot.reconcile.backoff import retry_at

_FORGOTTEN_AFTER = timedelta(minutes=10)
"""So long after a rest its failure no longer counts: a brand that seldom speaks is looked up all day, and one
lost look in a thousand must not keep it silent for minutes when somebody asks.
"""


@dataclass(frozen=True, slots=True)
class Rest:
    """Until when nothing is asked of X for a brand, and why."""

    until: datetime
    why: str


class Rests:
    """The brands that rest. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rests: dict[BrandId, Rest] = {}
        self._fails: dict[BrandId, int] = {}

    def failed(self, brand_id: BrandId, error: TransientError, now: datetime) -> Rest:
        """X could not be asked: rest until it said, else twice as long as last time. Returns the rest.

        What was under way together counts as one failure.
        """
        with self._lock:
            fails, rest = self._fails.get(brand_id, 0), self._rests.get(brand_id)
            if rest is not None and now >= rest.until + _FORGOTTEN_AFTER:
                fails = 0
            is_resting = rest is not None and now < rest.until
            if not is_resting:
                self._fails[brand_id] = fails + 1
            until = retry_at(now, fails, seed=f"{brand_id}:{fails}", asked=error.retry_at)
            if rest is None or not is_resting or (error.retry_at is not None and until > rest.until):
                rest = self._rests[brand_id] = Rest(until, str(error))
            return rest

    def passed(self, brand_id: BrandId) -> None:
        """X took something: the next failure counts as the first."""
        with self._lock:
            self._fails.pop(brand_id, None)

    def of(self, brand_id: BrandId, now: datetime) -> Rest | None:
        """The rest this brand is in, if any."""
        with self._lock:
            rest = self._rests.get(brand_id)
        return rest if rest is not None and now < rest.until else None
