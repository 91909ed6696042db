"""One table: ways to read a post, learnt from some authors and judged on others (and on --judge FILE).

Needs `pip install 'leadbot[encoder]'`. The intervals are 95 % of a bootstrap over the judged posts.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import process_time

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.nlp import ways
from leadbot.nlp.calibration import LEADS, Floats, fit, softmax
from leadbot.nlp.cascade import Doubt
from leadbot.nlp.classifier import INTENTS
from leadbot.nlp.examples import Example, read_examples, written_files
from leadbot.nlp.metrics import auroc, judge
from leadbot.nlp.train import halves_of

DRAWS = 300


def main() -> None:
    parser = argparse.ArgumentParser(description="Ways to read a post, against each other.")
    parser.add_argument("--rows", type=int, default=0, help="learn from so many posts only")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--judge", type=Path, action="append", default=[], help="also judge on this file")
    chosen = parser.parse_args()
    console = Console(stderr=True)
    learnt, unseen = halves_of([read_examples(file) for file in written_files()], chosen.seed)
    if chosen.rows:
        order = np.random.default_rng(chosen.seed).permutation(len(learnt))[: chosen.rows]
        learnt = [learnt[index] for index in order]
    sets = {"other authors": unseen, **{file.name: read_examples(file) for file in chosen.judge}}
    found = try_all(learnt, sets, seed=chosen.seed, console=console)
    out = Console()
    for name, rows in sets.items():
        out.print(table_of(f"{name}: {len(rows):,} posts, learnt from {len(learnt):,}", rows, found[name]))


def try_all(
    learnt: list[Example], sets: dict[str, list[Example]], *, seed: int, console: Console
) -> dict[str, dict[str, Floats]]:
    """Logits by set and way."""
    rows = [row for part in sets.values() for row in part]
    of: dict[str, Floats] = {}
    for name, way in (("TF-IDF + LR", ways.fast), ("frozen + LR", ways.frozen), ("SetFit", ways.contrastive)):
        began = process_time()
        of[name] = way(learnt, rows, seed)
        console.print(f"{name}: {process_time() - began:.0f} s of one core")
    began = process_time()
    careful = ways.tuned(learnt, seed, console.print)
    of["tuned"] = careful.logits([row.text for row in rows])
    console.print(f"tuned: {process_time() - began:.0f} s of one core")
    of["TF-IDF + frozen"] = of["TF-IDF + LR"] + of["frozen + LR"]
    of["tuned + 0.3 TF-IDF"] = of["tuned"] + np.float32(0.3) * of["TF-IDF + LR"]
    of["cascade of a backlog"] = _cascade(of["TF-IDF + LR"], of["tuned"], rows)
    edges = np.cumsum([0, *(len(part) for part in sets.values())])
    return {
        name: {way: logits[start:end] for way, logits in of.items()}
        for name, start, end in zip(sets, edges[:-1], edges[1:], strict=True)
    }


def _cascade(fast: Floats, careful: Floats, rows: list[Example]) -> Floats:
    labels = np.array([INTENTS.index(row.label) for row in rows])
    calibrated = fit(fast, labels)
    shares = calibrated.probabilities(fast)
    looked = Doubt().of(shares, calibrated.warmth(shares))
    mixed: Floats = np.where(looked[:, None], careful, fast)
    return mixed


def table_of(title: str, rows: list[Example], found: dict[str, Floats]) -> Table:
    """Accuracy, macro-F1 of the labels with 25 rows or more, lead ranking."""
    table = Table(
        "way", "accuracy", "macro-F1 (≥ 25)", "lead AUROC", "of 95 %", "precision at recall .75", title=title
    )
    labels = [row.label for row in rows]
    is_lead = np.isin([INTENTS.index(label) for label in labels], LEADS)
    for way, logits in found.items():
        shares = softmax(logits)
        warmth = shares[:, LEADS].sum(axis=1).astype(np.float64)
        figures = judge([INTENTS[k] for k in shares.argmax(axis=1)], warmth.tolist(), labels)
        low, high = _interval(warmth, is_lead)
        table.add_row(
            way,
            f"{figures.accuracy:.3f}",
            f"{figures.macro_f1_25:.3f}",
            f"{figures.lead_auroc:.3f}",
            f"{low:.3f}–{high:.3f}",
            f"{figures.precision_at_recall_75:.3f}",
        )
    return table


def _interval(warmth: np.ndarray, is_lead: np.ndarray) -> tuple[float, float]:
    chance = np.random.default_rng(0)
    drawn = []
    for _ in range(DRAWS):
        rows = chance.integers(len(warmth), size=len(warmth))
        drawn.append(auroc(warmth[rows], is_lead[rows]))
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return float(low), float(high)


if __name__ == "__main__":
    main()
