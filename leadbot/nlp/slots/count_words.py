"""The words and patterns by which people are counted."""

# ruff: noqa: E501, SIM905  (a pattern and a list of words are read as one line)

from __future__ import annotations

import re

PEOPLE = (
    r"(?:people|persons?|peoples|ppl|peeps|folks?|humans|souls|bodies|users?|seats?|licen[cs]es?|employees?|emps|staff(?:ers|s)?|agents?|reps?|teammates?|colleagues?|collegues|co-?workers?|members?|membres"
    r"|heads?|headcount|fte'?s?|devs?|developers?|engineers?|designers?|students?|teachers?|pupils?|drivers?|nurses?|salespeople|technicians?|managers?|freelancers?|contractors?|workers?|interns?|volunteers?|consultants?|admins?|analysts?"
    r"|guys?|lads?|girls?|women|men|adults?|logins?|accounts?|pax|operators?|founders?|co-?founders?|partners?|friends?|mates|associates|recruiters|marketers|accountants|lawyers|doctors|therapists|trainers|coaches|clerks|waiters|waitresses|cooks|chefs|hands|owners|bosses|directors|supervisors|assistants|apprentices|trainees|helpers|receptionists|dispatchers|mechanics|builders|plumbers|electricians|barbers|stylists|dentists|vets|baristas|bartenders|guards|cleaners|carers|caregivers|tutors|instructors|editors|writers|photographers|scientists|researchers|paralegals|attorneys|solicitors|brokers|planners|buyers|packers|pickers|riders|couriers|pilots|officers|musicians|artists|bookkeepers|secretaries|installers|fitters|painters|carpenters|roofers|farmhands|groomers|sitters|leute|personen|mitarbeiter|nutzer|personas|personnes)"
)
_OF_US = r"(?:of (?:us|them|my|our|the team|you)|(?:in|on) (?:the|our|my) (?:\w+ )?(?:team|office|company|crew|firm|dept|department|business|payroll|books)|in (?:total|all) (?:in|at) (?:the|our) (?:team|office|company))"
_KIND = r"(?:new|extra|additional|full[- ]time|part[- ]time|active|named|remote|sales|support|office|different|total|junior|senior|field|service|customer|paid|paying|core|human|permanent|actual|other|young|daily|account|team|desk|call cent(?:re|er)|warehouse|shop|floor|delivery|back office|front[- ]line|regular)"
# What follows an amount of people; "40-person company" too.
PEOPLE_AFTER = re.compile(
    rf"\s?\+?(?:ish|x|odd)?[\s-]*(?:(?:or so|or more|max|tops|plus|ish|odd|roughly|maybe) )?(?:(?:of )?(?:our|my|the|us) )?(?:{_KIND}[ -]){{0,3}}(?:{PEOPLE}\b|{_OF_US}\b|(?:man|person|woman|strong|people)[- ](?:\w+ )?(?:team|band|company|agency|startup|shop|firm|business|office|crew|studio|outfit|department|dept))"
)
TEAM_BEFORE = re.compile(
    r"(?:\b(?:team|staff|crew|group|workforce|headcount|squad|class|department|dept|family|unit|company|agency|firm|startup|org|organi[sz]ation|office) (?:size )?(?:of|is|with|=|:|size)|\b(?:team|staff|headcount|users|seats|people|licen[cs]es|team size|employees) ?[:=]|\bthere(?:'s|s| are| is|re| will be) (?:only |just )?|\bwe(?:'re| are|re| r) (?:only |just |now |currently |like |still |around |about |at )?)\s?$"
)
# After these an amount of a "we are" kind counts people only when nothing else follows.
MORE = re.compile(r"\s?(?:more|extra|additional|others? (?:joining|coming)|joining|new hires?)\b")
TEAMS_OF = re.compile(
    r"\s?(?:\w+ )?(?:teams?|groups?|crews?|shifts?|squads?|departments|depts|pods|branches|offices|shops|stores|sites|locations) (?:of|with|x|, )\s?(?:about |around |roughly )?$"
)
EACH = re.compile(
    rf"\s?(?:{PEOPLE} )?(?:each|apiece|per (?:team|office|shop|site|branch|store|location)|in each|a piece)\b"
)

