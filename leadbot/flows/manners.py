"""What a line must not say: a pitch, empty praise, a question for private data, a promise of a time."""

from __future__ import annotations

import re

_PITCH = re.compile(
    r"\b(?:buy|price[sd]?|pricing|plans?|trials?|demos?|discounts?|offers?|deals?|sale|sales|sign(?:ing)? ?up"
    r"|subscri\w+|upgrades?|seats?|free|check (?:us|it|this) out|our (?:product|app|service|team)|book a)\b"
    r"|\$",
    re.IGNORECASE,
)
_FLATTERY = re.compile(
    r"\b(?:(?:love|loving|loved|adore|enjoy) (?:all )?your"
    r"|big fan of your|fan of your|admire your|impressed by your"
    r"|your (?:posts?|tweets?|content|profile|feed|work|account) (?:is|are|looks?)"
    r"|(?:great|amazing|awesome|fantastic|brilliant|impressive|inspiring|wonderful)"
    r" (?:posts?|tweets?|content|profile|feed|account))\b",
    re.IGNORECASE,
)
_CONTACT = (
    r"(?:e-?mails?(?: address)?|phone(?: numbers?)?|mobile(?: numbers?)?|cell(?: numbers?)?|whats ?app"
    r"|(?:contact )?number)"
)
_PRIVATE = re.compile(
    rf"\byour (?:\w+ )?{_CONTACT}\b"
    rf"|\b(?:send|drop|give|share|leave|dm|text|tell) (?:me|us) (?:an? |the )?(?:\w+ )?{_CONTACT}\b"
    rf"|\b(?:what|which|an?|the best)(?:'s| is)? (?:the )?(?:best )?{_CONTACT}\b[^.!]*\?",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:tomorrow|tonight|today|noon|midnight|weekend)\b"
    r"|\b(?:this|next|in the) (?:morning|afternoon|evening|week)\b"
    r"|\b\d{1,2}[:.]\d{2}\b|\b\d{1,2} ?(?:[ap]\.?m\b|o'?clock)"
    r"|\b(?:at|from|by|until|after|before) \d{1,2}\b|\bin \d+ (?:minutes?|hours?|days?)\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_ROUGH = re.compile(r" [,.!?;:](?!\w)|,[!.?,]|,$|  ")


def pitch_in(words: str) -> str:
    """The first word that sells something; "" when there is none."""
    return _first(_PITCH, words)


def flattery_in(words: str) -> str:
    """Praise of a person without a fact about them; "" when there is none."""
    return _first(_FLATTERY, words)


def private_question_in(words: str) -> str:
    """A question for an e-mail address or a phone number; "" when there is none."""
    return _first(_PRIVATE, words)


def literal_time_in(wording: str) -> str:
    """A day or a time that is written out, and so is wrong on most days; "" when there is none."""
    return _first(_TIME, _MARKUP.sub(" ", wording))


def roughness_of(said: str) -> str:
    """Where a rendered line reads as if a word were missing; "" when it reads well."""
    for line in said.strip("\n").split("\n"):
        if line != line.strip() or line[:1] in tuple(",.!?;:"):
            return line.strip()[:20] or "an empty line"
        match = _ROUGH.search(line)
        if match:
            return line[max(match.start() - 10, 0) : match.end() + 5]
    return ""


def _first(pattern: re.Pattern[str], words: str) -> str:
    match = pattern.search(words)
    return match[0] if match else ""
