"""The mood of a post in mid-dialog: a complaint, an insult, a nicety, or an answer like any other.

Answers are fragments ("next week", "mostly excel"), and no reader can tell the intent of a fragment well. So
its word is taken only when it is sure: a complaint answered with the next question is as bad as an answer
taken for a complaint.
"""

from __future__ import annotations

import re

from leadbot.model import Intent, Reading, SlotType

# From these probabilities on: below them stand the fragments that answer, above them what is meant.
SURE_COMPLAINT, SURE_ABUSE, SURE_NICETY = 0.85, 0.95, 0.9


def is_complaint(reading: Reading) -> bool:
    """A customer's problem, for a human."""
    return _is_surely(reading, Intent.SUPPORT, SURE_COMPLAINT)


def is_abuse(reading: Reading) -> bool:
    """Nothing but an insult."""
    return _is_surely(reading, Intent.ABUSE, SURE_ABUSE)


def is_nicety(reading: Reading) -> bool:
    """Praise or small talk: kind, and no answer."""
    return any(_is_surely(reading, intent, SURE_NICETY) for intent in (Intent.SMALL_TALK, Intent.PRAISE))


# "No idea" and "no date yet" are no leave-taking: they don't know, and are asked again more easily.
_UNSURE = re.compile(
    r"\b(?:idea|clue|know|sure|hurry|rush|number|date|deadline|plans?|limit|budget|one|team)\b", re.IGNORECASE
)
_LEAVING = re.compile(
    r"\b(?:interested|thanks?|thx|ty|expensive|pricey|too much|need|never ?mind|pass|for (?:me|us))\b",
    re.IGNORECASE,
)


def is_decline(reading: Reading, *, outright: bool = False) -> bool:
    """A "no" where something else was asked: they don't want to go on ("not interested, thanks", "nah").

    outright: only when the words say so. A bare "nope" may also answer "what do you have so far?".
    """
    words = [slot.words for slot in reading.slots if slot.type is SlotType.YES_NO and slot.value == "no"]
    if len(words) != 1 or len(reading.slots) > 1 or reading.is_question or _UNSURE.search(words[0]):
        return False
    return bool(_LEAVING.search(words[0])) or (not outright and len(words[0].split()) <= 2)


def _is_surely(reading: Reading, intent: Intent, least: float) -> bool:
    """A reader that tells no probabilities is taken at its word."""
    return reading.intent is intent and dict(reading.probabilities).get(intent, 1.0) >= least
