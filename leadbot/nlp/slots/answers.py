"""Yes, no, maybe; and who decides.

A yes is never volunteered: it counts as the answer to a question only. A conditional yes is yes, and its words are the
whole text, so that the condition is kept ("yes but not before Jan").
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from leadbot.model import SlotType, SlotValue
from leadbot.nlp.signals import is_question
from leadbot.nlp.text import Said

_GREETING = r"(?:(?:hi|hey|hello|oh|um+|uh|well|hm+|ah|lol|haha|so|and|thanks|thank you|cool|great|nice|perfect|ok so) )*"
_YES = re.compile(
    rf"^{_GREETING}(?:yes|yess+|yea|yeah+|yeh|yep|yup|ya|yah|ye|sure|ok|okay|okey|okie|k|kk|alright|all right|fine|sounds (?:good|great|fine|perfect|like a plan)|go ahead|go for it|"
    r"of course|ofc|definitely|absolutely|certainly|please do|please|pls do|by all means|thats (?:fine|ok|okay|good|great|cool|perfect)|works for me|that works|(?:correct|right|i do|we do|i am"
    r"|we are|i would|we would|deal|agreed|indeed|you can|you may|they can|he can|she can)(?=$| (?:thanks|thank|please|yes|but|sir|mate|indeed))|id love (?:to|that)|id like that|would love (?:to|that)|happy to|im in|lets (?:do it|go|do that|talk)|why not|affirmative|totally|for sure|no problem"
    r"|no worries|np|(?:good idea|perfect|cool|great|nice)(?=$| (?:thanks|thank|please|yes|lets|do|sounds|go|ok|idea|love it|that works|yeah))|no objections?|have (?:them|him|her) (?:write|contact|reach|message|dm|call)"
    r"|si|claro|vale|por supuesto|de acuerdo|oui|ouais|bien sur|daccord|ja|jo|jawohl|klar|gerne|natuerlich|naturlich|sim|pode ser|com certeza|ndiyo|haan)\b"
)
_NO = re.compile(
    rf"^{_GREETING}(?:ok )?(?:no|nope|nah|naw|nay|never|negative|not (?:really|now|yet|today|at all|interested|for me|for us|at the moment|right now|necessary|needed|thanks)|no thanks?(?: you)?"
    r"|id rather not|rather not|id prefer not|prefer not|please dont|pls dont|dont|do not|im (?:good|fine|ok|okay|not interested|not sold)(?: thanks| thank you)?$|were (?:good|fine)|all good(?: thanks)?$|no need|pass|i dont|we dont|absolutely not"
    r"|definitely not|certainly not|of course not|hard pass|nein|non|nao|nee|ne danke|no gracias|non merci|not a chance|no way|i cant|we cant)\b"
)
_MAYBE = re.compile(
    rf"^{_GREETING}(?:maybe|perhaps|possibly|probably|prob|it depends|depends|that depends|not sure|unsure|im not sure|were not sure|i guess|guess so|i think so|i suppose|might|we might|i might|dunno|idk|i dont know|we dont know|dont know"
    r"|hard to say|could be|kind of|kinda|sort of|sorta|let me (?:think|check|ask|see)|i(?:ll| will) (?:think|have to|need to|let you know|get back)|need to (?:think|check|ask)|undecided|quizas?|tal vez|depende|peut etre|ca depend"
    r"|vielleicht|kommt drauf an|mal sehen|talvez|we(?:ll| will) see|yes and no|yes no maybe|more or less|50 50|eventually)\b"
)
_NO_IS_YES = re.compile(r"^(?:ok |hi )?(?:no problem|no worries|no objections?|no issue|np|no prob)\b")
_YES_IS_MAYBE = re.compile(
    r"^(?:yes and no|yes no|yeah no|yeah maybe|yes maybe|ok maybe|sure maybe|right now|cool story|great (?:but|though)|ok but (?:no|why|what|how)|fine print|perfect (?:storm|timing)|please (?:dont|stop|no|advise|help|fix))\b"
)
_TAKEN_BACK = re.compile(r"\b(?:actually no|no wait|on second thoughts? no|but no thanks)\b")
_YES_SIGNS, _NO_SIGNS = "👍👌✅🆗☑✔🙆", "👎❌🙅🚫"
_MOST_WORDS = 30

_AUTHORITY: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (value, re.compile(pattern))
    for value, pattern in (
        ("decides", r"\b(?:my (?:boss|manager|wife|husband|partner|co-?founder) and (?:i|me) (?:decide|choose|sign)|(?:we|i) (?:both )?decide (?:together|jointly)|joint decision|decide (?:it )?(?:together|jointly) with)\b"),
        ("influences", r"\b(?:i(?:'d| would| will|'ll| can| do)? (?:recommend|suggest|advise|propose|shortlist|evaluate|champion|push for|make (?:a|the) (?:recommendation|case|shortlist))|i(?:'m| am) (?:one of (?:the )?(?:several|three|four|five|many|a few)|evaluating|part of the (?:committee|decision|team that))|i (?:have|get) (?:a|one) (?:say|vote|voice)|my recommendation|i(?:'m| am) an? (?:influencer|advisor|adviser|recommender)|i influence|i put (?:it|them) forward|(?:my )?boss (?:listens|usually (?:listens|agrees|follows)))\b"),
        ("no", r"\b(?:(?:my |our |the )(?:boss(?:es)?|manager|ceo|cto|cfo|director|owner|it(?: team| dept| department)?|procurement|management|board|head of \w+|wife|husband|partner|finance(?: team)?|founder|vp|hq|team lead|supervisor) (?:(?:will|would|has to|have to|needs to|must|gets to|has|gets|has|gets|is the one (?:who|that)|ultimately|always|usually|does|do|makes|make) ?)*(?:decides?|choos(?:es?)|signs?(?: off)?|approves?|picks?|(?:the )?(?:final )?(?:decision|call|say)|decision)|not (?:my|up to me|mine)(?: (?:decision|call|choice|to decide))?|above my pay ?grade|i (?:don't|do not|dont|can't|cannot) (?:decide|sign|approve|have (?:the |any )?(?:authority|say))|i(?:'m| am) (?:just|only) (?:the |an? )?(?:intern|assistant|student|employee|user|messenger)|(?:i'm|i am|i was|we were|im) (?:told|asked) (?:what|to)|someone else decides|(?:it's|its|that's) (?:up to|decided by) (?:my|our|the) (?:boss|manager|ceo|cto|it|board|owner|management|director)|i have no say)\b"),
        ("decides", r"\b(?:i (?:decide|choose|sign (?:off|it|them|for it)|approve|make the (?:decision|decisions|call|final call|final decision)|own the (?:budget|decision)|run the (?:company|business|shop|show|team|place)|have (?:the )?final say|can (?:sign|decide|approve))|i(?:'m| am|m) (?:the )?(?:(?:sole |final )?decision[- ]?maker|owner|boss|founder|ceo|cto|coo|co-?founder|one who decides|one deciding|budget holder|managing director|director|sole owner)|(?:it's|its|that's|thats|it is) (?:my (?:call|decision|choice|company|business)|up to me|me who decides|me)|my (?:call|decision|choice|budget)|that would be me|that'd be me|just me deciding|we decide|i do the buying|up to me|buck stops with me|myself)\b"),
    )
)  # fmt: skip


def yes_no_in(said: Said) -> SlotValue | None:
    """Yes, no or maybe, when the text opens with one. A question is neither ("sure, what's it about?")."""
    bare = said.bare
    if not bare:
        return _sign(said)
    if len(said.words) > _MOST_WORDS:
        return None
    value = _value(bare)
    if value is None:
        return _sign(said) if len(said.words) <= 6 and not is_question(said) else None
    if is_question(said) or _TAKEN_BACK.search(bare):
        return None if is_question(said) else _whole(said, "no")
    return _whole(said, value)


def authority_in(said: Said) -> SlotValue | None:
    """Who decides, when they say so."""
    vocabulary = said.vocabulary
    if vocabulary.isdisjoint(_AUTHORITY_WORDS) and len(said.words) > 4:
        return None
    for value, pattern in _AUTHORITY:
        match = pattern.search(said.plain)
        if match:
            is_whole = match[0] in ("it's me", "its me", "that's me", "myself", "thats me")
            if is_whole and len(said.words) > 4:
                continue
            return SlotValue(
                SlotType.AUTHORITY, said.text[match.start() : match.end()], match.start(), match.end(),
                volunteered=bool(_CLEARLY.search(match[0])), value=value,
            )  # fmt: skip
    return None


# Words that authority is never told without, "it's me" aside.
_AUTHORITY_WORDS = frozenset(
    [
        "decide",
        "decides",
        "decision",
        "decisions",
        "boss",
        "bosses",
        "manager",
        "choice",
        "recommend",
        "suggest",
        "advise",
        "propose",
        "owner",
        "founder",
        "ceo",
        "cto",
        "coo",
        "cfo",
        "cofounder",
        "approve",
        "approves",
        "sign",
        "signs",
        "authority",
        "say",
        "vote",
        "paygrade",
        "grade",
        "budget",
        "procurement",
        "board",
        "influence",
        "influencer",
        "committee",
        "director",
        "recommendation",
        "management",
        "intern",
        "assistant",
        "told",
        "evaluate",
        "evaluating",
        "listens",
        "shortlist",
        "maker",
        "buying",
        "final",
        "call",
        "up",
        "run",
        "push",
        "champion",
        "head",
        "hq",
        "vp",
        "wife",
        "husband",
        "partner",
        "finance",
        "supervisor",
        "department",
        "dept",
        "voice",
        "advisor",
        "adviser",
        "stops",
        "part",
        "forward",
    ]
)
_CLEARLY = re.compile(
    r"decid|decision|sign|approv|final|recommend|owner|founder|budget|pay ?grade|authority|\bsay\b"
)


def _value(bare: str) -> str | None:
    if _YES_IS_MAYBE.match(bare):
        return (
            None
            if bare.startswith(("ok but", "great", "cool", "fine", "perfect", "please", "right"))
            else "maybe"
        )
    if _MAYBE.match(bare):
        return "maybe"
    if _NO_IS_YES.match(bare):
        return "yes"
    if _NO.match(bare):
        return "no"
    return "yes" if _YES.match(bare) else None


def _sign(said: Said) -> SlotValue | None:
    for index, char in enumerate(said.text):
        if char in _YES_SIGNS or char in _NO_SIGNS:
            value = "yes" if char in _YES_SIGNS else "no"
            return SlotValue(SlotType.YES_NO, char, index, index + 1, value=value)
    return None


def _whole(said: Said, value: str) -> SlotValue:
    """The whole text, without the handles before it and the blanks round it: a condition stays with its yes."""
    plain = said.plain
    start, end = len(plain) - len(plain.lstrip()), len(plain.rstrip())
    return SlotValue(SlotType.YES_NO, said.text[start:end], start, end, value=value)
