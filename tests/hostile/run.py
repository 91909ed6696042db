"""Hostile lines over TCP into the real stream, drain and inbox; counts what became of each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from leadbot.clock import SystemClock
from leadbot.store import Store, open_database
from leadbot.x.listener import Listener
from leadbot.x.rules import rule_for, tag_for
from leadbot.x.session import TimeOuts
from tests.hostile.lines import lines
from tests.x.rooms import BRIEF, account_of
from tests.x.wire import HOLD, STREAM_HEAD, ScriptedServer, answer, chunk

RULES, STREAM = "GET /2/tweets/search/stream/rules", "GET /2/tweets/search/stream"
MOST_UNDER_WAY = 2_000
"""Lines sent and not yet looked at: X is no faster than its reader either."""

FLAT_BYTES = 64 * 1024 * 1024
"""So much may memory grow: one batch of items of 400 KB each is that large."""


@dataclass
class Outcome:
    """What became of the lines. rss: bytes in use before the flood, after its first tenth, and after it."""

    lines: int
    honest: int
    heard: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    kept: int = 0
    counted_aside: int = 0
    connects: int = 0
    restarts: int = 0
    rss: tuple[int, int, int] = (0, 0, 0)

    @property
    def problems(self) -> list[str]:
        """What must not be; empty when all is well."""
        found = []
        if sum(self.counts.values()) != self.lines:
            found.append(f"{self.lines} lines were sent and {sum(self.counts.values())} were counted")
        if self.heard != self.honest:
            found.append(f"of {self.honest} honest mentions {self.heard} were heard")
        if (self.connects, self.restarts) != (1, 0):
            found.append(f"{self.connects} connects, {self.restarts} threads started anew")
        if self.rss[2] - self.rss[1] > FLAT_BYTES:
            found.append(f"memory grew from {self.rss[1]} to {self.rss[2]} bytes")
        return found


def flood(folder: Path, count: int, *, seed: int = 1) -> Outcome:
    """Send so many lines and wait until each has been looked at."""
    account = account_of("acme")
    clock = SystemClock()
    store = Store(open_database(f"sqlite:///{folder}/leadbot.db"), clock)
    with ScriptedServer() as server, _listening(store, server, clock) as listener:
        outcome = Outcome(count, 0)
        done = Event()
        rss = [_rss()]
        rule = {"id": "1", "value": rule_for(account), "tag": tag_for(account.brand_id)}
        server.scripts[RULES] = [[answer(200, {"data": [rule], "meta": {}})]]

        def script() -> Iterator[bytes]:
            yield STREAM_HEAD
            for number, (is_honest, line) in enumerate(lines(count, account.brand_id, seed)):
                outcome.honest += is_honest
                if number == count // 10:
                    rss.append(_rss())
                while number - _looked_at(listener) > MOST_UNDER_WAY:
                    done.wait(0.01)
                yield chunk(line)
            done.set()
            yield HOLD

        server.scripts[STREAM] = [script()]
        listener.start()
        assert done.wait(3600)
        while _looked_at(listener) < count and listener.health()["alive"]:
            Event().wait(0.02)
        outcome.rss = (rss[0], rss[1], _rss())
        stream = listener.health()["stream"]
        names = ("items", "malformed", "notices_seen", "dropped")
        outcome.counts = {name: stream[name] for name in names}
        outcome.connects, outcome.restarts = stream["connects"], stream["restarts"]
    _judge(store, outcome)
    store.close()
    return outcome


def _judge(store: Store, outcome: Outcome) -> None:
    with store.database.read() as connection:
        honest = "SELECT count(*) FROM inbox WHERE payload LIKE '%honest question%'"
        outcome.heard = connection.exec_driver_sql(honest).scalar() or 0
        outcome.kept = connection.exec_driver_sql("SELECT count(*) FROM aside").scalar() or 0
        total = "SELECT sum(count) FROM aside_count"
        outcome.counted_aside = connection.exec_driver_sql(total).scalar() or 0


@contextmanager
def _listening(store: Store, server: ScriptedServer, clock: SystemClock) -> Iterator[Listener]:
    listener = Listener(
        [account_of("acme")],
        store.inbox,
        clock,
        base_url=server.base_url,
        mode="stream",
        patience=BRIEF,
        time_outs=TimeOuts(silence_s=600.0),
    )
    try:
        yield listener
    finally:
        listener.stop()


def _looked_at(listener: Listener) -> int:
    stream = listener.health()["stream"]
    return sum(stream[name] for name in ("items", "malformed", "notices_seen", "dropped"))


def _rss() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
