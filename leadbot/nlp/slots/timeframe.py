"""When somebody plans to act: dates, months, quarters, "asap", "just looking"; as a span of days and a bucket.

"Today" is the day of the post in the brand's zone. A span that lies ahead is judged by its first day, one that has
begun ("this quarter", "by March") by its last.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from leadbot.model import Bucket, SlotType, SlotValue
from leadbot.nlp.slots import days
from leadbot.nlp.slots.numbers import NUMBER
from leadbot.nlp.text import Said

NOW_DAYS = 7  # what ends within a week is now


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to say a time. words: one of them stands in every such text. bucket: said outright, no days."""

    words: frozenset[str]
    pattern: re.Pattern[str]
    days_of: Callable[[re.Match[str], date], days.Days | None] | None = None
    bucket: Bucket | None = None


def timeframes_in(said: Said, today: date) -> list[SlotValue]:
    """Every time said, in order, each with its days and its bucket."""
    present = _WORDS & said.vocabulary
    if not present:
        return []
    found: list[SlotValue] = []
    for way in _WAYS:
        if way.words.isdisjoint(present):
            continue
        for match in way.pattern.finditer(said.plain):
            if not any(value.start < match.end() and match.start() < value.end for value in found):
                value = _value(said, match, way, today)
                if value:
                    found.append(value)
    return sorted(found, key=lambda value: value.start)


def bucket_of(first: date, last: date | None, today: date) -> Bucket:
    """The narrowest bucket, seen from `today`, that holds the span from `first` to `last`."""
    if (last or first) <= today + timedelta(days=NOW_DAYS):
        return Bucket.NOW
    on = first if first > today or last is None else last
    if on.year != today.year:
        return Bucket.LATER
    if on.month == today.month:
        return Bucket.THIS_MONTH
    if (on.month - 1) // 3 == (today.month - 1) // 3:
        return Bucket.THIS_QUARTER
    return Bucket.THIS_HALF if (on.month > 6) == (today.month > 6) else Bucket.THIS_YEAR


def _value(said: Said, match: re.Match[str], way: _Way, today: date) -> SlotValue | None:
    start, end = match.span()
    while start < end and not said.plain[start].isalnum():
        start += 1
    while start < end and not said.plain[end - 1].isalnum():
        end -= 1
    words, volunteered = said.text[start:end], _is_plan(said, start, end)
    if not words:
        return None
    if way.days_of is None:
        return SlotValue(SlotType.TIMEFRAME, words, start, end, volunteered=volunteered, bucket=way.bucket)
    span = way.days_of(match, today)
    if span is None:
        return None
    first, last = span
    bucket = bucket_of(first, last, today)
    return SlotValue(
        SlotType.TIMEFRAME,
        words,
        start,
        end,
        volunteered=volunteered,
        bucket=bucket,
        from_on=first,
        to_on=last,
    )


def _is_plan(said: Said, start: int, end: int) -> bool:
    """Clearly a plan of theirs: a word of planning stands near, and none of looking back."""
    near = said.plain[max(0, start - 45) : end + 30]
    return _PLAN.search(near) is not None and _PAST.search(near) is None


_YEAR = r"(?P<year>20[2-4]\d)"
_MONTH = "|".join(sorted(days.MONTHS, key=len, reverse=True))
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
_PAST = re.compile(r"\b(?:since|last|ago|ordered|booked|arrived|was|were|been|still|yesterday)\b")


def _way(
    words: str,
    pattern: str,
    days_of: Callable[[re.Match[str], date], days.Days | None] | None = None,
    bucket: Bucket | None = None,
) -> _Way:
    return _Way(frozenset(words.split()), re.compile(pattern), days_of, bucket)


