"""Wakes threads of this process as soon as there is work.

Other processes are noticed by looking now and then.
"""

from __future__ import annotations

from collections.abc import Callable


class Signal:
    """A list of functions to call when something new is on disk. They must be quick and must not raise."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def connect(self, listener: Callable[[], None]) -> None:
        """Call `listener` from now on, in whatever thread sends."""
        self._listeners.append(listener)

    def send(self) -> None:
        """Tell everybody."""
        for listener in tuple(self._listeners):
            listener()
