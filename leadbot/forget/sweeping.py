"""Once a day everything older than the settings allow goes (docs/storage.md, "Retention")."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

import structlog

from leadbot.ports import Clock
from leadbot.store import Store

_log = structlog.get_logger()

NAME = "forget old words"
EVERY = timedelta(hours=24)
BATCH = 10
"""Conversations in one transaction: some milliseconds in which nobody else can write."""

MOST_BATCHES = 500
"""Batches a round, some ten seconds: a storm of last month takes several, or the keeper would look stuck."""

_YIELD_S = 0.02
ODD_ITEMS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Sweeping:
    """keep, keep_with_consent: after the last contact. most_batches: in one round."""

    store: Store
    clock: Clock
    keep: timedelta
    keep_with_consent: timedelta
    most_batches: int = MOST_BATCHES

    def step(self) -> int:
        """Sweep if the last time was a day ago. Returns how many conversations went. Raises TransientError;
        what was not reached then goes next time.
        """
        now = self.clock.now()
        last = self.store.chores.last(NAME)
        if last is not None and now < last + EVERY:
            return 0
        retention, gone = self.store.retention, 0
        before, before_with_consent = now - self.keep, now - max(self.keep, self.keep_with_consent)
        for _ in range(self.most_batches):
            batch = retention.old(before, before_with_consent, limit=BATCH)
            went = retention.remove(batch, only_before=before) if batch else 0
            gone += went
            if not went:
                break  # nobody is left, or all of them had contact meanwhile
            time.sleep(_YIELD_S)
        else:
            return gone  # the rest goes next round
        retention.remove_orphans(before)
        retention.remove_own_posts(before)
        retention.remove_odd_items(now - ODD_ITEMS)
        self.store.chores.done(NAME, now, f"{gone} people's words left")
        if gone:
            _log.info("old_words.forgotten", people=gone)
        return gone
