"""A bar on the terminal for what takes a while; nothing where the output goes to a file or a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["counting"]

FEW = 200  # of which nobody waits for the end


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[int], object]]:
    """Shows on stderr how many of `total` are done. Yields what to call with how many more are."""
    if total <= FEW:
        yield lambda more: None
        return
    # Imported here: most commands show no bar.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda more: bar.advance(task, more)
