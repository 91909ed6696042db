"""You among the people: type a post, see how it was read, decided and answered."""

from __future__ import annotations

import sys
import time

from rich.console import Console

from leadbot.demo.cast import BRAND, Role
from leadbot.demo.show import open_stage_store
from leadbot.demo.stage import Stage
from leadbot.demo.watch import Watch
from leadbot.simulator import Player

HANDLE = "you"
_ANSWERS_WITHIN_S = 4.0
_SETTLES_S = 0.6


def play(stage: Stage, console: Console) -> None:
    """Read posts from the keyboard until it ends."""
    console.rule(
        "[bold reverse] SIMULATION [/bold reverse] you are @you, nothing here reaches X", style="yellow"
    )
    console.print("Starting the daemon …", highlight=False)
    stage.wait_until_it_listens()
    role = Role(HANDLE, "You", "at the keyboard", "")
    with (
        open_stage_store(stage) as store,
        Player(stage.base_url, HANDLE, **role.account) as player,
    ):
        console.print(
            f'Write to @{BRAND}, for example "pricing for about 40 of us?". An empty line or Ctrl-D ends it.',
            highlight=False,
        )
        watch = Watch(store, console, {HANDLE: role})
        last_id = ""
        while words := _next_line(console):
            text = words if last_id or f"@{BRAND}" in words.lower() else f"@{BRAND} {words}"
            post_id = player.reply(last_id, text) if last_id else player.post(text)
            answer = player.await_reply(post_id, timeout_s=_ANSWERS_WITHIN_S)
            time.sleep(_SETTLES_S)  # the answer is on X a moment before our own books say so
            watch.look()
            if answer is None:
                console.print("  [dim](no answer: see what was decided)[/dim]")
            last_id = answer["id"] if answer else last_id


def _next_line(console: Console) -> str:
    console.print("\n[bold]you ›[/bold] ", end="")
    return sys.stdin.readline().strip()
