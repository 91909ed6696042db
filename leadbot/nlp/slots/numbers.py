"""Numbers as people type them: digits with k, m and lakh, number words, "a dozen"."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = {
    word: (i + 2) * 10
    for i, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
_WORDS: dict[str, float] = {word: float(i) for i, word in enumerate(_SMALL)} | {
    word: float(n) for word, n in _TENS.items()
}
_WORDS |= {
    "a couple": 2,
    "couple": 2,
    "a couple of": 2,
    "couple of": 2,
    "a dozen": 12,
    "dozen": 12,
    "two dozen": 24,
    "half a dozen": 6,
    "a pair": 2,
}
_WORDS |= {
    "a hundred": 100,
    "hundred": 100,
    "a thousand": 1000,
    "thousand": 1000,
    "fourty": 40,
    "a half dozen": 6,
}
_SCALES = {
    "k": 1e3,
    "grand": 1e3,
    "thousand": 1e3,
    "thou": 1e3,
    "m": 1e6,
    "mil": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "mn": 1e6,
    "lakh": 1e5,
    "lakhs": 1e5,
    "lac": 1e5,
    "lacs": 1e5,
    "crore": 1e7,
    "crores": 1e7,
    "cr": 1e7,
    "hundred": 100.0,
    "bn": 1e9,
    "b": 1e9,
}

_TEN = "|".join(_TENS)
_UNIT = "|".join(_SMALL[1:10])
WORD_NUMBER = (
    rf"(?:(?:{_TEN})(?:[ -](?:{_UNIT}))?|{'|'.join(sorted(_SMALL[1:], key=len, reverse=True))}|fourty|half a dozen|a half dozen|two dozen|a dozen|dozen|a couple(?: of)?"
    r"|couple(?: of)?|a pair)"
)
_ROUND_WORDS = rf"(?:(?:{WORD_NUMBER} |a )?(?:hundred|thousand)(?: and (?:{WORD_NUMBER}))?)"
DIGITS = r"(?:\d{1,3}(?:[,.' ]\d{3})+(?![\d])(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?)"
SCALE = (
    r"(?:\s?(?:k|m|mil|mio|mn|million|grand|thousand|thou|lakhs?|lacs?|crores?|cr|bn|hundred)(?![a-z0-9]))"
)
NUMBER = rf"(?:{DIGITS}{SCALE}?|\b{_ROUND_WORDS}\b|\b{WORD_NUMBER}\b)"

# A post without any of these holds no number: the cheap look before the dear one.
NUMBER_WORDS = frozenset(
    [
        *_SMALL,
        *_TENS,
        "couple",
        "dozen",
        "hundred",
        "thousand",
        "pair",
        "fourty",
    ]
)

_PARTS = re.compile(rf"^({DIGITS})\s?([a-z]+)?$")


def value_of(words: str) -> float | None:
    """The number that a match of NUMBER means, or None when it means none."""
    words = words.strip().lower()
    match = _PARTS.match(words)
    if match:
        return _plain(match[1]) * _SCALES.get(match[2] or "", 1.0)
    return _from_words(words)


def _plain(digits: str) -> float:
    """1,500 and 1.500 and 1 500 are thousands; 1.5 and 1,5 are one and a half; 1.500,50 and 1,500.50 have cents."""
    compact = digits.replace(" ", "").replace("'", "")
    cents = re.search(r"[.,](\d{1,2})$", compact)
    whole = compact[: cents.start()] if cents else compact
    fraction = cents[1] if cents else ""
    return float(re.sub(r"[.,]", "", whole) + (f".{fraction}" if fraction else ""))


def _from_words(words: str) -> float | None:
    if words in _WORDS:
        return _WORDS[words]
    total = 0.0
    for word in words.replace("-", " ").replace(" and ", " ").split():
        if word in ("hundred", "thousand"):
            total = (total or 1.0) * _SCALES[word]
        elif word in _WORDS:
            total += _WORDS[word]
        elif word != "a":
            return None
    return total or None
