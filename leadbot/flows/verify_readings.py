"""What a person may say, as posts that are already read: built from the answers a playbook knows.

The verifier needs no reader for the walk. It asks of each answer which fact would mean it (a number of its
range, a value of its `is`, one of its phrases) and lets `answers.match` itself confirm that this answer, and
no other, takes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from leadbot.flows import answers
from leadbot.flows.cards import AnswerRule, Card, Range
from leadbot.model import Bucket, Intent, Reading, SlotType, SlotValue

# How far away a time of each bucket lies, in days from today: (first, last).
_SPANS = {
    Bucket.NOW: (0, 6),
    Bucket.THIS_MONTH: (8, 20),
    Bucket.THIS_QUARTER: (20, 29),
    Bucket.THIS_HALF: (95, 115),
    Bucket.THIS_YEAR: (200, 260),
    Bucket.LATER: (400, 760),
}
TIME_WORDS = {
    Bucket.NOW: "right now",
    Bucket.THIS_MONTH: "this month",
    Bucket.THIS_QUARTER: "this quarter",
    Bucket.THIS_HALF: "before the summer",
    Bucket.THIS_YEAR: "later this year",
    Bucket.LATER: "next year",
    Bucket.NONE: "no plans",
}
AUTHORITY_WORDS = {"decides": "I decide", "influences": "I have a say in it", "no": "not my call"}
ANYTHING = "something else"


@dataclass(frozen=True, slots=True)
class Words:
    """A part of a post that answers one card: what is written, and what a reader finds in it.

    slot: places count from the beginning of `text`. phrase: the playbook's own phrase, word for word. best:
    words for the answer of the same class that is worth most.
    """

    text: str
    slot: SlotValue | None = None
    phrase: str = ""
    best: Words | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """One post with its reading. lang: X's code for its language. parts and lead: what it is made of."""

    text: str
    reading: Reading
    lang: str = "en"
    parts: tuple[Words, ...] = ()
    lead: str = ""


def utter(
    *parts: Words, intent: Intent = Intent.OTHER, lead: str = "", warmth: float = 0.1, **about: Any
) -> Utterance:
    """One post that says `lead` and then all `parts`. about: other fields of its reading."""
    text, slots = _joined(parts, lead)
    echoes = tuple((part.phrase, 1.0) for part in parts if part.phrase)
    reading = Reading(intent=intent, warmth=warmth, **{"slots": slots, "echoes": echoes, **about})
    return Utterance(text, reading, parts=parts, lead=lead)


def raised(said: Utterance) -> Utterance:
    """The same post with the answers of their classes that are worth most."""
    if all(part.best is None for part in said.parts):
        return said
    parts = tuple(part.best or part for part in said.parts)
    text, slots = _joined(parts, said.lead)
    echoes = tuple((part.phrase, 1.0) for part in parts if part.phrase)
    return replace(said, text=text, reading=replace(said.reading, slots=slots, echoes=echoes), parts=parts)


def _joined(parts: Sequence[Words], lead: str) -> tuple[str, tuple[SlotValue, ...]]:
    """The text of a post and its slots, each where it stands in it."""
    text, slots = lead, []
    for part in parts:
        text = f"{text}, {part.text}" if text else part.text
        if part.slot is not None:
            start = len(text) - len(part.text) + part.slot.start
            slots.append(replace(part.slot, start=start, end=start + len(part.slot.words)))
    return text, tuple(slots)


def words_for(card: Card, rule: AnswerRule, today: date, *, volunteered: bool) -> Words | None:
    """Words that mean this answer and no other one of the card; None when nothing anybody says does.

    volunteered: said without having been asked.
    """
    for words in _candidates(card, rule, today, volunteered):
        reading = utter(words).reading
        found = answers.match(card, answers.Said(words.text, reading, today), is_asked=not volunteered)
        if found is not None and found.rule is rule:
            return words
    return None


def _candidates(card: Card, rule: AnswerRule, today: date, volunteered: bool) -> Iterator[Words]:
    for slot in _slots(card, rule, today):
        yield Words(slot.words, replace(slot, volunteered=volunteered))
    for phrase in rule.sounds_like:
        yield Words(phrase, phrase=phrase)
    if rule.anything and not volunteered:
        yield Words(ANYTHING)


def _slots(card: Card, rule: AnswerRule, today: date) -> Iterator[SlotValue]:
    if card.type in (SlotType.COUNT, SlotType.MONEY):
        for number in _numbers(rule.range) if rule.range else ():
            yield _amount(card, number)
    elif card.type is SlotType.TIMEFRAME:
        yield from _times(rule, today)
    elif card.type not in (SlotType.CHOICE, SlotType.TEXT):
        for value in sorted(rule.values):
            text = AUTHORITY_WORDS.get(value, value) if card.type is SlotType.AUTHORITY else value
            yield SlotValue(card.type, text, 0, len(text), value=value)


def _numbers(span: Range) -> Sequence[float]:
    """Some numbers of a range, its ends among them."""
    high = span.high if span.high is not None else max(span.low * 3, 40.0)
    middle = float(round((span.low + high) / 2))
    found = [high, middle, span.low + 1, span.low] if span.include_high else [middle, span.low, span.low + 1]
    return [n for n in found if span.low <= n and (span.high is None or n <= span.high)]


def _amount(card: Card, number: float) -> SlotValue:
    text = f"{number:g}" if card.type is SlotType.COUNT else f"{number:g} {card.currency or ''}".strip()
    amount = SlotValue(card.type, text, 0, len(text), low=number, high=number)
    return amount if card.type is SlotType.COUNT else replace(amount, currency=card.currency, per=card.per)


def _times(rule: AnswerRule, today: date) -> Iterator[SlotValue]:
    wanted = [bucket for bucket in Bucket if bucket.value in rule.values]
    if rule.within_days is not None:
        text = "in a few days"
        day = today + timedelta(days=max(rule.within_days - 1, 0))
        yield SlotValue(
            SlotType.TIMEFRAME, text, 0, len(text), bucket=Bucket.THIS_MONTH, from_on=day, to_on=day
        )
    for bucket in reversed(wanted):
        text, span = TIME_WORDS[bucket], _SPANS.get(bucket)
        first, last = (today + timedelta(days=days) for days in span) if span else (None, None)
        slot = SlotValue(SlotType.TIMEFRAME, text, 0, len(text), bucket=bucket)
        yield replace(slot, from_on=first, to_on=last)
        yield slot  # the reader could not date it: the bucket alone decides
