"""What X charges (pay-per-use, X documentation "pricing", as of August 2026), so that a brand's day has a
known end.

Two prices are not documented and the dearer one is taken: a summoned reply with a link counts as a post
with a link, and one person's post read by stream and by poll counts twice.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from datetime import date, datetime

PRICES_USD = {
    "post_read": 0.005,
    "owned_read": 0.001,
    "user_read": 0.010,
    "summoned_reply": 0.010,
    "post_create": 0.015,
    "post_create_with_url": 0.200,
    "post_delete": 0.010,
}
"""US dollars for one of each. owned_read: the brand's own mentions and posts, read with its own token in
its own app."""

OWN_POSTS_PER_CHECK = 5
"""Own posts read before a send, as a rule: those since our last one."""

_LINK = re.compile(r"https?://\S|\b(?:[a-z0-9-]+\.)+(?:[a-z]{2,})\b", re.IGNORECASE)
_REMEMBERED = 100_000


def has_link(text: str) -> bool:
    """Whether X may bill the text as a post with a link. A bare "example.com" is one; too careful rather
    than too cheap."""
    return _LINK.search(text) is not None


def cost_of(kind: str, count: int = 1, *, text: str = "") -> float:
    """US dollars of `count` times `kind`. A text with a link makes a post or reply as dear as X may make
    it."""
    if kind in ("summoned_reply", "post_create") and has_link(text):
        kind = "post_create_with_url"
    return PRICES_USD[kind] * count


def dialog_worst_case_usd(messages: int, *, with_links: bool = False) -> float:
    """The most a dialog of `messages` bot posts costs: hearing each post twice, looking before each reply,
    and the reply."""
    heard = cost_of("post_read") + cost_of("owned_read")
    looked = cost_of("post_read") + cost_of("owned_read", OWN_POSTS_PER_CHECK)
    said = PRICES_USD["post_create_with_url" if with_links else "summoned_reply"]
    return round(messages * (heard + looked + said), 4)


class ReadLedger:
    """Counts what X bills: a thing read again on the same UTC day is free. Safe for threads.

    Remembers the newest 100,000 reads, so after a storm or a restart it counts too much rather than too
    little.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day: date | None = None
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def new(self, kind: str, ids: Iterable[str], now: datetime) -> int:
        """How many of `ids` were not read as `kind` today, and remember them."""
        with self._lock:
            if now.date() != self._day:
                self._day, self._seen = now.date(), OrderedDict()
            fresh = {key for one in ids if (key := (kind, one)) not in self._seen}
            self._seen.update(dict.fromkeys(fresh))
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        return len(fresh)
