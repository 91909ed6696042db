"""Do warm leads buy? Compares what leads were worth when they were handed over with what became of them.

Leads that are still open, or put off until later, are nobody's failure: they are counted apart. No rate is
told of fewer than five, and no verdict without a difference that chance would seldom bring about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb, sqrt

LEAST = 5
"""Of fewer leads no rate is told."""

MOST_BINS = 4
SELDOM = 0.05
"""How likely chance alone may bring about such a difference, at most, before we speak of one."""

_Z = 1.96  # 95 % either side


class Fate(StrEnum):
    """What became of a lead, as far as buying goes."""

    WON = "won"
    LOST = "lost"  # not a fit, or not a lead
    OPEN = "open"  # nobody said yet, or it is for later


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A lead: how warm it was (any scale, higher is warmer) and what became of it."""

    warmth: float
    fate: Fate


@dataclass(frozen=True, slots=True)
class Bin:
    """Leads from `low` to `high`, both included. won and lost are decided; open are not."""

    low: float
    high: float
    won: int
    lost: int
    open: int

    @property
    def decided(self) -> int:
        """Of how many it is known."""
        return self.won + self.lost

    @property
    def rate(self) -> float | None:
        """Won of those decided; None of fewer than LEAST."""
        return self.won / self.decided if self.decided >= LEAST else None

    @property
    def between(self) -> tuple[float, float] | None:
        """Where the true rate is with 95 % (Wilson's interval); None of fewer than LEAST."""
        return interval(self.won, self.decided) if self.decided >= LEAST else None


class Verdict(StrEnum):
    """What can be said."""

    TOO_FEW = "too_few"
    WARMER_BUY = "warmer_buy"
    COLDER_BUY = "colder_buy"
    NO_DIFFERENCE = "no_difference"


@dataclass(frozen=True, slots=True)
class Calibration:
    """bins: from cold to warm; chance: how likely chance alone makes such a difference between the warmer
    and the colder half, None if there are too few.
    """

    bins: tuple[Bin, ...]
    verdict: Verdict
    colder: Bin | None
    warmer: Bin | None
    chance: float | None


def calibrate(leads: Sequence[HandedOver]) -> Calibration:
    """Bins of about as many decided leads each, and what the warmer half says against the colder one."""
    bins = tuple(_bin(group) for group in _groups(leads, MOST_BINS))
    halves = [_bin(group) for group in _groups(leads, 2)]
    if len(halves) < 2 or min(half.decided for half in halves) < LEAST:
        return Calibration(bins, Verdict.TOO_FEW, None, None, None)
    colder, warmer = halves
    chance = by_chance(warmer.won, warmer.lost, colder.won, colder.lost)
    verdict = Verdict.NO_DIFFERENCE
    if chance <= SELDOM:
        warmer_rate, colder_rate = warmer.won / warmer.decided, colder.won / colder.decided
        verdict = Verdict.WARMER_BUY if warmer_rate > colder_rate else Verdict.COLDER_BUY
    return Calibration(bins, verdict, colder, warmer, chance)


def interval(part: int, whole: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (Wilson 1927): right for small numbers, and never outside 0..1."""
    share, more = part / whole, _Z**2 / whole
    middle = (share + more / 2) / (1 + more)
    half = _Z * sqrt(share * (1 - share) / whole + more / (4 * whole)) / (1 + more)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def by_chance(a: int, b: int, c: int, d: int) -> float:
    """Fisher's exact test of the table ((a, b), (c, d)), two-sided: the probability of this table and of all
    that are no likelier, with the sums of rows and columns as they are.
    """
    rows, column = (a + b, c + d), a + c
    all_ways = comb(sum(rows), column)
    ways = {
        first: comb(rows[0], first) * comb(rows[1], column - first)
        for first in range(max(0, column - rows[1]), min(rows[0], column) + 1)
    }
    return sum(count for count in ways.values() if count <= ways[a]) / all_ways


def _groups(leads: Sequence[HandedOver], most: int) -> list[list[HandedOver]]:
    """Up to `most` groups by warmth with about as many decided leads; leads alike are never parted."""
    by_warmth: dict[float, list[HandedOver]] = {}
    for lead in sorted(leads, key=lambda lead: lead.warmth):
        by_warmth.setdefault(lead.warmth, []).append(lead)
    total = sum(lead.fate is not Fate.OPEN for lead in leads)
    groups: list[list[HandedOver]] = [[]]
    seen = 0
    for alike in by_warmth.values():
        if groups[-1] and seen * most >= total * len(groups) and len(groups) < most:
            groups.append([])
        groups[-1] += alike
        seen += sum(lead.fate is not Fate.OPEN for lead in alike)
    return [group for group in groups if group]


def _bin(group: Sequence[HandedOver]) -> Bin:
    count = {fate: sum(lead.fate is fate for lead in group) for fate in Fate}
    warmths = [lead.warmth for lead in group]
    return Bin(min(warmths), max(warmths), count[Fate.WON], count[Fate.LOST], count[Fate.OPEN])
