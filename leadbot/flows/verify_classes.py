"""Which answers of a card lead the same way, and differ in points alone.

Two answers are one class when the same ending closes on them (or none does), the same later cards hang on
them by `only_if`, and both or neither can be said without being asked. Nothing else of an answer is looked at
by `decide` but its points, and these only against `hand_off.at`.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    """An answer with words that mean it: asked for, and without being asked (None: it can't be)."""

    rule: AnswerRule
    asked: Words | None
    volunteered: Words | None


@dataclass(frozen=True)
class AnswerClass:
    """Answers of one card that lead the same way, fewest points first. opens: cards that hang on it."""

    card: Card
    choices: tuple[Choice, ...]
    then: str | None
    opens: frozenset[str]

    @property
    def least(self) -> Choice:
        """The answer with the fewest points."""
        return self.choices[0]

    @property
    def most(self) -> Choice:
        """The answer with the most points."""
        return self.choices[-1]

    @property
    def asked(self) -> Words | None:
        """Words for its answer of fewest points, as an answer to the card."""
        return self._words(self.least.asked, self.most.asked)

    @property
    def volunteered(self) -> Words | None:
        """The same without having been asked."""
        return self._words(self.least.volunteered, self.most.volunteered)

    def _words(self, least: Words | None, most: Words | None) -> Words | None:
        return least if least is None or most is least else replace(least, best=most)

    @cached_property
    def points(self) -> Sums:
        """What its answers are worth."""
        return frozenset(choice.rule.points for choice in self.choices)


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
            volunteered = words_for(card, rule, today, volunteered=True)
            if asked is None and volunteered is None:
                self.unheard.append((card, rule))
                continue
            about = (rule.then, self._opened_by(card, rule), asked is None, volunteered is None)
            groups.setdefault(about if merged else rule.name, []).append(Choice(rule, asked, volunteered))
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

    def sums(self, dialog: Dialog, optional: Iterable[Card] = ()) -> Sums:
        """Every score a dialog with answers of these classes may have.

        optional: cards that may have been answered beside, in any way that closes nothing.
        """
        points = []
        for answer in dialog.answers:
            found = self.of(answer.card, answer.answer)
            points.append(found.points if found is not None else frozenset({0}))
        points += [self._beside(card) for card in optional if card.learn not in self.conditions]
        return sums_of(tuple(sorted(points, key=sorted)))

    def _beside(self, card: Card) -> Sums:
        open_ones = (one for one in self.of_card(card) if one.then is None and one.least.volunteered)
        return frozenset({0}).union(*(one.points for one in open_ones))


@lru_cache(maxsize=65536)
def sums_of(points: tuple[Sums, ...]) -> Sums:
    """Every sum of one number of each set."""
    if not points:
        return frozenset({0})
    rest = sums_of(points[1:])
    return frozenset(one + other for one in points[0] for other in rest)
