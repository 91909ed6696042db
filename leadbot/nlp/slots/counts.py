"""How many people: "just me", "about 40 of us", "10-15", "50+", "me plus 3".

A number with a noun of people is volunteered: it can be nothing else. A bare number counts only as the answer to the
question, so it is found only in a short post. Numbers of other things, dates, money, versions and phones are no count.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from leadbot.model import SlotType, SlotValue
from leadbot.nlp.slots.numbers import NUMBER, NUMBER_WORDS, value_of
from leadbot.nlp.text import Said

_PEOPLE = (
    r"(?:people|persons?|ppl|peeps|folks|users?|seats?|licen[cs]es|licen[cs]e|employees?|staff(?: members)?|agents?|reps?|team ?members|teammates|colleagues|co-?workers|members"
    r"|heads|devs?|developers|engineers|designers|students|teachers|pupils|drivers|nurses|salespeople|sales people|sales reps|technicians|accounts? managers?|freelancers|workers"
    r"|guys|lads|girls|women|men|adults|logins|of us|of my (?:\w+ )?(?:colleagues|team|people|staff|co-?workers|guys|mates|friends)|of them|in (?:the|our|my) (?:team|office|company|crew|firm)"
    r"|man team|person team|person (?:company|agency|startup|shop|firm|business|office|crew|studio)|strong team)"
)
_ABOUT = r"(?:about|around|approx\.?|approximately|roughly|some|circa|ca\.?|nearly|almost|maybe|probably|like|say|just|only|c\.|~)\s?"
_OVER = r"(?:over|more than|above|at least|north of|upwards of|min(?:imum)? (?:of )?|>=?|not less than)\s?"
_UNDER = r"(?:under|less than|fewer than|below|up to|at most|max(?:imum)?(?: of)?|no more than|<=?)\s?"
_N = rf"(?<![\w.,:/#$£€-])(?P<{{0}}>{NUMBER})"


def _number(name: str) -> str:
    return _N.replace("{0}", name)


_CORE = (
    rf"{_number('low')}(?P<plus>\s?\+(?!\s?\d)|\s?plus(?= (?:users|people|seats|of us|employees|staff)|\W*$))?(?P<ish>\s?-?ish\b)?"
    rf"(?:\s?(?:-|–|—|to|or|until)\s?(?P<high>{NUMBER})(?P<highplus>\s?\+)?(?:\s?-?ish\b)?)?"
)
_AMOUNT = rf"(?P<about>{_ABOUT})?(?:(?P<over>{_OVER})|(?P<under>{_UNDER}))?{_CORE}"
_THEN_PEOPLE = rf"(?:\s|-)?(?:(?:new|extra|more|additional|full[- ]time|part[- ]time|active|named|remote|or so|sales|support|office|different|other|odd|total) ){{0,2}}{_PEOPLE}\b"
_WITH_PEOPLE = re.compile(_AMOUNT + _THEN_PEOPLE)
# The same from its number on, to be tried where a number begins: scanning with the whole pattern costs ten times as much.
_FROM_NUMBER = re.compile(_CORE + _THEN_PEOPLE)
_DIGITS_BEGIN = re.compile(r"\d[\d.,]*")
_WORDS_BEGIN = re.compile("|".join(sorted(NUMBER_WORDS | {"a "}, key=len, reverse=True)))
_MOST = 5_000_000
_LONGEST_PREFIX = 32  # characters: "approximately not less than "
_TEAM_OF = re.compile(
    rf"\b(?:team|company|agency|staff|crew|group|firm|startup|department|dept|office|squad|class|org|organi[sz]ation|headcount|business|workforce)(?: is| size| size is| with)? ?(?:of|:|is)\s?{_AMOUNT}(?!\s?(?:years?|months?|days?|%|weeks?))"
)
_WE_ARE = re.compile(
    rf"\b(?:we are|we're|were|there are|there's|theres|there will be|it's|its|it would be|it'd be) {_AMOUNT}(?=\s*(?:$|[.,!?;)]|at the moment|right now|now|in total|total|so far|today|atm))"
)
_JUST_ME = re.compile(
    r"\b(?:just|only) (?:me|myself)\b(?! (?:or|who|that|being|and (?:a|my|the|\d)))|\bme,? myself(?: and i)?\b|\bonly one(?: user| person)?\b(?= *(?:$|[.,!]))|\bjust the one of us\b|\bjust one user\b|\bby myself\b|\bi'?m (?:a )?(?:solo|solopreneur|one[- ]man|freelancer)\b|\bmyself only\b|\bone[- ](?:man|person|woman) (?:band|show|shop|business|team|company)\b|^\W*(?:solo|me|myself)\W*$"
)
_ME_PLUS = re.compile(
    rf"\b(?P<me>(?:just |only )?(?:me|myself|i)) ?(?:and|plus|\+|&|with) ?(?:my |the |our |about |around )?(?:(?:team of|other|others) )?(?P<n>{NUMBER}|a colleague|a friend|partner|wife|husband|co-?founder|business partner|assistant)(?: (?:others?|more|colleagues|people|friends|co-?workers|employees|staff|guys|devs|folks))?\b"
)
_SUM = re.compile(rf"{_number('a')}(?: \w+)? ?(?:\+|plus) ?(?P<b>{NUMBER})(?! ?(?:months?|years?|days?|%))")
_COUPLE_OF_US = re.compile(
    r"\b(?:both|the two|two|the pair) of us\b|\ba couple of us\b|\ba couple of (?:people|users|seats)\b"
)
_BARE = re.compile(
    rf"^\W*(?:(?:oh|um|hmm|well|so|i think|i'd say|i guess|we have|we've got|we are|we're|there are|it's|its|that'd be|that would be|for|currently|right now|probably|maybe|ok|yes|yeah|hi|thanks|team of)[ ,]+)*{_AMOUNT}(?: (?:or so|in total|total|i think|i guess|for now|at the moment|right now|maybe|probably|at first|to start|to start with|thanks|please|tops|max|at most|currently|ish|give or take|all in|of those|altogether|at least))*\W*$"
)
_LATER_BARE = re.compile(
    rf"\b(?:make (?:it|that)|no wait,?|sorry,?|actually,?|i mean|i meant|meant|correction:?|rather) {_AMOUNT}(?: (?:i mean|i meant|sorry))?\W*$"
)
# "around 40, all on paper so far": an answer, and then a word about it.
_FIRST_CLAUSE = re.compile(r"^[^,.;!?\n]*(?:[,.]\d[^,.;!?\n]*)*(?=[,.;!]\s|\n|\s[-–—]\s)")

# Without one of these words the patterns can't match: the cheap look before the dear one.
_PEOPLE_WORDS = frozenset(
    [
        "people",
        "person",
        "persons",
        "ppl",
        "peeps",
        "folks",
        "user",
        "users",
        "seat",
        "seats",
        "license",
        "licenses",
        "licence",
        "licences",
        "employee",
        "employees",
        "staff",
        "agent",
        "agents",
        "rep",
        "reps",
        "member",
        "members",
        "teammates",
        "colleague",
        "colleagues",
        "coworker",
        "coworkers",
        "workers",
        "head",
        "heads",
        "dev",
        "devs",
        "developer",
        "developers",
        "engineer",
        "engineers",
        "designer",
        "designers",
        "student",
        "students",
        "teacher",
        "teachers",
        "pupil",
        "pupils",
        "driver",
        "drivers",
        "nurse",
        "nurses",
        "salespeople",
        "sales",
        "technician",
        "technicians",
        "manager",
        "managers",
        "freelancer",
        "freelancers",
        "worker",
        "guys",
        "guy",
        "lads",
        "lad",
        "girls",
        "girl",
        "women",
        "men",
        "adult",
        "adults",
        "login",
        "logins",
        "us",
        "them",
        "team",
        "office",
        "company",
        "crew",
        "firm",
        "mates",
        "friends",
    ]
)
_TEAM_WORDS = frozenset(
    [
        "team",
        "company",
        "agency",
        "staff",
        "crew",
        "group",
        "firm",
        "startup",
        "department",
        "dept",
        "office",
        "squad",
        "class",
        "org",
        "organisation",
        "organization",
        "headcount",
        "business",
        "workforce",
    ]
)
_WE_WORDS = frozenset(["we", "were", "there", "theres", "its", "it"])
_NEAR_ME_PLUS = (
    "me and",
    "me plus",
    "me +",
    "me+",
    "me &",
    "me with",
    "myself and",
    "myself plus",
    "myself +",
    "i and",
    "i plus",
    "i +",
    "i with",
)
_NEAR_JUST_ME = (
    "just me",
    "only me",
    "just my",
    "only my",
    "myself",
    "only one",
    "the one of",
    "one user",
    "i'm ",
    "im ",
    "one man",
    "one-",
    "one woman",
    "one person",
    "solo",
)

_OTHER_THING = re.compile(
    r"\s?(?:%|percent|am\b|pm\b|st\b|nd\b|rd\b|th\b|:\d|/\d|\.\d|\s?(?:hours?|hrs?|mins?|minutes?|days?|weeks?|months?|years?|yrs?|gb|tb|mb|kg|km|miles?|offices?|sites?|usd|eur|gbp|dollars?|euros?|pounds?|bucks|quid|inr|rs)\b)"
)


def counts_in(said: Said) -> list[SlotValue]:
    """Every count of people in the text, the volunteered ones first."""
    found = [value for value in (_me(said),) if value is not None]
    if said.has_digit or not said.vocabulary.isdisjoint(NUMBER_WORDS):
        found += _volunteered(said, found)
        if not found and len(said.words) <= 12:
            found = [value for value in (_bare(said),) if value is not None]
    return found


def _me(said: Said) -> SlotValue | None:
    plain = said.plain
    if any(near in plain for near in _NEAR_ME_PLUS):
        match = _ME_PLUS.search(plain)
        if match:
            others = value_of(match["n"])
            total = 1 + (1.0 if others is None else others)
            return _value(said, match, total, total) if total <= _MOST else None
    if len(said.words) <= 2 or any(near in plain for near in _NEAR_JUST_ME):
        match = _JUST_ME.search(plain)
        if match:
            return _value(said, match, 1, 1)
    match = _COUPLE_OF_US.search(plain) if " of " in plain else None
    return _value(said, match, 2, 2) if match else None


def _volunteered(said: Said, taken: list[SlotValue]) -> list[SlotValue]:
    matches = [] if _PEOPLE_WORDS.isdisjoint(said.vocabulary) else _with_people(said)
    for words, pattern in ((_TEAM_WORDS, _TEAM_OF), (_WE_WORDS, _WE_ARE)):
        if not words.isdisjoint(said.vocabulary):
            matches += [
                match
                for match in pattern.finditer(said.plain)
                if not _OTHER_THING.match(said.plain, match.end())
            ]
    found: list[SlotValue] = []
    for match in matches:
        if not any(value.start < match.end() and match.start() < value.end for value in (*taken, *found)):
            value = _amount(said, match, volunteered=True)
            if value:
                found.append(value)
    return found


def _with_people(said: Said) -> list[re.Match[str]]:
    plain = said.plain
    starts = [match.start() for match in _DIGITS_BEGIN.finditer(plain)] if said.has_digit else []
    if not said.vocabulary.isdisjoint(NUMBER_WORDS):
        starts += [match.start() for match in _WORDS_BEGIN.finditer(plain)]
    found = []
    for start in starts:
        if _FROM_NUMBER.match(plain, start):
            match = _WITH_PEOPLE.search(plain, max(0, start - _LONGEST_PREFIX))
            if match:
                found.append(match)
    return found


def _bare(said: Said) -> SlotValue | None:
    match = _LATER_BARE.search(said.plain)
    if match:
        return _amount(said, match, volunteered=False)
    match = _SUM.search(said.plain)
    if match and len(said.words) <= 5:
        a, b = value_of(match["a"]), value_of(match["b"])
        if a is not None and b is not None:
            return _value(said, match, a + b, a + b, volunteered=False)
    first = _FIRST_CLAUSE.match(said.plain)
    match = _BARE.match(said.plain) or (_BARE.match(first[0]) if first else None)
    return _amount(said, match, volunteered=False) if match else None


def _amount(said: Said, match: re.Match[str], *, volunteered: bool) -> SlotValue | None:
    low = value_of(match["low"])
    if low is None or low > _MOST or low != int(low):
        return None
    high = value_of(match["high"]) if match["high"] else low
    if high is not None and high < low:
        if said.plain[match.end("low") : match.start("high")].strip() != "or":
            return None
        low, high = high, low
    if match["over"] or match["plus"] or match["highplus"]:
        high = None
    elif match["under"]:
        low = 0.0
    start = next(match.start(g) for g in ("about", "over", "under", "low") if match[g])
    return _span(said, start, match.end(), low, high, volunteered)


def _value(
    said: Said, match: re.Match[str], low: float, high: float | None, *, volunteered: bool = True
) -> SlotValue:
    return _span(said, match.start(), match.end(), low, high, volunteered)


def _span(said: Said, start: int, end: int, low: float, high: float | None, volunteered: bool) -> SlotValue:
    while end > start and said.plain[end - 1] in " \n\t.,!?;)":
        end -= 1
    while start < end and said.plain[start] in " \n\t.,!?;(":
        start += 1
    return SlotValue(
        SlotType.COUNT, said.text[start:end], start, end, volunteered=volunteered, low=low, high=high
    )
