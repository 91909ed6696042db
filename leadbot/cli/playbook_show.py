"""``leadbot playbook show``: read it aloud, or look at it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadbot.cli.playbook_files import load_file
from leadbot.cli.words import plain, say

if TYPE_CHECKING:
    from rich.console import Console

    from leadbot.flows.screenplay import Cue


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mermaid", "as_mermaid", is_flag=True, help="Print a Mermaid flowchart instead.")
@click.option(
    "--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw it into this file instead."
)
def show(file: Path, as_mermaid: bool, svg: Path | None) -> None:
    """Show the playbook in FILE as a screenplay: what we say, what they may say, and what it is worth."""
    from leadbot.flows.diagram import drawing
    from leadbot.flows.screenplay import mermaid, screenplay

    playbook = load_file(file)
    if svg is not None:
        svg.write_text(drawing(playbook), encoding="utf-8")
        say(f"  wrote {svg}")
    elif as_mermaid:
        say(mermaid(playbook))
    else:
        from rich.console import Console

        console = Console(highlight=False, markup=False, emoji=False, soft_wrap=False)
        for cue in screenplay(playbook):
            _print(console, cue)


_STYLES = {"title": "bold", "scene": "bold cyan", "bot": "", "them": "green", "note": "dim"}
_MARKS = {"bot": "  @ ", "them": "      > ", "note": "    ", "title": "", "scene": ""}


def _print(console: Console, cue: Cue) -> None:
    from rich.padding import Padding
    from rich.text import Text

    if cue.kind == "scene":
        console.print()
    text = Text(plain(cue.text), style=_STYLES[cue.kind])
    if cue.points is not None:
        text.append(f"  {cue.points:+d}", style="bold")
    if cue.goes_to:
        text.append(f"  → {cue.goes_to}", style="yellow")
    if cue.line and cue.kind in ("scene", "them"):
        text.append(f"  line {cue.line}", style="dim")
    mark = _MARKS[cue.kind]
    body = Text(mark.lstrip() if mark.strip() else "").append(text)
    indent = len(mark) - len(mark.lstrip()) if mark.strip() else len(mark)
    console.print(Padding(body, (0, 0, 0, indent)))
