"""Which words moved a reading: each is left out once, and the post is read again.

So it is true of whatever decided, the careful model as much as a rule. It costs a reading a word and is for
a person who asks about one post, never for the hot path.
"""

from __future__ import annotations

import re
from dataclasses import replace
from math import log

from leadbot.model import Intent, Reading, ReadRequest
from leadbot.nlp.reader import BACKLOG
from leadbot.ports import Reader

__all__ = ["MOST_WORDS", "explained"]

MOST_WORDS = 120  # of a post that are left out in turn, from its beginning
SHOWN = 6
LEAST = 0.1  # of log-odds: what moves it less is no reason
_SURE = 0.999  # of an intent that a rule has settled
_WORD = re.compile(r"[@#$]?\w+(?:['’]\w+)*|[^\w\s.,;:!?'\"()\[\]{}<>/\\@#$&*+=_~`|-]+")


def explained(reader: Reader, request: ReadRequest) -> Reading:
    """The reading of one post, its `why` being the words without which its intent would be less likely.

    Weights are log-odds: how much the intent's fall when the word is left out (0.7 halves the odds). Words
    that speak against it, or hardly matter, are not told; the strongest come first, at most SHOWN.
    """
    reading = reader.read([request])[0]
    words = list(_WORD.finditer(request.text))[:MOST_WORDS]
    without = [
        replace(request, text=f"{request.text[: word.start()]} {request.text[word.end() :]}")
        for word in words
    ]
    others = [
        other for at in range(0, len(without), BACKLOG) for other in reader.read(without[at : at + BACKLOG])
    ]
    whole = _odds(reading, reading.intent)
    moved = [
        (word[0], round(whole - _odds(other, reading.intent), 2))
        for word, other in zip(words, others, strict=True)
    ]
    ranked = sorted(moved, key=lambda found: -found[1])
    return replace(reading, why=tuple(found for found in ranked if found[1] >= LEAST)[:SHOWN])


def _odds(reading: Reading, intent: Intent) -> float:
    """Log-odds of an intent; those of _SURE where a rule has settled on it against the models."""
    likely = dict(reading.probabilities).get(intent, 0.0)
    if reading.intent is intent and (not reading.probabilities or reading.probabilities[0][0] is not intent):
        likely = max(likely, _SURE)
    likely = min(max(likely, 1 - _SURE), _SURE)
    return log(likely / (1 - likely))
