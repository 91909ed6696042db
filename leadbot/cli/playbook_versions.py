"""What is published: ``leadbot playbook versions``, and how a version is named on the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.project import as_json_option, in_project, settings_in
from leadbot.cli.words import say
from leadbot.errors import ConfigError, Problem

if TYPE_CHECKING:
    from leadbot.flows.cards import Playbook
    from leadbot.store import Store
    from leadbot.store.playbooks import StoredPlaybook

SHORT = 8
"""Characters by which a version is shown; any unambiguous beginning of four or more names it."""


@click.command()
@click.argument("name", required=False)
@in_project
@as_json_option
def versions(name: str | None, folder: Path, as_json: bool) -> None:
    """Every published version of the playbook NAME, or of all: when, by whom, and whether it is spoken."""
    from leadbot.app.look import open_store

    with open_store(settings_in(folder, only_where=True)) as (store, _):
        stored = [one for one in store.playbooks.versions() if name in (None, one.name)]
        open_ = store.playbooks.open_dialogs()
        live = {(one.brand, one.version) for one in store.playbooks.live()}
        who = _who_shipped(store)
    rows = [_row(one, live, open_.get(one.version, 0), who.get(one.version, "")) for one in stored]
    if as_json:
        say(json.dumps(rows, ensure_ascii=False))
        return
    for row in sorted(rows, key=lambda row: (row["brand"], row["playbook"])):
        by = f" by {row['by']}" if row["by"] else ""
        dialogs = f"  {row['open_dialogs']} dialogs open" if row["open_dialogs"] else ""
        when = f"{row['shipped_at'][:16].replace('T', ' ')}{by}"
        say(
            f"@{row['brand']}  {row['playbook']}  {row['version'][:SHORT]}  {row['state']:9}  {when}{dialogs}"
        )
    if not rows:
        say(f"No version of {name} was published." if name else "No playbook was published yet.")


def _row(one: StoredPlaybook, live: set[tuple[str, Any]], open_dialogs: int, by: str) -> dict[str, Any]:
    state = "live" if (one.brand, one.version) in live else ("withdrawn" if one.withdrawn_at else "earlier")
    return {
        "brand": one.brand,
        "playbook": one.name,
        "version": one.version,
        "state": state,
        "file": one.file,
        "shipped_at": one.shipped_at.isoformat(),
        "by": by,
        "withdrawn_at": one.withdrawn_at.isoformat() if one.withdrawn_at else None,
        "open_dialogs": open_dialogs,
    }


def _who_shipped(store: Store) -> dict[str, str]:
    """Version → who published it last; whoever only started the daemon is not named."""
    return {item.after: item.by for item in store.brand_log.items() if item.what.value == "ship"}


def named(store: Store, name: str, handle: str | None) -> list[StoredPlaybook]:
    """The versions of one playbook, newest first. Raises ConfigError when that is none or several."""
    stored = store.playbooks.versions()
    brand = handle.removeprefix("@").lower() if handle else None
    mine = [one for one in stored if one.name == name and brand in (None, one.brand)]
    if not mine:
        known = sorted({one.name for one in stored if brand in (None, one.brand)})
        fix = f"published are: {', '.join(known)}" if known else "nothing was published yet"
        raise ConfigError([Problem("NAME", f'no playbook "{name}" was published', fix, "no-version")])
    brands = sorted({one.brand for one in mine})
    if len(brands) > 1:
        fix = "name one: --brand " + " or --brand ".join(brands)
        raise ConfigError([Problem(name, "several accounts speak it", fix, "which-brand")])
    return mine


def by_version(stored: Sequence[StoredPlaybook], text: str) -> StoredPlaybook:
    """The version that begins with `text`. Raises ConfigError."""
    found = [one for one in stored if len(text) >= 4 and one.version.startswith(text.lower())]
    if len(found) != 1:
        what = f'"{text}" {"names several versions" if found else "is no version of it"}'
        shown = ", ".join(one.version[:SHORT] for one in (found or stored)[:8])
        raise ConfigError([Problem("version", what, f"known: {shown or 'none'}", "no-version")])
    return found[0]


def playbook_at(store: Store, what: str) -> Playbook:
    """A playbook by its file, its version, or its name (then the live version). Raises ConfigError,
    PlaybookError.
    """
    from leadbot.cli.playbook_files import load_file
    from leadbot.flows.playbook import PlaybookSource, restore

    if Path(what).suffix in (".yaml", ".yml") or Path(what).exists():
        return load_file(Path(what))
    stored = store.playbooks.versions()
    same_name = [one for one in store.playbooks.live() if one.name == what]
    one = same_name[0] if len(same_name) == 1 else by_version(stored, what)
    return restore(PlaybookSource(one.file, one.content))
