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
            "january jan januar janurary janary",
            "february feb februar febuary feburary febr",
            "march mar märz marz maerz",
            "april apr apirl avril abril",
            "may mai",
            "june jun juni juin",
            "july jul juli juillet",
            "august aug agust",
            "september sep sept septmber septembre",
            "october oct oktober okt ocotber",
            "november nov novemeber",
            "december dec dezember dez decemeber",
        )
    )
    for name in names.split()
}
SHORT_WEEKDAYS = {
    "mon": 0,
    "tue": 1,
    "tues": 1,
    "wed": 2,
    "weds": 2,
    "thu": 3,
    "thur": 3,
    "thurs": 3,
    "fri": 4,
    "sat": 5,
    "sun": 6,
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
    if lead in ("by", "until", "till", "due", "no later than", "latest", "at the latest"):
        return today, max(today, first if (last - first).days > 0 else last)
    if lead in ("before", "b4", "ahead of", "prior to", "this side of"):
        return today, max(today, first - timedelta(days=1))
    if lead in ("after", "from", "not before", "starting", "not until", "once"):
        return (first if lead not in ("after", "once") else last + timedelta(days=1)), None
    third = (last - first).days // 3
    if lead in ("early", "start of", "beginning of", "early in", "first thing in"):
        last = first + timedelta(days=third)
    elif lead in (
        "late",
        "end of",
        "by end of",
        "by the end of",
        "before end of",
        "before the end of",
        "towards the end of",
        "late in",
    ):
        first = last - timedelta(days=third)
    elif lead in ("mid", "middle of"):
        first, last = first + timedelta(days=third), last - timedelta(days=third)
    return max(first, today), max(last, today)


def named_month(match: re.Match[str], today: date) -> Days | None:
    """“in January”, "by March 3rd", "10 Feb 2027"."""
    month = MONTHS[match["month"]]
    written = match["year"] or match["year2"]
    year = (
        int(written) + (2000 if len(written) == 2 else 0) if written else today.year + (month < today.month)
    )
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


_NUMBERED = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "last": 4,
    "final": 4,
}


