"""What a reading means to a card.

Order: an exact phrase of the card wins over `is`; then `is`; then the nearest phrase; then `anything`. The
card that was asked may take any slot of its type; another card takes only what was volunteered, because a
bare "40" or "yes" answers the question before it and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from leadbot.flows import moods, quoting
from leadbot.flows.cards import AnswerRule, Card, Playbook, Range
from leadbot.flows.whether import authority_of
from leadbot.model import Answer, Bucket, Dialog, Reading, SlotType, SlotValue

EXACT = 0.999
# A card nobody asked takes a phrase only if its words were said: "mail me at …" is no "we do it by email".
VOLUNTEERED = 0.8
PER_YEAR = {"week": 52.0, "month": 12.0, "year": 1.0}
# "Yes" and "no" are said to many questions: a phrase of such a card counts only when it was asked.
_ONLY_WHEN_ASKED = frozenset({SlotType.YES_NO, SlotType.TEXT})


@dataclass(frozen=True, slots=True)
class Match:
    """An answer found for a card: the rule it fits, the person's words, and the slot if there was one.

    part: which of the words answered, as far as that can be told; None when it was the whole tone of it.
    """

    rule: AnswerRule
    words: str
    value: SlotValue | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One post as the cards look at it. today: the brand's local day when it was written.

    is_foreign: in another language, so that words nobody understood are no answer of any kind.
    """

    words: str
    reading: Reading
    today: date
    is_foreign: bool = False


def match(card: Card, said: Said, *, is_asked: bool, used: Sequence[SlotValue] = ()) -> Match | None:
    """The answer `said` gives to `card`, if any. `used`: slots that answered another card."""
    may_echo = is_asked or card.type not in _ONLY_WHEN_ASKED
    slot = _slot(card, said.reading, is_asked, used)
    whole = quoting.without_handles(said.words)
    words = slot.words if slot is not None and not is_asked else whole
    part = slot.words if slot is not None else None
    exact = _echo(card, said.reading, least=EXACT) if may_echo else None
    if exact is not None:
        if slot is None and not is_asked:
            words = quoting.clause_with(exact[1], whole)
        return Match(exact[0], words, slot, part or exact[1])
    rule = _rule_for(card, slot, said.today) if slot is not None else None
    if rule is not None:
        return Match(rule, words, slot, part)
    if is_asked or card.type is SlotType.CHOICE:
        near = _echo(card, said.reading, least=0.0 if is_asked else VOLUNTEERED)
        if near is not None:
            return Match(near[0], whole if is_asked else quoting.clause_with(near[1], whole), slot, part)
    if is_asked and not said.is_foreign and _may_be_anything(said.reading):
        rule = next((rule for rule in card.answers if rule.anything), None)
        if rule is not None:
            return Match(rule, words, slot, part)
    return None


def rematch(card: Card, known: Answer, today: date) -> AnswerRule | None:
    """The answer of `card` that fits what they said before, perhaps to an older playbook."""
    if known.value is not None and known.value.type is card.type:
        rule = _rule_for(card, known.value, today)
        if rule is not None:
            return rule
    return next((rule for rule in card.answers if rule.name == known.answer), None)


def open_cards(playbook: Playbook, dialog: Dialog) -> list[Card]:
    """Cards that may still be asked, from top to bottom: not answered, not given up on, and their `only_if`
    holds.
    """
    given = {answer.card: answer.answer for answer in dialog.answers}
    return [
        card
        for card in playbook.cards
        if card.learn not in given
        and card.learn not in dialog.passed
        and all(given.get(condition.card) in condition.answers for condition in card.only_if)
    ]


def _slot(card: Card, reading: Reading, is_asked: bool, used: Sequence[SlotValue]) -> SlotValue | None:
    """The slot of the card's type: volunteered before bare, the last said before an earlier one."""
    found = [
        slot
        for slot in reading.slots
        if slot.type is card.type and slot not in used and (is_asked or slot.volunteered)
    ]
    if not found and is_asked and card.type is SlotType.AUTHORITY:
        answers = (slot for slot in reading.slots if slot.type is SlotType.YES_NO and slot not in used)
        yes_no = next(answers, None)
        return authority_of(card.ask.wordings, yes_no) if yes_no else None
    return max(found, key=lambda slot: (slot.volunteered, slot.start), default=None)


def _echo(card: Card, reading: Reading, *, least: float) -> tuple[AnswerRule, str] | None:
    """The rule with the phrase they came nearest to, and that phrase."""
    for phrase, likeness in reading.echoes:
        if likeness >= least:
            folded = phrase.casefold()
            for rule in card.answers:
                if any(folded == own.casefold() for own in rule.sounds_like):
                    return rule, phrase
    return None


def _may_be_anything(reading: Reading) -> bool:
    return not (
        reading.is_question
        or reading.is_noise
        or reading.asks_for_human
        or moods.is_complaint(reading)
        or moods.is_abuse(reading)
        or moods.is_nicety(reading)
        or moods.is_decline(reading, outright=True)
    )


def _rule_for(card: Card, slot: SlotValue, today: date) -> AnswerRule | None:
    """The first rule whose `is` holds."""
    if card.type in (SlotType.COUNT, SlotType.MONEY):
        low = _lower_bound(card, slot)
        if low is None:
            return None
        return next((rule for rule in card.answers if rule.range and _holds(rule.range, low)), None)
    if card.type is SlotType.TIMEFRAME:
        return next((rule for rule in card.answers if _is_time(rule, slot, today)), None)
    value = (slot.value or "").casefold()
    return next((rule for rule in card.answers if value and value in rule.values), None)


def _lower_bound(card: Card, slot: SlotValue) -> float | None:
    """The number that decides, in the card's currency and per its period; None when it can't be compared."""
    low = slot.low if slot.low is not None else (0.0 if slot.high is not None else None)
    if low is None or card.type is SlotType.COUNT:
        return low
    if slot.currency is not None and card.currency is not None and slot.currency != card.currency:
        return None  # never a made-up rate
    if slot.per is None or card.per is None or slot.per == card.per:
        return low
    if slot.per not in PER_YEAR or card.per not in PER_YEAR:
        return None  # once can't be turned into so much a month
    return low * PER_YEAR[slot.per] / PER_YEAR[card.per]


def _holds(span: Range, number: float) -> bool:
    if number < span.low:
        return False
    return span.high is None or number < span.high or (span.include_high and number == span.high)


def _days_away(first_day: date, last_day: date | None, today: date) -> float:
    """How far away a span is: its middle. "Next year" said in December begins in days and is not soon."""
    return (first_day - today).days + ((last_day - first_day).days / 2 if last_day else 0)


def _is_time(rule: AnswerRule, slot: SlotValue, today: date) -> bool:
    if rule.within_days is not None and slot.bucket is not Bucket.NONE:
        first_day = slot.from_on or (today if slot.bucket is Bucket.NOW else None)
        if first_day is not None and _days_away(first_day, slot.to_on, today) <= rule.within_days:
            return True
    return slot.bucket is not None and slot.bucket.value in rule.values
