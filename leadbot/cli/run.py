"""``leadbot run`` and ``leadbot check``."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadbot.cli.project import configure_logs, in_project, project_in
from leadbot.cli.words import LISTENING, say
from leadbot.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadbot.app.project import Project
    from leadbot.model import Mode


@click.command()
@in_project
def run(folder: Path) -> None:
    """Listen to the project's accounts and answer, until Ctrl-C or SIGTERM (both stop it within two seconds).

    A playbook nobody has published yet goes live as its file stands now. After that only `leadbot playbook
    ship` changes what is said, within seconds; open dialogs finish on the version they began with.
    """
    project = project_in(folder)
    configure_logs(project.settings.log_format, project.settings.log_level)
    click.echo(_listening_to(project, _modes(project)), err=True)
    _tell_faults(project)
    _tell_drafts(project)
    from leadbot.app.build import build  # only now: a faulty project should hear of it at once

    if project.settings.desk.with_daemon:
        from leadbot.app.desk import address_of

        say(f"The desk is at {address_of(project.settings).url}", err=True)
    with build(project) as daemon:
        gc.freeze()  # modules, model and playbooks stay: searching them for waste stops everybody for 0.1 s
        daemon.run(on_ready=lambda: click.echo("Ready. Ctrl-C stops it.", err=True))


@click.command()
@in_project
def check(folder: Path) -> None:
    """Check leadbot.toml, every playbook in it and the database, and say what is ready."""
    from leadbot.app.look import modes_in_force, open_store
    from leadbot.app.publishing import Standing, standings

    project = project_in(folder)
    if project.faults:
        raise ConfigError(project.faults)
    with open_store(project.settings) as (store, _):
        modes = modes_in_force(project.settings, store)
        found = standings(project, store.playbooks.versions())
    click.echo(_listening_to(project, modes))
    for one in found:
        of = f"{one.playbook.name} ({one.playbook.file}), version {(one.live or one.playbook.version)[:8]}"
        speaks = "will speak, once `leadbot run` starts," if one.standing is Standing.NEW else "speaks"
        say(f"  {one.told}" if one.told else f"  @{one.handle} {speaks} {of}")
    listen = project.settings.x.listen
    click.echo(f"Listens by {listen}: {LISTENING[listen]}.")
    click.echo("All is well.")


def _tell_faults(project: Project) -> None:
    """A start must not hide what is wrong in a file, though it goes on without."""
    for problem in project.faults:
        say(f"{problem}\n", err=True)
    if project.faults:
        say("Until that is fixed, the versions that were live before go on in their place.\n", err=True)


def _tell_drafts(project: Project) -> None:
    """Files that are not what is spoken: their author may think they are."""
    from leadbot.app.look import open_store
    from leadbot.app.publishing import standings

    with open_store(project.settings) as (store, _):
        told = [one.told for one in standings(project, store.playbooks.versions()) if one.told]
    for line in told:
        say(line, err=True)


def _modes(project: Project) -> dict[str, Mode]:
    from leadbot.app.look import modes_in_force, open_store

    with open_store(project.settings) as (store, _):
        return modes_in_force(project.settings, store)


def _listening_to(project: Project, modes: Mapping[str, Mode]) -> str:
    handles = [brand.facts.handle for brand in project.settings.brands]
    brands = ", ".join(f"@{handle} ({modes[handle.lower()]})" for handle in handles)
    where = "a SIMULATION at " + project.settings.x.base_url if project.settings.x.is_local else "X"
    return f"leadbot on {where}: {brands}"
