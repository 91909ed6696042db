"""Who decides: they themselves (alone or with somebody), they have a voice, or somebody else does."""

# ruff: noqa: E501, SIM905  (a pattern and a list of words are read as one line)

from __future__ import annotations

import re

from leadbot.model import SlotType, SlotValue
from leadbot.nlp.text import Said

__all__ = ["authority_in"]

_PARTNER = r"(?:co-?founder|business partner|partner|wife|husband|spouse|brother|sister|dad|mum|mom|father|mother|son|daughter|co-?owner|co-?director|other half|missus|hubby|cofounders|partners|fellow \w+|better half)"
_BOSS = r"(?:boss(?:es)?|manager|managers|line manager|ceo|cto|cfo|coo|cio|cmo|cpo|director|directors|md|owner|owners|it(?: team| dept| department| people| guys)?|procurement|purchasing|management|senior management|leadership|board|head(?: of \w+)?|head office|headquarters|hq|corporate|finance(?: team| dept| department| director)?|founder|founders|vp|president|principal|dean|headteacher|team lead|supervisor|superior|superiors|buyer|committee|council|partners|landlord|treasurer|trustees|parent company|client|chef|chief|higher[- ]ups?|big boss|top brass|people above me|powers that be|general manager|gm|office manager|ops manager|operations|legal|compliance|accounts|hr|accountant|shareholders|investors)"
_THEM = rf"(?:(?:my|our|the|her|his|a) (?:\w+ )?{_BOSS}|{_BOSS}|{_PARTNER}|(?:my|our) {_PARTNER})"
_AUX = r"(?:will|would|has to|have to|had to|needs to|need to|must|gets to|has|gets|have|is the one (?:who|that)|are the ones who|is who|ultimately|always|usually|does|do|makes?|normally|typically|then|generally|takes?|finally|'ll|'d|actually|really|alone|also|all|both)"
_RULES = r"(?:decides?|choos(?:es?)|signs?(?: (?:off|it off|everything|the cheques|the checks|things off))?|approves?|picks?|handles?|sorts?|holds? the (?:purse|budget)|controls?|calls? the shots|rules?|(?:makes?|takes?|has|have|gets?|does) (?:all )?(?:the |all |such |these |those |that |this |any )?(?:final |last |buying |purchasing |big |money |ultimate )?(?:decisions?|call|calls|say|word|approval|sign[- ]?off|purchasing|buying|all that|that)|(?:the )?(?:final|last) (?:decision|call|say|word)|decision)"
_ME_TOO = rf"(?:(?:me|i|myself) (?:and|&|\+|plus|with|n) (?:my |the |our |another |one |two |a |other )?(?:\w+ )?(?:{_PARTNER}|{_BOSS})|(?:my |the |our )?(?:{_PARTNER}|{_BOSS}|team) (?:and|&|\+|plus|n) (?:me|i|myself)\b)"

