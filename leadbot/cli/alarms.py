"""``leadbot alarms``: what is wrong with leadbot or its world right now."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from leadbot.cli.project import as_json_option, in_project, project_in
from leadbot.cli.words import in_one_line, say, say_pauses
from leadbot.errors import PermanentError


@click.group()
def alarms() -> None:
    """What is wrong with leadbot or its world right now, and what to do about it."""


@alarms.command("list")
@in_project
@as_json_option
def list_alarms(folder: Path, as_json: bool) -> None:
    """All alarms that are raised now, oldest first."""
    from leadbot.app.look import open_store

    with open_store(project_in(folder).settings) as (store, _):
        found = store.alarms.open()
        if not as_json:
            say_pauses(store)
    if as_json:
        say(json.dumps([asdict(alarm) for alarm in found], default=str, ensure_ascii=False))
        return
    for alarm in found:
        say(f"{alarm.key}  since {alarm.raised_at:%d %b %H:%M} UTC: {in_one_line(alarm.what)}")
        say(f"    fix: {in_one_line(alarm.fix)}")
    if not found:
        say("No alarm is raised.")


@alarms.command()
@in_project
@click.argument("key")
def clear(folder: Path, key: str) -> None:
    """Alarm KEY has been seen to. It comes back if what it tells of still lasts."""
    from leadbot.app.look import open_store

    with open_store(project_in(folder).settings) as (store, _):
        if not store.alarms.clear(key):
            raise PermanentError("no_such_alarm", f"no alarm {key} is raised; see `leadbot alarms list`")
    say(f"Alarm {key} is cleared.")
