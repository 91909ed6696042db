"""A short memory of what the stream brought, to tell whether the poll heard anything it did not."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

from leadbot.model import BrandId, Post, PostId

MOST = 20_000


class Recent:
    """The newest posts heard, by brand. Safe for threads."""

    def __init__(self, most: int = MOST) -> None:
        self._lock = threading.Lock()
        self._most = most
        self._heard: OrderedDict[tuple[BrandId, PostId], None] = OrderedDict()

    def add(self, brand_id: BrandId, posts: Iterable[Post]) -> None:
        """Remember posts; the oldest are forgotten."""
        with self._lock:
            self._heard.update(dict.fromkeys((brand_id, post.id) for post in posts))
            while len(self._heard) > self._most:
                self._heard.popitem(last=False)

    def missing(self, brand_id: BrandId, posts: Iterable[Post]) -> list[Post]:
        """Those of `posts` that were not heard."""
        with self._lock:
            return [post for post in posts if (brand_id, post.id) not in self._heard]
