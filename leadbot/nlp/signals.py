"""Small facts about a post that are no intent: is it a question, does it ask a price, is there nothing to read."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from leadbot.nlp.text import Said

_QUESTION_WORDS = frozenset(
    [
        "who",
        "whos",
        "what",
        "whats",
        "when",
        "whens",
        "where",
        "wheres",
        "why",
        "how",
        "hows",
        "which",
        "whose",
        "whom",
        "can",
        "could",
        "do",
        "does",
        "did",
        "is",
        "are",
        "am",
        "was",
        "were",
        "will",
        "would",
        "should",
        "may",
        "any",
        "anyone",
        "anybody",
        "has",
        "have",
        "wondering",
        "curious",
    ]
)
_OPENING = re.compile(
    r"^(?:(?:hi|hey|hello|ok|okay|so|and|but|also|sure|yes|yeah|yep|well|um|hmm|please|pls|just|quick question|question|thanks|cool|great|nice|guys|team"
    r"|actually|oh|ah|btw|or|then|by) )*"
    r"(?:(?:who|whos|whose|whom|where|wheres|when|whens|why|which)\b(?! (?:ever|needs|knew|cares|not$))(?=.)"
    r"|what(?!ever| a | an |s not)\b|whats\b|how(?:s)?\b(?! (?:nice|cool|lovely|funny|sweet|cute|dare|rude|sad|great|amazing|awesome|wonderful|embarrassing)\b)"
    r"|(?:can|could|do|does|did|is|are|am|was|were|will|would|should|may|has|have) (?:i|we|you|u|ya|yall|he|she|it|they|there|this|that|these|those|the|a|an|your|ur|my|our"
    r"|any|anyone|anybody|someone|somebody|one|people|all)\b"
    r"|any (?:chance|idea|plans?|news|update|word|way|discounts?|deals?|one)\b|anyone know|anybody know|(?:i am |im |was |just )?(?:wondering|curious) (?:if|whether|what|how|about))"
)
# Links are blanked already; this spares "a?b", the rest of a link without its scheme.
_MARK = re.compile(r"""\?(?=\s|$|[?!.)"'*,])|[？¿؟]""")

