"""``leadbot spend``: what X cost."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.project import as_json_option, in_project, project_in
from leadbot.cli.words import say
from leadbot.errors import ConfigError, Problem

if TYPE_CHECKING:
    from leadbot.store.costs import BrandCost


@click.command()
@in_project
@click.option("--brand", help="One account; all of them if left out.")
@click.option("--days", type=click.IntRange(1, 3660), default=7, help="UTC days, today included; 7.")
@as_json_option
def spend(folder: Path, brand: str | None, days: int, as_json: bool) -> None:
    """What X cost by day, playbook and qualified lead, reads included."""
    from leadbot.app.look import open_store
    from leadbot.store.costs import costs

    handle = brand.lstrip("@") if brand else None
    with open_store(project_in(folder).settings) as (store, clock):
        found = costs(store.database, clock.now(), days=days, handle=handle)
    if handle and not found:
        fix = "see `leadbot status` for the accounts it knows"
        raise ConfigError([Problem("--brand", f"there is no account @{handle} here", fix, "unknown-brand")])
    if as_json:
        say(json.dumps({"days": days, "brands": [_json(one) for one in found]}, ensure_ascii=False))
        return
    if not found:
        say("Nothing was spent: no account has been listened to yet.")
    for one in found:
        for text in _told(one, days):
            say(text)


def _json(one: BrandCost) -> dict[str, Any]:
    playbooks = [
        {**asdict(each), "usd": each.usd, "per_lead_usd": each.per_lead_usd} for each in one.playbooks
    ]
    return {**asdict(one), "playbooks": playbooks, "per_lead_usd": one.per_lead_usd}


def _told(one: BrandCost, days: int) -> Iterable[str]:
    span = "today" if days == 1 else f"in {days} days"
    yield f"@{one.handle}: ${one.usd:.3f} {span} (UTC); {_leads(one.leads, one.per_lead_usd)}"
    for day in sorted({line.day for line in one.lines}):
        kinds = [line for line in one.lines if line.day == day]
        parts = ", ".join(f"{line.count} {line.kind.replace('_', ' ')} ${line.usd:.3f}" for line in kinds)
        yield f"  {day}  ${sum(line.usd for line in kinds):.3f}: {parts}"
    for each in one.playbooks:
        yield (
            f"  {each.playbook}: ${each.usd:.3f} for {each.dialogs} dialogs (${each.replies_usd:.3f} for "
            f"{each.replies} replies, ${each.reads_usd:.3f} for reading); "
            f"{_leads(each.leads, each.per_lead_usd)}"
        )
    yield f"  listening to everybody else: ${one.listening_usd:.3f}"


def _leads(count: int, per_lead_usd: float | None) -> str:
    if per_lead_usd is None:
        return "no qualified lead yet"
    return f"{count} qualified lead{'s' if count != 1 else ''}, ${per_lead_usd:.3f} each"
