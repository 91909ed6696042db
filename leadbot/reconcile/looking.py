"""Finds out what became of replies whose outcome nobody saw.

One missed reply is better than a double one in public.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from leadbot import model as m
from leadbot.errors import AccountError, TransientError
from leadbot.ports import Clock, PostWriter
from leadbot.reconcile.backoff import retry_at
from leadbot.reconcile.outcomes import Outcomes, same_words
from leadbot.store import Store
from leadbot.store.outbox import MOST_TRIES, OutboxEntry

_log = structlog.get_logger()

DEEPEST = 800
"""How far back the timeline is read for a reply whose fate is unknown: eight requests at most."""

GRACE = timedelta(seconds=60)
"""After the sender's time-out, how long X may take to show a post it accepted."""

BETWEEN_LOOKS = timedelta(seconds=30)
LOOKS = 2
GIVES_UP_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Looks for unknown replies on the brand's own timeline.

    timeout_s: how long the sender waits for X's answer.
    """

    store: Store
    clock: Clock
    outcomes: Outcomes
    normalise: Callable[[str], str]
    timeout_s: float

    def step(self, writers: Mapping[m.BrandId, PostWriter]) -> int:
        """Look once for every unknown reply that is due. Returns how many."""
        entries = self.store.outbox.unknown(tuple(writers), self.clock.now())
        by_brand: dict[m.BrandId, list[OutboxEntry]] = defaultdict(list)
        for entry in entries:
            by_brand[entry.brand_id].append(entry)
        for brand_id, theirs in by_brand.items():
            self._look_for(brand_id, theirs, writers[brand_id])
        return len(entries)

    def _look_for(self, brand_id: m.BrandId, entries: Sequence[OutboxEntry], writer: PostWriter) -> None:
        # A reply is younger than the post it answers: everything after the oldest of those is enough.
        since = min((entry.parent_id or m.PostId("0") for entry in entries), key=int)
        try:
            posts = writer.own_posts(since_id=since, limit=DEEPEST)
        except AccountError as error:
            self.store.brands.pause(brand_id, why=f"X refuses the account: {error}", by="account")
            self._can_not_look(entries, error, None)
            return
        except TransientError as error:
            self._can_not_look(entries, error, error.retry_at)
            return
        self.store.own_posts.keep(brand_id, posts, self.clock.now(), same_words=self._same)
        is_whole = len(posts) < DEEPEST
        for entry in entries:
            self._judge(entry, is_whole=is_whole)

    def _same(self, one: str, other: str) -> bool:
        return same_words(self.normalise, one, other)

    def _judge(self, entry: OutboxEntry, *, is_whole: bool) -> None:
        found = self.store.own_posts.under(entry.brand_id, entry.parent_id or "")
        match = next((post_id for post_id, said in found if self._same(entry.text, said)), None)
        if match is not None:
            _log.info("reply.found", key=entry.key, post_id=match)
            self.outcomes.sent(entry, m.PostId(match))
        elif found:
            self.outcomes.refused(
                entry, "unknown", "another post of the brand stands under this post already"
            )
        elif not is_whole:
            self._can_not_look([entry], TransientError("the timeline shows newer posts only"), None)
        else:
            self._absent(entry)

    def _absent(self, entry: OutboxEntry) -> None:
        now = self.clock.now()
        settled_after = timedelta(seconds=self.timeout_s) + GRACE
        if not is_overdue(entry, now, settled_after):
            deadline = (entry.sending_at or now) + settled_after
            until = min(deadline, now + BETWEEN_LOOKS)
            self.store.outbox.look_again(entry, until=until, rule="looking_for_it")
        elif entry.looks + 1 < LOOKS:
            until = now + BETWEEN_LOOKS
            self.store.outbox.look_again(entry, until=until, rule="looking_for_it", looked=True)
        elif entry.attempts >= MOST_TRIES:
            self.outcomes.refused(entry, "unknown", f"not to be found after {entry.attempts} tries")
        else:
            _log.info("reply.was_absent", key=entry.key, looks=entry.looks + 1)
            self.store.outbox.resend(entry, now)

    def _can_not_look(self, entries: Sequence[OutboxEntry], error: Exception, asked: datetime | None) -> None:
        now = self.clock.now()
        for entry in entries:
            if is_overdue(entry, now, GIVES_UP_AFTER):
                self.outcomes.refused(entry, "unknown", f"nobody can tell whether it was sent: {error}")
                continue
            until = retry_at(now, entry.looks + 2, seed=entry.key, asked=asked)
            self.store.outbox.look_again(entry, until=until, rule="cannot_look", why=str(error))


def is_overdue(entry: OutboxEntry, now: datetime, after: timedelta) -> bool:
    """Whether the last try is longer ago than that."""
    return entry.sending_at is None or now >= entry.sending_at + after
