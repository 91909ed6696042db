"""Signs of a buyer that need no guessing: "where can I buy", "looking for a plan for 40 people", "move our team over".

They do not decide; they are told to the model as facts, because few examples of each wording teach a rule better than a
weight. A fault in the way ("can't sign up") makes it a call for help, and then no sign.
"""

from __future__ import annotations

import re

from leadbot.nlp.phrases import Phrases, phrase
from leadbot.nlp.text import Said

# ruff: noqa: E501  (a pattern is read as one line)

_MANY = r"(?:\d+|a couple of|a dozen|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|a few|several)"
_SEAT = r"(?:people|users?|seats?|licen[cs]es?|employees|staff|agents|reps|devs|developers|engineers|team ?members|colleagues|members|of us|person team|person company|laptops|rooms|tickets|units|copies|boxes)"
_THING = r"(?:plans?|tools?|software|solution|platform|system|app|crm|helpdesk|help desk|licen[cs]es?|subscription|provider|vendor|supplier|alternative|package|account|membership|product|service|something|setup|demo|trial)"
_WE = r"(?:i|we|you|my \w+|our \w+|one|someone)"

_PHRASES = Phrases(
    phrase("where-to-buy", "where how", rf"\b(?:where|how) (?:do|can|could|would|should|to) (?:{_WE} )?(?:go about )?(?:(?:actually|even|still|just) )?(?:buy|buying|get (?:one|some|a|an|my hands|hold|it|them|started|these|this|those)|order|purchase|subscribe|sign up|sign|join|book|register|open|enrol|enroll|apply|upgrade|switch|try|preorder|pre order|reserve|start)\b"),
    phrase("want-to-buy", "buy buying order ordering purchase subscribe sign book booking switch switching upgrade try move moving migrate migrating trial demo join", r"^(?:(?:hi|hey|ok|yes|please|just) )*sign (?:me|us|my \w+) up(?: please| pls| now)?$|\b(?:want|wants|wanna|like|love|looking|ready|hoping|planning|thinking (?:of|about)|keen|interested in|considering|about|need|trying) (?:to )?(?:buy|buying|order|ordering|purchas\w+|subscrib\w+|sign(?:ing)? up|book|booking|switch|switching|upgrad\w+|try(?:ing)? (?:you|it|this|your|out)|trial\w*|demo|join(?:ing)?|mov(?:e|ing)|migrat\w+)\b"),
    phrase("looking-for", "looking need want after searching shopping evaluating choose choosing comparing", rf"\b(?:looking (?:for|at)|in need of|we need|i need|need|want|after|searching for|shopping for|in the market for|evaluating|choosing|comparing) (?:a |an |the |some |your |new )*(?:\w+ ){{0,3}}?{_THING}\b(?: (?:for|to|that|with|by)\b|$)"),
    phrase("for-many", "for", rf"\bfor (?:about |around |roughly |up to |over |my |our |a team of )*{_MANY} (?:\w+ )?{_SEAT}\b"),
    phrase("need-many", "need needs want wants", rf"(?<!dont )(?<!not )(?<!you )\b(?:needs?|wants?) (?:about |around |roughly |another |at least |up to )*{_MANY} (?:more |extra |new |additional )?(?:seats|users|licen[cs]es)\b(?! on)", "seats users licenses licences license licence"),
    phrase("move-over", "move switch migrate moving switching migrating bring", r"\b(?:move|switch|migrate|moving|switching|migrating|bring)(?: (?:my|our|the|us|me|all|everyone))? ?(?:\w+ ){0,3}?(?:over|to you|to your|to yours|from \w+)\b"),
    phrase("demo", "demo trial", r"\b(?:book|get|schedule|have|see|request|want|need|like|do you (?:have|offer|do)|is there|offer)(?: me| us)? (?:a |an |any |some )?(?:\w+ )?(?:demo|trial)\b"),
    phrase("in-stock", "stock sell", r"\bdo (?:you|u|yall|ya) (?:still |also |even )?(?:sell|stock|do|have)\b"),
)  # fmt: skip
_IN_THE_WAY = re.compile(
    r"\b(?:cant|cannot|couldnt|wont (?:let|load|work|go)|unable|error|broken|refund|cancel\w*|crash\w*|failed|fails|failing|not working|doesnt work|stuck|locked out|waiting|still (?:not|havent|hasnt|waiting)"
    r"|been (?:trying|charged)|charged|keeps?|support|fix|bug|issue|problem|log ?in|password|complain\w*"
    r"|away from (?:you|yall|u)|from (?:you|yours|u) to|(?:leave|leaving|left|ditch|ditching|dump|dumping) (?:you|u)(?= |$)|need (?:some |any )?(?:help|assistance) with|(?:already|existing|current) (?:a )?(?:paying )?(?:customer|subscriber|client))\b"
)


_FAULT = r"(?:bugs?|glitch(?:es)?|errors?|issues?|problems?)"
_REPAIR = re.compile(rf"\b{_FAULT}\b.*\bfix(?:ed|es|ing)?\b|\bfix(?:ed|es|ing)?\b.*\b{_FAULT}\b")


def asks_for_repair(said: Said) -> bool:
    """Whether it asks for a fault to be mended: a customer's call for help, however much like a question."""
    return _REPAIR.search(said.bare) is not None


def wants_to_buy(said: Said) -> bool:
    """Whether it has a clear sign of wanting to buy, try or move to the product, and none of a fault."""
    return _PHRASES.stand_in(said) and not _IN_THE_WAY.search(said.bare)
