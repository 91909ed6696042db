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

from leadbot.cli.project import as_json_option, in_project, settings_in
from leadbot.cli.words import in_one_line, say, say_pauses

if TYPE_CHECKING:
    from leadbot.settings import Settings
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
        say(f"{draft.id:>5}  @{draft.brand} to @{draft.person}: {draft.text!r}")
    if not found:
        say("No draft waits.")


@drafts.command()
@in_project
@click.argument("number", type=int)
def show(folder: Path, number: int) -> None:
    """Draft NUMBER with the thread it answers."""
    from leadbot.model import BrandId

    with _store(folder) as store:
        draft = _found(store, number)
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
@click.option("--text", help="The new words; without it your editor opens.")
def edit(folder: Path, number: int, text: str | None) -> None:
    """Change the words of draft NUMBER. What was decided stays beside them; it still waits for your yes."""
    from leadbot.errors import ConfigError, Problem
    from leadbot.flows import drafting

    settings = settings_in(folder)
    with _opened(settings) as store:
        draft = _found(store, number)
        reply, told = store.drafts.told_before(number)
        words = text if text is not None else click.edit(draft.text)
        if words is None or words.strip() == draft.text:
            say(f"Draft {number} stays as it is.")
            return
        brand = next((b for b in settings.brands if b.facts.handle.lower() == draft.brand.lower()), None)
        disclosures = brand.facts.disclosures if brand else ()
        wrong = drafting.faults(words.strip(), reply, disclosures=disclosures, person=draft.person, told=told)
        if wrong:
            where = f"draft {number}"
            raise ConfigError([Problem(where, what, fix, "draft-words") for what, fix in wrong])
        store.drafts.edit_draft(number, words.strip(), by=getpass.getuser())
    say(f"Draft {number} would now say: {in_one_line(words)}")
    say(f"`leadbot drafts approve {number}` lets it go.")


@drafts.command()
@in_project
@click.argument("number", type=int)
def approve(folder: Path, number: int) -> None:
    """Let draft NUMBER go out. The gate is asked again, as for every reply."""
    from leadbot.app.look import modes_in_force
    from leadbot.errors import ConfigError, Problem
    from leadbot.model import Mode

    settings = settings_in(folder)
    with _opened(settings) as store:
        draft = _found(store, number)
        if modes_in_force(settings, store).get(draft.brand.lower()) is Mode.WATCH:
            fix = f"`leadbot brand mode {draft.brand} draft` first; the draft waits"
            raise ConfigError([Problem(f"draft {number}", "the bot only watches", fix, "only-watches")])
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


def _found(store: Store, number: int) -> DraftItem:
    """Raises ConfigError if there is no such draft (any more)."""
    from leadbot.errors import ConfigError, Problem

    draft = next((one for one in store.queries.drafts() if one.id == number), None)
    if draft is None:
        what = "is no draft that waits: it was sent, dropped, or a newer post took its place"
        fix = "`leadbot drafts list` shows those that wait"
        raise ConfigError([Problem(f"draft {number}", what, fix, "no-draft")])
    return draft


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    from leadbot.app.look import open_store

    with open_store(settings) as (store, _):
        yield store


@contextmanager
def _store(folder: Path) -> Iterator[Store]:
    with _opened(settings_in(folder)) as store:
        yield store
