"""Checks of the work itself: database, daemon, budget, mode, what waits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from leadbot.app.doctor.files import why_not_writable
from leadbot.app.doctor.findings import Finding, Thresholds, green, red, yellow
from leadbot.errors import ConfigError, LeadbotError
from leadbot.flows.cards import Playbook
from leadbot.flows.speaking import reserve_usd
from leadbot.model import BrandId, Mode
from leadbot.ports import Clock
from leadbot.settings import BrandSettings, Settings
from leadbot.store import Store, open_database
from leadbot.store.queries import BrandStatus

FRESH_S = 10.0
"""A daemon that runs tells how it is every two seconds (`daemon.BEATS_EVERY_S`)."""


@dataclass(slots=True)
class Opened:
    """The store if there is one that works, and what was found while opening it."""

    store: Store | None
    findings: list[Finding]


def open_quietly(settings: Settings, clock: Clock, limits: Thresholds) -> Opened:
    """The database, if it is there: looking must not make one."""
    file = Path(settings.database_url.partition(":///")[2])
    if not file.exists():
        why = why_not_writable(file.parent)
        if why or not file.parent.is_dir():
            what = f"{file.name} cannot be made: {why or 'its folder does not exist'}"
            return Opened(None, [red("database", what, "correct database.url, or make its folder")])
        return Opened(None, [green("database", "is made at the first start")])
    try:
        database = open_database(settings.database_url, busy_s=limits.busy_s)
    except ConfigError as error:
        problem = error.problems[0]
        return Opened(None, [red("database", problem.what, problem.fix)])
    except LeadbotError as error:
        return Opened(None, [red("database", str(error), _LOCKED)])
    store = Store(database, clock)
    try:
        with database.write():
            pass
    except LeadbotError as error:
        store.close()
        return Opened(None, [red("database", str(error), _LOCKED)])
    return Opened(store, [green("database", "opens, is up to date, and can be written")])


_LOCKED = (
    "end the program that holds it, make room on the disk, and let leadbot write the file and its folder"
)


def daemon(health: Mapping[str, Any], clock_s: float) -> Iterator[Finding]:
    """How the daemon last said it was. clock_s: the machine's time in seconds since 1970."""
    if not is_running(health, clock_s):
        yield green("daemon", "does not run")
    elif health.get("well"):
        yield green("daemon", f"runs (process {health.get('pid')}), all is well")
    else:
        why = _why(health)
        yield red(
            "daemon",
            f"runs, and says that something is wrong: {why}",
            "mend what is red below; its log tells more",
        )


def health_in(file: Path) -> Mapping[str, Any]:
    """What a daemon last told of itself; empty if none did."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def is_running(health: Mapping[str, Any], clock_s: float) -> bool:
    """Whether a daemon tells that it runs, and has told so just now."""
    at = health.get("at")
    return bool(health.get("running")) and isinstance(at, (int, float)) and clock_s - at < FRESH_S


def _why(health: Mapping[str, Any]) -> str:
    listener = health.get("listener") or {}
    polls = (listener.get("polls") or {}).values()
    reasons = [poll.get("reason") for poll in polls] + [(listener.get("stream") or {}).get("reason")]
    parts = [
        f"{name} fell: {part.get('fault')}"
        for name, part in (health.get("parts") or {}).items()
        if part.get("fault")
    ]
    return "; ".join(dict.fromkeys([str(one) for one in reasons if one] + parts)) or "it does not say what"


def zone(brand: BrandSettings, clock: Clock) -> Iterator[Finding]:
    """What the brand's day is, beside its teams' days."""
    facts = brand.facts
    now = clock.now().astimezone(ZoneInfo(facts.zone))
    what = f"it is {now:%H:%M} on {now:%A} in {facts.zone}"
    elsewhere = sorted({team.zone for team in facts.teams} - {facts.zone})
    if facts.zone == "UTC" and elsewhere:
        fix = f'write zone = "{elsewhere[0]}" for the brand if that is where it lives'
        yield yellow("zone", f"{what}, and its teams live in {', '.join(elsewhere)}", fix, brand=facts.handle)
    else:
        yield green("zone", what, brand=facts.handle)


_MODES = {
    Mode.WATCH: "watch: it listens and says nothing",
    Mode.DRAFT: "draft: what it writes waits for your approval",
    Mode.LIVE: "live: it speaks",
}


def mode(brand: BrandSettings, status: BrandStatus | None) -> Iterator[Finding]:
    """How far the brand may go, and whether it is paused."""
    handle = brand.facts.handle
    set_mode = status.brand.mode if status is not None else None
    if status is not None and status.brand.paused_at is not None:
        what = f"paused since {status.brand.paused_at:%d %b %H:%M} UTC: {status.brand.paused_why}"
        yield yellow("mode", what, f"leadbot brand resume {handle}, when that is over", brand=handle)
    else:
        yield green("mode", _MODES[set_mode or brand.facts.mode], brand=handle)


def budget(
    brand: BrandSettings, playbooks: tuple[Playbook, ...], status: BrandStatus | None
) -> Iterator[Finding]:
    """Whether another dialog can begin today: the gate keeps back what one may cost at worst."""
    facts = brand.facts
    worst = max((reserve_usd(one, one.limits.messages) for one in playbooks), default=0.0)
    left = facts.daily_budget_usd - (status.spent_today_usd + status.reserved_usd if status else 0.0)
    of_today = f"${max(left, 0):.2f} of ${facts.daily_budget_usd:g} are left today"
    what = f"{of_today}; a dialog costs ${worst:.3f} at most"
    if worst > facts.daily_budget_usd:
        fix = f"set daily_budget_usd of @{facts.handle} to {worst:.2f} or more: no dialog can begin"
        yield red("budget", what, fix, brand=facts.handle)
    elif worst > left:
        fix = f"wait for midnight UTC, or raise daily_budget_usd of @{facts.handle}: no dialog can begin"
        yield yellow("budget", what, fix, brand=facts.handle)
    else:
        yield green("budget", what, brand=facts.handle)


def pile(
    brand: BrandSettings, status: BrandStatus | None, limits: Thresholds, *, runs: bool
) -> Iterator[Finding]:
    """What waits, and for whom."""
    handle = brand.facts.handle
    if status is None:
        yield green("pile", "nothing has been heard yet", brand=handle)
        return
    if status.failed:
        what = f"{status.failed} events could not be decided"
        yield red("pile", what, "leadbot tasks list shows them; the log tells why", brand=handle)
        return
    if status.waiting > limits.waiting_posts or (status.waiting and status.lag_s > limits.waits_s):
        what = f"{status.waiting} posts wait for a decision, the oldest for {status.lag_s / 60:.0f} min"
        fix = "look at its log: the engine is behind" if runs else "leadbot run"
        yield yellow("pile", what, fix, brand=handle)
        return
    is_open = f"{status.open_tasks} tasks and {status.open_handoffs} handoffs are open"
    if drafts := status.outbox.get("draft", 0):
        yield yellow("pile", f"{drafts} drafts wait, {is_open}", "leadbot drafts list", brand=handle)
    else:
        yield green("pile", f"{status.waiting} posts wait, {is_open}", brand=handle)


def statuses(store: Store | None) -> dict[BrandId, BrandStatus]:
    """How each brand stands, by its id."""
    return {one.brand.brand_id: one for one in store.queries.status()} if store is not None else {}
