"""``leadbot teams``: whether teams and reps can be told."""

from __future__ import annotations

import os
from pathlib import Path

import click

from leadbot.cli.project import configure_logs, in_project
from leadbot.cli.words import say


@click.group()
def teams() -> None:
    """Whether teams and reps can be told."""


@teams.command("test")
@in_project
@click.argument("name")
def try_channels(folder: Path, name: str) -> int:
    """Send a test notice to every channel of team or rep NAME. Exit code 1 if one does not take it."""
    from leadbot import settings as config
    from leadbot.app.notices import addresses_of
    from leadbot.crm.channels import send
    from leadbot.errors import ConfigError, Problem

    configure_logs("console", "critical")
    settings = config.load(folder, os.environ)
    found = [one for one in addresses_of(settings) if name.lower() in (one.team.lower(), one.rep.lower())]
    if not found:
        named = {one.rep or one.team for one in settings.channels}
        fix = f"with channels: {', '.join(sorted(named))}" if named else "add notify to [[teams]]"
        raise ConfigError([Problem(name, "has no channel in leadbot.toml", fix, "no-channel")])
    results = [(one, send(one.url, "leadbot: a test", "If you read this, notices arrive.")) for one in found]
    for one, is_told in results:
        say(f"{'✓' if is_told else '✗'} {one.name} ({one.rep or one.team})")
    return 0 if all(is_told for _, is_told in results) else 1