# Words that may stand before and behind a bare amount.
FREE_BEFORE = frozenset(
    "idk dunno round roundabout team's grew shrank down started starting start id ive itll itd wed weve youd theyre between among umm ummm hm mm like thereabouts a about abt actually ah all altogether and approx approximately are around at be btw but circa com com currently er erm exactly for guess got have haha has hi hmm honestly i i'd i'm ill im in is it it'd it'll it's its just let's like lol make maybe me mean meant min minimum my need needs now of oh ok okay only or perhaps plus prob probably probs reckon rn roughly say says so something somewhere sorry sure that that'd that's thats the there there'd there're there's theres think to today total up uh um want wait we we'd we'll we're we've well were weve will with would yeah yep yes your u ur us they they're correction no nope rather scratch typo edit team staff users seats people size answer: answer thats'd number like tbh basically literally each by nah counting aiming looking thinking than last then go let expect expecting estimate estimated guesstimate ballpark range anywhere between from number's than".split()
)
FREE_AFTER = frozenset(
    "nos nrs no's heads-up lol haha but me boss minus counting plus roughly all altogether and approx around as at atm but by counting currently depending each easily for from give guess haha i i'd if in incl including initially ish it lol max maximum maybe minimum mostly not now of on only or over overall plus please pls plz possibly probably rn right roughly sir so soon split spread strong tbh thanks that the they though thx to today too tops total totally u um until us we we'd we'll we're we've with within would yeah yes yep you tho atleast across actually madam mate ma'am wait no sorry hopefully when once who then after before last though excluding bro innit probs prob usually normally including this these ok okay i'm is are should will might could may x ty cheers".split()
)
NOT_BEFORE = re.compile(
    r"(?:\b(?:version|windows|ios|android|iphone|office|(?<![?.!,…] )no\.?|nr|number|num|room|page|level|since|until|till|(?<!now )at|out of|on the|q|age|aged|i'm|im|i am|turned|year|in year|section|step|day|week|bus|flight|order|ref|invoice|ticket|case|booth|stand|route|gate|channel|episode|season|chapter|grade|phase|tier|plan|galaxy|pixel|ps|xbox|rtx|gen|vol|area|highway|interstate|studio|not|isn't|unit|option|top|round|wave|covid|world cup|euro|class of|since like|back in|trial of|take|takes|took|give me|wait|waiting|waited|in|by|for the last|number is) ?|[#£$€₹¥v/\\:]\s?|\d[ .-])$"
)
# After one of these words "in" and "by" lead to no year: "8 in", and the amount is a year at all.
YEARS = range(1950, 2100)
OTHER_AFTER = re.compile(
    r"\s?(?:%|percent|per cent|am\b|pm\b|st\b|nd\b|rd\b|th\b|:\d|/\d|\.\d|-?\s?(?:hours?|hrs?|h\b|mins?|minutes?|secs?|seconds?|days?|nights?|weeks?|wks?|months?|mths?|mos?\b|years?|yrs?|yo\b|y/o|gb|tb|mb|kg|km|miles?|mi\b|m\b|cm|mm|ft|inch(?:es)?|offices?|sites?|shops?|stores?|locations?|branch(?:es)?|warehouses?|countries|cities|times|x a|teams?|groups?|departments?|products?|projects?|vans?|cars?|trucks?|rooms?|desks?|computers?|laptops?|phones?|devices?|machines?|screens?|tickets?|orders?|calls?|emails?|messages?|posts?|clients?|customers?|leads?|deals?|pages?|things?|items?|boxes|units?|options?|plans?|tools?|apps?|systems?|questions?|reasons?|ways?|stars?|points?|minutes|usd|eur|gbp|dollars?|euros?|pounds?|bucks|quid|inr|rs|kr|zl|zł|chf|grand|yen|per (?:month|year|user|seat|week)|a (?:month|year|week|day)|pcm|p/?m\b|p/?a\b))(?![a-z])"
)
_ONE = re.compile(r"(?:^|[.!,;\s])one(?=\s?(?:[.!,;]|$|user|seat|person|licen))")

CORRECTED = re.compile(
    r"\b(?:no wait|wait no|no,? sorry|sorry|no scratch that|scratch that|strike that|actually|i mean(?:t)?|meant|correction|make (?:it|that)|rather|or rather|nope?,? (?:it's|its)|typo|edit|my bad|oops|whoops|wait|nah)\b|\bno,|\bno\.\.+|[?.…!]\s*no\b|\.\.\. ?no\b"
)
INSTEAD = re.compile(r"\b(?:not|isn't|and not|rather than|instead of)\s?(?:a |just |only )?$")

