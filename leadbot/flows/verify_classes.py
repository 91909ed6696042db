"""Which answers of a card lead the same way, and differ in points alone.

Two answers are one class when the same ending closes on them (or none does) and the same later cards hang on
them by `only_if`. Nothing else of an answer is looked at by `decide` but its points, and these only against
`hand_off.at`. Some answers can't be told unasked (`anything`, a yes), so a class has two sets of points.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

from leadbot.flows.cards import AnswerRule, Card, Playbook
from leadbot.flows.verify_readings import Words, words_for
from leadbot.model import Dialog, SlotType

CORRECTABLE = frozenset({SlotType.COUNT, SlotType.MONEY, SlotType.TIMEFRAME})
Sums = frozenset[int]


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer with words that mean it: when it was asked for, and told unasked (None: it can't be)."""

    rule: AnswerRule
    asked: Words | None
    told: Words | None


@dataclass(frozen=True)
class AnswerClass:
    """Answers of one card that lead the same way, fewest points first. opens: cards that hang on it."""

    card: Card
    choices: tuple[Choice, ...]
    then: str | None
    opens: frozenset[str]

    @property
    def name(self) -> str:
        """The answer that stands for all."""
        return self.choices[0].rule.name

    @cached_property
    def asked(self) -> Words | None:
        """Words for its answer of fewest points, as an answer to the card; `best` has the most."""
        return _both_ends([choice.asked for choice in self.choices])

    @cached_property
    def told(self) -> Words | None:
        """The same without having been asked."""
        return _both_ends([choice.told for choice in self.choices])

    @cached_property
    def asked_points(self) -> Sums:
        """What its answers are worth when the card was asked."""
        return frozenset(choice.rule.points for choice in self.choices if choice.asked is not None)

    @cached_property
    def told_points(self) -> Sums:
        """What those are worth that can be told unasked."""
        return frozenset(choice.rule.points for choice in self.choices if choice.told is not None)


def _both_ends(words: Iterable[Words | None]) -> Words | None:
    found = [one for one in words if one is not None]
    if not found:
        return None
    return found[0] if len(found) == 1 else replace(found[0], best=found[-1])


class Classes:
    """The classes of a whole playbook. merged False: every answer is a class of its own."""

    def __init__(self, playbook: Playbook, today: date, *, merged: bool = True) -> None:
        self.playbook = playbook
        self.unheard: list[tuple[Card, AnswerRule]] = []  # answers nothing anybody says can mean
        self._of: dict[tuple[str, str], AnswerClass] = {}
        self._by_card: dict[str, tuple[AnswerClass, ...]] = {}
        self.conditions = frozenset(one.card for card in playbook.cards for one in card.only_if)
        for card in playbook.cards:
            self._by_card[card.learn] = tuple(self._sort(card, today, merged))

    def _sort(self, card: Card, today: date, merged: bool) -> Iterable[AnswerClass]:
        groups: dict[object, list[Choice]] = {}
        for rule in card.answers:
            asked = words_for(card, rule, today, volunteered=False)
            told = words_for(card, rule, today, volunteered=True)
            if asked is None and told is None:
                self.unheard.append((card, rule))
                continue
            about = (rule.then, self._opened_by(card, rule))
            groups.setdefault(about if merged else rule.name, []).append(Choice(rule, asked, told))
        for choices in groups.values():
            choices.sort(key=lambda choice: choice.rule.points)
            first = choices[0].rule
            found = AnswerClass(card, tuple(choices), first.then, self._opened_by(card, first))
            self._of.update({(card.learn, choice.rule.name): found for choice in choices})
            yield found

    def _opened_by(self, card: Card, rule: AnswerRule) -> frozenset[str]:
        return frozenset(
            later.learn
            for later in self.playbook.cards
            for condition in later.only_if
            if condition.card == card.learn and rule.name in condition.answers
        )

    def of_card(self, card: Card) -> tuple[AnswerClass, ...]:
        """The classes of a card."""
        return self._by_card[card.learn]

    def of(self, card: str, answer: str) -> AnswerClass | None:
        """The class an answer belongs to."""
        return self._of.get((card, answer))

    def sums(self, dialog: Dialog, told: Collection[str], optional: Iterable[Card] = ()) -> Sums:
        """Every score a dialog with answers of these classes may have.

        told: cards that were answered without being asked. optional: cards that may have been told beside, in
        any way that closes nothing.
        """
        points = []
        for answer in dialog.answers:
            found = self.of(answer.card, answer.answer)
            if found is not None:
                points.append(found.told_points if answer.card in told else found.asked_points)
        points += [self._beside(card) for card in optional if card.learn not in self.conditions]
        return sums_of(tuple(sorted(points, key=sorted)))

    def _beside(self, card: Card) -> Sums:
        open_ones = (one for one in self.of_card(card) if one.then is None)
        return frozenset({0}).union(*(one.told_points for one in open_ones))

    def is_narrower_told(self, card: str, answer: str) -> bool:
        """Whether fewer answers of this class can be told unasked than can be answered."""
        found = self.of(card, answer)
        return found is not None and found.told_points != found.asked_points


@lru_cache(maxsize=65536)
def sums_of(points: tuple[Sums, ...]) -> Sums:
    """Every sum of one number of each set."""
    if not points:
        return frozenset({0})
    rest = sums_of(points[1:])
    return frozenset(one + other for one in points[0] for other in rest)
