"""``leadbot purge``: for the day on which an account loses its access to X, or leaves."""

from __future__ import annotations

from pathlib import Path

import click

from leadbot.cli.project import in_project, project_in
from leadbot.cli.words import say

BATCH = 50


@click.command()
@in_project
@click.argument("handle")
@click.option("--confirm", required=True, help="The handle typed again: what goes does not come back.")
def purge(folder: Path, handle: str, confirm: str) -> None:
    """Remove everything people told @HANDLE, and who they are. The daemon must be stopped.

    X wants this within 10 business days after access to its API has ended. The list of people who must not be
    written to stays, and so do money and playbooks; what the CRM has is left to you.
    """
    from leadbot.app.look import brand_ids, open_store
    from leadbot.app.project import beside_database
    from leadbot.daemon import only_one
    from leadbot.errors import ConfigError, Problem

    settings = project_in(folder).settings
    name = handle.lstrip("@").lower()
    if confirm.lstrip("@").lower() != name:
        fix = f"type the handle again: --confirm @{name}"
        raise ConfigError([Problem("--confirm", f"@{name} is not confirmed", fix, "not-confirmed")])
    with only_one(beside_database(settings, ".lock")), open_store(settings) as (store, _):
        ids = brand_ids(settings, store)
        if name not in ids:
            fix = f"known: {', '.join('@' + one for one in ids) or 'none'}"
            raise ConfigError([Problem(handle, "is no account of this project", fix, "unknown-brand")])
        count = 0
        while batch := store.retention.everybody(ids[name], limit=BATCH):
            count += store.retention.remove(batch)
        store.retention.remove_rest(ids[name])
        store.database.empty_log()
    say(f"Everything {count} people told @{name} is gone. Who said stop is still never written to.")
    say("Not touched: the files or records of your CRM, logs, and backups you made.")
