"""When somebody plans to act: dates, months, quarters, "asap", "just looking"; as a span of days and a bucket.

"Today" is the day of the post in the brand's zone. The bucket is the narrowest of now (today and the next 7 days),
this_month, this_quarter, this_half, this_year and later that holds the first day said.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from leadbot.model import Bucket, SlotType, SlotValue
from leadbot.nlp.slots.numbers import NUMBER, value_of
from leadbot.nlp.text import Said

Days = tuple[date, date | None]

NOW_DAYS = 7  # "in a few days" is now; "next week" is, too, unless it begins later

_MONTHS = {
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
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}
_WEEKDAYS = {
    name: i for i, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
}
_TRIGGERS = frozenset(
    [
        *_MONTHS,
        *_SEASONS,
        *_WEEKDAYS,
        *(f"q{i}" for i in range(1, 5)),
        *(f"h{i}" for i in (1, 2)),
        *(str(y) for y in range(2020, 2041)),
        *["now", "asap", "soon", "immediately", "today", "tonight", "tomorrow", "week", "weeks", "weekend", "month", "months", "quarter", "quarters", "year", "years", "day", "days", "looking", "browsing", "curious", "exploring", "researching", "researching", "plans", "plan", "rush", "hurry", "urgent", "urgently", "urgency", "later", "someday", "eventually", "half", "christmas", "xmas", "eoy", "eom", "eoq", "away", "straight", "yesterday", "end", "soonest", "ready", "window", "comparing", "shopping", "yr", "yrs", "mid", "ny", "soonish", "unsure"],
    ]
)
_MONTH = (
    "|".join(sorted((m for m in _MONTHS if m not in ("may", "mar", "march")), key=len, reverse=True))
    + "|may|march|mar"
)
_LEAD = r"(?P<lead>by|before|until|till|in|from|after|for|around|starting|early|mid|late|start of|beginning of|end of|during|next|this|since|not before|sometime in|due)"

_SAME_DAY = r"\b(?:right now|right away|straight away|immediately|a\.?s\.?a\.?p\.?|as soon as (?:possible|we can|i can)|urgent(?:ly)?|today|tonight|tomorrow|this minute|for now|yesterday if possible|ready to (?:go|start|buy|sign|move)|pretty soon|very soon|soonest|no time to lose|in a hurry|soonish|any day now|within days|in the next (?:few|couple of) days|in a (?:few|couple(?: of)?) days)\b"
_NONE = (
    r"\b(?:just|only|simply|mostly|merely) (?:looking|browsing|curious|exploring|researching|window shopping|checking|asking|wondering|having a look|shopping around|comparing|nosy|nosing)(?! (?:for|to|at|forward|into)\b)(?: around| about| it out)?\b"
    r"|\b(?:no|not in a|not in any|in no|no real|no big|no great|no particular) (?:rush|hurry|plans?|timeline|time ?frame|urgency|fixed date|deadline)(?! to)\b|\bno idea when\b|\bnot (?:any ?time soon|yet|right now|ready)\b|\bwindow shopping\b|\bjust (?:a )?curious\b"
    r"|\bsome ?day\b|\bone day,? maybe\b|\bnot planning\b|\bno concrete plans?\b"
)
_LATER = r"\b(?:later on|much later|down the (?:line|road)|eventually|in the (?:distant )?future|at some point|not this year|in (?:a few|some|couple of) years)\b"
_PLAN = re.compile(
    r"\b(?:need|want|start|starting|buy|buying|switch|switching|move|moving|launch|launching|live|decide|decision|roll|rollout|sign|begin|plan|planning|looking to|hoping|aim|aiming|implement|onboard|ready|go|hiring|opening|budget|renew|renewal|expires|purchase|order|set up|setup|deadline|in place|sorted|would like|up and running)\b"
)


def timeframes_in(said: Said, today: date) -> list[SlotValue]:
    """Every time said, each with its days and its bucket."""
    if said.vocabulary.isdisjoint(_TRIGGERS) and not _ODD_SPELLING.search(said.plain):
        return []
    found: list[SlotValue] = []
    for pattern, days_of in _PATTERNS:
        for match in pattern.finditer(said.plain):
            if any(value.start < match.end() and match.start() < value.end for value in found):
                continue
            value = _value(said, match, days_of(match, today), today)
            if value:
                found.append(value)
    return sorted(found, key=lambda value: value.start)


_ODD_SPELLING = re.compile(
    r"a\.s\.a\.p|\bq[1-4]\b|\bh[12]\b|\d{1,2}[/.]\d{1,2}|\d{4}-\d\d|\d(?:st|nd|rd|th)\b|\bend of\b|\d\s?(?:days?|weeks?|wks?|months?|mths?|years?|yrs?)\b"
)


def bucket_of(first: date, today: date) -> Bucket:
    """The narrowest bucket that holds `first`, seen from `today`."""
    if first <= today + timedelta(days=NOW_DAYS):
        return Bucket.NOW
    if first.year != today.year:
        return Bucket.LATER
    if first.month == today.month:
        return Bucket.THIS_MONTH
    if (first.month - 1) // 3 == (today.month - 1) // 3:
        return Bucket.THIS_QUARTER
    return Bucket.THIS_HALF if (first.month > 6) == (today.month > 6) else Bucket.THIS_YEAR


def _value(said: Said, match: re.Match[str], days: Days | Bucket | None, today: date) -> SlotValue | None:
    if days is None:
        return None
    words = said.text[match.start() : match.end()]
    volunteered = _is_plan(said, match)
    if isinstance(days, Bucket):
        return SlotValue(
            SlotType.TIMEFRAME, words, match.start(), match.end(), volunteered=volunteered, bucket=days
        )
    first, last = days
    return SlotValue(
        SlotType.TIMEFRAME, words, match.start(), match.end(), volunteered=volunteered,
        bucket=_bucket(match, first, last, today), from_on=first, to_on=last,
    )  # fmt: skip


def _bucket(match: re.Match[str], first: date, last: date | None, today: date) -> Bucket:
    """Whole spans ("this month", "Q1", "by March") go by the span said; days by the first day."""
    if last is not None and first <= today < last:
        return _span_bucket(last, today)
    return bucket_of(first, today)


def _span_bucket(last: date, today: date) -> Bucket:
    """A span that has begun ("this quarter", "by March"): the narrowest bucket that holds its end."""
    return bucket_of(last, today)


def _is_plan(said: Said, match: re.Match[str]) -> bool:
    """Clearly a plan of theirs: the answer is all of a short text, or a word of planning stands near."""
    near = said.plain[max(0, match.start() - 45) : match.end() + 30]
    return bool(_PLAN.search(near)) and not re.search(
        r"\b(?:since|last|ago|ordered|booked|arrived|was|were|been|still|yesterday)\b", near
    )


# ------------------------------------------------------------------ readings of the patterns


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


def _named_month(match: re.Match[str], today: date) -> Days | None:
    month = _MONTHS[match["month"]]
    if match["year"]:
        year = int(match["year"])
    else:
        year = today.year + (month < today.month)
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


def _quarter(match: re.Match[str], today: date) -> Days | None:
    quarter = int(match["quarter"])
    year = int(match["year"]) if match["year"] else today.year + (quarter < (today.month + 2) // 3)
    return _led(_months(year, quarter * 3 - 2, quarter * 3), match["lead"], today)


def _half(match: re.Match[str], today: date) -> Days | None:
    half = int(match["half"])
    year = int(match["year"]) if match["year"] else today.year + (half == 1 and today.month > 6)
    return _led(_months(year, half * 6 - 5, half * 6), match["lead"], today)


def _season(match: re.Match[str], today: date) -> Days | None:
    first, last = _SEASONS[match["season"]]
    last += 12 * (last < first)
    days = _months(today.year, first, last)
    if days[1] is not None and (days[1] < today or (match["lead"] == "next" and days[0] <= today)):
        days = _months(today.year + 1, first, last)
    return _led(days, match["lead"], today)


def _unit(match: re.Match[str], today: date) -> Days | None:
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


def _period_end(match: re.Match[str], today: date) -> Days | None:
    """eoy, eoq, eom, "year end": until then."""
    size = {"y": 12, "q": 3, "m": 1}[
        match["what"][-1] if match["what"].startswith("eo") else match["what"][0]
    ]
    last_month = ((today.month - 1) // size + 1) * size
    return today, _end_of_month(today.year, last_month)


def _whole_year(match: re.Match[str], today: date) -> Days | None:
    year = int(match["year"])
    return _led(_months(year, 1, 12), match["lead"], today) if today.year <= year <= today.year + 10 else None


def _distance(match: re.Match[str], today: date) -> Days | None:
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


def _weekday(match: re.Match[str], today: date) -> Days | None:
    ahead = (_WEEKDAYS[match["weekday"]] - today.weekday()) % 7 or 7
    on = today + timedelta(days=ahead)
    return (today, on) if match["lead"] in ("by", "before", "until", "till") else (on, on)


def _iso_day(match: re.Match[str], today: date) -> Days | None:
    return _single_day(int(match["year"]), int(match["m"]), int(match["d"]), match["lead"], today)


def _holiday(match: re.Match[str], today: date) -> Days | None:
    days: Days = (date(today.year, 12, 24), date(today.year, 12, 26))
    if match["what"].startswith("new"):
        days = (date(today.year + 1, 1, 1), date(today.year + 1, 1, 31))
    return _led(days, match["lead"], today)


def _today(match: re.Match[str], today: date) -> Days:
    return today, today + timedelta(days=1 if "tomorrow" in match[0] else 0)


def _bucketed(bucket: Bucket) -> Callable[[re.Match[str], date], Bucket]:
    return lambda match, today: bucket


_YEAR = r"(?P<year>20[2-4]\d)"
_Reading = Callable[[re.Match[str], date], Days | Bucket | None]
_PATTERNS: tuple[tuple[re.Pattern[str], _Reading], ...] = (
    (re.compile(_NONE), _bucketed(Bucket.NONE)),
    (re.compile(_LATER), _bucketed(Bucket.LATER)),
    (re.compile(rf"(?:\b{_LEAD} )?\b{_YEAR}-(?P<m>\d\d?)-(?P<d>\d\d?)\b"), _iso_day),
    (
        re.compile(
            rf"(?:\b{_LEAD} (?:the )?)?(?:\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?)?\b(?P<month>(?!may\b(?! \d|$|[.,!?]))(?!mar(?:ch)?\b (?:on|against|for))(?:{_MONTH}))\b(?:\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d| ?(?:people|users|seats|of us|-)))?(?:,? (?:of )?{_YEAR})?"
        ),
        _named_month,
    ),
    (
        re.compile(
            rf"(?:\b{_LEAD} )?\b(?:the )?(?:q(?P<quarter>[1-4])|(?:first|second|third|fourth) quarter(?!.))(?:[ /]?(?:of )?{_YEAR})?\b"
        ),
        _quarter,
    ),
    (re.compile(rf"(?:\b{_LEAD} )?\bh(?P<half>[12])(?:[ /]?{_YEAR})?\b"), _half),
    (
        re.compile(
            r"(?:\b(?P<part>early|mid|late|by the end of|end of|by|before|start of|beginning of) )?(?:\b(?P<which>this coming|the coming|this|next|the following|the end of the|end of the|end of this|end of) )(?P<unit>weekend|week|month|quarter|half|year)\b"
        ),
        _unit,
    ),
    (
        re.compile(
            r"\b(?:by |before |until |at )?(?:the )?(?P<what>eoy|eoq|eom|year[- ]end|quarter[- ]end|month[- ]end)\b"
        ),
        _period_end,
    ),
    (
        re.compile(
            rf"\b(?P<how>in about|in around|in roughly|in like|in maybe|in|within the next|within|over the next|in the next|next|less than) (?P<n>a couple(?: of)?|a few|several|few|an?|{NUMBER})(?: ?(?:-|to|or) ?(?P<n2>{NUMBER}))? ?(?P<unit>days?|weeks?|wks?|months?|mths?|years?|yrs?)\b"
        ),
        _distance,
    ),
    (
        re.compile(
            rf"(?:\b{_LEAD} (?:the )?)?\b(?P<season>spring|summer|autumn|fall|winter)\b(?! (?:in love|short|asleep|apart|over|sale|for it|behind|off|down|back|break|collection))"
        ),
        _season,
    ),
    (re.compile(rf"(?:\b{_LEAD} )?\b(?P<what>christmas|xmas|new year(?:'?s)?)\b"), _holiday),
    (
        re.compile(
            rf"\b(?:{_LEAD}|on) (?:next )?(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
        ),
        _weekday,
    ),
    (re.compile(rf"\b{_LEAD} {_YEAR}\b(?! (?:people|users|seats))"), _whole_year),
    (re.compile(rf"^\W*(?P<lead>\Z.)?{_YEAR}\W*$"), _whole_year),
    (
        re.compile(
            r"^\W*(?:(?:it's |its |yes |yeah |now |well )*(?:for )?)?(?:now|soon|very soon|right now)\b(?! (?:i|we|it|that|they|the|my|on)\b)"
        ),
        _today,
    ),
    (re.compile(r"\b(?:starting|need (?:it|this|them|one) )(?: ?right)? ?now\b"), _today),
    (re.compile(_SAME_DAY), _today),
)
