"""Everything that hears X, behind one start and one stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

import structlog

from leadbot.errors import ConfigError, Problem
from leadbot.model import BrandId, Post, PostId
from leadbot.ports import Clock, Inbox
from leadbot.x.account import Account
from leadbot.x.credentials import require_app
from leadbot.x.drain import Drain
from leadbot.x.limits import Limits
from leadbot.x.patience import KeptThread, Patience, trace
from leadbot.x.poll import MentionsPoll, PollCalls
from leadbot.x.recent import Recent
from leadbot.x.session import PRODUCTION_URL, TimeOuts
from leadbot.x.spend import ReadLedger
from leadbot.x.stream import Stream, StreamState

log = structlog.get_logger(__name__)

POLL_S = 45.0
OVERLAP_S = 600.0
STOPS_WITHIN_S = 0.9

_NOT_YET_S = 30.0
"""A post younger than this may still be on its way through the stream (X: p99 about 6–7 s)."""

_SETTLES_S = 30.0
"""New rules and new connections need about 20 s until they deliver."""


class ListenMode(StrEnum):
    """By which channels to listen."""

    STREAM = "stream"  # gaps stay gaps
    POLL = "poll"  # cheaper and slower
    BOTH = "both"  # the stream for speed, the poll for truth


def _nothing(*args: object) -> None:
    """What an absent callback does."""


class Listener:
    """Hears the mentions of all brands of one X app and puts them into the inbox. One a process, one
    process an app."""

    def __init__(
        self,
        accounts: Sequence[Account],
        inbox: Inbox,
        clock: Clock,
        *,
        base_url: str = PRODUCTION_URL,
        mode: ListenMode | str = ListenMode.BOTH,
        poll_s: float = POLL_S,
        lookback_s: float = 0.0,
        overlap_s: float = OVERLAP_S,
        on_spend: Callable[[BrandId, str, int], None] = _nothing,
        on_poll_completed: Callable[[BrandId], None] = _nothing,
        on_gap: Callable[[BrandId, PostId, PostId], None] = _nothing,
        on_trouble: Callable[[str, str, str], None] = _nothing,
        on_connected: Callable[[], None] = _nothing,
        on_deaf: Callable[[BrandId], None] = _nothing,
        patience: Patience | None = None,
        time_outs: TimeOuts | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Callbacks run in the listener's threads; what they raise is logged.

        on_spend(brand, "post_read" | "owned_read", how many X will bill). on_poll_completed(brand):
        everything up to now is in the inbox. on_gap(brand, after, before): mentions between these ids are
        lost. on_trouble(where, reason, why): an operator has to act. on_connected(): the stream is open
        (again). on_deaf(brand): neither stream nor poll works, so a "stop" may go unheard until the next
        complete poll. poll_s, lookback_s (how far before its first start mentions count) and overlap_s are
        seconds of `clock`. Raises ConfigError.
        """
        if not accounts:
            raise ConfigError([Problem("brands", "nobody to listen for", "add a brand", "no-brands")])
        self.mode = ListenMode(mode)
        self.limits = limits or Limits()
        self._clock = clock
        self._stop = threading.Event()
        self._recent = Recent()
        self._brand_ids = tuple(account.brand_id for account in accounts)
        self._calls = (on_connected, on_spend, on_deaf)
        ledger = ReadLedger()
        patience = patience or Patience()
        self._drain = Drain(
            accounts, inbox, clock, self._stop, recent=self._recent, ledger=ledger, on_spend=self._spent
        )
        self._drainer = KeptThread("x-drain", self._drain.run, self._stop)
        self._stream: Stream | None = None
        if self.mode is not ListenMode.POLL:
            require_app(accounts[0].credentials, accounts[0].handle)
            self._stream = Stream(
                accounts,
                clock,
                base_url=base_url,
                on_line=self._drain.offer,
                on_connected=self._connected,
                on_lost=self._lost,
                on_trouble=on_trouble,
                patience=patience,
                limits=self.limits,
                time_outs=time_outs,
            )
        calls = PollCalls(on_poll_completed, on_gap, self._compare, on_spend, on_trouble, self._poll_failed)
        siblings = frozenset(str(account.brand_id) for account in accounts)
        self._polls = {
            account.brand_id: MentionsPoll(
                account,
                siblings,
                inbox,
                clock,
                self._stop,
                calls,
                base_url=base_url,
                poll_s=poll_s,
                lookback_s=lookback_s,
                overlap_s=overlap_s,
                patience=patience,
                ledger=ledger,
                limits=self.limits,
                time_outs=time_outs,
            )
            for account in (accounts if self.mode is not ListenMode.STREAM else ())
        }

    def start(self) -> None:
        """Begin to listen; returns at once. Polls start with a poll."""
        log.info("listener.started", mode=self.mode.value, brands=len(self._polls))
        if self._stream is not None:
            self._drainer.start()
            self._stream.start()
        for poll in self._polls.values():
            poll.start()

    def stop(self) -> None:
        """End within a second. A request that X has not answered by then ends on its own, unheard."""
        deadline = time.monotonic() + STOPS_WITHIN_S
        self._stop.set()
        self._drain.wake()
        if self._stream is not None:
            self._stream.end()
        for poll in self._polls.values():
            poll.poke()
        if self._stream is not None:
            self._stream.join(deadline)
            self._drainer.join(deadline - time.monotonic())
        for poll in self._polls.values():
            poll.join(deadline - time.monotonic())
        log.info("listener.stopped")

    def poll_now(self) -> None:
        """Poll all brands at once."""
        for poll in self._polls.values():
            poll.poke()

    def save_reads(self, *, mute_stream: bool, poll_s: float | None = None) -> None:
        """Spend less or more while running: the stream off or on, and another pause between polls."""
        if self._stream is not None:
            self._stream.mute(mute_stream)
        for poll in self._polls.values():
            poll.poll_s = poll_s if poll_s is not None else poll.poll_s
            poll.poke()

    def health(self) -> dict[str, Any]:
        """Heartbeats as JSON values: ``alive`` (all threads run), ``well`` (and nobody has to act),
        ``stream``,
        ``polls``, ``limits``."""
        stream, polls = self._stream, self._polls.values()
        alive = all(poll.is_alive for poll in polls)
        well = alive and not any(poll.pulse.reason for poll in polls)
        shown: dict[str, Any] = {"mode": self.mode.value, "stream": None}
        if stream is not None:
            alive = alive and stream.is_alive and self._drainer.is_alive
            well = well and alive and stream.pulse.state in (StreamState.CONNECTED, StreamState.MUTED)
            counts = self._drain.counts
            shown["stream"] = {
                **stream.pulse.as_json(),
                "items": counts.items,
                "malformed": counts.malformed,
                "strays": counts.strays,
                "own": counts.own,
                "dropped": counts.dropped,
                "waiting": self._drain.waiting,
                "notices": list(counts.notices),
                "restarts": stream.restarts,
            }
        shown["polls"] = {str(brand): poll.pulse.as_json() for brand, poll in self._polls.items()}
        return {"alive": alive, "well": well, **shown, "limits": self.limits.as_json()}

    def _poll_failed(self, brand_id: BrandId) -> None:
        if self._stream is None or self._stream.pulse.state is not StreamState.CONNECTED:
            self._calls[2](brand_id)

    def _lost(self) -> None:
        """The stream is gone: brands without a poll, or whose poll fails as well, hear nothing any more."""
        for brand_id in self._brand_ids:
            poll = self._polls.get(brand_id)
            if poll is None or poll.pulse.reason:
                try:
                    self._calls[2](brand_id)
                except Exception:
                    log.error("callback.failed", brand=brand_id, trace=trace())

    def _connected(self) -> None:
        self.poll_now()  # a poll begun before this moment must not count as complete for what comes now
        try:
            self._calls[0]()
        except Exception:
            log.error("callback.failed", trace=trace())
        self.poll_now()  # X does not repeat what was said while nobody listened

    def _spent(self, brand_id: BrandId, kind: str, count: int) -> None:
        if not count:
            return
        try:
            self._calls[1](brand_id, kind, count)
        except Exception:
            log.error("callback.failed", brand=brand_id, trace=trace())

    def _compare(self, brand_id: BrandId, posts: list[Post]) -> None:
        """A stream may stay open with keep-alives and yet deliver nothing: compare it with the poll."""
        if self._stream is None or (connected_at := self._stream.pulse.connected_at) is None:
            return
        from_at = connected_at + timedelta(seconds=_SETTLES_S)
        to_at = self._clock.now() - timedelta(seconds=_NOT_YET_S)
        due = [post for post in posts if from_at <= post.created_at <= to_at]
        if missing := self._recent.missing(brand_id, due):
            self._stream.missed(len(missing))
