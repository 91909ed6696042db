"""E-mail addresses and phone numbers that somebody volunteers. They are never asked for in public."""

# ruff: noqa: E501, SIM905  (a pattern and a list of words are read as one line)

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from leadbot.model import SlotType, SlotValue
from leadbot.nlp.text import Said

__all__ = ["email_in", "phone_in"]

# Letters of other alphabets may stand in a name before the @; hosts are told in their own letters too.
_EMAIL = re.compile(
    r"(?<![\w.+-])[a-z0-9_][\w.+'-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?![\w@])",
    re.ASCII,
)
_ENDINGS = "com|io|org|net|co|ai|app|dev|eu|uk|de|fr|es|it|nl|be|ch|at|se|no|dk|fi|pl|pt|ie|in|us|ca|au|nz|za|br|mx|jp|sg|ae|ng|ke|info|biz|me|edu|gov|tech|xyz|online|shop|store|agency|studio|cloud|email|solutions|design|digital|media|consulting|team|works|ly|so|gg|tv|cc|pro|health|law|london|berlin"
_AT = r"\s?(?:[\[({<]\s?(?:at|@|a|ät|aet)\s?[\])}>]|(?<=\s)(?:at|ät|aet|arroba|arobase|@)(?=\s)|\s@\s?|@\s|-at-|_at_)\s?"
_DOT = r"\s?(?:[\[({<]\s?(?:dot|punkt|punto|ponto|point|\.)\s?[\])}>]|(?<=[\s\])}])(?:dot|punkt|punto|ponto|point)(?=\s)|-dot-|_dot_|\.)\s?"
_SEP = r"\s?(?:[\[({<]\s?(?:dash|hyphen|underscore)\s?[\])}>]|\b(?:dash|hyphen|underscore)\b)\s?"
_DISGUISED = re.compile(
    rf"(?<![\w.+-])(?P<name>[a-z0-9][a-z0-9_+-]{{0,40}}(?:(?:{_DOT}|{_SEP})[a-z0-9_+-]{{1,30}}){{0,3}}?)(?P<at>{_AT})(?P<host>[a-z0-9][a-z0-9-]{{0,40}}(?:(?:{_DOT}|{_SEP})[a-z0-9-]{{1,30}}){{0,3}}?)(?P<dot>{_DOT})(?P<end>{_ENDINGS})\b(?:{_DOT}(?P<more>uk|au|in|nz|za|br|jp|sg|ng|ke|mx|il)\b)?",
    re.ASCII,
)
_OPENLY = re.compile(
    r"[\[({<]\s?(?:at|dot|@|a|punkt|punto|\.)\s?[\])}>]|\b(?:dot|punkt|punto|ponto)\b|\s@|@\s|-at-|_at_|\b(?:ät|arroba)\b"
)
_DOTS = re.compile(_DOT)
_SEPS = re.compile(_SEP)
_NEAR_DISGUISE = re.compile(r"[(\[] ?at|[{<]at|[(\[]@|\(a\)|\[a\]| @ |-at-|_at_|[(\[]ät")
_SAYS_DOT = frozenset("dot punkt punto ponto arroba arobase".split())
_LEAD_WORDS = re.compile(
    r"^(?:(?:it's|its|email|e-mail|mail|is|to|me|address|my|at|reach|try|use|on|contact|hi|hello|yes|sure|ok|send|the|work|personal|so|and|that's|thats)\s)+(?=\S)"
)

_DIGIT = re.compile(r"\d")
_GLUED_AT = re.compile(r"@(?<=\w@)\w")
_PHONE_LIKE = re.compile(r"(?<![\w$£€.,/:])(?:\+\s?|00)?\(?\d[\d\s().\-–/•·]{5,24}\d(?![\w])(?!:\d)")
# Regions tried for a number without + when none is known: it must be valid there, and the text must say it is a phone.
_REGIONS = ("US", "GB")
_SAYS_PHONE = re.compile(
    r"\b(?:call|phone|ring|text|tel|telephone|mobile|cell|cellphone|whatsapp|number|reach|contact|dial|ph|landline|handy|mob|sms|direct|office line)\b"
)
_NO_PHONE = re.compile(
    r"(?:\b(?:order|ref(?:erence)?|booking|invoice|ticket|case|account|acct|tracking|parcel|policy|serial|isbn|iban|card|id|po|customer|flight|sku|model|case no|number of)(?: (?:no\.?|number|nr|num|is|ref|id|#))*[\s:#]*|[#£$€₹]\s?)$"
)
_DATE_LIKE = re.compile(
    r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?:\s+\d{1,2}(?:[:.]\d\d)?)?|\d{4}\s?[-–]\s?\d{4}|(?:\d{1,3}[., ])?(?:000[., ]?)+\d*"
)
_EXTENSION = re.compile(r"\s*(?:ext\.?|extn\.?|extension|x|durchwahl|poste)\s?\d{1,6}\b")
# Ohs and els typed for noughts and ones, among digits only.
_LOOKALIKE = re.compile(
    r"(?<![a-z])(?=[\doil\s().+-]{0,23}\d)(?=[\d\s().+-]{0,23}[oil])[\doil][\doil\s().+-]{5,22}[\doil](?![a-z])"
)
_LOOKS = str.maketrans("oil", "011")
_SPOKEN = {
    word: str(digit) for digit, word in enumerate("zero one two three four five six seven eight nine".split())
}
_SPOKEN |= {"oh": "0", "o": "0", "nought": "0", "naught": "0", "nil": "0", "plus": "+", "niner": "9"}
_SPOKEN_RUN = re.compile(rf"\b(?:(?:{'|'.join(_SPOKEN)}|double|triple|treble|\d+)[\s,.\-–]*){{7,}}")
_SPOKEN_WORD = re.compile(r"[a-z]+|\d+")
_LEAST_SPOKEN = 6


