"""Budgets and prices: "$200-300/mo", "2 lakh rupees", "1.500 €", "30 quid a head"; "up to 5k" without a currency.

An amount with a sign or word of currency is volunteered. One without counts only as the answer to the question: its
currency is null, and the card's own is meant.
"""

# ruff: noqa: E501, SIM905  (a pattern and a list of words are read as one line)

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from leadbot.model import SlotType, SlotValue
from leadbot.nlp.slots.numbers import NUMBER_WORDS, Amount, amounts_in
from leadbot.nlp.text import Said

__all__ = ["money_in"]

_SIGNS = {
    "$": "USD", "us$": "USD", "usd$": "USD", "£": "GBP", "€": "EUR", "₹": "INR", "¥": "JPY", "₦": "NGN", "₩": "KRW", "₱": "PHP",
    "a$": "AUD", "au$": "AUD", "aud$": "AUD", "c$": "CAD", "ca$": "CAD", "cad$": "CAD", "cdn$": "CAD", "nz$": "NZD", "s$": "SGD", "hk$": "HKD", "r$": "BRL",
    "mx$": "MXN", "rs": "INR", "rs.": "INR", "₺": "TRY", "₪": "ILS", "zł": "PLN", "₫": "VND", "฿": "THB", "₴": "UAH", "kč": "CZK", "₿": "BTC", "r": "ZAR",
}  # fmt: skip
_WORDS = {
    "dollar": "USD", "dollars": "USD", "dolars": "USD", "dollarinos": "USD", "buck": "USD", "bucks": "USD", "usd": "USD", "us dollars": "USD", "euro": "EUR", "euros": "EUR", "eur": "EUR",
    "pound": "GBP", "pounds": "GBP", "quid": "GBP", "gbp": "GBP", "sterling": "GBP", "pounds sterling": "GBP", "rupee": "INR", "rupees": "INR", "inr": "INR",
    "rs": "INR", "rupee's": "INR", "yen": "JPY", "jpy": "JPY", "aud": "AUD", "cad": "CAD", "nzd": "NZD", "sgd": "SGD", "chf": "CHF", "francs": "CHF", "swiss francs": "CHF", "franken": "CHF",
    "reais": "BRL", "brl": "BRL", "real": "BRL", "pesos": "MXN", "mxn": "MXN", "naira": "NGN", "ngn": "NGN", "zar": "ZAR", "rand": "ZAR", "rands": "ZAR",
    "sek": "SEK", "kr": "SEK", "kronor": "SEK", "nok": "NOK", "dkk": "DKK", "kroner": "DKK", "pln": "PLN", "zloty": "PLN", "zlotys": "PLN", "zł": "PLN", "zl": "PLN", "kes": "KES", "ksh": "KES",
    "shillings": "KES", "aed": "AED", "dirhams": "AED", "dhs": "AED", "sar": "SAR", "riyals": "SAR", "canadian dollars": "CAD", "canadian": "CAD", "aussie dollars": "AUD", "australian dollars": "AUD", "aussie": "AUD",
    "kiwi dollars": "NZD", "hkd": "HKD", "cny": "CNY", "rmb": "CNY", "yuan": "CNY", "krw": "KRW", "won": "KRW", "php": "PHP", "czk": "CZK", "kč": "CZK", "huf": "HUF", "forint": "HUF", "try": "TRY", "lira": "TRY", "ils": "ILS", "shekels": "ILS", "idr": "IDR", "thb": "THB", "baht": "THB", "myr": "MYR", "rm": "MYR", "usdt": "USD",
}  # fmt: skip
# Words that are money only beside a number: "real", "won" and "try" are words of their own.
_RISKY = frozenset(("real", "won", "try", "canadian", "aussie", "rand", "php", "francs", "rm", "lira"))
# Where "kr" and "kroner" are at home is not told by the word; the largest country of it is meant.

