"""What lies near a post in the careful model's vectors: a brand's own examples and ``sounds_like`` phrases.

Nothing is trained here: a thousand examples are known after the seconds it takes to look at each once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations

import numpy as np

from leadbot.model import Intent
from leadbot.nlp.classifier import INTENTS
from leadbot.nlp.encoder import Encoder, Floats

NEAR = 0.6  # likeness from which an example says something about a post
SWAY = 8.0  # what an example adds to its label's logit for a post of the same words
# From here an answer means a phrase: 12 of 18 tried reach it, of 19 that mean none the best has 0.42
SAME = 0.45
SAME_QUESTION = 0.6  # and a question: its phrase is answered in public, so it has to be surer
LEAST, MOST = 0.55, 0.9  # how that is told among the echoes: word for word is 1.0, the least that counts .55
ALIKE = 0.72  # likeness from which two phrases can't be told apart
KEPT = 64  # sets of phrases or examples kept


class OwnWords:
    """A brand's own examples as vectors: (text, label) pairs."""

    def __init__(self, encoder: Encoder, examples: frozenset[tuple[str, Intent]]) -> None:
        rows = sorted(examples)
        self._labels = np.array([INTENTS.index(label) for _, label in rows], dtype=np.int64)
        self._vectors = encoder.look([text for text, _ in rows]).vectors

    def sway(self, vectors: Floats) -> Floats:
        """What to add to the logits of posts (posts × intents): the nearest example of each label counts."""
        likeness = np.clip((vectors @ self._vectors.T - NEAR) / (1 - NEAR), 0.0, 1.0)
        added = np.zeros((len(vectors), len(INTENTS)), dtype=np.float32)
        for label in np.unique(self._labels):
            added[:, label] = SWAY * likeness[:, self._labels == label].max(axis=1)
        return added


class Phrases:
    """Phrases as vectors."""

    def __init__(self, encoder: Encoder, phrases: frozenset[str]) -> None:
        self._encoder, self._phrases = encoder, sorted(phrases)

    @cached_property
    def _vectors(self) -> Floats:
        return self._encoder.look(self._phrases).vectors

    def meant(self, vector: Floats, *, is_question: bool = False) -> tuple[tuple[str, float], ...]:
        """The phrase a short text means, with a likeness of LEAST to MOST; empty when it means none."""
        least = SAME_QUESTION if is_question else SAME
        likeness = self._vectors @ vector
        best = int(likeness.argmax())
        if likeness[best] < least:
            return ()
        share = min(1.0, float(likeness[best] - least) / (1 - least))
        return ((self._phrases[best], round(LEAST + (MOST - LEAST) * share, 3)),)

    def alike(self) -> list[tuple[str, str, float]]:
        """Pairs that mean the same to the reader, likest first: an answer near one is near the other."""
        likeness = self._vectors @ self._vectors.T
        pairs = [
            (self._phrases[a], self._phrases[b], round(float(likeness[a, b]), 2))
            for a, b in combinations(range(len(self._phrases)), 2)
            if likeness[a, b] >= ALIKE
        ]
        return sorted(pairs, key=lambda pair: -pair[2])


class Nearby:
    """Remembers the vectors of sets of examples and phrases, so that each is looked at once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._own: dict[frozenset[tuple[str, Intent]], OwnWords] = {}
        self._phrases: dict[frozenset[str], Phrases] = {}

    def own(self, examples: frozenset[tuple[str, Intent]]) -> OwnWords:
        """The examples as vectors."""
        if examples not in self._own:
            _make_room(self._own)
            self._own[examples] = OwnWords(self._encoder, examples)
        return self._own[examples]

    def phrases(self, phrases: frozenset[str]) -> Phrases:
        """The phrases as vectors."""
        if phrases not in self._phrases:
            _make_room(self._phrases)
            self._phrases[phrases] = Phrases(self._encoder, phrases)
        return self._phrases[phrases]

    def sway(self, vectors: Floats, examples: Sequence[frozenset[tuple[str, Intent]]]) -> Floats:
        """What each post's own examples add to its logits (posts × intents)."""
        added = np.zeros((len(vectors), len(INTENTS)), dtype=np.float32)
        for row, own in enumerate(examples):
            if own:
                added[row] = self.own(own).sway(vectors[row : row + 1])[0]
        return added


def _make_room(kept: dict[frozenset[str], Phrases] | dict[frozenset[tuple[str, Intent]], OwnWords]) -> None:
    if len(kept) >= KEPT:
        kept.clear()
