"""Fills what no poll can reach any more, by searching: five times the price, seven days back.

A gap lives in the database. Each page found is on disk before the gap is narrowed, so that a stop loses and
pays nothing twice; what even a search cannot reach is told as lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from leadbot.errors import AccountError, PermanentError
from leadbot.model import BrandId, Channel, PostId
from leadbot.ports import Clock, Gap, Inbox
from leadbot.x.account import Account
from leadbot.x.door import Door, page_of
from leadbot.x.mapping import EXPANSIONS, POST_FIELDS, USER_FIELDS
from leadbot.x.pages import Pages
from leadbot.x.rules import rule_for
from leadbot.x.snowflake import id_at, newest
from leadbot.x.thrift import Thrift

log = structlog.get_logger(__name__)

DAYS = timedelta(days=7) - timedelta(minutes=5)
"""How far back a recent search reaches (X documentation), with room for clocks that differ."""

PAGE, LEAST_PAGE = 100, 10
MOST_PAGES = 100
"""Pages in one go: 10,000 posts. More wait for the next poll, so that the newest are heard in between."""


class Gaps:
    """The gaps of one brand. on_lost(brand, after, before): these mentions will not be heard."""

    def __init__(
        self,
        account: Account,
        door: Door,
        inbox: Inbox,
        clock: Clock,
        pages: Pages,
        *,
        thrift: Thrift,
        on_lost: Callable[[BrandId, PostId, PostId], None],
    ) -> None:
        self._account = account
        self._door = door
        self._inbox = inbox
        self._clock = clock
        self._pages = pages
        self._thrift = thrift
        self._on_lost = on_lost

    def fill(self) -> int:
        """Search for what is missing; returns how many gaps are still open. Raises TransientError."""
        gaps = self._inbox.gaps(self._account.brand_id)
        return sum(not self._fill(gap) for gap in gaps)

    def _fill(self, gap: Gap) -> bool:
        try:
            return self._search(gap)
        except AccountError:
            raise
        except PermanentError as error:
            # An app that may not search: the poll must not wait for ever for what nobody will bring.
            self._lose(gap, gap.after, gap.before, f"X refuses the search: {error}")
            return True

    def _search(self, gap: Gap) -> bool:
        reach = id_at(self._clock.now() - DAYS)
        since, before, token = newest(gap.after, reach), gap.before, None
        for _ in range(MOST_PAGES):
            if int(since) >= int(before) - 1:
                break
            size = self._thrift.affordable(gap.brand_id, "post_read", PAGE, is_luxury=True)
            if size < LEAST_PAGE:
                log.warning("gap.waits", brand=gap.brand_id, why="too little is left of the day's reads")
                return False
            body = self._page(since, before, size, token)
            found = self._pages.read(body, "post_read")
            new = self._pages.put(found, Channel.SEARCH)
            oldest, token = body["meta"].get("oldest_id"), body["meta"].get("next_token")
            if not token:
                break
            if oldest and str(oldest).isdecimal():
                before, token = PostId(str(oldest)), None
                self._inbox.narrow_gap(gap, before=before, found=new)
            # Else all of the page is hidden, and only its token leads on to what is older.
        else:
            return False
        if int(since) > int(gap.after):
            self._lose(gap, gap.after, since, "X's search reaches seven days back")
        else:
            self._inbox.close_gap(gap)
            log.info("gap.filled", brand=gap.brand_id, after=gap.after)
        return True

    def _page(self, since: PostId, before: PostId, size: int, token: str | None) -> Mapping[str, Any]:
        return page_of(
            self._door.ask(
                lambda client: client.search_recent_tweets(
                    rule_for(self._account),
                    since_id=since,
                    until_id=before,
                    max_results=size,
                    next_token=token,
                    tweet_fields=POST_FIELDS,
                    expansions=EXPANSIONS,
                    user_fields=USER_FIELDS,
                    user_auth=self._door.user_auth,
                )
            )
        )

    def _lose(self, gap: Gap, after: PostId, before: PostId, why: str) -> None:
        log.error("mentions.lost", brand=gap.brand_id, after=after, before=before, why=why)
        self._inbox.close_gap(gap, lost=why)
        self._on_lost(gap.brand_id, after, before)
