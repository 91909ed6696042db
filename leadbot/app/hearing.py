"""What the listener has to tell an operator, as alarms."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from leadbot.model import BrandId, PostId
from leadbot.store import Store
from leadbot.x.thrift import Rung

_log = structlog.get_logger()

_FIXES = {
    "unauthorized": "the keys are refused: make new ones at developer.x.com and put them in place",
    "credits": "buy credits for the app at developer.x.com, or raise its spending limit",
    "usage_cap": "the app's monthly cap of reads is used up: raise it at developer.x.com",
    "account_forbidden": "log in as the account on X: it may be locked, or the app lacks permissions",
    "no_rules": "something deletes the stream's rules: see which other program uses this app",
}
"""What X refuses us for, and what an operator does about it."""


class ListenerAlarms:
    """The listener's callbacks. handles: brand id → handle, for people."""

    def __init__(self, store: Store, handles: Mapping[BrandId, str]) -> None:
        self._store = store
        self._handles = handles

    def trouble(self, where: str, reason: str, why: str) -> None:
        """X refuses the stream or a poll, and a person has to act."""
        _log.error("listener.needs_operator", where=where, reason=reason, why=why)
        kind, _, brand = where.partition(":")
        brand_id = BrandId(brand) if brand in self._handles else None
        whom = f"the mentions of @{self._handles[brand_id]}" if brand_id else "the stream"
        self._store.alarms.raise_alarm(
            f"listen.{kind}_refused:{brand or 'app'}",
            what=f"X refuses {whom}: {reason}",
            fix=_FIXES.get(reason, "see X's words in the log, under listener.needs_operator"),
            brand_id=brand_id,
        )

    def connected(self) -> None:
        """The stream is open."""
        self._store.alarms.clear("listen.stream_refused:app")

    def polled(self, brand_id: BrandId) -> None:
        """A poll came through."""
        self._store.alarms.clear(f"listen.poll_refused:{brand_id}")

    def gap(self, brand_id: BrandId, after: PostId, before: PostId) -> None:
        """Mentions are lost: the task for it is made with the gap."""
        self._store.alarms.raise_alarm(
            f"listen.mentions_lost:{brand_id}",
            what=f"mentions of @{self._handle(brand_id)} were lost, some before post {before}",
            fix="see `leadbot tasks list`; then `leadbot alarms clear` this one",
            brand_id=brand_id,
        )

    def rung(self, brand_id: BrandId, rung: Rung, why: str) -> None:
        """Less or more is listened because of what reading costs."""
        key = f"reads.stopped:{brand_id}"
        if rung is not Rung.STOPPED:
            self._store.alarms.clear(key)
            return
        self._store.alarms.raise_alarm(
            key,
            what=f"@{self._handle(brand_id)} is not listened to until the next UTC day: {why}",
            fix="raise daily_reads_usd in leadbot.toml and start again, or wait",
            brand_id=brand_id,
        )

    def _handle(self, brand_id: BrandId) -> str:
        return self._handles.get(brand_id, str(brand_id))
