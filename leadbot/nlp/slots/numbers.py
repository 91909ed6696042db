"""Numbers as people type them: digits with k, m and lakh, number words, "a dozen", ranges, "up to", "50+".

`value_of` reads one number; `amounts_in` finds every amount of a text with what limits it. Counts and money are made of
amounts; what an amount counts is for them to say.
"""

# ruff: noqa: E501, SIM905  (a pattern and a list of words are read as one line)

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["DIGITS", "NUMBER", "NUMBER_WORDS", "SCALE", "Amount", "amounts_in", "value_of"]

_ONES: dict[str, float] = {
    word: float(i)
    for i, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS: dict[str, float] = {
    word: (i + 2) * 10.0
    for i, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
}
# Of other languages, where they are no English words and need no accent.
_FOREIGN: dict[str, float] = {
    word: float(number)
    for number, words in {
        2: "dos deux zwei dois due",
        3: "tres trois drei",
        4: "cuatro quatre vier quatro quattro",
        5: "cinco cinq cinque",
        6: "seis sechs sei",
        7: "siete sieben sete sette",
        8: "ocho huit acht oito otto",
        9: "nueve neuf neun",
        10: "diez dix zehn dez dieci",
        12: "doce douze",
        15: "quinze quindici",
        20: "veinte vingt zwanzig vinte venti",
        30: "treinta trente trinta",
        40: "cuarenta quarante vierzig",
        50: "cincuenta cinquante",
        100: "cien hundert",
    }.items()
    for word in words.split()
    if word not in ("due", "sei", "otto")
}
_BEFORE_GROUP = frozenset(("", "a", "half", *_ONES))
_GROUPS: dict[str, float] = {"couple": 2.0, "pair": 2.0, "dozen": 12.0, "few": 3.0}
_SCALES: dict[str, float] = {
    "k": 1e3,
    "grand": 1e3,
    "thousand": 1e3,
    "thou": 1e3,
    "m": 1e6,
    "mil": 1e6,
    "mio": 1e6,
    "mill": 1e6,
    "million": 1e6,
    "mn": 1e6,
    "lakh": 1e5,
    "lakhs": 1e5,
    "lac": 1e5,
    "lacs": 1e5,
    "l": 1e5,
    "crore": 1e7,
    "crores": 1e7,
    "cr": 1e7,
    "dozen": 12.0,
    "hundred": 100.0,
    "hundo": 100.0,
    "bn": 1e9,
    "b": 1e9,
}
_SCALE_WORDS = frozenset(
    "hundred thousand grand million lakh lakhs lac lacs crore crores thou mil mill hundo".split()
)


def _misspelt() -> dict[str, str]:
    """Number words with two letters swapped, one lost or one doubled → the word. Other words are left alone."""
    found: dict[str, str] = {}
    for word in (*_ONES, *_TENS, "hundred", "thousand", "million", "couple", "dozen"):
        if len(word) < 5:
            continue
        for i in range(1, len(word)):
            found.setdefault(word[:i] + word[i + 1 :], word)
            found.setdefault(word[:i] + word[i] + word[i:], word)
            if i + 1 < len(word):
                found.setdefault(word[:i] + word[i + 1] + word[i] + word[i + 2 :], word)
    found |= {"fourty": "forty", "fourtie": "forty", "fivety": "fifty", "ninty": "ninety", "twelf": "twelve"}
    found |= {"fiveteen": "fifteen", "threety": "thirty", "hundert": "hundred", "tousand": "thousand"}
    words = {
        *_ONES,
        *_TENS,
        *_GROUPS,
        *_SCALES,
        "even",
        "there",
        "sever",
        "fort",
        "tree",
        "eight",
        "doze",
        "seen",
        "sven",
        "thee",
        "coupe",
        "elven",
    }
    return {wrong: right for wrong, right in found.items() if wrong not in words and wrong != right}


_SPELLED = _misspelt()
_WORDS = _ONES | _TENS | _FOREIGN
# What a number in words is made of.
_KNOWN = frozenset(
    [*_WORDS, *_GROUPS, *_SCALE_WORDS, *_SPELLED, "half", "a", "an", "of", "and", "point", "k"]
)

# A post without any of these holds no number: the cheap look before the dear one.
NUMBER_WORDS = frozenset([*_WORDS, *_GROUPS, *_SCALE_WORDS, *_SPELLED]) - {"few", "lac", "mil"}

_UNITS = frozenset(list(_ONES)[1:10])
_TEN = "|".join(_TENS)
_UNIT = "|".join(list(_ONES)[1:10])
_WORD_NUMBER = (
    rf"(?:(?:{_TEN})(?:[ -](?:{_UNIT}))?|{'|'.join(sorted(list(_ONES)[1:], key=len, reverse=True))}|fourty|half a dozen|a half dozen|two dozen|a dozen|dozen|a couple(?: of)?"
    r"|couple(?: of)?|a pair)"
)
_ROUND_WORDS = rf"(?:(?:{_WORD_NUMBER} |a )?(?:hundred|thousand)(?: and (?:{_WORD_NUMBER}))?)"
DIGITS = (
    r"(?:\d{1,3}(?:[,.' ]\d{3})+(?![\d])(?:[.,]\d{1,2}(?!\d))?|\d{1,3}(?:,\d\d)*,\d{3}(?!\d)|\d+(?:[.,]\d+)?)"
)
SCALE = (
    r"(?:\s?(?:k|m|mil|mio|mn|million|grand|thousand|thou|lakhs?|lacs?|crores?|cr|bn|hundred)(?![a-z0-9]))"
)
NUMBER = rf"(?:{DIGITS}{SCALE}?|\b{_ROUND_WORDS}\b|\b{_WORD_NUMBER}\b)"

_PARTS = re.compile(rf"^({DIGITS})\s?([a-z]+)?$")
_NO_COMMAS = re.compile(r"[.,]")
_CENTS = re.compile(r"[.,](\d{1,2})$")


def value_of(words: str) -> float | None:
    """The number that a match of NUMBER means, or None when it means none."""
    words = words.strip().lower()
    match = _PARTS.match(words)
    if match:
        return _plain(match[1]) * _SCALES.get(match[2] or "", 1.0)
    found = list(_word_numbers(words))
    return found[0].low if len(found) == 1 else None


def _plain(digits: str) -> float:
    """1,500 and 1.500 and 1 500 are thousands; 1.5 and 1,5 are one and a half; 1.500,50 and 1,500.50 have cents."""
    compact = digits.replace(" ", "").replace("'", "")
    cents = _CENTS.search(compact)
    whole = compact[: cents.start()] if cents else compact
    fraction = cents[1] if cents else ""
    return float(_NO_COMMAS.sub("", whole) + (f".{fraction}" if fraction else ""))


@dataclass(slots=True)
class Amount:
    """A number or a range of them. first, last: where its digits or words stand; start, end: with "about", "up to", "+".

    high None: open. scaled: a k, a thousand or a lakh made it (the k of "5-10k" belongs to both). is_word: told in
    words. is_odd: part of something else, such as a version, a time of day, a date or a percentage.
    """

    start: int
    end: int
    first: int
    last: int
    low: float
    high: float | None
    scaled: float = 1.0
    is_word: bool = False
    is_odd: bool = False


_TOKEN = re.compile(rf"(?P<digits>{DIGITS})|(?P<word>[a-z]+)")
_DIGITS_ONLY = re.compile(rf"(?P<digits>{DIGITS})|(?P<word>(?!))")
_SCALE_AFTER = re.compile(
    r"\s?(?P<scale>k|m|mil|mio|mill|mn|million|grand|thousand|thou|lakhs?|lacs?|l|crores?|cr|bn|hundred|dozen)(?![a-z0-9'])"
)
_ODD_BEFORE = re.compile(r"[\w.:/#\\_=&]$|[a-z]-$|\dx$|\d-\d*-$|\d{2,}\)? $")
_GOOD_BEFORE = re.compile(r"(?:^|[\W\d])x$|[a-z]:$|\.\.\.$|…$|[a-z][.]$|=$|[a-z]/$")
_ODD_AFTER = re.compile(
    r"\s?%|\s?percent|\s?per cent|\s?o'?clock|\s?(?:am|pm)\b|(?:st|nd|rd|th)\b|[:/_\\.]\d|[a-z]|-[a-z]\d{3,}|-\d+-| \d{3,}|\s?out of\s?\d|\s?°|\s?x\s?\d"
)
_GOOD_AFTER = re.compile(
    r"(?:ish|x|pax|ppl|people|users?|seats?|usd|eur|euros?|gbp|inr|chf|quid|bucks|rs|kr|zl|zł|pm|pcm|pw|pa|pp|max|plus|or|of|and|to|reps?|devs?|staff|jpy|aud|cad|sek|nok|dkk|pln|czk|huf|d|w|wks?|months?|mths?|yrs?|days?|weeks?|mins?|hrs?|h|x|pcs|dollars?|pounds?)\b"
)


@lru_cache(maxsize=4)  # counts and money ask for the same text one after the other
def amounts_in(plain: str, *, has_words: bool = True) -> tuple[Amount, ...]:
    """Every amount in a lower-case text, in order, ranges joined and limits read. has_words: False if no number can be
    told in words.
    """
    found = _joined(plain, list(_numbers(plain, _TOKEN if has_words else _DIGITS_ONLY)))
    floor = 0
    for amount in found:
        _limit(plain, amount, floor)
        floor = amount.last
    return tuple(found)


def _numbers(plain: str, token: re.Pattern[str]) -> Iterator[Amount]:
    """Single numbers, in order: of digits and of words."""
    words: list[tuple[str, int, int]] = []
    until = 0
    for match in token.finditer(plain):
        word = match["word"]
        if word is not None:
            if word in _KNOWN and match.start() >= until:
                words.append((word, match.start(), match.end()))
                continue
            if not words:
                continue
        if words:
            yield from _from_words(plain, words)
            words = []
        if word is None and match.start() >= until:
            number = _digits(plain, match)
            until = number.last
            yield number
    if words:
        yield from _from_words(plain, words)


def _digits(plain: str, match: re.Match[str]) -> Amount:
    start, end = match.span()
    digits = match[0]
    value = _plain(digits)
    scale = _SCALE_AFTER.match(plain, end)
    scaled = 1.0
    if scale and not (scale["scale"] in ("m", "l") and scale.end() - end > 1):
        scaled, end = _SCALES[scale["scale"]], scale.end()
        second = _SCALE_AFTER.match(plain, end)
        if second and second["scale"] in _SCALE_WORDS and scaled < 1e6:  # "2 hundred thousand"
            scaled, end = scaled * _SCALES[second["scale"]], second.end()
    before = plain[max(0, start - 4) : start]
    is_odd = bool(_ODD_BEFORE.search(before)) and not _GOOD_BEFORE.search(before)
    is_odd = is_odd or bool(_ODD_AFTER.match(plain, end) and not _GOOD_AFTER.match(plain, end))
    is_odd = is_odd or (value <= 12 and plain[end : end + 3].lstrip()[:2] in ("am", "pm"))
    is_odd = is_odd or (len(digits) > 1 and digits[0] == "0" and digits[1] not in ".,")
    return Amount(start, end, start, end, value * scaled, value * scaled, scaled, is_odd=is_odd)


def _word_numbers(words: str) -> Iterator[Amount]:
    return _from_words(
        words, [(found[0], found.start(), found.end()) for found in re.finditer("[a-z]+", words)]
    )


def _from_words(plain: str, words: list[tuple[str, int, int]]) -> Iterator[Amount]:
    """The numbers among words that stand in a row; a hyphen or a blank joins them, anything else parts them."""
    index = 0
    while index < len(words):
        taken, value, scaled = _longest(plain, words, index)
        if taken:
            start, end = words[index][1], words[index + taken - 1][2]
            yield Amount(start, end, start, end, value, value, scaled, is_word=True)
        index += taken or 1


def _longest(plain: str, words: list[tuple[str, int, int]], index: int) -> tuple[int, float, float]:
    """How many words from `index` on make one number, its value and its scale: (0, 0, 1) when none does."""
    total = current = 0.0
    last, scaled, taken, factor, decimals = "", 1.0, 0, 1.0, 0
    at = index
    while at < len(words):
        word = _SPELLED.get(words[at][0], words[at][0])
        if at > index and plain[words[at - 1][2] : words[at][1]] not in (" ", "-", "  "):
            break
        if word == "half" and last == "":
            factor, last = 0.5, "half"
        elif word in ("a", "an") and last in ("", "half"):
            last = "a"
        elif word in _GROUPS and last in _BEFORE_GROUP:
            if word == "few" and last != "a":
                break
            current, last, taken = (current or 1.0) * _GROUPS[word], "group", at - index + 1
        elif word == "of" and last == "group":
            last = "of"
        elif word in _TENS and last in ("", "hundred", "and"):
            current, last, taken = current + _TENS[word], "ten", at - index + 1
        elif (
            word in _ONES
            and last in ("", "ten", "hundred", "and")
            and not (last == "ten" and _ONES[word] > 9)
        ):
            current, last, taken = current + _ONES[word], word, at - index + 1
        elif word in _FOREIGN and last == "":
            current, last, taken = _FOREIGN[word], "foreign", at - index + 1
        elif word in _TENS and last in _UNITS and taken == 1:  # "three fifty"
            current, last, taken = current * 100 + _TENS[word], "ten", at - index + 1
        elif word == "k" and at > index and taken == at - index and last not in ("hundred", "foreign"):
            total, current, last, scaled, taken = current * 1e3, 0.0, "hundred", scaled * 1e3, at - index + 1
        elif word == "point" and taken == at - index and 0 < current < 100:
            last, decimals = "point", 0
        elif word in _ONES and last in ("point", "decimal") and _ONES[word] < 10:
            decimals += 1
            current, last, taken = current + _ONES[word] / 10**decimals, "decimal", at - index + 1
        elif word in _SCALE_WORDS and last not in ("and", "point"):
            scale = _SCALES[word]
            if word in ("hundred", "hundo"):
                current, last = (current or 1.0) * 100.0, "hundred"
            else:
                total, current, last = total + (current or 1.0) * scale, 0.0, "hundred"
            scaled, taken = scaled * scale, at - index + 1
        elif word == "and" and last == "hundred":
            last = "and"
        else:
            break
        at += 1
    if taken and words[index + taken - 1][0] == "few":  # "a few" alone names no number
        return 0, 0.0, 1.0
    return taken, (total + current) * factor, scaled


_RANGE = re.compile(
    r"\s?(?:-|–|—|~|to|or|maybe|perhaps|possibly|until|till|through|bis|a|/)\s?(?:(?:maybe|around|about|say|perhaps|like|possibly) )?(?:us\$|[$£€₹¥])?\s?"
)
_BETWEEN = re.compile(r"\s?(?:and|&|to|-|–)\s?(?:us\$|[$£€₹¥])?\s?")
_BETWEEN_BEFORE = re.compile(
    r"(?:between|from|anywhere from|somewhere between|btw|betw)\s?(?:about |around )?(?:us\$|[$£€₹¥])?\s?$"
)
_MIN_BEFORE = re.compile(r"\b(?:min\.?|minimum|at least|more than|over|above) ?(?:[$£€₹])?$")
_MAX_BETWEEN = re.compile(
    r"\s?,?\s?(?:and |but |to )?(?:max\.?|maximum|at most|up to|no more than|less than|under|below)\s?(?:[$£€₹])?"
)
_SIGN_OR_WORD = re.compile(r"\s?(?:[$£€₹¥]|usd|eur|euros?|gbp|dollars?|pounds?|k)\s?")


def _joined(plain: str, numbers: list[Amount]) -> list[Amount]:
    """Neighbours that make a range put together; the scale of its end belongs to its beginning too."""
    found: list[Amount] = []
    for number in numbers:
        before = found[-1] if found else None
        if before and not number.is_odd and before.low == before.high and _is_range(plain, before, number):
            low, high = before.low, number.low
            if number.scaled > 1 and before.scaled == 1 and low < high and low * number.scaled <= high:
                low *= number.scaled
            if low > high and plain[before.last : number.first].strip() == "or":
                low, high = high, low
            if low <= high:
                before.end, before.last, before.low, before.high = number.end, number.last, low, high
                before.scaled, before.is_odd = max(before.scaled, number.scaled), False
                continue
        found.append(number)
    return found


def _is_range(plain: str, before: Amount, number: Amount) -> bool:
    between = plain[before.last : number.first]
    if _MIN_BEFORE.search(plain[max(0, before.first - 14) : before.first]) and _MAX_BETWEEN.fullmatch(
        between
    ):
        return True
    if len(between) > 18:
        return False
    sign = _SIGN_OR_WORD.match(between)
    if sign:
        between = between[sign.end() :] or " "
    if _BETWEEN.fullmatch(between) and _BETWEEN_BEFORE.search(
        plain[max(0, before.first - 24) : before.first]
    ):
        return True
    if not _RANGE.fullmatch(between) or between.strip() == "":
        return False
    stripped = between.strip()
    if stripped == "/":
        return False
    if 1990 <= number.low < 2100 and before.low < 100:
        return False  # a date
    return not (before.is_odd and stripped != "-") and (stripped != "a" or not before.is_word)


_ABOUT = r"(?:about|abt|around|approx\.?|approximately|roughly|some|circa|ca\.?|nearly|almost|close to|maybe|probably|prob|probs|like|say|just|only|c\.|~|≈|somewhere (?:around|near)|something like|in the region of|up around)"
_OVER = r"(?:well over|over|more than|above|at least|at the very least|north of|upwards? of|min\.?|minimum(?: of)?|starting (?:at|from)|no (?:less|fewer) than|not (?:less|fewer) than|>=?|≥)"
_UNDER = r"(?:well under|under|less than|fewer than|below|up to|upto|at most|max\.?|maximum(?: of)?|no more than|not more than|not over|not above|within|<=?|≤|cap(?:ped)? (?:it )?at|as high as|as much as|as many as|at the most|bis zu|(?:not|no) (?:a|one)? ?(?:single )?(?:penny|cent|dollar|dime|pound|quid|euro|rupee|one|person|soul) (?:more than|over|above)|(?:can't|cannot|cant|won't|wont|don't want to|dont want to|not going to|couldn't|wouldn't|not willing to|never) (?:go |pay |spend |exceed |do |want to (?:pay|spend) )?(?:more than|over|above|beyond|past|exceed)|no (?:higher|greater|bigger) than|not exceeding|nothing (?:over|above|more than|bigger than|higher than)|never (?:over|above|more than)|jusqu'?a|hasta|south of)"
_SIGN_BETWEEN = r"\s?(?:(?:us|au?|ca?|nz|s|hk|r|mx)?\$|[£€₹¥₦]|rs\.?|inr|usd|eur|gbp|chf|a|an)?\s?"
_BEFORE = re.compile(
    rf"(?:(?<=\W)|^)(?P<about>{_ABOUT}\s?)*(?:(?P<over>{_OVER})|(?P<under>{_UNDER}))?\s?(?:{_ABOUT}\s?)*{_SIGN_BETWEEN}$"
)
_AFTER = re.compile(
    r"(?P<over>\s?\+(?!\s?\d)(?!\s?(?:a|one|two|three|my|the)\b)|\s?plus(?=\s?(?:users|people|seats|of us|employees|staff|agents|$|[.,!?])|\W*$)|\s?(?:or|and) (?:more|above|up|over|upwards)\b|\s?(?:at least|minimum|min)\b(?!\s?\d))"
    r"|(?P<under>\s?(?:max(?:imum)?|tops|at most|at the most|or (?:less|fewer|under|below)|and under|upper limit)\b(?!\s?\d))|(?P<ish>\s?-?ish\b|[\s-]?(?:odd|something)\b|\s?or so\b|\s?or thereabouts\b|\s?give or take\b)"
)
_LONGEST_BEFORE = 44
_LONGEST_LEAD = 16  # characters: "approximately", a point and a blank


def _limit(plain: str, amount: Amount, floor: int) -> None:
    """Add to an amount what stands round it, from `floor` on: "about", "up to", "+", "max"."""
    head = plain[max(floor, amount.first - _LONGEST_BEFORE) : amount.first]
    before = _leading(head)
    if before:
        amount.start -= len(head) - before.start()
    after = _AFTER.match(plain, amount.last)
    if after:
        amount.end = after.end()
    if amount.high != amount.low:
        return
    if (before and before["over"]) or (after and after["over"]):
        amount.high = None
    elif ((before and before["under"]) or (after and after["under"])) and amount.low == amount.high:
        amount.low = 0.0


# The words a limit can begin with, last word first: the look before the pattern, which has to try every place.
_LEADS = re.compile(
    r"(?:[~<>≤≥≈$£€₹¥]|\b(?:about|abt|around|approx|approximately|roughly|some|circa|ca|nearly|almost|to|maybe|probably|prob|probs|like|say|just|only|c|near|of|over|than|above|least|min|minimum|at|from|under|below|upto|most|max|maximum|within|zu|hasta|as|inr|usd|eur|gbp|chf|rs|a|an)[.']?)\s?$"
)


def _leading(head: str) -> re.Match[str] | None:
    if not _LEADS.search(head[-_LONGEST_LEAD:]):
        return None
    found = _BEFORE.search(head)
    return found if found and found[0].strip() else None