_SIGN = r"(?:(?:usd?|a(?:ud?)?|c(?:ad?|dn)?|nz|s|hk|r|mx)?\$|[£€₹¥₦₩₱₺₪₫฿₴₿]|\brs\.?(?=\s?\d)|zł|kč)"
_WORD = rf"(?:{'|'.join(sorted((re.escape(word) for word in _WORDS), key=len, reverse=True))})"
_SIGN_BEFORE = re.compile(
    rf"(?P<sign>{_SIGN}|\brs\.?|\br(?=\s?$))\s?$|\b(?P<word>inr|usd|eur|gbp|chf|aud|cad|nzd|sgd|zar|sek|nok|dkk|pln|aed|ngn|kes|ksh|jpy|brl|mxn|hkd|rmb|rm|myr|euro|euros|rupees|dhs|sar)\s?$"
)
_SIGN_AFTER = re.compile(
    rf"\s?(?:-?ish\s?)?(?:\+\s?)?(?:(?P<sign>{_SIGN})(?!\s?\d)|(?:of )?(?P<word>{_WORD})\b(?! (?:of|in weight|heavier|lighter)\b))"
)
# "pounds" of apples; "5 pounds in weight".
_SEAT = r"(?:seats?|users?|heads?|persons?|people|agents?|licen[cs]es?|employees?|pp|member|team|site|location|device|company|account|workspace|dev|rep|guy|one)"
_PER_MONTH = r"(?:months?|mo\b|mth|mnth|m\b|mon\b|monat|mes\b|m[eê]s\b|mois|mån(?:ad)?|maand|mese)"
_PER_YEAR = r"(?:years?|yrs?|annum|y\b|jahr|ano\b|año|an\b|année|jaar|anno|12 months)"
_PER_WEEK = r"(?:weeks?|wks?|w\b|woche|semana|semaine)"
_LY_MONTH = r"(?:monthly|mthly|pcm|pm\b|p\.m\.|p/m|mtl|monatlich|mensual(?:es)?|mensuel|mensal)"
_LY_YEAR = r"(?:yearly|annually|annual|pa\b|p\.a\.?|p/a|py\b|j[aä]hrlich|anual(?:es)?)"
_LY_WEEK = r"(?:weekly|pw\b|p\.w\.|p/w)"
_ONCE = r"(?:one[- ]?off|once(?! (?:we|i|the|it|you|they))|one[- ]?time|upfront|up[- ]front|lump[- ]sum|single payment|flat|(?:in )?total|all in all|all[- ]in one|all[- ]in\b|once only|outright|for good|lifetime)"
_EACH = r"(?:/|\bper|\ba|\ban|\beach|\bevery|\bevry|\bp\.?|\bin a|\bover (?:the|a)|\bthe|\bfor (?:the|a|one)|\bfor each|\bin the|\bthis|\bby(?: the)?|\bim|\bpro|\bpor|\bpar|\bal|\bao|\bi)"
_PER = re.compile(
    rf"(?:\s?{_EACH}\s?(?:{_PER_MONTH}(?P<month>)|{_PER_YEAR}(?P<year>)|{_PER_WEEK}(?P<week>))(?![a-z])|[\s,(]{{0,2}}(?:{_LY_MONTH}(?P<month2>)|{_LY_YEAR}(?P<year2>)|{_LY_WEEK}(?P<week2>)|{_ONCE}(?P<once>)))"
)
# What may stand between an amount and its period: "per seat", "for 5 users", "max", "or so", "total".
_BETWEEN = re.compile(
    rf"(?:\s?(?:max(?:imum)?|tops|or so|ish|-ish|roughly|plus|\+|give or take|at most|or less|(?:or )?thereabouts|i think|i guess|ex(?:cl?)?\.? vat|plus vat|\+ ?vat|inc\.? vat|net|gross|for (?:the )?(?:all|everyone|everything|lot|whole (?:team|thing))(?: of us)?|for (?:about |all )?(?:\d+|\w+) {_SEAT}|(?:/|per|a|an|each|every|p\.?)\s?{_SEAT}(?![a-z])|spend|budget|usd|eur|gbp|inr|chf|dollars|euros|pounds|,-|/-|-/|,--|,))+"
)
_PERIOD_BEFORE = re.compile(
    r"\b(?:(?P<month>monthly|month)|(?P<year>annual|yearly|year)|(?P<week>weekly|week))(?:'?s)?(?: (?:budget|spend|limit|cost|fee|price|max|figure|subscription|plan|ceiling))?(?: (?:is|of|was|would be|around|about|at|would|can|could|be|we|i|pay|spend|have|not more than|we're|so|approx|up to|under|around))*\s?$"
)
_NO_PER = re.compile(rf"\s?(?:/|per|a|an|each|every|p\.?)\s?{_SEAT}(?![a-z])")

