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
from leadbot.nlp.slots.numbers import NUMBER_WORDS, Amount, amounts_in
from leadbot.nlp.text import Said

__all__ = ["counts_in"]

_PEOPLE = (
    r"(?:people|persons?|peoples|ppl|peeps|folks?|humans|souls|bodies|users?|seats?|licen[cs]es?|employees?|emps|staff(?:ers)?|agents?|reps?|teammates?|colleagues?|collegues|co-?workers?|members?|membres"
    r"|heads?|headcount|fte'?s?|devs?|developers?|engineers?|designers?|students?|teachers?|pupils?|drivers?|nurses?|salespeople|technicians?|managers?|freelancers?|contractors?|workers?|interns?|volunteers?|consultants?|admins?|analysts?"
    r"|guys?|lads?|girls?|women|men|adults?|logins?|accounts?|pax|operators?|founders?|co-?founders?|partners?|friends?|mates|associates|recruiters|marketers|accountants|lawyers|doctors|therapists|trainers|coaches|clerks|waiters|cooks|chefs|hands|leute|personen|mitarbeiter|nutzer|personas|personnes)"
)
_OF_US = r"(?:of (?:us|them|my|our|the team|you)|(?:in|on) (?:the|our|my) (?:\w+ )?(?:team|office|company|crew|firm|dept|department|business|payroll|books)|in (?:total|all) (?:in|at) (?:the|our) (?:team|office|company))"
_KIND = r"(?:new|extra|additional|full[- ]time|part[- ]time|active|named|remote|sales|support|office|different|total|junior|senior|field|service|customer|paid|paying|core|human|permanent|actual|other|young|daily|account|team|desk|call cent(?:re|er)|warehouse|shop|floor|delivery|back office|front[- ]line|regular)"
# What follows an amount of people; "40-person company" too.
_PEOPLE_AFTER = re.compile(
    rf"\s?\+?(?:ish|x|odd)?[\s-]*(?:(?:or so|or more|max|tops|plus|ish|odd|roughly|maybe) )?(?:(?:of )?(?:our|my|the|us) )?(?:{_KIND}[ -]){{0,3}}(?:{_PEOPLE}\b|{_OF_US}\b|(?:man|person|woman|strong|people)[- ](?:\w+ )?(?:team|band|company|agency|startup|shop|firm|business|office|crew|studio|outfit|department|dept))"
)
_TEAM_BEFORE = re.compile(
    r"(?:\b(?:team|staff|crew|group|workforce|headcount|squad|class|department|dept|family|unit|company|agency|firm|startup|org|organi[sz]ation|office) (?:size )?(?:of|is|with|=|:|size)|\b(?:team|staff|headcount|users|seats|people|licen[cs]es|team size|employees) ?[:=]|\bthere(?:'s|s| are| is|re| will be) (?:only |just )?|\bwe(?:'re| are|re| r) (?:only |just |now |currently |like |still |around |about |at )?)\s?$"
)
# After these an amount of a "we are" kind counts people only when nothing else follows.
_MORE = re.compile(r"\s?(?:more|extra|additional|others? (?:joining|coming)|joining|new hires?)\b")
_TEAMS_OF = re.compile(
    r"\s?(?:\w+ )?(?:teams?|groups?|crews?|shifts?|squads?|departments|depts|pods|branches|offices|shops|stores|sites|locations) (?:of|with|x|, )\s?(?:about |around |roughly )?$"
)
_EACH = re.compile(
    rf"\s?(?:{_PEOPLE} )?(?:each|apiece|per (?:team|office|shop|site|branch|store|location)|in each|a piece)\b"
)

