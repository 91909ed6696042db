"""A pattern with the words it can't do without, so that most posts never meet the pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from leadbot.nlp.text import Said


@dataclass(frozen=True, slots=True)
class Phrase:
    """A named pattern. words, also: at least one of each stands in every text that matches (also empty: no
    matter).
    """

    name: str
    words: frozenset[str]
    pattern: re.Pattern[str]
    also: frozenset[str] = frozenset()

    def stands_in(self, said: Said) -> bool:
        """Whether the pattern is found in the bare words of the text."""
        if self.words.isdisjoint(said.vocabulary) or (self.also and self.also.isdisjoint(said.vocabulary)):
            return False
        return self.pattern.search(said.bare) is not None


class Phrases:
    """Several phrases, in order, behind one look for any of their words."""

    def __init__(self, *phrases: Phrase) -> None:
        self._phrases = phrases
        self._words = frozenset[str]().union(*(phrase.words for phrase in phrases))
        self._by_word = {
            word: frozenset(at for at, phrase in enumerate(phrases) if word in phrase.words)
            for word in self._words
        }

    def __iter__(self) -> Iterator[Phrase]:
        return iter(self._phrases)

    def near(self, said: Said) -> list[Phrase]:
        """Those that have one of their words in the text, in order."""
        present = self._words & said.vocabulary
        if not present:
            return []
        found = frozenset[int]().union(*(self._by_word[word] for word in present))
        near = [self._phrases[at] for at in sorted(found)]
        return [phrase for phrase in near if not (phrase.also and phrase.also.isdisjoint(said.vocabulary))]

    def stand_in(self, said: Said) -> bool:
        """Whether any of the patterns is found in the bare words of the text."""
        return any(phrase.pattern.search(said.bare) for phrase in self.near(said))


def phrase(name: str, words: str, pattern: str, also: str = "") -> Phrase:
    """A phrase from words separated by blanks."""
    return Phrase(name, frozenset(words.split()), re.compile(pattern), frozenset(also.split()))
