"""``leadbot playbook chat``: talk to a playbook, with its receipt and its next card beside."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from leadbot.cli.playbook_files import brand_of, deck_of, load_file, reader
from leadbot.cli.words import in_one_line, plain, say

if TYPE_CHECKING:
    from rich.console import Console

    from leadbot.flows.cards import Playbook
    from leadbot.flows.chat import Act, Chat

COMMANDS = {
    "/after-hours": "from now on nobody of the team is in; once more: they are back",
    "/silence": "say nothing until the bot gives up",
    "/undo": "take the last thing back",
    "/why": "how the last post was read and decided",
    "/help": "this list",
    "/quit": "leave; Ctrl-D does too",
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "name", default="", help="The name on your profile; Maria Silva if left out.")
@click.option(
    "--replay",
    "number",
    type=click.IntRange(min=0),
    is_flag=False,
    flag_value=0,
    help="Play the dialog by which `check` shows a fault: the N-th, or all of them.",
)
@click.pass_context
def chat(ctx: click.Context, file: Path, name: str, number: int | None) -> None:
    """Talk to the playbook in FILE as somebody on X would. Nothing leaves this terminal.

    Your first post should name the account, as on X. Lines that begin with / are commands; /help lists them.
    From a pipe each line is a post, and what is said is printed plainly.
    """
    from leadbot.flows.chat import Chat

    playbook = load_file(file)
    if number is not None:
        ctx.exit(0 if _replay(playbook, number) else 1)
    talk = Chat(playbook, deck_of(playbook), reader(), name=name)
    show = Beside() if sys.stdout.isatty() else Plain()
    if sys.stdin.isatty():
        say(f"{playbook.name}, spoken by @{playbook.brand}. Begin with @{playbook.brand} …   /help, /quit")
    for line in _lines(sys.stdin, playbook.brand):
        if line in ("/quit", "/exit"):
            break
        if line.startswith("/"):
            _command(line, talk, show)
        elif line:
            show.turn(line, _say(talk, line), talk)


def _replay(playbook: Playbook, number: int) -> bool:
    """Play counterexamples again, move by move. Whether none breaks its rule any more."""
    from leadbot.flows.verify import replay, verify

    brand = brand_of(playbook.brand)
    findings = [one for one in verify(playbook, brand=brand, reader=reader()).findings if one.example]
    if not findings:
        say(f"{playbook.name}: no dialog breaks any of its promises.")
    for at, finding in enumerate(findings, start=1):
        if number not in (0, at) or finding.example is None:
            continue
        say(f"{at} of {len(findings)}: {finding.problem}")
        played = replay(playbook, finding.example, brand=brand)
        for who, words in played.chat:
            say(f"{who:>4}: {in_one_line(words)}")
        say(f"      [breaks: {', '.join(dict.fromkeys(one.rule for one in played.breaches))}]\n")
    return not findings


def _say(talk: Chat, text: str) -> tuple[str, ...]:
    from leadbot.flows.chat import Act, Kind

    return talk.act(Act(Kind.SAY, text))


def _lines(source: TextIO, brand: str) -> Iterator[str]:
    if not source.isatty():
        yield from (line.strip() for line in source)
        return
    while True:
        try:
            yield input("you> ").strip()
        except EOFError:
            say()
            return


def _command(line: str, talk: Chat, show: Plain | Beside) -> None:
    command = line.split()[0]
    if command == "/undo":
        gone = talk.undo()
        show.note(f"taken back: {gone.text or gone.kind.value}" if gone else "there is nothing to take back")
    elif command == "/why":
        show.lines(talk.why() or ("nothing has happened yet",))
    elif command in ("/after-hours", "/silence"):
        act = _act(command, talk)
        show.turn(_DOES[act.kind.value], talk.act(act), talk, is_post=False)
    else:
        if command != "/help":
            show.note(f"there is no {command}")
        show.lines(f"{name:13} {what}" for name, what in COMMANDS.items())


_DOES = {
    "silence": "(says nothing until the bot gives up)",
    "after_hours": "(from here on nobody of the team is in)",
    "in_hours": "(the team is back)",
}


def _act(command: str, talk: Chat) -> Act:
    from leadbot.flows.chat import Act, Kind

    if command == "/silence":
        return Act(Kind.FALL_SILENT)
    return Act(Kind.IN_HOURS if talk.is_after_hours else Kind.AFTER_HOURS)


class Plain:
    """For pipes: one line a post, then the state, indented."""

    def turn(self, text: str, said: Iterable[str], talk: Chat, *, is_post: bool = True) -> None:
        """What they did, what the bot said, and how it stands."""
        say(f"them: {text}" if is_post else text)
        for words in said:
            say(f" bot: {in_one_line(words)}")
        dialog = talk.dialog
        points = f"{dialog.score} points; " if dialog else ""
        say(f"      [{points}next: {talk.next()}]")

    def note(self, text: str) -> None:
        """A word about the chat itself."""
        say(f"({text})")

    def lines(self, lines: Iterable[str]) -> None:
        """Several of them."""
        for line in lines:
            say(f"      {line}")


class Beside(Plain):
    """For a terminal: what is said on the left, receipt and next card on the right."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console: Console = Console(highlight=False, markup=False, emoji=False)

    def turn(self, text: str, said: Iterable[str], talk: Chat, *, is_post: bool = True) -> None:
        """What they did, what the bot said, and how it stands beside it."""
        from rich.panel import Panel
        from rich.table import Table
        from rich.text import Text

        left = Text()
        if not is_post:
            left.append(plain(text) + "\n", style="dim")
        for words in said:
            left.append(plain(words) + "\n", style="bold")
        if not left.plain:
            left.append("(nothing is said)\n", style="dim")
        right = Text("\n".join(_receipt(talk)) or "no points yet", style="green")
        right.append(f"\nnext: {talk.next()}", style="cyan")
        for choice in talk.choices():
            right.append(f"\n  {plain(choice)}", style="dim")
        table = Table.grid(expand=True, padding=(0, 2))
        table.add_column(ratio=3)
        table.add_column(ratio=2)
        title = f"{talk.dialog.score} points" if talk.dialog else "receipt"
        table.add_row(left, Panel(right, title=title, border_style="dim"))
        self._console.print(table)


def _receipt(talk: Chat) -> Iterator[str]:
    for line in talk.receipt:
        words = in_one_line(plain(line.words))
        yield f"{line.points:+4d} {line.card}: {line.answer} “{words}” line {line.source.line}"
