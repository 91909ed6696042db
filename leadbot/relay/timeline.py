"""The brands' own timelines: who speaks for a brand besides us (SCENARIOS 18 and 19).

Read just before each send, and now and then when nothing is to be sent, so that a human's answer is known
before the next words are chosen. A new own post costs $0.001, an empty look nothing (X_API §0.6).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from leadbot import model as m
from leadbot.errors import LeadbotError, TransientError
from leadbot.ports import Clock, PostWriter
from leadbot.reconcile import DEEPEST, same_words
from leadbot.relay.rest import Rests
from leadbot.store import Store

_log = structlog.get_logger()

EVERY_S = 60.0
"""Between two looks at a timeline nobody read meanwhile, in seconds of the clock."""

LOOKS_EVERY_S = 1.0
"""Real seconds between two looks at the clock: a simulated one may jump."""

_OVERLAP_MS = (
    600_000  # X's timeline may show a post late; read the last ten minutes again, at most a page of them
)
_PAGE = 100  # the most X answers with at once; a deeper read is a request for every further page
_X_EPOCH_MS = 1_288_834_974_657


@dataclass(slots=True)
class Timeline:
    """Reads and remembers. Safe for threads: what is kept twice counts once."""

    store: Store
    clock: Clock
    normalise: Callable[[str], str]
    read_at: dict[m.BrandId, datetime] = field(default_factory=dict)

    def read(self, brand_id: m.BrandId, writer: PostWriter, *, since: m.PostId | None = None) -> int:
        """Read what is new. since: where to begin if nothing was ever read.

        Returns how many posts a human wrote to people we know. Raises TransientError, AccountError.
        """
        newest = self.store.own_posts.newest(brand_id)
        known = newest[0] if newest is not None else since or self._now()
        posts = writer.own_posts(since_id=_earlier(known), limit=_PAGE)
        if len(posts) >= _PAGE and int(posts[-1].id) > int(known):
            # The page does not reach back to what we know: a rep may have answered by hand meanwhile.
            posts = writer.own_posts(since_id=_earlier(known), limit=DEEPEST)
        now = self.clock.now()
        by_hand = self.store.own_posts.keep(brand_id, posts, now, same_words=self._same)
        self.read_at[brand_id] = now
        if by_hand:
            _log.info("human.answered_natively", brand=brand_id, posts=by_hand)
            self.store.heard.send()
        return by_hand

    def _same(self, one: str, other: str) -> bool:
        return same_words(self.normalise, one, other)

    def _now(self) -> m.PostId:
        return m.PostId(str((int(self.clock.now().timestamp() * 1000) - _X_EPOCH_MS) << 22))


@dataclass(slots=True)
class TimelineWatch:
    """Looks at every timeline that was not read for a while."""

    timeline: Timeline
    writers: Mapping[m.BrandId, PostWriter]
    rests: Rests
    every_s: float = EVERY_S

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        while not stop.is_set():
            self.step(stop)
            stop.wait(LOOKS_EVERY_S)

    def step(self, stop: threading.Event | None = None) -> int:
        """One look where it is due. Returns how many posts a human wrote to people we know."""
        found = 0
        for brand_id, writer in self.writers.items():
            # Asked before each: many brands and a slow X are no thread that hangs.
            if stop is not None and stop.is_set():
                break
            found += self._look(brand_id, writer)
        return found

    def _look(self, brand_id: m.BrandId, writer: PostWriter) -> int:
        now = self.timeline.clock.now()
        last = self.timeline.read_at.get(brand_id)
        if last is not None and now < last + timedelta(seconds=self.every_s):
            return 0
        if self.rests.of(brand_id, now) is not None:
            return 0  # X cannot be asked now; the relay asks first when it can
        self.timeline.read_at[brand_id] = now  # also for a look that fails: not again at once
        try:
            return self.timeline.read(brand_id, writer)
        except TransientError as error:
            self.rests.failed(brand_id, error, now)
            _log.warning("timeline.not_read", brand=brand_id, why=str(error))
        except LeadbotError as error:
            # What is wrong with the account stops the brand when it wants to speak; nothing is sent here.
            _log.warning("timeline.not_read", brand=brand_id, why=str(error))
        return 0


def _earlier(post_id: m.PostId) -> m.PostId | None:
    since = int(post_id) - (_OVERLAP_MS << 22)
    return m.PostId(str(since)) if since > 0 else None
