"""What goes wrong at X while people talk: scripts for the simulator, drawn at random."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from tests.kills.project import Project

SAY = "POST /2/tweets"
HEAR = "GET /2/users/:id/mentions"
LOOK = "GET /2/users/:id/tweets"
WHO = "GET /2/users/me"
CONNECT = "GET /2/tweets/search/stream"
RULES = "GET /2/tweets/search/stream/rules"

FAULTS: tuple[dict[str, Any], ...] = (
    {"on": SAY, "kind": "drop_after_accept", "times": 2},
    {"on": SAY, "kind": "timeout_after_accept", "seconds": 2},
    {"on": SAY, "kind": "drop_before", "times": 2},
    {"on": SAY, "kind": "status", "status": 503, "times": 2},
    {"on": SAY, "kind": "html"},
    {"on": SAY, "kind": "status", "status": 429, "headers": False, "times": 3},
    {"on": SAY, "kind": "status", "status": 429},
    {"on": HEAR, "kind": "status", "status": 503, "times": 4},
    {"on": HEAR, "kind": "status", "status": 429, "headers": False, "times": 2},
    {"on": HEAR, "kind": "drop_before", "times": 3},
    {"on": LOOK, "kind": "status", "status": 503, "times": 3},
    {"on": LOOK, "kind": "status", "status": 403, "times": 2},
    {"on": LOOK, "kind": "drop_before", "times": 2},
    {"on": WHO, "kind": "status", "status": 503, "times": 2},
    {"on": WHO, "kind": "status", "status": 404},
    {"on": CONNECT, "kind": "status", "status": 503, "times": 2},
    {"on": RULES, "kind": "html", "times": 2},
    {"on": "timelines", "kind": "late", "client": "any", "seconds": 90, "times": 5},
    {"on": "stream", "kind": "rst"},
    {"on": "stream", "kind": "rst_mid_item"},
    {"on": "stream", "kind": "half_line", "seconds": 3},
    {"on": "stream", "kind": "clean_close"},
    {"on": "stream", "kind": "operational_disconnect"},
    {"on": "stream", "kind": "silence", "seconds": 5},
    {"on": "stream", "kind": "no_items", "seconds": 5},
    {"on": "stream", "kind": "bad_json", "times": 2},
    {"on": "stream", "kind": "no_tag", "times": 3},
    {"on": "stream", "kind": "duplicate", "times": 3},
    {"on": "stream", "kind": "out_of_order", "times": 2},
    {"on": "stream", "kind": "delay", "seconds": 2},
    {"on": "*", "kind": "status", "status": 503, "times": 5},
    {"on": "*", "kind": "drop_before", "times": 15},
    {"on": "GET /2/tweets", "kind": "status", "status": 503, "times": 2},
    {"on": "GET /2/tweets/search/recent", "kind": "status", "status": 429, "headers": False},
)
"""Bursts. Nothing here is for an operator: all of it must pass by itself."""

REFUSALS: tuple[dict[str, Any], ...] = (
    {"on": SAY, "kind": "status", "status": 402},
    {"on": SAY, "kind": "status", "status": 401, "times": 2},
    {"on": SAY, "kind": "usage_cap"},
    {"on": SAY, "kind": "status", "status": 403, "times": 6},
    {"on": HEAR, "kind": "status", "status": 402},
    {"on": HEAR, "kind": "usage_cap"},
    {"on": CONNECT, "kind": "status", "status": 403},
    {"on": CONNECT, "kind": "status", "status": 409},
)
"""After these somebody has to look: a brand rests until it is resumed, single replies become tasks."""


MOODS: tuple[dict[str, Any], ...] = (
    {"implicit_mention_counts": False},
    {"summon_wording": "2026-05", "summon_title": "Authorization Error"},
    {"stream_mode": "kick"},
    {"ghost_s": 0.0},
    {"limits": {"POST /2/tweets": {"user": 5}}},
    {"slow_reader_items": 1},
)
"""Other ways X may be, for a while."""

USUAL: dict[str, Any] = {
    "implicit_mention_counts": True,
    "summon_wording": "2026-07",
    "summon_title": "",
    "stream_mode": "refuse",
    "ghost_s": 1.0,
    "limits": {},
    "slow_reader_items": 10_000,
}
"""How it mostly is."""


def change_mood(project: Project, chance: random.Random) -> str:
    """Let X be another in one way until the next change; returns in which."""
    mood = chance.choice(MOODS)
    project.tell("settings", {**USUAL, **mood})
    return ", ".join(f"{name} {value}" for name, value in mood.items())


def storm(
    project: Project,
    chance: random.Random,
    *,
    faults: Sequence[dict[str, Any]] = FAULTS,
    most: int = 4,
) -> list[str]:
    """Script a few faults; returns what they are."""
    script = chance.sample(faults, chance.randint(1, most))
    project.tell("faults", script)
    return [f"{one['kind']} on {one['on']}" for one in script]
