"""What X does with the words of a post: length, mentions, links, and what it adds to a reply."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from leadbot.simulator.twitter import extract_urls_with_indices, parse_tweet

MENTION = re.compile(r"(?<![A-Za-z0-9_@])@([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_@])")
_LEADING = re.compile(r"\s*@([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_@])")
_HASHTAG = re.compile(r"(?<![\w&])#(\w*[^\W\d_]\w*)")
_CASHTAG = re.compile(r"(?<![\w$])\$([A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?)(?![\w$])")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: start, end (exclusive, in code points) and what it names, without @, # or $."""

    start: int
    end: int
    name: str


def weighted_length(text: str) -> int:
    """Length as X counts it (twitter-text v3): after NFC, wide code points 2, an emoji 2, any link 23."""
    # Plain ASCII without a dot holds no link and no emoji, so every character weighs one.
    if text.isascii() and "." not in text and ":" not in text:
        return len(text)
    return int(parse_tweet(unicodedata.normalize("NFC", text)).weightedLength)


def mentions_in(text: str) -> list[Span]:
    """Every @handle in reading order, whether or not such an account exists."""
    return [Span(m.start(), m.end(), m[1]) for m in MENTION.finditer(text)] if "@" in text else []


def leading_handles(text: str) -> list[str]:
    """The handles, in lower case, that the text opens with before any other word."""
    found: list[str] = []
    at = 0
    while match := _LEADING.match(text, at):
        found.append(match[1].lower())
        at = match.end()
    return found


def hashtags_in(text: str) -> list[Span]:
    """Every #tag."""
    return [Span(m.start(), m.end(), m[1]) for m in _HASHTAG.finditer(text)] if "#" in text else []


def cashtags_in(text: str) -> list[Span]:
    """Every $TAG; self-serve apps may use one a post."""
    return [Span(m.start(), m.end(), m[1]) for m in _CASHTAG.finditer(text)] if "$" in text else []


def links_in(text: str) -> list[Span]:
    """Every link, also a bare `example.com`, because X makes it one and bills it as one."""
    if "." not in text:
        return []
    return [Span(u["indices"][0], u["indices"][1], u["url"]) for u in extract_urls_with_indices(text)]


def with_reply_prefix(text: str, handles: Sequence[str]) -> tuple[str, int]:
    """Puts the auto-added handles in front of a reply and tells where the visible text starts.

    A handle with which the author opened the text is not added twice, and it stays in the visible part.
    """
    typed = set(leading_handles(text))
    prefix = "".join(f"@{handle} " for handle in handles if handle.lower() not in typed)
    return prefix + text, len(prefix)


def escaped(text: str) -> tuple[str, Callable[[int], int]]:
    """The text as the API sends it (`&amp;`, `&lt;`, `&gt;`), and a map from own to sent offsets."""
    if not any(mark in text for mark in "&<>"):
        return text, _same
    return html.escape(text, quote=False), lambda offset: len(html.escape(text[:offset], quote=False))


def _same(offset: int) -> int:
    return offset


def folded(text: str) -> str:
    """A text made comparable: NFC, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
