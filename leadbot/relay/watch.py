"""The dead man's handle: raises an alarm when nothing was polled, heard or sent for too long, and tells every
alarm to somebody, once and again each day while it lasts.

A quiet night is no alarm: polls that succeed and bring nothing are all right for days.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from leadbot.errors import LeadbotError
from leadbot.model import BrandId
from leadbot.ports import Clock, Notifier
from leadbot.store import Store
from leadbot.store.alarms import Alarm
from leadbot.store.silence import Silence, silences

_log = structlog.get_logger()

LOOKS_EVERY_S = 5.0
"""Real seconds between two looks: each is a few reads of the database."""


STOPPED_BY_ITSELF = frozenset({"account", "breaker"})
"""Who pauses a brand without being a person: an account X refuses, refusals alike in a row."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long silence is no alarm. Durations in seconds of the clock.

    no_poll_s: no poll came through, and no byte of a stream where there is no poll. nothing_heard_s: polls
    came through and brought nothing. nothing_sent_s: replies are due and none left. again_s: how often an
    alarm is repeated. team: whom the notifier tells.
    """

    no_poll_s: float = 15 * 60.0
    nothing_heard_s: float = 3 * 86_400.0
    nothing_sent_s: float = 30 * 60.0
    again_s: float = 86_400.0
    team: str = "operators"


@dataclass(slots=True)
class Watch:
    """One a process. brand_ids: who is watched. beats: brand id → when the listener last had a sign of life
    of X's stream for it.
    """

    store: Store
    clock: Clock
    notifier: Notifier | None
    brand_ids: Collection[BrandId]
    patience: Patience = Patience()
    beats: Callable[[], Mapping[BrandId, datetime]] = dict
    _began_at: datetime | None = field(default=None, init=False)
    _stuck_since: dict[BrandId, datetime] = field(default_factory=dict, init=False)
    _rested_at: dict[BrandId, datetime] = field(default_factory=dict, init=False)  # reads were still spent

    def run(self, stop: threading.Event) -> None:
        """Look until `stop`."""
        while not stop.is_set():
            try:
                self.look()
            except LeadbotError as error:
                _log.warning("watch.interrupted", why=str(error))
            stop.wait(LOOKS_EVERY_S)

    def look(self) -> None:
        """Judge every brand's silence, then tell what is news. Raises TransientError."""
        now = self.clock.now()
        self._began_at = self._began_at or now
        stuck_after = timedelta(seconds=self.patience.nothing_sent_s)
        beats = self.beats()
        for one in silences(self.store.database, self.brand_ids, now, stuck_after=stuck_after):
            self._judge_polls(one, now, beats.get(one.brand_id))
            self._judge_hearing(one, now)
            self._judge_sending(one, now)
            self._judge_pause(one)
        self._let_go_of_others()
        self._tell(self.store.alarms.to_tell(again_after=timedelta(seconds=self.patience.again_s)))

    def _let_go_of_others(self) -> None:
        """Nobody looks any more at an account that was taken out of the settings: its alarms end with it."""
        for alarm in self.store.alarms.open():
            if alarm.brand_id is not None and alarm.brand_id not in self.brand_ids:
                self.store.alarms.clear(alarm.key)

    def _judge_polls(self, one: Silence, now: datetime, beat: datetime | None) -> None:
        began_at = self._began_at or now
        if self.store.alarms.get(f"reads.stopped:{one.brand_id}") is not None:
            # X is not asked on purpose when the day's reads are spent: that alarm says so already.
            self._rested_at[one.brand_id] = now
        rested_at = self._rested_at.get(one.brand_id)
        # After a start or such a rest the polls get their time, however long nobody asked before.
        quiet = now - max(at for at in (one.polled_at, beat, began_at, rested_at) if at is not None)
        is_wrong = quiet >= timedelta(seconds=self.patience.no_poll_s)
        self._set(
            f"listen.no_poll:{one.brand_id}",
            one,
            is_wrong,
            f"@{one.handle} hears nothing: X has not answered for {_span(self.patience.no_poll_s)} or more",
            "see `leadbot status` for X's answer; check the network, the keys and the app's credits",
        )

    def _judge_hearing(self, one: Silence, now: datetime) -> None:
        quiet = now - (one.heard_at or self._began_at or now)
        self._set(
            f"listen.nothing_heard:{one.brand_id}",
            one,
            quiet >= timedelta(seconds=self.patience.nothing_heard_s),
            f"nobody has mentioned @{one.handle} for {_span(self.patience.nothing_heard_s)} or more",
            "mention the account from another one; if that is not heard either, check handle, id and keys",
        )

    def _judge_sending(self, one: Silence, now: datetime) -> None:
        limit = timedelta(seconds=self.patience.nothing_sent_s)
        has_sent = one.sent_at is not None and now - one.sent_at < limit
        if not one.stuck or one.is_paused or has_sent:
            self._stuck_since.pop(one.brand_id, None)
        since = self._stuck_since.setdefault(one.brand_id, now) if one.stuck and not one.is_paused else now
        # Rows that were held for the night are old when they come due: they get some minutes.
        is_wrong = not has_sent and now - since >= min(limit, timedelta(minutes=5)) and bool(one.stuck)
        held = f", held by {one.stuck_rule}" if one.stuck_rule else ""
        self._set(
            f"send.nothing_sent:{one.brand_id}",
            one,
            is_wrong,
            f"replies of @{one.handle} are due and none has left for "
            f"{_span(self.patience.nothing_sent_s)} or more{held}",
            "see `leadbot status` for what holds them",
        )

    def _judge_pause(self, one: Silence) -> None:
        """A pause by a person is their own wish; one by leadbot itself somebody must hear of."""
        self._set(
            f"send.stopped:{one.brand_id}",
            one,
            one.is_paused and one.paused_by in STOPPED_BY_ITSELF,
            f"leadbot has stopped @{one.handle} by itself: {one.paused_why}",
            "mend what it says, then resume the account",
        )

    def _set(self, key: str, one: Silence, is_wrong: bool, what: str, fix: str) -> None:
        if is_wrong:
            self.store.alarms.raise_alarm(key, what=what, fix=fix, brand_id=one.brand_id)
        else:
            self.store.alarms.clear(key)

    def _tell(self, alarms: list[Alarm]) -> None:
        told = []
        for alarm in alarms:
            if alarm.told_at is not None:
                _log.error("alarm.repeated", key=alarm.key, what=alarm.what, fix=alarm.fix)
            if self.notifier is None or self._notified(self.notifier, alarm):
                told.append(alarm.key)
        if told:
            self.store.alarms.told(told)

    def _notified(self, notifier: Notifier, alarm: Alarm) -> bool:
        after = alarm.told_at.isoformat() if alarm.told_at else "first"
        key = f"alarm:{alarm.key}:{alarm.raised_at.isoformat()}:{after}"
        try:
            notifier.notify(self.patience.team, f"alarm: {alarm.what}", [f"fix: {alarm.fix}"], key=key)
        except LeadbotError as error:
            _log.warning("alarm.not_told", key=alarm.key, why=str(error))
            return False
        return True


def _span(seconds: float) -> str:
    """ "15 minutes", "3 days": for people."""
    for unit, length in (("day", 86_400.0), ("hour", 3600.0), ("minute", 60.0)):
        if seconds >= length:
            count = f"{seconds / length:g}"
            return f"{count} {unit}" + ("" if count == "1" else "s")
    return f"{seconds:g} seconds"
