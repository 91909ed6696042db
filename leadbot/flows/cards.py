"""The compiled form of a playbook: frozen values that `decide` walks. `flows.playbook` makes them from YAML.

Line numbers are 1-based lines of the YAML file, so that every point of a receipt can name its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from leadbot.model import Brand, Bucket, Intent, SlotType, Source, VersionId


@dataclass(frozen=True, slots=True)
class Line:
    """Something the bot may say, in one wording or several. `link`: the author allowed a link in it.

    wordings: all of them. variants: name → its part of the wordings; a person always hears the same one.
    name: what the line is called in records, such as ``team_size.ask``.
    """

    wordings: tuple[str, ...]
    line: int
    link: bool = False
    variants: tuple[tuple[str, tuple[str, ...]], ...] = ()
    name: str = ""
    file: str = ""  # of shared cards, if it stands in one

    def of_variant(self, variant: str) -> tuple[str, ...]:
        """The wordings of one variant; all if there is none of that name."""
        return next((wordings for name, wordings in self.variants if name == variant), self.wordings)


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`; None = open. include_high: counts hold both ends, others the lower."""

    low: float
    high: float | None
    include_high: bool


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """One answer a card knows. At least one of range, within_days, values, sounds_like, anything is set.

    values: timeframe buckets, yes_no or authority values, place names (lower case).
    within_days: a timeframe whose middle is at most so many days away.
    then: name of an ending that closes the dialog at once.
    """

    name: str
    points: int
    line: int
    range: Range | None = None
    within_days: int | None = None
    values: frozenset[str] = frozenset()
    sounds_like: tuple[str, ...] = ()
    anything: bool = False
    then: str | None = None
    counts_as: str = "interest"
    file: str = ""  # of shared cards, if it stands in one


@dataclass(frozen=True, slots=True)
class OnlyIf:
    """A card is asked only if another card was answered with one of these."""

    card: str
    answers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to learn. currency and per: for money cards (month, year, week, once)."""

    learn: str
    type: SlotType
    ask: Line
    answers: tuple[AnswerRule, ...]
    line: int
    if_unclear: Line | None = None
    only_if: tuple[OnlyIf, ...] = ()
    currency: str | None = None
    per: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerFirst:
    """A question we can answer. when: ``pricing`` or ``how_to_buy``; or sounds_like phrases."""

    say: Line
    line: int
    when: str | None = None
    sounds_like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartWhen:
    """All must hold: a lead intent, warmth 0..1, one of these words (if any) in the text."""

    intents: frozenset[Intent]
    warmth_at_least: float
    mentions_any: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unless:
    """Don't start, and do `then` instead: to_same_rep, to_helpdesk or to_human; never plain silence."""

    then: str
    line: int
    talked_within_s: float | None = None
    on_list: frozenset[str] | None = None  # X user ids
    list_name: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """messages: bot posts a dialog (ceiling 4). characters: weighted, disclosure included (ceiling 280)."""

    messages: int = 4
    characters: int = 140
    gives_up_after_s: float = 2 * 86400.0


@dataclass(frozen=True, slots=True)
class HandOffPlan:
    """When and how a person is handed over."""

    at_points: int
    to: str
    line: int
    say: Line
    say_after_hours: Line | None
    say_if_asked_for: Line
    otherwise: str
    at_once_if: frozenset[str] = frozenset()
    claim_within_s: float | None = None  # business seconds


@dataclass(frozen=True, slots=True)
class Ending:
    """A way a dialog closes. say None: nothing is said."""

    name: str
    say: Line | None
    outcome: str
    line: int


@dataclass(frozen=True, slots=True)
class PlaybookTest:
    """A dialog written in the file: what they post, one after another, and what is expected.

    after_hours: nobody of the team is in. then_silence: they say nothing more until the bot gives up.
    """

    name: str
    them: tuple[str, ...]
    expect: Mapping[str, Any]
    line: int
    after_hours: bool = False
    then_silence: bool = False


@dataclass(frozen=True, slots=True)
class Playbook:
    """A whole playbook. version: hash of `content`, which is stored so that open dialogs can finish on it."""

    name: str
    file: str
    brand: str  # handle without @, lower case
    version: VersionId
    content: str
    goal: str
    start_when: StartWhen
    cards: tuple[Card, ...]
    hand_off: HandOffPlan
    endings: Mapping[str, Ending]
    answers_first: tuple[AnswerFirst, ...] = ()
    faq: tuple[AnswerFirst, ...] = ()  # as answers_first, but no dialog has to hold them to start
    unless: tuple[Unless, ...] = ()
    limits: Limits = Limits()
    small_talk: tuple[Line, ...] = ()  # empty: say nothing
    tests: tuple[PlaybookTest, ...] = ()
    phrases: frozenset[str] = frozenset()  # every sounds_like phrase, for the reader
    pace_s: tuple[float, float] | None = None  # least and most seconds a reply waits; None: as the brand's
    too_late_s: float | None = None  # an older post is for a human; None: as the brand's
    brand_id: str = ""  # the account of that handle; known once it lies in that account's deck

    def source(self, line: int, file: str = "") -> Source:
        """The place of a line, for receipts and traces. file: the file of shared cards it stands in."""
        return Source(self.name, self.version, line, self.brand_id, file)

    @property
    def answers(self) -> tuple[AnswerFirst, ...]:
        """All our answers to what they may ask; the first that fits is given."""
        return (*self.answers_first, *self.faq)

    def card(self, learn: str) -> Card | None:
        """The card that learns this, if there is one."""
        return next((card for card in self.cards if card.learn == learn), None)


@dataclass(frozen=True, slots=True)
class Deck:
    """All that `decide` may know of a brand: facts, playbooks in order, stored versions still in use.

    A playbook laid in the deck of the account it names learns that account's id. In any other deck it learns
    none, and the gate lets none of its lines out.
    """

    brand: Brand
    playbooks: tuple[Playbook, ...]
    versions: Mapping[VersionId, Playbook] = field(default_factory=dict)
    examples: frozenset[tuple[str, Intent]] = frozenset()  # the brand's own, for the reader

    def __post_init__(self) -> None:
        """Tell the playbooks whose they are."""
        object.__setattr__(self, "playbooks", tuple(_owned(book, self.brand) for book in self.playbooks))
        versions = {version: _owned(book, self.brand) for version, book in self.versions.items()}
        object.__setattr__(self, "versions", versions)

    def playbook(self, version: VersionId) -> Playbook | None:
        """A playbook by content version, current or stored."""
        return next((p for p in self.playbooks if p.version == version), None) or self.versions.get(version)

    @property
    def phrases(self) -> frozenset[str]:
        """Every phrase the reader should listen for."""
        return frozenset().union(
            *(p.phrases for p in self.playbooks), *(p.phrases for p in self.versions.values())
        )


def _owned(playbook: Playbook, brand: Brand) -> Playbook:
    brand_id = str(brand.id) if playbook.brand == brand.handle.lower() else ""
    return playbook if playbook.brand_id == brand_id else replace(playbook, brand_id=brand_id)


TIMEFRAME_VALUES = frozenset(bucket.value for bucket in Bucket)
