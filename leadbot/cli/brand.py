"""``leadbot brand``: pause and resume an account."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from leadbot.cli.project import in_project, project_in
from leadbot.cli.words import say


@click.group()
def brand() -> None:
    """Pause and resume an account."""


@brand.command()
@in_project
@click.argument("handle")
@click.option("--why", required=True, help="Shown wherever the pause is shown.")
def pause(folder: Path, handle: str, why: str) -> None:
    """Nothing leaves for @HANDLE from now on, also after a restart. Listening goes on."""
    _set(folder, handle, why=why)
    say(f"@{handle.lstrip('@')} is paused: {why}")


@brand.command()
@in_project
@click.argument("handle")
def resume(folder: Path, handle: str) -> None:
    """Lift the pause of @HANDLE. What grew too old meanwhile becomes a task for a person."""
    _set(folder, handle, why=None)
    say(f"@{handle.lstrip('@')} speaks again.")


def _set(folder: Path, handle: str, *, why: str | None) -> None:
    from leadbot.app.look import brand_ids, open_store
    from leadbot.errors import ConfigError, Problem

    settings = project_in(folder).settings
    with open_store(settings) as (store, _):
        ids = brand_ids(settings, store)
        brand_id = ids.get(handle.lstrip("@").lower())
        if brand_id is None:
            fix = f"known: {', '.join('@' + name for name in ids) or 'none; run `leadbot run` once'}"
            raise ConfigError([Problem(handle, "is no account of this project", fix, "unknown-brand")])
        if why is None:
            store.brands.resume(brand_id)
        else:
            store.brands.pause(brand_id, why=why, by=getpass.getuser())
