"""How many people: "just me", "about 40 of us", "10-15", "50+", "me plus 3", "40, no wait, 50".

Every amount of the text is looked at with the words round it. With a noun of people it is volunteered: it can be nothing
else. A bare one counts only as the answer to the question, so it must stand free in a short post. Amounts of other things,
dates, money, versions, ages and phones are no count. One count a text: sums and corrections are resolved.
"""

# ruff: noqa: E501, SIM905  (a pattern and a list of words are read as one line)

from __future__ import annotations

import re
from collections.abc import Sequence

from leadbot.model import SlotType, SlotValue
from leadbot.nlp.slots.count_words import (
    ADDED,
    ALL_OF_US,
    ANYBODY,
    CORRECTED,
    EACH,
    FEW_WORDS,
    FREE_AFTER,
    FREE_BEFORE,
    IN_A_PLACE,
    INSTEAD,
    JUST_ME,
    LEAST_WHERE,
    LONGEST_WHERE,
    ME_FIRST,
    ME_OR_WE,
    MORE,
    MOST,
    MOST_BARE,
    MOST_WORDS,
    NAME,
    NAMES_AND_ME,
    NEAR_ME,
    NEAR_US,
    NEXT_OF_LIST,
    NOT_BEFORE,
    OF_THEM,
    OTHER_AFTER,
    PARALLEL,
    PAREN,
    PEOPLE,
    PEOPLE_AFTER,
    PEOPLE_WORDS,
    PLUS_ME,
    PLUS_ONE,
    RUN_WITH,
    SOMEBODY_AND_ME,
    TEAM_BEFORE,
    TEAMS_OF,
    TWO_OF_US,
    WHEN,
    YEARS,
)
from leadbot.nlp.slots.numbers import NUMBER_WORDS, Amount, amounts_in
from leadbot.nlp.text import Said

__all__ = ["counts_in"]


def counts_in(said: Said, taken: Sequence[SlotValue] = ()) -> list[SlotValue]:
    """The count of people in the text, if there is one. taken: values that own their digits already."""
    if not said.vocabulary.isdisjoint(ME_OR_WE) and _is_near_me(said):
        me = _me(said)
        if me is not None:
            return [me]
    if not said.has_digit and said.vocabulary.isdisjoint(NUMBER_WORDS):
        return []
    if len(said.words) > MOST_WORDS and said.vocabulary.isdisjoint(PEOPLE_WORDS):
        return []
    return _counted(said, taken)


def _is_near_me(said: Said) -> bool:
    plain = said.plain
    is_only = "me" in said.vocabulary and not said.vocabulary.isdisjoint(
        ("just", "only", "its", "thats", "literally")
    )
    if is_only or len(said.words) <= 3:
        return True
    near = NEAR_ME if len(said.words) <= MOST_WORDS else NEAR_US
    return near.search(plain) is not None


def _me(said: Said) -> SlotValue | None:
    plain = said.plain
    for pattern, number in ((TWO_OF_US, 2.0), (ALL_OF_US, 2.0)):
        match = pattern.search(plain)
        if match:
            return _value(said, match.start(), match.end(), number, number)
    match = RUN_WITH.search(plain)
    if match:
        return _value(said, match.start(), match.end(), 2, 2)
    names = NAMES_AND_ME.search(said.text) if len(said.words) <= MOST_WORDS // 2 else None
    if names:
        number = 1.0 + len(NAME.findall(names[0].rpartition(" ")[0]))
        return _value(said, names.start(), names.end(), number, number)
    first = ME_FIRST.search(plain)
    if first:
        listed = _list_of(said, first)
        if listed:
            return listed
    match = SOMEBODY_AND_ME.search(plain)
    if match and len(said.words) <= MOST_WORDS // 2:
        return _value(said, match.start(), match.end(), 2, 2)
    if not _might_be_one(said):
        return None
    match = JUST_ME.search(plain)
    return _value(said, match.start(), match.end(), 1, 1) if match else None


_ONE_ALONE = frozenset("myself alone own sole single one 1 muggins yours nobody no freelancer".split())
_ONLY = frozenset("just only simply literally purely its it thats that alone is".split())


def _might_be_one(said: Said) -> bool:
    """Whether the words are there that every way to say "just me" has; the cheap look before the dear one."""
    words = said.vocabulary
    if not words.isdisjoint(_ONE_ALONE) or "solo" in said.plain or len(said.words) <= 3:
        return True
    return "me" in words and not words.isdisjoint(_ONLY)