# Words that may stand before and behind a bare amount.
_FREE_BEFORE = frozenset(
    "a about abt actually ah all altogether and approx approximately are around at be btw but circa com com currently er erm exactly for guess got have haha has hi hmm honestly i i'd i'm ill im in is it it'd it'll it's its just let's like lol make maybe me mean meant min minimum my need needs now of oh ok okay only or perhaps plus prob probably probs reckon rn roughly say says so something somewhere sorry sure that that'd that's thats the there there'd there're there's theres think to today total up uh um want wait we we'd we'll we're we've well were weve will with would yeah yep yes your u ur us they they're correction no nope rather scratch typo edit team staff users seats people size answer: answer thats'd number like tbh basically literally each by nah counting aiming looking thinking than last then go let expect expecting estimate estimated guesstimate ballpark range anywhere between from number's than".split()
)
_FREE_AFTER = frozenset(
    "all altogether and approx around as at atm but by counting currently depending each easily for from give guess haha i i'd if in incl including initially ish it lol max maximum maybe minimum mostly not now of on only or over overall plus please pls plz possibly probably rn right roughly sir so soon split spread strong tbh thanks that the they though thx to today too tops total totally u um until us we we'd we'll we're we've with within would yeah yes yep you tho atleast across actually madam mate ma'am wait no sorry hopefully when once who then after before last though excluding bro innit probs prob usually normally including this these ok okay i'm is are should will might could may x ty cheers".split()
)
_NOT_BEFORE = re.compile(
    r"(?:\b(?:version|windows|ios|android|iphone|office|(?<![?.!,…] )no\.?|nr|number|num|room|page|level|since|until|till|(?<!now )at|out of|on the|q|age|aged|i'm|im|i am|turned|year|in year|section|step|day|week|bus|flight|order|ref|invoice|ticket|case|booth|stand|route|gate|channel|episode|season|chapter|grade|phase|tier|plan|galaxy|pixel|ps|xbox|rtx|gen|vol|area|highway|interstate|studio|not|isn't|unit|option|top|round|wave|covid|world cup|euro|class of|since like|back in|trial of|take|takes|took|give me|wait|waiting|waited|in|by|for the last|number is) ?|[#£$€₹¥v/\\:]\s?|\d[ .-])$"
)
# After one of these words "in" and "by" lead to no year: "8 in", and the amount is a year at all.
_YEARS = range(1950, 2100)
_OTHER_AFTER = re.compile(
    r"\s?(?:%|percent|per cent|am\b|pm\b|st\b|nd\b|rd\b|th\b|:\d|/\d|\.\d|-?\s?(?:hours?|hrs?|h\b|mins?|minutes?|secs?|seconds?|days?|nights?|weeks?|wks?|months?|mths?|mos?\b|years?|yrs?|yo\b|y/o|gb|tb|mb|kg|km|miles?|mi\b|m\b|cm|mm|ft|inch(?:es)?|offices?|sites?|shops?|stores?|locations?|branch(?:es)?|warehouses?|countries|cities|times|x a|teams?|groups?|departments?|products?|projects?|vans?|cars?|trucks?|rooms?|desks?|computers?|laptops?|phones?|devices?|machines?|screens?|tickets?|orders?|calls?|emails?|messages?|posts?|clients?|customers?|leads?|deals?|pages?|things?|items?|boxes|units?|options?|plans?|tools?|apps?|systems?|questions?|reasons?|ways?|stars?|points?|minutes|usd|eur|gbp|dollars?|euros?|pounds?|bucks|quid|inr|rs|kr|zl|zł|chf|grand|yen|per (?:month|year|user|seat|week)|a (?:month|year|week|day)|pcm|p/?m\b|p/?a\b))(?![a-z])"
)
_ONE = re.compile(r"(?:^|[.!,;\s])one(?=\s?(?:[.!,;]|$|user|seat|person|licen))")

_CORRECTED = re.compile(
    r"\b(?:no wait|wait no|no,? sorry|sorry|no scratch that|scratch that|strike that|actually|i mean(?:t)?|meant|correction|make (?:it|that)|rather|or rather|nope?,? (?:it's|its)|typo|edit|my bad|oops|whoops|wait|nah)\b|\bno,|\bno\.\.+|[?.…!]\s*no\b|\.\.\. ?no\b"
)
_INSTEAD = re.compile(r"\b(?:not|isn't|and not|rather than|instead of)\s?(?:a |just |only )?$")

