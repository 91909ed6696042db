"""The listener as the daemon has it: one for each X app, and what it has to tell an operator, as alarms."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path

import structlog

from leadbot.errors import ConfigError, Problem
from leadbot.model import BrandId, PostId
from leadbot.ports import Clock
from leadbot.settings import Settings
from leadbot.store import Store
from leadbot.x.account import Account
from leadbot.x.apps import App, Listeners, apps_of
from leadbot.x.listener import Listener, ListenMode
from leadbot.x.session import TimeOuts
from leadbot.x.spend import cost_of
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

_STREAM, _POLL = "listen.stream_refused:", "listen.poll_refused:"


class ListenerAlarms:
    """The listener's callbacks. handles: brand id → handle, for people."""

    def __init__(self, store: Store, handles: Mapping[BrandId, str]) -> None:
        self._store = store
        self._handles = handles

    def trouble(self, first: BrandId, where: str, reason: str, why: str) -> None:
        """X refuses the stream of the app of brand `first`, or a poll, and a person has to act."""
        _log.error("listener.needs_operator", where=where, reason=reason, why=why)
        kind, _, brand = where.partition(":")
        brand_id = BrandId(brand or first)
        whom = f"{'the mentions of' if brand else 'the stream for'} @{self._handle(brand_id)}"
        self._store.alarms.raise_alarm(
            f"{_POLL if kind == 'poll' else _STREAM}{brand_id}",
            what=f"X refuses {whom}: {reason}",
            fix=_FIXES.get(reason, "see X's words in the log, under listener.needs_operator"),
            brand_id=brand_id,
        )

    def begin(self, accounts: Sequence[Account], mode: ListenMode) -> None:
        """A start: refusals of what is not asked any more end, such as the stream's where now is polled."""
        asked = {
            *(f"{_STREAM}{app.accounts[0].brand_id}" for app in apps_of(accounts) if mode != ListenMode.POLL),
            *(f"{_POLL}{one.brand_id}" for one in accounts if mode != ListenMode.STREAM),
        }
        for alarm in self._store.alarms.open():
            if alarm.key.startswith((_STREAM, _POLL)) and alarm.key not in asked:
                self._store.alarms.clear(alarm.key)

    def connected(self, brand_ids: Sequence[BrandId]) -> None:
        """The stream of these brands is open."""
        self._store.alarms.clear(f"{_STREAM}{brand_ids[0]}")

    def polled(self, brand_id: BrandId) -> None:
        """A poll came through."""
        self._store.alarms.clear(f"{_POLL}{brand_id}")

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


def listeners(
    settings: Settings,
    store: Store,
    accounts: Sequence[Account],
    clock: Clock,
    *,
    lookback_s: float,
    waits: TimeOuts,
) -> Listeners:
    """One listener for each X app, wired to the database and the alarms. Raises ConfigError."""
    mode = ListenMode(settings.x.listen)
    alarms = ListenerAlarms(store, {account.brand_id: account.handle for account in accounts})
    alarms.begin(accounts, mode)

    def on_spend(brand_id: BrandId, kind: str, count: int) -> None:
        store.spend.record_spend(brand_id, kind, count, cost_of(kind, count), clock.now())

    def on_connected(brand_ids: Sequence[BrandId]) -> None:
        alarms.connected(brand_ids)
        # What was said while nobody listened must be decided before we speak again: a "stop" may be among it.
        for brand_id in brand_ids:
            if mode is ListenMode.STREAM:
                store.brands.poll_completed(brand_id)
            else:
                store.brands.begin_catch_up(brand_id)

    def on_poll_completed(brand_id: BrandId) -> None:
        alarms.polled(brand_id)
        store.brands.poll_completed(brand_id)

    def make(app: App, siblings: frozenset[str]) -> Listener:
        return Listener(
            app.accounts,
            store.inbox,
            clock,
            base_url=settings.x.base_url,
            mode=mode,
            poll_s=settings.x.poll_s,
            lookback_s=lookback_s,
            on_spend=on_spend,
            on_poll_completed=on_poll_completed,
            on_gap=alarms.gap,
            on_trouble=partial(alarms.trouble, app.accounts[0].brand_id),
            on_connected=on_connected,
            on_deaf=store.brands.begin_catch_up,
            on_rung=alarms.rung,
            read_budgets={
                account.brand_id: brand.daily_reads_usd
                for account, brand in zip(accounts, settings.brands, strict=True)
            },
            reads_spent=lambda brand_id: store.spend.reads_spent(brand_id, clock.now()),
            siblings=siblings,
            time_outs=waits,
        )

    return Listeners(accounts, make)


def locks(settings: Settings, accounts: Sequence[Account]) -> list[tuple[Path, str]]:
    """Files to hold while the daemon runs, one for each account and each app's stream, and who else has it.

    They lie in the machine's folder for temporary files, so that two projects see each other. Raises
    ConfigError.
    """
    folder = _own_folder(Path(tempfile.gettempdir()) / f"leadbot-{os.getuid()}")
    base = settings.x.base_url
    held = [
        (f"account {base} {one.brand_id}", f"another leadbot of this machine speaks for @{one.handle}")
        for one in accounts
    ]
    if settings.x.listen != ListenMode.POLL:
        held += [
            (f"app {base} {app.name}", "another leadbot of this machine listens to the stream of this X app")
            for app in apps_of(accounts)
        ]
    return [(folder / f"{sha256(name.encode()).hexdigest()[:16]}.lock", what) for name, what in held]


def _own_folder(folder: Path) -> Path:
    """Make a folder that nobody else may write into: a link somebody laid there would be followed."""
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700)
    try:
        found = folder.lstat()
    except OSError as error:
        what = f"cannot be made: {error.strerror}"
        raise ConfigError(
            [Problem(str(folder), what, "set TMPDIR to a folder of yours", "no-lock")]
        ) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        what = "others may write into it, or it is no folder of yours"
        raise ConfigError(
            [Problem(str(folder), what, "remove it, or set TMPDIR to a folder of yours", "no-lock")]
        )
    return folder
