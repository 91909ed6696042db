"""How people go through a playbook: heard, begun, each card asked and answered, handed over, accepted, won.

Counts and plain divisions over facts that were gathered elsewhere. A version of a playbook is counted by
itself: its cards may be others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from leadbot.flows.cards import Playbook
from leadbot.flows.diagram import Overlay
from leadbot.model import VersionId

LEAST = 5
"""Of fewer people no rate is told: one more would turn it over."""


@dataclass(frozen=True, slots=True)
class Course:
    """One dialog as the funnel sees it. asked: cards it asked; answered: (card, answer); usd: its replies.

    is_accepted: a rep took it on, and did not find that it is no lead.
    """

    playbook: str
    version: VersionId
    asked: frozenset[str] = frozenset()
    answered: tuple[tuple[str, str], ...] = ()
    messages: int = 0
    usd: float = 0.0
    is_handed_over: bool = False
    is_accepted: bool = False
    is_won: bool = False


@dataclass(frozen=True, slots=True)
class CardCount:
    """A card: how many were asked it, how many answered it (asked or by themselves), and with what."""

    card: str
    asked: int
    answered: int
    answers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Funnel:
    """One version of a playbook. usd: replies and its share of reading; per_lead_usd None: no lead yet."""

    playbook: str
    version: VersionId
    started: int
    messages: int
    cards: tuple[CardCount, ...]
    handed_over: int
    accepted: int
    won: int
    usd: float

    @property
    def per_lead_usd(self) -> float | None:
        """What somebody handed over cost."""
        return self.usd / self.handed_over if self.handed_over else None


def funnels(
    courses: Sequence[Course],
    playbooks: Mapping[VersionId, Playbook],
    reads_usd: Mapping[str, float],
) -> list[Funnel]:
    """By playbook and version, the most begun first. playbooks: for the order of cards.

    reads_usd: what reading cost, by playbook; versions share it by the dialogs they began.
    """
    by_version: dict[tuple[str, VersionId], list[Course]] = {}
    for course in courses:
        by_version.setdefault((course.playbook, course.version), []).append(course)
    begun = Counter(course.playbook for course in courses)
    found = [
        _of_version(
            name,
            version,
            theirs,
            playbooks.get(version),
            reads_usd.get(name, 0.0) * len(theirs) / begun[name],
        )
        for (name, version), theirs in by_version.items()
    ]
    return sorted(found, key=lambda one: (-begun[one.playbook], one.playbook, -one.started, one.version))


def rate(part: int, whole: int) -> float | None:
    """0..1; None of fewer than LEAST."""
    return part / whole if whole >= LEAST else None


def overlay(funnel: Funnel) -> Overlay:
    """The counts beside the cards, answers and the handoff of the playbook's drawing."""
    cards = {one.card: _of(one.answered, one.asked) for one in funnel.cards}
    answers = {(one.card, name): str(count) for one in funnel.cards for name, count in one.answers.items()}
    won = f", {funnel.won} won" if funnel.won else ""
    return Overlay(cards=cards, answers=answers, hand_off=f"{funnel.handed_over} of {funnel.started}{won}")


def _of(answered: int, asked: int) -> str:
    share = rate(answered, asked) if answered <= asked else None
    told = f"{answered} answered, {asked} asked"
    return told if share is None else f"{told} ({share:.0%})"


def _of_version(
    name: str, version: VersionId, theirs: Sequence[Course], playbook: Playbook | None, reads_usd: float
) -> Funnel:
    return Funnel(
        name,
        version,
        started=len(theirs),
        messages=sum(one.messages for one in theirs),
        cards=tuple(_card(card, theirs) for card in _order(theirs, playbook)),
        handed_over=sum(one.is_handed_over for one in theirs),
        accepted=sum(one.is_accepted for one in theirs),
        won=sum(one.is_won for one in theirs),
        usd=sum(one.usd for one in theirs) + reads_usd,
    )


def _order(theirs: Iterable[Course], playbook: Playbook | None) -> list[str]:
    """Cards as the playbook lists them; those of a version nobody knows any more by name."""
    own = [card.learn for card in playbook.cards] if playbook is not None else []
    seen = {card for one in theirs for card in (*one.asked, *(card for card, _ in one.answered))}
    return own + sorted(seen - set(own))


def _card(card: str, theirs: Iterable[Course]) -> CardCount:
    answers: Counter[str] = Counter()
    asked = answered = 0
    for one in theirs:
        given = [answer for learnt, answer in one.answered if learnt == card]
        asked += card in one.asked
        answered += bool(given)
        answers.update(given[:1])
    return CardCount(card, asked, answered, dict(answers.most_common()))
