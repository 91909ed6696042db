"""What is counted, when a question counts something else than people: offices, vans, guests, nights.

A question's currency and period are not read into an answer: the card that asks names them itself.
"""

# ruff: noqa: E501, SIM905  (a pattern and a list of words are read as one line)

from __future__ import annotations

import re
from functools import lru_cache

from leadbot.model import SlotValue
from leadbot.nlp.slots.counts import is_people_word, things_in
from leadbot.nlp.text import Said

__all__ = ["count_asked_for", "thing_asked"]

_HOW_MANY = re.compile(r"\b(?:how many|what number of|(?:the |rough |total )?number of) (?P<words>[a-z' -]+)")
# Where the name of the thing ends.
_ENDS = frozenset(
    "do does did are is was were would will can could should shall have has had need needs in on at of for to you your yours u we us they it there that this those these roughly currently approximately about per each and or should'd going altogether total".split()
)
_GUESTS = frozenset(
    "guest visitor attendee adult kid child children diner cover delegate participant passenger traveller traveler invitee".split()
)
# Names of one thing.
_SAME = tuple(
    frozenset(words.split())
    for words in (
        "office location site branch place hub",
        "store shop location branch outlet site place",
        "restaurant location branch outlet site place venue cafe",
        "van vehicle car truck lorry lorries",
        "room bedroom bed",
        "device laptop computer machine pc mac tablet phone",
        "property properties unit home house flat apartment",
        "licence license seat user",
        "site website page domain",
        "night",
        "copy copies unit piece box",
    )
)


@lru_cache(maxsize=256)
def thing_asked(asked: str) -> frozenset[str]:
    """The names of the thing a question counts; empty when it counts people or counts nothing."""
    match = _HOW_MANY.search(asked.lower())
    if match is None:
        return frozenset()
    words = match["words"].replace("-", " ").split()
    until = next((at for at, word in enumerate(words) if word in _ENDS), len(words))
    if not until:
        return frozenset()
    noun = words[until - 1]
    stem = noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun
    if stem in _GUESTS:
        return _GUESTS | {"people", "person"}
    if is_people_word(noun) or stem in ("team", "staff", "headcount"):
        return frozenset()
    return frozenset({stem}).union(*(same for same in _SAME if stem in same))


def count_asked_for(said: Said, things: frozenset[str]) -> SlotValue | None:
    """How many of the things asked for."""
    return things_in(said, things, is_summed=not _GUESTS.isdisjoint(things))
