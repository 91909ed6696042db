"""Which of a brand's ``sounds_like`` phrases a text resembles.

A phrase that stands in the text word for word counts 1.0. Otherwise the
share of the phrase's weight that stands in the text decides; rare words weigh more, and a word may be misspelt a little.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from math import log

from leadbot.nlp.text import Said, said

LEAST = 0.55
MOST = 8
_SAME_WORD = 0.7  # likeness from which a word is another misspelt: exel for excel .73, street for sheet .62
_REMEMBERED = 20_000  # look-ups of words: a few megabytes at most

_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "be",
        "been",
        "am",
        "do",
        "does",
        "did",
        "i",
        "we",
        "you",
        "it",
        "its",
        "to",
        "of",
        "in",
        "on",
        "at",
        "for",
        "and",
        "or",
        "with",
        "by",
        "my",
        "our",
        "your",
        "this",
        "that",
        "there",
        "have",
        "has",
        "had",
        "can",
        "could",
        "will",
        "would",
        "me",
        "us",
        "so",
        "just",
        "as",
        "if",
        "from",
        "they",
        "he",
        "she",
        "them",
        "not",
        "no",
        "but",
        "any",
        "some",
        "all",
        "now",
        "what",
        "how",
        "which",
        "who",
        "about",
        "get",
        "got",
        "use",
        "using",
        "im",
        "were",
        "ive",
        "weve",
        "one",
    ]
)


class PhraseBank:
    """Some phrases, indexed by their words. Built once a set of phrases; never changes."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = sorted(phrases)
        self._words = [tuple(_stem(word) for word in said(phrase).words) for phrase in self._phrases]
        self._by_first: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._alike: dict[str, tuple[tuple[str, float], ...]] = {}
        counts = Counter(word for words in self._words for word in set(words))
        self._weight = {word: self._weigh(word, count) for word, count in counts.items()}
        for index, words in enumerate(self._words):
            if words:
                self._by_first[words[0]].append(index)
            for word in set(words) - _STOP:
                self._by_word[word].append(index)

    def _weigh(self, word: str, count: int) -> float:
        return (0.15 if word in _STOP else 1.0) * (1.0 + log((1 + len(self._phrases)) / (1 + count)) / 3)

    def echoes(self, text: Said) -> tuple[tuple[str, float], ...]:
        """Phrases near enough to count, best first, at most MOST."""
        words = [_stem(word) for word in text.words]
        found = dict.fromkeys(self._exact(words), 1.0)
        heard = self._heard(set(words))
        for index in {index for word in heard for index in self._by_word.get(word, ())} - found.keys():
            likeness = self._likeness(index, heard)
            if likeness >= LEAST:
                found[index] = likeness
        best = sorted(
            found.items(), key=lambda item: (-item[1], -len(self._words[item[0]]), self._phrases[item[0]])
        )
        return tuple((self._phrases[index], round(score, 3)) for index, score in best[:MOST])

    def _heard(self, present: set[str]) -> dict[str, float]:
        """The words of the bank that the text has, and how surely: 1.0, or less for one that looks misspelt."""
        heard: dict[str, float] = {}
        for word in present:
            if word in self._weight:
                heard[word] = 1.0
            elif len(word) > 3:
                for known, likeness in self._look_alikes(word):
                    heard[known] = max(likeness, heard.get(known, 0.0))
        return heard

    def _look_alikes(self, word: str) -> tuple[tuple[str, float], ...]:
        """Words of the bank that `word` may be a misspelling of. Remembered: people use the same words."""
        found = self._alike.get(word)
        if found is None:
            if len(self._alike) >= _REMEMBERED:
                self._alike.clear()
            found = tuple(
                (known, like) for known in self._by_word if (like := _likeness(word, known)) >= _SAME_WORD
            )
            self._alike[word] = found
        return found

    def _exact(self, words: list[str]) -> Iterable[int]:
        by_first = self._by_first
        for start, word in enumerate(words):
            for index in by_first.get(word, ()):
                phrase = self._words[index]
                if tuple(words[start : start + len(phrase)]) == phrase:
                    yield index

    def _likeness(self, index: int, heard: dict[str, float]) -> float:
        """The share of the phrase's weight that the text has; long texts do not lose."""
        words = set(self._words[index])
        total = sum(self._weight[word] for word in words)
        return min(0.99, 0.97 * sum(self._weight[word] * heard.get(word, 0.0) for word in words) / total)


def bank_of(phrases: frozenset[str]) -> PhraseBank:
    """The bank of a set of phrases; the last 64 sets are kept, so a playbook's set is indexed once."""
    return _bank(phrases)


@lru_cache(maxsize=64)
def _bank(phrases: frozenset[str]) -> PhraseBank:
    return PhraseBank(phrases)


_PLURAL = re.compile(r"(?<=[a-z]{3})(?<!s)(?<!u)(?<!i)s$")


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    """Without a simple plural s."""
    if word in _STOP:
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return _PLURAL.sub("", word)


def _likeness(word: str, other: str) -> float:
    """Likeness of two longer words by the letter pairs they share (Dice), 0 for short ones."""
    if len(other) < 4 or abs(len(other) - len(word)) > 3:
        return 0.0
    pairs, others = _pairs(word), _pairs(other)
    return 2 * len(pairs & others) / (len(pairs) + len(others))


def _pairs(word: str) -> set[str]:
    padded = f" {word} "
    return {padded[i : i + 2] for i in range(len(padded) - 1)}
