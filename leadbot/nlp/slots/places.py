"""Where somebody is: the most specific place they name, by its English name.

Names come from GeoNames (`tools/make_places.py`) and a short list of regions, nicknames and districts. They are read
when the first text is looked at that might name a place. A name that is an ordinary word too ("Nice", "Reading") needs
more than the word; a village needs an "in" or a country beside it, or to be the whole answer.
"""

# ruff: noqa: E501, SIM905  (a pattern and a list of words are read as one line)

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from leadbot.model import SlotType, SlotValue
from leadbot.nlp.text import Said

__all__ = ["place_in"]

_FILE = Path(__file__).parent.parent / "data" / "places" / "places.tsv"
_LONGEST = 5  # words of a name
_MOST_WORDS = 16  # of a post in which a place counts as an answer
_SHORT = 6  # of a post in which a place needs no "in"
_PLACED = frozenset("in from near based hq located outside around moved relocated uk usa".split())
_FEW_WORDS = 4  # among which a bare "TX" is looked for
# Kinds, the most specific first: district, city, county or region, state, nation, area of the world.
_RANK = {"d": 0, "c": 1, "r": 2, "s": 3, "n": 4, "a": 5}


@dataclass(frozen=True, slots=True)
class _Place:
    """A name. kind: of _RANK; is_small: too little known to be meant without a sign of it; is_word: a word as well."""

    name: str
    kind: str
    is_small: bool = False
    is_word: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int


@dataclass(frozen=True, slots=True)
class _Found:
    place: _Place
    start: int
    end: int
    is_sure: bool  # more than its letters speak for it
    is_capital: bool


_STATES = {
    "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CT": "Connecticut", "FL": "Florida", "GA": "Georgia", "IA": "Iowa", "ID": "Idaho", "IL": "Illinois",
    "KS": "Kansas", "KY": "Kentucky", "MA": "Massachusetts", "MD": "Maryland", "MI": "Michigan", "MN": "Minnesota", "MO": "Missouri", "MS": "Mississippi", "MT": "Montana", "NC": "North Carolina", "ND": "North Dakota",
    "NE": "Nebraska", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NV": "Nevada", "NY": "New York", "OH": "Ohio", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VA": "Virginia", "VT": "Vermont", "WA": "Washington State", "WI": "Wisconsin", "WV": "West Virginia", "WY": "Wyoming", "US": "United States", "LA": "Los Angeles", "EU": "Europe",
    "BC": "British Columbia", "UP": "Uttar Pradesh", "VIC": "Victoria", "QLD": "Queensland", "NI": "Northern Ireland",
}  # fmt: skip
_CITY_CODES = frozenset(("LA", "NY"))
_TOKEN = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*\.?")
_IN = re.compile(
    r"\b(?:based (?:out of|in|near|around|just outside|outside|at|from)|based|located (?:in|near|at)|located|headquartered (?:in|at)|hq(?:'d)? (?:is |is in |in )?|hq:?|headquarters (?:is |are |in )+|lives? (?:in|near)|living (?:in|near)|we(?:'re| are|re)(?: all| currently| mostly| mainly| now| both| just)? (?:in|from|near|at|outside|over in|down in|up in|out of)|i(?:'m|m| am)(?: currently| now| mostly)? (?:in|from|near|at|outside|over in)|offices? (?:is |are )?in|team(?:'s| is)? in|from|out of|operat\w+ (?:in|from|out of)|(?:moved|relocated|moving|relocating)(?: \w+)? to|(?:here|over|down|up|out|back|mainly|mostly|somewhere|deep|home is|now|currently|right) in|near|just outside(?: of)?|outside(?: of)?|close to|around|not far from|south of|north of|east of|west of|sunny|rainy|grey|lovely|good old|beautiful|greater|central|downtown|in|at)\s(?:the (?:city|town|outskirts|suburbs|middle|heart|centre|center|north|south|east|west|area) (?:of )?|the |a (?:town|village|city|suburb) (?:called|near|outside|of) |(?:sunny|rainy|lovely|central|downtown|greater|north|south|east|west|northern|southern|eastern|western|beautiful|upstate|rural|inner|outer|good old) )?$"
)
_VOLUNTEERS = re.compile(
    r"\b(?:based|located|headquartered|hq|live|living|office|offices|team|(?:we|i)(?:'re|re|'m|m| are| am) (?:\w+ )?(?:in|from|near)|operat\w+)\b"
)
# Said of oneself, right before the name.
_OF_OURS = re.compile(
    r"(?:\b(?:we|i)(?:'re|'m|re|m| are| am)\b[^.!?,]{0,24}|\b(?:we|i) (?:all |both |currently )?(?:live|work|operate|moved|relocated)\b[^.!?,]{0,16}|\b(?:our|my) (?:\w+ ){0,2}(?:office|offices|hq|headquarters|team|company|shop|base|business)\b[^.!?,]{0,16}|(?:^\W*|[,.;(] )(?:based|located|hq)\b[^.!?,]{0,16})$"
)
_GATE = frozenset(
    "based located headquartered hq live lives living office offices from operate operating were im am are relocated moved".split()
)
_NEXT_IS_PLACE = re.compile(
    r"\s?(?:,|in\b|\(|-)\s?(?:in )?(?:the )?(?:(?:north|south|east|west|central)(?:ern)?(?: |-)?(?:east|west)? ?(?:of )?(?:the )?)?"
)
_NOT_THERE = re.compile(
    r"(?:\bnot(?: in| from| based in)?|\bisn't(?: in)?|\bused to be(?: in)?|\bformerly(?: in)?|\bno longer(?: in)?|\boriginally(?: from)?|\bmoved (?:here )?(?:away )?from|\brelocated from|\bleft|\bborn in|\bex-|\brather than|\binstead of|\bsupport|\bfans? of|\bfly(?:ing)? (?:to|from)|\bvisit(?:ing|ed)?|\bholiday in) (?:the )?$"
)
_WENT_ON = re.compile(
    r"\s?(?:originally|born and raised|at first|initially|but (?:now|moved|live|based)|before|then)\b"
)
_CORRECTED = re.compile(
    r"\b(?:no wait|wait|sorry|actually|i mean|now|scratch that|make that|correction|moved to|relocated to|but (?:live|based|working|now)|hq|headquarter\w*|mainly|mostly|based in)\b"
)
_FILLERS = frozenset(
    "a am and are at based baby btw currently city from good great greater haha hello here hey hi i i'm im in is it it's its just location lol main mainly mostly my near nearby now of ok our out over area side region only originally right roughly sir so somewhere sunny rainy team the then there town uk us usa we we're were well yes yeah you around outside close to by tbh mate innit represent up down north south east west northern southern central county state province proudly proud both ones one based: hq office offices headquarters originally always forever here's".split()
)
_NO_PLACE = re.compile(
    r"\b(?:remote(?:ly)?|nowhere|everywhere|anywhere|all over|distributed|internet|online|worldwide|global(?:ly)?|home office|my (?:mum|mom|dad|parents|house|bed|car|desk|phone|head)|at (?:home|work|my)|the (?:moon|cloud|bath|car|office|toilet|loo|sofa|pub|gym|shower|house|bed|train|bus|middle of nowhere|void|matrix|metaverse))\b"
)