# The first that matches says it.
_AUTHORITY: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (value, re.compile(pattern))
    for value, pattern in (
        ("influences", rf"\b(?:{_THEM})\b[^.!?]{{0,24}}\b(?:after|once|when|based on what|from what|from the ones|from a list) (?:i|we) (?:give|gave|show|present|recommend|pitch|bring|send|suggest|shortlist|pick|prepare|do|propose|explain)|\bi'?m one of (?:\d+|two|three|four|five|six|several|many)\b"),
        ("decides", r"\bso i (?:choose|pick|buy|decide|select|order|handle)\b|\bi (?:choose|pick|buy|select) (?:these|this|that|those|all|our|everything|whatever|what we)\b|\bsole (?:proprietor|owner|trader|director|founder|shareholder)\b|\b(?:final|last) (?:say|word|call|decision) (?:is|was|'s) (?:mine|ours|with (?:me|us)|me)\b|\b(?:owner|founder|ceo|cto|boss|director|proprietor|co-?founder|md|manager) (?:here|speaking|myself|himself|herself)\b"),
        ("influences", rf"\b(?:i|we) (?:can|could|will|would|'ll|'d)? ?put in a (?:good |kind )?word\b|\b(?:but|though|tho|although|and|however) (?:he |she |they |always |usually |mostly |normally |typically )*(?:listens? to|asks?|trusts?|goes with|takes|values) (?:me|us|my|what i)\b|\b(?:need|needs|require|requires|get|pending|waiting for|waiting on|subject to|depends on)(?: to get)? (?:{_THEM})(?:'s|s|'|s')? (?:ok|okay|approval|sign[- ]?off|blessing|go[- ]ahead|permission|signature|nod|buy[- ]?in|green light|thumbs up|yes|consent)\b|\b(?:one of|one voice (?:of|among)|1 of) (?:the |our )?(?:\d+|two|three|four|five|six|seven|several|many|a few)(?: \w+)? (?:on|in) (?:the|a|our) (?:\w+ )?(?:panel|board|committee|team|group|council)\b"),
        ("influences", rf"\b(?:{_ME_TOO}[^.!?]{{0,20}}(?:recommend|suggest|advise))\b"),
        ("decides", rf"\b(?:{_ME_TOO}|(?:we|i) (?:both |all )?decide (?:it |things |these things |this )?(?:together|jointly|as a (?:team|couple|family))|joint(?:ly)? (?:decision|call)|jointly|decide (?:it |this |things )?(?:together|jointly)|(?:both|two|three|pair) of us (?:decide|together|jointly|do)|the (?:two|three|four|2|3|4) (?:of us|founders|partners|owners)|i (?:and|plus) (?:my|the) (?:\w+ )?partner|family decision|both of us|we both do|equal say)\b"),
        ("influences", r"\b(?:i(?:'d| would| will|'ll| can| do| usually| only| just|'m the one who| get to| am asked to)* (?:recommend|suggest|advise|propose|shortlist|evaluate|champion|push|present|pitch|vet|compare|research|influence|gather|collect|short[- ]list|do the (?:research|legwork|evaluation|shortlist|homework|groundwork|digging))|i(?:'m| am) (?:one of (?:the )?(?:several|two|three|four|five|six|\d+|many|a few|them|the)|evaluating|part of (?:the|a|that) (?:\w+ )?(?:committee|decision|team|panel|group|process)|on the (?:\w+ )?(?:committee|panel|board)|involved|consulted|in the (?:room|loop|discussion)|researching|doing the (?:research|legwork)|an? (?:key )?(?:influencer|advisor|adviser|recommender|stakeholder)|the (?:technical |tech )?(?:evaluator|influencer|champion))|one of (?:several|many|a few|two|three|four|five|six|\d+)(?: \w+)? (?:who|that|people|votes|voices|decision|members|of us)|i(?:'ve| have|'ve got| get| got|'d have|'ll have)? ?(?:have|get|got)?(?: also)? ?(?:a|one|some|an?|my|quite a bit of|a bit of|a lot of|plenty of|big|strong|decent)(?: \w+)? (?:say(?! in nothing)|vote|voice|input|influence|opinion|sway|seat at the table)|my (?:recommendation|input|opinion|vote|voice)|i (?:make|give) (?:a|the|my) (?:recommendation|case|shortlist|suggestion|input|opinion)s?|i put (?:it|them|things|this) (?:forward|to)|(?:my |the )?boss (?:listens|usually (?:listens|agrees|follows)|takes my)|(?:he|she|they) (?:usually |normally |always |mostly |generally )?(?:listens?|agrees?|goes?|go|follows?|trusts?|asks?) (?:to me|with (?:me|what i|my)|me|my advice|for my)|group decision|team decision|collective decision|committee decision|we (?:all )?vote|we vote on|a committee|by committee|by consensus|consensus)\b"),
        ("influences", rf"\b(?:(?:(?:i|we)(?:'d| would|'ll| will|'ve)? ?(?:have|need|got|must|gotta|want|should)?(?: to)?|(?:need|have|got|gotta|needs|has|must)(?: to)?|let me|would need to|i can but) (?:(?:run|take|bring|put|get|clear|check|discuss|sell|pitch|float|square|confirm|talk|speak|consult|convince|persuade|ask|present|propose|agree)\b(?: it| this| that| things| these)?(?: over| up| through| approved| signed off| okayed| past| signed)?(?: by| past| with| to| in front of| through)? ?)(?:{_THEM}|(?:my|our|the) \w+ \w+)|run (?:it|this|that|things|everything|anything) (?:by|past|through)|(?:i|we)?(?:'d| would)?(?:'ll| will)? ?(?:need|require|requires|needs|have to get|gotta get|must get|get|got to get|seek|subject to|wait for|waiting (?:for|on)|pending)(?: \w+)? (?:approval|sign[- ]?off|buy[- ]?in|permission|a signature|the (?:ok|okay|nod|green light|go[- ]ahead)|an ok|budget approval|board approval|the thumbs up|consent|authori[sz]ation)|subject to (?:\w+ )?approval|(?:need|needs|have|has)(?: to)? (?:get )?(?:{_THEM}) to (?:approve|ok|okay|sign|agree|say yes|green ?light)|needs? to be (?:approved|signed(?: off)?|agreed|okayed|cleared) by|has to (?:be (?:approved|signed(?: off)?|agreed|okayed|cleared) by|go (?:through|past|to|before))|(?:check|clear it|talk|consult|ask|discuss(?: it| this)?) with (?:{_THEM})|(?:convince|persuade) (?:{_THEM}|them|him|her)|i can (?:say no|veto)|i (?:pick|choose|select|find|decide)[^.!?]{{0,30}}(?:{_THEM}) (?:{_AUX} )*(?:signs?|approves?|pays?|okays?|rubber[- ]?stamps?))\b"),
        ("no", rf"\b(?:(?:{_THEM})(?:,)? (?:(?:who|he|she|they|and|they're|she's|he's) )?(?:{_AUX} )*{_RULES}|not (?:my|up to me|mine|me)\b(?: (?:decision|call|choice|to decide|department|job|problem|remit))?|(?:i'm|im|i am) not (?:the|a) (?:\w+ )?(?:decision[- ]?maker|one who|buyer|person|one)|above (?:me|my (?:pay ?grade|station|head))|over my head|(?:way |far )?out of my hands|i (?:don't|do not|dont|can't|cannot|cant|won't|never) (?:decide|sign|approve|get to (?:decide|choose|say)|make (?:the|any|that|those|such|these) (?:\w+ )?(?:decision|decisions|call|calls)|have (?:the |any |a |much |much of a )?(?:authority|say|power|final say|budget|purchasing power|vote))(?! (?:between|yet|if|whether|which|on which|what))|i(?:'m| am) (?:just|only|merely) (?:the |an? )?(?:\w+ )?(?:intern|assistant|student|employee|user|messenger|admin|pa|receptionist|temp|junior|apprentice|worker|grunt|minion|cog|end user|secretary|staff|member of staff|dev|developer|engineer|rep|trainee|volunteer|nurse|teacher|contractor)|(?:i'm|i am|i was|we were|im|we're|we are|we get|i get) (?:just |only )?(?:told|asked|instructed) (?:what|to)|i (?:just|only) (?:use|work|do what|follow|execute|test|ask|fill|type|run errands)|we (?:just|only) (?:use|do what|get what|take what)|someone else|somebody else|others? decide|they (?:decide|choose|tell us|pick)|(?:it's|its|that's|it is|that is|decision is|it'?s all)(?: \w+)? (?:up to|decided by|made by|down to|handled by|done by|for|with|in the hands of) (?:{_THEM}|them|him|her|someone|somebody|others)|(?:decision|decisions|this|that|it|things|everything)(?:'s| is| are)? ?(?:made |taken |handled |done |decided )?(?:by|lies with|rests with|sits with|sit with|goes to|comes from|come from|rests on) (?:{_THEM}|them|above|the top|someone|higher up)|comes? from (?:above|the top|hq|higher up)|i report to|i have (?:no|zero|little) (?:say|authority|input|power|budget|influence|voice)|no say|no authority|zero say|no power|{_THEM} (?:{_AUX} )*(?:in charge|responsible)|i(?:'d| would)? ?(?:have to )?(?:pass|forward|hand) (?:it|this|that) (?:on )?to|you(?:'d| would|'ll| will)? (?:need|have|want|should) to (?:talk|speak|ask|contact)(?: to| with)? (?:{_THEM})|(?:talk|speak) to (?:{_THEM})|ask (?:{_THEM})|decided (?:at|by) (?:hq|head office|group|corporate|the top|management))\b"),
        ("decides", r"\b(?:i(?:'ll| can| will| usually| mostly| generally| do| alone| personally| always| basically| ultimately| solely|'m the one who|'m the person who| get to| am able to|'m able to|'m authori[sz]ed to)* (?:decide|choose|sign(?: (?:off|it|them|for it|cheques|the cheques|the checks|everything))?(?! up| in| on)|approve|make (?:the|all|these|those|that|all the|this|purchasing|buying|such) ?(?:\w+ )?(?:decision|decisions|calls?|purchasing|choice|purchases)|call the shots|hold the (?:purse|budget)|own (?:the|it|this|a|my)|run (?:the|my|this|it|a)|pay the bills|do (?:all )?the (?:buying|purchasing|ordering|procurement)|handle (?:all )?(?:the )?(?:purchasing|procurement|buying)|wear the trousers|wear the pants|am in charge|'m in charge|control the)|(?:i(?:'ve| have|'ve got| got| hold)|got|have) (?:the |full |sole |final |complete |total )*(?:final say|last word|authority|say[- ]so|sign[- ]?off|decision|purse strings|budget|purchasing power|final word|final call|final decision|signing power|say)\b(?! (?:in nothing))|i(?:'m|’m| am|m) (?:(?:the|a|an|sole|also) )*(?:(?:sole |final |only |main |key |primary )?decision[- ]?maker|owner|boss|founder|ceo|cto|cio|cmo|coo|cfo|co-?founder|one who decides|one deciding|budget holder|managing director|director|sole owner|proprietor|head of \w+|vp|md|chairman|president|principal|partner|in charge|buyer|head honcho|big cheese|one in charge|person|sole trader|one|one man band|self[- ]employed|freelancer|solo)\b(?! (?:of (?:a cat|two|the)|who told))"
         r"|(?:it's|its|that's|thats|it is|that is|it'?s all|all|ultimately|purely|entirely|solely)(?: \w+)? (?:my (?:call|decision|choice|company|business|shop|show|money|budget)|up to me|me who decides|down to me|on me)|my (?:call|decision|choice|budget|company|business|shop|money)(?! (?:manager|is (?:to|that|small|tight|\d))| to make is)|that(?:'d| would) be (?:me|yours truly)|just me deciding|we decide|it's (?:our|my) decision|up to me|buck stops (?:with me|here)|(?:talking|speaking) to (?:the decision[- ]?maker|him|her|the boss|the owner|the right person)|i do (?:the buying|decide)|sole decision|full authority|i have (?:the )?power|one[- ](?:man|woman|person) (?:band|show|business|company)|self[- ]employed|i am the law|it's my (?:name|house|baby|company)|i(?:'m| am) (?:the )?(?:one|person|guy|gal) (?:you (?:want|need)|to talk to|who (?:decides|signs|pays)))\b"),
    )
)  # fmt: skip
# Said of oneself or of somebody else, and little more.
_ME_ALONE = re.compile(
    r"^\W*(?:(?:um|uh|well|oh|haha|lol|hi|yes|yeah|yep|so|that's|thats|it's|its|it is|that is|just|only|mostly|mainly|basically|ultimately|solely|i guess|i think|probably|honestly|would be|that would be|that'd be|all|pretty much|actually|here|all) ?,?)*(?:me|myself|moi|yours truly|i do|i am|mine(?: and (?:my )?\w+(?:'s)?)?|muggins(?: here)?|this guy|this girl|ich|yo|la jefa|el jefe|numero uno|i)(?:\W+(?:only|alone|myself|and only me|and me alone|i guess|haha|lol|sir|tbh|really|do|i do|mostly|obviously|of course|100%?|all me|then|baby|mate|for now|here|in the end|personally|i think|pretty much|ultimately|solely|i suppose|actually|and myself|and i))*\W*$"
)
_SOMEBODY_ELSE = re.compile(
    r"^\W*(?:some|the|a|this|that|these|those|our) (?:\w+ )?(?:guy|guys|lady|ladies|woman|man|men|women|people|folks|dude|person|bloke|team|suits|chap)(?:,? (?:in|at|from|over|upstairs|who|above|downtown|called|named)\b.*)?\W*$|^\W*(?:it's |that's |its )?up to (?:my|the|our|his|her|their) \w+(?: \w+)?\W*$"
)
_ME_AND_WHY = re.compile(r"^\W*(?:(?:just|only|it's|that's) )?(?:me|myself|i do|moi)\s?[,.;:!–-]")
_THEM_ALONE = re.compile(
    rf"^\W*(?:(?:um|uh|well|oh|haha|lol|no|nope|nah|not me|not my call|so|that's|thats|it's|its|it is|that is|that'd be|that would be|would be|probably|usually|mostly|mainly|ultimately|actually|sadly|unfortunately|always|i think|i guess|just|mein chef|normally|honestly)[ ,]*)*(?:my|our|the|a)? ?(?:\w+ )?(?:{_BOSS}|{_PARTNER})(?:'s|s)?(?: (?:call|decision|choice|job|does|do|i think|i guess|usually|tbh|lol|haha|probably|mostly|really|sadly|unfortunately|sir|always|at (?:the )?\w+|in \w+|of \w+|dept|department|team))*(?:[,.;:(–-].*|\W*)$"
)
_WORDS = frozenset(
    "decide decides decided deciding decision decisions boss bosses manager managers choice choose chooses recommend recommendation suggest advise propose owner owners founder founders ceo cto coo cfo cio cmo cofounder cofounders approve approves approval approved sign signs signed signoff signature authority say vote votes voice paygrade grade budget procurement purchasing board influence influencer committee director directors management intern assistant told asked evaluate evaluating listens shortlist maker buying final call calls up run push champion head hq vp md wife husband partner partners finance supervisor department dept advisor adviser stops part forward pitch present present vet input opinion panel involved consulted consensus convince persuade permission buyin nod okay ok green subject purse strings shots charge own handles handle controls responsible hands above someone somebody others they corporate headquarters office leadership proprietor trader self solo jointly together both family equal cofounder chef superior superiors buyer principal president people person company business moi yours truly me myself mine muggins accountant legal compliance operations hr accounts landlord treasurer trustees investors shareholders council dean general one i he she dad mum mom brother sister father mother it user student guy guys lady woman man bloke suits folks upstairs proprietor sole trader though".split()
)
_CLEARLY = re.compile(
    r"decid|decision|sign|approv|final|recommend|owner|founder|budget|pay ?grade|authority|\bsay\b|last word|proprietor|purse|shots"
)
_MOST_WORDS = 40
_FEW_WORDS = 8


