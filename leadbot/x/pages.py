"""Pages of posts that X answers a poll or a search with: read, paid for, and put into the inbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from leadbot.model import BrandId, Channel, Person, Post
from leadbot.ports import Clock, Inbox, Odd
from leadbot.x.mapping import MalformedItem, post_and_author
from leadbot.x.patience import trace
from leadbot.x.spend import ReadLedger

log = structlog.get_logger(__name__)

Read = list[tuple[Post, Person]]


class Pages:
    """Takes pages for one brand. siblings: ids of all our accounts, whose posts are never put."""

    def __init__(
        self,
        brand_id: BrandId,
        siblings: frozenset[str],
        inbox: Inbox,
        clock: Clock,
        ledger: ReadLedger,
        on_spend: Callable[[BrandId, str, int], None],
    ) -> None:
        self.malformed = 0
        self._brand_id = brand_id
        self._siblings = siblings
        self._inbox = inbox
        self._clock = clock
        self._ledger = ledger
        self._on_spend = on_spend

    def read(self, body: Mapping[str, Any], kind: str) -> Read:
        """The posts of one page, oldest first; what X bills for them as `kind` is told."""
        read: Read = []
        odd: list[Odd] = []
        for item in reversed(body.get("data", [])):
            try:
                read.append(post_and_author(item, body.get("includes")))
            except MalformedItem as fault:
                self.malformed += 1
                log.warning("item.set_aside", brand=self._brand_id, why=str(fault))
                odd.append(Odd(self._brand_id, json.dumps(item).encode(), str(fault)))
        if odd:
            self._inbox.set_aside(odd)
        fresh = self._ledger.new(kind, [post.id for post, _ in read], self._clock.now())
        if fresh:
            self._tell(kind, fresh)
        return [pair for pair in read if pair[0].author_id not in self._siblings and not pair[0].is_repost]

    def put(self, page: Read, channel: Channel) -> int:
        """Put them on disk; returns how many were new. Raises TransientError."""
        return self._inbox.put_posts(self._brand_id, page, channel=channel) if page else 0

    def _tell(self, kind: str, count: int) -> None:
        try:
            self._on_spend(self._brand_id, kind, count)
        except Exception:
            log.error("callback.failed", brand=self._brand_id, trace=trace())