_YEARS = " ".join(str(year) for year in range(2020, 2050))
_DAYS_OF_MONTH = " ".join(f"{day}{end}" for day in range(1, 32) for end in ("st", "nd", "rd", "th"))
# The first way to claim some words keeps them.
_WAYS = (
    _way("looking browsing curious exploring researching window checking asking wondering look shopping comparing nosy nosing rush hurry plans plan timeline timeframe frame date urgency fixed deadline idea soon anytime yet now ready day someday maybe planning concrete", _NONE, bucket=Bucket.NONE),
    _way("later down eventually future point year years", _LATER, bucket=Bucket.LATER),
    _way(_YEARS, rf"(?:\b{_LEAD} )?\b{_YEAR}-(?P<m>\d\d?)-(?P<d>\d\d?)\b", days.iso_day),
    _way(" ".join(days.MONTHS), rf"(?:\b{_LEAD} (?:the )?)?(?:\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?)?\b(?P<month>(?!may\b(?! \d|$|[.,!?]))(?!mar(?:ch)?\b (?:on|against|for))(?:{_MONTH}))\b(?:\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d| ?(?:people|users|seats|of us|-)))?(?:,? (?:of )?{_YEAR})?", days.named_month),
    _way("q1 q2 q3 q4", rf"(?:\b{_LEAD} )?\bq(?P<quarter>[1-4])(?:[ /]?(?:of )?{_YEAR})?\b", days.quarter),
    _way("h1 h2", rf"(?:\b{_LEAD} )?\bh(?P<half>[12])(?:[ /]?{_YEAR})?\b", days.half),
    _way("weekend week month quarter half year", r"(?:\b(?P<part>early|mid|late|by the end of|end of|by|before|start of|beginning of) )?(?:\b(?P<which>this coming|the coming|this|next|the following|the end of the|end of the|end of this|end of) )(?P<unit>weekend|week|month|quarter|half|year)\b", days.unit),
    _way("eoy eoq eom end", r"\b(?:by |before |until |at )?(?:the )?(?P<what>eoy|eoq|eom|year[- ]end|quarter[- ]end|month[- ]end)\b", days.period_end),
    _way("day days week weeks wk wks month months mth mths year years yr yrs", rf"\b(?P<how>in about|in around|in roughly|in like|in maybe|in|within the next|within|over the next|in the next|next|less than) (?P<n>a couple(?: of)?|a few|several|few|an?|{NUMBER})(?: ?(?:-|to|or) ?(?P<n2>{NUMBER}))? ?(?P<unit>days?|weeks?|wks?|months?|mths?|years?|yrs?)\b", days.distance),
    _way("days week weeks wks month months mths year years yrs", rf"^\W*(?P<how>)(?:(?:maybe|about|around|roughly|probably|like|say|within|give it|another) )*(?P<n>a couple(?: of)?|a few|several|few|an?|{NUMBER})(?: ?(?:-|–|to|or) ?(?P<n2>{NUMBER}))? ?(?P<unit>days?|weeks?|wks?|months?|mths?|years?|yrs?)(?: (?:or so|from now|out|time|away|tops|max))?\W*$", days.distance),
    _way(" ".join(days.SEASONS), rf"(?:\b{_LEAD} (?:the )?)?\b(?P<season>spring|summer|autumn|fall|winter)\b(?! (?:in love|short|asleep|apart|over|sale|for it|behind|off|down|back|break|collection))", days.season),
    _way("christmas xmas new", rf"(?:\b{_LEAD} )?\b(?P<what>christmas|xmas|new year(?:'?s)?)\b", days.holiday),
    _way(" ".join(days.WEEKDAYS), rf"\b(?:{_LEAD}|on) (?:next )?(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b", days.weekday),
    _way(_DAYS_OF_MONTH, r"\b(?P<lead>by|before|on|until|from) the (?P<day>\d{1,2})(?:st|nd|rd|th)\b(?! (?:of|floor|time|anniversary|birthday))", days.day_of_month),
    _way(_YEARS, rf"\b{_LEAD} {_YEAR}\b(?! (?:people|users|seats))", days.whole_year),
    _way(_YEARS, rf"^\W*(?P<lead>\Z.)?{_YEAR}\W*$", days.whole_year),
    _way("now soon", r"^\W*(?:(?:it's |its |yes |yeah |now |well )*(?:for )?)?(?:now|soon|very soon|right now)\b(?! (?:i|we|it|that|they|the|my|on)\b)", days.today),
    _way("now", r"\b(?:starting|(?:want to|ready to|like to|need to|wanna) (?:start|begin|buy|switch|move|go live)|need (?:it|this|them|one) )(?: ?right)? ?now\b", days.today),
    _way("now right away immediately asap s possible urgent urgently today tonight tomorrow minute yesterday ready soon soonest hurry lose soonish day within days few couple", _SAME_DAY, days.today),
)  # fmt: skip
_WORDS = frozenset().union(*(way.words for way in _WAYS))
