"""E-mail addresses and phone numbers that somebody volunteers. They are never asked for in public."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from collections import deque

import phonenumbers

from leadbot.model import SlotType, SlotValue
from leadbot.nlp.text import Said

_EMAIL = re.compile(
    r"(?<![\w.+-])[a-z0-9][\w.+-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?![\w@])",
    re.ASCII,
)
_AT = r"\s?(?:[\[({]\s?at\s?[\])}]|\(@\)|\bat\b)\s?"
_DOT = r"\s?(?:[\[({]\s?dot\s?[\])}]|\bdot\b|\.)\s?"
_DISGUISED = re.compile(
    rf"(?<![\w.+-])([a-z0-9][\w+-]{{0,40}}(?:{_DOT}[\w+-]{{1,30}})?){_AT}([a-z0-9][\w-]{{0,40}}(?:{_DOT}[a-z0-9-]{{2,30}})?)({_DOT})(com|io|org|net|co|ai|app|dev|eu|uk|de|fr|es|in|us|ca|au|info|biz|me|edu)\b(?:{_DOT}(uk|au|in|nz|za|br|jp)\b)?",
    re.ASCII,
)
_DIGIT = re.compile(r"\d")
_GLUED_AT = re.compile(r"\w@\w")
_OPENLY = re.compile(r"[\[({]\s?(?:at|dot)|\bdot\b|\(@\)")
_PHONE_LIKE = re.compile(r"(?<![\w$£€.,/])(?:\+|00)?\(?\d[\d\s().\-/]{6,22}\d(?!\w)")
# Regions tried for a number without +: one of them must find it valid, and the text must say it is a phone.
_REGIONS = ("US", "GB")
_SAYS_PHONE = re.compile(
    r"\b(?:call|phone|ring|text|tel|mobile|cell|whatsapp|number|reach|contact|dial|ph)\b"
)


def email_in(said: Said) -> SlotValue | None:
    """The last e-mail address (the last of a correction wins), disguised ones ("me (at) acme dot io") put right."""
    found: deque[re.Match[str]] = deque()
    if "@" in said.low and _GLUED_AT.search(said.low):
        found = deque(_EMAIL.finditer(said.low), maxlen=1)
    if found:
        return _contact(said, SlotType.EMAIL, found[0].start(), found[0].end(), found[0][0])
    if "dot" in said.vocabulary or any(at in said.low for at in ("(at", "[at", "(@", "( at", "[ at")):
        for match in _DISGUISED.finditer(said.low):
            if _OPENLY.search(match[0]):
                return _contact(said, SlotType.EMAIL, match.start(), match.end(), _undisguised(match))
    return None


def phone_in(said: Said) -> SlotValue | None:
    """The first phone number in E.164. Without a +, only a valid US or British one beside a word such as "call"."""
    if not said.has_digit or len(_DIGIT.findall(said.plain)) < 7:
        return None
    says_phone = _SAYS_PHONE.search(said.plain) is not None
    for match in _PHONE_LIKE.finditer(said.plain):
        number = _valid(match[0], says_phone)
        if number:
            return _contact(said, SlotType.PHONE, match.start(), match.end(), number)
    return None


def _valid(words: str, says_phone: bool) -> str | None:
    if words.startswith("00"):
        words = f"+{words[2:]}"
    if words.startswith("+"):
        regions: tuple[str | None, ...] = (None,)
    elif says_phone:
        regions = _REGIONS
    else:
        return None
    for region in regions:
        try:
            number = phonenumbers.parse(words, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def _undisguised(match: re.Match[str]) -> str:
    name, host, _, end, more = match.groups()
    dots = re.compile(_DOT)
    parts = [dots.sub(".", name), "@", dots.sub(".", host), ".", end, f".{more}" if more else ""]
    return "".join(parts)


def _contact(said: Said, slot: SlotType, start: int, end: int, value: str) -> SlotValue:
    return SlotValue(slot, said.text[start:end], start, end, volunteered=True, value=value)