def place_in(said: Said) -> SlotValue | None:
    """The place they say they are in, when the post is short or says so."""
    words = said.words
    if not words or len(words) > 40:
        return None
    is_short = len(words) <= _MOST_WORDS
    if not is_short and (_GATE.isdisjoint(said.vocabulary) or not _VOLUNTEERS.search(said.plain)):
        return None
    if len(words) > _FEW_WORDS:
        if len(words) > _SHORT and said.vocabulary.isdisjoint(_PLACED):
            return None
        if _gazetteer()[1].isdisjoint(said.vocabulary):
            return None
    found = _chosen(said, [place for place in _names(said) if _is_meant(said, place)])
    if found is None:
        return None
    head = said.plain[max(0, found.start - 60) : found.start]
    is_volunteered = bool(_OF_OURS.search(head)) and bool(_IN.search(head))
    if not is_short and not is_volunteered:
        return None
    words_ = said.text[found.start : found.end]
    return SlotValue(
        SlotType.PLACE, words_, found.start, found.end, volunteered=is_volunteered, value=found.place.name
    )


def _names(said: Said) -> Iterator[_Found]:
    """Every name in the text, the longest that begins at each word."""
    names, firsts = _gazetteer()
    tokens = [_Token(match[0].rstrip("."), match.start()) for match in _TOKEN.finditer(said.plain)]
    keys = [_key(token.word) for token in tokens]
    index = 0
    while index < len(tokens):
        found, count = None, 1
        if keys[index] in firsts:
            found, count = _longest(said, tokens[index : index + _LONGEST], keys[index : index + _LONGEST])
        if found is None and keys[index] not in names:
            found = _code(said, tokens[index])
        if found is not None:
            yield found
        index += count


def _longest(said: Said, tokens: list[_Token], keys: list[str]) -> tuple[_Found | None, int]:
    """The longest name that these words begin with, and its number of words."""
    names, _ = _gazetteer()
    for count in range(len(tokens), 0, -1):
        entry = names.get(" ".join(keys[:count]))
        if entry:
            start, end = tokens[0].start, tokens[count - 1].start + len(tokens[count - 1].word)
            if not _is_broken(said.plain[start:end]):
                is_capital = said.text[start].isupper()
                return _Found(_place(entry), start, end, _is_sure(said, start, end), is_capital), count
    return None, 1


