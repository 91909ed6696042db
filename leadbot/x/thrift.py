"""Keeps what a brand pays for reading within its day: stream off, then poll, then poll slower, then stop.

The steps down are taken at once, those back up one by one with time between them, so that a storm that still
blows does not open and close the stream all day. What was spent is asked of the ledger in the database: it
outlives a restart and knows every reader.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from math import inf
from typing import Any

import structlog

from leadbot.model import BrandId
from leadbot.ports import Clock
from leadbot.x.spend import cost_of

log = structlog.get_logger(__name__)


class Rung(IntEnum):
    """How much is listened. Each rung keeps what the next one would give up."""

    FULL = 0  # as configured
    NO_STREAM = 1  # the poll alone, at its usual pace
    SLOW = 2  # the poll alone, SLOWER times as seldom; gaps wait for another day
    STOPPED = 3  # nothing is read until the next UTC day

    @property
    def words(self) -> str:
        """For people."""
        return ("as configured", "stream off", "stream off, poll slower", "stopped")[self]


SHARES = (0.5, 0.75)
"""Shares of the day's reads at which the stream goes off and the poll slows down."""

SLOWER = 6.0
CLIMB_S = 600.0
"""Seconds of the clock between two steps back up."""

SLACK = 0.9
"""A step back up needs so much less than what led to the step down."""

LEAST_PAGE = 5
"""The smallest page X gives; what is left for less than that is left alone."""


@dataclass(slots=True)
class _Standing:
    rung: Rung = Rung.FULL
    changed_at: datetime | None = None
    day: date | None = None
    spent_usd: float = 0.0


def _no_call(brand_id: BrandId, rung: Rung, why: str) -> None:
    """Nobody asked."""


class Thrift:
    """The read budgets of the brands of one app. Safe for threads.

    budgets: brand id → US dollars a UTC day; a brand that is not in it has no limit. spent: what its reads
    have cost on the day of the clock. on_rung(brand, rung, why) is called at the first look and at each
    change, in whatever thread noticed it.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        budgets: Mapping[BrandId, float],
        spent: Callable[[BrandId], float],
        has_poll: bool = True,
        on_rung: Callable[[BrandId, Rung, str], None] = _no_call,
    ) -> None:
        self._clock = clock
        self._budgets = budgets
        self._spent = spent
        self._has_poll = has_poll
        self._on_rung = on_rung
        self._lock = threading.Lock()
        self._standing: dict[BrandId, _Standing] = {}

    @property
    def has_limits(self) -> bool:
        """Whether any brand has a budget."""
        return bool(self._budgets)

    def look(self, brand_id: BrandId) -> Rung:
        """Where the brand stands now, by what it has spent. Raises TransientError."""
        budget = self._budgets.get(brand_id, inf)
        if budget == inf:
            return Rung.FULL
        spent, now = self._spent(brand_id), self._clock.now()
        with self._lock:
            one = self._standing.get(brand_id)
            if one is None:
                one = self._standing[brand_id] = _Standing()
                is_first = True
            else:
                is_first = False
            before, one.spent_usd = one.rung, spent
            one.rung = self._next(one, budget, now, is_first=is_first)
            one.day = now.date()
            if one.rung is before and not is_first:
                return before
            one.changed_at = now
        self._tell(brand_id, before, one.rung, f"${spent:.2f} of ${budget:.2f} for reading are spent today")
        return one.rung

    def affordable(self, brand_id: BrandId, kind: str, most: int, *, is_luxury: bool = False) -> int:
        """How many reads of `kind`, `most` at most, the day still allows. is_luxury: the last quarter is not
        for these. Raises TransientError.
        """
        budget = self._budgets.get(brand_id, inf)
        if budget == inf:
            return most
        budget *= SHARES[1] if is_luxury else 1.0
        return max(min(int((budget - self._spent(brand_id)) / cost_of(kind) + 1e-6), most), 0)

    def stream_room(self, brand_id: BrandId, waiting: int) -> float:
        """How many items the stream may still bring before it goes off, `waiting` of which are here but not
        in the ledger. Raises TransientError.
        """
        budget = self._budgets.get(brand_id, inf)
        if budget == inf:
            return inf
        share = self._limits(budget)[0 if self._has_poll else 2]
        return (share - self._spent(brand_id)) / cost_of("post_read") - waiting

    def as_json(self) -> dict[str, Any]:
        """For a health page: brand → rung, what is spent, and what may be."""
        with self._lock:
            return {
                str(brand_id): {
                    "rung": one.rung.name.lower(),
                    "words": one.rung.words,
                    "spent_usd": round(one.spent_usd, 4),
                    "budget_usd": self._budgets.get(brand_id),
                }
                for brand_id, one in self._standing.items()
            }

    def _limits(self, budget: float) -> tuple[float, float, float]:
        """US dollars from which on the rungs below FULL hold."""
        last = cost_of("owned_read", LEAST_PAGE) if self._has_poll else cost_of("post_read", LEAST_PAGE)
        return budget * SHARES[0], budget * SHARES[1], budget - last + 1e-9

    def _next(self, one: _Standing, budget: float, now: datetime, *, is_first: bool) -> Rung:
        limits = self._limits(budget)
        reached = sum(one.spent_usd >= limit for limit in limits)
        if not self._has_poll:
            reached = 3 if reached == 3 else 0  # there is nothing between all and nothing
        target = Rung(reached)
        if target >= one.rung or is_first:
            return target
        is_new_day = one.day is not None and now.date() != one.day
        has_slack = is_new_day or one.spent_usd < limits[one.rung - 1] * SLACK
        is_settled = one.changed_at is None or now - one.changed_at >= timedelta(seconds=CLIMB_S)
        if not (has_slack and (is_settled or is_new_day)):
            return one.rung
        return Rung(one.rung - 1) if self._has_poll else target

    def _tell(self, brand_id: BrandId, before: Rung, after: Rung, why: str) -> None:
        if after is not before:
            write = log.warning if after > before else log.info
            write("reads.rung_changed", brand=brand_id, before=before.words, now=after.words, why=why)
        self._on_rung(brand_id, after, why)
