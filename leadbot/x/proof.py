"""Whose token is it? Asked of X live, and believed for as long as nothing speaks against it.

``/2/users/me`` costs a cent, as much as a reply. So it is asked once for a token and process; then these
speak for the token for nothing:

- an OAuth 1.0a access token begins with the numeric id of its account and belongs to it for ever: it is
  compared each time, and once X has confirmed it live there is nothing that could change;
- a post that was made with the token and stands on the brand's own timeline, which is read before each send.

It is asked again after a refusal that may be about the account, when an OAuth 2.0 token was renewed, and
when nothing of the above has spoken for it for a day.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog

from leadbot.model import PostId
from leadbot.model.secret import Secret
from leadbot.ports import Clock
from leadbot.x.credentials import Credentials

log = structlog.get_logger(__name__)

GOOD_FOR = timedelta(days=1)
HARMLESS = frozenset({"duplicate", "parent_gone", "too_long", "not_permitted"})
"""Refusals that say nothing about the account."""

_REMEMBERED = 500


def account_in(access_token: Secret) -> str:
    """The id of the account in front of an OAuth 1.0a access token; empty if there is none."""
    prefix, dash, _ = access_token.reveal().partition("-")
    return prefix if dash and prefix.isascii() and prefix.isdecimal() else ""


class Proof:
    """For one account's token. ask: looks live whose it is. Safe for threads."""

    def __init__(self, credentials: Credentials, clock: Clock, ask: Callable[[], str]) -> None:
        self._credentials = credentials
        self._clock = clock
        self._ask = ask
        self._lock = threading.Lock()
        self._account = ""
        self._token: Secret | None = None
        self._good_until: datetime | None = None
        self._posted: deque[PostId] = deque(maxlen=_REMEMBERED)

    def account_id(self) -> str:
        """The account the token speaks as. Raises TransientError, AccountError."""
        token = self._current()
        with self._lock:
            if self._token != token or not self._is_good(token):
                self._account = self._ask()
                self._token, self._good_until = token, self._clock.now() + GOOD_FOR
                log.info("token.verified", account=self._account)
            told = account_in(token) if self._credentials.has_oauth1 else ""
            if told and told != self._account:
                # X itself contradicts the token: nobody may speak with it.
                log.error("token.contradicts", says=told, live=self._account)
                return f"{told}?{self._account}"
            return self._account

    def posted(self, post_id: PostId) -> None:
        """This was said with the token."""
        self._posted.append(post_id)

    def seen(self, post_ids: Iterable[PostId]) -> None:
        """These stand on the brand's own timeline: if one of ours is among them, the token is the brand's."""
        with self._lock:
            if self._good_until is not None and not set(self._posted).isdisjoint(post_ids):
                self._good_until = self._clock.now() + GOOD_FOR
                self._posted.clear()

    def doubt(self, reason: str) -> None:
        """X refused something: unless it is about one post only, look again before the next word."""
        if reason not in HARMLESS:
            with self._lock:
                self._good_until = None

    def _is_good(self, token: Secret) -> bool:
        if self._good_until is None:
            return False
        is_bound = self._credentials.has_oauth1 and account_in(token) == self._account
        return is_bound or self._clock.now() < self._good_until

    def _current(self) -> Secret:
        keys = self._credentials
        if keys.has_oauth1:
            return keys.access_token
        return keys.tokens.current() if keys.tokens is not None else keys.oauth2_user_token