def authority_in(said: Said) -> SlotValue | None:
    """Who decides, when they say so. Said in a few words it counts as an answer only."""
    vocabulary = said.vocabulary
    if not vocabulary or len(said.words) > _MOST_WORDS or vocabulary.isdisjoint(_WORDS):
        return None
    plain = said.plain
    if len(said.words) <= 14 and _ME_ALONE.match(plain):
        return _whole(said, "decides")
    is_worth_it = len(said.words) <= _FEW_WORDS or not vocabulary.isdisjoint(_STRONG)
    is_worth_it = is_worth_it or (len(said.words) <= 16 and said.words[0] in _BEGINS)
    if not is_worth_it:
        return None
    for value, pattern in _AUTHORITY:
        match = pattern.search(plain)
        if match:
            start, end = match.span()
            if _NOT_YET.search(plain[max(0, start - 16) : start]):
                continue
            words = said.text[start:end]
            clear = bool(_CLEARLY.search(match[0])) and not match[0].endswith(" here")
            clear = clear and not match[0].startswith(("they", "someone", "somebody"))
            return SlotValue(SlotType.AUTHORITY, words, start, end, volunteered=clear, value=value)
    if len(said.words) <= 20 and _ME_AND_WHY.match(plain):
        return _whole(said, "decides")
    if len(said.words) <= _FEW_WORDS and _SOMEBODY_ELSE.match(plain):
        return _whole(said, "no")
    if len(said.words) <= 14 and _THEM_ALONE.match(plain) and not _NO_PERSON.search(plain):
        return _whole(said, "no")
    return None