def _list_of(said: Said, first: re.Match[str]) -> SlotValue | None:
    """ "me, my brother and 2 friends": everybody in the list together."""
    plain, at, low, high = said.plain, first.end(), 1.0, 1.0
    amounts = {
        amount.first: amount
        for amount in amounts_in(plain, has_words=not said.vocabulary.isdisjoint(NUMBER_WORDS))
        if not amount.is_odd
    }
    starts = {amount.start: amount for amount in amounts.values()}
    while match := NEXT_OF_LIST.match(plain, at):
        amount = amounts.get(match.start("n")) or starts.get(match.start("n")) if match["n"] else None
        if amount and not match["who"]:
            if OTHER_AFTER.match(plain, amount.last) or amount.high is None:
                break
            low, high, at = low + amount.low, high + amount.high, amount.end
            more = re.compile(rf"\s?(?:other |more )?(?:others?|more|{PEOPLE})\b").match(plain, at)
            at = more.end() if more else at
        elif match["who"] or _is_name(said, match.start("n")):
            name = _WORD_AFTER.match(plain, match.start("n") - 1) if match["n"] else None
            low, high, at = low + 1, high + 1, name.end() if name else match.end()
        else:
            break
    if at == first.end() or high > MOST:
        return None
    return _value(said, first.start(), at, low, high)


def _is_name(said: Said, at: int) -> bool:
    """Whether a name is told there, in a text so short that it is told as one of the list."""
    word = _WORD_AFTER.match(said.plain, at - 1)
    return (
        len(said.words) <= FEW_WORDS
        and said.text[at : at + 1].isupper()
        and not said.text.isupper()
        and word is not None
        and not word[1].startswith(("i'", "i’"))
        and word[1] != "i"
    )


def _counted(said: Said, taken: Sequence[SlotValue]) -> list[SlotValue]:
    plain = said.plain
    amounts = [
        amount
        for amount in amounts_in(plain, has_words=not said.vocabulary.isdisjoint(NUMBER_WORDS))
        if not amount.is_odd
        and amount.low <= MOST
        and (amount.low == int(amount.low))
        and not any(value.start < amount.last and amount.first < value.end for value in taken)
    ]
    if not amounts:
        return []
    people = [a for a in amounts if _is_people(plain, a)]
    found = _resolved(said, people, amounts) if people else None
    if found is None and len(said.words) <= MOST_WORDS:
        found = _bare(said, amounts)
    return [found] if found else []


def _is_people(plain: str, amount: Amount) -> bool:
    if MORE.match(plain, amount.last) or INSTEAD.search(plain[max(0, amount.start - 14) : amount.start]):
        return False
    if plain[amount.first : amount.last] == "one" and not re.match(
        r" (?:of us|user|seat|person\b(?! who))", plain[amount.last :]
    ):
        return False
    if PEOPLE_AFTER.match(plain, amount.last):
        return not re.search(r"[£$€₹¥#]\s?$", plain[: amount.first])
    if OTHER_AFTER.match(plain, amount.end):
        return False
    head = plain[max(0, amount.start - 40) : amount.start]
    return bool(TEAM_BEFORE.search(head)) and _is_free_after(plain, amount)


def _resolved(said: Said, people: list[Amount], amounts: list[Amount]) -> SlotValue:
    """One count of several: a correction's last, else the sum that is told, else the first outside brackets."""
    plain = said.plain
    chosen = _last_corrected(plain, people) or _outside_brackets(plain, people)
    low, high, end = _summed(plain, chosen, amounts)
    match = PEOPLE_AFTER.match(plain, end)
    end = match.end() if match else end
    more = re.compile(r"[^.!?]{0,20}?" + PLUS_ONE.pattern).match(plain, end)
    if more and high is not None:
        low, high, end = low + 1, high + 1, more.end()
    return _value(said, chosen.start, end, low, high)


def _times(plain: str, chosen: Amount, amounts: list[Amount]) -> Amount | None:
    """The number of teams in "two teams of 6"."""
    for other in amounts:
        if other.last < chosen.first and (
            TEAMS_OF.fullmatch(plain[other.last : chosen.start])
            or (EACH.match(plain, chosen.last) and other.low > 1)
        ):
            return other
    return None


def product_of(said: Said, teams: Amount, each: Amount) -> SlotValue:
    """So many teams of so many people."""
    high = None if each.high is None or teams.high is None else each.high * teams.high
    return _value(said, teams.start, each.end, each.low * teams.low, high)


_NOW = re.compile(
    r"\b(?:now|currently|today|these days|at present|presently|nowadays|atm|at the moment|right now)\b(?: (?:at|it's|its|we're|we are|up to|have|with|around|about|more like|closer to|we have))*\s?$"
)


