"""What a larger model thinks of the written posts, kept in a file so that it is asked once.

The larger model (`leadbot.nlp.teacher`) is neither shipped nor needed to make the models that are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from leadbot.errors import ConfigError, Problem
from leadbot.nlp.calibration import Floats
from leadbot.nlp.classifier import INTENTS
from leadbot.nlp.encoder import as_encoded

OPINIONS = Path(__file__).parent / "data" / "opinions.npz"


class Opinions:
    """Logits by post. teacher: who they are from, for the model card."""

    def __init__(self, logits: Mapping[int, Floats], teacher: str) -> None:
        self._logits, self.teacher = dict(logits), teacher

    @classmethod
    def given(cls, texts: Sequence[str], logits: Floats, teacher: str) -> Opinions:
        """The opinions a teacher gave of posts."""
        return cls({_key(text): row for text, row in zip(texts, logits, strict=True)}, teacher)

    def of(self, texts: Sequence[str]) -> tuple[Floats, NDArray[np.bool_]]:
        """Logits of posts (posts × intents; zeros where there are none), and of which there are."""
        found = [self._logits.get(_key(text)) for text in texts]
        none = np.zeros(len(INTENTS), dtype=np.float32)
        logits = np.array([none if row is None else row for row in found], dtype=np.float32)
        return logits.reshape(-1, len(INTENTS)), np.array([row is not None for row in found], dtype=bool)

    def save(self, file: Path) -> None:
        """Write them in half precision, no pickle, no texts (hashes of them)."""
        keys = np.array(sorted(self._logits), dtype=np.uint64)
        rows = np.array([self._logits[int(key)] for key in keys], dtype=np.float16)
        np.savez_compressed(file, keys=keys, logits=rows, teacher=np.array(self.teacher))

    @classmethod
    def load(cls, file: Path) -> Opinions:
        """Read what `save` wrote. Raises ConfigError."""
        try:
            with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
                rows = arrays["logits"].astype(np.float32)
                if rows.ndim != 2 or rows.shape[1] != len(INTENTS):
                    raise ValueError("it was written for another version of the intents")
                keys = arrays["keys"].tolist()
                return cls(dict(zip(keys, rows, strict=True)), str(arrays["teacher"]))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            fix = "name the teacher again: `leadbot nlp train --careful --teacher FOLDER`"
            raise ConfigError([Problem(str(file), f"can't read the opinions: {error}", fix)]) from error


def _key(text: str) -> int:
    return int.from_bytes(sha256(as_encoded(text).encode()).digest()[:8], "big")