_ME = r"(?:me|myself|i)"
_SOMEBODY = r"(?:(?:my|our|the|a|an|one|1|his|her) )?(?:\w+ )?(?:wife|husband|partner|co-?founder|business partner|boss|assistant|colleague|friend|brother|sister|mum|mom|dad|father|mother|son|daughter|va|pa|mate|spouse|girlfriend|boyfriend|fiancee?|intern|accountant|bookkeeper|secretary|apprentice|cousin|buddy|helper|dog|developer|dev|designer|manager|owner|founder|employee|contractor|freelancer|part[- ]timer|person|guy|girl|missus|other half|better half|hubby)"
_AND = r"\s?(?:,? ?and|,|plus|\+|&|n|with|,? plus)\s?(?:then |also |maybe |about |around |just )?"
_ME_FIRST = re.compile(
    rf"\b(?:(?:just|only|its|it's|it is) )?{_ME}\b(?= ?(?:,|and\b|plus\b|\+|&|n\b|with\b))"
)
_NEXT_OF_LIST = re.compile(
    rf"{_AND}(?:(?P<who>{_SOMEBODY})\b|(?P<others>(?:my |the |our )?(?:team of |other |others? )?(?=(?P<n>[\w'\d]))))"
)
_SOMEBODY_AND_ME = re.compile(rf"\b{_SOMEBODY} (?:and|&|plus|\+) {_ME}\b")
_JUST_ME = re.compile(
    r"\b(?:just|only|simply|literally|purely) (?:(?:little|old|ol|lil|plain|poor|boring|lonely|the|good|really|just|literally) ){0,3}(?:me|myself)\b(?! (?:or|who|that|being|and (?:a|my|the|\d)))|\bme,? myself(?:,? and i)?\b|\bonly one(?: user| person)?\b(?= *(?:$|[.,!]))|\bjust the one(?: of us)?\b|\bjust (?:one|1) (?:user|person|seat)\b|\bby myself\b"
    r"|\bi'?m (?:a )?(?:solo\w*|solopreneur|sole trader|one[- ](?:man|woman|person)|a? ?freelancer|on my own|alone|a one[- ]\w+ band|flying solo)\b|\bmyself only\b|\bme only\b|(?<!leave )(?<!let )\bme alone\b|\bone[- ](?:man|person|woman) (?:band|show|shop|business|team|company|operation|army)\b|\b(?:it's|its|it is|that's|thats) (?:only |just )?me(?: myself)?\b(?= *(?:$|[.,!]| on my own| here| really| for now| at the moment| tbh| lol| atm))|^\W*(?:solo|me|myself|muggins here|yours truly)\W*$|\bon my own\b|\ball on my own\b|\bsole trader\b|\b(?:a |one )?single (?:user|seat|person|licen[cs]e)\b|\bone\. me\b|\bi work alone\b|\bi am alone\b|^\W*(?:nobody|no one) else\b"
)
_TWO_OF_US = re.compile(r"\b(?:both of us|the pair of us|(?:me|i) and one other|us two|the two of us)\b")
_ALL_OF_US = re.compile(
    r"\b(?:a couple of us|(?:husband (?:and|&) wife|wife (?:and|&) husband|mother (?:and|&) daughter|father (?:and|&) son|two[- ]man|two[- ]person|two[- ]woman) (?:team|business|company|band|shop|outfit|operation|duo)|(?:a|dynamic) duo)\b"
)
_PLUS_ME = re.compile(
    rf"\s?(?:(?:{_PEOPLE}|full[- ]?timers?|part[- ]?timers?) )?(?:\+|plus|and|&)\s?(?:me|myself|i)\b(?! (?:need|want|have|think|'))"
)
_PAREN = re.compile(r"\([^)]*\)?")
_WHERE = rf"(?:{_KIND}|{_PEOPLE}|{_OF_US}|full[- ]?time(?:rs?)?|part[- ]?time(?:rs?)?|remote|here|abroad|overseas|external|freelance|perm|temps?|(?:in|on|at|for|from) (?:the )?\w+(?: (?:team|office|side|dept))?)"
_ADDED = re.compile(
    rf"^(?:\s?{_WHERE}){{0,3}},?\s?(?:(?P<plus>plus|\+|and then|as well as|and another|and also)|and|&)\s?(?:another |the |my |our |about |around |maybe |also |a |an )*$"
)
_PARALLEL = re.compile(rf"\s?{_WHERE}\b")
_PLUS_ONE = re.compile(rf"(?:,)?\s?(?:plus|\+|and|&) (?:my|the|our|a|an|one) (?:{_SOMEBODY})\b")

