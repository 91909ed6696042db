"""Outcomes come back: asks the CRM now and then what became of the leads it has."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from leadbot.errors import AccountError, LeadbotError, PermanentError, TransientError
from leadbot.ports import CrmAdapter
from leadbot.store import Store

_log = structlog.get_logger()

NAME = "outcomes from the CRM"
"""The piece of housekeeping whose time is the watermark: all before it has been read."""

ALARM = "crm.refused"

OVERLAP = timedelta(minutes=10)
"""Read again each time: clocks differ, and some CRMs show a change only after a while. Twice is no news."""

FIRST_LOOK = timedelta(days=30)
_CHECKS_EVERY_S = 1.0


def wall_clock() -> datetime:
    """The time as CRMs know it, however fast a simulated X runs."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Pulling:
    """One a process. every: between two looks. Outcomes are taken once, whatever crashes between."""

    store: Store
    crm: CrmAdapter
    every: timedelta
    now: Callable[[], datetime] = wall_clock
    _next_at: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` is set."""
        while not stop.is_set():
            self.step()
            stop.wait(min(self.every.total_seconds(), _CHECKS_EVERY_S))

    def step(self) -> int:
        """Look if it is time to. Returns how many leads have news."""
        now = self.now()
        if self._next_at is not None and now < self._next_at:
            return 0
        self._next_at = now + self.every
        if "pull_outcomes" not in self.crm.capabilities():
            return 0
        try:
            return self._pull(now) if self.store.crm.has_leads() else 0
        except TransientError as error:
            self._next_at = max(self._next_at, error.retry_at or now)
            _log.warning("outcomes.waited", why=str(error))
        except PermanentError as error:
            self._refused(error)
        except LeadbotError as error:
            _log.warning("outcomes.waited", why=str(error))
        return 0

    def _pull(self, now: datetime) -> int:
        last = self.store.chores.last(NAME)
        since = (last - OVERLAP) if last is not None else now - FIRST_LOOK
        found = self.crm.pull_outcomes(since)
        news = sum(self.store.crm.take(one) for one in sorted(found, key=lambda one: one.at))
        self.store.chores.done(NAME, now, f"{news} of {len(found)} are news")
        self.store.alarms.clear(ALARM)
        if news:
            _log.info("outcomes.taken", news=news)
        return news

    def _refused(self, error: PermanentError) -> None:
        whose = "the keys of the CRM" if isinstance(error, AccountError) else "the CRM"
        what = f"{whose}: outcomes cannot be read: {error}"
        self.store.alarms.raise_alarm(ALARM, what=what, fix="leadbot doctor says what is wrong with the CRM")
        _log.error("outcomes.refused", reason=error.reason, why=str(error))
