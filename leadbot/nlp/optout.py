"""Opt-outs and their taking back. Rules, not learned: a classifier found none of them, and a missed one is the worst error.

Three steps, the first that fires decides: the whole message is a stop word (final), a careful phrase stands in it, or the
message is one of the borderline ones, which pause the bot and let a person look.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from leadbot.model import OptOut
from leadbot.nlp.phrases import Phrase, Phrases, phrase
from leadbot.nlp.text import Said, mended

# Words that may stand round a stop word without changing it.
_FILLERS = frozenset(
    [
        "please",
        "pls",
        "plz",
        "kindly",
        "ok",
        "okay",
        "hey",
        "hi",
        "hello",
        "bot",
        "robot",
        "just",
        "now",
        "thanks",
        "thank",
        "you",
        "thx",
        "ty",
        "no",
        "nope",
        "guys",
        "sir",
        "the",
        "bitte",
        "danke",
        "favor",
        "por",
        "s",
        "il",
        "vous",
        "plait",
        "svp",
        "merci",
        "obrigado",
        "obrigada",
        "gracias",
        "immediately",
        "right",
        "away",
        "today",
    ]
)
_STOPS = frozenset(
    [
        "stop me",
        "do not reply",
        "dont reply",
        "do not respond",
        "dont respond",
        "lose my number",
        "remove my number",
        "parar mensajes",
        "parar los mensajes",
        "stop everything",
        "end messages",
        "end all messages",
        "unsub me",
        "unsub please",
        "un subscribe",
        "im opting out",
        "opting out",
        "parad",
        "me desabonner",
        "je veux me desabonner",
        "je veux me desinscrire",
        "quero me descadastrar",
        "me descadastrar",
        "quiero desuscribirme",
        "desuscribirme",
        "schluss damit",
        "cease and desist",
        "stop",
        "stopp",
        "stop all",
        "stopall",
        "stop stop",
        "stop messages",
        "stop messaging",
        "stop texting",
        "stop writing",
        "stop emailing",
        "stop contact",
        "stop spam",
        "stop spamming",
        "stop dming",
        "stop replying",
        "stop tweeting",
        "unsubscribe",
        "unsubscribe me",
        "unsub",
        "opt out",
        "optout",
        "opt me out",
        "i opt out",
        "i want to opt out",
        "remove me",
        "take me off",
        "i said stop",
        "i say stop",
        "i told you to stop",
        "can you stop",
        "can you please stop",
        "could you please stop",
        "will you stop",
        "would you please stop",
        "leave me alone",
        "leave me be",
        "leave me in peace",
        "no more messages",
        "no more emails",
        "no more texts",
        "no more dms",
        "do not contact",
        "dont contact me",
        "do not contact me",
        "dont message me",
        "do not message me",
        "dont write me",
        "dont write to me",
        "do not write to me",
        "dont text me",
        "dont email me",
        "get lost",
        "go away",
        "arrete",
        "arretez",
        "arreter",
        "stop ca",
        "basta",
        "basta ya",
        "para",
        "para ya",
        "pare",
        "parar",
        "parem",
        "paren",
        "detente",
        "alto",
        "aufhoren",
        "hor auf",
        "hort auf",
        "horen sie auf",
        "abmelden",
        "abbestellen",
        "desuscribir",
        "desinscrire",
        "desabonner",
        "descadastrar",
    ]
)
_UNCLEAR = frozenset(
    [
        "enough",
        "thats enough",
        "lass das",
        "lasst das",
        "lassen sie das",
        "plus jamais",
        "enough already",
        "no more",
        "stop it",
        "stop that",
        "stop this",
        "cancel",
        "quit",
        "end",
        "shut up",
        "fuck off",
        "f off",
        "piss off",
        "bugger off",
        "sod off",
        "buzz off",
        "im done",
        "ca suffit",
        "ya basta",
        "genug",
        "es reicht",
        "chega",
        "suficiente",
        "ya esta bien",
        "assez",
        "not again",
        "leave it",
        "stop doing that",
        "stop talking",
        "stop bothering",
        "stop trying",
        "quit it",
        "stop this bot",
        "para con esto",
        "para con eso",
    ]
)
_STOP_SIGN = "🛑"
_STARTS = frozenset(
    [
        "start",
        "start again",
        "unstop",
        "restart",
        "opt in",
        "opt me in",
        "opt me back in",
        "resume",
        "resubscribe",
        "you can write again",
        "you can write me again",
        "you can write to me again",
        "you can message me again",
        "you may write again",
        "you may write to me again",
        "you can talk to me again",
        "you may message me again",
        "start messages",
        "start messaging me again",
    ]
)
_THING = (
    r"(?:texts?|text messages?|messages?|msgs?|emails?|e ?mails?|mails?|dms?|notifications?|notifs?|tweets|replies|promos?|promotions?"
    r"|newsletters?|ads|adverts|spam|marketing|offers|flyers|leaflets|brochures|junk(?: mail)?|letters|catalogs?|catalogues?|alerts"
    r"|reminders|calls|phone calls|circulars|prospectus(?:es)?|post|surveys?|vouchers|coupons)"
)
_REACH = (
    r"(?:at ing|messaging|texting|e ?mailing|contacting|dming|tweeting(?: at)?|writing(?: to)?|replying(?: to)?|pinging|spamming|calling|phoning"
    r"|ringing|bothering|harassing|hassling|pestering|following|tagging|mentioning|responding to|answering|bugging|hounding|talking to)"
)
_VERB = r"(?:contact|message|msg|text|e ?mail|dm|write(?: to)?|reply to|tweet(?: at)?|ping|bother|tag|spam|talk to|phone|ring|call)"
_ME = r"(?:me|us|my (?:\w+ ){0,2}?(?:inbox|phone|dms?|timeline|tl|number|email|mentions|notifications|mum|mom|dad|wife|husband|mother|father))"
_SOMEBODY_ELSE = r"(?<!you )(?<!they )(?<!why )(?<!people )(?<!ppl )(?<!u )(?<!we )(?<!will )(?<!and )"
_POLITE = (
    r"(?:(?:please|pls|plz|kindly|just|ok|okay|now|and|so|but|hey|hi|hello|guys|bot|can you|could you|would you|will you|can u|i said|again"
    r"|yall|ffs|for the love of god|stop|no|seriously|sorry|dear \w+|i want you to|i need you to|asking you to|told you to|tell you to) )*"
)

# What may follow "opt out": nothing, or messages; "of the insurance" is another matter.
_OF_MESSAGES = rf"(?! of (?!(?:(?:all|the|your|these|those|this|any|further|future|such|my|more|marketing|promotional) )*(?:{_THING}|list|lists|it|this|these|that|those|all|everything|them|communications?|contact|marketing|being|receiving|getting|you|here)\b))"

_WHOLE = _STOPS | _STARTS | _UNCLEAR

# Anywhere in the words of the post.
_PHRASES = Phrases(
    phrase("stop-reaching-me", "stop quit cease", rf"\b(?:stop|quit|cease) (?:\w+ )?(?!calling me (?:names|a |an |that|by|honey|love|babe|sir|madam)){_REACH} {_ME}\b", "me us my"),
    phrase("refrain", "refrain abstain desist", rf"\b(?:refrain|abstain|desist) from {_REACH} {_ME}\b"),
    phrase("no-contact", "communication communications contact correspondence", r"\b(?:cease|stop|end|quit) (?:all |any |this |your )?(?:further )?(?:communications?|contact|correspondence)(?: with me| please| now)?$|\bno (?:further|more) (?:communications?|contact|correspondence)\b"),
    phrase("lose-my-number", "lose", r"\blose my (?:number|handle|email|address)\b"),
    phrase("my-mentions", "mentions inbox dms timeline notifications phone", r"\bstop (?:blowing up|flooding|spamming|clogging(?: up)?|filling(?: up)?|cluttering) my (?:mentions|inbox|phone|dms?|timeline|notifications)\b"),
    phrase("every-post", "replying responding", r"\bstop (?:replying|responding) (?:to|on|under) (?:every|all|any|each|my|everything)\b"),
    phrase("this-messaging", "stop quit", r"\b(?:stop|quit) (?:this|the|your|all this|all the) (?:\w+ )?(?:messaging|texting|spamming|contacting|emailing|dming)\b"),
    phrase("where-unsubscribe", "where wheres", r"\bwhere(?:s| is)? (?:the |your )?(?:unsubscribe|opt out)\b"),
    phrase("off-this-list", "list lists", r"\b(?:want|need|like|get|please) (?:to be |to get |to come )?(?:taken |removed )?(?:off|out of|removed from) (?:of )?(?:this|your|that|the|these|all your|every) (?:mailing |email |text |marketing )?lists?\b"),
    phrase("asked-to-stop", "asked told", r"\b(?:asked|told|telling|asking) (?:you|u|yall|this bot|the bot)(?: \w+)? to stop(?:$| (?:it|this|now|already|please|messaging|texting|contacting|writing))"),
    phrase("cease", "desist", r"\bcease and desist\b"),
    phrase("said-stop", "stop", r"\bi (?:(?:already|just|have|have already|literally|clearly|keep|did) )*(?:said|say|saying|told you|asked you|told you guys|asked you guys)(?: you)?(?: to)? stop(?: it)?$"),
    phrase("make-it-stop", "stop", rf"\b(?:how (?:do|can|could|would) (?:i|we|you)|how to|want to|like to|need to|wish to|trying to|i have to|can i|could i|let me) (?:make (?:this|these|it|them|you) stop(?:$| {_REACH})|stop (?:(?:getting|receiving|hearing from) )?(?:(?:these|this|those|your|all|the|any|all these|all the|all your) )?(?:\w+ )?(?:{_THING}|you {_REACH})(?:$| (?:from|please|you|on|in|now|to)\b)|stop (?:getting|receiving|hearing from) (?:these|this|them|those|you|it)$)"),
    phrase("send-me-no-stuff", "stop quit cease", r"\b(?:stop|quit|cease) sending (?:me|us) (?:stuff|things|this|these|those|that|crap|shit|rubbish|junk|anything|any more|all this|all of this|it|nonsense|bs)(?:$| (?:stuff|crap|shit|rubbish|junk|please|now|nonsense|anymore|all the time|every day|everyday)\b)", "me us"),
    phrase("hear-from", "hear", r"\b(?:dont|do not|never|no longer) (?:ever )?(?:want|wish|care|need) to (?:ever )?hear from (?:you|u|this|yall|your)\b"),
    phrase("not-be-contacted", "contacted messaged texted emailed called dmed tagged bothered", r"\b(?:dont|do not|no longer|never|not) (?:ever )?(?:want|wish|like|care|consent|agree)? ?to be (?:contacted|messaged|texted|emailed|dmed|tagged|bothered|called by (?:you|your|bots?))\b(?! (?:at|on|by phone|before|after))"),
    phrase("want-none-of-these", "want", rf"\b(?:dont|do not|didnt ask for|never asked for) want (?:to (?:receive|get|see|read) )?(?:any of )?(?:these|those|this kind of|such|your) (?:\w+ )?{_THING}\b", "dont not"),
    phrase("rather-no-more", "rather prefer", r"\b(?:rather|prefer) not (?:to )?(?:get|receive|have|see) (?:any )?(?:more|further)(?: of (?:these|this|those|them))?\b"),
    phrase("do-not-want-you", "want", rf"\b(?:dont|do not) want (?:you|u|this bot|bots|your bot|a bot) (?:to )?(?:{_REACH}|{_VERB})\b(?: (?:me|us)\b)?", "dont not"),
    phrase("contact-no-further", "further future", rf"\b(?:dont|do not|never) {_VERB} (?:me|us) (?:any )?(?:further|in (?:the )?future)\b"),
    phrase("reply-to-mine", "reply respond comment", r"^(?:please |pls |just |and )*(?:dont|do not|never) (?:ever )?(?:reply|respond|comment)(?: to| on| under)? (?:me|my (?:posts?|tweets?|replies|comments|messages))\b"),
    phrase("no-bot-under-my-posts", "bot bots", r"\b(?:dont|do not) want (?:you|u|your \w+|bots?|a bot) (?:under|on|in) my (?:posts?|tweets?|mentions|replies|dms?|timeline)\b"),
    phrase("stop-sending-me", "stop quit cease", rf"\b(?:stop|quit|cease) sending (?:me|us) (?!.{{0,20}}\b(?:generic|canned|copy|wrong)\b)(?:\w+ ){{0,4}}?{_THING}\b", "me us my"),
    phrase("never-again", "again anymore more ever", rf"{_SOMEBODY_ELSE}\b(?:dont|do not|never) (?:ever |please |you )?{_VERB} (?:me|us) (?:back )?(?:ever |about \w+ )?(?:again|any ?more|ever)\b", "me us my"),
    phrase("send-no-more", "send", rf"\b(?:dont|do not|never) (?:ever )?send (?:me |us )?(?:any )?(?:more |other )(?:\w+ ){{0,2}}?{_THING}\b"),
    phrase("want-no-more", "want wish care", rf"\b(?:dont|do not|no longer) (?:want|wish|care)(?: to)? (?:receive |get |recieve )?(?:any ?more of |any more |any |more |your )(?:\w+ ){{0,2}}?{_THING}\b", "dont not no"),
    phrase("want-no-more", "want wish", rf"\bno longer (?:want|wish) to (?:receive|get|be contacted)\b|\bi want no more {_THING}\b", "longer no"),
    phrase("off-the-list", "take remove get delete strike", r"\b(?:take|remove|get|delete|strike) (?:me|us|my \w+|his \w+|her \w+|our \w+) (?:off|from|out of) (?!.{0,30}\b(?:waiting|wait|standby|guest|waitlist|stand by|shopping|wish)\b)(?:\w+ ){0,4}?(?:list|lists|mailing|database|contacts|distribution)\b", "off from out"),
    phrase("off-the-list", "off", r"\b(?:how do|how can|how to|can|could) (?:i |we )?(?:get|come) off (?:\w+ ){0,4}?(?:list|lists|mails|emails|texts)\b"),
    phrase("opt-out", "opt", rf"\b(?:opt (?:me|us) out|(?:how|where) (?:do|can|to) (?:i |we )?opt out|(?:want|like|wish|trying|tried|need) to opt out|(?:im|i am|were|we are) opting out)\b{_OF_MESSAGES}"),
    phrase("unsubscribe", "unsubscribe", r"\bunsubscribe (?:me|us|please|pls|now|from (?:all|everything|this|these|your (?:emails?|texts?|list|mailing|newsletter)))\b"),
    phrase("unsubscribe", "unsubscribe", r"\b(?:how|where) (?:do|can|to) (?:i |we )?unsubscribe(?! from (?:\w+ )?(?:plan|premium|prime|plus|pro|membership))\b"),
    phrase("leave-alone", "leave", r"(?<!wont )(?<!dont )(?<!never )(?<!cant )(?<!not )\bleave (?:me|us) (?:the \w+ |tf )?(?:alone|in peace)\b(?! (?:with|in|for|on|at)\b)"),
    phrase("dismissed-bot", "bot robot", r"\b(?:get lost|go away|fuck off|f off|piss off|bugger off|sod off|buzz off|shut up|stfu|shoo|beat it|do one|jog on) (?:you |u |ya )?(?:\w+ )?(?:ro)?bot\b|\b(?:ro)?bot (?:get lost|go away|fuck off|piss off|shut up|stfu)\b"),
    # Spanish, French, German, Portuguese: without accents.
    phrase("es", "de", r"\b(?:deja|dejen|dejad|para|paren|parad)(?: ya)? de (?:escrib|mand|envi|molest|contact|llam|spam)\w*"),
    phrase("es", "mas", r"\bno (?:me|nos) (?:vuelva[sn]? a )?(?:escrib\w+|contact\w+|mand[ae]\w*|molest\w+|envi\w+|llam\w+)(?: \w+)? mas\b|\bno quiero (?:recibir )?mas (?:mensajes|correos|emails)\b"),
    phrase("es", "mensajes correos emails publicidad spam", r"^(?:por favor |ya |hola )*(?:no mas|ni un|basta de|ya no quiero(?: mas)?|no quiero(?: recibir)?(?: mas)?) (?:mas )?(?:mensajes?|correos?|emails?|publicidad|spam)(?: mas)?(?: por favor| gracias)?$"),
    phrase("es", "dejame dejeme dejenme dejadme baja", r"\bdej(?:a|e|en|ad)me en paz\b|\bdejame tranquil|\bdar(?:me|nos) de baja\b"),
    phrase("es", "me que", r"\b(?:ya )?no quier[oe]n? que (?:me|nos) (?:escrib|contact|mand|envi|llam|molest)\w*|\bya no (?:me|nos) (?:escrib|contact|mand|envi|llam|molest)(?:an|as|en|es|a|e|is)\b(?! (?:nada|nunca|bien))"),
    phrase("es", "baja", r"\b(?:dame|deme|denme|darme|dadme|me doy|danos|darnos) de baja\b(?! (?:el|la|mi|una?)\b)"),
    phrase("es", "lista", r"\b(?:quita|quite|quiten|borra|borre|borren|elimina|elimine|eliminen|saca|saque|saquen)(?:me|nos)? (?:ya )?de (?:\w+ ){0,3}?lista\b"),
    phrase("es", "mensajes", r"\bcancelar? (?:la |mi )?suscripcion a (?:los|estos|sus|tus) mensajes\b|\b(?:basta|paren|parad) (?:de|con) (?:los |tantos |sus |estos )?mensajes\b"),
    phrase("fr", "arrete arretez arreter", r"\barrete[zr]? de m ?e? ?(?:ecri|envoy|contact|harcel|spam|derang|appel|embet|parler)\w*"),
    phrase("fr", "moi", r"\blaisse[zr]? moi (?:tranquille|en paix)\b|\b(?:foutez|fous|fichez|fiche) moi la paix\b|\b(?:desabonne|desinscri)\w* moi\b"),
    phrase("fr", "plus comment", r"\bne (?:me |m ?)?(?:contacte|ecri|envoye|appele)\w* plus\b|\bcomment (?:me |se )(?:desabonner|desinscrire)\b"),
    phrase("fr", "messages message mails emails", r"^(?:svp |merci |stop |je ne veux |je veux |bonjour )*(?:plus (?:de|aucun)|plus jamais de|(?:arrete[zr]?|stop)(?: avec)?(?: les| vos| tes| aux)?) (?:messages?|mails?|emails?)(?: svp| sil vous plait| sil te plait| merci)?$"),
    phrase("fr", "plus", r"\b(?:je|on|nous) ne (?:veux|veut|voulons|souhaite|souhaitons|desire) plus (?:etre contactee?s?|(?:rien )?recevoir|que (?:vous|tu) m)|\bne plus (?:me|m) (?:contacter|ecrire|envoyer)\b|\bne plus etre contactee?\b"),
    phrase("fr", "moi", r"^(?:stop |svp |mais |bon |non )*lache[zr]? moi(?: svp| la grappe| un peu| les baskets| stp)?$|\b(?:retire|enleve|supprime|raye)[zr]? (?:moi|nous) de (?:\w+ ){0,3}?listes?\b"),
    phrase("de", "auf", r"\b(?:ho(?:e)?r|hort|hoert|horen sie|hoeren sie)(?: bitte| endlich)? auf (?:damit )?(?:mir|mich|uns) (?:\w+ ){0,3}?zu \w+"),
    phrase("de", "ruhe mehr wieder", r"\blass(?:t|en sie)? (?:mich|uns)(?: \w+)? in ruhe\b|\bkeine (?:nachrichten|mails|emails|e mails|werbung|sms) mehr\b|\b(?:schreib\w*|kontaktier\w*|ruf\w*)(?: sie)? (?:mir|mich|uns)(?: bitte)? (?:nicht|nie) (?:mehr|wieder)\b"),
    phrase("de", "damit", r"^(?:bitte |jetzt |stopp? )*(?:ho(?:e)?r|hort|hoert|horen sie|hoeren sie)(?: bitte| endlich| jetzt)* (?:damit auf|auf damit)(?: bitte)?$"),
    phrase("de", "mehr", r"^(?:bitte )?(?:mich |mir )?(?:bitte )?nicht mehr (?:schreiben|kontaktieren|anschreiben|anrufen|melden)(?: bitte| danke)?$|\bnicht (?:mehr|weiter|langer) (?:kontaktiert|angeschrieben|angerufen|belastigt) werden\b|\b(?:will|mochte|moechte|wunsche)(?: bitte)? keine (?:\w+ )?(?:nachrichten|mails|emails|werbung|sms|dms)(?: mehr)?(?: (?:bekommen|erhalten|von euch|von ihnen))?$"),
    phrase("de", "abmelden", r"^(?:ich |bitte |wie |hallo )*(?:will|mochte|moechte|kann ich|wurde gern|wurde gerne)? ?(?:ich )?mich (?:bitte |hier |von (?:allem|diesen nachrichten|eurem newsletter) )?abmelden$"),
    phrase("de", "liste verteiler mailingliste", r"\b(?:nehmt|nimm|nehmen sie|streicht|streichen sie|loscht|loschen sie|entfernt|entfernen sie) (?:mich|uns) (?:bitte )?(?:von|aus) (?:\w+ ){0,2}?(?:liste|verteiler|mailingliste)\b"),
    phrase("pt", "receber", r"\bnao (?:quero|desejo|gostaria de) (?:mais )?receber (?:mais )?(?:isso|nada|mensagens?|emails?|isto|esse|esses|essas|essa|promocoes|propaganda|spam|contato)\b"),
    phrase("pt", "lista", r"\b(?:me|nos) (?:tira|tire|tirem|remova|remove|removam|retire|retira|exclua|excluam|apaga|apague) (?:da|dessa|desta|de sua) (?:\w+ )?lista\b"),
    phrase("pt", "mensagens", r"\bcancelar (?:as|essas|estas|suas) mensagens\b"),
    phrase("pt", "descadastra descadastre descadastrem descadastrar", r"\bme descadastr\w+|\bdescadastr(?:a|e|em) me\b"),
    phrase("pt", "nada", r"\bnao (?:me|nos) (?:mand|envi)\w+ (?:mais )?nada\b"),
    phrase("pt", "de", r"\b(?:pare|para|parem|parar) de (?:me |nos )?(?:mand|envi|escrev|lig|incomod|conta[ct]|spam|encher|perturb)\w*"),
    phrase("pt", "mensagens mensagem emails", r"^(?:por favor |oi |ja )*(?:chega de|sem mais|nao quero(?: receber)?(?: mais)?|nada de|nao mais) (?:mensagens|mensagem|emails)(?: por favor| obrigad[oa])?$"),
    phrase("pt", "paz mais lista", r"\bme deix[ae]m? em paz\b|\bdeix[ae]m? me em paz\b|\bnao (?:me )?(?:mand|envi|escrev|conta[ct]|lig)\w* mais\b|\bsair da lista\b"),
)  # fmt: skip
# Only where they open a clause, as an order does.
_ORDERS = Phrases(
    phrase("stop-things", "stop quit cease", rf"^{_POLITE}(?:stop|quit|cease) (?:it )?(?:with )?(?:sending |all )?(?:(?:the|these|your|all|all the|those|this|so many|with) ){{0,2}}(?:\w+ )?{_THING}(?: and \w+)?(?: now| please| already)?$"),
    phrase("stop-reaching", "stop quit cease", rf"^{_POLITE}(?:stop|quit|cease) (?:messaging|texting|emailing|contacting|dming|spamming|pestering|bothering|replying|writing)(?: now| please| already| people)?$"),
    phrase("no-more-things", "more", rf"^{_POLITE}no more (?:\w+ )?{_THING}(?: \w+)?$", "no"),
    phrase("turn-off", "turn switch", rf"^{_POLITE}(?:turn|switch) off (?:all )?(?:the |your |these |my |of your )?{_THING}(?: please| pls| now| for me| thanks)*$|^{_POLITE}(?:turn|switch) (?:all )?(?:the |your |these |my )?{_THING} off(?: please| pls| now| for me| thanks)*$"),
    phrase("never", "dont not never", rf"^{_POLITE}(?:dont|do not|never) (?:you )?(?:ever )?{_VERB} (?:me|us)(?: please| pls| thanks)?$", "me us my"),
    phrase("take-me-off", "off", rf"^{_POLITE}(?:take|get) (?:me|us|my \w+) off(?: (?:it|of it|this|today|now|please|that))?$", "me us my"),
    phrase("opt-out", "opt unsubscribe", rf"^{_POLITE}(?:opt out|unsubscribe)(?: please| me| now| from .{{0,30}})?$"),
    phrase("stop-or", "stop", rf"^{_POLITE}stop (?:now|right now|immediately|already|at once)\b(?: (?:or|before|please|pls|thanks|im|ill)\b.*)?$"),
    phrase("end-chat", "end close stop", rf"^{_POLITE}(?:end|close|stop|quit) (?:this|the|our) (?:chat|conversation|thread|convo|dialog)(?: now| please)?$"),
    phrase("none-further", "further additional", rf"^{_POLITE}no (?:further|additional) (?:\w+ )?{_THING}(?: please| pls| thanks)?$"),
    phrase("not-your-things", "want", rf"^{_POLITE}i (?:dont|do not) want your (?:\w+ )?{_THING}$"),
    phrase("stop-account", "stop", rf"^{_POLITE}stop {_REACH} (?:this|our|my) (?:account|number|handle|profile)$"),
    phrase("es-order", "me nos", r"^(?:por favor |ya |que |hola )*no (?:me|nos) (?:escriban?|escribas|contacten?|contactes|manden|mandes|mande|envien|envies|envie|molesten?|molestes|llamen|llames)(?: mensajes| nada| correos| por favor)*$"),
    phrase("fr-order", "ne cessez cesse stop", r"^(?:svp |merci de |s il vous plait )*(?:ne (?:m ?e? ?|nous )(?:ecri|contacte|envoye|appele)\w* (?:pas|plus)(?: de messages?)?|cesse[zr]? de (?:m ?e? ?|nous )(?:ecri|contact|envoy|appel|harcel|spam)\w*.*|stop (?:les|aux|vos|tes|avec les|avec vos) (?:messages?|mails?|emails?|sms|pubs?))(?: svp| merci)?$"),
    phrase("de-order", "keine", r"^(?:bitte |hallo )*keine (?:weiteren )?(?:nachrichten|mails|emails|werbung|sms|dms)(?: mehr| bitte| danke| schicken| senden)*$"),
    phrase("pt-order", "me nos com", r"^(?:por favor |ja |oi )*(?:nao (?:me|nos) (?:mandem?|enviem?|escrevam?|contatem?|chamem?|liguem?|incomodem?|perturbem?)(?: mais)?(?: mensagens?| nada| emails?| mais)*|(?:pare|parem|para|chega) (?:com|de) (?:as |essas |estas |tantas )?(?:mensagens|mensagem|emails|spam))(?: por favor)?$"),
    phrase("leave", "leave", rf"^{_POLITE}leave (?:me|us) (?:alone|be|out of (?:it|this|that))\b(?! (?:with|in|for|on|at)\b)"),
)  # fmt: skip
_STOP_AND_LOOK = re.compile(
    r"stop (?:look|listen|what|and (?:look|smell|listen)|everything|right there|hammer|wait|guess|read this|scrolling|drop)\b"
)
_STOP_CLAUSES = frozenset(("unsubscribe", "opt out", "leave me alone"))
_NOT_AN_OPT_OUT = re.compile(
    r"\bunsubscribe from (?:\w+ )?(?:plan|premium|prime|plus|pro|membership|channel|subscription)\b"
    r"|\b(?:you|they|people|everyone) (?:can |could |should |may )?(?:opt out|unsubscribe)\b|\btold (?:him|her|them) to\b"
)
_MAYBE = phrase(
    "maybe",
    "dont not never unsubscribe opt stop take",
    rf"{_SOMEBODY_ELSE}\b(?:dont|do not|never) (?!call |phone |ring ){_VERB} (?:me|us)\b(?! (?:a|an|the|to|on|that|if|what|how|when|your)\b)|\b(?:dont|do not) call (?:me|us)$"
    rf"|(?<!customers )(?<!users )(?<!people )(?<!they )(?<!to )(?<!an )(?<!your )(?<!the )(?<!of )\bunsubscribe\b(?! (?:rate|rates|link|links|button|page|from success))|\bopt out\b{_OF_MESSAGES}|\bstop (?:sending|spamming) (?:me|us)\b(?!.{{0,24}}\b(?:generic|canned|copy|wrong|same|template|automated|article|articles|link|links|broken|size|parts?)\b)|\btake (?:me|us) off\b(?! (?:hold|the wait|the stand|the flight|the booking|speaker|loud|mute))|\bstop (?:with )?(?:the|these|your) (?:spam|messages|texts|emails)\b",
)


def opt_out_of(said: Said) -> tuple[OptOut, str]:
    """What the text says about being written to, and the name of the rule that says so ("" for none)."""
    said = mended(said)
    words = said.words
    if len(words) > 3 and all(len(word) == 1 for word in words):
        words = ("".join(words),)  # "S T O P"
    if not words:
        # A stop sign alone: too much said to go on, too little to be silent for good.
        return (OptOut.UNCLEAR, "opt_out.sign") if _STOP_SIGN in said.text else (OptOut.NONE, "")
    if len(words) <= 12:
        core = _core(words)
        if core in _STOPS or (core and not core.replace("stop", "").strip()):
            return OptOut.CLEAR, "opt_out.whole"
        if core in _STARTS:
            return OptOut.START, "start.whole"
        if core in _UNCLEAR:
            return _borderline(said)
    return _by_phrase(said)


_LAUGHS = frozenset("😂🤣😆😹😭🥰😍😊")


def _borderline(said: Said) -> tuple[OptOut, str]:
    """ "Shut up, bot" is meant for the bot; "stop it" with a laugh is none."""
    if not said.vocabulary.isdisjoint(("bot", "robot", "bots")):
        return OptOut.CLEAR, "opt_out.dismissed-bot"
    if not _LAUGHS.isdisjoint(said.text):
        return OptOut.NONE, ""
    return OptOut.UNCLEAR, "opt_out.borderline"


def _by_phrase(said: Said) -> tuple[OptOut, str]:
    near, orders = _PHRASES.near(said), _ORDERS.near(said)
    if not near and not orders:
        return OptOut.NONE, ""
    if _NOT_AN_OPT_OUT.search(said.bare):
        return OptOut.NONE, ""
    for rule in near:
        if rule.pattern.search(said.bare):
            return OptOut.CLEAR, f"opt_out.{rule.name}"
    return _by_clause(said, orders)


def _by_clause(said: Said, orders: list[Phrase]) -> tuple[OptOut, str]:
    if orders:
        for clause in said.clauses():
            for rule in orders:
                if rule.pattern.search(clause):
                    return OptOut.CLEAR, f"opt_out.{rule.name}"
            is_stop = clause == "stop" and not _STOP_AND_LOOK.match(said.bare)
            if is_stop or _core(tuple(clause.split())) in _STOP_CLAUSES:
                return OptOut.CLEAR, "opt_out.clause"
    if _MAYBE.stands_in(said):
        return OptOut.UNCLEAR, "opt_out.maybe"
    return OptOut.NONE, ""


def _core(words: tuple[str, ...]) -> str:
    """The message without the fillers at its two ends; all of it when there is nothing else."""
    joined = " ".join(words)
    if joined in _WHOLE:
        return joined
    start, end = 0, len(words)
    while end > start and words[end - 1] in _FILLERS:
        end -= 1
    while start < end and words[start] in _FILLERS and " ".join(words[start:end]) not in _WHOLE:
        start += 1
    return " ".join(words[start:end])
