"""Answers in a text, of every type the rules can read: `slots_in`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from leadbot.flows.whether import authority_of
from leadbot.model import SlotType, SlotValue
from leadbot.nlp.slots.asked import count_asked_for, thing_asked
from leadbot.nlp.slots.authority import authority_in
from leadbot.nlp.slots.contacts import email_in, phone_in
from leadbot.nlp.slots.counts import counts_in
from leadbot.nlp.slots.money import money_in
from leadbot.nlp.slots.places import place_in
from leadbot.nlp.slots.regions import region_of
from leadbot.nlp.slots.timeframe import timeframes_in
from leadbot.nlp.slots.yes_no import yes_no_in
from leadbot.nlp.text import Said, said

__all__ = ["answer_in", "day_of", "region_of", "slots_in"]


def slots_in(
    said: Said, today: date, region: str = "", *, is_phone_asked: bool = False
) -> tuple[SlotValue, ...]:
    """Every answer in the text. A number belongs to one of them only: contacts first, then money, times
    and counts.

    region: ISO country that a phone without a + belongs to, and whose way "3/4" is written. is_phone_asked:
    then it needs no word such as "call".
    """
    phone = phone_in(said, region, is_asked=is_phone_asked)
    singles = (email_in(said), phone, yes_no_in(said), authority_in(said))
    email, phone, yes_no, authority = singles
    money = money_in(said)
    taken = [value for value in (email, phone, *money) if value and value.volunteered]
    times = [value for value in timeframes_in(said, today, region) if not _overlaps(value, taken)]
    taken += [value for value in times if any(char.isdigit() for char in value.words)]
    counts = counts_in(said, taken)
    place = place_in(said)
    found = (*counts, *money, *times, *(value for value in (yes_no, authority, email, phone, place) if value))
    return found if said.offsets is None else tuple(_as_typed(said, value) for value in found)


def answer_in(
    slot: SlotType, words: str, *, asked: str = "", today: date, region: str = ""
) -> SlotValue | None:
    """The answer to a question for `slot`: what can be nothing else before a bare one, the last said before
    an earlier one, as the cards choose it. asked: the question, in one wording.
    """
    is_phone = slot is SlotType.PHONE
    text = said(words)
    things = thing_asked(asked) if slot is SlotType.COUNT else frozenset[str]()
    if things:
        counted = count_asked_for(text, things)
        return counted and (counted if text.offsets is None else _as_typed(text, counted))
    found = slots_in(text, today, region, is_phone_asked=is_phone)
    best = max(
        (value for value in found if value.type is slot),
        key=lambda value: (value.volunteered, value.start),
        default=None,
    )
    if best is None and slot is SlotType.AUTHORITY:
        yes_no = next((value for value in found if value.type is SlotType.YES_NO), None)
        return authority_of([asked], yes_no) if yes_no else None
    return best


def day_of(at: datetime, zone: str) -> date:
    """The day of `at` in `zone`; in UTC when the zone isn't known here."""
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    try:
        return at.astimezone(_zone(zone)).date()
    except OverflowError:
        return at.date()


def _as_typed(said: Said, value: SlotValue) -> SlotValue:
    start, end, words = said.span(value.start, value.end)
    return replace(value, start=start, end=end, words=words)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return ZoneInfo("UTC")


def _overlaps(value: SlotValue, others: list[SlotValue]) -> bool:
    return any(value.start < other.end and other.start < value.end for other in others)