_ME_WORDS = frozenset(
    "me myself solo i im us one own alone else sole yours muggins freelancer solopreneur".split()
)
_NEAR_US = (
    "duo",
    "husband",
    "two-",
    "two man",
    "two person",
    "me and my",
    "me plus",
    "me + ",
    "two of us",
    "one of us",
    "pair of us",
    "couple of us",
)
_NEAR_ME = (
    "duo", "husband", "two-", "two man", "two person", "mother and", "father and", "wife and", "just me", "only me", "just my", "only my", "myself", "solo", "of us", "my own", "us two", "me only", "me alone", "one-", "one man", "one person", "one woman", "one me", "one. me", "one other", "me and", "me +", "me+", "me &",
    "me plus", "me,", "me n ", "me with", "i and", "i plus", "i +", "i with", "i &", "i,", "and me", "& me", "+ me", "and i", "& i", "+ i", "only one", "just one", "just the one", "just 1", "sole trader", "alone", "nobody else", "no one else", "freelancer", "single ", "yours truly", "muggins", "flying solo",
)  # fmt: skip
_ME_OR_WE = _ME_WORDS | frozenset("duo husband wife two team single".split())
# A longer text counts people only with one of these in it.
_PEOPLE_WORDS = frozenset(
    "people person persons ppl peeps folk folks humans users user seat seats license licenses licence licences employee employees staff staffers agent agents rep reps teammate teammates colleague colleagues coworker coworkers workers worker members member head heads headcount fte ftes dev devs developer developers engineer engineers designer designers student students teacher teachers pupils drivers driver nurses nurse salespeople technicians technician manager managers freelancers contractors interns volunteers consultants admins analysts guys guy lads girls women men adults kids logins accounts pax operators founders partners friends mates recruiters us them team office company crew firm agency startup department business group class workforce we were there sales support strong man my our".split()
)
_MOST = 5_000_000
_MOST_BARE = 200_000  # people, of an amount that does not say that it counts people
_FEW_WORDS = 6  # of a text in which a name is one of "me, Dave and Priya"
_MOST_WORDS = 24  # of a post in which a bare amount counts


def counts_in(said: Said, taken: Sequence[SlotValue] = ()) -> list[SlotValue]:
    """The count of people in the text, if there is one. taken: values that own their digits already."""
    if not said.vocabulary.isdisjoint(_ME_OR_WE) and _is_near_me(said):
        me = _me(said)
        if me is not None:
            return [me]
    if not said.has_digit and said.vocabulary.isdisjoint(NUMBER_WORDS):
        return []
    if len(said.words) > _MOST_WORDS and said.vocabulary.isdisjoint(_PEOPLE_WORDS):
        return []
    return _counted(said, taken)


def _is_near_me(said: Said) -> bool:
    plain = said.plain
    is_only = "me" in said.vocabulary and not said.vocabulary.isdisjoint(
        ("just", "only", "its", "thats", "literally")
    )
    if is_only or len(said.words) <= 3:
        return True
    near = _NEAR_ME if len(said.words) <= _MOST_WORDS else _NEAR_US
    return any(words in plain for words in near)


