"""Who reads a post: as good a model as there is time for.

People come in ones: then the careful model sees every post the rules have not settled. In a backlog the fast
model and the gate read all of them, together, and the careful one those on which they are in doubt: where
anything else than the likeliest intent may be true, or a lead. A brand's own examples and answers in few
words need its vectors, so it sees these too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leadbot.errors import ConfigError, Problem
from leadbot.model import Intent
from leadbot.nlp.calibration import CAREFUL, Calibration, Floats
from leadbot.nlp.classifier import Classifier, Scores, read_json
from leadbot.nlp.encoder import WEIGHTS, Encoder, Pieces
from leadbot.nlp.gate import GATE, Gate
from leadbot.nlp.nearest import Nearby

DOUBT = "doubt.json"
FAST_SHARE = np.float32(0.3)  # of the fast model's logits beside the gate's
Examples = frozenset[tuple[str, Intent]]


@dataclass(frozen=True, slots=True)
class Doubt:
    """When the careful model is asked in a backlog.

    other: from which probability that the likeliest intent is wrong. lead: from which warmth.
    """

    other: float = 0.6
    lead: float = 0.2

    def of(self, probabilities: Floats, warmth: Floats) -> NDArray[np.bool_]:
        """Which posts are in doubt."""
        found: NDArray[np.bool_] = (1 - probabilities.max(axis=1) >= self.other) | (warmth >= self.lead)
        return found


@dataclass(frozen=True, slots=True)
class Post:
    """One post to judge. tokens: as the fast model sees it; is_open: no rule has settled it already;
    examples: its brand's own; is_answer: it may answer a card in other words than the card's.
    """

    tokens: Sequence[str]
    text: str
    is_open: bool = True
    examples: Examples = frozenset()
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """Calibrated probabilities (posts × intents) and warmth; the fast model's scores; the vectors of the
    posts that the careful one saw, by row.
    """

    probabilities: Floats
    warmth: Floats
    scores: Scores
    vectors: dict[int, Floats]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What reads when much has piled up: the gate, and when it is in doubt."""

    gate: Gate
    doubt: Doubt = field(default_factory=Doubt)

    def logits(self, posts: Sequence[Post], fast: Floats, pieces: Pieces) -> Floats:
        """Logits of posts, given those of the fast model."""
        logits: Floats = self.gate.logits([pieces.of(post.text) for post in posts]) + FAST_SHARE * fast
        return logits

    def save(self, path: Path) -> None:
        """Write what `load` reads."""
        self.gate.save(path)
        (path / DOUBT).write_text(json.dumps(asdict(self.doubt), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Backlog:
        """Read what is under `path`. Raises ConfigError."""
        numbers = read_json(path / DOUBT)
        try:
            doubt = Doubt(**{key: float(str(value)) for key, value in numbers.items()})
        except (TypeError, ValueError) as error:
            raise ConfigError(
                [Problem(str(path / DOUBT), f"is no rule of doubt: {error}", "run `leadbot nlp train`")]
            ) from error
        return cls(Gate.load(path), doubt)


class Cascade:
    """All models and what calibrates them. Without an encoder the fast model decides alone."""

    def __init__(
        self,
        fast: Classifier,
        calibration: Calibration,
        *,
        encoder: Encoder | None = None,
        careful: Calibration | None = None,
        backlog: Backlog | None = None,
    ) -> None:
        self.fast, self.calibration, self.encoder = fast, calibration, encoder
        self.careful, self.backlog = careful or Calibration(), backlog
        self.nearby = None if encoder is None else Nearby(encoder)

    def judge(self, posts: Sequence[Post], *, in_backlog: bool = False) -> Judged:
        """Read posts.

        Where a brand has examples of its own the careful model sees every post: they are there because the
        reader was sure and wrong.
        """
        seen = [post.tokens for post in posts]
        scores = self.fast.score(seen)
        probabilities = self.calibration.probabilities(scores.logits)
        warmth = self.calibration.warmth(probabilities)
        vectors: dict[int, Floats] = {}
        if self.encoder is None or self.nearby is None:
            return Judged(probabilities, warmth, scores, vectors)
        rows = [row for row, post in enumerate(posts) if post.is_open]
        quick = self.backlog if in_backlog else None
        careful = rows if quick is None else self._doubted(quick, posts, rows, scores.logits, probabilities)
        if careful:
            found = self.encoder.look([posts[row].text for row in careful])
            swayed = self.nearby.sway(found.vectors, [posts[row].examples for row in careful])
            probabilities[careful] = self.careful.probabilities(found.logits + swayed)
            vectors = dict(zip(careful, found.vectors, strict=True))
        warmth[rows] = self.careful.warmth(probabilities[rows])
        return Judged(probabilities, warmth, scores, vectors)

    def _doubted(
        self, quick: Backlog, posts: Sequence[Post], rows: list[int], fast: Floats, probabilities: Floats
    ) -> list[int]:
        """Let the gate judge `rows`, into `probabilities`; those the careful model has to look at."""
        assert self.encoder is not None
        if not rows:
            return []
        logits = quick.logits([posts[row] for row in rows], fast[rows], self.encoder.pieces)
        shares = self.careful.probabilities(logits)
        probabilities[rows] = shares
        doubts = quick.doubt.of(shares, self.careful.warmth(shares))
        return [
            row
            for row, doubt in zip(rows, doubts.tolist(), strict=True)
            if doubt or posts[row].examples or posts[row].is_answer
        ]

    def save(self, path: Path) -> None:
        """Write all models and numbers under `path`."""
        self.fast.save(path)
        self.calibration.save(path)
        if self.encoder is not None:
            self.encoder.save(path)
            self.careful.save(path, CAREFUL)
        if self.backlog is not None:
            self.backlog.save(path)

    @classmethod
    def load(cls, path: Path) -> Cascade:
        """Read what is under `path`; no encoder there means none is used. Raises ConfigError."""
        fast, calibration = Classifier.load(path), Calibration.load(path)
        if not (path / WEIGHTS).exists():
            return cls(fast, calibration)
        careful = Calibration.load(path, CAREFUL)
        try:
            encoder = Encoder.load(path)
        except ImportError:  # no wheel for this machine: read less well rather than not at all
            return cls(fast, calibration)
        backlog = Backlog.load(path) if (path / GATE).exists() else None
        return cls(fast, calibration, encoder=encoder, careful=careful, backlog=backlog)
