"""``leadbot status``: how things stand."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from leadbot.cli.project import as_json_option, in_project, project_in
from leadbot.cli.words import LISTENING, in_one_line, say
from leadbot.errors import ConfigError, Problem
from leadbot.model import BrandId


@click.command()
@in_project
@as_json_option
@click.option("--max-age", metavar="TIME", help='Exit 1 unless the daemon was well so lately, as "5 min".')
def status(folder: Path, as_json: bool, max_age: str | None) -> int:
    """How many were heard, answered and handed over, and what waits."""
    _tell(folder, as_json)
    if max_age is None:
        return 0
    fault = _fault(project_in(folder).health_file, max_age)
    if fault:
        say(f"NOT WELL: {fault}", err=True)
    return 1 if fault else 0


def _fault(file: Path, max_age: str) -> str:
    """What a monitor should know of the daemon; empty if all is well."""
    from leadbot.settings.table import seconds_in

    try:
        limit_s = seconds_in(max_age)
    except ValueError as error:
        raise ConfigError([Problem("--max-age", f'"{max_age}" is no time', str(error), "max-age")]) from None
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        age_s = datetime.now(UTC).timestamp() - float(told["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return "the daemon has never told how it is"
    if age_s > limit_s or not told.get("running"):
        return f"the daemon has not told how it is for {age_s:.0f} seconds"
    stuck = [name for name, part in told.get("parts", {}).items() if part.get("stuck")]
    alarms = [str(alarm.get("what")) for alarm in told.get("alarms", [])]
    return "; ".join([f"{name} hangs" for name in stuck] + alarms)


def _tell(folder: Path, as_json: bool) -> None:
    from leadbot.app.look import modes_in_force, open_store
    from leadbot.app.publishing import standings

    project = project_in(folder)
    with open_store(project.settings) as (store, _):
        modes = modes_in_force(project.settings, store)
        counts = store.queries.counts(datetime.min.replace(year=2000, tzinfo=UTC))
        brands = store.queries.status()
        alarms = store.alarms.open()
        chores = store.chores.all()
        drafts = [one.told for one in standings(project, store.playbooks.versions()) if one.told]
    daemon = _daemon(project.health_file)
    listen = project.settings.x.listen
    if as_json:
        document = {
            "daemon": daemon,
            "alarms": [asdict(alarm) for alarm in alarms],
            "chores": [asdict(chore) for chore in chores],
            **asdict(counts),
            "brands": [{**asdict(one), "mode": modes.get(one.brand.handle.lower())} for one in brands],
        }
        say(json.dumps(document, default=str, ensure_ascii=False))
        return
    say(f"daemon      {_in_words(daemon)}")
    say(f"listens by  {listen}: {LISTENING[listen]}")
    for told in drafts:
        say(f"playbooks   {told}")
    for alarm in alarms:
        say(f"ALARM       {in_one_line(alarm.what)}; {in_one_line(alarm.fix)}")
    if project.faults:
        say("playbooks   a file has faults; what is live goes on: see `leadbot check`")
    say(f"heard       {counts.heard} posts; {counts.left_in_peace} left in peace")
    say(f"talked      {counts.dialogs} dialogs, {counts.replies} replies, {counts.opt_outs} said stop")
    say(f"handed over {counts.handoffs}")
    say(f"spent       ${counts.spent_usd:.3f}")
    for reason, number in sorted(counts.refusals.items()):
        say(f"not sent    {number} ({reason})")
    if counts.set_aside:
        say(f"set aside   {counts.set_aside} items from X that make no sense; kept as they came")
    handles = {one.brand.brand_id: f" of @{one.brand.handle}" for one in brands}
    for chore in chores:
        whose = handles.get(BrandId(chore.brand_id), "")
        say(f"housekeeping  {chore.name}{whose}, {chore.at:%d %b %H:%M} UTC: {in_one_line(chore.outcome)}")
    for one in brands:
        mode = modes.get(one.brand.handle.lower(), "not in leadbot.toml")
        stands = f"PAUSED: {one.brand.paused_why}; mode {mode}" if one.brand.paused_at else f"mode {mode}"
        say(
            f"@{one.brand.handle} ({stands}): {one.waiting} posts wait, {one.outbox.get('draft', 0)} drafts, "
            f"{one.open_handoffs} handoffs and {one.open_tasks} tasks are open"
        )
        say(
            f"  spent today ${one.spent_today_usd:.3f}, ${one.reserved_usd:.3f} more kept for open dialogs; "
            "`leadbot spend` tells more"
        )
        if reading := _reading(daemon, str(one.brand.brand_id)):
            say(f"  {reading}")
        if daemon["running"] and not one.brand.has_caught_up:
            say("  says nothing yet: a complete poll of the mentions comes first")
        if one.failed:
            say(f"  {one.failed} events could not be decided: see `leadbot tasks list`")
        for held in one.held:
            why = f": {held.why}" if held.why else ""
            say(f"  {held.count} held by {held.rule}{why}; next try {held.until:%d %b %H:%M:%S} UTC")


def _reading(daemon: dict[str, Any], brand_id: str) -> str:
    """What reading has cost today, if the running daemon says so."""
    reads = (daemon.get("listener") or {}).get("reads") or {}
    if not daemon["running"] or brand_id not in reads:
        return ""
    one = reads[brand_id]
    spent = f"${one['spent_usd']:.3f} of ${one['budget_usd']:.2f} for reading are spent today"
    return f"listening: {one['words']} ({spent})" if one["rung"] != "full" else spent


def _daemon(file: Path) -> dict[str, Any]:
    """What the daemon last told of itself."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"running": False}
    is_fresh = datetime.now(UTC).timestamp() - told.get("at", 0) < 10
    return {**told, "running": bool(told.get("running")) and is_fresh}


def _in_words(daemon: dict[str, Any]) -> str:
    if not daemon["running"]:
        return "not running"
    well = "all is well" if daemon.get("well") else "something needs a look: see its log"
    return f"running (process {daemon.get('pid')}), {well}"
