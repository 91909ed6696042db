"""The ways: each learns from examples and gives logits (posts × intents) of posts it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from leadbot.nlp.calibration import Floats
from leadbot.nlp.classifier import INTENTS
from leadbot.nlp.examples import Example
from leadbot.nlp.train import fit
from leadbot.nlp.train_careful import fast_logits
from leadbot.nlp.tune import Course, Tuned, base_model, new_net, old_vectors, pieces_of, run_of, tune

STEPS, PAIRS = 120, 32  # of contrastive tuning: steps, and pairs a step
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Found:
    """Logits of the judged posts, and seconds of one core that one post took."""

    logits: Floats
    post_s: float


def linear(vectors: Floats, learnt: Sequence[Example], unseen: Floats, seed: int) -> Floats:
    """Logistic regression on vectors, classes balanced."""
    from sklearn.linear_model import LogisticRegression

    labels = [INTENTS.index(one.label) for one in learnt]
    model = LogisticRegression(C=10.0, class_weight="balanced", max_iter=500, random_state=seed)
    model.fit(vectors, labels)
    logits = np.full((len(unseen), len(INTENTS)), -20.0, dtype=np.float32)
    logits[:, model.classes_] = model.decision_function(unseen)
    return logits


def fast(learnt: Sequence[Example], unseen: Sequence[Example], seed: int) -> Floats:
    """Hashed TF-IDF and logistic regression: the fast model that ships."""
    return fast_logits(fit(learnt, seed), unseen)


def frozen(learnt: Sequence[Example], unseen: Sequence[Example], seed: int) -> Floats:
    """The encoder as it came, and logistic regression."""
    net, base = new_net(base_model()), base_model()
    of = [old_vectors(net, pieces_of(base, [one.text for one in rows])).numpy() for rows in (learnt, unseen)]
    return linear(of[0], learnt, of[1], seed)


def contrastive(learnt: Sequence[Example], unseen: Sequence[Example], seed: int) -> Floats:
    """As SetFit does: posts of one label are drawn together and of two apart, then logistic regression."""
    import torch

    torch.manual_seed(seed)
    base = base_model()
    net = new_net(base)
    pieces = pieces_of(base, [one.text for one in learnt])
    labels = np.array([INTENTS.index(one.label) for one in learnt])
    optimizer = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=3e-5)
    chance = np.random.default_rng(seed)
    net.train()
    for _ in range(STEPS):
        left = chance.integers(len(learnt), size=PAIRS)
        same = chance.random(PAIRS) < 0.5
        right = np.array(
            [_partner(labels, row, alike, chance) for row, alike in zip(left, same, strict=True)]
        )
        vectors = [_vectors(net, pieces, rows) for rows in (left, right)]
        near = (vectors[0] * vectors[1]).sum(1)
        loss = ((near - torch.from_numpy(same.astype(np.float32))) ** 2).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    of = [old_vectors(net, pieces_of(base, [one.text for one in rows])).numpy() for rows in (learnt, unseen)]
    return linear(of[0], learnt, of[1], seed)


def tuned(learnt: Sequence[Example], seed: int, say: Say) -> Tuned:
    """The encoder tuned in full: the careful model that ships."""
    return tune(learnt, course=Course(seed=seed), on_progress=say)


def _partner(labels: Any, row: int, alike: bool, chance: np.random.Generator) -> int:
    wanted = np.flatnonzero((labels == labels[row]) == alike)
    return int(chance.choice(wanted))


def _vectors(net: Any, pieces: Sequence[list[int]], rows: Any) -> Any:
    import torch

    with torch.autocast("cpu", torch.bfloat16):
        return net(*run_of(pieces, rows))[1].float()
