"""What the gate looks at and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leadbot.model.brands import Mode
from leadbot.model.conversations import Owner
from leadbot.model.ids import BrandId, PersonId
from leadbot.model.permits import Witness


class Speaker(StrEnum):
    """Who wants to speak; gate rules bind one or both."""

    BOT = "bot"
    HUMAN = "human"


class Parent(StrEnum):
    """What is known of the post that would be answered."""

    THERE = "there"
    GONE = "gone"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class GateFacts:
    """All the gate looks at. The relay knows all of it; `decide` leaves the rest at a harmless default.

    None for an account id means "not looked up yet" and is harmless in `decide` only (`at_send` False).
    """

    now: datetime
    speaker: Speaker
    at_send: bool  # False when asked by decide, True at the moment of sending
    brand_id: BrandId
    person_id: PersonId
    text: str
    max_length: int
    mode: Mode
    parent_at: datetime
    too_late_s: float
    zone: str
    token_account_id: str | None = None
    witnesses: tuple[Witness, ...] = ()  # who else names the account that would speak
    is_suppressed: bool = False
    is_paused: bool = False
    is_approved: bool = False  # a person approved these words
    starts_dialog: bool = False
    cost_usd: float = 0.0
    reserve_usd: float = 0.0
    budget_left_usd: float = 1e9
    same_text_to_person: int = 0  # within Brand.same_text_hours
    same_text_last_hour: int = 0
    same_text_per_hour: int = 20
    parent: Parent = Parent.NOT_ASKED
    is_own_post: bool = False
    is_author_automated: bool = False
    is_summons: bool = True
    owner: Owner = Owner.BOT
    is_answered: bool = False  # that post already has a reply of ours
    message: int = 1
    limit: int = 4
    quiet_hours: tuple[int, int] | None = None
    has_unread_posts: bool = False  # an unprocessed inbox row of this brand and person
    has_foreign_post: bool = False  # a post of the brand in the thread that we did not send
    has_caught_up: bool = True  # one complete poll was decided since start or reconnect


class Hold(StrEnum):
    """What happens to a reply the gate holds."""

    WAIT = "wait"  # ask again at `until`, or when something changes
    DRAFT = "draft"  # wait for a person's approval
    TASK = "task"  # never by the bot: a human decides
    DROP = "drop"  # must not be said at all; no task either


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer. rule "" and hold None: go."""

    rule: str = ""
    hold: Hold | None = None
    until: datetime | None = None
    why: str = ""

    @property
    def is_go(self) -> bool:
        """Whether the reply may leave."""
        return self.hold is None