def _last_corrected(plain: str, amounts: list[Amount]) -> Amount | None:
    """The amount after the last word of correction, or after a "now" that tells it from an earlier one."""
    for before, amount in zip(reversed(amounts[:-1]), reversed(amounts), strict=False):
        between = plain[before.last : amount.start]
        if CORRECTED.search(between) or _NOW.search(between):
            return amount
    return None


def _outside_brackets(plain: str, amounts: list[Amount]) -> Amount:
    inside = [match.span() for match in PAREN.finditer(plain)]
    outside = [a for a in amounts if not any(start <= a.first < end for start, end in inside)]
    return (outside or amounts)[0]


def _bare(said: Said, amounts: list[Amount]) -> SlotValue | None:
    plain = said.plain
    chosen: Amount | None = None
    free = [amount for amount in amounts if _is_bare(said, amount)]
    free = [amount for amount in free if not _LAST_YEAR.match(plain, amount.last)] or free
    if not free:
        return None
    chosen = _last_corrected(plain, free) or _outside_brackets(plain, free)
    each = next((a for a in amounts if a.first > chosen.first), None)
    if each and TEAMS_OF.fullmatch(plain[chosen.last : each.start]):
        return product_of(said, chosen, each)
    teams = _times(plain, chosen, amounts)
    if teams:
        return product_of(said, teams, chosen)
    low, high, end = _summed(plain, chosen, amounts)
    if high is not None and (also_me := PLUS_ME.match(plain, chosen.last)):
        low, high, end = low + 1, high + 1, also_me.end()
    elif chosen.high is None and (also_me := PLUS_ME.match(plain, chosen.last)):  # "5+me"
        low, high, end = chosen.low + 1, chosen.low + 1, also_me.end()
    return _value(said, chosen.start, end, low, high, volunteered=False)


def _summed(plain: str, chosen: Amount, amounts: list[Amount]) -> tuple[float, float | None, int]:
    """The amount with those that are added to it: "four plus two contractors", "seven in sales and five in support"."""
    low, high, end = chosen.low, chosen.high, chosen.end
    for other in amounts:
        if other.first <= chosen.first or other.high is None or high is None:
            continue
        between = ADDED.match(plain[end : other.start])
        is_parallel = between is not None and PARALLEL.match(plain, other.last) is not None
        tail = plain[end : other.last + LONGEST_WHERE]
        if between and between["comma"] and _is_one_told_twice(between[0], tail):
            continue
        if between and (between["plus"] or is_parallel):
            low, high, end = low + other.low, high + other.high, other.end
    return low, high, end


def _is_one_told_twice(between: str, tail: str) -> bool:
    """Whether a comma parts a count from a part of it ("5 people, 2 of them kids") or from another time."""
    is_apart = IN_A_PLACE.search(between) or (
        len(between.strip()) >= LEAST_WHERE and not ANYBODY.search(between)
    )
    return not is_apart or WHEN.search(tail) is not None or OF_THEM.search(tail) is not None


def _is_bare(said: Said, amount: Amount) -> bool:
    """Whether an amount stands free: nothing before or behind makes it an amount of something."""
    plain = said.plain
    if MORE.match(plain, amount.last) or (
        OTHER_AFTER.match(plain, amount.last) and not TEAMS_OF.match(plain[amount.last :] + "")
    ):
        return _is_teams(plain, amount)
    word = plain[amount.first : amount.last]
    head = plain[max(0, amount.start - 24) : amount.start]
    if INSTEAD.search(head) or NOT_BEFORE.search(plain[max(0, amount.first - 24) : amount.first]):
        return False
    if (
        amount.low in YEARS
        and not amount.is_word
        and amount.low == amount.high
        and word.isdigit()
        and len(said.words) > 1
    ):
        return False
    if amount.low > MOST_BARE:
        return False
    if (
        word in ("one", "a couple", "couple")
        and len(said.words) > 4
        and not re.match(r"\W*one\s?[,.;!-]", plain)
    ):
        return False
    return _is_free_after(plain, amount) and _is_free_before(said, amount)


def _is_teams(plain: str, amount: Amount) -> bool:
    return bool(
        re.match(
            r"\s?(?:\w+ )?(?:teams?|groups?|crews?|shifts?|squads?) of (?:about |around )?\w",
            plain[amount.last :],
        )
    )


_WORD_AFTER = re.compile(r"[\s-]{1,2}([a-z][a-z']*)")
# Singular words that make the number before them a part of their own: "two factor", "360 degree".
_ATTRIBUTES = frozenset(
    "degree factor wheel click way star bed storey story digit letter figure part step phase piece door seater inch man percent point lane speed bit core cylinder course page line word sided pound dollar euro foot mile litre liter watt volt hole gear ply man's".split()
)
_LONGEST_SINGULAR = 60  # characters of a text in which a word behind the amount may be any that is no plural