def email_in(said: Said) -> SlotValue | None:
    """The last e-mail address (the last of a correction wins), disguised ones ("me (at) acme dot io") put right."""
    found: list[tuple[int, int, str]] = []
    low = said.low
    if "@" not in low and said.vocabulary.isdisjoint(_SAYS_DOT) and "at" not in low and "(a)" not in low:
        return None
    if "@" in low and _GLUED_AT.search(low):
        found = [(match.start(), match.end(), match[0]) for match in _EMAIL.finditer(low)]
    if not found and (
        not said.vocabulary.isdisjoint(_SAYS_DOT)
        or (
            (
                "(" in low
                or "[" in low
                or "@" in low
                or "_at_" in low
                or "-at-" in low
                or "<" in low
                or "{" in low
            )
            and _NEAR_DISGUISE.search(low)
        )
    ):
        found = list(_disguised(said))
    for start, end, address in reversed(found):
        name, _, host = address.partition("@")
        if name and ".." not in address and not name.endswith((".", "'")) and len(name) <= 64 and "." in host:
            return _contact(said, SlotType.EMAIL, start, end, address)
    return None


def _disguised(said: Said) -> Iterator[tuple[int, int, str]]:
    low = said.low
    if (
        "." not in low
        and "dot" not in low
        and "punkt" not in low
        and "punto" not in low
        and "ponto" not in low
    ):
        return
    for match in _DISGUISED.finditer(low):
        if not _OPENLY.search(match[0]):
            continue
        start, name = match.start(), match["name"]
        lead = _LEAD_WORDS.match(name)
        if lead:
            start, name = start + lead.end(), name[lead.end() :]
        host = _plain(match["host"])
        more = f".{match['more']}" if match["more"] else ""
        yield start, match.end(), f"{_plain(name)}@{host}.{match['end']}{more}"


def _plain(words: str) -> str:
    """Dots, dashes and underscores for their names."""
    words = _DOTS.sub(".", words)
    words = _SEPS.sub(lambda match: "_" if "underscore" in match[0] else "-", words)
    return words.replace(" ", "")


def phone_in(said: Said, region: str = "", *, is_asked: bool = False) -> SlotValue | None:
    """The last phone number in E.164. region: ISO country of numbers without a +; without it, US and British ones are
    tried. Unless it was asked for, such a number needs a word such as "call" beside it.
    """
    plain = said.plain
    if not said.has_digit:
        return _spoken(said, region)
    if len(_DIGIT.findall(plain)) >= 7 or (is_asked and _LOOKALIKE.search(plain)):
        says_phone = is_asked or _SAYS_PHONE.search(plain) is not None
        for start, end, words in reversed(list(_digits_in(plain))):
            number = _valid(words, _regions(region) if says_phone else ())
            if number:
                return _contact(said, SlotType.PHONE, start, end, number)
    return _spoken(said, region) if not said.vocabulary.isdisjoint(_SPOKEN) else None


def _regions(region: str) -> tuple[str, ...]:
    return (region,) if region else _REGIONS


def _digits_in(plain: str) -> Iterator[tuple[int, int, str]]:
    if _LOOKALIKE.search(plain):
        plain = _LOOKALIKE.sub(lambda match: match[0].translate(_LOOKS), plain)
    for match in _PHONE_LIKE.finditer(plain):
        if _NO_PHONE.search(plain[max(0, match.start() - 30) : match.start()]):
            continue
        if not _DATE_LIKE.fullmatch(match[0]):
            end = _EXTENSION.match(plain, match.end())
            yield match.start(), end.end() if end else match.end(), match[0]


def _spoken(said: Said, region: str) -> SlotValue | None:
    """ "oh two oh, seven nine four six …": digits said as words."""
    if (
        len(said.words) < _LEAST_SPOKEN
        or said.vocabulary.isdisjoint(_SPOKEN)
        or sum(word in _SPOKEN for word in said.words) < _LEAST_SPOKEN
    ):
        return None
    match = _SPOKEN_RUN.search(said.plain)
    if not match:
        return None
    digits, times = "", 1
    for word in _SPOKEN_WORD.findall(match[0]):
        if word in ("double", "triple", "treble"):
            times = 2 if word == "double" else 3
        else:
            digits, times = digits + _SPOKEN.get(word, word) * times, 1
    number = _valid(digits, _regions(region))
    end = match.end()
    while said.plain[end - 1] in " ,.-–":
        end -= 1
    return _contact(said, SlotType.PHONE, match.start(), end, number) if number else None


def _valid(words: str, regions: tuple[str, ...]) -> str | None:
    words = words.replace("•", " ").replace("·", " ")
    for region in (
        (None,) if words.startswith("+") else (*regions, *((None,) if words.startswith("00") else ()))
    ):
        for written in (words, f"+{words[2:]}") if words.startswith("00") else (words,):
            try:
                number = phonenumbers.parse(written, region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number):
                return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def _contact(said: Said, slot: SlotType, start: int, end: int, value: str) -> SlotValue:
    return SlotValue(slot, said.text[start:end], start, end, volunteered=True, value=value)
