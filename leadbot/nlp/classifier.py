"""The fast model: hashed TF-IDF and multinomial logistic regression as one table of rows, summed with numpy.

A row holds a feature's weight for each intent, already times its idf, and idf² in the last column. A
post's logits are the sum of its words' rows over the root of their idf² (so both halves have length one,
as TF-IDF vectors do), plus the same for its character n-grams, plus the bias. Because that is a plain sum,
each word's share of it is exact: that is `why`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from leadbot.errors import ConfigError, Problem
from leadbot.model import Intent
from leadbot.nlp.features import SLOTS, Batch, batch_of

INTENTS = tuple(Intent)
FORMAT = 1

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scores:
    """Logits of a batch (posts × intents) and what each token added to them (tokens × intents); where
    posts begin.
    """

    logits: Floats
    shares: Floats
    post_starts: NDArray[np.int64]


class Classifier:
    """Immutable once made. `slots`: sorted hash slots of the kept features; `rows`: their weights and
    idf²; `bias`: a logit an intent.
    """

    def __init__(self, slots: NDArray[np.uint32], rows: Floats, bias: Floats) -> None:
        self.slots, self.bias = slots, bias
        width = len(INTENTS) + 1
        if rows.shape != (len(slots), width) or bias.shape != (width - 1,):
            raise ValueError(
                f"weights of shape {rows.shape} and {bias.shape} do not fit {len(slots)} features × {width}"
            )
        self._rows = np.vstack((rows, np.zeros((1, width)))).astype(
            np.float32
        )  # the last row stands for "not kept"
        self._row_of = np.full(SLOTS + 1, len(slots), dtype=np.int32)  # the last slot is slot -1
        self._row_of[slots] = np.arange(len(slots), dtype=np.int32)

    def score(self, posts: Sequence[Sequence[str]]) -> Scores:
        """Logits and shares of posts given as tokens."""
        batch = batch_of(posts)
        of_words, of_chars = self._sums(batch)
        starts = batch.post_starts
        sizes = np.diff(np.append(starts, len(of_words)))
        shares = _unit(of_words, starts, sizes) + _unit(of_chars, starts, sizes)
        logits = np.add.reduceat(shares, starts, axis=0) + self.bias
        return Scores(logits, shares, starts)

    def _sums(self, batch: Batch) -> tuple[Floats, Floats]:
        """Per token: the summed rows of its word and pair, and of its character n-grams."""
        of_words = self._look_up(batch.words) + self._look_up(batch.pairs)
        of_chars = self._look_up(batch.chars[0])
        for slots in batch.chars[1:]:
            of_chars += self._look_up(slots)
        return of_words, np.add.reduceat(of_chars, batch.word_starts, axis=0)

    def _look_up(self, slots: NDArray[np.int64]) -> Floats:
        return self._rows.take(self._row_of.take(slots, mode="wrap"), axis=0)

    def save(self, path: Path) -> None:
        """Write ``weights.npz`` under `path`: half-precision rows, no pickle."""
        np.savez_compressed(
            path / "weights.npz",
            format=np.array([FORMAT]),
            intents=np.array([intent.value for intent in INTENTS]),
            slots=self.slots.astype(np.uint32),
            rows=self._rows[:-1].astype(np.float16),
            bias=self.bias.astype(np.float32),
        )

    @classmethod
    def load(cls, path: Path) -> Classifier:
        """Read what `save` wrote. Raises ConfigError when the file is missing, damaged or of another
        format.
        """
        file = path / "weights.npz"
        try:
            with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
                if int(arrays["format"][0]) != FORMAT or arrays["intents"].tolist() != [
                    i.value for i in INTENTS
                ]:
                    raise ValueError("it was written for another version of the intents")
                return cls(arrays["slots"], arrays["rows"].astype(np.float32), arrays["bias"])
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise ConfigError(
                [Problem(str(file), f"can't read the reader's weights: {error}", "run `leadbot nlp train`")]
            ) from error


def _unit(sums: Floats, starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> Floats:
    """Weights divided by the length of their post's vector."""
    squares = np.add.reduceat(sums[:, -1], starts)
    lengths = np.sqrt(np.maximum(squares, 1e-9)).astype(np.float32)
    unit: Floats = sums[:, :-1] / np.repeat(lengths, sizes)[:, None]
    return unit


def read_json(file: Path) -> dict[str, Any]:
    """A JSON object from `file`. Raises ConfigError."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            [Problem(str(file), f"can't read it: {error}", "run `leadbot nlp train`")]
        ) from error
    if not isinstance(found, dict):
        raise ConfigError([Problem(str(file), "is no JSON object", "run `leadbot nlp train`")])
    return found
