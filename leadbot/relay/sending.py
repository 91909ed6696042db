"""Sends one reply and writes down what became of it.

Never twice: whatever is not surely unsent is looked for first.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

import structlog

from leadbot import model as m
from leadbot.errors import AccountError, PermanentError, TransientError, UnknownOutcome
from leadbot.ports import Clock, PostWriter
from leadbot.reconcile import Outcomes
from leadbot.relay.rest import Rests
from leadbot.store import Store
from leadbot.store.outbox import OutboxEntry

_log = structlog.get_logger()

PER_POST = frozenset({"duplicate", "parent_gone", "too_long"})
"""Refusals that say something about one reply only.

All others, five in a row, say something about the account.
"""

MOST_ALIKE = 5
FIRST_LOOK = timedelta(seconds=5)


class Breaker:
    """Counts refusals of one kind in a row, brand by brand."""

    def __init__(self) -> None:
        self._runs: dict[m.BrandId, tuple[str, int]] = defaultdict(lambda: ("", 0))

    def passed(self, brand_id: m.BrandId) -> None:
        """Something was accepted: the run is over."""
        self._runs.pop(brand_id, None)

    def refused(self, brand_id: m.BrandId, reason: str) -> int:
        """One more refusal. Returns how many of this kind came in a row; 0 for those of a single post."""
        if reason in PER_POST:
            return 0
        last, count = self._runs[brand_id]
        self._runs[brand_id] = (reason, count + 1 if reason == last else 1)
        return self._runs[brand_id][1]


@dataclass(frozen=True, slots=True)
class Sender:
    """Carries out replies the gate let through."""

    store: Store
    clock: Clock
    outcomes: Outcomes
    breaker: Breaker
    rests: Rests

    def send(self, entry: OutboxEntry, permit: m.Permit, writer: PostWriter) -> None:
        """The row is in ``sending`` already. Raises TransientError when the outcome can't be written down."""
        called_back = self.store.outbox.called_back(entry, permit.mode)
        if called_back is not None:
            self.store.outbox.put_back(entry, called_back, self.clock.now())
            _log.info("reply.called_back", key=entry.key, rule=called_back.rule, brand=entry.brand_id)
            self.store.heard.send()
            return
        try:
            post_id = writer.send(permit)
        except TransientError as error:
            self._try_later(entry, error)
        except AccountError as error:
            self._stop_brand(entry, error)
        except PermanentError as error:
            self._refused(entry, error)
        except Exception as error:
            # Also for errors nobody foresaw: they may have been raised after the request was carried out.
            self._unknown(entry, error)
        else:
            self.breaker.passed(entry.brand_id)
            self.rests.passed(entry.brand_id)
            self.outcomes.sent(entry, post_id)

    def _try_later(self, entry: OutboxEntry, error: TransientError) -> None:
        until = self.rests.failed(entry.brand_id, error, self.clock.now()).until
        self.store.outbox.failed_for_now(entry, until=until, rule="x_unavailable", why=str(error))
        _log.info("reply.postponed", key=entry.key, until=until.isoformat(), why=str(error))

    def _stop_brand(self, entry: OutboxEntry, error: AccountError) -> None:
        self.store.brands.pause(entry.brand_id, why=f"X refuses the account: {error}", by="account")
        now = self.clock.now()
        self.store.outbox.failed_for_now(entry, until=now, rule=error.reason, why=str(error))

    def _refused(self, entry: OutboxEntry, error: PermanentError) -> None:
        if error.reason == "duplicate" and entry.attempts:
            # X knows these words already: an earlier try got through. Look for it, never send it again.
            self._unknown(entry, error, never_again=True)
            return
        self.outcomes.refused(entry, error.reason, str(error))
        alike = self.breaker.refused(entry.brand_id, error.reason)
        if alike >= MOST_ALIKE:
            why = f"{alike} replies in a row were refused as {error.reason}; nothing is sent until resumed"
            self.store.brands.pause(entry.brand_id, why=why, by="breaker")
            self.breaker.passed(entry.brand_id)

    def _unknown(self, entry: OutboxEntry, error: Exception, *, never_again: bool = False) -> None:
        until = self.clock.now() + FIRST_LOOK
        rule = "outcome_unknown" if isinstance(error, UnknownOutcome) else "unforeseen_error"
        why = f"{type(error).__name__}: {error}"
        self.store.outbox.look_again(entry, until=until, rule=rule, why=why, never_again=never_again)
        _log.warning("reply.lost_sight_of", key=entry.key, why=str(error), brand=entry.brand_id)
