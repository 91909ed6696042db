"""Which parts of a playbook its tests reached: lines that were said, answers that were heard, endings."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from leadbot.flows.cards import Playbook
from leadbot.flows.rehearse import TestOutcome


@dataclass(frozen=True, slots=True)
class Spot:
    """Something a test can reach. line: where it stands in the file; what: how people call it."""

    line: int
    what: str
    is_reached: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every spot of a playbook, from top to bottom."""

    spots: tuple[Spot, ...]

    @property
    def untouched(self) -> tuple[Spot, ...]:
        """Spots no test reached."""
        return tuple(spot for spot in self.spots if not spot.is_reached)


def coverage(playbook: Playbook, outcomes: Collection[TestOutcome]) -> Coverage:
    """What the tests of a playbook reached. Wordings of one line count as one: which is said is the engine's
    choice. What an engine closes by itself ("stop", silence) is no spot.
    """
    said = frozenset(line for outcome in outcomes for line in outcome.said)
    given = frozenset(answer for outcome in outcomes for answer in outcome.given)
    endings = frozenset(outcome.ending for outcome in outcomes)
    spots = [
        *_lines(playbook, said),
        *(
            Spot(rule.line, f"answer {rule.name} of {card.learn}", (card.learn, rule.name) in given)
            for card in playbook.cards
            for rule in card.answers
        ),
        *(
            Spot(ending.line, f"ending {ending.name}", ending.name in endings)
            for ending in playbook.endings.values()
            if ending.say is not None
        ),
    ]
    return Coverage(tuple(sorted(spots, key=lambda spot: spot.line)))


def _lines(playbook: Playbook, said: frozenset[int]) -> Iterator[Spot]:
    for answer in playbook.answers:
        about = answer.when or f'"{answer.sounds_like[0]}"'
        yield Spot(answer.say.line, f"answers_first {about}", answer.say.line in said)
    for card in playbook.cards:
        yield Spot(card.ask.line, f"ask of {card.learn}", card.ask.line in said)
        if card.if_unclear is not None:
            yield Spot(card.if_unclear.line, f"if_unclear of {card.learn}", card.if_unclear.line in said)
    plan = playbook.hand_off
    yield Spot(plan.say.line, "hand_off say", plan.say.line in said)
    if plan.say_after_hours is not None:
        yield Spot(plan.say_after_hours.line, "say_after_hours", plan.say_after_hours.line in said)
    yield Spot(plan.say_if_asked_for.line, "say_if_asked_for", plan.say_if_asked_for.line in said)
    if playbook.small_talk:
        first = playbook.small_talk[0].line
        yield Spot(first, "small_talk", any(line.line in said for line in playbook.small_talk))
