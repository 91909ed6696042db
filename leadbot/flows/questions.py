"""Did they ask something, and has the playbook an answer to it?"""

from __future__ import annotations

import re

from leadbot.flows.cards import AnswerFirst, Playbook
from leadbot.model import Heard, Intent, Reading

# "about 40 I guess?" is an answer with a doubt in it, not a question back.
_HEDGE_WORDS = 3
_SHORT_WORDS = 12
_WORD = re.compile(r"[^\W_]+")
_HANDLE = re.compile(r"@\w+")
# "Are you a bot?" is owed an honest answer, and needs no human for it.
_WHO_SPEAKS = re.compile(
    r"\b(?:are|r) (?:you|u) (?:a |an |the |really |even |just |actually )*(?:real |actual )?"
    r"(?:human|person|(?:chat)?bot|robot|ai|machine)\b"
    r"|\b(?:is this|am i (?:talking|speaking|chatting|writing) (?:to|with)) (?:a |an |the |just )*"
    r"(?:real |actual )?(?:human|person|(?:chat)?bot|robot|ai|machine)\b"
)
_WANTS_ANSWER = frozenset({Intent.PRICING, Intent.PRODUCT_QUESTION})


def needs_answer(reading: Reading) -> bool:
    """Whether a dialog may not begin before this is answered."""
    return reading.asks_price or reading.intent in _WANTS_ANSWER


def is_question_back(heard: Heard, answer_words: str | None) -> bool:
    """Whether a post in mid-dialog asks something. `answer_words`: the part of it that answered our card, if
    any.
    """
    reading = heard.reading
    if reading.asks_price:
        return True
    if not reading.is_question:
        return False
    if answer_words is None:
        return True
    rest = _HANDLE.sub(" ", heard.post.said).replace(answer_words, " ", 1)
    return len(_WORD.findall(rest)) > _HEDGE_WORDS


def asks_who_speaks(heard: Heard) -> bool:
    """Whether they want to know if a bot or a person writes, and nothing more."""
    said = heard.post.said.casefold()
    return _WHO_SPEAKS.search(said) is not None and len(_WORD.findall(said)) <= _SHORT_WORDS


def find_answers(playbook: Playbook, reading: Reading) -> tuple[AnswerFirst, ...]:
    """The lines that answer this post, in the order of the file: the nearest question of the playbook, and
    the price.
    """
    nearest = _nearest(playbook, reading)
    whens = {"pricing"} if reading.asks_price else set()
    if reading.intent is Intent.PURCHASE_INTENT and reading.is_question and not reading.asks_price:
        whens.add("how_to_buy")
    return tuple(
        line for line in playbook.answers if line is nearest or (line.when is not None and line.when in whens)
    )


def _nearest(playbook: Playbook, reading: Reading) -> AnswerFirst | None:
    for phrase, _ in reading.echoes:
        folded = phrase.casefold()
        for line in playbook.answers:
            if any(folded == own.casefold() for own in line.sounds_like):
                return line
    return None