def _me(said: Said) -> SlotValue | None:
    plain = said.plain
    for pattern, number in ((_TWO_OF_US, 2.0), (_ALL_OF_US, 2.0)):
        match = pattern.search(plain)
        if match:
            return _value(said, match.start(), match.end(), number, number)
    first = _ME_FIRST.search(plain)
    if first:
        listed = _list_of(said, first)
        if listed:
            return listed
    match = _SOMEBODY_AND_ME.search(plain)
    if match and len(said.words) <= _MOST_WORDS // 2:
        return _value(said, match.start(), match.end(), 2, 2)
    match = _JUST_ME.search(plain)
    return _value(said, match.start(), match.end(), 1, 1) if match else None


def _list_of(said: Said, first: re.Match[str]) -> SlotValue | None:
    """ "me, my brother and 2 friends": everybody in the list together."""
    plain, at, low, high = said.plain, first.end(), 1.0, 1.0
    amounts = {
        amount.first: amount
        for amount in amounts_in(plain, has_words=not said.vocabulary.isdisjoint(NUMBER_WORDS))
        if not amount.is_odd
    }
    starts = {amount.start: amount for amount in amounts.values()}
    while match := _NEXT_OF_LIST.match(plain, at):
        amount = amounts.get(match.start("n")) or starts.get(match.start("n")) if match["n"] else None
        if amount and not match["who"]:
            if _OTHER_AFTER.match(plain, amount.last) or amount.high is None:
                break
            low, high, at = low + amount.low, high + amount.high, amount.end
            more = re.compile(rf"\s?(?:other |more )?(?:others?|more|{_PEOPLE})\b").match(plain, at)
            at = more.end() if more else at
        elif match["who"] or _is_name(said, match.start("n")):
            name = _WORD_AFTER.match(plain, match.start("n") - 1) if match["n"] else None
            low, high, at = low + 1, high + 1, name.end() if name else match.end()
        else:
            break
    if at == first.end() or high > _MOST:
        return None
    return _value(said, first.start(), at, low, high)


def _is_name(said: Said, at: int) -> bool:
    """Whether a name is told there, in a text so short that it is told as one of the list."""
    word = _WORD_AFTER.match(said.plain, at - 1)
    return (
        len(said.words) <= _FEW_WORDS
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
        and amount.low <= _MOST
        and (amount.low == int(amount.low))
        and not any(value.start < amount.last and amount.first < value.end for value in taken)
    ]
    if not amounts:
        return []
    people = [a for a in amounts if _is_people(plain, a)]
    found = _resolved(said, people, amounts) if people else None
    if found is None and len(said.words) <= _MOST_WORDS:
        found = _bare(said, amounts)
    return [found] if found else []


def _is_people(plain: str, amount: Amount) -> bool:
    if _MORE.match(plain, amount.last) or _INSTEAD.search(plain[max(0, amount.start - 14) : amount.start]):
        return False
    if plain[amount.first : amount.last] == "one" and not re.match(
        r" (?:of us|user|seat|person\b(?! who))", plain[amount.last :]
    ):
        return False
    if _PEOPLE_AFTER.match(plain, amount.last):
        return not re.search(r"[£$€₹¥#]\s?$", plain[: amount.first])
    if _OTHER_AFTER.match(plain, amount.end):
        return False
    head = plain[max(0, amount.start - 40) : amount.start]
    return bool(_TEAM_BEFORE.search(head)) and _is_free_after(plain, amount)


def _resolved(said: Said, people: list[Amount], amounts: list[Amount]) -> SlotValue:
    """One count of several: a correction's last, else the sum that is told, else the first outside brackets."""
    plain = said.plain
    chosen = _last_corrected(plain, people) or _outside_brackets(plain, people)
    low, high, end = _summed(plain, chosen, amounts)
    match = _PEOPLE_AFTER.match(plain, end)
    end = match.end() if match else end
    more = re.compile(r"[^.!?]{0,20}?" + _PLUS_ONE.pattern).match(plain, end)
    if more and high is not None:
        low, high, end = low + 1, high + 1, more.end()
    return _value(said, chosen.start, end, low, high)


