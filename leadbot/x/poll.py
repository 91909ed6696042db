"""The mentions poll of one brand: slower and cheaper than the stream, and the source of truth.

The watermark is the newest id up to which everything is in the inbox. It moves after all pages of a poll are
committed and never because of the stream; each poll starts ten minutes before it, because X may show a post
late and out of order. What comes twice is told apart by its key in the inbox.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import structlog

from leadbot.errors import PermanentError, TransientError
from leadbot.model import BrandId, Channel, Post, PostId
from leadbot.ports import Clock, Inbox
from leadbot.x.account import Account
from leadbot.x.door import Door, page_of
from leadbot.x.gaps import Gaps
from leadbot.x.limits import Limits
from leadbot.x.mapping import EXPANSIONS, POST_FIELDS, USER_FIELDS
from leadbot.x.pages import Pages, Read
from leadbot.x.patience import BackOff, KeptThread, Patience, pause, trace
from leadbot.x.refusals import RateLimited
from leadbot.x.session import TimeOuts
from leadbot.x.snowflake import earlier, id_at, newest, time_of
from leadbot.x.spend import ReadLedger
from leadbot.x.thrift import LEAST_PAGE, Rung, Thrift

log = structlog.get_logger(__name__)

REACH = 800
"""Mentions that X keeps in the timeline; older ones can no longer be polled."""

NEARLY_ALL = REACH * 3 // 4
"""X counts its 800 before it leaves out what it does not show (deleted, protected, suspended): so many with
no further page may be all it keeps. Asking the search once too often costs nothing: it bills what it finds.
"""

READS_SPENT = "reads_spent"
"""Why a poll waits when the brand may read nothing more today."""

PAGE = 100
MOST_PAGES = 20
_ROUTE = "GET /2/users/:id/mentions"
_AHEAD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PollCalls:
    """Whom a poll tells. All are called in its thread; what they raise is logged and goes no further.

    completed: everything up to now is in the inbox. gap: posts after the first and before the second id are
    lost, to the search too. heard: what a complete poll brought. spend: (brand, kind, how many). trouble: an
    operator has to act. failed: this poll came to nothing.
    """

    completed: Callable[[BrandId], None]
    gap: Callable[[BrandId, PostId, PostId], None]
    heard: Callable[[BrandId, list[Post]], None]
    spend: Callable[[BrandId, str, int], None]
    trouble: Callable[[str, str, str], None]
    failed: Callable[[BrandId], None]


class _StillSearching(TransientError):
    """All that is new is here, and something older is not yet."""


class _End(Enum):
    """Why a poll read no further page."""

    REACHED = 1  # all that is new has been read
    CUT = 2  # X keeps no more
    SPENT = 3  # the day's reads are spent


@dataclass(slots=True)
class PollPulse:
    """Signs of life of one poll."""

    completed_at: datetime | None = None
    polls: int = 0
    new_posts: int = 0
    malformed: int = 0
    gaps: int = 0
    open_gaps: int = 0
    reason: str = ""  # why the last one failed; empty when all is well
    not_before: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """For a health page."""
        return {
            "completed_at": self.completed_at.isoformat() if self.completed_at else None,
            "polls": self.polls,
            "new_posts": self.new_posts,
            "malformed": self.malformed,
            "gaps": self.gaps,
            "open_gaps": self.open_gaps,
            "reason": self.reason,
            "not_before": self.not_before.isoformat() if self.not_before else None,
        }


class MentionsPoll:
    """Polls the mentions of one brand in a thread of its own."""

    def __init__(
        self,
        account: Account,
        siblings: frozenset[str],
        inbox: Inbox,
        clock: Clock,
        stop: threading.Event,
        calls: PollCalls,
        *,
        base_url: str,
        poll_s: float,
        lookback_s: float,
        overlap_s: float,
        patience: Patience,
        ledger: ReadLedger,
        thrift: Thrift,
        limits: Limits | None = None,
        time_outs: TimeOuts | None = None,
    ) -> None:
        """siblings: ids of all our accounts, whose posts are never put. poll_s, lookback_s, overlap_s:
        seconds
        of the clock."""
        self.pulse = PollPulse()
        self.poll_s = poll_s
        self._brand_id = account.brand_id
        self._inbox = inbox
        self._clock = clock
        self._stop = stop
        self._calls = calls
        self._overlap_s = overlap_s
        self._patience = patience
        self._thrift = thrift
        self._pages = Pages(account.brand_id, siblings, inbox, clock, ledger, calls.spend)
        self._first = id_at(clock.now() - timedelta(seconds=lookback_s))
        self._began = PostId("0")
        has_user = account.credentials.has_user_context
        self._limits = limits
        self._owner = account.handle if has_user else "app"
        self._kind = "owned_read" if has_user else "post_read"
        self._door = Door(
            account.credentials,
            clock,
            base_url=base_url,
            owner=self._owner,
            as_app=not has_user,
            limits=limits,
            time_outs=time_outs,
        )
        self._gaps = Gaps(account, self._door, inbox, clock, self._pages, thrift=thrift, on_lost=self._lost)
        self._back_off = BackOff(patience.back_off_s, patience.back_off_most_s)
        self._limited = BackOff(patience.rate_limited_s, 15 * 60.0)
        self._told = ""
        self._asked = 0  # how often somebody asked for a fresh poll
        self._wake = threading.Event()
        self._thread = KeptThread(f"x-poll-{account.handle}", self._keep_polling, stop)

    @property
    def is_alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive

    @property
    def restarts(self) -> int:
        """How often its thread had to be started anew."""
        return self._thread.restarts

    def start(self) -> None:
        """Poll now and from now on."""
        self._thread.start()

    def poke(self) -> None:
        """Poll at once, unless X has told us to wait. A poll under way no longer counts as complete."""
        self._asked += 1
        self._wake.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread, which `stop` and a poke have told to end, and close its connections."""
        self._thread.join(timeout_s)
        self._door.close()

    def poll(self) -> int:
        """One complete poll, and what searches it takes; returns how many posts were new.

        Raises TransientError, PermanentError.
        """
        asked = self._asked
        mark = self._inbox.watermark(self._brand_id)
        since = self._since(mark)
        pages, end = self._read_pages(since)
        new = sum(self._pages.put(page, Channel.POLL) for page in reversed(pages))
        self.pulse.new_posts += new
        self.pulse.malformed = self._pages.malformed
        if end is _End.SPENT:
            # What was read is paid for and kept; the next poll starts where this one did.
            raise TransientError(READS_SPENT)
        posts = [post for page in pages for post, _ in page]
        if end is _End.CUT and posts:
            self._open_gap(mark or since, min((post.id for post in posts), key=int))
        self._move(mark, since, posts)
        self.pulse.polls += 1
        self._tell(self._calls.heard, self._brand_id, posts)
        if gaps := self._fill_gaps():
            raise _StillSearching(f"gaps among the mentions that wait to be searched: {gaps}")
        self.pulse.completed_at = self._clock.now()
        if asked == self._asked:
            # Asked anew meanwhile (a reconnect): only a poll begun after that has heard what was missed.
            self._tell(self._calls.completed, self._brand_id)
        return new

    def _move(self, mark: PostId | None, since: PostId, posts: list[Post]) -> None:
        # An id from the far future must not carry the watermark away over everything to come.
        seen = [post.id for post in posts if time_of(post.id) <= self._clock.now() + _AHEAD]
        reached = newest(since, *seen)
        if mark is None or int(reached) > int(mark):
            self._inbox.move_watermark(self._brand_id, reached)

    def _fill_gaps(self) -> int:
        try:
            self.pulse.open_gaps = self._gaps.fill()
        except TransientError:
            self.pulse.open_gaps = len(self._inbox.gaps(self._brand_id))
            raise
        return self.pulse.open_gaps

    def _since(self, mark: PostId | None) -> PostId:
        if mark is None:
            # Mentions older than the installation are not ours to answer, nor in the next polls' overlap.
            self._began = self._first
            return self._first
        return newest(earlier(mark, self._overlap_s), self._began)

    def _read_pages(self, since: PostId) -> tuple[list[Read], _End]:
        """All pages, newest first, and why there are no more."""
        pages: list[Read] = []
        token, count, size = None, 0, PAGE
        for _ in range(MOST_PAGES):
            size = self._thrift.affordable(self._brand_id, self._kind, PAGE)
            if size < LEAST_PAGE:
                return pages, _End.SPENT
            body = self._page(since, token, size)
            count += len(body.get("data", []))
            pages.append(self._pages.read(body, self._kind))
            token = body["meta"].get("next_token")
            if not token:
                return pages, _End.CUT if count >= NEARLY_ALL else _End.REACHED
        # Short pages mean that the day's money ends, not that X's memory does.
        return pages, _End.CUT if size == PAGE else _End.SPENT

    def _page(self, since: PostId, token: str | None, size: int) -> Mapping[str, Any]:
        body = self._door.ask(
            lambda client: client.get_users_mentions(
                self._brand_id,
                since_id=since,
                max_results=size,
                pagination_token=token,
                tweet_fields=POST_FIELDS,
                expansions=EXPANSIONS,
                user_fields=USER_FIELDS,
                user_auth=self._door.user_auth,
            )
        )
        return page_of(body)

    def _open_gap(self, mark: PostId, oldest: PostId) -> None:
        if int(oldest) <= int(mark):
            return  # the timeline was full, and yet reached back to what we have
        self.pulse.gaps += 1
        log.warning("gap.opened", brand=self._brand_id, after=mark, before=oldest)
        self._inbox.open_gap(self._brand_id, after=mark, before=oldest)

    def _lost(self, brand_id: BrandId, after: PostId, before: PostId) -> None:
        self._tell(self._calls.gap, brand_id, after, before)

    def _keep_polling(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            self._poll_safely()
            self._wait()

    def _poll_safely(self) -> None:
        try:
            if self._thrift.look(self._brand_id) is Rung.STOPPED:
                self._rest()
                return
            self.poll()
        except _StillSearching as error:
            self._hold(str(error), None, self.poll_s)
        except PermanentError as error:
            self._wait_for_operator(error.reason, str(error))
        except TransientError as error:
            back_off = self._limited if isinstance(error, RateLimited) else self._back_off
            self._hold(str(error), error.retry_at, back_off.next_s())
        except Exception as error:
            log.error("poll.broken", brand=self._brand_id, trace=trace())
            self._hold(f"{type(error).__name__}: {error}", None, self._back_off.next_s())
        else:
            self._back_off.reset()
            self._limited.reset()
            self._told = self.pulse.reason = ""
            self.pulse.not_before = None

    def _rest(self) -> None:
        """The day's reads are spent: look now and then whether there is a new day or more money."""
        if self.pulse.reason != READS_SPENT:
            self._hold(READS_SPENT, None, self.poll_s)
        self.pulse.not_before = self._clock.now() + timedelta(seconds=self.poll_s)

    def _wait_for_operator(self, reason: str, why: str) -> None:
        if reason != self._told:
            self._told = reason
            log.error("poll.refused", brand=self._brand_id, reason=reason, why=why)
            self._tell(self._calls.trouble, f"poll:{self._brand_id}", reason, why)
        self._hold(reason, None, self._patience.refused_s)

    def _hold(self, reason: str, until: datetime | None, seconds: float) -> None:
        log.warning("poll.failed", brand=self._brand_id, why=reason)
        self.pulse.reason = reason
        self.pulse.not_before = until or self._clock.now() + timedelta(seconds=seconds)
        self._tell(self._calls.failed, self._brand_id)

    def _wait(self) -> None:
        if self.pulse.not_before is None:
            # A little chance keeps the polls of many brands out of step.
            pause_s = max(self.poll_s, self._spacing_s()) * random.uniform(0.9, 1.1)
            pause(self._wake, self._clock, pause_s)
            return
        # A poke must not break a wait that X asked for.
        wait_s = (self.pulse.not_before - self._clock.now()).total_seconds()
        pause(self._stop, self._clock, wait_s)

    def _spacing_s(self) -> float:
        """So that a storm's many pages don't use a window up: a reconnect must always be able to poll."""
        return self._limits.spacing_s(self._owner, _ROUTE) if self._limits is not None else 0.0

    def _tell(self, call: Callable[..., None], *args: Any) -> None:
        try:
            call(*args)
        except Exception:
            log.error("callback.failed", brand=self._brand_id, trace=trace())
