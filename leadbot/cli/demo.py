"""``leadbot demo``."""

from __future__ import annotations

import json
import sys
import time

import click


@click.command()
@click.option("--me", is_flag=True, help="Be one of the people: type posts, see the answers.")
@click.option(
    "--json", "as_json", is_flag=True, help="Play it as fast as it goes and print one JSON document."
)
@click.option("--for", "seconds", type=click.FloatRange(min=5), default=None, help="The most it may take.")
@click.option("--seed", default=0, show_default=True, help="Decides everything that is left to chance.")
def demo(me: bool, as_json: bool, seconds: float | None, seed: int) -> None:
    """Watch it work on this machine: a simulated X, the real daemon, and a dozen people who talk to it.

    Needs no account and no network. Nothing reaches X. It prints the address of the desk, the reps' page; on
    a terminal that stays open after the end until Ctrl-C, unless `--for` says when to end.
    """
    began = time.monotonic()
    from leadbot.cli.project import configure_logs
    from leadbot.demo.stage import open_stage

    configure_logs("console", "error")
    with open_stage(seed=seed) as stage:
        # These imports take their time: have them while the daemon starts.
        from rich.console import Console

        from leadbot.demo import mine, show

        if as_json:
            found = show.for_scripts(stage, began=began, seconds=seconds or 60.0, seed=seed)
            click.echo(json.dumps(found, ensure_ascii=False))
        elif me:
            mine.play(stage, Console())
        else:
            stays = seconds is None and sys.stdin.isatty() and sys.stdout.isatty()
            show.for_people(stage, Console(), began=began, seconds=seconds or 120.0, seed=seed, stays=stays)
