"""Requests for a person. Rules, in five languages; "are you human?" is a question about us and stays small talk."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from leadbot.nlp.human_contacts import CONTACTS
from leadbot.nlp.phrases import Phrases, phrase
from leadbot.nlp.text import Said, ends_of, mended

_FILLERS = frozenset(
    [
        "please",
        "pls",
        "plz",
        "a",
        "an",
        "the",
        "one",
        "i",
        "want",
        "need",
        "to",
        "get",
        "me",
        "just",
        "hi",
        "hey",
        "hello",
        "ok",
        "now",
        "thanks",
        "real",
        "actual",
        "live",
        "bitte",
        "por",
        "favor",
        "un",
        "una",
        "ein",
        "eine",
        "einen",
        "um",
        "uma",
        "svp",
        "with",
        "talk",
        "speak",
    ]
)
_WHOLE = frozenset(
    [
        "human",
        "humans",
        "human being",
        "person",
        "agent",
        "operator",
        "representative",
        "rep",
        "customer service rep",
        "sales rep",
        "advisor",
        "adviser",
        "someone real",
        "human agent",
        "human person",
        "humano",
        "persona",
        "persona real",
        "agente",
        "agente humano",
        "asesor",
        "humain",
        "conseiller",
        "vrai humain",
        "vraie personne",
        "personne",
        "mensch",
        "menschen",
        "echten menschen",
        "echter mensch",
        "mitarbeiter",
        "berater",
        "atendente",
        "atendente humano",
        "pessoa",
        "pessoa real",
        "someone human",
        "call me",
        "call us",
        "ring me",
        "phone me",
        "a callback",
        "callback",
        "call back",
        "vraie personne svp",
        "rappelez moi",
        "appelez moi",
        "me liga",
        "pessoa de verdade",
        "sales person",
        "salesperson",
        "customer service",
        "customer care",
        "customer support",
        "support agent",
        "manager",
        "team member",
        "call me back",
        "somebody",
    ]
)
_WHO = (
    r"(?:(?:a|an|any|some|one of|your|ur|the|another|someone|somebody|anyone|anybody) )*(?:(?:real|actual|live|proper|human|flesh and blood|sales|support|senior|account|customer"
    r"|service|care|qualified|office|duty) )*(?:human|humans|human being|person|(?<=your )people|(?<=real )people|(?<=actual )people|agent|rep|reps|representative|advisor|adviser|operator|manager|supervisor"
    r"|someone|somebody|anyone|anybody|staff|sales|sales team|team|consultant|specialist|(?:member|someone|somebody|anyone) (?:of|from|in|on|at) )"
)
_ASK = (
    r"(?:can|could|may|might) (?:i|we)(?: \w+)?|(?:want|need|like|love|prefer|trying|asking|hoping|rather|wanna|wish|got|have|able)(?: to)?(?: be able to)?|let me|let us|please|pls"
    r"|how (?:do|can|could) (?:i|we)|where (?:do|can) (?:i|we)|is there a way to|possible to|lemme|just"
)
_PHRASES = Phrases(
    phrase("ask", "talk speak chat write get connect", rf"\b(?:{_ASK}) (?:to )?(?:talk|speak|chat|write|get through|get in touch|get hold|connect)(?: to| with| of)? {_WHO}\b", "human humans person people agent rep reps representative advisor adviser operator manager supervisor someone somebody anyone anybody staff sales team consultant specialist member"),
    phrase("order", "talk speak chat connect put transfer pass hand", rf"^(?:hi |hey |hello |please |pls |ok |no )*(?:talk|speak|chat|connect me|put me through|transfer me|pass me|hand me)(?: on| over)?(?: to| with) {_WHO}\b"),
    phrase("can-one-look", "human humans person agent rep representative advisor adviser colleague salesperson", r"\b(?:can|could|would|will|may) (?:an? |some |any |one of your )(?:(?:real|actual|live|proper|sales) )*(?:human|person)s?(?: being)? (?:please |pls )?(?:look|help|check|answer|reply|respond|take|read|see|handle|deal|call|ring|talk|speak|step|assist|get|contact|sort|confirm|write|dm|message)\b|\b(?:can|could|would|will|may) (?:an? |one of your |your )(?:\w+ )?(?:agent|rep|representative|advisor|adviser|colleague|salesperson)s? (?:please |pls )?(?:get (?:in touch|back)|reach out|call me|call us|contact me|contact us|talk to me|speak to me|write to me|dm me|message me|help me)\b"),
    phrase("rather-one", "human humans person people someone somebody", r"\b(?:rather|prefer to|prefer|like to|want to|wanna|need to) (?:deal|talk|talking|dealing|speak|speaking|chat|chatting|work|interact|communicate|do business) (?:to|with) (?:an? |some |actual |real )*(?:human|person|people|someone|somebody)s?\b(?! (?:who|that|in|at) (?!sales|support|your))", "rather prefer like want wanna need"),
    phrase("made-of-flesh", "pulse flesh real alive heartbeat", r"\b(?:someone|somebody|anyone|anybody|person|human|colleague) (?:with|who has) (?:a )?(?:pulse|heartbeat)\b|\b(?:is |are )?(?:there )?(?:anyone|anybody|someone|somebody) (?:real|alive)(?: there| here| reading| in there| out there| on| at)\b|\b(?:human|person|people|somebody|someone|colleague) (?:made )?of flesh and blood\b|\bflesh and blood (?:person|human|colleague)\b"),
    phrase("have-one-call", "call ring phone contact message email reach write dm", r"\b(?:have|get|let|ask|tell|send) (?:an? |some |one of your |one of the |your |the )?(?:\w+ )?(?:salesperson|sales person|salesman|saleswoman|sales team|sales|account manager|colleague|advisor|adviser|consultant|expert|human|team|guy) (?:to )?(?:please )?(?:call|ring|phone|contact|message|email|e mail|reach out to|dm|get back to|write to|write) (?:me|us)\b", "salesperson sales salesman saleswoman manager colleague advisor adviser consultant expert human team guy"),
    phrase("any-there", "any", r"^(?:(?:hi|hey|hello|ok|so|and|are there|is there) )*any (?:(?:real|actual|live|proper) )?(?:humans?|persons?|people|agents?|reps?)(?: (?:there|here|around|available|online|on duty|home|about|awake|in|today|i can talk to|to talk to))+$", "human humans person persons people agent agents rep reps"),
    phrase("put-through", "connect put transfer pass get give find", rf"\b(?:connect|put|transfer|pass|get|give|find) (?:me|us) (?:(?:through|thru|on|over) )?(?:(?:to|with|w) )?{_WHO}\b", "human humans person people agent rep reps representative advisor adviser operator manager supervisor someone somebody anyone anybody staff sales team consultant specialist member"),
    phrase("get-one", "get have", r"\b(?:can|could|may|might) (?:i|we) (?:please )?(?:get|have) (?:a |an |some )?(?:(?:real|actual|live|proper|sales|support) )*(?:human|person|agent|rep|representative|operator|advisor|adviser)\b(?! (?:seat|licen[cs]e|plan|mode|fee|discount|account|login))", "human person agent rep representative operator advisor adviser"),
    phrase("someone-to-call", "someone somebody anyone anybody agent rep manager person human specialist adviser advisor", rf"\b(?:get|have|ask|tell|send|need|want|like|find)(?: me)? (?:{_WHO})(?:(?:from|in|at|on|of) (?:\w+ ){{1,4}}?)?(?:to |who can )?(?:please )?(?:call|phone|ring|contact|telephone|reach out to|get in touch with|dm|message|email|speak to|speak with|talk to|help) (?:me|us|my \w+)\b"),
    phrase("have-one-reach-out", "have someone somebody", r"\b(?:have|get) (?:someone|somebody|a rep|an agent|a person|a human|sales) (?:to )?(?:reach out|get in touch|call|ring|phone)\b|\b(?:someone|somebody|anyone|anybody) (?:please |pls |plz |kindly )?(?:contact|call|ring|phone|dm) (?:me|us)\b(?! (?:an?|when|crazy|maybe))", "reach touch call ring phone contact dm"),
    phrase("in-touch", "touch", r"\b(?:please |pls |kindly )?get in touch with (?:me|us)\b|\b(?:can|could|would|will) (?:someone|somebody|anyone|you|sales|your team)(?: \w+)? get in touch\b"),
    phrase("anyone-there", "anyone anybody someone somebody", r"\bis (?:there )?(?:anyone|anybody|someone|somebody)(?: real| alive| human| there| here| around| in)* (?:i|we|to|who) (?:can |could )?(?:talk|speak|chat|call|ask)\b"),
    phrase("reach", "reach hold ahold through whom", r"\bhow (?:do|can|could) (?:i|we) (?:reach|get (?:a )?hold of|get ahold of|get through to|contact) (?:a |an |any |your |the )?(?:(?:real|actual|live|sales|support|customer) )*(?:human|person|people|someone|somebody|anyone|agent|rep|representative|sales|team|service|care|corporate)\b|\bwhom (?:do|can|should|could|may) (?:i|we) (?:talk|speak|contact|call|ask|write|email)\b"),
    phrase("number", "number phone", r"\b(?:is there|do you have|have you got|got|need|want|send|give|share|provide|what is|whats|can i (?:have|get)|could i (?:have|get))(?: me| us)? (?:a|an|any|the|your|ur|another)? ?(?:(?:direct|contact|phone|telephone|sales|support|office|customer service|mobile|landline|toll free|uk|us) )*(?:phone )?(?:number|phone no|phone line|line)\b(?: (?:for (?:sales|support|your|the|someone|a (?:person|human|rep|agent))|(?:that )?(?:i|we) (?:can|could) (?:call|ring|phone|reach|contact|speak)|to (?:call|ring|phone|reach|contact|speak|talk))\b)"),
    phrase("number", "number phone", r"^(?:hi |hey |hello |and |so |please )*(?:do you have|have you got|is there|whats|what is|can i have|can i get|could i have) (?:a|your|the|any) (?:(?:direct|contact|phone|telephone|sales|office|mobile|landline) )+(?:number|line)(?: please| pls| anywhere)?$|\b(?:what|which) number (?:can|do|should|could) (?:i|we) (?:call|ring|phone|use to call)\b"),
    phrase("address", "email address", r"\b(?:can|could|may) (?:i|we) (?:have|get) (?:someones|somebodys|a persons|an? (?:direct )?) ?(?:email|email address|contact|whatsapp)(?: (?:in|for|of|at) (?:sales|support|your|the|someone|somebody))?\b"),
    phrase("follow-to-dm", "follow dm", r"\bfollow (?:me|us|back)(?: back)?(?: please| pls)? (?:so|and) (?:that )?(?:i|we|ill|we can) (?:can |could |will )?(?:dm|message|write|send)\b|^(?:please |pls |plz |can you |could you |kindly |hi |hello )*(?:dm|message) (?:me|us)(?: please| pls| back)?$"),
    phrase("want-no-bot", "bot bots robot robots", r"\b(?:dont|do not) want (?:a |an |your |the )?(?:ro)?bots?(?:$| (?:please|i want|get me|give me|answering|reply))|\b(?:im |i am )?not talking to (?:a |your |the |an? )?(?:ro)?bots?\b"),
    phrase("a-call-back", "call callback", r"\b(?:id|i would|we would|wed) (?:like|love|appreciate|prefer) (?:a |an )(?:quick )?(?:callback|call back|call|phone call)\b|\b(?:please|pls|kindly)? ?(?:request|book|arrange|schedule)(?:ing)? a call ?back\b|\bhave a call with (?:your|the|someone|somebody)\b"),
    phrase("who", "who", r"\bwho (?:do|can|should|could|would|shall) (?:i|we) (?:talk|speak|contact|call|ask|write|email|message|reach|chat)(?: out)?\b"),
    phrase("who", "whos", r"\bwhos (?:the )?(?:best )?(?:person|one) to (?:talk|speak|contact|ask|email)\b"),
    phrase("want", "human person agent operator representative", r"\b(?:want|need|prefer|get me|give me|id like|would like) (?:to (?:have|get|see) )?(?:a|an|some) (?:(?:real|actual|live|proper) )?(?:human|person|agent|operator|representative)\b(?! (?:resources|rights|who|that|with|for|to (?!talk|speak|help|call)))"),
    phrase("is-there", "there", r"\bis there (?:a|an|any|some) (?:(?:real|actual|live) )?(?:human|person|one|body|way to (?:talk|speak)|number (?:i|we) can (?:call|ring|phone)|someone|somebody)(?: here| there)? (?:i|we|to|who i) (?:can |could )?(?:talk|speak|call|to)\b"),
    phrase("reach-me", "call phone ring contact reach touch back", r"\b(?:can|could|would|will|may) (?:you|u|someone|somebody|anyone|a human|a person|a rep|one of you|your team|sales)(?: (?:from|on|in|at|of) (?:your |the |ur )?\w+(?: team| department| dept)?)?(?: please| pls| kindly)? (?:call|phone|ring|contact|reach out to|get in touch with|get back to) (?:me|us)\b"),
    phrase("call-me", "call phone ring", r"(?:^|\b(?:please|pls|kindly|just|and|or) )(?:call|phone|ring) (?:me|us)(?: back)?(?: (?:please|pls|about|on|at|asap|today|tomorrow|now|when|regarding|for|re)\b|$)"),
    phrase("callback", "call callback", r"\b(?:give|arrange|book|schedule|request|need|want|have) (?:me |us )?(?:a )?(?:callback|call back|call|phone call)(?: (?:please|pls|about|with|from|today|tomorrow|on|at|asap|regarding)\b|$)"),
    phrase("human-please", "human humans person agent", r"\b(?:human|real person|live agent|actual person)s? (?:please|pls|plz|now|por favor|bitte)\b"),
    phrase("no-bot", "bot bots robot robots", r"\b(?:dont|do not|wont|not going to) (?:want to |wanna |like to |like |want )?(?:talk|talking|speak|speaking|chat|chatting|deal|dealing)(?: to| with) (?:a |an |your |the |some )?(?:ro)?bots?\b|^no (?:more )?(?:ro)?bots?(?: please| pls| thanks)?$"),
    # Spanish, French, German, Portuguese.
    phrase("es", "hay", r"\bhay (?:algun|alguna|un|una|alguien) ?(?:humano|persona|agente|asesor)?(?: real| de verdad| humano)?(?:$| (?:ahi|aqui|alli|disponible|con quien|que me)\b)"),
    phrase("pt", "tem ha", r"\b(?:tem|ha) (?:(?:algum|alguma|um|uma) (?:humano|pessoa|atendente)|alguem)(?: real| de verdade)?(?:$| (?:ai|aqui|la|disponivel|pra|para|que)\b)"),
    phrase("fr", "humain humains", r"\b(?:un|une|vrai|veux|voudrais|passez|y a t il) (?:\w+ )?(?:etre )?humains?(?: svp| sil| s il| la| stp| please|$)"),
    phrase("es", "con", r"\b(?:hablar|comunicar\w*|contactar)(?: \w+)? con (?:(?:una? |algun )?(?:persona|humano|agente|asesor|representante|comercial)|alguien)\b"),
    phrase("es", "pasame paseme pasenme comunicame comuniqueme llamar llame llamen llamenme llameme", r"\b(?:pas|comunic)[ae]n?me con (?:un|una|el|la|alguien|algun)\b|\b(?:me|nos) (?:puede|podria|puedes|podrias|pueden|podrian) (?:llamar|contactar|atender)(?: alguien| un| una|$)|\bque (?:me|nos) (?:llame|contacte|atienda)n?(?: alguien| una? persona|$| por)|\bllam[ae]n?me(?: por favor| al| a mi)?$"),
    phrase("fr", "passez passe appeler rappeler appelez rappelez mappeler merappeler humain personne", r"\bpasse[zr]? moi (?:un|une|quelquun|le|la)\b|\b(?:pouvez|pourriez|peux|pourrais) (?:vous|tu) m ?e? ?(?:r)?appeler\b|\b(?:r)?appelez moi\b|\bun (?:vrai )?humain(?: svp| sil)|\bune vraie personne\b"),
    phrase("fr", "parler discuter echanger", r"\b(?:parler|discuter|echanger) (?:a|avec) (?:(?:une? |votre )?(?:vrai \w+|vraie \w+|humain|personne|conseiller|agent|commercial)|quelquun)\b"),
    phrase("de", "mit", r"\bmit (?:einem |einer |jemandem |ihrem )?(?:echten )?(?:mensch(?:en)?|mitarbeiter\w*|jemandem|person|berater\w*) (?:sprechen|reden|schreiben|chatten|telefonieren)\b"),
    phrase("de", "sprechen verbinden rufen ruft ruckruf rueckruf zuruck", r"\b(?:kann|konnte|koennte|darf|mochte|moechte|will|wurde gern|wuerde gern)(?: ich)?(?: bitte)?(?: mal)? (?:einen|eine|einem|mit|jemanden) (?:\w+ ){0,3}?(?:menschen?|mitarbeiter\w*|person|jemand\w*|berater\w*)(?: \w+)? (?:sprechen|reden|haben|erreichen)\b|\bverbinden sie mich\b|\bruf(?:t|en sie)? (?:mich|uns)(?: bitte)?(?: an| zuruck| mal an| bitte an)\b|\b(?:bitte um|mochte einen|hatte gern einen|brauche einen|wunsche einen) (?:ruckruf|rueckruf)\b"),
    phrase("pt", "atendente pessoa humano ligar liga ligam ligue", r"\b(?:me|nos) (?:passa|passe|passem|transfere|transfira|conecta|conecte)(?: para| pra| com| a)* (?:um|uma|o|a|alguem)\b|\b(?:podem|pode|poderia|poderiam|alguem pode) me ligar\b|^(?:oi |ola |por favor |alguem )*me (?:liga|ligue|liguem)(?: por favor| pfv| pf)?$"),
    phrase("pt", "com", r"\b(?:falar|conversar) com (?:(?:uma? |algum )?(?:pessoa|humano|atendente|vendedor|representante)|alguem)\b"),
)  # fmt: skip
_NOT_A_REQUEST = re.compile(
    r"\bcall me when (?:pigs|hell)\b|\b(?:are|r) (?:you|u|there|these|they|yall) (?:a |an |all |really |even |actually |just )*(?:real |actual )?(?:human|humans|person|people|bot|robot)s?\b(?! (?:i can|to talk|to speak))"
    r"|\bam i (?:talking|speaking|chatting)\b|\bis this (?:a |an )?(?:human|bot|person|real)\b|\b(?:only|just|im|is|being) human\b"
    r"|\bhuman (?:resources|rights|error|nature|body|race|trafficking|rescource)\b"
    r"|\b(?:great|nice|lovely|good|finally (?:got|managed)|pleasure|managed|able|got) to (?:talk|speak|chat)\b|\b(?:estate|travel|letting|sports?) agent\b"
)


def asks_for_human(said: Said) -> bool:
    """Whether the author asks for a person, a call, or whom to talk to."""
    return wants_human(mended(said))


def wants_human(said: Said) -> bool:
    """The same of a post whose slips are mended already."""
    words, bare = said.words, said.bare
    if bare in _WHOLE or (
        len(words) <= 8 and " ".join(word for word in words if word not in _FILLERS) in _WHOLE
    ):
        return not bare.startswith("i want to be")
    is_asked = _PHRASES.stand_in(said) or any(
        rule.pattern.search(ends_of(bare)) for rule in CONTACTS.near(said)
    )
    return is_asked and not _NOT_A_REQUEST.search(bare)
