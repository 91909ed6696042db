"""What strangers write: phrases of the playbook, numbers, times, questions, asides, and anybody's posts."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from leadbot import nlp
from leadbot.flows.cards import Playbook
from leadbot.model import Person, PersonId, SlotType

WRITTEN = Path(nlp.__file__).parent / "data" / "written" / "w1.jsonl"
NAMES = (
    "Ana Silva",
    "Maximiliana-Theodora Q",
    "",
    "{{ 7*7 }}",
    "xX_trader_Xx",
    "Björn",
    "@acme support",
    "李雷",
    "STOP bot",
    "Jean-Luc O'Neill 🚀",
)
SLOTS = {
    SlotType.COUNT: ("40", "about 12 of us", "just me", "2", "somewhere between 5 and 9", "60 or so", "1"),
    SlotType.MONEY: ("$500", "around 2k a month", "no budget", "3000 EUR"),
    SlotType.TIMEFRAME: (
        "right now",
        "next month",
        "this week",
        "next year",
        "no rush",
        "in January",
        "by June",
    ),
    SlotType.PLACE: ("Leeds", "it's in York", "London", "Wakefield I think"),
    SlotType.YES_NO: ("yes", "no", "maybe", "nope", "sure"),
    SlotType.AUTHORITY: ("I decide", "my boss does", "I have a say", "yes", "no"),
}
ASIDES = (
    "haha",
    "👀",
    "👍",
    "hm",
    "thanks!",
    "are you a bot?",
    "who is this?",
    "what does it cost?",
    "how do I sign up?",
    "does it come in green?",
    "not interested, thanks",
    "sorry, I meant 7",
    "no idea",
    "this never works, fix your app",
    "you idiots",
    "ich weiß es leider nicht genau",
    "ok",
    "sure, what's it about?",
    "yes please",
    "no thanks",
    "maybe later",
    "only if it's quick",
)
LAST_WORDS = (
    "stop",
    "STOP writing to me",
    "enough",
    "can I talk to a human?",
    "unsubscribe",
    "leave me alone",
)
STARTS = (
    "how much is it?",
    "we want to buy this for our team",
    "I'd like to book you, how do I start?",
    "pricing for about 40 of us?",
    "looking for somebody to do this next month",
    "can you quote me for this?",
    "I'm looking to sign up",
    "great coffee at your booth!",
    "your app is down again",
)


def stranger(number: int, chance: random.Random) -> Person:
    """Somebody; one in ten has a profile that is asked nothing."""
    is_thin = chance.random() < 0.1
    name = chance.choice(NAMES)
    return Person(
        PersonId(str(10_000 + number)),
        f"stranger{number}",
        name,
        followers_count=2 if is_thin else 200,
        tweet_count=3 if is_thin else 900,
    )


def opening(playbook: Playbook, chance: random.Random) -> str:
    """A first post: most want something, some are anybody's."""
    kind = chance.random()
    if kind < 0.1:
        return chance.choice(anybody())
    start = _question(playbook, chance) if kind < 0.35 else chance.choice(STARTS)
    return f"{start} {chance.choice(_answers(playbook))}" if chance.random() < 0.3 else start


def next_post(playbook: Playbook, chance: random.Random) -> str:
    """What they write when it is their turn."""
    kind = chance.random()
    if kind < 0.6:
        said = chance.choice(_answers(playbook))
        if kind < 0.12:
            said = f"{said}, {chance.choice(_answers(playbook))}"
        return f"{said}. {_question(playbook, chance)}" if kind > 0.54 else said
    if kind < 0.7:
        return _question(playbook, chance)
    if kind < 0.9:
        return chance.choice(ASIDES)
    return chance.choice(LAST_WORDS) if kind < 0.95 else chance.choice(anybody())


def _question(playbook: Playbook, chance: random.Random) -> str:
    asked = [f"{phrase}?" for line in playbook.answers_first for phrase in line.sounds_like]
    return chance.choice([*asked, "what does it cost?", "how do I buy it?"])


def _answers(playbook: Playbook) -> Sequence[str]:
    found = [words for card in playbook.cards for words in SLOTS.get(card.type, ())]
    return found + [phrase for card in playbook.cards for rule in card.answers for phrase in rule.sounds_like]


@cache
def anybody() -> Sequence[str]:
    """Posts people wrote for the reader to learn from, whatever they are about."""
    rows = WRITTEN.read_text(encoding="utf-8").splitlines()
    return [json.loads(row)["text"].replace("@user", "").strip() or "hi" for row in rows[:2000]]
