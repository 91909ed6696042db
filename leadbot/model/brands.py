"""The accounts that speak, and the people behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from leadbot.model.ids import BrandId


class Mode(StrEnum):
    """How much a brand's bot may do: listen only, prepare drafts, or speak."""

    WATCH = "watch"
    DRAFT = "draft"
    LIVE = "live"

    def is_above(self, other: Mode) -> bool:
        """Whether the bot may do more in this mode than in the other."""
        order = list(Mode)
        return order.index(self) > order.index(other)


@dataclass(frozen=True, slots=True)
class Rep:
    """A salesperson. name: as in leadbot.toml; first_name: what lines may say.

    weight: their share of the team's people, 0 for nobody but their own. brands: handles, lower case, whose
    people are theirs. takes: (card, answer), whose people are theirs. away: days of the team's zone.
    """

    name: str
    first_name: str
    weight: int = 1
    brands: tuple[str, ...] = ()
    takes: tuple[tuple[str, str], ...] = ()
    away: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Team:
    """Reps who take handoffs.

    hours: weekday 0..6 (Monday 0) → periods in minutes of the local day, in `zone` (IANA).
    claim_within_s: business seconds somebody has to claim a person, where the playbook does not say.
    manager: who gets those nobody claimed; empty: whoever runs leadbot hears of them by an alarm alone.
    """

    name: str
    reps: tuple[Rep, ...]
    zone: str = "UTC"
    hours: tuple[tuple[int, int, int], ...] = ()  # (weekday, from_minute, to_minute); empty = always open
    holidays: tuple[date, ...] = ()
    claim_within_s: float = 3600.0
    manager: str = ""


@dataclass(frozen=True, slots=True)
class Brand:
    """An account that speaks, and what binds everything it says. Facts only; credentials live in `x/`.

    apology: said instead of a line that a pause made too late, if a person wants that; after a disclosure.
    disclosures: wordings put before the first post of every dialog, each at most 40 weighted characters.
    mode: what holds until somebody sets one by hand; the database has the mode in force.
    quiet_hours: (from_minute, to_minute) of the local day in `zone`, may wrap over midnight; None = none.
    pace_s: (least, most) seconds a reply waits. too_late_s: an older post is for a human.
    same_text_hours / same_text_per_hour: the duplicate rule (docs/decisions.md).
    """

    id: BrandId
    handle: str
    name: str = ""
    zone: str = "UTC"
    mode: Mode = Mode.WATCH
    disclosures: tuple[str, ...] = ("🤖 bot here · say STOP or HUMAN anytime",)
    apology: str = "Sorry for the long wait. We are back: just write again, and we will help."
    pace_s: tuple[float, float] = (20.0, 90.0)
    quiet_hours: tuple[int, int] | None = None
    too_late_s: float = 12 * 3600.0
    daily_budget_usd: float = 5.0
    same_text_hours: float = 24.0
    same_text_per_hour: int = 20
    teams: tuple[Team, ...] = ()
