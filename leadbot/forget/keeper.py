"""Housekeeping in the background: a part of the daemon that looks every few minutes what must leave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import structlog

from leadbot.errors import TransientError
from leadbot.ports import Clock
from leadbot.x.patience import pause

_log = structlog.get_logger()

EVERY_S = 300.0
"""Between two rounds, in seconds of the clock. Each task knows itself what is due."""

Step = Callable[[], object]


class Keeper:
    """Runs its tasks one after the other, again and again. One that fails does not keep the others."""

    def __init__(self, tasks: Sequence[Step], clock: Clock, *, every_s: float = EVERY_S) -> None:
        self._tasks = tuple(tasks)
        self._clock = clock
        self._every_s = every_s

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        while not stop.is_set():
            self.step(stop)
            pause(stop, self._clock, self._every_s)

    def step(self, stop: threading.Event | None = None) -> None:
        """One round, or less of it once `stop` is set. Raises what is nobody's business but a programmer's,
        after all tasks had their turn.
        """
        broken: Exception | None = None
        for task in self._tasks:
            # Asked before each: who does not ask for minutes counts as stuck, and is started anew.
            if stop is not None and stop.is_set():
                break
            try:
                task()
            except TransientError as error:
                _log.warning("keeper.waited", why=str(error))
            except Exception as error:
                broken = error
        if broken is not None:
            raise broken
