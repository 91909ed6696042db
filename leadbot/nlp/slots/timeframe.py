"""When somebody plans to act: dates, months, quarters, "asap", "just looking"; as a span of days and a bucket.

"Today" is the day of the post in the brand's zone. The bucket holds the whole span, so its last day decides ("by March",
"spring"); an open one ("after the summer") is judged by its first, a week that lies ahead too.
"""

# ruff: noqa: E501  (a pattern and a list of words are read as one line)

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from leadbot.model import Bucket, SlotType, SlotValue
from leadbot.nlp.slots import days
from leadbot.nlp.slots.numbers import NUMBER
from leadbot.nlp.text import Said

NOW_DAYS = 7  # what ends within a week is now


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to say a time. words: one of them stands in every such text. bucket: said outright, no days. most_words: of
    the whole text. never_with: words of which none may stand in it. also: words of which one stands in it as well.
    """

    words: frozenset[str]
    pattern: re.Pattern[str]
    days_of: Callable[[re.Match[str], date], days.Days | None] | None = None
    bucket: Bucket | None = None
    most_words: int = 10_000
    never_with: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()


_MOST = 50  # of each kind: nobody means more, and each is compared with all others


def timeframes_in(said: Said, today: date, region: str = "") -> list[SlotValue]:
    """Every time said, in order, each with its days and its bucket. region: ISO country, for "3/4"."""
    present = _WORDS & said.vocabulary
    found = _in_figures(said, today, region) if said.has_digit else []
    if not present:
        return found
    near = frozenset[int]().union(*(_BY_WORD[word] for word in present))
    for way in [_WAYS[at] for at in sorted(near)]:
        if len(said.words) > way.most_words:
            continue
        if not way.never_with.isdisjoint(said.vocabulary):
            continue
        if way.also and way.also.isdisjoint(said.vocabulary):
            continue
        for match in islice(way.pattern.finditer(said.plain), _MOST):
            if not any(value.start < match.end() and match.start() < value.end for value in found):
                value = _value(said, match, way, today)
                if value:
                    found.append(value)
    return _weighed(sorted(found, key=lambda value: value.start))


def _in_figures(said: Said, today: date, region: str) -> list[SlotValue]:
    """Days such as "15/03": day first, but where the month stands first."""
    if not _NEAR_FIGURES.search(said.plain):
        return []
    pattern = _FIGURES_US if region in _MONTH_FIRST else _FIGURES
    way = _Way(frozenset(), pattern, days.written_day)
    values = (_value(said, match, way, today) for match in pattern.finditer(said.plain))
    return [value for value in values if value is not None]


def _weighed(found: list[SlotValue]) -> list[SlotValue]:
    """A plan with a day outweighs "no rush"; "just looking" outweighs "for now" and "some day"."""
    idle = [value for value in found if value.bucket is Bucket.NONE]
    planned = [value for value in found if value.bucket is not Bucket.NONE]
    if not idle or not planned:
        return found
    is_dated = any(value.from_on is not None and value.words.lower() not in _NO_PLAN for value in planned)
    return planned if is_dated else idle


def bucket_of(first: date, last: date | None, today: date) -> Bucket:
    """The narrowest bucket, seen from `today`, that holds the span from `first` to `last`."""
    if last is not None and last <= today + timedelta(days=NOW_DAYS):
        return Bucket.NOW
    is_week_ahead = last is not None and first > today and (last - first).days <= 6
    on = first if last is None or is_week_ahead else last
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
    if (
        not words
        or _PAST_AFTER.match(said.plain, end)
        or _DENIED.search(said.plain[max(0, start - 12) : start])
    ):
        return None
    if way.days_of is None:
        return SlotValue(SlotType.TIMEFRAME, words, start, end, volunteered=volunteered, bucket=way.bucket)
    span = way.days_of(match, today)
    if span is None:
        return None
    first, last = _not_before(said.plain, match, span, today)
    bucket = bucket_of(first, last, today)
    groups = match.groupdict()
    is_month = groups.get("month") and not groups.get("day") and not groups.get("day2")
    if bucket is Bucket.NOW and (is_month or _NAMES_MONTH.search(words.lower())):
        bucket = Bucket.THIS_MONTH  # by its own name, however few its days
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


def _not_before(plain: str, match: re.Match[str], span: days.Days, today: date) -> days.Days:
    """ "We can't start before March" says from when, not until when."""
    first, last = span
    is_before = "lead" in match.re.groupindex and match["lead"] in ("before", "b4", "until", "till")
    if last is None or first != today or not is_before:
        return span
    denied = _CAN_NOT.search(plain[max(0, match.start() - 30) : match.start()])
    return (last + timedelta(days=1), None) if denied else span


def _is_plan(said: Said, start: int, end: int) -> bool:
    """Clearly a plan of theirs: a word of planning stands near, and none of looking back."""
    near = said.plain[max(0, start - 45) : end + 30]
    return _PLAN.search(near) is not None and _PAST.search(near) is None


_NO_PLAN = frozenset(("for now", "now", "right now", "rn", "today", "tonight"))
_CAN_NOT = re.compile(r"(?:\b(?:not|cant|cannot|wont|never|nothing|nowt|no way)|n't)\b[^.,;!?]*$")
_DENIED = re.compile(r"\b(?:not|isn't|rather than|instead of) $")
_PAST_AFTER = re.compile(
    r"(?: of)? (?:last (?:year|month|week)|20(?:1\d|2[0-5])\b|and (?:it|we|they) (?:was|were))"
)
_NAMES_MONTH = re.compile(
    r"\b(?:(?:this|end of the|end of|the|within the) month|eom|month[- ]end|month (?:is|ends))\b"
)
_NEAR_FIGURES = re.compile(r"\d[/.-]\d")
_YEAR = r"(?P<year>20[2-4]\d)"
_MONTH = "|".join(sorted(days.MONTHS, key=len, reverse=True))
_LEAD = r"(?P<lead>before the end of|before end of|by the end of|by end of|by|before|b4|ahead of|prior to|this side of|no later than|latest|until|till|in|from|after|once|for|around|about|approx|starting|start|sometime in|some time in|early in|late in|early|mid|middle of|late|start of|beginning of|towards the end of|end of|during|over|across|next|this|since|not before|not until|due|at|on|w/c|week of|week commencing)"
_SAME_DAY = (
    r"\b(?:right now|right away|straight ?away|immediate(?:ly)?|a\.?s\.?a\.?p\.?|as (?:soon|early|quick(?:ly)?|fast) as (?:possible|poss|posible|pos|we can|i can|(?:yo)?u can|ya can|yall can|humanly possible|you like|it gets|it's ready|you have it|you're able)|urgent(?:ly)?|today|tonight|tonite|tomorrow|tomorow|tommorow|tommorrow|tmrw|tmr|tmrow|tomoz|2moro|2day|this (?:minute|second|instant|very moment|afternoon|morning|evening)|for now|yesterday (?:if possible|ideally|please|pls|would be (?:nice|good|great))"
    r"|ready to (?:go|start|buy|sign|move|roll)(?! (?:mad|crazy))|(?:pretty|very|real|really|quite) soon|soonest|the sooner,? the better|sooner rather than later|no time to lose|in a hurry|soonish|nowish|now-ish|like now|any day now|any time now|within (?:days|hours|the hour|the day|24 hours|48 hours|the week|a week)|in the next (?:few|couple of|24|48) (?:days|hours)|in (?:a few|a couple(?: of)?|an?|a matter of|\d+|two|three) ?(?:days(?= |$)(?<=days)|hours?|hrs?|mins?|minutes?)|(?:by )?(?:the )?(?:eod|cob|end of play|close of business|end of (?:the )?day)|first thing(?: tomorrow)?|at once|day one|needed it (?:last week|yesterday)|should have (?:started|had it)|pronto)\b"
)
_THINGS = r"(?:looking|browsing|curious|exploring|researching|window shopping|checking|asking|wondering|having a look|having a nose|shopping around|comparing|nosy|nosing|thinking|evaluating|weighing|dreaming|lurking|scoping|poking around|kicking (?:the )?tyres|kicking (?:the )?tires|playing|sniffing around|seeing what's out there|getting a feel|gathering info|collecting info|doing (?:my |some |our )?research|mulling|toying)"
_IDLE = (
    rf"\b(?:just|only|simply|mostly|merely|purely|still|i'?m just) (?:just |only )?{_THINGS}(?! (?:for|to|at|forward|into)\b(?! (?:now|options|ideas|info|fun|myself|future|the moment|what|see|compare|get|learn|understand))| march| april)(?: around| about| it out| it over| it| options| things out| up)?\b"
    r"|\bjust (?:a )?(?:curious|curiosity|nosey|for fun|for info|for research|an idea|out of interest|information)\b|\bjust (?:getting|gathering) (?:info|information|ideas|prices|quotes|a feel)\b|\bjust dreaming\b"
)
_IDLE_ALONE = r"^\W*(?:just )?(?:curious|browsing|looking|asking|wondering|exploring|nosy)\W+(?:that's|thats|is|and that's|that is) (?:all|it)\b|^\W*(?:window ?shopping|browsing|exploring|researching|curious|tyre kicking|tire kicking|whenever)\W*$|\bwindow shopping\b|\bout of (?:curiosity|interest)\b|\bidle curiosity\b|\bwhenever(?: (?:really|suits|works|i guess|you like|is fine))?\W*$"
_NO_RUSH = r"\b(?:no|not in a|not in any|in no|no real|no big|no great|no particular|zero|there's no|isn't any|no specific|no firm|no definite|no concrete|no set|no fixed|no hard|no immediate|without a|no actual) (?:rush|hurry|plans?|timeline|timescales?|time ?frame|timing|urgency|date|deadline|schedule|timetable|intention|need|time ?line)(?! to (?:be|get|go))\b|\bno idea when\b|\bnothing (?:planned|concrete|fixed|set in stone|scheduled)\b"
_NOT_NOW = r"\bnot (?:any ?time soon|yet|ready|urgent|planning|actively (?:looking|searching|buying|shopping|planning)|really looking|looking (?:to (?:buy|start|switch|move|change)|right now|at the moment|atm)|looking$|in the market|buying|serious|right now|now|at the moment|thinking of starting|going to happen|happening)\b|^\W*(?:probably |likely |honestly |tbh )?never\b(?! (?:before|heard|mind|been|used|had|too))"
_LATER = r"\b(?:later on|much later|down the (?:line|road|track)|eventually|in the (?:distant |long(?:er)? |far |dim )?(?:future|term|run)|at some (?:point|stage)|not this (?:year|calendar year|fy|financial year|fiscal year)|in (?:a few|some|a couple of|couple of|several) years|some ?day|one day|(?:a )?long way (?:off|away)|ages away|not for (?:a while|ages|another year|a long time|at least (?:a|another) year|years)|years away|(?:when(?:ever)?|once|as soon as|until|after|if) (?:the |our |we(?:'ve)? (?:get|have|got|find) (?:the |some |more |a )?)?(?:budget|funding|funds|money|cash|finances|cash ?flow)(?:'s| is| frees?| gets?| comes?| allows?| permits?| opens?| lands?| clears?|\b)|(?:once|when|after) (?:we|i|our|we've|we're|i've|i'm|we are) (?:(?:have |get |got |all )*(?:ready|settled|sorted|hired|grown|raised|funded|grow|raise[d]?|hire|scale|funding|bigger|more (?:money|people|staff|budget)|next round|series \w|close the round|'ve grown|'ve raised|seed round|funded|funding comes))\b|(?:a )?year or (?:two|so|more)(?: (?:away|off|out|from now|at least|down))?|maybe (?:later|one day)|long[- ]term(?= (?:plan|thing|project)|\W*$)|next decade)"
_PLAN = re.compile(
    r"\b(?:need|want|start|starting|buy|buying|switch|switching|move|moving|launch|launching|live|decide|decision|roll|rollout|sign|begin|plan|planning|looking to|hoping|aim|aiming|implement|onboard|ready|go|hiring|opening|budget|renew|renewal|expires|purchase|order|set up|setup|deadline|in place|sorted|would like|up and running)\b"
)
_PAST = re.compile(r"\b(?:since|last|ago|ordered|booked|arrived|was|were|been|still|yesterday)\b")


def _way(
    words: str,
    pattern: str,
    days_of: Callable[[re.Match[str], date], days.Days | None] | None = None,
    bucket: Bucket | None = None,
    most_words: int = 10_000,
    never_with: str = "",
    also: str = "",
) -> _Way:
    never, as_well = frozenset(never_with.split()), frozenset(also.split())
    return _Way(frozenset(words.split()), re.compile(pattern), days_of, bucket, most_words, never, as_well)


_YEARS = " ".join(str(year) for year in range(2020, 2050))
_DAYS_OF_MONTH = " ".join(f"{day}{end}" for day in range(1, 32) for end in ("st", "nd", "rd", "th"))
_NUMBERED = r"first|second|third|fourth|last|final|1st|2nd|3rd|4th"
_UNIT = r"days?|weeks?|wks?|months?|mths?|mnths?|years?|yrs?|fortnights?|quarters?"
_UNITS = "day days week weeks wk wks month months mth mths mnths year years yr yrs fortnight fortnights quarter quarters"
_N = rf"(?P<n>half a|(?:a |another )?couple(?: of)?|(?:a |another )?few|several|another|an?|{NUMBER})(?: ?(?:-|–|to|or) ?(?P<n2>{NUMBER}))?(?: more)?"
_NAMED = r"(?:(?:april|june|august|may|march|mai) (?!(?:from|said|says|told|at (?:your|the)|and i|in (?:sales|support|your|accounts)|is (?:my|our|the)|was|has|who|helped|sent|asked|mentioned|madness|ludgate|your)\b))?"
_AFTER_MONTH = r"(?!(?:,? |')(?:from|said|says|told|helped|sent|asked|mentioned|was|who|in (?:sales|support|accounts|your|my|our)|madness)\b)"
_WEEKDAYS = " ".join((*days.WEEKDAYS, *days.SHORT_WEEKDAYS))
_WEEKDAY = r"(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)\b"
# The first way to claim some words keeps them.
_WAYS = (
    _way("looking browsing curious exploring researching window checking asking wondering having shopping comparing nosy nosing thinking evaluating weighing dreaming lurking scoping poking kicking playing sniffing seeing getting gathering collecting doing mulling toying curiosity nosey fun info research idea interest information", _IDLE, bucket=Bucket.NONE, also="just only simply mostly merely purely still"),
    _way("window windowshopping browsing exploring researching curious kicking curiosity interest whenever", _IDLE_ALONE, bucket=Bucket.NONE),
    _way("rush hurry plan plans timeline timelines timescale timescales timeframe time timing urgency date deadline schedule timetable intention need idea planned concrete fixed stone scheduled", _NO_RUSH, bucket=Bucket.NONE, also="no not zero isnt without nothing theres"),
    _way("not", r"\bnot this (?P<unit>week|month|quarter|year)\b(?P<which>,? (?:but |maybe |probably |more like )?(?:the )?next)(?P<part>)\b(?: one\b)?(?! \w)", days.unit, also="next"),
    _way(_WEEKDAYS, rf"\b(?P<n>(?:a |another )?couple(?: of)?|an?|{NUMBER}) (?P<unit>weeks?|wks?|fortnights?|months?) (?:from|after) (?:this |next )?{_WEEKDAY}", days.from_weekday, also="week weeks wk wks fortnight fortnights month months"),
    _way("not never", _NOT_NOW, bucket=Bucket.NONE, also="soon yet ready urgent planning actively looking market buying serious now moment starting happen happening never anytime"),
    _way("later down eventually future point stage year years someday day term run long way away off while ages budget funding funds money cash cashflow finances finance raise raised grow grown hire hired ready settled sorted grown scale bigger decade fy round funded more", _LATER, bucket=Bucket.LATER),
    _way(_YEARS, rf"(?:\b{_LEAD} )?\b{_YEAR}-(?P<m>\d\d?)-(?P<d>\d\d?)\b", days.iso_day),
    _way("after", r"\b(?:the )?(?P<unit>week|month|quarter|half|year) after next\b", days.after_next),
    _way(_WEEKDAYS, rf"\b(?:(?P<lead>by|before|b4|until|till|from|after|on|this|starting|around|for|come|latest) (?:this |coming )?(?:(?P<aweek>a week (?:on )?))?(?P<next>next )?|(?P<next2>next )|(?P<aweek2>a week (?:on|from) )){_WEEKDAY}(?P<week> week\b)?(?P<nextweek> next week\b)?", days.weekday),
    _way(_WEEKDAYS, rf"(?P<lead>)(?P<aweek>)(?P<next>)(?P<next2>)(?P<aweek2>)\b{_WEEKDAY}(?:(?P<week> week\b)|(?P<nextweek> next week\b))", days.weekday),
    _way(_WEEKDAYS, rf"^\W*(?:(?:maybe|probably|say|ideally|i think|this|um|let's say|how about|coming|(?:mon|tues?|weds?|thurs?|fri)(?:day)? or|(?:mon|tues?|weds?|thurs?|fri)(?:day)?[/-]) ?)*(?P<lead>)(?P<aweek>)(?P<next>)(?P<next2>)(?P<aweek2>){_WEEKDAY}(?P<week>)(?P<nextweek>)(?: (?:please|pls|ideally|maybe|probably|i think|hopefully|if possible|works|morning|afternoon|evening|latest|at the latest))*\W*$", days.weekday),
    _way(" ".join(days.MONTHS), rf"(?:\b{_LEAD}[ -](?:the )?)?(?:\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.? (?:of )?)?\b(?P<month>(?!may\b(?! \d|$|[.,!?;)]| (?:or|to|and|latest|at the|i think|probably|maybe|ish|hopefully|next|this|time|20)))(?!mar(?:ch)?\b (?:on|against|for|to (?!{_MONTH})|in|through|into|past|with))(?!(?:sun|sat)\b)(?:{_MONTH}))\b{_AFTER_MONTH}(?:\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d| ?(?:people|users|seats|of us|-)))?(?:(?:,? (?:of )?| ?')(?:{_YEAR}|(?P<year2>2\d)\b(?! ?(?:people|users|seats|of us))))?", days.named_month),
    _way("q1 q2 q3 q4 q1ish q2ish q3ish q4ish", rf"(?:\b{_LEAD} )?\bq(?P<quarter>[1-4])(?:ish)?(?:[ /,]? ?(?:of )?(?P<year>20[2-4]\d|2\d\b|next year|this year))?\b", days.quarter),
    _way("quarter", rf"(?:\b{_LEAD} )?(?:the )?\b(?P<quarter>{_NUMBERED}) quarter\b(?! (?:was|of last))(?: (?:of )?(?:the )?(?P<year>20[2-4]\d|next year|this year))?", days.quarter),
    _way("h1 h2", rf"(?:\b{_LEAD} )?\bh(?P<half>[12])(?:[ /]?(?P<year>20[2-4]\d|2\d\b|next year|this year))?\b", days.half),
    _way("half", rf"(?:\b{_LEAD} )?(?:the )?\b(?P<half>first|second|1st|2nd|last) half(?: of)?(?: (?:the )?(?P<year>20[2-4]\d|next year|this year))?\b", days.half),
    _way("weekend", r"(?:\b(?P<lead>before|by|over|at|this|on|after|during) )(?:the |this |this coming )?weekend\b", days.weekend),
    _way("eow week", r"\b(?:by |before |until |at )?(?:the )?(?:eow|end of (?:the|this) week|week'?s end|later this week)\b", days.end_of_week),
    _way("fy fiscal financial fy26 fy27 fy28 fy29 fy30 fy2026 fy2027 fy2028", rf"(?:\b{_LEAD} )?(?:the )?\b(?:fy ?'?(?P<fy>20\d\d|\d\d)(?:/\d\d)?|(?:next|new) (?:fy|fiscal(?: year)?|financial year))\b", days.fiscal_year),
    _way("weekend week month quarter half year", r"(?:\b(?P<part>early|mid|late|by the end of|end of|by|before|start of|beginning of|middle of|after|over|during) )?(?:\b(?P<which>this coming|the coming|this|next|nxt|the following|the end of the|end of the|end of this|end of next|end of|start of the|beginning of the)[ -])(?P<unit>weekend|week|month|quarter|half|year)\b(?! (?:was|were|old|off|went|ago|trial|the|over year|on year))", days.unit),
    _way("month quarter year", r"\b(?P<part>before|by)(?P<which>) (?:the |this )?(?P<unit>month|quarter|year) (?:is out|is over|ends|closes|finishes|is done|runs out)\b", days.before_end),
    _way("within", r"\bwithin (?:the|this) (?P<unit>month|quarter|year|half)\b(?P<which>)(?P<part>)", days.unit),
    _way("eoy eoq eom end month year quarter", r"\b(?:by |before |until |at |around )?(?:the )?(?P<what>eoy|eoq|eom|year[- ]end|quarter[- ]end|month[- ]end)\b", days.period_end),
    _way("coming", r"\b(?:in |over )?the coming (?P<unit>days|weeks|months)\b", days.coming),
    _way(_UNITS, rf"\b(?P<how>in about|in around|in roughly|in like|in maybe|in approximately|in at least|in another|in less than|in under|in the next|in|within the next|within about|within|inside of|inside|over the next|the next|next|less than|about another) {_N} ?(?P<unit>{_UNIT})\b(?!'? (?:of|trial|old|ago|free|contract))", days.distance),
    _way(_UNITS, rf"(?<!last )(?<!past )(?<!for )(?<!took )(?<!waited )\b(?P<how>){_N} ?(?P<unit>{_UNIT})'? ?(?:from (?:now|today)|away|out|time|down the (?:line|road)|ahead|hence)\b", days.distance, also="from away out time down ahead hence"),
    _way(_UNITS, rf"^\W*(?P<how>)(?:(?:i'd say|i guess|i think|oh|um+|er+m*|hmm+|maybe|about|around|roughly|probably|prob|like|say|within|give it|give or take|another|perhaps|at least|more like|approx|approximately|~|in|it'll be|it's|we're|still|give us|circa|i'd guess|hopefully|realistically|likely|looking at|so|well|honestly)[ ,]*)*{_N} ?(?P<unit>{_UNIT})(?: (?:or so|from now|out|time|away|tops|max|i think|i guess|i'd say|probably|maybe|ish|at most|at least|minimum|please|pls|roughly|hopefully|give or take|latest|tbh|off|realistically|ideally|approx|lol|at the latest|or two|or more|yet|thanks))*\W*$", days.distance),
    _way(_UNITS, rf"(?<!for )(?<!every )(?<!days )(?<!hours )(?<!times )(?<![\w.,-])(?<![\dk] )(?<!bucks )(?<!quid )(?<!dollars )(?<!euros )(?<!pounds )(?<!grand )(?<!people )(?P<how>){_N} ?(?P<unit>{_UNIT})\b(?!'?s?'? (?:trial|ago|old|a (?:week|day)|free|contract|notice|straight|in a row|per|into|of|behind|late|plan|support|left))", days.distance, None, 12, "ago since been last took take takes every past trial waited waiting used lasted old open"),
    _way("mid year middle", r"\b(?P<what>mid[- ]?year|middle of (?:the|this|next) year)\b", days.mid_year),
    _way("days week weeks wk wks month months year", r"(?<!last )(?<!past )\b(?P<how>in |within |next |)(?P<n>a|an|one) (?P<unit>week|month|wk|year) or (?P<n2>two|so|three)\b", days.distance),
    _way(" ".join(days.SEASONS), rf"(?:\b{_LEAD} (?:the )?)?\b(?P<season>spring|summer|autumn|fall|winter)\b(?:time)?(?! (?:in love|short|asleep|apart|over|sale|for it|behind|off|down|back|break|collection|to mind|clean))", days.season),
    _way("christmas xmas year years easter thanksgiving friday monday halloween valentine valentines holidays crimbo chrimbo", rf"(?:\b{_LEAD} (?:the )?)?\b(?P<what>christmas|xmas|x-mas|crimbo|chrimbo|new year(?:'?s)?(?: (?:eve|day))?(?! resolution)|turn of the year|easter|thanksgiving|black friday|cyber monday|halloween|valentine'?s?(?: day)?|(?<=the )holidays|(?<=after )holidays)(?!\w)", days.holiday),
    _way(_DAYS_OF_MONTH, r"\b(?P<lead>by|before|on|until|from|after|around|b4|not before|for|w/c|at) the (?P<day>\d{1,2})(?:st|nd|rd|th)\b(?! (?:floor|time|anniversary|birthday))", days.day_of_month),
    _way(_DAYS_OF_MONTH, r"^\W*(?P<lead>)(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)(?: (?:please|pls|ideally|i think|hopefully|works|latest|if possible))*\W*$", days.day_of_month),
    _way(_YEARS, rf"\b{_LEAD} {_YEAR}\b(?! (?:people|users|seats))", days.whole_year),
    _way(_YEARS, rf"^\W*(?P<lead>(?:\Z.)?)(?:(?:probably|maybe|sometime|some time|i think|not before|early|mid|late|likely|at the earliest) )*{_YEAR}(?: (?:probably|maybe|i think|at the earliest|earliest|sometime|or later|i guess|hopefully))*\W*$", days.whole_year),
    _way("now soon rn", r"^\W*(?:(?:it's |its |yes |yeah |now |well |like |um |as of |from )*(?:for )?)?(?:now|soon|very soon|right now|rn)\b(?! (?:i|we|it|that|they|the|my|on|what|how|as|but)\b)", days.today),
    _way("now", r"\b(?:starting|(?:want to|ready to|like to|need to|wanna) (?:start|begin|buy|switch|move|go live)|need (?:it|this|them|one) )(?: ?right)? ?now\b", days.today),
    _way("yesterday", r"^\W*(?:(?:ideally|like|honestly|um|well|by|about|tbh|i'd say|preferably) )*yesterday(?:[\s,.]+(?:lol|haha|tbh|ideally|please|pls|if possible|honestly|really|literally|basically|preferably|already))*\W*$", days.today),
    _way("now right away straightaway immediate immediately asap possible poss humanly urgent urgently today tonight tonite tomorrow tomorow tommorow tommorrow tmrw tmr tmrow tomoz 2moro 2day minute minutes mins second instant moment afternoon morning evening yesterday ready soon soonest sooner hurry soonish nowish lose day days hours hour hrs eod cob play business thing once pronto started week p", _SAME_DAY, days.today),
)  # fmt: skip
_WORDS = frozenset().union(*(way.words for way in _WAYS))
_BY_WORD = {word: frozenset(at for at, way in enumerate(_WAYS) if word in way.words) for word in _WORDS}
# A day written in figures; month first where they write it so.
_FIGURES = re.compile(
    r"(?:\b(?P<lead>by|on|before|b4|from|starting|start|after|until|till|around|w/c|not before|for|the|latest|due|about|maybe|say|is|out|ends|expires|ending|up|renews|deadline|date:?) |^\W*)(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?:(?P=sep)(?P<year>(?:20)?[2-4]\d))?(?<!^\d-\d)(?<!^\d\d-\d\d)(?P<us>(?!))?\.?(?![\d/%]|[.:,]\d| ?(?:people|users|am|pm|of us|split|chance|k\b|m\b|million|lakh|crore))"
)
_FIGURES_US = re.compile(_FIGURES.pattern.replace("(?P<us>(?!))?", "(?P<us>)"))
_MONTH_FIRST = frozenset(("US", "PH", "FM", "PW", "GU", "PR", "AS", "VI", "MP"))
