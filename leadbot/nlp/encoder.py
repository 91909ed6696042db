"""The careful model: a small transformer tuned on the written examples, as int8 weights for onnxruntime.

Made by `leadbot.nlp.tune`; here it is only run: no torch, no hub, no network. It costs many times what the
fast model does, so the pipeline asks it only where the fast one is in doubt (`leadbot.nlp.cascade`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leadbot.errors import ConfigError, Problem

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

# The careful model, its tokenizer (the gate's too), and the exact model's answers to some posts.
WEIGHTS, WORDS, REFERENCE = "encoder.onnx", "tokenizer.json", "reference.json"
MOST_PIECES = 72  # word pieces of a post that are read; one in a hundred posts has more
THREADS = 1  # of a run: so few multiplications gain nothing from being shared out
AT_ONCE = 2  # runs at once, when many posts are looked at
MANY = 8
KNOWN_WORDS = 50_000  # cut words kept in memory, about 10 MB

_LINK = re.compile(r"<(?:url|link)>|https?://\S*|\bt\.co/\S+|\bwww\.\S+")
_HANDLE = re.compile(r"@\w+")
_BLANKS = re.compile(r"\s+")
_MANY_HANDLES = re.compile(r"(?:@ ){3,}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MOST_CHARS = 1200

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the encoder makes of some posts. logits: posts × intents. vectors: posts × 384, length one."""

    logits: Floats
    vectors: Floats


def as_encoded(text: str) -> str:
    """The text as the encoder reads it: entities undone, links as "url", handles as "@", single blanks."""
    text = _SURROGATE.sub(" ", text[:_MOST_CHARS])
    if "&" in text:
        text = unescape(text)
    text = _HANDLE.sub("@", _LINK.sub(" url ", text))
    return _MANY_HANDLES.sub("@ @ ", _BLANKS.sub(" ", text).strip())


class Encoder:
    """Weights and tokenizer in memory (about 50 MB). Safe to use from one thread at a time."""

    def __init__(self, weights: Path, pieces: Pieces) -> None:
        self._weights, self.pieces = weights, pieces
        self._session = _session(weights)
        self._pool = ThreadPoolExecutor(AT_ONCE, "encoder")

    def look(self, texts: Sequence[str]) -> Seen:
        """Logits and vectors of posts, in order."""
        return self.look_at([self.pieces.of(text) for text in texts])

    def look_at(self, posts: Sequence[Sequence[int]]) -> Seen:
        """Logits and vectors of posts given as word pieces (`Pieces`), in order.

        Each runs alone: how finely the eight-bit steps are cut depends on all that runs together, and what
        is read in a post must not depend on its neighbours. It also costs no more than runs of sixteen.
        """
        seen = self._pool.map(self._see, posts) if len(posts) >= MANY else map(self._see, posts)
        return Seen(*(np.concatenate(parts) for parts in zip(*seen, strict=True)))

    def _see(self, pieces: Sequence[int]) -> tuple[Floats, Floats]:
        ids = np.array([pieces], dtype=np.int64)
        logits, vectors = self._session.run(
            ["logits", "vectors"], {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        )
        return logits, vectors

    def save(self, path: Path) -> None:
        """Write what `load` reads."""
        for file in (self._weights, self.pieces.file):
            (path / file.name).write_bytes(file.read_bytes())

    @classmethod
    def load(cls, path: Path) -> Encoder:
        """Read ``encoder.onnx`` and ``tokenizer.json`` under `path`.

        Raises ConfigError, and ImportError where onnxruntime or tokenizers is not installed.
        """
        try:
            return cls(path / WEIGHTS, Pieces(path / WORDS))
        except ImportError:
            raise
        except (
            Exception
        ) as error:  # onnxruntime and tokenizers raise plain Exception for what they can't read
            what = f"can't read the reader's weights: {error}"
            raise ConfigError([Problem(str(path / WEIGHTS), what, "install leadbot again")]) from error


class Pieces:
    """The word pieces of posts. Each word is cut once: people use the same ones, and to cut a whole post anew
    takes the library twenty times as long (0.1 ms).
    """

    def __init__(self, words: Path) -> None:
        self.file = words
        self._tokenizer = _tokenizer(words)
        self._first, self._last = self._tokenizer.encode("").ids
        self._known: dict[str, list[int]] = {}

    def of(self, text: str) -> list[int]:
        """As the tokenizer cuts `as_encoded(text)`: it cuts at blanks, so words can be cut one by one."""
        found = [self._first]
        for word in as_encoded(text).split(" "):
            found += self._known.get(word) or self._cut(word)
            if len(found) >= MOST_PIECES:
                break
        return [*found[: MOST_PIECES - 1], self._last]

    def _cut(self, word: str) -> list[int]:
        if len(self._known) >= KNOWN_WORDS:
            self._known.clear()
        cut: list[int] = self._tokenizer.encode(word, add_special_tokens=False).ids
        self._known[word] = cut
        return cut


def _session(weights: Path) -> InferenceSession:
    # Imported here: half a second that a command which reads nothing should not pay.
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = THREADS
    options.log_severity_level = 3
    return InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


def _tokenizer(words: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(words))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_PIECES)
    return tokenizer
