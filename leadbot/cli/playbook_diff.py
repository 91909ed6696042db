"""``leadbot playbook diff``: what a change means, in a marketer's words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadbot.cli.playbook_versions import SHORT, playbook_at
from leadbot.cli.project import as_json_option, in_project, settings_in
from leadbot.cli.words import say
from leadbot.errors import ConfigError, Problem

if TYPE_CHECKING:
    from leadbot.flows.cards import Playbook
    from leadbot.flows.difference import Change
    from leadbot.store import Store


@click.command()
@click.argument("a")
@click.argument("b", required=False)
@in_project
@as_json_option
def diff(a: str, b: str | None, folder: Path, as_json: bool) -> None:
    """What people would meet otherwise with B than with A.

    Each is a file, a version, or the name of a playbook (what is live of it). With a file alone: how it
    differs from what is live.
    """
    from leadbot.flows.difference import differences

    old, new = _sides(a, b, folder)
    changes = differences(old, new)
    if as_json:
        found = [{"text": c.text, "line": c.line, "moves_score": c.moves_score} for c in changes]
        say(json.dumps({"a": old.version, "b": new.version, "changes": found}, ensure_ascii=False))
        return
    say(f"{_shown(old)} -> {_shown(new)}")
    tell_changes(changes)


def tell_changes(changes: tuple[Change, ...]) -> None:
    """Changes for a person: first what moves scores, then words."""
    if not changes:
        say("  nothing anybody would notice")
    for change in sorted(changes, key=lambda one: not one.moves_score):
        line = f"   (line {change.line})" if change.line else ""
        say(f"  {'*' if change.moves_score else '-'} {change.text}{line}")
    if any(change.moves_score for change in changes):
        say("  * may change who is asked or handed over; `leadbot playbook replay` tells whom")


def _sides(a: str, b: str | None, folder: Path) -> tuple[Playbook, Playbook]:
    from leadbot.app.look import open_store
    from leadbot.cli.playbook_files import load_files

    if b is not None and Path(a).exists() and Path(b).exists():
        old, new = (load_files([Path(each)])[0] for each in (a, b))
        return old, new
    with open_store(settings_in(folder, only_where=True)) as (store, _):
        if b is not None:
            return playbook_at(store, a), playbook_at(store, b)
        new = playbook_at(store, a)
        return _live(store, new), new


def _live(store: Store, draft: Playbook) -> Playbook:
    from leadbot.flows.playbook import PlaybookSource, restore

    live = [one for one in store.playbooks.live() if (one.brand, one.name) == (draft.brand, draft.name)]
    if not live:
        fix = "name two: leadbot playbook diff A B"
        raise ConfigError([Problem(draft.name, "nothing of this name is live", fix, "no-version")])
    return restore(PlaybookSource(live[0].file, live[0].content))


def _shown(playbook: Playbook) -> str:
    return f"{playbook.name}@{playbook.version[:SHORT]}"
