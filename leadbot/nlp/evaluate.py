"""Judges a reader on labelled posts, as it would read them in earnest, and says how fast it was."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from time import perf_counter

from leadbot.model import LEAD_INTENTS, Intent, Reading, ReadRequest
from leadbot.nlp.calibration import REAL_SHARES
from leadbot.nlp.examples import Example
from leadbot.nlp.metrics import THRESHOLD, Judgement, judge
from leadbot.nlp.reader import BACKLOG
from leadbot.ports import Reader

WORST = 20
ASSUMED = sum(REAL_SHARES[intent] for intent in LEAD_INTENTS)  # the share of leads warmth is calibrated for
_AT = datetime(2026, 1, 15, 12, tzinfo=UTC)  # a fixed day: intents do not depend on it
_BATCH = BACKLOG  # as they are read while nothing has piled up


@dataclass(frozen=True, slots=True)
class Mistake:
    """A post read wrongly, and how sure the reader was of it."""

    text: str
    label: Intent
    found: Intent
    probability: float
    warmth: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures, the speed, and the surest mistakes, worst first."""

    judgement: Judgement
    posts_per_s: float
    worst: tuple[Mistake, ...]

    def as_dict(self) -> dict[str, object]:
        """The figures by name: n, accuracy, macro_f1, macro_f1_25, lead_auroc, …, labels, confusion,
        posts_per_s; None for nan.
        """
        figures = {name: _plain(value) for name, value in asdict(self.judgement).items()}
        return {**figures, "posts_per_s": round(self.posts_per_s)}

    def as_json(self) -> str:
        """`as_dict` as JSON."""
        return json.dumps(self.as_dict(), indent=1)


def evaluate(
    reader: Reader,
    rows: Sequence[Example],
    *,
    threshold: float = THRESHOLD,
    prior: float | None = None,
    on_read: Callable[[int], object] = lambda _: None,
) -> Evaluation:
    """Read every row as an English post and compare. The speed includes everything `read` does.

    prior: the share of leads to read by instead of the one that warmth was calibrated for.
    on_read: called with how many rows more have been read.
    """
    requests = [ReadRequest(row.text, _AT, lang="en") for row in rows]
    reader.read(requests[:_BATCH])  # warm caches are the ordinary case
    began = perf_counter()
    readings: list[Reading] = []
    for i in range(0, len(rows), _BATCH):
        readings.extend(reader.read(requests[i : i + _BATCH]))
        on_read(len(requests[i : i + _BATCH]))
    took = perf_counter() - began
    labels = [row.label for row in rows]
    judgement = judge(
        [r.intent for r in readings],
        [r.warmth for r in readings],
        labels,
        threshold=threshold,
        assumed=ASSUMED,
        prior=prior,
    )
    return Evaluation(judgement, len(rows) / took if took else 0.0, _worst(rows, readings))


def _worst(rows: Sequence[Example], readings: Sequence[Reading]) -> tuple[Mistake, ...]:
    mistakes = [
        Mistake(
            row.text,
            row.label,
            reading.intent,
            dict(reading.probabilities).get(reading.intent, 1.0),
            reading.warmth,
            tuple(word for word, _ in reading.why),
        )
        for row, reading in zip(rows, readings, strict=True)
        if reading.intent is not row.label
    ]
    return tuple(sorted(mistakes, key=lambda mistake: -mistake.probability)[:WORST])


def _plain(value: object) -> object:
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    return value
