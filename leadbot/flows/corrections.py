"""A second thought about an answer given before: "sorry, 40 I mean", or the number they first did not know.

Such a post answers an earlier card, not the one that was asked last; that one is asked again.
"""

from __future__ import annotations

import re

from leadbot.flows import answers
from leadbot.flows.answers import Match, Said
from leadbot.flows.cards import Card, Playbook
from leadbot.model import Dialog, SlotType

_SECOND_THOUGHT = re.compile(
    r"\b(?:sorry|i mean|i meant|meant|make (?:that|it)|correction|no,? wait|typo|actually|rather)\b|^\W*\*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_BARE_WORDS = 3  # "12", "about 12", "12 or so": nothing but the value
_TYPES = frozenset({SlotType.COUNT, SlotType.MONEY, SlotType.TIMEFRAME})


def find(playbook: Playbook, dialog: Dialog, said: Said, *, asked: str) -> tuple[Card, Match] | None:
    """The earlier card this post answers anew, or at last, and its answer."""
    asked_card = playbook.card(asked)
    types = {slot.type for slot in said.reading.slots} & _TYPES
    if not types or asked_card is None or asked_card.type in types:
        return None
    given = [answer.card for answer in dialog.answers]
    is_bare = len(_WORD.findall(said.words)) <= _BARE_WORDS
    earlier = given if _SECOND_THOUGHT.search(said.words) else []
    for card in reversed(playbook.cards):
        is_late = is_bare and card.learn in dialog.passed and card.learn not in given
        if card.type in types and (card.learn in earlier or is_late):
            match = answers.match(card, said, is_asked=True)
            if match is not None and match.value is not None:
                return card, match
    return None