_FIGURES = re.compile(r"\b(?:low |mid |high )?(?P<n>four|five|six|seven|4|5|6|7) ?-?figures?\b")
_FIGURE_OF = {"four": 4, "five": 5, "six": 6, "seven": 7}
_NOTHING = re.compile(
    r"^\W*(?:(?:honestly|well|haha|lol|um|uh|we have|we've got|i have|i've got|currently|right now|basically|absolutely|literally|there is|there's|zero|as close to|ideally|tbh) )*(?:zero|nothing|nada|nil|zilch|nowt|none|no (?:budget|money|funds)|0|zero budget|\$0|a big fat zero|bugger all|sweet fa)(?: (?:at all|at the moment|right now|for this|really|whatsoever|tbh|lol|haha|atm|left|currently|budget|for now|sorry|i'm afraid|to spend|sadly))*\W*$"
)
_ANY_SIGN = re.compile("[$£€₹¥₦₩₱₺₪₫฿ł₴₿]|\\brs\\.? ?\\d|\\br ?\\d\\d")
_NAUGHT = frozenset("zero nothing nada nil zilch nowt none no bugger sweet".split())
_GLUE = re.compile(r"\d[a-z]{2}")
_GLUED = re.compile(rf"\d(?:k|m)?(?:{_WORD})\b")
_NOT_MONEY_AFTER = re.compile(
    r"\s?(?:%|of (?:our|my|the|them|your|these|those|us)|percent|per cent|am\b|pm\b(?! ?\d)|st\b|nd\b|rd\b|th\b|:\d|-?\s?(?:hours?|hrs?|mins?|minutes?|secs?|seconds?|days?|nights?|weeks?|wks?|months?|mths?|years?|yrs?|gb|tb|mb|kg|km|miles?|of us|people|persons?|ppl|users?|seats?|staff|employees?|agents?|reps?|devs?|members?|licen[cs]es?|teams?|offices?|sites?|shops?|stores?|times|things?|tools?|apps?|options?|questions?|customers?|clients?|leads?|orders?|tickets?|stars?|countries|guys|engineers|developers|colleagues|contacts|emails|calls|posts|followers|reasons?|colou?rs?|others?|more\b|competitors?|quotes?|vendors?|dogs?|kids?|cars?|vans?|companies|accounts?|logins?|projects?|points?|ways?|weeks?|steps?))(?![a-z])"
)
_NOT_MONEY_BEFORE = re.compile(
    r"(?:\b(?:since|in|until|till|by|for|(?<!around )(?<!about )(?<!in )the|version|v|no\.?|number|page|room|level|year|q|fy|h|at|on|age|i'm|we are|we're|team of|\d|ref|order|windows|ios|call me on|call|back in|phase|within|after|before|top|office|of|tier|under|plan|from|like in|option|our|my|ask me in|next|last|past|every) ?|[#/\\:.]\s?)$"
)
_MONEY_FREE = frozenset(
    "a anything thinking considering proposing hoping planning targeting allocating approved allow willing able about absolute afford all allocated allowed and approx approximately around at be below best between budget budgeted but can cap cost could currently do ends exactly expecting for from get give go got guess had have honestly i i'd i'm ideally in is it it'd it's its just let's like limit looking max maximum maybe me mean meant min minimum more no now of offer ok okay only or over pay paying perhaps price probably put roughly say set so somewhere sorry spend spending spent stretch than that that'd that's thats the then think to top under up upto want was we we'd we'll we're we've well will with within would yeah yes you wait actually budget's approved reckon aiming ballpark range hoping ceiling it'll circa abt tops less not um uh hmm haha lol maybe: budget: around: by month monthly annual annually yearly year weekly under: quoted signed another least most north wanna mind there".split()
)
_MONEY_AFTER = frozenset(
    "a all and annually approx at atm but but: by each easily every excl ex for give guess haha honestly i if ideally in inc including is ish it lol max maximum maybe min minimum month monthly net no now of off on once one or over overall p pa pcm per plus please pls pm possibly pw probably right roughly sir so something spend tbh thanks that the then to tops total totally upfront vat we weekly with would year yearly yes you tho though mate sorry wait not depending budget this next thereabouts absolute absolutely top flat gross from is'nt yeah im initially mark region until then-ish altogether up upwards".split()
)
_MOST_WORDS_RAND = 12
_LEAST_RAND = 50  # "R2" is more often a name than an amount
_NOT_SPENT_AFTER = re.compile(
    r"\s?(?:k|m|million)?\s?(?:usd|eur|gbp|dollars|euros|pounds)?(?: (?:in|of|a year in|annual|yearly|monthly))* ?(?:revenues?|turnover|arr|mrr|gmv|sales(?! (?:tool|team|software))|profits?|valuation|funding|seed|series)\b"
)
_NOT_SPENT_BEFORE = re.compile(
    r"\b(?:revenues?|turnover|arr|mrr|gmv|profits?|valuation|raised|raising|valued at)(?: (?:is|was|of|about|around|at|hit|over|us|nearly|just))*[: ]*[£$€₹]?\s?$"
)
_REJECTED = re.compile(r"\b(?:not|isn't|instead of|rather than)\s?(?:a |the |just )?[£$€₹¥]?\s?$")
_ONE_OFF = re.compile(r"(?:one|1)[\s-]?(?:off|time)\b")
_MOST = 1e12
_MOST_WORDS = 20  # of a post in which an amount without a currency counts
_HINTS = frozenset(
    "budget spend pay paying afford cost price k grand lakh lakhs crore crores month year monthly annum annually figures figure".split()
)


