"""One post as the other modules want to see it: aligned lower case, blanked handles, plain words, clauses.

Every slot needs spans of the text as it was typed, so `low` and `plain` have exactly its length, character by character.
The rules need the opposite, words without accents, handles, emoji or punctuation: that is `bare` and `clauses`.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

MAX_CHARS = 10_000  # a long post of a paying account has 25,000; what is wanted stands long before this

_SURROGATE = re.compile("[\ud800-\udfff]")
_CURLY = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "\u00a0": " "})
# Every branch opens with a letter of its own, which lets the scan skip what can't match.
_HANDLE_OR_LINK = re.compile(r"@\w+|https?://\S+|t\.co/\S+|www\.\S+|<(?:url|email|number|user)>")
_WORD = re.compile(r"\w+")
_CLAUSE_END = re.compile(r"[.!?;,:\n…—–()]+|\s-\s")
_TOKEN = re.compile(r"@\w+|<\w+>|https?://\S+|\w+(?:'\w+)?|[^\w\s]")
_DIGIT = re.compile(r"\d")
# Letters with accents and compatibility forms; without one of them there is nothing to fold.
_FOLDABLE = re.compile(
    "[\u00aa-\u024f\u0300-\u036f\u1e00-\u1eff\u2070-\u209f\u2100-\u218f\u2460-\u24ff\ufb00-\ufb4f\uff00-\uffef]|[\U0001d400-\U0001d7ff]"
)
_INVISIBLE = dict.fromkeys(
    map(
        ord,
        "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff",
    )
)
_DIGITS = str.maketrans("123456789", "000000000")
# Signs that stand for plain ones: full-width and styled letters, ringed and keycap digits, digits of other scripts; and
# signs that can't be seen, between the letters of a word.
_DISGUISED = re.compile(
    "[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u2070-\u2089\u20e3\u2460-\u24ff\uff01-\uff5e\U0001d400-\U0001d7ff]|(?<=\\w)[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]"
)
_UNSEEN = frozenset("\u00ad\u20e3\ufe0f\ufeff") | {
    chr(code) for code in (*range(0x200B, 0x2010), *range(0x2060, 0x2065))
}


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed, in the forms the rules and slots read.

    text: as typed, but for signs in disguise (a full-width or keycap digit is a digit), which make it differ from `typed`:
    then offsets says for each of its characters where it stood. low: lower case, straight quotes. has_digit: of `plain`. plain: low with handles and links blanked by spaces. Both as long as `text`.
    words: the words of `plain` without accents and apostrophes; bare: the same joined by spaces; vocabulary: as a set.
    """

    text: str
    low: str
    plain: str
    words: tuple[str, ...]
    bare: str
    vocabulary: frozenset[str]
    has_digit: bool
    offsets: tuple[int, ...] | None = None
    typed: str = ""
    _clauses: list[str] = field(default_factory=list, compare=False, repr=False)  # once they were asked for

    def span(self, start: int, end: int) -> tuple[int, int, str]:
        """Where a span of `text` stands in what was typed, and its words there."""
        if self.offsets is None or end <= start:
            return start, end, self.text[start:end]
        first, last = self.offsets[start], self.offsets[end - 1] + 1
        return first, last, self.typed[first:last]

    def clauses(self) -> list[str]:
        """`bare`, cut where the punctuation cuts: imperatives and questions open a clause."""
        if not self._clauses:
            parts = (" ".join(_WORD.findall(_fold(part))) for part in _CLAUSE_END.split(self.plain))
            self._clauses.extend(part for part in parts if part)
        return self._clauses


ENDS = 700  # characters of a long post at its beginning and at its end, where people say what they want


def ends_of(bare: str) -> str:
    """All of an ordinary post, and both ends of a long one: for patterns that look far ahead."""
    return bare if len(bare) <= 2 * ENDS else f"{bare[:ENDS]} {bare[-ENDS:]}"


def said(text: str) -> Said:
    """Prepare `text` (cut at MAX_CHARS). Never raises."""
    typed = text = text[:MAX_CHARS]
    offsets = None
    if not typed.isascii() and _DISGUISED.search(typed):
        text, offsets = _undisguised(typed)
    low = _lower(text)
    plain = _HANDLE_OR_LINK.sub(_blank, low) if "@" in low or "." in low or "<" in low or "//" in low else low
    words = tuple(_WORD.findall(_fold(plain)))
    has_digit = _DIGIT.search(plain) is not None
    return Said(text, low, plain, words, " ".join(words), frozenset(words), has_digit, offsets, typed)


