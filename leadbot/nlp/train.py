"""Makes the fast model from written examples, reproducibly. The only module that needs scikit-learn.

Real posts teach nothing here: X forbids it, and the licences of the posts we have do too. They judge
(`evaluate`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadbot.errors import ConfigError, Problem
from leadbot.model import Intent, ReadRequest
from leadbot.nlp import calibration, pipeline
from leadbot.nlp.calibration import Calibration
from leadbot.nlp.card import ModelCard, describe
from leadbot.nlp.classifier import INTENTS, Classifier
from leadbot.nlp.encoder import WEIGHTS
from leadbot.nlp.examples import Example, read_examples
from leadbot.nlp.features import SLOTS, Batch, batch_of
from leadbot.nlp.opinions import OPINIONS, Opinions
from leadbot.nlp.teacher import opinions_of
from leadbot.nlp.train_careful import CAREFUL_NOTES, add_careful, fast_logits, figures, notes_of
from leadbot.nlp.tune import Progress, need_torch

NAME = "leadbot-2"
LEAST_POSTS = 3  # a feature of fewer posts is somebody's typo
STRENGTH = 20.0  # inverse of the L2 penalty; 5 and 20 measured alike, 20 a little better across authors
# Long posts, near-miss pairs, posts of a hard year: they judge the careful model before it learns them.
HELD_BACK = frozenset({"w16", "w17", "w22"})
MOST_FEATURES = 120_000  # 12 weights in half precision each: 3 MB


def train(
    examples: Sequence[Path],
    *,
    out: Path,
    seed: int = 7,
    on_progress: Callable[[str], None] = lambda line: None,
    force: bool = False,
    careful: bool = False,
    teacher: Path | None = None,
    on_posts: Progress = lambda name, done, of: None,
) -> ModelCard:
    """Train on JSONL files and write weights, calibration and card under `out`.

    careful: tune the careful model and the gate too (needs torch, takes half an hour); otherwise
    those under `out` stay as they are. teacher: the folder of a larger model to tune and ask for its opinions
    first; without it the opinions in `opinions.OPINIONS` are learnt. on_posts: told what is being tuned and
    how far it is.

    Held-out metrics come from training on each half of the files and judging the other. A model that
    measures worse than the one under `out` does not replace it unless `force`. Raises ConfigError (bad
    examples, a worse model, or no scikit-learn).
    """
    _need_scikit_learn()
    if careful:
        need_torch()
    files = [Path(file) for file in examples]
    parts = [read_examples(file) for file in files]
    on_progress(f"read {sum(map(len, parts)):,} examples from {len(files)} files")
    measured = transfer(parts, seed=seed, on_progress=on_progress)
    everything = [example for part in parts for example in part]
    model = fit(everything, seed)
    card = _card(files, parts, model, measured, seed)
    _keep_the_better(card, out, force=force)
    out.mkdir(parents=True, exist_ok=True)
    if careful:
        opinions = _opinions(teacher, everything, out, on_posts)
        found = add_careful(
            held_back(files, parts, seed),
            out,
            seed=seed,
            on_progress=on_progress,
            on_posts=on_posts,
            opinions=opinions,
            better=lambda found: _keep_the_better(replace(card, held_out=found), out, force=force),
        )
        notes = (*card.notes, *CAREFUL_NOTES, *notes_of(opinions))
        card = replace(card, held_out={**card.held_out, **found}, notes=notes)
    elif (out / WEIGHTS).exists():
        card = _with_careful_of(ModelCard.load(out), card)
    model.save(out)
    measured.calibration.save(out)
    card.save(out)
    on_progress(f"kept {len(model.slots):,} features; wrote {out}")
    return card


def _with_careful_of(old: ModelCard, new: ModelCard) -> ModelCard:
    """The new card with what the old one tells of the careful model, which stays in place."""
    kept = {name: value for name, value in old.held_out.items() if name.startswith("careful_")}
    opinions = Opinions.load(OPINIONS) if OPINIONS.exists() else None
    notes = (*new.notes, *CAREFUL_NOTES, *notes_of(opinions))
    return replace(new, held_out={**new.held_out, **kept}, notes=notes)


def _opinions(
    teacher: Path | None, examples: Sequence[Example], out: Path, on_posts: Progress
) -> Opinions | None:
    """Those of the teacher, kept for the next time; or those that were kept."""
    if teacher is None:
        return Opinions.load(OPINIONS) if OPINIONS.exists() else None
    found = opinions_of(teacher, examples, out, on_posts)
    found.save(OPINIONS)
    return found


def _need_scikit_learn() -> None:
    try:
        import_module("sklearn.linear_model")
    except ImportError as error:
        fix = "pip install 'leadbot[train]'"
        raise ConfigError(
            [Problem("training", f"needs scikit-learn: {error}", fix, "no-scikit-learn")]
        ) from error


@dataclass(frozen=True, slots=True)
class Transfer:
    """What judging each half by the other gave: metrics by name, and the calibration fitted on the same
    logits.
    """

    held_out: dict[str, float]
    calibration: Calibration


def transfer(
    parts: Sequence[Sequence[Example]], *, seed: int, on_progress: Callable[[str], None] = lambda line: None
) -> Transfer:
    """Train on each half of the parts, judge the other.

    Labels are judged by the model alone, before the shift to real shares (the files are nearly balanced);
    warmth after it, its calibration error with every label weighted to its real share.
    """
    logits, labels = _held_out(halves_of(parts, seed), seed, on_progress)
    fitted = calibration.fit(logits, labels)
    return Transfer(figures(logits, labels, fitted), fitted)


def fit(examples: Sequence[Example], seed: int) -> Classifier:
    """The classifier of some examples: balanced classes, all weights from these examples alone."""
    from scipy.sparse import hstack  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression

    batch = batch_of(_evidence(examples))
    halves = [_weighted(matrix) for matrix in _counts(batch, len(examples))]
    labels = np.array([INTENTS.index(example.label) for example in examples])
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=300, tol=1e-3, random_state=seed)
    model.fit(hstack([half[0] for half in halves]).tocsr(), labels)
    return _compiled(model, [(keep, idf) for _, keep, idf in halves])


def _compiled(model: Any, halves: list[tuple[NDArray[np.int64], NDArray[np.float64]]]) -> Classifier:
    """The table of rows: weight × idf for every intent, and idf². Words and characters share no slot but
    by accident.
    """
    coefficients = np.zeros((len(INTENTS), model.coef_.shape[1]))
    bias = np.full(len(INTENTS), -20.0)  # a label without examples is never chosen
    classes = model.classes_
    coefficients[classes], bias[classes] = model.coef_, model.intercept_
    slots = np.concatenate([keep for keep, _ in halves])
    idf = np.concatenate([idf for _, idf in halves])
    rows = np.concatenate([coefficients.T * idf[:, None], idf[:, None] ** 2], axis=1)
    slots, first = np.unique(slots, return_index=True)
    rows = rows[first]
    if len(slots) > MOST_FEATURES:
        best = np.sort(np.argsort(-np.abs(rows[:, :-1]).max(axis=1))[:MOST_FEATURES])
        slots, rows = slots[best], rows[best]
    return Classifier(
        slots.astype(np.uint32), rows.astype(np.float16).astype(np.float32), bias.astype(np.float32)
    )


def _evidence(examples: Sequence[Example]) -> list[list[str]]:
    found = []
    for example in examples:
        notes = pipeline.open_notes(ReadRequest(example.text, pipeline.EPOCH))
        pipeline.note_rules(notes)
        found.append(pipeline.evidence(notes))
    return found


def _counts(batch: Batch, posts: int) -> list[Any]:
    """Two sparse matrices of counts, posts × slots: words with pairs, and character n-grams."""
    from scipy.sparse import csr_matrix

    post_of_word = np.repeat(np.arange(posts), np.diff(np.append(batch.post_starts, len(batch.words))))
    post_of_char = np.repeat(post_of_word, np.diff(np.append(batch.word_starts, len(batch.chars[0]))))
    matrices = []
    for owners, streams in ((post_of_word, (batch.words, batch.pairs)), (post_of_char, batch.chars)):
        slots = np.concatenate(streams)
        owner = np.tile(owners, len(streams))
        kept = slots >= 0
        matrix = csr_matrix((np.ones(int(kept.sum())), (owner[kept], slots[kept])), shape=(posts, SLOTS))
        matrix.sum_duplicates()
        matrices.append(matrix)
    return matrices


def _weighted(matrix: Any) -> tuple[Any, NDArray[np.int64], NDArray[np.float64]]:
    """TF-IDF of the features in at least LEAST_POSTS posts, by the length the classifier uses; which they
    are; their idf.
    """
    from scipy.sparse import csr_matrix

    seen_in = np.bincount(matrix.indices, minlength=SLOTS)
    keep = np.flatnonzero(seen_in >= LEAST_POSTS)
    idf = np.log((1 + matrix.shape[0]) / (1 + seen_in[keep])) + 1
    kept = matrix[:, keep]
    lengths = np.sqrt(np.maximum(kept @ idf**2, 1e-9))
    return csr_matrix(kept.multiply(idf[None]).multiply(1 / lengths[:, None])), keep, idf


def halves_of(parts: Sequence[Sequence[Example]], seed: int) -> tuple[list[Example], list[Example]]:
    """The first half of the files and the rest; a single file is shuffled and cut (files come in blocks of
    a label).
    """
    if len(parts) == 1:
        rows = parts[0]
        order = np.random.default_rng(seed).permutation(len(rows))
        return [rows[i] for i in order[::2]], [rows[i] for i in order[1::2]]
    middle = len(parts) // 2
    return [row for part in parts[:middle] for row in part], [row for part in parts[middle:] for row in part]


def held_back(
    files: Sequence[Path], parts: Sequence[list[Example]], seed: int
) -> tuple[list[Example], list[Example]]:
    """The examples without the files of HELD_BACK and those in them; halves where there are no such files."""
    kept = [
        row for file, part in zip(files, parts, strict=True) if file.stem not in HELD_BACK for row in part
    ]
    back = [row for file, part in zip(files, parts, strict=True) if file.stem in HELD_BACK for row in part]
    return (kept, back) if kept and back else halves_of(parts, seed)


def _held_out(
    halves: tuple[list[Example], list[Example]], seed: int, on_progress: Callable[[str], None]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Logits of every example by the model that did not see its half."""
    logits, labels = [], []
    for train_on, judge_on in (halves, halves[::-1]):
        model = fit(train_on, seed)
        logits.append(fast_logits(model, judge_on))
        labels += [INTENTS.index(example.label) for example in judge_on]
        on_progress(f"judged {len(judge_on):,} posts by a model of {len(train_on):,} others")
    return np.concatenate(logits), np.array(labels)


def _card(
    files: list[Path], parts: list[list[Example]], model: Classifier, measured: Transfer, seed: int
) -> ModelCard:
    counts = Counter(example.label for part in parts for example in part)
    fitted = measured.calibration
    return ModelCard(
        name=NAME,
        seed=seed,
        features=len(model.slots),
        data=tuple(describe(file, len(part)) for file, part in zip(files, parts, strict=True)),
        rows_per_label={intent.value: counts.get(intent, 0) for intent in Intent},
        held_out=measured.held_out,
        calibration={"temperature": fitted.temperature, "slope": fitted.slope, "offset": fitted.offset},
        notes=(
            "After calibration, priors are those of `leadbot.nlp.calibration.REAL_SHARES`; accuracy and F1 "
            "are measured before that shift, warmth and its calibration error (ece) after it.",
        ),
    )


def _keep_the_better(card: ModelCard, out: Path, *, force: bool) -> None:
    if force or not (out / "card.json").exists():
        return
    worse = card.is_worse_than(ModelCard.load(out))
    if worse:
        what = "the new model is worse on held-out posts: " + ", ".join(worse)
        raise ConfigError(
            [Problem(str(out), what, "keep the old one, add examples, or force it", "worse-model")]
        )
