"""Keeps X's Activity API told whose deletions we want to hear of: the people we last had words with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from leadbot.errors import PermanentError
from leadbot.model import PersonId
from leadbot.ports import Clock
from leadbot.store import Store

_log = structlog.get_logger()

NAME = "subscribe to deletions"
AGAIN_AFTER = timedelta(hours=24)
A_ROUND = 50
"""New subscriptions a round: X lets an app ask 500 times in a quarter of an hour, and other chores wait."""

MOST_REFUSALS = 5


class Subscribed(Protocol):
    """`x.activity.Subscriptions`."""

    def all(self) -> dict[PersonId, str]: ...
    def add(self, person_id: PersonId) -> None: ...
    def remove(self, subscription_ids: Sequence[str]) -> None: ...


@dataclass(slots=True)
class Subscribing:
    """One comparison a round. most: how many people X lets us hear of."""

    store: Store
    clock: Clock
    subscriptions: Subscribed
    most: int
    _not_before: datetime | None = field(default=None)

    def step(self) -> int:
        """Returns how many subscriptions were made or ended. Raises TransientError."""
        now = self.clock.now()
        if self._not_before is not None and now < self._not_before:
            return 0
        try:
            return self._compare(now)
        except PermanentError as error:
            self._not_before = now + AGAIN_AFTER
            _log.warning("subscriptions.refused", why=str(error))
            self.store.chores.done(NAME, now, f"refused, so deletions are found by looking: {error}")
            return 0

    def _compare(self, now: datetime) -> int:
        wanted = self.store.checks.recent_authors(self.most)
        known = self.subscriptions.all()
        gone = [known[one] for one in known.keys() - set(wanted)]
        for start in range(0, len(gone), A_ROUND):
            self.subscriptions.remove(gone[start : start + A_ROUND])
        new = [one for one in wanted if one not in known][:A_ROUND]
        made = self._add(new)
        self.store.chores.done(NAME, now, f"{len(known) - len(gone) + made} people of {len(wanted)}")
        return len(gone) + made

    def _add(self, people: Sequence[PersonId]) -> int:
        """One that X refuses (another program has it, or the app has its fill) does not stop the rest."""
        made, refusals = 0, list[PermanentError]()
        for person_id in people:
            try:
                self.subscriptions.add(person_id)
                made += 1
            except PermanentError as error:
                refusals.append(error)
                if len(refusals) >= MOST_REFUSALS:
                    break
        if refusals:
            _log.warning("subscription.refused", count=len(refusals), why=str(refusals[-1]))
        if refusals and not made:
            raise refusals[-1]
        return made
