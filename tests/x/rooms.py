"""What the tests of this room share: an inbox in memory, a clock, short waits, and waiting for conditions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from leadbot.errors import TransientError
from leadbot.model import BrandId, Person, Post, PostId
from leadbot.ports import Gap, Odd
from leadbot.simulator import SimulatorServer, World, credentials_for
from leadbot.simulator.auth import Client
from leadbot.simulator.world import Draft
from leadbot.x.account import Account
from leadbot.x.credentials import Credentials
from leadbot.x.patience import Patience
from leadbot.x.session import TimeOuts
from tests.fakes.simulated import Endpoints

DEADLINE_S = 10.0

BRIEF = Patience(
    back_off_s=0.05,
    back_off_most_s=0.2,
    healthy_s=60.0,
    rate_limited_s=0.2,
    ghost_s=0.3,
    refused_s=0.3,
    rules_s=60.0,
    deaf_s=0.5,
)
SHORT = TimeOuts(connect_s=2.0, read_s=1.0, silence_s=1.0)


class RealClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def real_s(self, virtual_s: float) -> float:
        return virtual_s


class MemoryInbox:
    """ports.Inbox in memory. `failures` are raised, one a call, before anything is put."""

    def __init__(self) -> None:
        self.rows: dict[tuple[BrandId, PostId], tuple[Post, Person, str]] = {}
        self.aside: list[tuple[BrandId | None, bytes, str]] = []
        self.marks: dict[BrandId, PostId] = {}
        self.calls: list[str] = []
        self.failures: list[Exception] = []
        self.poison = ""
        self.all_gaps: list[Gap] = []
        self.open_gaps: dict[int, Gap] = {}
        self._changed = threading.Condition()

    def put_posts(self, brand_id: BrandId, heard: Sequence[tuple[Post, Person]], *, channel: str) -> int:
        with self._changed:
            if self.failures:
                raise self.failures.pop(0)
            if self.poison and any(self.poison in post.text for post, _ in heard):
                raise RuntimeError("this row cannot be written")
            fresh = [(post, person) for post, person in heard if (brand_id, post.id) not in self.rows]
            for post, person in fresh:
                self.rows[brand_id, post.id] = (post, person, str(channel))
            self.calls.append(f"put:{channel}:{len(heard)}")
            self._changed.notify_all()
            return len(fresh)

    def set_aside(self, items: Sequence[Odd]) -> None:
        with self._changed:
            self.aside += [(item.brand_id, item.raw, item.why) for item in items]
            self._changed.notify_all()

    def watermark(self, brand_id: BrandId) -> PostId | None:
        return self.marks.get(brand_id)

    def move_watermark(self, brand_id: BrandId, post_id: PostId) -> None:
        with self._changed:
            self.marks[brand_id] = post_id
            self.calls.append("mark")
            self._changed.notify_all()

    def open_gap(self, brand_id: BrandId, *, after: PostId, before: PostId) -> None:
        with self._changed:
            gap = Gap(len(self.all_gaps), brand_id, after, before)
            self.all_gaps.append(gap)
            self.open_gaps[gap.id] = gap
            self.calls.append("gap")

    def gaps(self, brand_id: BrandId) -> list[Gap]:
        with self._changed:
            return [gap for gap in self.open_gaps.values() if gap.brand_id == brand_id]

    def narrow_gap(self, gap: Gap, *, before: PostId, found: int) -> None:
        with self._changed:
            self.open_gaps[gap.id] = replace(gap, before=before)
            self.calls.append(f"narrowed:{found}")

    def close_gap(self, gap: Gap, *, lost: str = "") -> None:
        with self._changed:
            del self.open_gaps[gap.id]
            self.calls.append(f"closed:{lost}")
            self._changed.notify_all()

    def texts(self, brand_id: str | None = None) -> list[str]:
        return [row[0].text for (brand, _), row in self.rows.items() if brand_id in (None, brand)]

    def wait_for(self, is_there: Callable[[MemoryInbox], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: is_there(self), DEADLINE_S), (self.texts(), self.aside)

    def wait_for_texts(self, *texts: str) -> None:
        self.wait_for(lambda inbox: set(texts) <= set(inbox.texts()))


class Control(Endpoints):
    """With one fault, and what the stream and the log show."""

    def fault(self, on: str, kind: str, **more: Any) -> None:
        self.ask("POST", "faults", json={"on": on, "kind": kind, **more})

    def is_connected(self) -> bool:
        return bool(self.ask("GET", "stream")["connections"])

    def wait_connected(self) -> None:
        assert self.ask("GET", "stream", params={"wait_s": DEADLINE_S})["connections"]

    def count(self, route: str, status: int | None = None) -> int:
        requests_made = self.ask("GET", "log")["requests"]
        return sum(r["route"] == route and status in (None, r["status"]) for r in requests_made)


def account_of(username: str, **keys: str) -> Account:
    """A brand of the simulator."""
    known = credentials_for(username)
    given = {**known["oauth1"], "bearer_token": known["app_bearer_token"], **keys}
    return Account(BrandId(known["user_id"]), username, Credentials(**given))


def until(is_true: Callable[[], object]) -> None:
    """Look until it is true; fail at the deadline."""
    ends_at = time.monotonic() + DEADLINE_S
    pause = threading.Event()
    while not is_true():
        assert time.monotonic() < ends_at, "it did not become true"
        pause.wait(0.01)


def busy(times: int) -> list[Exception]:
    """So many failures of a database that is briefly locked."""
    return [TransientError("database is locked") for _ in range(times)]


def blow(simulator: SimulatorServer, count: int) -> None:
    """A storm: so many mentions of @acme by ann, made inside the simulator."""

    def post_all(world: World) -> None:
        ann = world.user_named("ann")
        assert ann is not None
        for number in range(count):
            world.post(ann, Draft(f"@acme storm {number}"), Client.NATIVE)

    simulator.call(post_all)
