"""Which of a brand's ``sounds_like`` phrases a text resembles.

A phrase that stands in the text word for word counts 1.0. Otherwise its rare words and its letter pairs must overlap
with those of the text: the share of the phrase's weight that the text covers, times how much of a short text that is.
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
_HALFWAY = 0.34  # share of a phrase that must stand in the text before its other words may be misspelt

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
        self._by_gram: dict[str, list[int]] = defaultdict(list)
        counts = Counter(word for words in self._words for word in set(words))
        self._weight = {word: self._weigh(word, count) for word, count in counts.items()}
        for index, words in enumerate(self._words):
            if words:
                self._by_first[words[0]].append(index)
            for word in set(words):
                if word not in _STOP:
                    self._by_word[word].append(index)
                    for gram in _grams(word):
                        self._by_gram[gram].append(index)

    def _weigh(self, word: str, count: int) -> float:
        return (0.15 if word in _STOP else 1.0) * (1.0 + log((1 + len(self._phrases)) / (1 + count)) / 3)

    def echoes(self, text: Said) -> tuple[tuple[str, float], ...]:
        """Phrases near enough to count, best first, at most MOST."""
        words = [_stem(word) for word in text.words]
        found = dict.fromkeys(self._exact(words), 1.0)
        present = set(words)
        near = {index for word in present for index in self._by_word.get(word, ())} - found.keys()
        may_be_misspelt = not near and not found and len(words) <= 12
        if may_be_misspelt:
            near = self._misspelt(present)
        for index in near:
            likeness = self._likeness(index, present, may_be_misspelt)
            if likeness >= LEAST:
                found[index] = likeness
        best = sorted(
            found.items(), key=lambda item: (-item[1], -len(self._words[item[0]]), self._phrases[item[0]])
        )
        return tuple((self._phrases[index], round(score, 3)) for index, score in best[:MOST])

    def _exact(self, words: list[str]) -> Iterable[int]:
        by_first = self._by_first
        for start, word in enumerate(words):
            for index in by_first.get(word, ()):
                phrase = self._words[index]
                if tuple(words[start : start + len(phrase)]) == phrase:
                    yield index

    def _misspelt(self, present: set[str]) -> set[int]:
        """Phrases that share most letter pairs of a word: "exel", "spreadsheat"."""
        hits = Counter(
            index
            for word in present
            if len(word) >= 4
            for gram in _grams(word)
            for index in self._by_gram.get(gram, ())
        )
        return {index for index, count in hits.most_common(12) if count >= 3}

    def _likeness(self, index: int, present: set[str], may_be_misspelt: bool) -> float:
        """The weight of the phrase's words that the text has, as a share (cosine-like: long texts do not lose)."""
        total = shared = 0.0
        missing: list[tuple[str, float]] = []
        strong = 0
        for word in set(self._words[index]):
            weight = self._weight[word]
            total += weight
            if word in present:
                shared += weight
                strong += word not in _STOP
            else:
                missing.append((word, weight))
        if may_be_misspelt or shared >= total * _HALFWAY:
            for word, weight in missing:
                best = _nearest(word, present)
                shared += weight * best
                strong += best >= 0.6
        if not strong or total == 0:
            return 0.0
        return min(0.99, 0.97 * shared / total)


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


@lru_cache(maxsize=8192)
def _grams(word: str) -> frozenset[str]:
    padded = f" {word} "
    return frozenset(padded[i : i + 2] for i in range(len(padded) - 1))


def _nearest(word: str, present: set[str]) -> float:
    """Likeness of the most similar word by shared letter pairs, 0 unless both are long enough to be a misspelling."""
    if len(word) < 4 or word in _STOP:
        return 0.0
    grams = _grams(word)
    best = 0.0
    for other in present:
        if len(other) >= 4 and abs(len(other) - len(word)) <= 3:
            others = _grams(other)
            best = max(best, 2 * len(grams & others) / (len(grams) + len(others)))
    return best if best >= _SAME_WORD else 0.0