_ME = r"(?:me|myself|i)"
_SOMEBODY = r"(?:(?:my|our|the|a|an|one|1|his|her) )?(?:\w+ )?(?:wife|husband|partner|co-?founder|business partner|boss|assistant|colleague|friend|brother|sister|mum|mom|dad|father|mother|son|daughter|va|pa|mate|spouse|girlfriend|boyfriend|fiancee?|intern|accountant|bookkeeper|secretary|apprentice|cousin|buddy|helper|dog|developer|dev|designer|manager|owner|founder|employee|contractor|freelancer|part[- ]timer|person|guy|girl|missus|other half|better half|hubby)"
_AND = r"\s?(?:,? ?and|,|plus|\+|&|n|with|,? plus)\s?(?:then |also |maybe |about |around |just )?"
ME_FIRST = re.compile(rf"\b(?:(?:just|only|its|it's|it is) )?{_ME}\b(?= ?(?:,|and\b|plus\b|\+|&|n\b|with\b))")
NEXT_OF_LIST = re.compile(
    rf"{_AND}(?:(?P<who>{_SOMEBODY})\b|(?P<others>(?:my |the |our )?(?:team of |other |others? )?(?=(?P<n>[\w'\d]))))"
)
SOMEBODY_AND_ME = re.compile(rf"\b{_SOMEBODY} (?:and|&|plus|\+) {_ME}\b")
JUST_ME = re.compile(
    r"\b(?:just|only|simply|literally|purely) (?:(?:little|old|ol|lil|plain|poor|boring|lonely|the|good|really|just|literally) ){0,3}(?:me|myself)\b(?! (?:or|who|that|being|and (?:a|my|the|\d)))|\bme,? myself(?:,? and i)?\b|\bonly one(?: user| person)?\b(?= *(?:$|[.,!]))|\bjust the one(?: of us)?\b|\bjust (?:one|1) (?:user|person|seat)\b|\bby myself\b"
    r"|\bi'?m (?:a )?(?:solo\w*|solopreneur|sole trader|one[- ](?:man|woman|person)|a? ?freelancer|on my own|alone|a one[- ]\w+ band|flying solo)\b|\bsolo (?:founder|dev|developer|freelancer|practitioner|operator|trader|consultant|lawyer|designer|artist|act|gig|entrepreneur|show|business|shop|outfit|maker|agent|coach)\b|\bmyself only\b|\bme only\b|(?<!leave )(?<!let )\bme alone\b|\bone[- ](?:man|person|woman) (?:band|show|shop|business|team|company|operation|army)\b|\b(?:it's|its|it is|that's|thats) (?:only |just )?me(?: myself)?\b(?= *(?:$|[.,!]| on my own| here| really| for now| at the moment| tbh| lol| atm))|^\W*(?:solo|me|myself|muggins here|yours truly)\W*$|\bon my own\b|\ball on my own\b|\bsole trader\b|\b(?:a |one )?single (?:user|seat|person|licen[cs]e)\b|\bone\. me\b|\bi work alone\b|\bi am alone\b|^\W*(?:nobody|no one) else\b"
)
RUN_WITH = re.compile(
    rf"\b(?:i|we) (?:run|own|do|manage|started|start|operate|handle|share|work)(?: (?:it|this|everything|things|(?:the|a|our|my) \w+(?: \w+)?))?(?: all)? with (?:my |our )(?!team|staff|customers|clients)(?:{_SOMEBODY})\b"
)
NAME = re.compile(r"\b(?!And\b|Plus\b)[A-Z][a-zà-ÿ]+")
NAMES_AND_ME = re.compile(
    r"\b(?!Hi|Hey|Thanks|Yes|No|Ok|Just|Its|It)[A-Z][a-zà-ÿ]+(?:, ?[A-Z][a-zà-ÿ]+)+,? (?:and|&|plus|\+) (?:me|myself|I)\b(?! (?:need|want|have|think|am|will|would))"
)
TWO_OF_US = re.compile(r"\b(?:both of us|the pair of us|(?:me|i) and one other|us two|the two of us)\b")
ALL_OF_US = re.compile(
    r"\b(?:a couple of us|(?:husband (?:and|&) wife|wife (?:and|&) husband|mother (?:and|&) daughter|father (?:and|&) son|two[- ]man|two[- ]person|two[- ]woman) (?:team|business|company|band|shop|outfit|operation|duo)|(?:a|dynamic) duo)\b"
)
PLUS_ME = re.compile(
    rf"\s?(?:(?:{PEOPLE}|full[- ]?timers?|part[- ]?timers?) )?(?:\+|plus|and|&)\s?(?:me|myself|i)\b(?! (?:need|want|have|think|'))"
)
PAREN = re.compile(r"\([^)]*\)?")
_WHERE = rf"(?:{_KIND}|{PEOPLE}|{_OF_US}|full[- ]?time(?:rs?)?|part[- ]?time(?:rs?)?|remote|here|abroad|overseas|external|freelance|perm|temps?|(?:in|on|at|for|from) (?:the )?\w+(?: (?:team|office|side|dept))?)"
ADDED = re.compile(
    rf"^(?:\s?{_WHERE}){{0,3}},?\s?(?:(?P<plus>plus|\+|and then|as well as|and another|and also)|and|&|(?P<comma>,))\s?(?:another |the |my |our |about |around |maybe |also |a |an )*$"
)
PARALLEL = re.compile(rf"\s?{_WHERE}\b")
PLUS_ONE = re.compile(
    rf"(?:,)?\s?(?:plus|\+|and|&) (?:my|the|our|a|an|one) (?:{_SOMEBODY}|(?:part[- ]time )?(?!(?:comput|print|serv|oth|numb|ord|lett|newslett|aft|pap|quart|summ|wint|corn|doz|fold|trail|broch|fact|mot|sens|monit)(?:er|or)\b)[a-z]{{3,}}(?:er|or|ist|ant|ian|keeper))\b"
)

