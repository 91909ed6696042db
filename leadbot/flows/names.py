"""A first name that is safe to say.

Display names are attacker text. In doubt there is no name: every line reads well without one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from leadbot.flows.weights import weighted_length

MAX_WEIGHT = 20

_TITLES = frozenset(
    {"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "sir", "dame", "rev", "herr", "frau"}
)
# Words no greeting should say, and words by which an account plays somebody it is not. One anywhere: no name.
_BLOCKED_WORDS = """
admin administrator account accounts advisor agency airdrop alert anonymous anon bot bots brand ceo cfo coo
company corp crypto customer deals desk everyone everybody fan fans founder free gmbh group help helpdesk
helpline hr inc it llc ltd mod moderator news nobody none null official ops parody press promo root sales
security service services shop staff store support system team tech test tester undefined unknown user
verified you arse arsehole ass asses asshole bastard bitch bitches boob boobs bollocks bugger bullshit chink
clown cock coon crap cum cunt damn daddy dick dickhead dildo dumb dumbass dyke fag faggot fat fool fuck
fucker fucking gook hitler hoe horny idiot jerk kike killer kkk loser milf moron motherfucker mussolini nazi
negro nigga nigger nude nudes osama paki penis piss porn prick pussy putin rape rapist retard scum sex sexy
shit slave slut spic stalin stupid suck terrorist tit tits tranny turd twat ugly wank wanker whore xxx the a
an i im my your our we who what when where why how no not never stop start yes just please buy vote follow
click call send save kill hate love god jesus satan trump biden human
"""
_BLOCKED = frozenset(_BLOCKED_WORDS.split())
_BLOCKED_ROOTS = re.compile("fuck|nigg|cunt|faggot|hitler|asshole|whore")  # stand in no real name
# Signs that change how other signs look or read: direction, invisible, tags.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_JOINED_LETTERS = re.compile(
    "[^\\W\\d_]\u200d|\u200d[^\\W\\d_]"
)  # fine between emoji, a trick between letters
_EMOJI_PARTS = re.compile("[\u200d\ufe0f\u20e3]")
_JOINTS = "'’-"


@lru_cache(maxsize=4096)  # asked several times a turn
def first_name(display_name: str) -> str:
    """The first name in a display name, or "" when there is none that is safe to say.

    Letters of one script with inner apostrophes and hyphens, 2 to 20 weighted characters. "" for anything
    hidden, stacked, styled, blocked or unlike a name; so no handle, cashtag or link can come through.
    """
    if _is_hostile(display_name):
        return ""
    words = [_bare(word) for word in _EMOJI_PARTS.sub("", display_name).split()]
    words = [word for word in words if word]
    if any(_is_blocked(word) for word in words):
        return ""
    names = [word for word in words if word.casefold() not in _TITLES]
    return names[0] if names and _is_name(names[0]) else ""


def _is_hostile(name: str) -> bool:
    if len(name) > 200 or _HIDDEN.search(name) or _JOINED_LETTERS.search(name):
        return True
    marks = 0
    for sign in unicodedata.normalize("NFC", name):
        if unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn"):
            return True
        # Honest scripts stack two marks at most; more is "zalgo". The emoji sign FE0F is a mark as well.
        marks = marks + 1 if unicodedata.category(sign) in ("Mn", "Me") and sign != "\ufe0f" else 0
        if marks > 2:
            return True
    return False


def _bare(word: str) -> str:
    """A word without the punctuation and emoji round it; signs inside stay: no link turns into a name."""
    word = unicodedata.normalize("NFC", word)
    start, end = 0, len(word)
    while start < end and unicodedata.category(word[start]) in ("So", "Sk", "Ps", "Pi"):
        start += 1
    while end > start and (
        word[end - 1] in ".,!:;" or unicodedata.category(word[end - 1]) in ("So", "Sk", "Pe", "Pf")
    ):
        end -= 1
    return word[start:end]


def _is_blocked(word: str) -> bool:
    folded = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    parts = re.split(r"[\W_]+", letters)
    return any(part in _BLOCKED for part in parts) or bool(_BLOCKED_ROOTS.search(letters))


def _is_name(word: str) -> bool:
    letters = [sign for sign in word if sign not in _JOINTS]
    return (
        len(letters) >= 2
        and all(weighted_length(form) <= MAX_WEIGHT for form in _forms(word))
        and unicodedata.normalize("NFKC", word) == word  # styled letters (𝓐, Ａ) hide what they say
        and _has_shape_of_name(word)
        and _is_well_cased(word)
        and len(_scripts(letters)) == 1
    )


def _has_shape_of_name(word: str) -> bool:
    """Letters (with the vowel signs some scripts need), single apostrophes and hyphens between them."""
    groups = re.split(f"[{_JOINTS}]", word)
    return all(
        group[:1].isalpha()
        and all(sign.isalpha() or unicodedata.category(sign) in ("Mn", "Mc") for sign in group)
        for group in groups
    )


def _is_well_cased(word: str) -> bool:
    """Starts with a capital where the script has them. ALL CAPITALS is an acronym or shouting."""
    first = word[0]
    has_case = first.lower() != first.upper()
    return not has_case or (first == first.upper() and not word.isupper())


def _forms(word: str) -> tuple[str, ...]:
    """The word as it is and as a line's filters may change it: "ß" grows in capitals."""
    return word, word.upper(), word.lower(), word.title(), word.capitalize()


def _scripts(letters: list[str]) -> set[str]:
    """Names of the scripts; kana and kanji count as one, a loose mark on a Latin letter as another."""
    scripts = {unicodedata.name(sign, "UNKNOWN").split()[0].split("-")[0] for sign in letters}
    return {"CJK" if script in ("CJK", "HIRAGANA", "KATAKANA") else script for script in scripts}
