"""Everything that hears X, behind one start and one stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog

from leadbot.errors import ConfigError, Problem, TransientError
from leadbot.model import BrandId, Post, PostId
from leadbot.ports import Clock, Inbox
from leadbot.x.account import Account
from leadbot.x.credentials import require_app
from leadbot.x.drain import Drain
from leadbot.x.limits import Limits
from leadbot.x.patience import KeptThread, Patience, pause, trace
from leadbot.x.poll import MentionsPoll, PollCalls
from leadbot.x.recent import Recent
from leadbot.x.session import PRODUCTION_URL, TimeOuts
from leadbot.x.spend import ReadLedger
from leadbot.x.stream import Stream, StreamState
from leadbot.x.thrift import SLOWER, Rung, Thrift

log = structlog.get_logger(__name__)

POLL_S = 45.0
OVERLAP_S = 600.0
STOPS_WITHIN_S = 0.9

_NOT_YET_S = 30.0
"""A post younger than this may still be on its way through the stream (X: p99 about 6–7 s)."""

_LOOKS_S = 30.0
"""Seconds of the clock between two looks at what reading has cost, where nothing else looks."""

_PLENTY, _COUNTS_S = 500, 5.0
"""While the stream may bring more than so many items, the ledger is asked every so many (real) seconds."""

_SETTLES_S = 30.0
"""New rules and new connections need about 20 s until they deliver."""


class ListenMode(StrEnum):
    """By which channels to listen."""

    STREAM = "stream"  # gaps stay gaps
    POLL = "poll"  # cheaper and slower
    BOTH = "both"  # the stream for speed, the poll for truth


def _nothing(*args: object) -> None:
    """What an absent callback does."""


def _no_cost(brand_id: BrandId) -> float:
    """What reading cost where nobody keeps a ledger."""
    return 0.0


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
        on_connected: Callable[[Sequence[BrandId]], None] = _nothing,
        on_deaf: Callable[[BrandId], None] = _nothing,
        on_rung: Callable[[BrandId, Rung, str], None] = _nothing,
        read_budgets: Mapping[BrandId, float] | None = None,
        reads_spent: Callable[[BrandId], float] = _no_cost,
        patience: Patience | None = None,
        time_outs: TimeOuts | None = None,
        limits: Limits | None = None,
        siblings: frozenset[str] = frozenset(),
    ) -> None:
        """Callbacks run in the listener's threads; what they raise is logged.

        on_spend(brand, "post_read" | "owned_read", how many X will bill). on_poll_completed(brand):
        everything up to now is in the inbox. on_gap(brand, after, before): mentions between these ids are
        lost. on_trouble(where, reason, why): an operator has to act. on_connected(brands): their stream is
        open (again). on_deaf(brand): neither stream nor poll works, so a "stop" may go unheard until the next
        complete poll. on_rung(brand, rung, why): less or more is listened because of the read budget.
        read_budgets: US dollars a UTC day by brand, none if left out; reads_spent: what a brand's reads have
        cost today, from a ledger that outlives the process. poll_s, lookback_s (how far before its first
        start mentions count) and overlap_s are seconds of `clock`. siblings: ids of our accounts in other
        apps, whose posts are never put. Raises ConfigError.
        """
        if not accounts:
            raise ConfigError([Problem("brands", "nobody to listen for", "add a brand", "no-brands")])
        self.mode = ListenMode(mode)
        self.limits = limits or Limits(clock)
        self._clock = clock
        self._stop = threading.Event()
        self._recent = Recent()
        self._brand_ids = tuple(account.brand_id for account in accounts)
        self._calls = (on_connected, on_spend, on_deaf)
        ledger = ReadLedger()
        patience = patience or Patience()
        self._poll_s = poll_s
        self._on_rung = on_rung
        self._wants_mute = False
        self._rungs: dict[BrandId, Rung] = {}
        self._counted_at = 0.0
        self._room = float("inf")  # items the stream may bring until somebody looks at the ledger again
        self._thrift = Thrift(
            clock,
            budgets=read_budgets or {},
            spent=reads_spent,
            has_poll=self.mode is not ListenMode.STREAM,
            on_rung=self._change_rung,
        )
        self._looker = KeptThread("x-thrift", self._keep_looking, self._stop)
        self._drain = Drain(
            accounts,
            inbox,
            clock,
            self._stop,
            siblings=siblings | {str(account.brand_id) for account in accounts},
            recent=self._recent,
            ledger=ledger,
            on_spend=self._spent,
            on_batch=self._count_room,
            on_offer=self._use_room,
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
        siblings |= {str(account.brand_id) for account in accounts}
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
                thrift=self._thrift,
                limits=self.limits,
                time_outs=time_outs,
            )
            for account in (accounts if self.mode is not ListenMode.STREAM else ())
        }

    def start(self) -> None:
        """Begin to listen; returns at once. Polls start with a poll."""
        log.info("listener.started", mode=self.mode.value, brands=len(self._brand_ids))
        if self._thrift.has_limits:
            self._look()  # a day whose reads are spent does not begin anew with the process
            self._looker.start()
        if self._stream is not None:
            self._drainer.start()
            self._stream.start()
        for poll in self._polls.values():
            poll.start()

    def stop(self) -> None:
        """End within a second. A request that X has not answered by then ends on its own, unheard."""
        deadline = time.monotonic() + STOPS_WITHIN_S
        self.begin_stop()
        if self._stream is not None:
            self._stream.join(deadline)
            self._drainer.join(deadline - time.monotonic())
        for poll in self._polls.values():
            poll.join(deadline - time.monotonic())
        log.info("listener.stopped")

    def begin_stop(self) -> None:
        """Tell all threads to end; `stop` waits for them."""
        self._stop.set()
        self._drain.wake()
        if self._stream is not None:
            self._stream.end()
        for poll in self._polls.values():
            poll.poke()

    def poll_now(self) -> None:
        """Poll all brands at once."""
        for poll in self._polls.values():
            poll.poke()

    def save_reads(self, *, mute_stream: bool, poll_s: float | None = None) -> None:
        """Spend less or more while running: the stream off or on, and another pause between polls."""
        self._wants_mute = mute_stream
        self._poll_s = poll_s if poll_s is not None else self._poll_s
        self._apply_rungs()
        self.poll_now()

    def beats(self) -> dict[BrandId, datetime]:
        """When the stream last gave a sign of life, for the brands that it alone listens for."""
        if self._stream is None or self._polls or (at := self._stream.pulse.last_byte_at) is None:
            return {}
        return dict.fromkeys(self._brand_ids, at)

    def health(self) -> dict[str, Any]:
        """Heartbeats as JSON values: ``alive`` (all threads run), ``well`` (and nobody has to act),
        ``stream``,
        ``polls``, ``limits``."""
        stream, polls = self._stream, self._polls.values()
        alive = all(poll.is_alive for poll in polls)
        alive = alive and (self._looker.is_alive or not self._thrift.has_limits)
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
                "notices_seen": counts.notices_seen,
                "notices": list(counts.notices),
                "restarts": stream.restarts,
            }
        shown["polls"] = {str(brand): poll.pulse.as_json() for brand, poll in self._polls.items()}
        shown["reads"] = self._thrift.as_json()
        return {"alive": alive, "well": well, **shown, "limits": self.limits.as_json()}

    def _keep_looking(self) -> None:
        while not pause(self._stop, self._clock, _LOOKS_S):
            self._look()

    def _look(self) -> None:
        for brand_id in self._brand_ids:
            try:
                self._thrift.look(brand_id)
            except TransientError as error:
                log.warning("reads.not_counted", brand=brand_id, why=str(error))
        self._count_room(self._drain.waiting)

    def _change_rung(self, brand_id: BrandId, rung: Rung, why: str) -> None:
        self._rungs[brand_id] = rung
        self._apply_rungs()
        if rung is Rung.STOPPED:
            self._tell_deaf(brand_id)
        try:
            self._on_rung(brand_id, rung, why)
        except Exception:
            log.error("callback.failed", brand=brand_id, trace=trace())

    def _apply_rungs(self) -> None:
        """One stream serves all brands of an app: if one of them cannot pay for it, all of them poll."""
        for brand_id, poll in self._polls.items():
            is_slow = self._rungs.get(brand_id, Rung.FULL) >= Rung.SLOW
            poll.poll_s = self._poll_s * (SLOWER if is_slow else 1.0)
        if self._stream is not None:
            must_mute = any(rung >= Rung.NO_STREAM for rung in self._rungs.values())
            self._stream.mute(self._wants_mute or must_mute)

    def _count_room(self, waiting: int) -> None:
        if self._stream is None:
            return
        if self._room > _PLENTY and time.monotonic() - self._counted_at < _COUNTS_S:
            return
        self._counted_at = time.monotonic()
        try:
            self._room = min(self._thrift.stream_room(one, waiting) for one in self._brand_ids)
            if self._room < 1:
                for brand_id in self._brand_ids:
                    self._thrift.look(brand_id)
        except TransientError as error:
            log.warning("reads.not_counted", why=str(error))

    def _use_room(self) -> None:
        """One more item, in the stream's thread: each costs money from the moment X has sent it."""
        self._room -= 1
        if self._room < 1 and self._stream is not None:
            self._stream.wind_down()

    def _poll_failed(self, brand_id: BrandId) -> None:
        if self._stream is None or self._stream.pulse.state is not StreamState.CONNECTED:
            self._calls[2](brand_id)

    def _lost(self) -> None:
        """The stream is gone: brands without a poll, or whose poll fails as well, hear nothing any more."""
        for brand_id in self._brand_ids:
            poll = self._polls.get(brand_id)
            if poll is None or poll.pulse.reason:
                self._tell_deaf(brand_id)

    def _tell_deaf(self, brand_id: BrandId) -> None:
        try:
            self._calls[2](brand_id)
        except Exception:
            log.error("callback.failed", brand=brand_id, trace=trace())

    def _connected(self) -> None:
        self.poll_now()  # a poll begun before this moment must not count as complete for what comes now
        try:
            self._calls[0](self._brand_ids)
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