_PRICE_WORDS = frozenset(
    [
        "pricing",
        "price",
        "prices",
        "priced",
        "cost",
        "costs",
        "much",
        "run",
        "charge",
        "fee",
        "fees",
        "rate",
        "rates",
        "quote",
        "quotes",
        "estimate",
        "cheap",
        "cheaper",
        "expensive",
        "pay",
        "paid",
        "tariff",
        "precio",
        "precios",
        "cuesta",
        "cuestan",
        "cuanto",
        "prix",
        "coute",
        "coutent",
        "combien",
        "tarif",
        "tarifs",
        "preis",
        "preise",
        "kostet",
        "kosten",
        "preco",
        "precos",
        "custa",
        "custam",
        "quanto",
    ]
)
_PRICE_SHORT = re.compile(
    r"^(?:hi |hey |hello |ok |so |and |is it |do you have |per seat |per user |whats |what is |what are |what about |how about |any |your |the |ur |need |send |send me |can i get |can i have |get |dm |dm me |info on |details on |looking for |more |about )*"
    r"(?:pricing|prices?|price list|pricelist|rates?|cost|costs|fees?|quote|tariffs?|precios?|prix|tarifs?|preise?|precos?)"
    r"(?: (?:please|pls|plz|list|info|details|page|anywhere|and \w+|for .{1,40}|on .{1,40}|of .{1,40}|per \w+|in .{1,30}))?$"
)
_PRICE_ASKED = re.compile(
    r"^(?:\w+ ){1,3}(?:pricing|prices?|rates|cost|fees?|quote)$"
)  # only with a question mark
_PRICE = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bhow much\b(?! (?:did|longer|more|i|we|better|worse|fun|time|they|he|she|it (?:means|hurts|matters)|of (?:a|an|my|our)|you (?:love|care|mean|guys|suck)|notice|warning|love|space"
        r"|\w+ (?:do|does|did|can|could) (?:you|u|ya|yall|they|he|she) (?:folks |guys |people |all )?(?:drink|eat|sleep|make|earn|spend|lift|know)\b|storage|data|memory|ram|battery|weight|does (?:it|he|she) weigh|can it|room|legroom|luggage|baggage|sugar|water)\b)",
        r"\bwhat (?:does|do|would|will|did|is|are|s) .{0,40}\b(?:costs?|charges?|run (?:me|us)|run|set me back|go for|fees?|price|prices|pricing|rates?|tariff)\b",
        r"\bwhats .{0,30}\b(?:costs?|charges?|fees?|price|prices|pricing|rates?|damage)\b",
        r"\b(?:does|do|would|will) .{0,40}\bcost (?:me|us|extra|more|anything|per|a|to|for|the|much|less)\b",
        r"\b(?:cost|price|fee|priced|charge|rate) (?:per|a|each|for|of) (?:seat|user|head|person|month|year|licen[cs]e|agent|employee|team|unit|night|\d+|one|two|the|it|an?|this|that|your)\b",
        r"\b(?:get|give|send|have|need|want|like|request|looking for|after|us|me|do|provide)(?: \w+){0,2} (?:a |an )?(?:\w+ )?(?:quote|quotation|estimate|price list|pricing|prices)\b",
        r"\bquote (?:for|on|me|us)\b",
        r"\b(?:pricing|prices?|rates?|fees?|costs?) (?:for|on|of|info|information|details|page|list|plans?|structure|tiers?|options?|start|starting|please|pls)\b",
        r"\bhow (?:does|do|is) (?:the |your |ur )?(?:team |business )?(?:pricing|prices) (?:work|look|structured)\b",
        r"\bhow (?:expensive|cheap|pricey)\b|\bhow (?:is|are) .{0,20} (?:priced|billed|charged)\b|\bpriced\b.{0,20}$",
        r"\bdo (?:you|u|yall) charge\b|\b(?:about|on) (?:the |your )?(?:pricing|prices)\b",
        r"\bcuanto (?:cuesta|cuestan|vale|valen|sale|es|cobran)\b|\bcombien\b.{0,20}(?:coute|coutent|cher)|\b(?:ca )?coute combien\b|\bwas kostet|wie viel kostet|\bwieviel\b|\bquanto (?:custa|custam|e|sai|fica)\b",
    )
)
_NOT_A_PRICE = re.compile(
    r"\b(?:worth|pay|paid|paying|at|any|whatever|half|full|great|good|best|fair|right|what a) (?:the |a |that |every |this |my |its |at )?(?:price|prices|cost|costs)\b(?! (?:for|of|per|list|match))"
    r"|\b(?:price|cost) (?:of (?:freedom|fame|love|success|living)|we pay|i pay|you pay|gouging|hike|hikes|increase|increases|rise|rises|went|going|goes|has|keeps)\b"
    r"|\b(?:cost|costing|costs) (?:me|us) (?:my|our|a job|dear|customers|money|so much|hours)\b|\bthank|\boverpriced\b|\bat all costs?\b|\bhow much (?:i|we) \b|\bquotes? of\b|\bhow much do (?:you|u|i|we|they) (?:love|like|care|hate|miss|want|need)\b|\b(?:stop|keep|keeps|dont|no more) \w+ (?:the |your )?(?:price|prices|rates|fees)\b"
)
_CLAIMS = re.compile(
    r"\b(?:overcharged|charged (?:me|us|twice|for)|refund(?:ed)?|double charged|billed (?:me|us|twice))\b"
)

_NOISE = re.compile(
    r"^(?:h+m+|u+h+m*|u+m+|e+r+m*|a+h+|o+h+|e+h+|l+o+l+|lmf?ao+|rofl|(?:ha)+h?|(?:he)+h?|(?:hi)+h|x+d+|huh|meh|ooh|wow|omg|yo|k+e+k+|bruh|lul|haha\w*|hehe\w*|jaja\w*|kk+k+|rs+|mdr|ptdr|w+o+w+|tbh|smh)$"
)
_SIGNS = frozenset("👍👌✅👎❌🆗☑✔🙅🚫🙆")


def is_question(said: Said) -> bool:
    """Whether it asks something: a question mark outside links, or a clause that opens as questions do."""
    if _MARK.search(said.plain):
        return True
    if said.vocabulary.isdisjoint(_QUESTION_WORDS):
        return False
    return any(
        _OPENING.search(clause)
        for clause in said.clauses()
        if " " in clause or clause in ("how", "why", "where", "when")
    )


def asks_price(said: Said) -> bool:
    """Whether it asks what something costs, whatever else it wants. Discounts and disputed charges are not it."""
    if said.vocabulary.isdisjoint(_PRICE_WORDS):
        return False
    bare = said.bare
    if _NOT_A_PRICE.search(bare) or _CLAIMS.search(bare):
        return False
    if any(pattern.search(bare) for pattern in _PRICE):
        return True
    asked = "?" in said.plain
    return any(
        _PRICE_SHORT.search(clause) or (asked and _PRICE_ASKED.search(clause)) for clause in said.clauses()
    )


def is_noise(said: Said) -> bool:
    """Nothing to read: only emoji, fillers, a bare mention or link. A thumb or a tick is an answer, not noise."""
    if not said.words:
        return _SIGNS.isdisjoint(said.text)
    return (
        len(said.words) <= 6
        and all(_NOISE.match(word) for word in said.words)
        and _SIGNS.isdisjoint(said.text)
    )
