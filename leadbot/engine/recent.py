"""The texts a brand said lately, so that `decide` can pick another wording.

Kept in memory, rebuilt from the outbox.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
MOST = 500
"""Newest texts looked at: a brand that says more in an hour repeats its wordings anyway."""


class RecentTexts:
    """Normalised texts of one brand within the last hour."""

    def __init__(self, normalise: Callable[[str], str], said: Sequence[tuple[datetime, str]] = ()) -> None:
        self._normalise = normalise
        self._said: deque[tuple[datetime, str]] = deque(maxlen=MOST)
        self._view: frozenset[str] | None = None
        for at, text in said:
            self.add(text, at)

    def add(self, text: str, at: datetime) -> None:
        """One more was said."""
        self._said.append((at, self._normalise(text)))
        self._view = None

    def at(self, now: datetime) -> frozenset[str]:
        """Those that count now."""
        while self._said and self._said[0][0] < now - WINDOW:
            self._said.popleft()
            self._view = None
        if self._view is None:
            self._view = frozenset(text for _, text in self._said)
        return self._view
