"""Words of strangers on a terminal: nothing in them may move the cursor, hide a line or make one up."""

from __future__ import annotations

import re
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from leadbot.store import Store

_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("[\t\n]")


LISTENING = {
    "both": "within seconds and nothing missed, $0.006 a mention",
    "stream": "within seconds, $0.005 a mention; what the stream loses stays lost",
    "poll": "at each look, $0.001 a mention; looks that find nothing are free",
}
"""Ways to listen and what they cost (x/spend.py has the prices)."""


def plain(text: str, *, keep_lines: bool = True) -> str:
    """`text` with control characters, and those that turn the direction of writing, shown as ``\\u001b``.

    That is how JSON writes them too, so a document stays what it was.
    """
    shown = _COMMANDS.sub(_as_code, text)
    return shown if keep_lines else _BREAKS.sub(_as_code, shown)


def say(line: str = "", *, err: bool = False) -> None:
    """Print a line that may hold anybody's words."""
    click.echo(plain(line), err=err)


def say_pauses(store: Store) -> None:
    """Above every list: which accounts say nothing now, and why."""
    for state in store.brands.paused():
        since = f"since {state.paused_at:%d %b %H:%M} UTC"
        say(f"@{state.handle or state.brand_id} is PAUSED {since}: {state.paused_why}")


def in_one_line(text: str) -> str:
    """A text of several lines as one."""
    return " ".join(text.split())


def plain_values(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: no value of a log line can forge another line."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = plain(value, keep_lines=key == "trace")
    return event


def traceback_without_values(
    out: TextIO, error: tuple[type[BaseException], BaseException, TracebackType | None]
) -> None:
    """How the console shows an exception: the values of variables stay out, for there are keys among them."""
    out.write("\n" + plain("".join(traceback.format_exception(*error))))


def _as_code(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