# Words that decide, as fingers in a hurry type them.
_SLIPS = {
    "stpo": "stop", "sotp": "stop", "tsop": "stop", "stpp": "stop", "sto": "stop", "stahp": "stop", "stap": "stop", "stopp": "stop", "stoip": "stop", "stiop": "stop", "unsubscibe": "unsubscribe", "unsuscribe": "unsubscribe",
    "unsubcribe": "unsubscribe", "unsubscrib": "unsubscribe", "unsubscrive": "unsubscribe", "unsubsribe": "unsubscribe", "usubscribe": "unsubscribe", "unsubscrible": "unsubscribe", "unscribe": "unsubscribe",
    "unsubsrcibe": "unsubscribe", "unsubscirbe": "unsubscribe", "unsubscrube": "unsubscribe", "unsbuscribe": "unsubscribe", "unsubscript": "unsubscribe", "messging": "messaging", "mesaging": "messaging", "messagin": "messaging", "msging": "messaging", "massaging": "messaging",
    "msgin": "messaging", "txting": "texting", "textin": "texting", "contactin": "contacting", "conatct": "contact", "contcat": "contact", "mesage": "message", "mesages": "messages", "massages": "messages", "messges": "messages", "humna": "human", "huamn": "human", "hmuan": "human", "humen": "human", "persn": "person", "peron": "person", "pesron": "person",
    "agnet": "agent", "aganet": "agent", "represenative": "representative", "representitive": "representative", "reprsentative": "representative", "speek": "speak", "tlak": "talk", "laeve": "leave", "aloen": "alone",
}  # fmt: skip
_SLIPPED = frozenset(_SLIPS)
_STRETCHED = re.compile(r"([a-z])\1{2,}")


def mended(post: Said) -> Said:
    """The post with stretched letters ("stoooop") and the commonest slips ("stpo") put right, for rules that may miss
    nothing. Its spans are no longer those of what was typed.
    """
    if _SLIPPED.isdisjoint(post.vocabulary) and not _STRETCHED.search(post.low):
        return post
    low = _STRETCHED.sub(r"\1", post.plain)
    return said(_WORD.sub(lambda match: _SLIPS.get(match[0], match[0]), low))


def _undisguised(typed: str) -> tuple[str, tuple[int, ...]]:
    """The text with plain signs, and where each of them stood."""
    signs: list[str] = []
    offsets: list[int] = []
    for index, sign in enumerate(typed):
        if sign in _UNSEEN:
            continue
        plain = unicodedata.normalize("NFKC", sign) if _DISGUISED.match(sign) else sign
        plain = str(unicodedata.digit(plain)) if plain.isdigit() else plain
        signs.extend(plain)
        offsets.extend([index] * len(plain))
    return "".join(signs), tuple(offsets)


def tokens(low: str) -> list[str]:
    """The tokens the model sees of an already lowered text: handles and links masked, every digit a 0, emoji and marks kept."""
    found = _TOKEN.findall(low.translate(_DIGITS) if _DIGIT.search(low) else low)
    if "@" in low or "://" in low:
        found = [_mask(token) for token in found]
    return found


def _mask(token: str) -> str:
    if token[0] == "@" and len(token) > 1:
        return "@user"
    return "<url>" if token.startswith("http") and "://" in token else token


def _lower(text: str) -> str:
    """Lower case of exactly the same length (İ lowers to two characters, so it stays), lone surrogates replaced."""
    if text.isascii():
        return text.lower().replace("`", "'")
    text = _SURROGATE.sub("\ufffd", text).translate(_CURLY)
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _fold(low: str) -> str:
    """Without apostrophes and accents; the length may change."""
    low = low.replace("'", "")
    if not low.isascii():
        low = low.translate(_INVISIBLE)  # keyboards put them round words, and who hides a word means it
    if low.isascii() or not _FOLDABLE.search(low):
        return low
    return "".join(
        c for c in unicodedata.normalize("NFKD", low.replace("ß", "ss")) if not unicodedata.combining(c)
    ).lower()


def _blank(match: re.Match[str]) -> str:
    """Blanks for a handle or a link; the host of an e-mail address is neither and stays."""
    found, start = match.group(), match.start()
    before = match.string[start - 1] if start else " "
    if before.isalnum() or (found[0] == "@" and before in "._+-"):
        return found
    return " " * len(found)
