"""The mood of a post in mid-dialog: a complaint, an insult, a nicety, or an answer like any other.

Answers are fragments ("next week", "mostly excel"), and no reader can tell the intent of a fragment well. So
its word is taken only when it is sure: a complaint answered with the next question is as bad as an answer
taken for a complaint.
"""

from __future__ import annotations

from leadbot.model import Intent, Reading

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


def _is_surely(reading: Reading, intent: Intent, least: float) -> bool:
    """A reader that tells no probabilities is taken at its word."""
    return reading.intent is intent and dict(reading.probabilities).get(intent, 1.0) >= least