def _code(said: Said, token: _Token) -> _Found | None:
    """A state by its letters, written large among words that are not."""
    end = token.start + len(token.word)
    code = said.text[token.start : end].replace(".", "")
    name = _STATES.get(code)
    if name is None or (said.text.isupper() and len(said.words) > 1):
        return None
    kind = "c" if code in _CITY_CODES else "n" if code == "US" else "a" if code == "EU" else "s"
    return _Found(_Place(name, kind), token.start, end, True, True)


def _is_broken(words: str) -> bool:
    """A name goes over no sentence's end: "Bath. Road" is none."""
    return any(sign in words for sign in "!?;:\n()") or ", " in words.replace(", D", " D")


def _is_sure(said: Said, start: int, end: int) -> bool:
    """Whether an "in" stands before the name, a place behind it, or nothing else in the text."""
    plain = said.plain
    if _IN.search(plain[max(0, start - 50) : start]):
        return True
    if _is_followed(said, end):
        return True
    rest = [word for word in said.words if word not in _FILLERS]
    name = {_key(word) for word in re.split(r"[\s-]+", plain[start:end])}
    return all(word in name or _key(word) in name for word in rest)


def _is_followed(said: Said, end: int) -> bool:
    """Whether a larger place comes next: "Bath, UK", "Mobile AL"."""
    plain = said.plain
    after = _NEXT_IS_PLACE.match(plain, end)
    if not after:
        code = _TOKEN.match(said.text, end + 1)
        return code is not None and code[0] in _STATES and code[0] != "US"
    names, _ = _gazetteer()
    following = [_key(match[0].rstrip(".")) for match in list(_TOKEN.finditer(plain, after.end()))[:3]]
    return any(
        (entry := names.get(" ".join(following[:count]))) is not None and "?" not in entry[:3]
        for count in range(1, len(following) + 1)
    )


def _is_meant(said: Said, found: _Found) -> bool:
    plain = said.plain
    if _NOT_THERE.search(plain[max(0, found.start - 32) : found.start]) or _WENT_ON.match(plain, found.end):
        return False
    if plain[max(0, found.start - 1) : found.start] in ("#", "$", "&") or plain[
        found.end : found.end + 2
    ] in ("'s",):
        return bool(re.match(r"'s (?:best|finest|in)", plain[found.end :]))
    if found.place.is_word:
        is_whole = len([w for w in said.words if w not in _FILLERS]) <= len(
            plain[found.start : found.end].split()
        )
        follows = found.is_sure and not is_whole and _is_followed(said, found.end)
        before = plain[max(0, found.start - 5) : found.start].split()
        in_before = bool(before) and before[-1] in (
            "in",
            "from",
            "near",
            "at",
            "of",
            "to",
            "outside",
            "around",
        )
        return follows or (found.is_sure and found.is_capital and (is_whole or in_before))
    if found.place.is_small:
        return found.is_sure
    return True


def _chosen(said: Said, found: list[_Found]) -> _Found | None:
    """The most specific; of several the first, or the last after a word of correction."""
    if not found or (
        _NO_PLACE.search(said.plain) and not any(f.is_sure and f.place.kind == "c" for f in found)
    ):
        return None
    best = min(_RANK[f.place.kind] for f in found)
    finest = [f for f in found if _RANK[f.place.kind] == best]
    for before, one in zip(reversed(finest[:-1]), reversed(finest), strict=False):
        if _CORRECTED.search(said.plain[before.end : one.start]):
            return one
    return finest[0]


@lru_cache(maxsize=1)
def _gazetteer() -> tuple[dict[str, str], frozenset[str]]:
    """Name as it is looked up → kind and English name, and the first words of all names."""
    names: dict[str, str] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        key, _, rest = line.partition("\t")
        names[key] = rest
    return names, frozenset(key.partition(" ")[0] for key in names)


def _place(entry: str) -> _Place:
    kind, _, name = entry.partition("\t")
    return _Place(name, kind[0], "-" in kind, "?" in kind)


@lru_cache(maxsize=20_000)
def _key(name: str) -> str:
    """A name as it is looked up: small letters without marks, dots and apostrophes, hyphens as blanks."""
    low = name.lower()
    if low.isalnum() and low.isascii():
        return low
    plain = unicodedata.normalize("NFKD", low.replace("ß", "ss").replace("ł", "l").replace("ø", "o"))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[’'.,]", "", plain).replace("-", " ").replace("/", " ").split())
