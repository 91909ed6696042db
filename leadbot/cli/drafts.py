"""``leadbot drafts``: replies that wait for a person."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.project import as_json_option, in_project, project_in
from leadbot.cli.words import in_one_line, say, say_pauses

if TYPE_CHECKING:
    from leadbot.store import Store
    from leadbot.store.queries import DraftItem


@click.group()
def drafts() -> None:
    """Replies that wait for a person's approval (mode "draft")."""


@drafts.command("list")
@in_project
@as_json_option
def list_drafts(folder: Path, as_json: bool) -> None:
    """All drafts, oldest first."""
    with _store(folder) as store:
        found = store.queries.drafts()
        if not as_json:
            say_pauses(store)
    if as_json:
        say(json.dumps([_as_json(draft) for draft in found], ensure_ascii=False))
        return
    for draft in found:
        say(f"{draft.id:>5}  to @{draft.person}: {draft.text!r}")
    if not found:
        say("No draft waits.")


@drafts.command()
@in_project
@click.argument("number", type=int)
def show(folder: Path, number: int) -> None:
    """Draft NUMBER with the thread it answers."""
    from leadbot.errors import ConfigError, Problem
    from leadbot.model import BrandId

    with _store(folder) as store:
        draft = next((one for one in store.queries.drafts() if one.id == number), None)
        if draft is None:
            fix = "`leadbot drafts list` shows those that wait"
            raise ConfigError([Problem(str(number), "is no draft that waits", fix, "no-draft")])
        person = store.queries.find_person(draft.person)
        thread = store.queries.thread(BrandId(draft.brand_id), person.person.id) if person else []
    say(f"Draft {draft.id} to @{draft.person}   {draft.permalink}")
    for post in thread:
        say(f"  {post.at:%d %b %H:%M}  {post.who:<6}  {in_one_line(post.text)}")
    say(f"  would say    {draft.text}")
    if draft.text != draft.original:
        say(f"  was decided  {draft.original}  (changed by {draft.edited_by})")


@drafts.command()
@in_project
@click.argument("number", type=int)
def approve(folder: Path, number: int) -> None:
    """Let draft NUMBER go out. The gate is asked again, as for every reply."""
    with _store(folder) as store:
        store.drafts.approve_draft(number, by=getpass.getuser())
    say(f"Draft {number} is approved and leaves as soon as the gate lets it.")


@drafts.command()
@in_project
@click.argument("number", type=int)
def drop(folder: Path, number: int) -> None:
    """Do not say draft NUMBER. It becomes a task for a person."""
    with _store(folder) as store:
        store.drafts.drop_draft(number, by=getpass.getuser())
    say(f"Draft {number} is dropped.")


def _as_json(draft: DraftItem) -> dict[str, Any]:
    return {**asdict(draft), "created_at": draft.created_at.isoformat()}


@contextmanager
def _store(folder: Path) -> Iterator[Store]:
    from leadbot.app.look import open_store

    with open_store(project_in(folder).settings) as (store, _):
        yield store
