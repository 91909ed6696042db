"""``leadbot init``: a commented project that runs as it is."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--handle", default="acme", show_default=True, help="The account that will speak.")
@click.option("--name", default="", help="Its name, as people know it; the handle if left out.")
@click.option("--port", default=8765, show_default=True, help="Port of the local simulator.")
def init(directory: Path, handle: str, name: str, port: int) -> None:
    """Write a commented project to DIRECTORY: settings, a playbook with tests, and a README.

    It runs against the local simulator with nothing to fill in. Files that are there are never overwritten.
    """
    from leadbot.settings.scaffold import write_project

    written = write_project(directory, handle.lstrip("@"), name=name, port=port)
    for file in written:
        click.echo(f"  wrote {file}")
    click.echo(
        f"\nNext, in two terminals:\n  cd {directory} && leadbot simulator\n  cd {directory} && leadbot run"
    )
    click.echo(f"\nThen read {directory / 'README.md'}.")