_ME_WORDS = frozenset(
    "me myself solo i im us one own alone else sole yours muggins freelancer solopreneur".split()
)


def _any_of(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(one) for one in words))


NEAR_US = _any_of(
    "duo",
    "husband",
    "two-",
    "two man",
    "two person",
    "me and my",
    "me plus",
    "me + ",
    "two of us",
    "one of us",
    "pair of us",
    "couple of us",
)
NEAR_ME = _any_of(
    "with my", "duo", "husband", "two-", "two man", "two person", "mother and", "father and", "wife and", "just me", "only me", "just my", "only my", "myself", "solo", "of us", "my own", "us two", "me only", "me alone", "one-", "one man", "one person", "one woman", "one me", "one. me", "one other", "me and", "me +", "me+", "me &",
    "me plus", "me,", "me n ", "me with", "i and", "i plus", "i +", "i with", "i &", "i,", "and me", "& me", "+ me", "and i", "& i", "+ i", "only one", "just one", "just the one", "just 1", "sole trader", "alone", "nobody else", "no one else", "freelancer", "single ", "yours truly", "muggins", "flying solo",
)  # fmt: skip
ME_OR_WE = _ME_WORDS | frozenset("duo husband wife two team single".split())
# A longer text counts people only with one of these in it.
PEOPLE_WORDS = frozenset(
    "people person persons ppl peeps folk folks humans users user seat seats license licenses licence licences employee employees staff staffers agent agents rep reps teammate teammates colleague colleagues coworker coworkers workers worker members member head heads headcount fte ftes dev devs developer developers engineer engineers designer designers student students teacher teachers pupils drivers driver nurses nurse salespeople technicians technician manager managers freelancers contractors interns volunteers consultants admins analysts guys guy lads girls women men adults kids logins accounts pax operators founders partners friends mates recruiters us them team office company crew firm agency startup department business group class workforce we were there sales support strong man my our".split()
)
LEAST_WHERE = 4  # characters between two amounts that tell where the first of them is
LONGEST_WHERE = 20
IN_A_PLACE = re.compile(r"\b(?:in|on|at|for) \w")
ANYBODY = re.compile(
    r"\b(?:people|persons?|ppl|folks|of us|users?|seats?|staff|employees|members|altogether|total|licen[cs]es?)\b"
)
OF_THEM = re.compile(r"\b(?:of (?:them|those|which|whom|us)|are|is|part[- ]time)\b")
# Two times of the year are no two halves of a team.
WHEN = re.compile(
    r"\b(?:winter|summer|spring|autumn|fall|peak|season|holidays|low|high|busy|quiet|january|december|total|all|20\d\d|q[1-4])\b"
)
MOST = 5_000_000
MOST_BARE = 200_000  # people, of an amount that does not say that it counts people
FEW_WORDS = 6  # of a text in which a name is one of "me, Dave and Priya"
MOST_WORDS = 24  # of a post in which a bare amount counts
