"""Yes, no, maybe.

A yes is never volunteered: it counts as the answer to a question only. A conditional yes is yes, and its words are the
whole text, so that the condition is kept ("yes but not before Jan"). A hedge ("I guess so") is maybe: nothing less than a
clear yes lets a person's data go.
"""

# ruff: noqa: E501, SIM905  (a pattern and a list of words are read as one line)

from __future__ import annotations

import re

from leadbot.model import SlotType, SlotValue
from leadbot.nlp.signals import is_question
from leadbot.nlp.text import Said

__all__ = ["yes_no_in"]

_LEAD = r"^(?:(?:hi|hey|hello|oh|um+|uh+|well|hm+|ah|lol|haha|hah|so|and|thanks|thank you|thx|ta|cheers|tbh|honestly|to be honest|in all honesty|i mean|er+m?|erm|cool|great|nice|perfect|wow|sorry|ok so|hmm+|yo|bro|mate|dude|omg|jo|actually|frankly|look|sir|team) )*"
_END = r"(?=$| (?:thanks|thank|thx|please|pls|yes|but|sir|mate|indeed|ta|cheers|madam|then|go|sure|ok|of course|if|as long|lol|haha|tbh|and|for|with|do|that|absolutely|definitely|bro|man|dude|team|why|just|by|from|i|we|you|it|no problem|so|though|tho|x|only|because|cos|cause|after|when|once|at|in|on|not|can|could|maybe|please do|my|our|the|email|dm|tell|let|pass|send|have|make|provided|unless|until|jo|jos|looking|works|sounds|fine|good|great|thats|that|cool|lets|he|she|they|all|why not|absolutely)\b)"
_YES_WORD = r"(?:yes|yess+|yesh|yis|yuss+|yas+|y|yea|yeah+|yeh|yh|yep+|yup+|yip|ya|yah|ye|yee+|aye|yessir|yes sir|sure(?: thing)?|surely|ok|okay|okey|okie|okey dokey|okie dokie|oki|okk+|k|kk|alright(?:y)?|all right|fine|of course|ofc|obvs|obviously|course|def|defs|definitely|definately|defo|deffo|absolutely|certainly|affirmative|totally|for sure|fs|agreed|deal|indeed|correct|roger|bet|yeah sure|100|100 percent|hundred percent|naturally|gladly|granted|please|pls|plz)"
_YES = re.compile(
    rf"{_LEAD}(?:{_YES_WORD}{_END}|only (?:if|when|as long as)\b|yes\b|yeah\b|yep\b|yup\b|sure\b(?! (?:enough|fire|ly))"
    r"|sounds? (?:good|great|fine|perfect|like a plan|ok|okay|lovely|reasonable|ideal|fair|awesome)|go ahead|go right ahead|go for it|go on(?: then)?\b(?! (?:and on|strike|holiday))|please (?:do|go ahead|pass|proceed|send|have|tell)|(?:kindly|pls|plz) (?:do|proceed|go|pass)|do (?:it|so|that)$|by all means|feel free|be my guest|knock yourself out|you bet(?:cha)?|hit me(?=$| up| with)|fire away|shoot$|lets goo*|make it so|say less|happy days"
    r"|thats? (?:is )?(?:fine|ok|okay|good|great|cool|perfect|alright|all right|correct|right|true|no problem|works|grand|totally fine|absolutely fine)|(?:that|it|this)(?:ll| will)? (?:works|would work|be fine)|works for me|(?:fine|ok|okay|good|cool|alright) (?:by|with|for) (?:me|us)|(?:that|it)(?:d| would)? (?:would )?(?:be )?(?:great|good|lovely|helpful|fine|nice|perfect|ideal|awesome|amazing|brilliant|super|wonderful|appreciated|cool)$|(?:that|it|this)(?:d| would) be (?:really |very |so |absolutely |just )?(?:great|good|lovely|helpful|fine|nice|perfect|ideal|awesome|amazing|brilliant|super|wonderful|appreciated|cool|useful|handy)"
    r"|(?:i|we)(?:d| would) (?:like|love|appreciate|welcome) (?:that|to|it|this)|would (?:love|like) (?:that|to|it)|(?:more than |very |so |only too |quite )?happy (?:to|for|with)|(?:im|i am|were|we are) (?:ok|okay|fine|cool|happy|good|alright|down|game|up) (?:with|for(?! now| the moment| today)|to)|(?:im|i am|were|we are) (?:in|game|down)$|(?:im|i am) all for it|lets (?:do|go|talk|chat)|why (?:not|wouldnt)(?=$| (?:haha|lol|go|thanks|then|sure|have|let))|no (?:problem|problems|worries|objections?|issues?|prob|probs|harm|doubt|brainer|reason why not)|np\b|not a (?:problem|prob)|(?:i |we )?(?:dont|do not|wouldnt|wont) mind|(?:i |we )?(?:dont|cant|do not) see (?:why not|a problem|any problem|an issue|the harm)|cant complain|whynot|dont see why not|(?:you|they|he|she|jo) (?:can|may|could)(?=$| (?:yes|do|go|sure|pass|write|contact|message|email|reach|have|call|get))|if you (?:like|want|must|wish|insist|think it helps)"
    r"|(?:you have |have )?my (?:permission|consent|blessing)|permission granted|consider it a yes|thats a yes|its a yes|a yes from me|have (?:them|him|her|jo) (?:write|contact|reach|message|dm|call|email|get)|(?:pass|send) (?:it|this|me|that|them|him|her) (?:on|over|along)|(?:good|great) idea$|(?:perfect|cool|great|nice|awesome|brilliant|excellent|lovely|wonderful|super|fab)(?=$| (?:thanks|thank you|please|yes|lets|do|sounds|go|ok|idea|love it|that works|yeah|ta|cheers|thx))"
    r"|(?:i|we|it|they|that|he|she) (?:do|does|am|are|is|have|has|did|would|will|can)(?: indeed| thanks| yes)?$|i (?:agree|consent|accept|confirm|approve)|agreed|count me in|im sold|looking forward|cant wait|very much so|yes please|si|claro|vale|por supuesto|de acuerdo|oui|ouais|bien sur|daccord|ja|jawohl|klar|gerne|natuerlich|naturlich|passt|sim|pode ser|com certeza|ndiyo|haan|haan ji|ji|thik hai|theek hai|si si|va bene)\b"
)
_NO = re.compile(
    rf"{_LEAD}(?:ok |okay |yeah |ya )?(?:no+|n|(?:i|we)(?: have|ve)? already (?:have|got|use|had) (?:one|it|that|this|a |an |something|someone)|already (?:have|got) (?:one|it|that)|nope+|nop|nah+|naw|nay|never|negative|not (?:really|now|yet|today|at all|interested|for me|for us|at (?:the|this) (?:moment|stage|time|point)|right now|necessary|needed|thanks|keen|particularly|especially|happy|comfortable|ok|okay|quite|exactly|just yet|currently|this time|likely|ideal|a chance|a fan|on your life|in a million|a good idea|gonna happen|going to happen|actually|so far|unless|until|without)|(?:thanks|thank you|cheers|ta|appreciate it)? ?but (?:no|nah|nope)|(?:but )?no thanks?(?: you)?|no ty|nty"
    r"|(?:i |we |id |wed )?(?:would )?rather (?:you (?:didnt|dont|not|did not|wouldnt)|not)|(?:id|i would|wed|we would) (?:prefer|rather|like) to be left (?:alone|out)|id prefer (?:not|you didnt|if you didnt|that you dont)|prefer not|(?:please|pls|kindly|plz) (?:dont|do not|no)|dont(?! mind| see)|do not(?! mind)|i(?:m| am) (?:good|fine|ok|okay|not interested|not sold|all right|alright|not keen|not comfortable|not happy|ok for now|good for now)(?: thanks| thank you| ta| cheers| for now| as is)*$|(?:were|we are) (?:good|fine|ok|all set|sorted|covered)(?: thanks| for now| as is)*$|all good(?: thanks)?$|(?:there is |theres )?no need|(?:please |pls )?(?:leave|keep) (?:me|us) out(?: of (?:it|this|that))?|pass$|ill pass|hard pass|(?:im |i am |were |we are )(?:too |far too |way too )?busy|gonna pass|going to pass|(?:i|we) (?:dont|do not|cant|wont|didnt|cannot)(?! mind| see| know| want to miss)|(?:it|they|he|she|that|this) (?:doesnt|isnt|dont|arent|didnt|wont|wasnt|hasnt|cant)|(?:we|they) (?:havent|arent)|i (?:havent|wouldnt|wasnt)|absolutely not|definitely not|certainly not|of course not|obviously not|probably not|prob not|preferably not|maybe not|ideally not|hopefully not|sadly not|afraid not|im afraid not|id say (?:no|not)|i think not|i(?:d| would) say no"
    r"|(?:hell|heck|fuck|lord|god|oh|good lord|christ) no+|no way|not a chance|over my dead body|nein|ne|nee|non|nao|ne danke|no gracias|non merci|nahi|nahin|nahi ji|leave it|forget it|never ?mind|nvm|no can do|i refuse|i decline|i object|declined?|nobody|none$|nothing|thats a no|its a no|a no from me|not on)\b"
)
_MAYBE = re.compile(
    rf"{_LEAD}(?:ok |yeah |yes )?(?:maybe(?! not)|mayb|mabye|mebbe|perhaps|possibly|poss|probably(?! not)|prob(?! not|lem)|probs(?! not)|(?:it |that |well it |all )?depends|depending|(?:im |were |i am |we are )?not (?:entirely |really |100 |completely |quite |too |so |totally |very )?(?:sure|certain|convinced|decided)|unsure|(?:i )?(?:guess|suppose|spose|reckon|imagine)(?: so)?|i think so|i would think so|(?:we |i |it )?might|could be|may be|dunno|idk|(?:i |we )?(?:dont|do not|donot|didnt) (?:really )?know|no (?:idea|clue)|hard to say|tough to say|difficult to say|kind of|kinda|sort of|sorta|ish$|(?:let me|lemme) (?:think|check|ask|see|sleep|discuss|get back|look|confirm|consult|talk|run)|(?:i|we)(?:ll| will| would| have to| need to| would have to|d have to|d need to) (?:think|check|ask|let you know|get back|see|consider|discuss|need to|have to|consult|sleep|come back|talk|run)|(?:need|have|got|gotta|want) (?:to )?(?:think|check|ask|discuss|consult|consider)|undecided|on the fence|50 50|fifty fifty|yes and no|yes no|yes no maybe|more or less|eventually|later maybe|remains to be seen|we(?:ll| will| shall) see|time will tell|in two minds|torn|up in the air|tbd|tbc|hmm+ maybe|maybe so|half and half|quizas?|tal vez|depende|peut etre|ca depend|vielleicht|kommt drauf an|mal sehen|talvez|shayad|(?:i |we )?(?:cant|cannot|can not) (?:really )?say|too (?:early|soon) to (?:say|tell)|(?:not|havent|have not|nothing) decided|(?:i |we )?(?:havent|have not) decided|can i think|ask me (?:again|later|next|tomorrow|in)|not (?:opposed|against|averse))\b"
)
# What opens like an answer and is another one, or none at all.
_SPECIAL: tuple[tuple[re.Pattern[str], str | None], ...] = tuple(
    (re.compile(pattern), value)
    for pattern, value in (
        (r"^(?:yeah|yes|ye|yea|ya|yep) (?:nah|nope|naw)\b", "no"),
        (r"^(?:absolutely|definitely|certainly|of course|obviously|def|defo|totally|surely|for sure|please|course|hopefully|preferably|probably|prob|most likely|likely|ideally) not\b(?! (?:a problem|an issue))", "no"),
        (r"^yeah no\b(?! (?:problem|worries|prob|issue|that works))", "no"),
        (r"^no (?:hablo|entiendo|comprendo|se|parlo|falo|capisco)\b", None),
        (r"^(?:only |well |yeah |ok |sure )*if (?:its|it is|it|shes|hes|theyre|youre|you|she|he|they|i|we|that|thats|there|theres)\b(?: \w+){1,7}$", "yes"),
        (r"^(?:could do|can do|may do|might do) (?:but )?(?:let me|ill|i will|i need|need|i have|have to|gotta|got to)\b", "maybe"),
        (r"^(?:nah|no|nope) (?:yeah|yes|yep|ya)\b", "yes"),
        (r"^(?:yes and no|yes no|yeah maybe|yes maybe|ok maybe|sure maybe|yeah maybe|yeah not sure|yeah i guess|yes i guess|ok i guess|sure i guess|fine i guess|yeah probably|yes probably|sure probably|no but maybe|no maybe)\b", "maybe"),
        (r"^(?:ok|okay|yes|yeah|sure|thanks|thank you|cool|great|cheers) but (?:no(?:$| thanks| thank| ty)|nope|nah|not interested|i(?:d| would) rather not|not for (?:me|us))", "no"),
        (r"^(?:thanks|thank you|cheers|ta|great|cool) (?:no|nope|nah|not)\b", "no"),
        (r"^(?:right now|right$|right so|cool story|great (?:but|though)|ok but (?:why|what|how|who)|fine print|perfect (?:storm|timing)|please (?:stop|advise|help|fix|explain|tell me|answer|can|could|call me)|please (?:send|give) (?:me|us)|sure (?:enough|fire)|not (?:only|just|to mention|surprised|that|bad|my)|never (?:heard|tried|used|been|got|had|mind (?:that|the))|no (?:\d|one|longer|matter|sooner|wonder|more|less|offen[cs]e|reply|answer|response|email|sign|thank you yet|other|other option|luck|joy|signal|ones|credit)|nobody (?:answer|repl|call|help|respond)\w*|nothing (?:works|happen)\w*|dont (?:forget|worry|you|get|understand)|do it (?:yourself|again)|(?:i|we) (?:cant|dont|didnt|wont) (?:log|get|find|see(?! (?:why not|a problem|any problem|an issue|the harm|any reason why not))|access|open|understand|hear|remember|believe|wait))\b", None),
        (r"^(?:ok|okay|right|alright|fine|cool|great|perfect|nice|sure|yes|yeah) so (?=\w+ \w+ \w+)(?!yes|yeah|please)", None),
        (r"^(?:yes|no) (?:man|men|woman)\b", None),
        (r"^(?:i|we|they|it|that|he|she) (?:do|does|am|are|is|have|has|did|would|will|can) (?:not|n)\b", "no"),
    )
)  # fmt: skip
_TAKEN_BACK = re.compile(
    r"\b(?:actually|no wait|wait|hang on|hold on|scratch that|on second thoughts?|thinking about it|sorry|i mean|oh|hmm)(?: actually| wait| sorry)* (?P<new>no|nope|nah|yes|yeah|yep|yup|sure|ok|maybe)\b(?! (?:problem|worries|idea|one))|\b(?P<no>but no thanks|so no thanks|so no$|so thats a no|changed my mind|its a no)\b|\b(?P<yes>so yes$|so thats a yes)\b"
)
_ON_CONDITION = re.compile(
    r"^(?:only )?(?:if|as long as|so long as|provided|providing|assuming|when|once|after|unless|on condition|on the condition)\b.*\b(?P<answer>yes|yeah|yep|sure|ok|okay|fine|no problem|go ahead|happy to|you can|absolutely|definitely|of course|please do|works|no thanks|no)$"
)
_AT_THE_END = re.compile(
    r"(?:^|[.!,;:\n…-]\s*)(?P<answer>yes|yes please|yeah|yep|no|nope|no thanks|no thank you|sure|please do|go ahead)\W*$"
)
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_YES_SIGNS, _NO_SIGNS = "👍👌✅🆗☑✔🙆🤝💯🫡", "👎❌🙅🚫✖"
_MOST_WORDS = 30
_FEW_WORDS = 12  # a longer answer opens with one of these
_OPENERS = frozenset(
    "yes yeah yep yup yea ya ye yh sure ok okay k no nope nah not maybe perhaps possibly probably depends it absolutely definitely certainly of fine please alright why happy if only thats that sounds i im id we wed go thanks oh well hi hey um hmm honestly as provided si oui ja sim nein non".split()
)
_VERY_FEW = 6  # so short an answer may open with anything
_BEGINS = frozenset(
    "i we id wed ill im its thats that it she he they you my no not dont do let need depends could can cant might probably go have happy sounds when once assuming thank thx ta cheers cool great perfect never um so and but on leave forget feel by be all more fine actually tbh hell absolutely definitely works count agreed correct true please kindly pls as looking unless id maybe hmm".split()
)
_YES_OR_NO = frozenset("yes no yeah nope nah yep sure".split())
_MOST_WORDS_AT_END = 14