def quarter(match: re.Match[str], today: date) -> Days | None:
    """“Q1”, "q3 2027", "the second quarter"."""
    quarter = int(match["quarter"]) if match["quarter"].isdigit() else _NUMBERED[match["quarter"]]
    year = _year_of(match["year"], today) or today.year + (quarter < (today.month + 2) // 3)
    return _led(_months(year, quarter * 3 - 2, quarter * 3), match["lead"], today)


def half(match: re.Match[str], today: date) -> Days | None:
    """“H2”, "the second half of the year"."""
    half = int(match["half"]) if match["half"].isdigit() else min(2, _NUMBERED[match["half"]])
    year = _year_of(match["year"], today) or today.year + (half == 1 and today.month > 6)
    return _led(_months(year, half * 6 - 5, half * 6), match["lead"], today)


def _year_of(words: str | None, today: date) -> int | None:
    if not words:
        return None
    if words.endswith("year"):
        return today.year + words.startswith("next")
    return int(words) + (2000 if len(words) == 2 else 0)


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
    ahead = 1 if which.endswith(("next", "nxt")) or "coming" in which or "following" in which else 0
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
    part = match["part"]
    if "end" in which or (part or "").startswith(("end", "by the end")):
        part = "late"
    elif "start" in which or "beginning" in which:
        part = "early"
    return _led(days, part, today)


def before_end(match: re.Match[str], today: date) -> Days | None:
    """“before the year is out”."""
    size = {"month": 1, "quarter": 3, "year": 12}[match["unit"]]
    return today, _end_of_month(today.year, ((today.month - 1) // size + 1) * size)


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


_VAGUE = {
    "a few": 3.0,
    "few": 3.0,
    "several": 4.0,
    "a": 1.0,
    "an": 1.0,
    "another": 1.0,
    "the": 1.0,
    "a couple": 2.0,
    "a couple of": 2.0,
    "couple": 2.0,
    "couple of": 2.0,
    "half a": 0.5,
}


def distance(match: re.Match[str], today: date) -> Days | None:
    """in/within N days, fortnights, weeks, months, years."""
    words = match["n"].strip()
    number = _VAGUE.get(words) or value_of(words)
    if number is None or number > 400:
        return None
    unit = match["unit"]
    each = {"d": 1.0, "w": 7.0, "f": 14.0, "s": 14.0, "m": 30.44, "q": 91.0, "y": 365.25, "h": 0.0}[unit[0]]
    days = number * (0.0 if unit.startswith("min") else each)
    high = value_of(match["n2"]) if match["n2"] else None
    last = days * (high / number) if high and high > number else days
    if last > 36_500:
        return None
    until = today + timedelta(days=round(last))
    if match["how"].startswith(
        ("within", "over the next", "in the next", "less", "next", "the next", "inside")
    ):
        return today, until
    return today + timedelta(days=round(days)), until


def from_weekday(match: re.Match[str], today: date) -> Days | None:
    """“2 weeks from Monday”."""
    number = _VAGUE.get(match["n"].strip()) or value_of(match["n"])
    if number is None or number > 60:
        return None
    name = match["weekday"]
    on = WEEKDAYS[name] if name in WEEKDAYS else SHORT_WEEKDAYS[name]
    begins = today + timedelta(days=(on - today.weekday()) % 7 or 7)
    each = {"w": 7.0, "f": 14.0, "m": 30.44}[match["unit"][0]]
    day = begins + timedelta(days=round(number * each))
    return day, day


def weekday(match: re.Match[str], today: date) -> Days | None:
    """“by Friday”, "next Friday" (of next week), "Thursday week", "a week on Tuesday"."""
    name = match["weekday"]
    number = WEEKDAYS[name] if name in WEEKDAYS else SHORT_WEEKDAYS[name]
    ahead = (number - today.weekday()) % 7 or 7
    if match["week"] or match["aweek"] or match["aweek2"]:
        ahead += 7
    elif match["next"] or match["next2"] or match["nextweek"]:
        ahead = 7 - today.weekday() + number
    on = today + timedelta(days=ahead)
    return (today, on) if match["lead"] in ("by", "before", "until", "till", "b4") else (on, on)


def iso_day(match: re.Match[str], today: date) -> Days | None:
    """“2027-03-01”."""
    return _single_day(int(match["year"]), int(match["m"]), int(match["d"]), match["lead"], today)


def holiday(match: re.Match[str], today: date) -> Days | None:
    """“before Christmas”, "after Easter", "by Thanksgiving"."""
    what = match["what"]
    for year in (today.year, today.year + 1):
        days = _holiday_in(what, year)
        if days[1] is not None and days[1] >= today:
            return _led(days, match["lead"], today)
    return None


def _holiday_in(what: str, year: int) -> Days:
    if what.startswith(("new", "ny", "turn")):
        return date(year, 1, 1), date(year, 1, 31)
    if what.startswith("easter"):
        sunday = easter(year)
        return sunday - timedelta(days=2), sunday + timedelta(days=1)
    if what.startswith(("thanks", "black", "cyber")):
        november = date(year, 11, 1)
        thursday = november + timedelta(days=(3 - november.weekday()) % 7 + 21)
        on = thursday + timedelta(
            days=0 if what.startswith("thanks") else 1 if what.startswith("black") else 4
        )
        return on, on
    if what.startswith("halloween"):
        return date(year, 10, 31), date(year, 10, 31)
    if what.startswith("valentine"):
        return date(year, 2, 14), date(year, 2, 14)
    if what.endswith("holidays"):
        return date(year, 12, 24), date(year, 12, 31)
    return date(year, 12, 24), date(year, 12, 26)


def easter(year: int) -> date:
    """Easter Sunday, by Gauss and Meeus (Gregorian)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    m = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def today(match: re.Match[str], today: date) -> Days:
    """“now”, "asap", "tomorrow"."""
    return today, today + timedelta(days=1 if match[0].startswith(("tom", "tmr", "2mo")) else 0)


def written_day(match: re.Match[str], today: date) -> Days | None:
    """“15/03”, "3/15/27", "15.3.": day first, but where only the other way makes a day."""
    first, second = int(match["a"]), int(match["b"])
    is_month_first = second > 12 or (match["us"] is not None and first <= 12)
    day, month = (second, first) if is_month_first else (first, second)
    if (first, second) == (24, 7) or not 1 <= month <= 12:
        return None
    year = int(match["year"]) if match["year"] else today.year
    year += 2000 if year < 100 else 0
    is_bare_point = match["sep"] == "." and not match["year"] and not match["lead"] and len(match["b"]) < 2
    if is_bare_point and not match[0].endswith("."):
        return None
    if not match["year"] and (month, day) < (today.month, today.day):
        year += 1
    return _single_day(year, month, day, match["lead"], today)


def after_next(match: re.Match[str], today: date) -> Days | None:
    """“the week after next”."""
    unit_ = match["unit"]
    if unit_ == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(days=14)
        return monday, monday + timedelta(days=6)
    size = {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit_]
    first = (today.month - 1) // size * size + 1 + 2 * size
    return _months(today.year, first, first + size - 1)


def fiscal_year(match: re.Match[str], today: date) -> Days | None:
    """“FY27”: the calendar year of that number, for where a brand's own begins is not known here."""
    number = match["fy"]
    year = int(number) + (2000 if len(number) == 2 else 0) if number else today.year + 1
    return _led(_months(year, 1, 12), match["lead"], today) if today.year <= year <= today.year + 10 else None


def weekend(match: re.Match[str], today: date) -> Days | None:
    """“before the weekend”, "this weekend"."""
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    return _led((saturday, saturday + timedelta(days=1)), match["lead"], today)


def mid_year(match: re.Match[str], today: date) -> Days | None:
    """“mid-year”: the end of June."""
    year = today.year + ("next" in match["what"] or today.month > 6)
    return date(year, 6, 15), date(year, 6, 30)


def end_of_week(match: re.Match[str], today: date) -> Days | None:
    """“EOW”: until Friday, or Sunday when that is past."""
    return today, today + timedelta(
        days=(4 - today.weekday()) if today.weekday() <= 4 else 6 - today.weekday()
    )


def coming(match: re.Match[str], today: date) -> Days | None:
    """“in the coming weeks”: within three of them."""
    days_ = {"d": 3, "w": 21, "m": 91}[match["unit"][0]]
    return today, today + timedelta(days=days_)


def day_of_month(match: re.Match[str], today: date) -> Days | None:
    """“by the 15th”: of this month, or of the next when that is past."""
    day = int(match["day"])
    ahead = today.month + (day < today.day or (day == today.day and match["lead"] == "after"))
    return _single_day(today.year + (ahead > 12), (ahead - 1) % 12 + 1, day, match["lead"], today)
