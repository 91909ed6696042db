"""The daemon: listener, engine and relay on threads of their own, kept alive, stopped within two seconds."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
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


STUCK_AFTER_S = 180.0
"""Real seconds without a look at whether to stop: longer than X may keep any round waiting."""


class Rounds(threading.Event):
    """The daemon's stop as one part sees it; remembers when the part last asked. A part that asks no more
    hangs, and its thread is alive all the same.
    """

    def __init__(self, stop: threading.Event) -> None:
        super().__init__()
        self._daemon_stop = stop
        self._asked_at = time.monotonic()
        self._is_waiting = False

    def is_set(self) -> bool:
        """Whether the daemon stops."""
        self._asked_at = time.monotonic()
        return self._daemon_stop.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the daemon to stop; a part that waits here is free to be told."""
        self._is_waiting = True
        try:
            return self._daemon_stop.wait(timeout)
        finally:
            self._is_waiting, self._asked_at = False, time.monotonic()

    def quiet_s(self) -> float:
        """Real seconds since the part last asked."""
        return 0.0 if self._is_waiting else time.monotonic() - self._asked_at


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
    rounds: Rounds | None = field(default=None, repr=False)

    def is_stuck(self, after_s: float) -> bool:
        """Whether it has not come round for so many (real) seconds."""
        return self.is_alive and self.rounds is not None and self.rounds.quiet_s() > after_s

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
        stuck_after_s: float = STUCK_AFTER_S,
    ) -> None:
        """heartbeat: a file that shows how we are, fresh while we live. figures: what to add to it."""
        self._listener = listener
        self._parts = tuple(parts)
        self._heartbeat = heartbeat
        self._figures = figures
        self._stuck_after_s = stuck_after_s
        self._stop = threading.Event()
        self._fatal = ""

    def run(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Work until SIGINT or SIGTERM. Raises InvariantError if a part found that it must not go on."""
        previous = {name: signal.signal(name, self._on_signal) for name in (signal.SIGINT, signal.SIGTERM)}
        try:
            self.start()
            on_ready()
            tell_service_manager("READY=1")
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
        tell_service_manager("STOPPING=1")
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
        parts = {
            part.name: {
                "alive": part.is_alive,
                "stuck": part.is_stuck(self._stuck_after_s),
                "restarts": part.restarts,
                "fault": part.fault,
            }
            for part in self._parts
        }
        are_well = all(part.is_alive and not part.is_stuck(self._stuck_after_s) for part in self._parts)
        is_well = listener.get("well", False) and are_well
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
            self._tell_watchdog()
            if health and time.monotonic() - told_at >= _TELLS_EVERY_S:
                told_at = time.monotonic()
                _log.info("daemon.beat", well=health["well"], alarms=len(health.get("alarms", ())))

    def _tell_watchdog(self) -> None:
        """The service manager starts us anew if this stays away (``WatchdogSec=``)."""
        stuck = [part.name for part in self._parts if part.is_stuck(self._stuck_after_s)]
        if stuck:
            _log.error("parts.stuck", parts=stuck)
        else:
            tell_service_manager("WATCHDOG=1")

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
                part.rounds = Rounds(self._stop)
                part.run(part.rounds)
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


def tell_service_manager(state: str) -> None:
    """One word to systemd or whoever stands behind ``NOTIFY_SOCKET``; nothing where there is nobody
    (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    where = "\0" + address[1:] if address.startswith("@") else address
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(state.encode(), where)


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
