"""Opt-outs told as people tell them in passing, by what reaches them: "got 5 texts this week, pls stop".

Built of the same few parts (an order to stop, what reaches them, whom it reaches) rather than of whole sentences, so that
an unheard-of sentence is understood too. Held against the shipped posts that are no opt-out.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from leadbot.nlp.optout_words import POLITE
from leadbot.nlp.phrases import Phrases, phrase

__all__ = ["CHANNELS", "CLAUSES", "PLEASE_STOP", "REACHES"]

_THING = (
    r"(?:texts?|(?:text |whatsapp |promo |marketing |automated |push )?(?:messages?|msgs?|notifications?|notifs?)|(?:e ?)?mails?|emailing|mailers?|dms?|sms|whatsapps?|promos?|promotions?|push(?:es)?"
    r"|newsletters?|offers?|ads|adverts|spam|marketing|telemarketing|flyers?|leaflets?|brochures?|junk(?: mail)?|letters|catalogs?|catalogues?|alerts?|calls?|robocalls?|pings?|invites?|invitations|surveys?|pitch(?:es)?|outreach|auto(?:mated)? ?repl(?:y|ies)|replies|reminders?|solicit\w*)"
)
# What is a matter of one's own settings as well; it needs a sign that it is the brand's.
_SENDING = (
    r"(?:texting|messaging|msging|e ?mailing|mailing|contacting|dming|whatsapping|spamming|calling|ringing|phoning|pinging|inviting|soliciting|robocalling|cold calling|tweeting|tagging"
    r"|bothering|pestering|harassing|pitching|nagging|sliding in)"
)
_SEND = r"(?:text|message|msg|e ?mail|mail|contact|dm|whatsapp|spam|call|ring|phone|ping|tweet|tag|write|reply|respond|bother|pitch|pester|butt in|write back|get in touch|reach out)"
_TO_ME = r"(?:me|us|my|our|this|the house|the office|again|on here|here|for|about|at|like|from|so (?:much|often)|all the time|after|every|everyday|please|pls|plz|now|already|ok|okay|thanks|thx|man|bro|you|i|im|wrong|not)"
_NOT_AN_ORDER = r"(?<!did you )(?<!did u )(?<!did they )(?<!have you )(?<!cant )(?<!cannot )(?<!wont )(?<!dont )(?<!never )(?<!didnt )(?<!not )(?<!they )(?<!i )(?<!we )(?<!people )(?<!even )(?<!does it )(?<!customers )"
_DET = r"(?:the|these|those|your|ur|this|all|any|all the|all these|all of these|all your|so many|such|with|w|it|getting|receiving|sending|me|us|send|to send|from) "
_MINE = r"(?:me|us|(?:my|our) (?:\w+ ){0,2}?(?:e ?mails?|mail|mails|numbers?|address|addresses|contacts?|contact details|phone|line|name)|my details)"
_ELSEWHERE = r"(?! (?:from|off|out of|in|on|with|to|for) (?:the |my |our |an? |this )?(?:\w+ )?(?:account|profile|group chat|family|plan|team|workspace|org|order|booking|reservation|wait|waitlist|waiting|standby|guest|hold|ticket|card|app|settings|photo|photos|game|event|party|flight|queue))"

CHANNELS = Phrases(
    phrase("stop-sending", "stop quit cease stopping", rf"{_NOT_AN_ORDER}\b(?:stop|quit|cease) (?:(?:it )?with )?(?:\w+ing )?(?:the |all |this )?{_SENDING}(?: to)?(?:$| {_TO_ME}\b)(?! (?:my (?:bag|order|meal|food|name)|me (?:names|crazy|honey|sir|madam|by|a|an|the|with)|for help|about your))"),
    phrase("stop-the-things", "stop quit cease stopping", rf"{_NOT_AN_ORDER}\b(?:stop|quit|cease) (?:{_DET}){{1,5}}(?!(?:\w+ ){{0,3}}(?:generic|canned|copy|wrong|same|template|broken|leak|size|parts?)\b)(?:\w+ ){{0,3}}?{_THING}\b"),
    phrase("stop-things", "stop quit cease", rf"(?:^|\b(?:please|pls|plz|kindly|just|so|and|then|not interested|want to|how to|how do i|can i|can u|can you|guys|sir) )(?:stop|quit|cease) (?:all )?(?:\w+ )?{_THING}\b(?! (?:from (?!you|u\b|your)|loss|motion|signs?|lights?))"),
    phrase("make-it-stop", "make stop end away", rf"\bmake (?:the|these|it|them|your|this|all|those)(?: \w+){{0,3}} (?:stop|end|go away)\b(?=.*\b{_THING}\b|$)(?! (?:and|crashing|raining))|\b{_THING}\b.*\bhow (?:do|can) (?:i|we|he|she) (?:make (?:it|them|this) (?:stop|end)\b|stop (?:them|these)\b)|\bmake these (?:\w+ )?{_THING} stop\b"),
    phrase("asked-for-it-to-stop", "stop stopped", rf"\b(?:asked|told|begged|asking|begging|told you|tell (?:him|her|them|your \w+)) (?:\w+ ){{0,3}}?(?:for (?:it|them|this) )?to stop\b(?=.*\b{_THING}\b|$)|\b{_THING}\b.*\b(?:asked|told|begged|asking|begging) (?:\w+ ){{0,3}}?(?:for (?:it|them|this) )?to stop\b|\b(?:mailed|emailed|called|texted|messaged|dmed|rang|phoned) (?:me|us) .*\btell (?:him|her|them) to stop\b"),
    phrase("no-more", "more further", rf"(?:^|\b(?:please|pls|plz|so|but|and|ok|sake|now|just|thanks|tho|enough|mean well|well but) )no (?:more|further) (?:\w+ ){{0,3}}?{_THING}\b(?! (?:from (?:them|him|her|the|my)|since|issues|problems|to (?:answer|read|do|send)|arriv\w+|limit|credits?|support))", "no"),
    phrase("no-soliciting", "soliciting solicitation solicitations", r"\bno solicit\w+"),
    phrase("remove-me", "remove delete unlist deregister erase scrub strike take block untag unfollow", rf"(?:^|\b(?:please|pls|plz|kindly|just|so|and|someone|somebody|can you|could you|would you|can u|will you|you|domain|spam|thanks|days?|times|dont|to|number|again|emails|texts|thread|anymore|{_THING}) )(?:(?:remove|delete|unlist|deregister|erase|scrub|strike|untag|unfollow) {_MINE}\b{_ELSEWHERE}(?:$| (?:please|pls|plz|thanks|thank|thx|now|asap|immediately|today|already|and confirm|or|from|off|out|robot|bot)\b)|take {_MINE} (?:off|out)\b(?: of)?{_ELSEWHERE}(?! (?:hold|of here|for|mute|speaker|to|the (?:wait|stand|guest|flight|booking|plan|team)))|block {_MINE} from (?:your|ur|all|these)\b)"),
    phrase("remove", "remove removed off", rf"\b{_THING}\b.*\b(?:remove|off) (?:please|pls|plz|now)$|\b(?:may|can|could) i (?:please )?be (?:removed|taken off|dropped)\b(?!.*\b(?:wait|waitlist|flight|booking)\b)|\bplease can i be taken off\b|\bto be taken off (?:the|your) (?:\w+ ){{0,2}}?(?:list|catalogue|catalog|mailing)\b|\bhow (?:do|can) i (?:come|get) off (?:it|this|them|these)\b|\bget me off (?:(?:it|this|these|them)(?:$| (?:please|pls|now|and)\b)|(?:the (?:\w+ ){{0,2}}?{_THING})\b)|\btake (?:\w+ ){{1,5}}?off (?:your|ur|the|that|whatever|this) (?:\w+ ){{0,2}}?(?<!waiting )(?<!wait )(?<!guest )(?<!price )(?<!shopping )(?<!wish )list\b"),
    phrase("data", "data everything details dad contacts records", r"\b(?:delete|erase|remove) (?:everything|anything|all(?: the)? (?:data|information|details)|my data|the data|our contacts)(?: that)?(?: you (?:have|hold|keep|got))?(?: (?:on|of|about) (?:me|us))?\b(?=.*\b(?:never|dont|stop|write|contact|gdpr|call|email|texts?|buying)\b)"),
    phrase("unsubscribed-already", "unsubscribed unsubscribing unsubscribe opted opt stop", r"\b(?:unsubscribed|opted out|(?:replied|texted|sent|typed|answered|pressed|hit|clicked) (?:stop|unsubscribe)|sent stop)\b(?=.*\b(?:still|again|times|keep|keeps|getting|coming|yet|how hard)\b)(?!.*\b(?:charg\w+|bill\w*|took|refund\w*|payment|money|mistake|accident|codes?|back on)\b)|\bstill (?:get|getting|receiving|receive|emailing|texting|mailing|sending)\b.*\b(?:after|since|despite|though|although)\b.*\b(?:unsubscrib\w+|opt(?:ed|ing)? out|stop)\b|\bhow many times (?:do|must|should|have|did) (?:i|we) (?:have to |need to )?(?:unsubscribe|opt(?:ed)? out|say stop|said stop|ask|asked)\b"),
    phrase("how-to-opt-out", "opt", r"\b(?:how|where) (?:do i |can i |do we |to )opt out of (?:(?:the|your|ur|these|this|all|any|getting|receiving) )*(?:\w+ ){0,2}?" + _THING + r"\b"),
    phrase("dont-send", "dont not never", rf"(?:^|\b(?:please|pls|plz|kindly|just|so|but|and|again|this|it|now|anyway|well|twice|buy|bot|ok|no|tho|opinion|lines|asleep) )(?:dont|do not|never) (?:ever )?(?:please )?{_SEND}(?: to| in| at| back)?(?: (?:me|us|my \w+|our \w+|this \w+|anything|it|on here|here|any of us|my tweets|on my \w+|in my \w+))*(?: (?:anything )?(?:i write|i say|i post|tomorrow or))?(?: (?:on here|about \w+|tho|please|pls))* (?:again|ever|any ?more)\b", "again ever anymore more"),
    phrase("dont-send-me", "dont not never", rf"(?:\b(?:please|pls|plz|wrong|opinion|bot|tweets) )(?:dont|do not) (?:ever )?(?:text|message|msg|email|mail|contact|whatsapp|ping|tweet|reply to|respond to|bother|pitch) (?:me|us)(?: (?:please|pls|thanks|thx|ok|bot|im not interested))*$|\bdo not (?:call|contact|text|message|email)$|\b(?:could|can|would) (?:you|u|ya) not (?:{_SEND})(?: to)? (?:me|us)(?: (?:thanks|thx|please|pls)\b|$)", "me us call contact text message email"),
    phrase("no-consent", "consent permission sign signed ask asked", rf"\b(?:dont|do not|didnt|did not|never) (?:give |gave |given )?(?:you )?(?:my )?(?:consent|permission)(?:ed)? (?:to|for) (?:\w+ ){{0,2}}?(?:{_THING}|contact)\b|\b(?:have|got|with) my consent to never\b|\bnever (?:signed up|asked) (?:for|to) (?:\w+ ){{0,2}}?{_THING}\b(?=.*\b(?:remove|stop|off|delete|take)\b)"),
    phrase("dont-want", "want", rf"\b(?:dont|do not) want (?:ur|your|these|any more|any) (?:\w+ ){{0,2}}?{_THING}\b(?! (?:until|before|after|on sunday|at work|from (?!you|u\b|your)|to (?!me)))(?:$| (?:any ?more|please|pls|thanks|ok|at all|from you|ever|again|stop|i)\b)"),
    phrase("or-else", "report block blocking reporting", rf"\b(?:report|block)(?:ing)? (?:you|u|this|your \w+|the \w+|as|it)\b.{{0,30}}\bif (?:you|u|i get|one more|this) .{{0,20}}\b{_SEND}\b"),
    phrase("having-them-call", "stop quit", r"\b(?:stop|quit) (?:having|letting|getting) (?:\w+ ){1,3}?(?:call|text|email|contact|ring|phone) (?:me|us)\b"),
    phrase("stop-offering", "stop quit", r"(?<!you )(?<!they )\b(?:stop|quit) (?:offering|selling|flogging) (?:me|us) (?:anything|things|stuff|\w+ (?:insurance|cards?|loans?|cover))\b"),
    phrase("stop-getting", "stop", rf"\b(?:can|could|how do|how can|how would|where do|may|want to|like to|need to|wish to|trying to|id like to) (?:i |we )?stop (?:getting|receiving|hearing) (?:\w+ ){{0,5}}?{_THING}\b"),
    phrase("sending-them", "stop quit", rf"^(?=.*\b{_THING}\b).*{_NOT_AN_ORDER}\b(?:stop|quit) sending (?:them|these|those|this|it)(?: to (?:me|us)|$| please| pls| now| again)"),
    phrase("turn-off", "turn switch cancel deactivate disable kill off", rf"\b(?:turn|switch) off (?:every single|every|all(?: of)?) (?:the |these |your )?{_THING} from (?:you|u|your)\b|(?:^|\b(?:please|pls|plz|kindly|just|can you|could you) )(?:cancel|deactivate|disable|kill|turn off|switch off) (?:(?:all|my|the|these|your|of|off|every|any) )*(?:\w+ ){{0,2}}?(?:{_THING})\b(?! (?:in|on (?!my (?:number|phone|line|mobile))|and|not|feature|setting|for (?!me\b))\b)(?:$| (?:to|on my (?:number|phone|line|mobile)|for me|please|pls|thanks|dont)\b)"),
    phrase("please-cease", "cease", r"\bcease (?:all )?(?:\w+ )?(?:outreach|marketing|contact|communications?|calls|emails|messages)\b"),
    phrase("quit-it", "quit knock cut", rf"^(?=.*\b{_THING}\b)(?:.*\b(?:quit it|knock it off|cut it out)(?:$| (?:please|pls|now|thank you|thanks|with)\b))"),
    phrase("dont-want-any", "want", rf"\b{_THING}\b.*\b(?:i |we )?(?:dont|do not) want (?:them|any|it|these|none|those)(?: of (?:them|it|these|this))?(?:$| (?:at all|anymore|any ?more|please|thanks|from (?:you|u))\b)|\b{_THING}\b.*\bi want none\b", "dont not none"),
    phrase("go-bot", "bot bots robot robots", r"\b(?:ro)?bots?\b.*\b(?:go away|shut up|shush|get lost|back off|mind (?:its|your) (?:own )?business|leave|switch (?:it|you|this) off|turn (?:it|you|this) off)(?:$| (?:please|now|forever|for good|you)\b)|\b(?:ro)?bot (?:shush|hush|shoo|begone)\b|\b(?:dont|do not) (?:reply|respond)(?: to)? (?:me|my \w+)(?: \w+){0,4} (?:ro)?bot\b"),
    phrase("out-of-this", "thread conversation convo", r"\b(?:take|remove|leave|get|drop) (?:me|us) (?:out of|from|off) (?:this|the|your) (?:thread|conversation|convo|chat)\b(?! history)"),
    # Spanish, French, German, Portuguese, Italian: without accents.
    phrase("es", "baja", r"^(?:dar de baja|baja|darse de baja)$|\bsolicito (?:la |mi )?baja\b(?=.*\b(?:correos?|emails?|mensajes|llamadas|lista|publicitari\w+|newsletter|boletin)\b)"),
    phrase("es", "numero datos correo", r"\b(?:quit|borr|elimin|sac)(?:a|e|en|ad|ame|enme|eme)? (?:ya )?(?:mi|nuestro) (?:numero|correo|email|telefono|contacto)\b|\b(?:borr|elimin)(?:a|e|en) mis datos\b"),
    phrase("es", "basta deja dejen paren", r"\bbasta (?:de|con) (?:\w+ ){0,2}?(?:notificacion\w*|llamadas|sms|publicidad|correos?|mensajes)\b|\b(?:deja|dejen|paren) de (?:contest|respond|llam|record|invit)\w*(?:me|nos)\b"),
    phrase("fr", "pub pubs numero fichiers repondre appels desinscrire desabonne desabonner plus", r"^stop (?:la )?pubs?$|\b(?:supprime|retire|enleve|efface)[zr]? (?:moi de (?:vos|tes|votre) \w+|mon (?:numero|mail|email|adresse|contact))\b|\barrete[zr]? de (?:me |m )?repond\w*|\bplus d(?:e )? ?(?:appels?|pub|sms|mails?|messages?|dms?)(?: merci| svp| s il vous plait| sil vous plait|$)|\bplus jamais de (?:dms?|messages?|mails?|sms|pub)\b|^me desinscrire\b|\bcomment (?:on )?se desabonn\w+"),
    phrase("de", "mehr widerspreche nummer schluss werbung werbeanrufe abschalten", r"\bkeine (?:\w+)?(?:anrufe|werbeanrufe|nachrichten|mails|sms|werbung|push\w*|briefe|post)(?: \w+)? mehr\b|\bwiderspreche\b(?=.*\b(?:werb\w+|daten|nutzung)\b)|\b(?:meine |unsere )?nummer (?:bitte )?loschen\b|\bschluss mit (?:den |diesen |euren |der |dem )?(?:\w+ )?(?:\w*nachrichten|mails|anrufe\w*|sms|werbung|push)\b"),
    phrase("pt", "numero email mail contato telefone nosso meu mensagem mensagens lista promocoes responder sair", r"^sair$|\b(?:tir|remov|apag|exclu|retir)(?:a|e|em|am) (?:o |logo |ja )?(?:meu|nosso) (?:numero|e ?mail|contato|telefone)\b|\bchega de (?:mensage(?:m|ns)|sms|liga\w+|propaganda|emails?)\b|\bsair (?:dessa|desta|da|dessas) (?:lista|mensagens|propaganda)\b|\bcancelar o envio\b|\bpara de (?:me )?respond\w+", "tira tire tirem tiram remova remove removem removam apaga apage apagem apagam exclua exclue excluem excluam retira retire retirem retiram chega sair cancelar para"),
    phrase("it", "basta piu lista newsletter pace numero mailing smettetela smetti disiscrivermi cancellatemi toglietemi", r"\bsmett(?:etela|ila|i|ete) di (?:\w+rmi|\w+rci|scrivere|mandar\w+|chiamar\w+)\b|\b(?:cancellatemi|toglietemi|rimuovetemi) (?:da|dalla|dal|dai)\b|\bbasta (?:con )?(?:i |le |questi |queste )?(?:sms|messaggi|mail|email|telefonate|chiamate|pubblicita)\b|\bdisiscriver\w+\b|\bnon (?:contattatemi|chiamatemi|scrivetemi|rispondermi|scrivermi|contattarmi|mandatemi) piu\b|\bnon voglio piu (?:ricever|esser)\w*\b|\blascia(?:te)?mi in pace\b|\btogli(?:ete)? il mio (?:numero|nome|indirizzo)\b|\brimosso dalla\b.*\blist\b"),
)  # fmt: skip
CLAUSES = Phrases(
    phrase("remove-me", "remove delete untag unfollow strike unlist", rf"^{POLITE}(?:remove|delete|untag|unfollow|strike|unlist) (?:me|us|my (?:e ?mail|number|name|address))(?: from (?:all|everything|this|it|them|your lists?))?(?: please| pls| plz| thanks| thx| now| asap| immediately)*$"),
    phrase("no-more", "more further", rf"^{POLITE}no (?:more|further) (?:\w+ ){{0,2}}?{_THING}\b(?! (?:from (?!you|u\b|your)|since|issues|problems|to (?:answer|read|do|send)|arriv\w+|limit|credits?|support|than|are|is|come|coming|get|yet|after (?!every)))", "no"),
    phrase("dont-send", "dont not never", rf"^{POLITE}(?:dont|do not|never) (?:ever )?{_SEND}(?: to| in| at| back| on)?(?: (?:me|us|my \w+|our \w+|this \w+|anything|here))*(?: \w+){{0,2}} (?:again|ever|any ?more)(?: please| pls| thanks| bot| to me)*$|^{POLITE}do not (?:call|text|e ?mail|contact|message)(?: please| again)?$", "again ever anymore more call text email mail contact message"),
    phrase("stop-asking", "stop quit", rf"^{POLITE}(?:not interested )?(?:please |pls |plz |so |just )?(?:stop|quit) (?:asking|calling|texting|emailing|messaging|offering)(?: me| us)?(?: please| pls| now)*$"),
    phrase("end-things", "end", rf"^{POLITE}end (?:all )?(?:the |these |your )?{_THING}(?: please| now)*$"),
)  # fmt: skip
# A bare "please stop" at the end of a post means what reaches them, when the post tells of it.
REACHES = re.compile(
    rf"\b(?:{_THING}|{_SENDING}|texted|emailed|mailed|called|messaged|dmed|rang|unsolicited|automated|sales bot|(?:ro)?bots?|spammed|subscribe\w*|wrong number|not interested)\b"
)
PLEASE_STOP = re.compile(
    r"\b(?:please|pls|plz|so|just|must|kindly|not interested|them to|it to) (?:just )?stop(?: it| them| this| now| na| am)?$|^stop (?:it|them|this|plz|pls|please|na|am)(?: please| pls)?$|\babeg stop\b|\bplease stop (?:them|these)$"
)
