"""Arrival → reply on X, with the real daemon and the local X as processes, at a steady pace of posts."""

from __future__ import annotations

import re
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import quantiles

from leadbot.simulator.people import Player
from tests.kills.project import Project, wait_until

SETTINGS = {"same_text_per_hour": "1000000", "daily_budget_usd": "1000000", "poll_s": "5"}
QUESTION = "@acme hi, how much is it for {n} seats?"


@dataclass(frozen=True, slots=True)
class Paced:
    """Milliseconds from a post's creation to its reply's, both by the local X's clock."""

    per_s: float
    posts: int
    answered: int
    p50_ms: float
    p99_ms: float
    peak_rss_mb: float


def paced(per_s: float, *, seconds: float) -> Paced:
    """Post a price question `per_s` times a second, each by somebody new; see how soon it is answered."""
    count = int(per_s * seconds)
    with (
        tempfile.TemporaryDirectory() as folder,
        Project(Path(folder) / "shop", settings=SETTINGS) as project,
    ):
        project.http.post(f"{project.base_url}/_sim/settings", json={"rate_limits": False}, timeout=10)
        with ThreadPoolExecutor(16) as pool:
            people = list(pool.map(lambda n: _person(project, n), range(count)))
        project.start()
        _warm_up(project)
        asked = _ask(people, per_s)
        wait_until(lambda: _answered(project) >= len(asked), within_s=60, what="everybody is answered")
        peak = _peak_rss_mb(project)
        waits = _waits_ms(project, asked)
        for person in people:
            person.close()
    cuts = quantiles(waits, n=100)
    return Paced(per_s, count, len(waits), cuts[49], cuts[98], peak)


def _person(project: Project, number: int) -> Player:
    profile = {"followers_count": 120, "following_count": 90, "tweet_count": 400, "description": "tea"}
    return Player(project.base_url, f"paced{number}", name=f"Ana {number}", **profile)


def _warm_up(project: Project) -> None:
    with Player(project.base_url, "early", name="Early Bird") as early:
        post = early.post("@acme can I talk to a human?")
        assert early.await_reply(post, timeout_s=30), "the daemon answers before the measurement begins"


def _ask(people: list[Player], per_s: float) -> list[str]:
    """Keep the beat whatever the answers do: a late one does not slow the next post down."""
    began = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        asked = []
        for number, person in enumerate(people):
            threading.Event().wait(max(0.0, began + number / per_s - time.monotonic()))
            asked.append(pool.submit(person.post, QUESTION.format(n=number + 2)))
        return [one.result() for one in asked]


def _answered(project: Project) -> int:
    return sum(post["username"] == "acme" for post in project.sim("log", requests=0)["posts"]) - 1


def _waits_ms(project: Project, asked: list[str]) -> list[float]:
    posts = project.sim("log", requests=0)["posts"]
    at = {post["id"]: datetime.fromisoformat(post["created_at"]) for post in posts}
    replied = {post["in_reply_to"]: post["id"] for post in posts if post["username"] == "acme"}
    return [(at[replied[one]] - at[one]).total_seconds() * 1000 for one in asked if one in replied]


def _peak_rss_mb(project: Project) -> float:
    assert project.daemon is not None
    status = Path(f"/proc/{project.daemon.pid}/status")
    if not status.exists():
        return float("nan")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    return int(found[1]) / 1024 if found else float("nan")