def money_in(said: Said) -> list[SlotValue]:
    """Every amount of money with a sign or word of currency; without any, one that answers a question for money."""
    plain, is_short = said.plain, len(said.words) <= _MOST_WORDS
    has_words = not said.vocabulary.isdisjoint(NUMBER_WORDS)
    if not said.has_digit and not has_words:
        return _nothing(said) if len(said.words) <= 8 and not said.vocabulary.isdisjoint(_NAUGHT) else []
    has_sign = not said.vocabulary.isdisjoint(_WORDS) or bool(_ANY_SIGN.search(plain))
    has_sign = has_sign or (_GLUE.search(plain) is not None and _GLUED.search(plain) is not None)
    if not has_sign and not is_short:
        return []
    amounts = [amount for amount in amounts_in(plain, has_words=has_words) if amount.low <= _MOST]
    amounts = [amount for amount in amounts if _may_be_spent(plain, amount)]
    found = [value for amount in amounts if has_sign and (value := _with_currency(said, amount)) is not None]
    if found or not is_short:
        return found
    return _figures(said) or _nothing(said) or [_named_apart(said, value) for value in _bare(said, amounts)]


def _may_be_spent(plain: str, amount: Amount) -> bool:
    """Whether an amount is none of what they earn, none that they take back, and no "one-off"."""
    head = plain[max(0, amount.start - 40) : amount.first]
    return not (
        _NOT_SPENT_AFTER.match(plain, amount.last)
        or _NOT_SPENT_BEFORE.search(head)
        or _REJECTED.search(plain[max(0, amount.start - 16) : amount.first])
        or _ONE_OFF.match(plain, amount.first)
    )


def _with_currency(said: Said, amount: Amount) -> SlotValue | None:
    plain = said.plain
    before = _SIGN_BEFORE.search(plain[max(0, amount.first - 8) : amount.first])
    after = _SIGN_AFTER.match(plain, amount.last)
    inner = re.search(_SIGN, plain[amount.first : amount.last])
    currency = None
    if before and (before["sign"] or before["word"]):
        is_rand = bool(before["sign"]) and before["sign"].strip() == "r"
        if is_rand and (amount.low < _LEAST_RAND or len(said.words) > _MOST_WORDS_RAND):
            return None
        currency = _SIGNS.get((before["sign"] or "").strip()) or _WORDS.get(before["word"] or "")
    elif after and not (after["word"] in _RISKY and len(said.words) > 12 and amount.low < 20):
        currency = _SIGNS.get(after["sign"] or "") or _WORDS.get(after["word"] or "")
    elif inner:
        currency = _SIGNS.get(inner[0].strip())
    if currency is None or (amount.is_odd and not before and not after):
        return None
    start = min(amount.start, amount.first - (len(before[0]) if before else 0))
    end = max(amount.end, after.end() if after else 0)
    return _value(said, amount, start, end, currency)


def _bare(said: Said, amounts: list[Amount]) -> list[SlotValue]:
    free = [amount for amount in amounts if not amount.is_odd and _is_free(said, amount)]
    if not free:
        return []
    chosen = free[0]
    for before, amount in pairwise(free):
        if re.search(
            r"\b(?:no|wait|sorry|actually|mean|meant|make|rather|scratch|correction)\b",
            said.plain[before.last : amount.start],
        ):
            chosen = amount
    return [_value(said, chosen, chosen.start, chosen.end, None)]