def _is_singular(plain: str, amount: Amount, word: str) -> bool:
    """Whether a word behind an amount of two or more can't be what it counts."""
    if _ARTICLE.search(plain[max(0, amount.first - 5) : amount.first]) or (
        amount.is_word and amount.low == _GRAND
    ):
        return False
    if len(plain) > _LONGEST_SINGULAR or word in _ATTRIBUTES or len(_DIGITS_RUN.findall(plain)) > 1:
        return False
    return not word.endswith("s") or word.endswith(("ss", "us", "is"))


_ARTICLE = re.compile(r"\b(?:an?|the|my|your) $")
_GRAND = 1000
_DIGITS_RUN = re.compile(r"\d+(?:[.,]\d+)*")
_LAST_YEAR = re.compile(
    r"\s?(?:\w+ )?(?:last (?:year|month|week|quarter|summer|winter)|back then|previously|before covid|in the past|a year ago|originally)\b"
)
_PLURAL_AFTER = re.compile(r" [a-z]+s\b")
_WORD_BEFORE = re.compile(r"([a-z][a-z']*)[\s,]*$")


def _is_free_after(plain: str, amount: Amount) -> bool:
    if OTHER_AFTER.match(plain, amount.end):
        return False
    match = _WORD_AFTER.match(plain, amount.end)
    if match is None or match[1] in FREE_AFTER or PARALLEL.match(plain, amount.end) is not None:
        return True
    if _PLURAL_AFTER.match(plain, match.end()):
        return False
    return match[1].endswith("ly") or (amount.low >= 2 and _is_singular(plain, amount, match[1]))


def _is_free_before(said: Said, amount: Amount) -> bool:
    head = said.plain[max(0, amount.start - 24) : amount.start]
    if head.rstrip().endswith(",") and _LAST_YEAR.search(said.plain):
        return True
    match = _WORD_BEFORE.search(head)
    return match is None or match[1] in FREE_BEFORE or match[1].endswith("ly") or len(said.words) <= 3


def _value(
    said: Said, start: int, end: int, low: float, high: float | None, *, volunteered: bool = True
) -> SlotValue:
    plain = said.plain
    while end > start and plain[end - 1] in " \n\t.,!?;)":
        end -= 1
    while start < end and plain[start] in " \n\t.,!?;(":
        start += 1
    return SlotValue(
        SlotType.COUNT, said.text[start:end], start, end, volunteered=volunteered, low=low, high=high
    )


def is_people_word(word: str) -> bool:
    """Whether a noun names people (or what each of them has one of: a seat, a licence)."""
    return _PEOPLE_WORD.fullmatch(word) is not None


_PEOPLE_WORD = re.compile(PEOPLE)
_ONLY_ONE = re.compile(r"\b(?:just|only) (?:the )?(?:one|1)\b|^\W*(?:one|1|a single one)\W*$")


def things_in(said: Said, things: frozenset[str], *, is_summed: bool = False) -> SlotValue | None:
    """How many of some things, by their names in the singular. is_summed: all named kinds together."""
    plain = said.plain
    amounts = [a for a in amounts_in(plain) if not a.is_odd and a.low <= MOST and a.low == int(a.low)]
    names = "|".join(sorted((re.escape(name) for name in things), key=len, reverse=True))
    named = re.compile(
        rf"\s?\+?(?:ish)?[\s-]*(?:(?:or so|of our|of the|of) )?(?:[a-z]+ ){{0,2}}?(?:{names}|one)(?:e?s)?\b"
    )
    found = [
        a
        for a in amounts
        if named.match(plain, a.last) and not INSTEAD.search(plain[max(0, a.start - 14) : a.start])
    ]
    if is_summed and len(found) > 1 and not CORRECTED.search(plain):
        high = None if any(a.high is None for a in found) else sum(a.high or 0.0 for a in found)
        return _value(said, found[0].start, found[-1].end, sum(a.low for a in found), high)
    if found:
        chosen = _last_corrected(plain, found) or _outside_brackets(plain, found)
        return _value(said, chosen.start, chosen.end, chosen.low, chosen.high)
    amounts = [a for a in amounts if not PEOPLE_AFTER.match(plain, a.last)]
    bare = _bare(said, amounts) if amounts and len(said.words) <= MOST_WORDS else None
    if bare is None and (one := _ONLY_ONE.search(plain)) and len(said.words) <= FEW_WORDS:
        return _value(said, one.start(), one.end(), 1, 1)
    return bare
