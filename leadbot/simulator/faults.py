"""Scripted faults: what goes wrong, where, how often."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass, field, fields
from typing import Any

STREAM_NOW = frozenset({"clean_close", "rst", "half_line", "silence", "no_items", "operational_disconnect"})
"""Faults of the stream that strike an open connection at once."""

STREAM_ITEM = frozenset(
    {"duplicate", "out_of_order", "bad_json", "no_tag", "big_item", "delay", "rst_mid_item"}
)
"""Faults of the stream that strike the next item."""

TIMELINES = frozenset({"late"})
"""Faults of the timelines that strike the next post."""

REQUEST = frozenset(
    {"drop_after_accept", "drop_before", "status", "timeout", "timeout_after_accept", "html", "usage_cap"}
)
"""Faults of a single request."""


WEATHER: tuple[dict[str, Any], ...] = (
    *(
        {"on": route, **what}
        for route in ("POST /2/tweets", "GET /2/users/:id/mentions", "GET /2/users/:id/tweets")
        for what in (
            {"kind": "drop_before"},
            {"kind": "drop_after_accept"},
            {"kind": "timeout"},
            {"kind": "timeout_after_accept"},
            {"kind": "status", "status": 503},
            {"kind": "html"},
            {"kind": "status", "status": 429, "headers": False},
        )
    ),
    *(
        {"on": route, **what}
        for route in (
            "GET /2/users/me",
            "GET /2/users",
            "GET /2/tweets",
            "GET /2/tweets/search/recent",
            "GET /2/compliance/jobs",
            "POST /2/compliance/jobs",
            "GET /2/compliance/jobs/:id",
        )
        for what in ({"kind": "status", "status": 503}, {"kind": "drop_before"})
    ),
    {"on": "GET /2/tweets/search/stream/rules", "kind": "html"},
    {"on": "GET /2/tweets/search/stream", "kind": "status", "status": 503},
    {"on": "GET /2/tweets/search/stream", "kind": "drop_before"},
    {"on": "timelines", "kind": "late", "client": "any", "seconds": 120},
    *({"on": "stream", "kind": kind} for kind in sorted(STREAM_NOW | STREAM_ITEM)),
)
"""What goes wrong at X by itself and passes by itself: nothing in here is for an operator."""


_KINDS = {"stream": STREAM_NOW | STREAM_ITEM, "timelines": TIMELINES}


class FaultError(ValueError):
    """A fault nobody can script; the message says what would do."""


@dataclass(slots=True)
class Fault:
    """One entry of a script.

    `on` is a route such as `POST /2/tweets` or `GET /2/users/:id/mentions`, `*` for every route, or `stream`.
    `timelines` stands for every list of posts.
    `times` is how often it strikes (None: for ever, the default when a `probability` is given, else once);
    `skip` lets that many chances pass first; `seconds` (real) is how long a time-out, a silence or a delay
    lasts; a post comes `late` by virtual ones.
    """

    on: str
    kind: str
    status: int = 503
    headers: bool = True
    times: int | None = 1
    probability: float = 1.0
    skip: int = 0
    seconds: float = 60.0
    bytes: int = 200_000
    client: str = "api"
    struck: int = 0
    weather: bool = False

    def as_json(self) -> dict[str, Any]:
        """The fault with the count of its strikes so far."""
        return asdict(self)


@dataclass(slots=True)
class FaultBook:
    """The script in force, and what has struck since the start.

    Chances are drawn from the world's seeded random source.
    """

    random: random.Random
    faults: list[Fault] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)

    def add(self, script: Any) -> list[Fault]:
        """Takes one entry or a list of them; raises FaultError and takes none if any is wrong."""
        entries = script if isinstance(script, list) else [script]
        made = [_fault(entry) for entry in entries]
        self.faults.extend(made)
        return made

    def set_weather(self, chance: float, seconds: float) -> list[Fault]:
        """From now on everything in WEATHER strikes with this chance each time; 0 ends that."""
        self.faults = [fault for fault in self.faults if not fault.weather]
        if chance > 0:
            script = [{"seconds": seconds, **entry, "probability": chance} for entry in WEATHER]
            for fault in self.add(script):
                fault.weather = True
        return [fault for fault in self.faults if fault.weather]

    def clear(self) -> None:
        """Drops the whole script."""
        self.faults.clear()

    def strike(self, on: str, kinds: Collection[str], *, client: str = "api") -> Fault | None:
        """The first fault that strikes at this chance, counted as struck; None when all goes well."""
        for fault in self.faults:
            if fault.kind not in kinds or fault.on not in (on, "*") or (fault.on == "*" and on in _KINDS):
                continue
            if fault.client not in (client, "any"):
                continue
            if fault.times is not None and fault.struck >= fault.times:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.probability >= 1 or self.random.random() < fault.probability:
                fault.struck += 1
                self.tally[f"{fault.kind} on {on}"] += 1
                return fault
        return None


def _fault(entry: Any) -> Fault:
    if not isinstance(entry, dict):
        raise FaultError(
            'a fault is an object such as {"on": "POST /2/tweets", "kind": "status", "status": 503}'
        )
    known = {f.name for f in fields(Fault)} - {"struck", "weather"}
    if unknown := sorted(set(entry) - known):
        raise FaultError(f"unknown keys {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    on, kind = entry.get("on"), entry.get("kind")
    if not isinstance(on, str) or not (on in ("*", *_KINDS) or " /2/" in on):
        raise FaultError(f'on is {on!r}; give a route such as "POST /2/tweets", "*", "stream" or "timelines"')
    kinds = _KINDS.get(on, REQUEST)
    if kind not in kinds:
        raise FaultError(f"kind is {kind!r}; for {on} choose one of {', '.join(sorted(kinds))}")
    for name in ("status", "times", "probability", "skip", "seconds", "bytes"):
        value = entry.get(name, 1)
        if isinstance(value, bool) or not (
            isinstance(value, (int, float)) or (name == "times" and value is None)
        ):
            raise FaultError(f"{name} is {value!r}; give a number")
    if entry.get("client", "api") not in ("api", "native", "any"):
        raise FaultError(f"client is {entry['client']!r}; choose api, native or any")
    if not 400 <= entry.get("status", 503) <= 599:
        raise FaultError(f"status is {entry['status']!r}; give an HTTP status from 400 to 599")
    if "probability" in entry and "times" not in entry:
        entry = {**entry, "times": None}
    return Fault(**entry)
