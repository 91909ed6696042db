"""Who reads a post: the fast model all of them, the careful one as many as there is time for.

People come in ones: then the careful model sees every post the rules have not settled. In a backlog it sees
those on which the fast one is in doubt: where anything else than the likeliest intent may be true, or a lead.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leadbot.errors import ConfigError, Problem
from leadbot.model import Intent
from leadbot.nlp.calibration import CAREFUL, Calibration, Floats
from leadbot.nlp.classifier import Classifier, Scores, read_json
from leadbot.nlp.encoder import WEIGHTS, Encoder
from leadbot.nlp.nearest import Nearby

DOUBT = "doubt.json"
Examples = frozenset[tuple[str, Intent]]


@dataclass(frozen=True, slots=True)
class Doubt:
    """When the careful model is asked in a backlog.

    other: from which probability that the likeliest intent is wrong. lead: from which warmth.
    """

    other: float = 0.5
    lead: float = 0.1

    def of(self, probabilities: Floats, warmth: Floats) -> NDArray[np.bool_]:
        """Which posts are in doubt."""
        found: NDArray[np.bool_] = (1 - probabilities.max(axis=1) >= self.other) | (warmth >= self.lead)
        return found


@dataclass(frozen=True, slots=True)
class Post:
    """One post to judge. tokens: as the fast model sees it; is_open: no rule has settled it already;
    examples: its brand's own.
    """

    tokens: Sequence[str]
    text: str
    is_open: bool = True
    examples: Examples = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """Calibrated probabilities (posts × intents) and warmth; the fast model's scores; the vectors of the
    posts that the careful one saw, by row.
    """

    probabilities: Floats
    warmth: Floats
    scores: Scores
    vectors: dict[int, Floats]


class Cascade:
    """Both models and what calibrates each. Without an encoder the fast model decides alone."""

    def __init__(
        self,
        fast: Classifier,
        calibration: Calibration,
        *,
        encoder: Encoder | None = None,
        careful: Calibration | None = None,
        doubt: Doubt | None = None,
    ) -> None:
        self.fast, self.calibration, self.encoder = fast, calibration, encoder
        self.careful, self.doubt = careful or Calibration(), doubt or Doubt()
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
        if self.encoder is None or self.nearby is None:
            return Judged(probabilities, warmth, scores, {})
        doubted = self.doubt.of(probabilities, warmth) if in_backlog else np.ones(len(posts), dtype=bool)
        chosen = [row for row, post in enumerate(posts) if post.is_open and (doubted[row] or post.examples)]
        if not chosen:
            return Judged(probabilities, warmth, scores, {})
        found = self.encoder.look([posts[row].text for row in chosen])
        logits = found.logits + self.nearby.sway(found.vectors, [posts[row].examples for row in chosen])
        probabilities[chosen] = self.careful.probabilities(logits)
        warmth[chosen] = self.careful.warmth(probabilities[chosen])
        return Judged(probabilities, warmth, scores, dict(zip(chosen, found.vectors, strict=True)))

    def save(self, path: Path) -> None:
        """Write both models and all numbers under `path`."""
        self.fast.save(path)
        self.calibration.save(path)
        if self.encoder is not None:
            self.encoder.save(path)
            self.careful.save(path, CAREFUL)
            (path / DOUBT).write_text(json.dumps(asdict(self.doubt), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Cascade:
        """Read what is under `path`; no encoder there means none is used. Raises ConfigError."""
        fast, calibration = Classifier.load(path), Calibration.load(path)
        if not (path / WEIGHTS).exists():
            return cls(fast, calibration)
        numbers = read_json(path / DOUBT)
        try:
            doubt = Doubt(**{key: float(str(value)) for key, value in numbers.items()})
        except (TypeError, ValueError) as error:
            raise ConfigError(
                [Problem(str(path / DOUBT), f"is no rule of doubt: {error}", "run `leadbot nlp train`")]
            ) from error
        careful = Calibration.load(path, CAREFUL)
        try:
            encoder = Encoder.load(path)
        except ImportError:  # no wheel for this machine: read less well rather than not at all
            return cls(fast, calibration)
        return cls(fast, calibration, encoder=encoder, careful=careful, doubt=doubt)
