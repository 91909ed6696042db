"""The filtered stream kept open: when to connect again, when to stop and call for a person."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog

from leadbot.errors import AccountError, LeadbotError, TransientError
from leadbot.ports import Clock
from leadbot.x.account import Account
from leadbot.x.door import Door
from leadbot.x.ears import Ears, End, Ended
from leadbot.x.limits import Limits
from leadbot.x.patience import BackOff, KeptThread, Patience, pause
from leadbot.x.refusals import Answer, RateLimited, error_for
from leadbot.x.rules import reconcile
from leadbot.x.session import TimeOuts

log = structlog.get_logger(__name__)

CONNECT = "GET /2/tweets/search/stream"

OnTrouble = Callable[[str, str, str], None]
"""(where: "stream" or "poll:{brand id}", short reason, why in X's words): an operator has to act."""


class StreamState(StrEnum):
    """Where the stream stands."""

    STOPPED = "stopped"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    BACKING_OFF = "backing_off"
    REFUSED = "refused"  # an operator has to act; tried again now and then
    MUTED = "muted"  # switched off by us


@dataclass(slots=True)
class Pulse:
    """Signs of life. Moments are the clock's; None: never."""

    state: StreamState = StreamState.STOPPED
    reason: str = ""
    connected_at: datetime | None = None
    last_byte_at: datetime | None = None
    last_item_at: datetime | None = None
    retry_at: datetime | None = None
    connects: int = 0
    ends: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For a health page."""
        moments = ("connected_at", "last_byte_at", "last_item_at", "retry_at")
        shown = {name: moment.isoformat() if (moment := getattr(self, name)) else None for name in moments}
        return {
            "state": self.state.value,
            "reason": self.reason,
            **shown,
            "connects": self.connects,
            "ends": dict(self.ends),
        }


class Stream:
    """One connection for all brands of one app. `on_line` gets each line raw."""

    def __init__(
        self,
        accounts: Sequence[Account],
        clock: Clock,
        *,
        base_url: str,
        on_line: Callable[[bytes], None],
        on_connected: Callable[[], None],
        on_lost: Callable[[], None],
        on_trouble: OnTrouble,
        patience: Patience,
        limits: Limits | None = None,
        time_outs: TimeOuts | None = None,
    ) -> None:
        self.pulse = Pulse()
        self._accounts = accounts
        self._clock = clock
        self._base_url = base_url
        self._on_line, self._on_connected, self._on_trouble = on_line, on_connected, on_trouble
        self._on_lost = on_lost
        self._patience = patience
        self._limits = limits
        self._time_outs = time_outs
        app = accounts[0].credentials
        self._bearer = app.bearer_token
        self._door = Door(
            app, clock, base_url=base_url, owner="app", as_app=True, limits=limits, time_outs=time_outs
        )
        self._back_off = BackOff(patience.back_off_s, patience.back_off_most_s)
        self._limited = BackOff(patience.rate_limited_s, 15 * 60.0)
        self._refusals: dict[str, int] = {}
        self._are_rules_known = False
        self._is_muted = False
        self._winds_down = False
        self._tried_at: datetime | None = None
        self._rebuilt_at: datetime | None = None
        self._ears: Ears | None = None
        self._ears_lock = threading.Lock()
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._threads = [
            KeptThread("x-stream", self._keep_listening, self._stop),
            KeptThread("x-rules", self._keep_rules, self._stop),
        ]

    @property
    def is_alive(self) -> bool:
        """Whether its threads run."""
        return all(thread.is_alive for thread in self._threads)

    @property
    def restarts(self) -> int:
        """How often a thread had to be started anew."""
        return sum(thread.restarts for thread in self._threads)

    def start(self) -> None:
        """Connect and stay connected."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """End the connection and tell the threads to end; `join` waits for them."""
        self._stop.set()
        self._hush()

    def join(self, deadline: float) -> None:
        """Wait for the threads until `time.monotonic()` is `deadline`, and close all connections."""
        for thread in self._threads:
            thread.join(deadline - time.monotonic())
        self._door.close()
        self.pulse.state = StreamState.STOPPED

    def mute(self, muted: bool) -> None:
        """Switch the stream off or on while it runs: the first step of saving reads."""
        if muted != self._is_muted:
            self._is_muted = muted
            self.wind_down()
            self._wake.set()

    def wind_down(self) -> None:
        """End this connection, read what X has sent (and billed) already, and wait before the next one:
        somebody is about to mute.
        """
        self._winds_down = True
        with self._ears_lock:
            if self._ears is not None:
                self._ears.wind_down()

    def missed(self, count: int) -> None:
        """The poll heard posts that this stream should have brought: list the rules anew and reconnect."""
        if self.pulse.state is not StreamState.CONNECTED:
            return
        now = self._clock.now()
        if self._rebuilt_at and now - self._rebuilt_at < timedelta(seconds=self._patience.deaf_s):
            return
        self._rebuilt_at = now
        log.warning("stream.rebuilt", missed=count)
        self._are_rules_known = False
        self._hush()

    def _hush(self) -> None:
        self._wake.set()
        with self._ears_lock:
            if self._ears is not None:
                self._ears.hush()

    def _keep_listening(self) -> None:
        while not self._stop.is_set():
            if self._is_muted:
                self._rest(StreamState.MUTED, "muted", self._patience.refused_s)
                continue
            try:
                self._ensure_rules()
            except LeadbotError as error:
                self._refused(error, where="rules")
                continue
            if not self._may_connect():
                continue
            self._judge(self._listen())

    def _ensure_rules(self) -> None:
        if not self._are_rules_known:
            reconcile(self._door, self._accounts)
            self._are_rules_known = True

    def _may_connect(self) -> bool:
        """X allows 50 connects in 15 minutes: the last ones are spread over what is left of the time."""
        if self._limits is None:
            return True
        room = self._limits.room("app", CONNECT, self._tried_at)
        if room.at_once == 0 and room.next_at is not None:
            wait_s = (room.next_at - self._clock.now()).total_seconds()
            self._rest(StreamState.BACKING_OFF, "few connects are left", max(wait_s, 0.1))
            return False
        self._tried_at = self._clock.now()
        return True

    def _keep_rules(self) -> None:
        """Rules may be lost or changed by others while keep-alives go on: list them now and then."""
        while not pause(self._stop, self._clock, self._patience.rules_s):
            if not self._is_muted and self._are_rules_known:
                try:
                    reconcile(self._door, self._accounts)
                except LeadbotError as error:
                    log.warning("rules.not_listed", why=str(error))

    def _listen(self) -> Ended:
        self.pulse.state, self.pulse.connected_at = StreamState.CONNECTING, None
        self._wake.clear()
        ears = Ears(
            self._bearer,
            base_url=self._base_url,
            on_connected=self._connected,
            on_line=self._heard,
            on_beat=self._beat,
            time_outs=self._time_outs,
            limits=self._limits,
        )
        with self._ears_lock:
            self._ears = ears
        if self._stop.is_set() or self._is_muted:
            ears.session.close()
            return Ended(End.HUSHED)
        ended = ears.listen()
        with self._ears_lock:
            self._ears = None
        return ended

    def _connected(self) -> None:
        now = self._clock.now()
        self.pulse.state, self.pulse.reason, self.pulse.retry_at = StreamState.CONNECTED, "", None
        self.pulse.connected_at = self.pulse.last_byte_at = now
        self.pulse.connects += 1
        self._refusals.clear()
        self._limited.reset()
        log.info("stream.connected", connects=self.pulse.connects)
        self._on_connected()

    def _beat(self) -> None:
        self.pulse.last_byte_at = self._clock.now()

    def _heard(self, raw: bytes) -> None:
        self.pulse.last_byte_at = self.pulse.last_item_at = self._clock.now()
        self._on_line(raw)

    def _judge(self, ended: Ended) -> None:
        """Decide what the end of a connection means, and wait."""
        self.pulse.ends[ended.how.value] = self.pulse.ends.get(ended.how.value, 0) + 1
        connected_at, self.pulse.connected_at = self.pulse.connected_at, None
        if ended.how is End.HUSHED:
            if self._winds_down and not self._is_muted:
                self._winds_down = False
                self._rest(StreamState.BACKING_OFF, "saving reads", self._patience.back_off_most_s)
            return
        log.warning("stream.ended", how=ended.how.value, answer=str(ended.answer or ""))
        if ended.how is End.REFUSED and ended.answer is not None:
            self._judge_refusal(ended.answer)
            return
        if connected_at and self._clock.now() - connected_at >= timedelta(seconds=self._patience.healthy_s):
            self._back_off.reset()
        self._rest(StreamState.BACKING_OFF, ended.how.value, self._back_off.next_s())

    def _judge_refusal(self, answer: Answer) -> None:
        if answer.status == 429 and "toomanyconnections" in _issue(answer):
            self._free_ghosts(answer)
        elif answer.status == 409 and self._times("409") == 1:
            # The stream has no rules: somebody deleted them. Once we can mend that ourselves.
            self._are_rules_known = False
            self._rest(StreamState.BACKING_OFF, "no_rules", self._back_off.next_s())
        elif answer.status == 409:
            self._refused(AccountError("no_rules", str(answer)), where="stream")
        else:
            self._refused(error_for(answer, now=self._clock.now(), is_write=False), where="stream")

    def _free_ghosts(self, answer: Answer) -> None:
        """X still holds a connection of ours, from a crash perhaps: close them once, then give X time."""
        if self._times("ghosts") == 1:
            try:
                self._door.ask(lambda client: client.request("DELETE", "/2/connections/all"))
                log.warning("connections.closed")
            except LeadbotError as error:
                log.warning("connections.not_closed", why=str(error))
        self.pulse.reason = str(answer)
        self._rest(StreamState.BACKING_OFF, "too_many_connections", self._patience.ghost_s)

    def _refused(self, error: LeadbotError, *, where: str) -> None:
        if isinstance(error, TransientError):
            log.warning("stream.postponed", where=where, why=str(error))
            self._later(error)
            return
        reason = getattr(error, "reason", type(error).__name__)
        if reason == "unauthorized" and self._times(reason) == 1:
            # X has refused good tokens for hours (its July 2026 incident): ask once more before alarming.
            self._rest(StreamState.BACKING_OFF, reason, self._back_off.next_s())
            return
        if self._times(f"told {reason}") == 1:
            log.error("stream.refused", where=where, reason=reason, why=str(error))
            self._on_trouble("stream", reason, str(error))
        self._rest(StreamState.REFUSED, reason, self._patience.refused_s)

    def _later(self, error: TransientError) -> None:
        back_off = self._limited if isinstance(error, RateLimited) else self._back_off
        if error.retry_at is None:
            self._rest(StreamState.BACKING_OFF, str(error), back_off.next_s())
            return
        wait_s = (error.retry_at - self._clock.now()).total_seconds()
        # All who were refused are let in at the same second: come a little after it.
        self._rest(StreamState.BACKING_OFF, str(error), max(wait_s, 0.0) + random.uniform(0.5, 2.0))

    def _rest(self, state: StreamState, reason: str, seconds: float) -> None:
        was_connected = self.pulse.state is StreamState.CONNECTED
        self.pulse.state, self.pulse.reason = state, reason
        if was_connected:
            self._on_lost()
        self.pulse.retry_at = self._clock.now() + timedelta(seconds=seconds)
        pause(self._wake, self._clock, seconds)
        self._wake.clear()

    def _times(self, what: str) -> int:
        """How often this happened since the last good connection, this time included."""
        self._refusals[what] = self._refusals.get(what, 0) + 1
        return self._refusals[what]


def _issue(answer: Answer) -> str:
    return f"{answer.body.get('connection_issue', '')} {answer.words}".lower().replace(" ", "")
