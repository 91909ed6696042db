"""The one way out: what may be written to X at all, looked at where the request leaves.

Shut by default. Reading (GET, HEAD) is free. Everything else is either upkeep of the listener, by route, or
one write that a permit names: method, address and body have to be what the permit says, to the letter.

Not in here because they go to other hosts or never to posts: OAuth token requests, which no client of tweepy
makes.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests

from leadbot.errors import PermanentError
from leadbot.model import Deed, Permit
from leadbot.x.limits import route_of

READS = frozenset({"GET", "HEAD"})
UPKEEP = frozenset(
    {
        "POST /2/tweets/search/stream/rules",
        "DELETE /2/connections/all",
        "POST /2/compliance/jobs",
        "POST /2/activity/subscriptions",
        "DELETE /2/activity/subscriptions",
    }
)
"""What the listener needs: its rules, and the end of its own ghost connections; and what tells us of deleted
posts: compliance jobs and subscriptions. None of these makes a post."""

POSTS = "/2/tweets"
_REMEMBERED = 10_000


class Shut(PermanentError):
    """A request that nobody permitted. It did not leave."""

    def __init__(self, why: str) -> None:
        super().__init__("not_permitted", why)


class Egress:
    """Guards one thread's connections. Upkeep is for clients that show the app's own token."""

    def __init__(self, *, is_app: bool = False) -> None:
        self._upkeep = UPKEEP if is_app else frozenset()
        self._permit: Permit | None = None

    @contextmanager
    def opened(self, permit: Permit) -> Iterator[None]:
        """Let one request pass, the one the permit names, and shut again."""
        self._permit = permit
        try:
            yield
        finally:
            self._permit = None

    def check(self, request: requests.PreparedRequest) -> None:
        """Raises Shut unless this request may leave. A permit is spent by the look at it."""
        method, path = request.method or "", urlsplit(request.url or "").path
        if method in READS or route_of(method, path) in self._upkeep:
            return
        permit, self._permit = self._permit, None
        if permit is None:
            raise Shut(f"{method} {path} without a permit")
        if (method, path) != _address(permit):
            raise Shut(f"{method} {path} is not what the permit for {permit.key} says")
        if permit.deed is Deed.REPLY and _body_of(request) != body_for(permit):
            raise Shut(f"other words than the permit for {permit.key} says")


def body_for(permit: Permit) -> dict[str, Any]:
    """The only body a reply may have."""
    reply: dict[str, Any] = {"in_reply_to_tweet_id": permit.in_reply_to}
    if permit.exclude:
        reply["exclude_reply_user_ids"] = list(permit.exclude)
    return {"text": permit.text, "reply": reply}


class Spent:
    """Permits that were used: none serves twice. Remembers the newest 10,000. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: OrderedDict[tuple[str, str, int], None] = OrderedDict()

    def use(self, permit: Permit) -> None:
        """Raises Shut if it was used before."""
        name = (permit.deed.value, permit.key, permit.attempt)
        with self._lock:
            if name in self._used:
                raise Shut(f"the permit for {permit.key} (try {permit.attempt}) was used already")
            self._used[name] = None
            while len(self._used) > _REMEMBERED:
                self._used.popitem(last=False)


def _address(permit: Permit) -> tuple[str, str]:
    if permit.deed is Deed.REPLY:
        return "POST", POSTS
    return "DELETE", f"{POSTS}/{permit.post_id}"


def _body_of(request: requests.PreparedRequest) -> Any:
    try:
        return json.loads(request.body or b"")
    except (TypeError, ValueError):
        return None
