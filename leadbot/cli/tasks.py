"""``leadbot tasks``: what waits for a person and is no lead."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadbot.cli.project import as_json_option, in_project, project_in
from leadbot.cli.words import in_one_line, say, say_pauses

if TYPE_CHECKING:
    from leadbot.store import Store


@click.group()
def tasks() -> None:
    """What waits for a person and is no lead: replies that were not sent, and why."""


@tasks.command("list")
@in_project
@as_json_option
def list_tasks(folder: Path, as_json: bool) -> None:
    """All open tasks, newest first."""
    with _store(folder) as store:
        found = store.queries.tasks(limit=100_000)
        if not as_json:
            say_pauses(store)
    if as_json:
        say(json.dumps([asdict(task) for task in found], default=str, ensure_ascii=False))
        return
    for task in found:
        who = f"@{task.person}" if task.person else "somebody"
        say(f"{task.key}  {who}  {task.kind.replace('_', ' ')}: {in_one_line(task.why)}  {task.permalink}")
        if task.draft:
            say(f"    would have said: {in_one_line(task.draft)}")
    if not found:
        say("Nothing waits.")


@tasks.command()
@in_project
@click.argument("key")
def done(folder: Path, key: str) -> None:
    """Task KEY has been seen to."""
    with _store(folder) as store:
        store.desk.finish_task(key, by=getpass.getuser())
    say(f"Task {key} is done.")


@contextmanager
def _store(folder: Path) -> Iterator[Store]:
    from leadbot.app.look import open_store

    with open_store(project_in(folder).settings) as (store, _):
        yield store
