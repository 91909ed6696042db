"""What a phrase of time means in days: from the match of its pattern and the day of the post to (first,
last).

last None = open. Groups that patterns share: ``lead`` (by, before, after, early, …) and ``year``. A phrase
that makes no day, such as the 30th of February, gives None.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from leadbot.nlp.slots.numbers import value_of

Days = tuple[date, date | None]

MONTHS = {
    name: i + 1
    for i, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        )
    )
    for name in names.split()
}
SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}
WEEKDAYS = {
    name: i
    for i, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
}


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _months(year: int, first: int, last: int) -> Days:
    """From the first of month `first` to the end of month `last`; months above 12 run into the next year."""
    return (
        date(year + (first - 1) // 12, (first - 1) % 12 + 1, 1),
        _end_of_month(year + (last - 1) // 12, (last - 1) % 12 + 1),
    )


def _led(days: Days, lead: str | None, today: date) -> Days | None:
    """What a word in front makes of a span: by, before, after, early, mid, late, end of."""
    first, last = days
    if last is None:
        return days
    if last < today:
        return None
    if lead == "since":
        return None
    if lead in ("by", "until", "till", "due"):
        return today, max(today, first if (last - first).days > 0 else last)
    if lead == "before":
        return today, max(today, first - timedelta(days=1))
    if lead in ("after", "from", "not before", "starting"):
        return (first if lead != "after" else last + timedelta(days=1)), None
    third = (last - first).days // 3
    if lead in ("early", "start of", "beginning of"):
        last = first + timedelta(days=third)
    elif lead in ("late", "end of"):
        first = last - timedelta(days=third)
    elif lead == "mid":
        first, last = first + timedelta(days=third), last - timedelta(days=third)
    return max(first, today), max(last, today)


def named_month(match: re.Match[str], today: date) -> Days | None:
    """“in January”, "by March 3rd", "10 Feb 2027"."""
    month = MONTHS[match["month"]]
    year = int(match["year"]) if match["year"] else today.year + (month < today.month)
    day = match["day"] or match["day2"]
    if day:
        return _single_day(year, month, int(day), match["lead"], today)
    return _led(_months(year, month, month), match["lead"], today)


def _single_day(year: int, month: int, day: int, lead: str | None, today: date) -> Days | None:
    try:
        said_on = date(year, month, day)
    except ValueError:
        return None
    return _led((said_on, said_on), lead, today)


def quarter(match: re.Match[str], today: date) -> Days | None:
    """“Q1”, "q3 2027"."""
    quarter = int(match["quarter"])
    year = int(match["year"]) if match["year"] else today.year + (quarter < (today.month + 2) // 3)
    return _led(_months(year, quarter * 3 - 2, quarter * 3), match["lead"], today)


def half(match: re.Match[str], today: date) -> Days | None:
    """“H2”."""
    half = int(match["half"])
    year = int(match["year"]) if match["year"] else today.year + (half == 1 and today.month > 6)
    return _led(_months(year, half * 6 - 5, half * 6), match["lead"], today)


def season(match: re.Match[str], today: date) -> Days | None:
    """“next summer”."""
    first, last = SEASONS[match["season"]]
    last += 12 * (last < first)
    days = _months(today.year, first, last)
    if days[1] is not None and (days[1] < today or (match["lead"] == "next" and days[0] <= today)):
        days = _months(today.year + 1, first, last)
    return _led(days, match["lead"], today)


def unit(match: re.Match[str], today: date) -> Days | None:
    """this/next/end of week, month, quarter, half, year."""
    which, unit = match["which"], match["unit"]
    ahead = 1 if "next" in which or "coming" in which or "following" in which else 0
    if unit.startswith("week"):
        monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * ahead)
        first = monday + timedelta(days=5) if unit == "weekend" else monday
        days: Days = (first, monday + timedelta(days=6))
    elif unit == "month":
        days = _months(today.year, today.month + ahead, today.month + ahead)
    elif unit in ("quarter", "half"):
        size = 3 if unit == "quarter" else 6
        first_month = (today.month - 1) // size * size + 1 + size * ahead
        days = _months(today.year, first_month, first_month + size - 1)
    else:
        days = _months(today.year + ahead, 1, 12)
    is_end = "end" in which or (match["part"] or "").startswith("end")
    return _led(days, "late" if is_end else match["part"], today)


def period_end(match: re.Match[str], today: date) -> Days | None:
    """eoy, eoq, eom, "year end": until then."""
    size = {"y": 12, "q": 3, "m": 1}[
        match["what"][-1] if match["what"].startswith("eo") else match["what"][0]
    ]
    last_month = ((today.month - 1) // size + 1) * size
    return today, _end_of_month(today.year, last_month)


def whole_year(match: re.Match[str], today: date) -> Days | None:
    """“in 2027”, up to ten years ahead."""
    year = int(match["year"])
    return _led(_months(year, 1, 12), match["lead"], today) if today.year <= year <= today.year + 10 else None


def distance(match: re.Match[str], today: date) -> Days | None:
    """in/within N days, weeks, months, years."""
    words = match["n"]
    number = {
        "a few": 3.0,
        "few": 3.0,
        "several": 4.0,
        "a": 1.0,
        "an": 1.0,
        "the next": 1.0,
        "a couple": 2.0,
        "a couple of": 2.0,
    }.get(words) or value_of(words)
    if number is None or number > 400:
        return None
    unit = match["unit"]
    days = number * (7 if unit[0] == "w" else 30.44 if unit[0] == "m" else 365.25 if unit[0] == "y" else 1)
    high = value_of(match["n2"]) if match["n2"] else None
    last = days * (high / number) if high and high > number else days
    if last > 36_500:
        return None
    until = today + timedelta(days=round(last))
    if match["how"].startswith(("within", "over the next", "in the next", "less", "next")):
        return today, until
    return today + timedelta(days=round(days)), until


def weekday(match: re.Match[str], today: date) -> Days | None:
    """“by Friday”."""
    ahead = (WEEKDAYS[match["weekday"]] - today.weekday()) % 7 or 7
    on = today + timedelta(days=ahead)
    return (today, on) if match["lead"] in ("by", "before", "until", "till") else (on, on)


def iso_day(match: re.Match[str], today: date) -> Days | None:
    """“2027-03-01”."""
    return _single_day(int(match["year"]), int(match["m"]), int(match["d"]), match["lead"], today)


def holiday(match: re.Match[str], today: date) -> Days | None:
    """“before Christmas”."""
    days: Days = (date(today.year, 12, 24), date(today.year, 12, 26))
    if match["what"].startswith("new"):
        days = (date(today.year + 1, 1, 1), date(today.year + 1, 1, 31))
    return _led(days, match["lead"], today)


def today(match: re.Match[str], today: date) -> Days:
    """“now”, "asap", "tomorrow"."""
    return today, today + timedelta(days=1 if "tomorrow" in match[0] else 0)


def day_of_month(match: re.Match[str], today: date) -> Days | None:
    """“by the 15th”: of this month, or of the next when that is past."""
    day = int(match["day"])
    ahead = today.month + (day < today.day)
    return _single_day(today.year + (ahead > 12), (ahead - 1) % 12 + 1, day, match["lead"], today)
