"""Tunes the gate (`leadbot.nlp.gate`) on the written examples and a teacher's opinions. Needs torch.

In training a pattern is three vectors of the base model's 384 numbers; what they give with each piece is
worked out once afterwards and rounded to eight bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from leadbot.nlp.classifier import INTENTS
from leadbot.nlp.encoder import Floats
from leadbot.nlp.examples import Example
from leadbot.nlp.gate import WINDOW, Gate
from leadbot.nlp.opinions import Opinions
from leadbot.nlp.tune import (
    Course,
    Progress,
    base_model,
    goal_of,
    need_torch,
    new_net,
    pieces_of,
    run_of,
    shuffled,
)

PATTERNS = 128
LOST = 0.1  # share of the pieces left out at random while it learns
DROPPED = 0.3
DECAY = 0.3
UNKNOWN = 100  # the piece that stands for one left out
COURSE = Course(epochs=6, batch=64, rate=2e-3, name="tuning the gate")


def tune_gate(
    examples: Sequence[Example], opinions: Opinions | None, *, seed: int, on_progress: Progress
) -> Gate:
    """Tune the gate. The same seed, examples and opinions give the same weights on one machine."""
    need_torch()
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    base = base_model()
    words = new_net(base).encoder.embeddings.word_embeddings.weight.detach().float()
    words = (words - words.mean(0)) / words.std()
    words[base.pad] = 0.0
    net = _net(words)
    pieces = pieces_of(base, [example.text for example in examples])
    loss_of = goal_of(examples, opinions, COURSE)
    optimizer = torch.optim.AdamW(net.parameters(), lr=COURSE.rate, weight_decay=DECAY)
    steps = COURSE.epochs * -(-len(examples) // COURSE.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, COURSE.rate, total_steps=steps + 1, pct_start=0.1
    )
    order = np.random.default_rng(seed)
    done = 0
    net.train()
    for _ in range(COURSE.epochs):
        for run in shuffled(pieces, COURSE.batch, order):
            loss = loss_of(net(*run_of(base, pieces, run)), run)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            done += len(run)
            on_progress(COURSE.name, done, COURSE.epochs * len(examples))
    return _compiled(net, words)


def _net(words: Any) -> Any:
    import torch

    class Net(torch.nn.Module):  # type: ignore[misc]  # torch is not there when types are checked
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("words", words)
            self.patterns = torch.nn.Conv1d(words.shape[1], PATTERNS, WINDOW, padding=WINDOW // 2)
            self.head = torch.nn.Linear(2 * PATTERNS, len(INTENTS))
            self.drop = torch.nn.Dropout(DROPPED)

        def forward(self, ids: Any, mask: Any) -> Any:
            if self.training:
                ids = torch.where(torch.rand(ids.shape) < LOST, torch.full_like(ids, UNKNOWN), ids) * mask
            there = mask.unsqueeze(1).float()
            vectors = self.drop(self.words[ids]).transpose(1, 2) * there
            fits = torch.relu(self.patterns(vectors)) * there
            total = fits.sum(2) / there.sum(2).sqrt()
            return self.head(self.drop(torch.cat([fits.max(2).values, total], 1)))

    return Net()


def _compiled(net: Any, words: Any) -> Gate:
    """The table of what each piece adds to each pattern at each place, in 254 steps a pattern."""
    import torch

    with torch.no_grad():
        table = torch.einsum("pw,hwk->pkh", words, net.patterns.weight).numpy()
    # What hardly ever happens need not be told apart: the steps span all but the furthest in ten thousand.
    scale = (np.quantile(np.abs(table), 0.9999, axis=(0, 1)) / 127).astype(np.float32)
    rounded = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
    arrays: list[Floats] = [
        part.detach().numpy().astype(np.float32)
        for part in (net.patterns.bias, net.head.weight.T, net.head.bias)
    ]
    return Gate(rounded, scale, *arrays)
