"""``leadbot replay-posts``: recorded conversations, played into the local X."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("replay-posts")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--simulator", "base_url", default="http://127.0.0.1:8765", show_default=True, help="The local X."
)
@click.option(
    "--speed", default="full", show_default=True, help='"full", or how many times as fast as recorded.'
)
@click.option("--limit", type=int, default=None, help="Play only so many conversations.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def replay_posts(file: Path, base_url: str, speed: str, limit: int | None, as_json: bool) -> None:
    """Play recorded conversations from FILE into the local X and count what was played.

    FILE holds one conversation a line: {"brand", "id", "turns": [{"by", "role", "at", "text"}]} with role
    "person" or "brand". Posts of people that name their brand are played in order, threads kept; the brand's
    own posts go out by hand, as from X's own app; other posts are counted and left out. See docs/cli.md.
    """
    from rich.console import Console
    from rich.progress import Progress

    from leadbot.demo import replay

    conversations = replay.read(file)[:limit]
    pace = replay.speed(speed)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("playing", total=sum(len(c.turns) for c in conversations))
        played = replay.play(conversations, base_url, speed=pace, on_turn=lambda: progress.advance(task))
    if as_json:
        click.echo(json.dumps(played.as_json()))
        return
    click.echo(f"{played.conversations} conversations for {len(played.brands)} brands.")
    click.echo(f"Played: {played.person_posts} posts of people, {played.brand_posts} by hand as the brand.")
    for reason, count in sorted(played.left_out.items()):
        click.echo(f"Left out: {count} ({reason}).")
