"""The gate: a little model that reads every post of a backlog and finds those to be read with care.

A feature of a post is how well three word pieces in a row fit a pattern; a table holds what each piece adds
to each pattern as the first, second or third of them, so nothing is multiplied and a post costs some 20 µs.
It learns a larger model's opinions (`leadbot.nlp.tune_gate`). It and the fast model err on different posts,
so their logits are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from leadbot.errors import ConfigError, Problem
from leadbot.nlp.calibration import Floats
from leadbot.nlp.classifier import INTENTS

GATE = "gate.npz"
WINDOW = 3  # pieces in a row
AT_ONCE = 64  # posts: more would not stay in the cache
Table = NDArray[np.int8]


class Gate:
    """Immutable once made.

    table: what a piece adds to the patterns at each place (pieces × WINDOW × patterns), in steps of `scale`
    (patterns). offset: where a pattern begins to count. head: the best fit of each pattern and the sum of all
    its fits over the root of the post's length (2 × patterns), times intents. Piece 0 pads and adds nothing.
    """

    def __init__(self, table: Table, scale: Floats, offset: Floats, head: Floats, bias: Floats) -> None:
        width = scale.shape[0]
        if table.shape[1:] != (WINDOW, width) or head.shape != (2 * width, len(INTENTS)):
            raise ValueError(f"a table of shape {table.shape} and a head of {head.shape} do not fit")
        self._arrays = (table, scale, offset, head, bias)
        self._places = [np.ascontiguousarray(table[:, place]) for place in range(WINDOW)]

    def logits(self, posts: Sequence[Sequence[int]]) -> Floats:
        """Logits (posts × intents) of posts given as word pieces (`encoder.Pieces`)."""
        parts = [self._few(posts[start : start + AT_ONCE]) for start in range(0, len(posts), AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros((0, len(INTENTS)), dtype=np.float32)

    def _few(self, posts: Sequence[Sequence[int]]) -> Floats:
        _, scale, offset, head, bias = self._arrays
        # Posts stand one after the other with a pad before and behind, so that no window sees two of them.
        pieces = np.array([piece for post in posts for piece in (0, *post, 0)], dtype=np.int32)
        sizes = np.array([len(post) for post in posts])
        ends = np.cumsum(sizes + 2)
        count = len(pieces) - 2
        sums = self._places[0].take(pieces[:count], axis=0).astype(np.int16)
        sums += self._places[1].take(pieces[1 : count + 1], axis=0)
        sums += self._places[2].take(pieces[2:], axis=0)
        fits = np.maximum(sums * scale + offset, 0.0)
        # Window k has piece k + 1 in its middle; those whose middle is a pad belong to no post.
        edges = np.stack([ends - sizes - 2, ends - 2], axis=1).reshape(-1)[:-1]
        shrunk = np.sqrt(sizes.astype(np.float32))[:, None]
        best = np.maximum.reduceat(fits, edges)[::2]
        total = np.add.reduceat(fits, edges)[::2] / shrunk
        logits: Floats = (np.concatenate([best, total], axis=1) @ head + bias).astype(np.float32)
        return logits

    def save(self, path: Path) -> None:
        """Write ``gate.npz`` under `path`, no pickle."""
        table, scale, offset, head, bias = self._arrays
        np.savez_compressed(path / GATE, table=table, scale=scale, offset=offset, head=head, bias=bias)

    @classmethod
    def load(cls, path: Path) -> Gate:
        """Read what `save` wrote. Raises ConfigError when the file is missing or damaged."""
        file = path / GATE
        try:
            with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
                return cls(*(arrays[name] for name in ("table", "scale", "offset", "head", "bias")))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise ConfigError(
                [Problem(str(file), f"can't read the reader's weights: {error}", "install leadbot again")]
            ) from error