def _times(plain: str, chosen: Amount, amounts: list[Amount]) -> Amount | None:
    """The number of teams in "two teams of 6"."""
    for other in amounts:
        if other.last < chosen.first and (
            _TEAMS_OF.fullmatch(plain[other.last : chosen.start])
            or (_EACH.match(plain, chosen.last) and other.low > 1)
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
        if _CORRECTED.search(between) or _NOW.search(between):
            return amount
    return None


def _outside_brackets(plain: str, amounts: list[Amount]) -> Amount:
    inside = [match.span() for match in _PAREN.finditer(plain)]
    outside = [a for a in amounts if not any(start <= a.first < end for start, end in inside)]
    return (outside or amounts)[0]


def _bare(said: Said, amounts: list[Amount]) -> SlotValue | None:
    plain = said.plain
    chosen: Amount | None = None
    free = [amount for amount in amounts if _is_bare(said, amount)]
    if not free:
        return None
    chosen = _last_corrected(plain, free) or _outside_brackets(plain, free)
    each = next((a for a in amounts if a.first > chosen.first), None)
    if each and _TEAMS_OF.fullmatch(plain[chosen.last : each.start]):
        return product_of(said, chosen, each)
    teams = _times(plain, chosen, amounts)
    if teams:
        return product_of(said, teams, chosen)
    low, high, end = _summed(plain, chosen, amounts)
    if high is not None and (also_me := _PLUS_ME.match(plain, chosen.last)):
        low, high, end = low + 1, high + 1, also_me.end()
    elif chosen.high is None and (also_me := _PLUS_ME.match(plain, chosen.last)):  # "5+me"
        low, high, end = chosen.low + 1, chosen.low + 1, also_me.end()
    return _value(said, chosen.start, end, low, high, volunteered=False)


def _summed(plain: str, chosen: Amount, amounts: list[Amount]) -> tuple[float, float | None, int]:
    """The amount with those that are added to it: "four plus two contractors", "seven in sales and five in support"."""
    low, high, end = chosen.low, chosen.high, chosen.end
    for other in amounts:
        if other.first <= chosen.first or other.high is None or high is None:
            continue
        between = _ADDED.match(plain[end : other.start])
        if between and (between["plus"] or _PARALLEL.match(plain, other.last)):
            low, high, end = low + other.low, high + other.high, other.end
    return low, high, end


def _is_bare(said: Said, amount: Amount) -> bool:
    """Whether an amount stands free: nothing before or behind makes it an amount of something."""
    plain = said.plain
    if _MORE.match(plain, amount.last) or (
        _OTHER_AFTER.match(plain, amount.last) and not _TEAMS_OF.match(plain[amount.last :] + "")
    ):
        return _is_teams(plain, amount)
    word = plain[amount.first : amount.last]
    head = plain[max(0, amount.start - 24) : amount.start]
    if _INSTEAD.search(head) or _NOT_BEFORE.search(plain[max(0, amount.first - 24) : amount.first]):
        return False
    if (
        amount.low in _YEARS
        and not amount.is_word
        and amount.low == amount.high
        and word.isdigit()
        and len(said.words) > 1
    ):
        return False
    if amount.low > _MOST_BARE:
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
_WORD_BEFORE = re.compile(r"([a-z][a-z']*)[\s,]*$")


def _is_free_after(plain: str, amount: Amount) -> bool:
    if _OTHER_AFTER.match(plain, amount.end):
        return False
    match = _WORD_AFTER.match(plain, amount.end)
    return match is None or match[1] in _FREE_AFTER or _PARALLEL.match(plain, amount.end) is not None


def _is_free_before(said: Said, amount: Amount) -> bool:
    match = _WORD_BEFORE.search(said.plain[max(0, amount.start - 24) : amount.start])
    return match is None or match[1] in _FREE_BEFORE or len(said.words) <= 3


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
