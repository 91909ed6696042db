"""From logits to probabilities that mean what they say.

Three steps, fitted on posts by authors the model has not seen: a temperature tames the over-confidence, a
shift moves the priors from the training files to what brands really hear, and a logistic curve (Platt)
corrects the sum of the lead labels.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leadbot.errors import ConfigError, Problem
from leadbot.model import LEAD_INTENTS, Intent
from leadbot.nlp.classifier import INTENTS, read_json

# What a brand's own account hears: between a pure care account (86 % support, 7 % leads) and a shop's
# (40 % support).
REAL_SHARES: dict[Intent, float] = {
    Intent.OPT_OUT: 0.01,
    Intent.ABUSE: 0.02,
    Intent.SPAM_PROMO: 0.04,
    Intent.ASKS_FOR_HUMAN: 0.02,
    Intent.PURCHASE_INTENT: 0.06,
    Intent.PRICING: 0.03,
    Intent.PRODUCT_QUESTION: 0.08,
    Intent.SUPPORT: 0.45,
    Intent.BUSINESS: 0.02,
    Intent.PRAISE: 0.08,
    Intent.SMALL_TALK: 0.07,
    Intent.OTHER: 0.12,
}
LEADS = np.array([INTENTS.index(intent) for intent in INTENTS if intent in LEAD_INTENTS])

FAST, CAREFUL = "calibration.json", "careful.json"  # of the fast model, and of both models together

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Calibration:
    """temperature: divides the logits. shift: added to each intent's. slope, offset: the curve from lead
    log-odds to warmth.
    """

    temperature: float = 1.0
    shift: tuple[float, ...] = (0.0,) * len(INTENTS)
    slope: float = 1.0
    offset: float = 0.0

    def probabilities(self, logits: Floats) -> Floats:
        """Calibrated probabilities (posts × intents)."""
        return softmax(logits / self.temperature + np.array(self.shift, dtype=np.float32))

    def warmth(self, probabilities: Floats) -> Floats:
        """Calibrated probability that each post is a lead."""
        curve: Floats = 1 / (1 + np.exp(-(self.slope * lead_odds(probabilities) + self.offset)))
        return curve

    def save(self, path: Path, name: str = FAST) -> None:
        """Write the numbers to `name` under `path`."""
        (path / name).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path, name: str = FAST) -> Calibration:
        """Read what `save` wrote. Raises ConfigError."""
        file = path / name
        found = read_json(file)
        try:
            shift = found.pop("shift")
            if not isinstance(shift, list) or len(shift) != len(INTENTS):
                raise ValueError("`shift` needs one number an intent")
            numbers = {key: float(str(value)) for key, value in found.items()}
            return cls(shift=tuple(float(value) for value in shift), **numbers)
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(
                [Problem(str(file), f"is no calibration: {error}", "run `leadbot nlp train`")]
            ) from error


def fit(logits: Floats, labels: NDArray[np.int64]) -> Calibration:
    """The calibration of a balanced model, from logits of posts it was not trained on (labels: index into
    INTENTS).
    """
    shares = np.array([REAL_SHARES[intent] for intent in INTENTS])
    balanced = 1 / _seen_shares(labels)[labels]
    grid = np.geomspace(0.3, 4.0, 60)
    losses = [_loss(softmax(logits / np.float32(t)), labels, balanced) for t in grid]
    temperature = float(grid[int(np.argmin(losses))])
    shift = tuple(float(x) for x in np.log(shares) - np.log(shares).mean())
    rough = Calibration(temperature, shift)
    slope, offset = _platt(
        lead_odds(rough.probabilities(logits)), np.isin(labels, LEADS), real_weights(labels)
    )
    return Calibration(
        round(temperature, 4), tuple(round(x, 4) for x in shift), round(slope, 4), round(offset, 4)
    )


def real_weights(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """A weight a row that gives each label its real share."""
    shares = np.array([REAL_SHARES[intent] for intent in INTENTS])
    weights: NDArray[np.float64] = (shares / _seen_shares(labels))[labels]
    return weights


def lead_odds(probabilities: Floats) -> Floats:
    """Log-odds of being any of the lead intents."""
    lead = np.clip(probabilities[:, LEADS].sum(axis=1), 1e-6, 1 - 1e-6)
    odds: Floats = np.log(lead / (1 - lead)).astype(np.float32)
    return odds


def softmax(logits: Floats) -> Floats:
    """Rows of probabilities."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return probabilities


def _seen_shares(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.maximum(np.bincount(labels, minlength=len(INTENTS)) / len(labels), 1e-6)


def _loss(probabilities: Floats, labels: NDArray[np.int64], weights: NDArray[np.float64]) -> float:
    right = np.clip(probabilities[np.arange(len(labels)), labels], 1e-9, 1)
    return float(-(np.log(right) * weights).sum() / weights.sum())


def _platt(odds: Floats, is_lead: NDArray[np.bool_], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Weighted logistic regression of one feature, by Newton's method (converges in a few steps)."""
    design = np.stack([odds, np.ones_like(odds)], axis=1).astype(np.float64)
    beta = np.array([1.0, 0.0])
    for _ in range(30):
        fitted = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (weights * (is_lead - fitted))
        curvature = (design * (weights * fitted * (1 - fitted))[:, None]).T @ design + 1e-6 * np.eye(2)
        beta = beta + np.linalg.solve(curvature, gradient)
    return float(beta[0]), float(beta[1])
