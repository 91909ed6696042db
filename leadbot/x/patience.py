"""How long the listener waits for what, and threads that come back when they die."""

from __future__ import annotations

import random
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from leadbot.ports import Clock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """Waits in seconds of the clock (a demo's clock may run faster than life).

    back_off_s, back_off_most_s: first and longest wait after a lost connection. With the defaults a
    stream that dies at once makes about 20 connects in 15 minutes; X allows 50. healthy_s: so long must a
    connection last before the back-off starts anew. rate_limited_s: after a 429 that does not say until
    when, doubling up to 15 minutes. ghost_s: after connections that X still held for us were closed.
    refused_s: between tries after 401, 402, 403 and 409, when an operator has to act. rules_s: how often the
    rules of the stream are listed anew. deaf_s: at most so often the stream is rebuilt because the poll
    heard what it did not.
    """

    back_off_s: float = 1.0
    back_off_most_s: float = 60.0
    healthy_s: float = 60.0
    rate_limited_s: float = 60.0
    ghost_s: float = 60.0
    refused_s: float = 300.0
    rules_s: float = 900.0
    deaf_s: float = 600.0


def trace() -> str:
    """The exception being handled, without the values of variables: those of tweepy's frames hold tokens."""
    return traceback.format_exc(limit=-8)


def pause(wake: threading.Event, clock: Clock, seconds: float) -> bool:
    """Wait `seconds` of the clock or until `wake`; whether it was `wake`.

    Looks at the clock every second: a simulated one may jump, stand still or change its rate meanwhile.
    """
    ends_at = clock.now() + timedelta(seconds=seconds)
    while (left_s := (ends_at - clock.now()).total_seconds()) > 0:
        if wake.wait(min(max(clock.real_s(left_s), 0.001), 1.0)):
            return True
    return wake.is_set()


@dataclass(slots=True)
class BackOff:
    """Doubling waits with jitter: several listeners that fell together do not come back together."""

    first_s: float
    most_s: float
    fails: int = field(default=0, init=False)

    def next_s(self) -> float:
        """The wait after one more failure: between half and the whole of the doubled step."""
        step = min(self.most_s, self.first_s * 2.0 ** min(self.fails, 30))
        self.fails += 1
        return step * random.uniform(0.5, 1.0)

    def reset(self) -> None:
        """All is well again."""
        self.fails = 0


class KeptThread:
    """A daemon thread whose work starts anew when it ends or raises, until `stop` is set."""

    def __init__(
        self, name: str, work: Callable[[], None], stop: threading.Event, *, pause_s: float = 1.0
    ) -> None:
        self.restarts = 0
        self._name = name
        self._work = work
        self._stop = stop
        self._pause_s = pause_s  # real seconds
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start it; once only."""
        self._thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait for its end; `stop` must have been set."""
        if self._thread.is_alive():
            self._thread.join(max(timeout_s, 0.0))

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._work()
            except Exception:
                log.error("thread.died", thread=self._name, trace=trace())
            if not self._stop.is_set():
                self.restarts += 1
                self._stop.wait(self._pause_s)
