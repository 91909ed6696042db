"""One run of a playbook: what was asked, answered, scored and agreed to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from leadbot.model.ids import PostId, VersionId
from leadbot.model.readings import SlotValue


class Consent(StrEnum):
    """What the person said to "may I pass this on?"."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a line or a point comes from: file, content version and 1-based line number of a playbook.

    file: the file of shared cards it stands in, empty for the playbook itself.
    brand_id: the account that playbook speaks for; empty in records of older versions.
    """

    playbook: str
    version: VersionId
    line: int
    brand_id: str = field(default="", compare=False)
    file: str = ""

    def __str__(self) -> str:
        of = f" of {self.file}" if self.file else ""
        return f"{self.playbook}@{self.version[:8]} line {self.line}{of}"


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a score. The score is the sum of these and nothing else.

    words: what the person said, verbatim; counts_as: "interest" or "fit".
    """

    points: int
    words: str
    card: str
    answer: str
    source: Source
    post_id: PostId
    counts_as: str = "interest"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answered to a card, remembered across dialogs. value None: kept word for word only."""

    card: str
    answer: str
    words: str
    post_id: PostId
    at: datetime
    value: SlotValue | None = None


@dataclass(frozen=True, slots=True)
class Dialog:
    """One run of a playbook. `messages` counts bot posts committed to be sent in it.

    brand_id: the account that speaks in it; empty in records of older versions. warmth: of the post it began
    with, None in records of older versions.
    """

    number: int
    playbook: str
    version: VersionId
    started_at: datetime
    messages: int = 0
    asked: str | None = None  # the card that waits for an answer
    unclear: tuple[str, ...] = ()  # cards whose if_unclear was said
    passed: tuple[str, ...] = ()  # cards given up on
    answers: tuple[Answer, ...] = ()
    receipt: tuple[ReceiptLine, ...] = ()
    consent: Consent = Consent.NOT_ASKED
    consent_words: str = ""
    consent_post_id: PostId | None = None  # first id of the post that answered "may I pass this on?"
    ending: str | None = None
    ended_at: datetime | None = None
    last_asked_at: datetime | None = None
    handoff_key: str | None = None
    brand_id: str = field(default="", compare=False)
    warmth: float | None = None
    variants: tuple[str, ...] = ()  # heard in it, each as ``team_size.ask=a``

    @property
    def score(self) -> int:
        """Sum of the receipt's points."""
        return sum(line.points for line in self.receipt)

    @property
    def fit(self) -> int:
        """The part of the score that says who they are."""
        return sum(line.points for line in self.receipt if line.counts_as == "fit")

    @property
    def interest(self) -> int:
        """The part of the score that says what they want."""
        return self.score - self.fit