def _named_apart(said: Said, value: SlotValue) -> SlotValue:
    """The amount with the one currency that is told apart from it: "2k a year, dollars"."""
    named = {_WORDS[word] for word in said.vocabulary & _PLAIN_WORDS}
    return replace(value, currency=named.pop()) if len(named) == 1 else value


_PLAIN_WORDS = frozenset(_WORDS) - _RISKY - {"rs", "kr", "zl", "pound"}


def _is_free(said: Said, amount: Amount) -> bool:
    plain = said.plain
    if _NOT_MONEY_AFTER.match(plain, amount.last) and not _PER.match(plain, amount.last):
        return False
    has_period = _period_after(plain, amount.end)[0] is not None
    strong = amount.scaled > 1 or has_period or bool(_NO_PER.match(plain, amount.end))
    if not strong and _NOT_MONEY_BEFORE.search(plain[max(0, amount.start - 16) : amount.start]):
        return False
    if (
        not strong
        and 1990 <= amount.low < 2100
        and not {"budget", "spend", "pay"} & said.vocabulary
        and len(said.words) > 2
    ):
        return False
    if plain[amount.first : amount.last] in ("one", "a couple", "couple", "a pair", "two"):
        return False
    after = re.compile(r"[\s-]{1,2}([a-z][a-z']*)").match(plain, amount.end)
    before = re.search(r"([a-z][a-z']*)[\s,]*$", plain[max(0, amount.start - 24) : amount.start])
    is_free_after = after is None or after[1] in _MONEY_AFTER or has_period
    is_free_before = before is None or before[1] in _MONEY_FREE or strong or len(said.words) <= 3
    return is_free_after and is_free_before


def _figures(said: Said) -> list[SlotValue]:
    match = _FIGURES.search(said.plain) if "figure" in said.plain else None
    if not match:
        return []
    digits = _FIGURE_OF.get(match["n"]) or int(match["n"])
    low, high = 10.0 ** (digits - 1), 10.0**digits - 1
    return [
        SlotValue(
            SlotType.MONEY,
            said.text[match.start() : match.end()],
            match.start(),
            match.end(),
            low=low,
            high=high,
        )
    ]


def _nothing(said: Said) -> list[SlotValue]:
    """ "zero", "no budget at all": nothing to spend."""
    match = _NOTHING.match(said.plain) if len(said.words) <= 8 else None
    if not match:
        return []
    start, end = _trimmed(said.plain, match.start(), match.end())
    return [SlotValue(SlotType.MONEY, said.text[start:end], start, end, low=0.0, high=0.0)]


def _value(said: Said, amount: Amount, start: int, end: int, currency: str | None) -> SlotValue:
    plain = said.plain
    per, until = _period_after(plain, end)
    low, high = amount.low, amount.high
    tail = re.compile(
        r"\s?(?:max(?:imum)?|tops|at most|or less|limit|absolute max|at the most|ceiling)\b"
    ).match(plain, until if per else end)
    if tail and low == high and high is not None:
        low, until = 0.0, tail.end()
    more = re.compile(r"\s?(?:\+|or more|or above|and up|minimum|at least)(?!\w)").match(
        plain, until if per else end
    )
    if more and low == high:
        high = None
    if per is None:
        head = _PERIOD_BEFORE.search(plain[max(0, start - 60) : start])
        per = head.lastgroup if head else None
        until = end
    start, end = _trimmed(plain, start, until)
    return SlotValue(
        SlotType.MONEY,
        said.text[start:end],
        start,
        end,
        volunteered=currency is not None,
        low=low,
        high=high,
        currency=currency,
        per=per,
    )  # fmt: skip


def _period_after(plain: str, at: int) -> tuple[str | None, int]:
    """The period an amount is for, and where it ends; (None, at) when none is said."""
    match = _PER.match(plain, at)
    if not match:
        between = _BETWEEN.match(plain, at)
        match = _PER.match(plain, between.end()) if between else None
    if not match:
        return None, at
    return next(
        name.rstrip("2") for name, value in match.groupdict().items() if value is not None
    ), match.end()


def _trimmed(plain: str, start: int, end: int) -> tuple[int, int]:
    while end > start and plain[end - 1] in " \n\t,.;!?)(":
        end -= 1
    while start < end and plain[start] in " \n\t,.;!?)(":
        start += 1
    return start, end
