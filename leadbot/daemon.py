"""The daemon: listener, engine and relay on threads of their own, kept alive, stopped within two seconds."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import structlog

from leadbot.errors import ConfigError, InvariantError, LeadbotError, Problem

_log = structlog.get_logger()

STOPS_WITHIN_S = 1.8
BEATS_EVERY_S = 2.0
_TELLS_EVERY_S = 60.0
_RESTARTS_AFTER_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_CALM_S = 300.0
"""A part that has run this long has recovered: its next fall counts as the first."""


class Listener(Protocol):
    """What the daemon needs of `x.Listener`."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def health(self) -> dict[str, Any]: ...


@dataclass(slots=True)
class Part:
    """Something that runs until it is told to stop. restarts: how often it fell; fault: its last one."""

    name: str
    run: Callable[[threading.Event], None]
    restarts: int = 0
    fault: str = ""
    thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def is_alive(self) -> bool:
        """Whether its thread runs."""
        return self.thread is not None and self.thread.is_alive()


class Daemon:
    """Runs all parts until a signal or `stop`. Parts that fall are started again, after ever longer waits."""

    def __init__(
        self,
        listener: Listener,
        parts: Sequence[Part],
        *,
        heartbeat: Path,
        figures: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        """heartbeat: a file that shows how we are, fresh while we live. figures: what to add to it."""
        self._listener = listener
        self._parts = tuple(parts)
        self._heartbeat = heartbeat
        self._figures = figures
        self._stop = threading.Event()
        self._fatal = ""

    def run(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Work until SIGINT or SIGTERM. Raises InvariantError if a part found that it must not go on."""
        previous = {name: signal.signal(name, self._on_signal) for name in (signal.SIGINT, signal.SIGTERM)}
        try:
            self.start()
            on_ready()
            self._watch()
        finally:
            self.stop()
            for name, handler in previous.items():
                signal.signal(name, handler)
        if self._fatal:
            raise InvariantError(self._fatal)

    def start(self) -> None:
        """Start all threads; returns at once."""
        for part in self._parts:
            part.thread = threading.Thread(target=self._keep, args=(part,), name=part.name, daemon=True)
            part.thread.start()
        self._listener.start()
        _log.info("daemon.started", pid=os.getpid())

    def stop(self) -> None:
        """Stop everything within STOPS_WITHIN_S; what is under way then is found again at the next start."""
        deadline = time.monotonic() + STOPS_WITHIN_S
        self._stop.set()
        self._listener.stop()
        for part in self._parts:
            if part.thread is not None:
                part.thread.join(max(0.0, deadline - time.monotonic()))
        left = [part.name for part in self._parts if part.is_alive]
        self._beat()
        _log.info("daemon.stopped", still_busy=left)

    def health(self) -> dict[str, Any]:
        """How we are, as JSON values."""
        listener = self._listener.health()
        parts = {p.name: {"alive": p.is_alive, "restarts": p.restarts, "fault": p.fault} for p in self._parts}
        is_well = listener.get("well", False) and all(part.is_alive for part in self._parts)
        return {
            "pid": os.getpid(),
            "at": time.time(),
            "running": not self._stop.is_set(),
            "well": is_well,
            "listener": listener,
            "parts": parts,
            **self._figures(),
        }

    def _on_signal(self, number: int, frame: object) -> None:
        if self._stop.is_set():
            os._exit(128 + number)  # asked twice: somebody is in a hurry, and every row is safe
        self._stop.set()

    def _watch(self) -> None:
        told_at = time.monotonic()
        while not self._stop.wait(BEATS_EVERY_S):
            health = self._beat()
            if health and time.monotonic() - told_at >= _TELLS_EVERY_S:
                told_at = time.monotonic()
                _log.info("daemon.beat", well=health["well"], alarms=len(health.get("alarms", ())))

    def _beat(self) -> dict[str, Any]:
        try:
            health = self.health()
            fresh = self._heartbeat.with_suffix(".new")
            fresh.write_text(json.dumps(health, default=str), encoding="utf-8")
            fresh.replace(self._heartbeat)
        except (OSError, LeadbotError) as error:
            _log.warning("heartbeat.missed", why=str(error))
            return {}
        return health

    def _keep(self, part: Part) -> None:
        """Run a part for as long as the daemon runs."""
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                part.run(self._stop)
                if self._stop.is_set():
                    return
                part.fault = "ended by itself"
            except InvariantError as error:
                self._fatal = str(error)
                _log.critical("part.gave_up", part=part.name, why=str(error))
                self._stop.set()
                return
            except Exception as error:
                part.fault = f"{type(error).__name__}: {error}"
                _log.exception("part.failed", part=part.name)
            part.restarts = 1 if time.monotonic() - began > _CALM_S else part.restarts + 1
            self._stop.wait(_RESTARTS_AFTER_S[min(part.restarts, len(_RESTARTS_AFTER_S)) - 1])


@contextmanager
def only_one(lock: Path, what: str = "another leadbot works on this database") -> Iterator[None]:
    """Hold something for this process alone. Raises ConfigError, saying `what`, if another daemon has it.

    The kernel lets go of the lock when the process ends, however it ends, so it can never be left behind.
    """
    try:
        opened = lock.open("a+", encoding="utf-8")
    except OSError as error:
        fault = f"cannot be written: {error.strerror}"
        fix = "its folder must exist and be writable"
        raise ConfigError([Problem(str(lock), fault, fix, "no-lock")]) from error
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            told = f"{what} (process {pid})"
            raise ConfigError([Problem(str(lock), told, "stop that one first", "already-running")]) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
