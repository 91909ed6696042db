"""Opt-outs and their taking back. Rules, not learned: a classifier found none of them, and a missed one is the worst error.

Three steps, the first that fires decides: the whole message is a stop word (final), a careful phrase stands in it, or the
message is one of the borderline ones, which pause the bot and let a person look.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from leadbot.model import OptOut
from leadbot.nlp.text import Said

# Words that may stand round a stop word without changing it.
_FILLERS = frozenset(
    ["please", "pls", "plz", "kindly", "ok", "okay", "hey", "hi", "hello", "bot", "robot", "just", "now", "thanks", "thank", "you", "thx", "ty", "no", "nope", "guys", "sir", "the", "bitte", "danke", "favor", "por", "s", "il", "vous", "plait", "svp", "merci", "obrigado", "obrigada", "gracias", "immediately", "right", "away", "today"]
)
_STOPS = frozenset(
    ["stop", "stopp", "stop all", "stopall", "stop stop", "stop messages", "stop messaging", "stop texting", "stop writing", "stop emailing", "stop contact", "stop spam", "stop spamming", "stop dming", "stop replying", "stop tweeting", "unsubscribe", "unsubscribe me", "unsub", "opt out", "optout", "opt me out", "i opt out", "i want to opt out", "remove me", "take me off", "leave me alone", "leave me be", "leave me in peace", "no more messages", "no more emails", "no more texts", "no more dms", "do not contact", "dont contact me", "do not contact me", "dont message me", "do not message me", "dont write me", "dont write to me", "do not write to me", "dont text me", "dont email me", "get lost", "go away", "arrete", "arretez", "arreter", "stop ca", "basta", "basta ya", "para", "para ya", "pare", "parar", "parem", "paren", "detente", "alto", "aufhoren", "hor auf", "hort auf", "horen sie auf", "abmelden", "abbestellen", "desuscribir", "desinscrire", "desabonner", "descadastrar"]
)
_UNCLEAR = frozenset(
    ["enough", "thats enough", "enough already", "no more", "stop it", "stop that", "stop this", "cancel", "quit", "end", "shut up", "fuck off", "f off", "piss off", "bugger off", "sod off", "buzz off", "im done", "ca suffit", "ya basta", "genug", "es reicht", "chega", "suficiente", "ya esta bien", "assez", "not again", "leave it", "stop doing that", "stop talking", "stop bothering", "stop trying"]
)
_STARTS = frozenset(
    ["start", "start again", "unstop", "restart", "opt in", "opt me in", "opt me back in", "resume", "resubscribe", "you can write again", "you can write me again", "you can write to me again", "you can message me again", "you may write again", "you may write to me again", "you can talk to me again", "you may message me again", "start messages", "start messaging me again"]
)
_TRIGGERS = frozenset(
    ["stop", "stopp", "unsubscribe", "unsub", "opt", "optout", "leave", "contact", "message", "messaging", "text", "email", "write", "writing", "dm", "call", "remove", "take", "off", "lost", "away", "more", "turn", "bot", "robot", "list", "lists", "alone", "laissez", "laisse", "foutez", "fichez", "arrete", "arretez", "arreter", "ecrivez", "contactez", "desabonner", "desabonnez", "desinscrire", "desinscrivez", "deja", "dejen", "dejad", "dejame", "dejenme", "dejadme", "para", "paren", "parad", "baja", "mas", "hor", "hort", "horen", "hoer", "lass", "lasst", "lassen", "mehr", "abmelden", "pare", "parem", "deixa", "deixe", "deixem", "mais", "lista", "descadastrar", "escriban", "escribas", "contacten", "contactes", "molesten", "molestes", "plus", "quit", "cease", "shut", "fuck", "piss", "tranquille"]
)

_THING = (
    r"(?:texts?|text messages?|messages?|msgs?|emails?|e ?mails?|mails?|dms?|notifications?|notifs?|tweets|replies|promos?|promotions?"
    r"|newsletters?|ads|adverts|spam|marketing|offers|flyers|leaflets|brochures|junk(?: mail)?|letters|catalogs?|catalogues?|alerts"
    r"|reminders|calls|phone calls|circulars|prospectus(?:es)?|post|surveys?|vouchers|coupons)"
)
_REACH = (
    r"(?:messaging|texting|e ?mailing|contacting|dming|tweeting(?: at)?|writing(?: to)?|replying(?: to)?|pinging|spamming|calling|phoning"
    r"|ringing|bothering|harassing|hassling|pestering|following|tagging|mentioning|responding to|answering|bugging|hounding|talking to)"
)
_VERB = r"(?:contact|message|msg|text|e ?mail|dm|write(?: to)?|reply to|tweet(?: at)?|ping|bother|tag|spam|talk to|phone|ring|call)"
_ME = r"(?:me|us|my (?:\w+ ){0,2}?(?:inbox|phone|dms?|timeline|tl|number|email|mentions|notifications|mum|mom|dad|wife|husband|mother|father))"
_SOMEBODY_ELSE = r"(?<!you )(?<!they )(?<!why )(?<!people )(?<!ppl )(?<!u )(?<!we )(?<!will )(?<!and )"
_POLITE = (
    r"(?:(?:please|pls|plz|kindly|just|ok|okay|now|and|so|but|hey|hi|hello|guys|bot|can you|could you|would you|will you|can u|i said|again"
    r"|yall|ffs|for the love of god|stop|no|seriously|sorry|dear \w+|i want you to|i need you to|asking you to|told you to|tell you to) )*"
)

# Anywhere in the words of the post.
_PHRASES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("stop-reaching-me", rf"\bstop (?:\w+ )?{_REACH} {_ME}\b"),
        (
            "stop-sending-me",
            rf"\bstop sending (?:me|us) (?!.{{0,20}}\b(?:generic|canned|copy|wrong)\b)(?:\w+ ){{0,4}}?{_THING}\b",
        ),
        (
            "never-again",
            rf"{_SOMEBODY_ELSE}\b(?:dont|do not|never) (?:ever |please |you )?{_VERB} (?:me|us) (?:back )?(?:ever |about \w+ )?"
            r"(?:again|any ?more|ever)\b",
        ),
        (
            "send-no-more",
            rf"\b(?:dont|do not|never) (?:ever )?send (?:me |us )?(?:any )?(?:more |other )(?:\w+ ){{0,2}}?{_THING}\b",
        ),
        (
            "want-no-more",
            rf"\b(?:dont|do not|no longer) (?:want|wish|care)(?: to)? (?:receive |get |recieve )?(?:any ?more of |any more |any |more |your )"
            rf"(?:\w+ ){{0,2}}?{_THING}\b",
        ),
        (
            "want-no-more",
            rf"\bno longer (?:want|wish) to (?:receive|get|be contacted)\b|\bi want no more {_THING}\b",
        ),
        (
            "off-the-list",
            r"\b(?:take|remove|get|delete|strike) (?:me|us|my \w+|his \w+|her \w+|our \w+) (?:off|from|out of)"
            r" (?:\w+ ){0,4}?(?:list|lists|mailing|database|contacts|distribution)\b",
        ),
        (
            "off-the-list",
            r"\b(?:how do|how can|how to|can|could) (?:i |we )?(?:get|come) off (?:\w+ ){0,4}?(?:list|lists|mails|emails|texts)\b",
        ),
        (
            "opt-out",
            r"\b(?:opt (?:me|us) out|(?:how|where) (?:do|can|to) (?:i |we )?opt out|(?:want|like|wish|trying|tried|need) to opt out)\b",
        ),
        (
            "unsubscribe",
            r"\bunsubscribe (?:me|us|please|pls|now|from (?:all|everything|this|these|your (?:emails?|texts?|list|mailing|newsletter)))\b",
        ),
        (
            "unsubscribe",
            r"\b(?:how|where) (?:do|can|to) (?:i |we )?unsubscribe(?! from (?:\w+ )?(?:plan|premium|prime|plus|pro|membership))\b",
        ),
        (
            "leave-alone",
            r"(?<!wont )(?<!dont )(?<!never )(?<!cant )(?<!not )\bleave (?:me|us) (?:the \w+ |tf )?(?:alone|in peace)\b",
        ),
        (
            "dismissed-bot",
            r"\b(?:get lost|go away|fuck off|f off|piss off|bugger off|sod off|buzz off|shut up|stfu|shoo|beat it|do one|jog on)"
            r" (?:you |u |ya )?(?:\w+ )?(?:ro)?bot\b|\b(?:ro)?bot (?:get lost|go away|fuck off|piss off|shut up|stfu)\b",
        ),
        # Spanish, French, German, Portuguese: without accents.
        (
            "es",
            r"\b(?:deja|dejen|dejad|para|paren|parad)(?: ya)? de (?:escrib|mand|envi|molest|contact|llam|spam)\w*",
        ),
        (
            "es",
            r"\bno (?:me|nos) (?:vuelva[sn]? a )?(?:escrib\w+|contact\w+|mand[ae]\w*|molest\w+|envi\w+|llam\w+)(?: \w+)? mas\b",
        ),
        (
            "es",
            r"\bdej(?:a|e|en|ad)me en paz\b|\bdejame tranquil|\bdar(?:me|nos) de baja\b|\bno quiero (?:recibir )?mas (?:mensajes|correos|emails)\b",
        ),
        ("fr", r"\barrete[zr]? de m ?e? ?(?:ecri|envoy|contact|harcel|spam|derang|appel|embet|parler)\w*"),
        (
            "fr",
            r"\blaisse[zr]? moi (?:tranquille|en paix)\b|\b(?:foutez|fous|fichez|fiche) moi la paix\b|\b(?:me |m )?(?:desabonne|desinscri)\w* moi\b",
        ),
        (
            "fr",
            r"\bne (?:me |m ?)?(?:contacte|ecri|envoye|appele)\w* plus\b|\bcomment (?:me |se )(?:desabonner|desinscrire)\b",
        ),
        (
            "de",
            r"\b(?:ho(?:e)?r|hort|hoert|horen sie|hoeren sie)(?: bitte| endlich)? auf (?:damit )?(?:mir|mich|uns) (?:\w+ ){0,3}?zu \w+",
        ),
        (
            "de",
            r"\blass(?:t|en sie)? (?:mich|uns)(?: \w+)? in ruhe\b|\bkeine (?:nachrichten|mails|emails|e mails|werbung|sms) mehr\b",
        ),
        (
            "de",
            r"\b(?:schreib\w*|kontaktier\w*|ruf\w*)(?: sie)? (?:mir|mich|uns)(?: bitte)? (?:nicht|nie) (?:mehr|wieder)\b",
        ),
        (
            "pt",
            r"\b(?:pare|para|parem|parar) de (?:me |nos )?(?:mand|envi|escrev|lig|incomod|conta[ct]|spam|encher|perturb)\w*",
        ),
        (
            "pt",
            r"\bme deix[ae]m? em paz\b|\bdeix[ae]m? me em paz\b|\bnao (?:me )?(?:mand|envi|escrev|conta[ct]|lig)\w* mais\b|\bsair da lista\b",
        ),
    )
)
# Only where they open a clause, as an order does.
_ORDERS = tuple(
    (name, re.compile("^" + _POLITE + pattern))
    for name, pattern in (
        (
            "stop-things",
            rf"stop (?:with )?(?:sending |all )?(?:(?:the|these|your|all|all the|those|this|so many|with) ){{0,2}}(?:\w+ )?{_THING}(?: and \w+)?(?: now| please| already)?$",
        ),
        (
            "stop-reaching",
            r"stop (?:messaging|texting|emailing|contacting|dming|spamming|pestering|bothering|replying|writing)(?: now| please| already| people)?$",
        ),
        ("no-more-things", rf"no more (?:\w+ )?{_THING}(?: \w+)?$"),
        ("turn-off", rf"turn off (?:all )?(?:the |your |these |my )?{_THING}$"),
        ("never", rf"(?:dont|do not|never) (?:you )?(?:ever )?{_VERB} (?:me|us)(?: please| pls| thanks)?$"),
        ("take-me-off", r"(?:take|get) (?:me|us|my \w+) off(?: (?:it|of it|this|today|now|please|that))?$"),
        ("opt-out", r"(?:opt out|unsubscribe)(?: please| me| now| from .{0,30})?$"),
        ("leave", r"leave (?:me|us) (?:alone|be|out of it)\b"),
    )
)
_NOT_AN_OPT_OUT = re.compile(
    r"\bunsubscribe from (?:\w+ )?(?:plan|premium|prime|plus|pro|membership|channel|subscription)\b"
    r"|\b(?:you|they|people|everyone) (?:can |could |should |may )?(?:opt out|unsubscribe)\b|\btold (?:him|her|them) to\b"
)
_MAYBE = re.compile(
    rf"{_SOMEBODY_ELSE}\b(?:dont|do not|never) {_VERB} (?:me|us)\b(?! (?:a|an|the|to|on|that|if|what|how|when|your)\b)"
    r"|\bunsubscribe\b|\bopt out\b|\bstop (?:sending|spamming) (?:me|us)\b|\btake (?:me|us) off\b|\bstop (?:with )?(?:the|these|your) (?:spam|messages|texts|emails)\b"
)


def opt_out_of(said: Said) -> tuple[OptOut, str]:
    """What the text says about being written to, and the name of the rule that says so ("" for none)."""
    words = said.words
    if not words:
        return OptOut.NONE, ""
    if len(words) <= 12:
        core = _core(words)
        if core in _STOPS or (core and not core.replace("stop", "").strip()):
            return OptOut.CLEAR, "opt_out.whole"
        if core in _STARTS:
            return OptOut.START, "start.whole"
        if core in _UNCLEAR:
            return OptOut.UNCLEAR, "opt_out.borderline"
    if said.vocabulary.isdisjoint(_TRIGGERS):
        return OptOut.NONE, ""
    return _by_phrase(said)


def _by_phrase(said: Said) -> tuple[OptOut, str]:
    bare = said.bare
    if _NOT_AN_OPT_OUT.search(bare):
        return OptOut.NONE, ""
    for name, pattern in _PHRASES:
        if pattern.search(bare):
            return OptOut.CLEAR, f"opt_out.{name}"
    for clause in said.clauses():
        for name, pattern in _ORDERS:
            if pattern.search(clause):
                return OptOut.CLEAR, f"opt_out.{name}"
        if clause == "stop" or _core(tuple(clause.split())) in {"unsubscribe", "opt out", "leave me alone"}:
            return OptOut.CLEAR, "opt_out.clause"
    if _MAYBE.search(bare):
        return OptOut.UNCLEAR, "opt_out.maybe"
    return OptOut.NONE, ""


def _core(words: tuple[str, ...]) -> str:
    """The message without the fillers at its two ends; all of it when there is nothing else."""
    joined = " ".join(words)
    if joined in _STOPS or joined in _STARTS or joined in _UNCLEAR:
        return joined
    start, end = 0, len(words)
    while start < end and words[start] in _FILLERS:
        start += 1
    while end > start and words[end - 1] in _FILLERS:
        end -= 1
    return " ".join(words[start:end])