# Without one of these a longer text says nothing about it.
_STRONG = frozenset(
    "choose decide decides decided deciding decision decisions boss bosses approve approves approval approved sign signs signed signoff signature authority vote votes recommend recommendation shortlist owner founder cofounder ceo cto cfo coo procurement committee paygrade purse proprietor stakeholder management purchasing cofounders buyin influencer budget".split()
)
_NOT_YET = re.compile(
    r"\b(?:before|until|till|if|when|once|while|whether|where do|how do|how can|where can|can|should|do) $"
)
_BEGINS = frozenset(
    "my our the it me myself its thats head hq up im finance accounts final last owner founder proprietor director wife husband partner procurement somebody someone they need id ill usually".split()
)
_NO_PERSON = re.compile(
    r"\b(?:is|are|was|were) (?:nice|great|cool|good|away|ill|sick|busy|on holiday|out|mad|happy|angry)\b|\bnot it\b|\?|\b(?:office|it) (?:chair|hours|365|is|was|works|worked|broke|broken)\b"
)


def _whole(said: Said, value: str) -> SlotValue:
    plain = said.plain
    start, end = len(plain) - len(plain.lstrip()), len(plain.rstrip())
    return SlotValue(SlotType.AUTHORITY, said.text[start:end], start, end, value=value)
