"""How good predictions are, with numpy alone: accuracy, F1, lead ranking, calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadbot.model import LEAD_INTENTS, Intent

THRESHOLD = 0.6  # the warmth at which playbooks usually start
BINS = 10
ENOUGH_ROWS = 25  # labels with fewer rows are left out of macro_f1_25


@dataclass(frozen=True, slots=True)
class LabelScore:
    """One label: precision, recall and F1 of finding it, and how many rows have it."""

    precision: float
    recall: float
    f1: float
    n: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """All the figures. lead_*: warmth at or above `threshold` against the lead labels. ece: of warmth, ten
    equal bins, once warmth has been moved to the share of leads it is judged at.

    confusion: label → what it was taken for → rows. nan where a figure has no rows to stand on.
    """

    n: int
    accuracy: float
    macro_f1: float
    macro_f1_25: float
    lead_auroc: float
    lead_precision: float
    lead_recall: float
    threshold: float
    precision_at_recall_75: float
    ece: float
    labels: dict[str, LabelScore]
    confusion: dict[str, dict[str, int]]


def judge(
    found: Sequence[Intent],
    warmth: Sequence[float],
    labels: Sequence[Intent],
    *,
    threshold: float = THRESHOLD,
    assumed: float | None = None,
    prior: float | None = None,
) -> Judgement:
    """Compare what was found with the labels, row by row.

    assumed: the share of leads that warmth was calibrated for. prior: the share to read by; warmth moves to
    it in all figures. Without one only ece moves, to the share that the rows themselves have.
    """
    scores = {
        label.value: _label_score(label, found, labels)
        for label in Intent
        if label in labels or label in found
    }
    present = [score for score in scores.values() if score.n]
    enough = [score for score in present if score.n >= ENOUGH_ROWS]
    warm, is_lead = (
        np.array(warmth, dtype=float),
        np.array([label in LEAD_INTENTS for label in labels], dtype=bool),
    )
    own = float(is_lead.mean()) if len(labels) else 0.0
    if prior is not None:
        warm = at_prior(warm, assumed, prior)
    taken = warm >= threshold
    hits = int((taken & is_lead).sum())
    confusion: dict[str, Counter[str]] = {}
    for label, guess in zip(labels, found, strict=True):
        confusion.setdefault(label.value, Counter())[guess.value] += 1
    return Judgement(
        n=len(labels),
        accuracy=_share(sum(a == b for a, b in zip(found, labels, strict=True)), len(labels)),
        macro_f1=_share(sum(score.f1 for score in present), len(present)),
        macro_f1_25=_share(sum(score.f1 for score in enough), len(enough)),
        lead_auroc=auroc(warm, is_lead),
        lead_precision=_share(hits, int(taken.sum())),
        lead_recall=_share(hits, int(is_lead.sum())),
        threshold=threshold,
        precision_at_recall_75=precision_at_recall(warm, is_lead, 0.75),
        ece=expected_calibration_error(warm if prior is not None else at_prior(warm, assumed, own), is_lead),
        labels=scores,
        confusion={label: dict(counter.most_common()) for label, counter in confusion.items()},
    )


def at_prior(warm: NDArray[np.float64], assumed: float | None, prior: float) -> NDArray[np.float64]:
    """Probabilities of being a lead where `prior` of all posts are leads instead of `assumed`.

    By Bayes the odds move by the ratio of the odds. Unchanged if nothing was assumed or `prior` is no share.
    """
    if assumed is None or not 0 < prior < 1:
        return warm
    ratio = (prior / (1 - prior)) / (assumed / (1 - assumed))
    moved: NDArray[np.float64] = warm * ratio / (warm * ratio + (1 - warm))
    return moved


def auroc(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Probability that a positive scores above a negative, ties half. nan without one of either."""
    n, p = int((~positive).sum()), int(positive.sum())
    if not n or not p:
        return float("nan")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((ranks[inverse][positive].sum() - p * (p + 1) / 2) / (n * p))


def precision_at_recall(scores: NDArray[np.float64], positive: NDArray[np.bool_], recall: float) -> float:
    """Best precision of any threshold that finds at least `recall` of the positives."""
    if not positive.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(positive[order])
    precision = hits / np.arange(1, len(order) + 1)
    return float(precision[hits >= recall * positive.sum()].max())


def expected_calibration_error(
    scores: NDArray[np.float64], positive: NDArray[np.bool_], *, weights: NDArray[np.float64] | None = None
) -> float:
    """Mean distance of probability and truth over BINS equal bins, weighted by rows (or by `weights`)."""
    if not len(scores):
        return float("nan")
    each = np.ones(len(scores)) if weights is None else weights
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights=(scores - positive) * each, minlength=BINS)
    return float(np.abs(gaps).sum() / each.sum())


def _label_score(label: Intent, found: Sequence[Intent], labels: Sequence[Intent]) -> LabelScore:
    right = sum(a is label and b is label for a, b in zip(found, labels, strict=True))
    guessed, rows = sum(a is label for a in found), sum(b is label for b in labels)
    precision, recall = right / guessed if guessed else 0.0, right / rows if rows else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return LabelScore(round(precision, 4), round(recall, 4), round(f1, 4), rows)


def _share(part: float, whole: int) -> float:
    return part / whole if whole else float("nan")
