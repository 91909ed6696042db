"""How long to wait before trying again."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

LONGEST_S = 300.0


def retry_at(now: datetime, attempts: int, *, seed: str, asked: datetime | None = None) -> datetime:
    """When to try again: when the other side said so, else 2 s, 4 s, 8 s, … 5 min, less a seeded half at
    most.

    The seed spreads rows that failed together, and makes every run alike.
    """
    if asked is not None:
        return max(asked, now + timedelta(seconds=0.1))
    longest = min(2.0 * 2.0 ** min(max(attempts, 0), 20), LONGEST_S)
    spread = random.Random(f"{seed}:{attempts}").uniform(0.5, 1.0)
    return now + timedelta(seconds=longest * spread)
