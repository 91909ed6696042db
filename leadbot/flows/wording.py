"""Which of its wordings a line is said in.

Seeded by conversation, dialog and turn, so the same event always gives the same words; a wording this brand
said lately, or this person has heard, is avoided when there is a choice (X calls identical posts to many
people spam).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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
class Words:
    """What is said. wordings: those it was made of, so that what they used can be written down."""

    text: str
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Speech:
    """What shall be said: lines that share one post, in order, after a disclosure (empty: none is due)."""

    lines: tuple[Line, ...]
    disclosures: tuple[str, ...]
    max_length: int


def choose(
    speech: Speech, values: render.Values, *, seed_of: int, avoid: Collection[str], heard: Collection[str]
) -> Words | None:
    """The words: the first combination from the seeded place on that fits and is fresh, else one that fits,
    else None.

    `avoid`: normalised texts the brand said lately; `heard`: normalised texts this person was told.
    """
    fallback: Words | None = None
    for words in _combinations(speech, values, seed_of, heard):
        if render.weighted_length(words.text) > speech.max_length:
            continue
        plain = normalise(words.text)
        if plain not in avoid and plain not in heard:
            return words
        # Words this person has heard are worse than words somebody else has.
        if fallback is None or (plain not in heard and normalise(fallback.text) in heard):
            fallback = words
    return fallback


def _combinations(
    speech: Speech, values: render.Values, seed_of: int, heard: Collection[str]
) -> Iterator[Words]:
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
        yield Words(render.with_disclosure(text, disclosure) if disclosure else text, tuple(wordings))


def _turn(options: Sequence[str], by: int) -> tuple[str, ...]:
    start = by % len(options)
    return (*options[start:], *options[:start])


def variant_of(
    line: Line, known: Mapping[str, str], *, seed_of: int, values: render.Values, avoid: Collection[str]
) -> str:
    """The variant of a line for one person: the one they had before (`known`: line → variant), else one by
    seed, passing over what was said lately as long as another was not. "" for a line without variants.
    """
    names = [name for name, _ in line.variants]
    if not names:
        return ""
    if known.get(line.name) in names:
        return known[line.name]
    turned = _turn(names, seed_of)

    def is_fresh(variant: str) -> bool:
        plain = [normalise(render.render(wording, values)) for wording in line.of_variant(variant)]
        return any(all(words not in text for text in avoid) for words in plain)

    return next((variant for variant in turned if is_fresh(variant)), turned[0])
