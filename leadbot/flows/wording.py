"""Which of its wordings a line is said in.

Seeded by conversation, dialog and turn, so the same event always gives the same words; a wording this brand
said lately, or this person has heard, is avoided when there is a choice (X calls identical posts to many
people spam).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import product

from leadbot.flows import render
from leadbot.flows.cards import Line
from leadbot.flows.gate import normalise

MOST_COMBINATIONS = 64


def seed(*parts: object) -> int:
    """A number that is always the same for the same parts."""
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def share(*parts: object) -> float:
    """Such a number between 0 and 1."""
    return seed(*parts) / 2**64


@dataclass(frozen=True, slots=True)
class Speech:
    """What shall be said: lines that share one post, in order, after a disclosure (empty: none is due)."""

    lines: tuple[Line, ...]
    disclosures: tuple[str, ...]
    max_length: int


def choose(
    speech: Speech, values: render.Values, *, seed_of: int, avoid: Collection[str], heard: Collection[str]
) -> str | None:
    """The words: the first combination from the seeded place on that fits and is fresh, else one that fits,
    else None.

    `avoid`: normalised texts the brand said lately; `heard`: normalised texts this person was told.
    """
    fallback: str | None = None
    for text in _combinations(speech, values, seed_of, heard):
        if render.weighted_length(text) > speech.max_length:
            continue
        plain = normalise(text)
        if plain not in avoid and plain not in heard:
            return text
        # Words this person has heard are worse than words somebody else has.
        if fallback is None or (plain not in heard and normalise(fallback) in heard):
            fallback = text
    return fallback


def _combinations(
    speech: Speech, values: render.Values, seed_of: int, heard: Collection[str]
) -> Iterator[str]:
    choices: list[Sequence[str]] = [speech.disclosures or ("",), *(line.wordings for line in speech.lines)]
    turned = [_turn(options, seed_of >> (8 * place)) for place, options in enumerate(choices)]

    @cache  # the same wording stands in many combinations
    def words(wording: str) -> str:
        return render.render(wording, values)

    def is_told(wording: str) -> bool:
        plain = normalise(words(wording))
        return any(plain in text for text in heard)

    if heard:  # a question asked again comes in other words, whatever stands beside it
        turned = [tuple(sorted(options, key=is_told)) if len(options) > 1 else options for options in turned]
    for count, (disclosure, *wordings) in enumerate(product(*turned)):
        if count >= MOST_COMBINATIONS:
            return
        text = " ".join(filter(None, map(words, wordings)))
        yield render.with_disclosure(text, disclosure) if disclosure else text


def _turn(options: Sequence[str], by: int) -> tuple[str, ...]:
    start = by % len(options)
    return (*options[start:], *options[:start])
