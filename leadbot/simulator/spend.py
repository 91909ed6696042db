"""What the same calls would cost at X: pay-per-use prices (X documentation, August 2026)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from leadbot.simulator.accounts import Post, User
from leadbot.simulator.clock import SimClock
from leadbot.simulator.settings import SimSettings
from leadbot.simulator.text import links_in

PRICES_MILLI_USD = {
    "owned_read": 1,
    "post_read": 5,
    "user_read": 10,
    "post_create": 15,
    "post_create_with_url": 200,
    "summoned_reply": 10,
    "post_delete": 10,
    "dm_read": 10,
    "dm_create": 15,
}
"""Thousandths of a US dollar for each thing read or done."""

_RESOURCES = {"user_read": "user", "dm_read": "dm"}

SHARED = "(app)"
"""The name under which costs stand that no single brand caused."""


@dataclass(slots=True)
class SpendMeter:
    """Adds up what the API app would pay. A thing read twice on one UTC day is paid once."""

    clock: SimClock
    settings: SimSettings
    by_kind: dict[str, int] = field(default_factory=dict)
    by_brand: dict[str, int] = field(default_factory=dict)
    posts_billed: int = 0
    _day: str = ""
    _seen: set[tuple[str, int]] = field(default_factory=set)

    @property
    def total_usd(self) -> float:
        """US dollars in all."""
        return sum(self.by_kind.values()) / 1000

    def posts_read(self, posts: Iterable[Post], reader: User | None, *, owned: bool = False) -> None:
        """Bills posts handed to the app; `owned` are the brand's own mentions and posts."""
        for post in posts:
            self._read("owned_read" if owned else "post_read", post.id, _payer(reader, post))

    def users_read(self, users: Iterable[User], reader: User | None) -> None:
        """Bills accounts handed to the app."""
        for user in users:
            self._read("user_read", user.id, reader.username if reader else SHARED)

    def posted(self, post: Post, *, summoned: bool) -> None:
        """Bills a new post. X does not say what a summoned reply with a link costs: here the dearer price."""
        kind = "summoned_reply" if summoned else "post_create"
        self._add("post_create_with_url" if links_in(post.said) else kind, post.author.username)

    def deleted(self, author: User) -> None:
        """Bills one delete."""
        self._add("post_delete", author.username)

    def dm_sent(self, author: User) -> None:
        """Bills one direct message."""
        self._add("dm_create", author.username)

    def dms_read(self, ids: Iterable[int], reader: User) -> None:
        """Bills direct messages handed to the app."""
        for message_id in ids:
            self._read("dm_read", message_id, reader.username)

    def as_json(self) -> dict[str, Any]:
        """US dollars in all, by kind and by brand."""
        return {
            "total_usd": self.total_usd,
            "by_kind": {kind: milli / 1000 for kind, milli in sorted(self.by_kind.items())},
            "by_brand": {brand: milli / 1000 for brand, milli in sorted(self.by_brand.items())},
        }

    def _read(self, kind: str, resource: int, payer: str) -> None:
        today = f"{self.clock.now():%Y-%m-%d}"
        if today != self._day:
            self._day = today
            self._seen.clear()
        key = (_RESOURCES.get(kind, "post"), resource)
        if key not in self._seen:
            self._seen.add(key)
            self.posts_billed += key[0] == "post"
            self._add(kind, payer)

    def _add(self, kind: str, payer: str) -> None:
        price = PRICES_MILLI_USD[kind]
        self.by_kind[kind] = self.by_kind.get(kind, 0) + price
        self.by_brand[payer] = self.by_brand.get(payer, 0) + price


def _payer(reader: User | None, post: Post) -> str:
    if reader is not None:
        return reader.username
    # The stream belongs to the app; the brand that the post names is the one for whom it was read.
    return next((who.username for _, who in post.mentions if who is not None and who.brand), SHARED)
