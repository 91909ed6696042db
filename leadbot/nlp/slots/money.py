"""Budgets and prices: "up to 5k a month" has no currency and is none; "$200-300/mo", "2 lakh rupees", "1.500 €" are."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from leadbot.model import SlotType, SlotValue
from leadbot.nlp.slots.numbers import NUMBER, value_of
from leadbot.nlp.text import Said

_SIGNS = {
    "$": "USD",
    "us$": "USD",
    "£": "GBP",
    "€": "EUR",
    "₹": "INR",
    "¥": "JPY",
    "₦": "NGN",
    "₩": "KRW",
    "₱": "PHP",
    "a$": "AUD",
    "au$": "AUD",
    "c$": "CAD",
    "ca$": "CAD",
    "nz$": "NZD",
    "s$": "SGD",
    "hk$": "HKD",
    "r$": "BRL",
    "mx$": "MXN",
    "rs": "INR",
    "rs.": "INR",
    "₺": "TRY",
    "₪": "ILS",
    "zł": "PLN",
    "₫": "VND",
    "฿": "THB",
}
_WORDS = {
    "dollar": "USD",
    "dollars": "USD",
    "buck": "USD",
    "bucks": "USD",
    "usd": "USD",
    "us dollars": "USD",
    "euro": "EUR",
    "euros": "EUR",
    "eur": "EUR",
    "eu": "EUR",
    "pound": "GBP",
    "pounds": "GBP",
    "quid": "GBP",
    "gbp": "GBP",
    "sterling": "GBP",
    "rupee": "INR",
    "rupees": "INR",
    "inr": "INR",
    "rs": "INR",
    "yen": "JPY",
    "jpy": "JPY",
    "aud": "AUD",
    "cad": "CAD",
    "nzd": "NZD",
    "sgd": "SGD",
    "chf": "CHF",
    "francs": "CHF",
    "reais": "BRL",
    "brl": "BRL",
    "pesos": "MXN",
    "mxn": "MXN",
    "naira": "NGN",
    "ngn": "NGN",
    "zar": "ZAR",
    "rand": "ZAR",
    "sek": "SEK",
    "nok": "NOK",
    "dkk": "DKK",
    "pln": "PLN",
    "zloty": "PLN",
    "kes": "KES",
    "ksh": "KES",
    "aed": "AED",
    "dirhams": "AED",
    "canadian dollars": "CAD",
    "aussie dollars": "AUD",
    "australian dollars": "AUD",
}

_SIGN = r"(?:(?:us|au?|ca?|nz|s|hk|r|mx)?\$|[£€₹¥₦₩₱₺₪₫฿]|\brs\.?(?=\s?\d)|zł)"
_WORD = r"(?:(?:us |canadian |aussie |australian )?dollars?|bucks?|usd|euros?|eur|pounds?(?! (?:of|in weight|heavier|lighter))|quid|gbp|sterling|rupees?|inr|rs|yen|jpy|aud|cad|nzd|sgd|chf|francs|reais|brl|pesos|mxn|naira|ngn|zar|rand|sek|nok|dkk|pln|zloty|kes|ksh|aed|dirhams)"
_PER = (
    r"(?:\s?(?:/|per|a|an|each|every|p\.?)\s?(?P<seat>(?:seat|user|head|person|agent|licen[cs]e|employee|pp)\b)?\s?(?:(?:/|per|a)\s?)?(?P<per>months?|mo\b|mth|m\b|years?|yr|annum|weeks?|wk|quarter)\b"
    r"|\s?(?P<ly>monthly|yearly|annually|weekly|pcm|pa\b|p\.a\.|pm\b|one[- ]off|once|one[- ]time|in total|total|upfront|flat))?"
)
_PER_OF = {
    "mo": "month",
    "mth": "month",
    "m": "month",
    "month": "month",
    "months": "month",
    "monthly": "month",
    "pcm": "month",
    "pm": "month",
    "year": "year",
    "years": "year",
    "yr": "year",
    "annum": "year",
    "yearly": "year",
    "annually": "year",
    "pa": "year",
    "p.a.": "year",
    "week": "week",
    "weeks": "week",
    "wk": "week",
    "weekly": "week",
}
_LIMIT = r"(?:(?P<under>(?:up to|under|less than|below|at most|max(?:imum)?(?: of)?|no more than|not more than|within|<)\s?)|(?P<over>(?:over|more than|above|at least|min(?:imum)?(?: of)?|north of|from|starting at|>)\s?)|(?:about|around|approx\.?|approximately|roughly|circa|ca\.?|~|like|maybe|say)\s?)?"
_N = rf"(?<![\w.,])(?P<low>{NUMBER})"
_MONEY = re.compile(
    rf"{_LIMIT}(?P<sign>{_SIGN})?\s?(?P<low>(?<![\d.,]){NUMBER})(?P<plus>\+)?\s?(?P<sign2>{_SIGN}(?!\s?\d))?(?:\s?(?P<word>{_WORD})\b)?"
    rf"(?:\s?(?:-|–|—|to|and|or)\s?(?P<sign3>{_SIGN})?\s?(?P<high>{NUMBER})\s?(?P<sign4>{_SIGN}(?!\s?\d))?(?:\s?(?P<word2>{_WORD})\b)?)?(?P<max>\s?(?:max|tops|at most|or less)\b)?{_PER}"
)
_GLUED = re.compile(r"\d(?:usd|eur|gbp|inr|chf|rs|quid)\b|\brs\.?\d")
_ANY_SIGN = re.compile("[$£€₹¥₦₩₱₺₪₫฿ł]")
_MOST = 1e12
_SCALED = re.compile(r"(?:k|m|grand|thousand|lakhs?|million)$")


def money_in(said: Said) -> list[SlotValue]:
    """Every amount of money with a sign or word of currency."""
    plain = said.plain
    if (
        not _ANY_SIGN.search(plain)
        and said.vocabulary.isdisjoint(_WORDS)
        and not (said.has_digit and _GLUED.search(plain))
    ):
        return []
    return [value for match in _MONEY.finditer(plain) if (value := _value(said, match)) is not None]


def _value(said: Said, match: re.Match[str]) -> SlotValue | None:
    currency = _currency(match)
    low = value_of(match["low"])
    if currency is None or low is None or low > _MOST:
        return None
    high: float | None = low
    if match["high"]:
        high = value_of(match["high"])
        if high is not None and high > low:
            low = _same_scale(match["low"], match["high"], low, high)
    if match["under"] or match["max"]:
        low, high = 0.0, high
    elif match["over"] or match["plus"]:
        high = None if not match["high"] else high
    if high is not None and high < low:
        return None
    start, end = match.start(), match.end()
    while end > start and said.plain[end - 1] in " \n":
        end -= 1
    while start < end and said.plain[start] in " \n":
        start += 1
    return SlotValue(
        SlotType.MONEY,
        said.text[start:end],
        start,
        end,
        volunteered=True,
        low=low,
        high=high,
        currency=currency,
        per=_per(match),
    )


def _currency(match: re.Match[str]) -> str | None:
    for name in ("sign", "sign2", "sign3", "sign4"):
        if match[name]:
            return _SIGNS.get(match[name].strip())
    for name in ("word", "word2"):
        if match[name]:
            return _WORDS.get(match[name])
    return None


def _same_scale(low_words: str, high_words: str, low: float, high: float) -> float:
    """The k of "5-10k" belongs to both."""
    scale = _SCALED.search(high_words.strip())
    if scale and not _SCALED.search(low_words.strip()) and low < 1000:
        scaled = value_of(f"{low_words.strip()}{scale[0]}")
        return scaled if scaled is not None and scaled <= high else low
    return low


def _per(match: re.Match[str]) -> str | None:
    words = match["per"] or match["ly"]
    if not words:
        return None
    return _PER_OF.get(words.strip(), "once" if match["ly"] else None)