def yes_no_in(said: Said) -> SlotValue | None:
    """Yes, no or maybe. A question is neither ("sure, what's it about?")."""
    if not said.bare:
        return _sign(said)
    count, first = len(said.words), said.words[0]
    if count > _MOST_WORDS or (count > _FEW_WORDS and first not in _OPENERS):
        return None
    if (
        count > _VERY_FEW
        and first not in _OPENERS
        and first not in _BEGINS
        and not _YES_OR_NO & said.vocabulary
    ):
        return None
    value = _value(said)
    if value is None and (len(said.words) > 6 or said.text.isascii()):
        return None
    if _might_ask(said) and is_question(said):
        return None
    return _sign(said) if value is None else _whole(said, value)


def _might_ask(said: Said) -> bool:
    """ "Why not" and "can do" open like questions and are answers."""
    return "?" in said.plain or not re.match(
        r"^(?:why not|can do|may do|will do|is fine|whatever)\b", said.bare
    )


def _value(said: Said) -> str | None:
    bare = _STRETCHED.sub(r"\1", said.bare)
    taken_back = _TAKEN_BACK.search(bare)
    opening = _opening(bare)
    if taken_back and (opening is not None or taken_back["no"] or taken_back["yes"]):
        new = taken_back["new"] or ("no" if taken_back["no"] else "yes")
        return {"no": "no", "nope": "no", "nah": "no", "maybe": "maybe"}.get(new, "yes")
    if opening is not None:
        return opening
    if any(pattern.match(bare) for pattern, _ in _SPECIAL):
        return None
    match = _ON_CONDITION.match(bare)
    if match is None and len(said.words) <= _MOST_WORDS_AT_END:
        match = _AT_THE_END.search(said.plain)
    return (
        None
        if match is None
        else "no"
        if match["answer"] in ("no", "nope", "no thanks", "no thank you")
        else "yes"
    )


def _opening(bare: str) -> str | None:
    for pattern, value in _SPECIAL:
        if pattern.match(bare):
            return value
    if _MAYBE.match(bare):
        return "maybe"
    if _YES.match(bare) and not _NO_FIRST.match(bare):
        return "yes"
    if _NO.match(bare):
        return "no"
    return None


# Of "no problem" the yes is right, of "no, that's fine" the no.
_NO_FIRST = re.compile(
    rf"{_LEAD}(?:no|nope|nah|not)\b(?! (?:a )?(?:problem|problems|worries|objections?|issues?|prob|probs|harm|doubt|brainer|reason))"
)


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
