"""What the reader does on this machine, in one table: python -m bench.reading [FILE.jsonl …]

Posts a second of the whole pipeline with a process on each core (as several workers would), for people who
come in ones and for a backlog; one post alone; memory; size of what ships. FILE: rows with `text`; else the
written posts that ship.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from leadbot import nlp
from leadbot.model import ReadRequest
from leadbot.nlp.buying import wants_to_buy
from leadbot.nlp.human import asks_for_human
from leadbot.nlp.optout import opt_out_of
from leadbot.nlp.reader import BACKLOG, SHIPPED, load_reader
from leadbot.nlp.signals import asks_price, is_question
from leadbot.nlp.slots import slots_in
from leadbot.nlp.text import Said, said, tokens

AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
DATA = Path(nlp.__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds for all posts in batches of one size; milliseconds of posts read alone; memory."""

    seconds: float
    alone_ms: tuple[float, ...]
    rss_mb: float


def read_all(texts: Sequence[str], size: int, alone: int, starts_at: float) -> Run:
    """Read `texts` in batches of `size`, then `alone` of them one by one. All processes begin together."""
    reader = load_reader()
    requests = [ReadRequest(text, AT, lang="en") for text in texts]
    reader.read(requests[:size])  # warm caches are the ordinary case
    time.sleep(max(0.0, starts_at - time.time()))
    began = time.perf_counter()
    for i in range(0, len(requests), size):
        reader.read(requests[i : i + size])
    took = time.perf_counter() - began
    spans = []
    for request in requests[:alone]:
        began = time.perf_counter()
        reader.read([request])
        spans.append((time.perf_counter() - began) * 1000)
    return Run(took, tuple(spans), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def per_s(texts: Sequence[str], *, size: int, processes: int) -> float:
    """Posts a second of all processes together."""
    starts_at = time.time() + 8.0
    with ProcessPoolExecutor(processes) as pool:
        runs = list(pool.map(read_all, *zip(*[(texts, size, 0, starts_at)] * processes, strict=True)))
    return processes * len(texts) / max(run.seconds for run in runs)


def shares(texts: Sequence[str]) -> list[tuple[str, float]]:
    """What everything but the models costs a post, in microseconds of processor time, dearest first."""
    posts = [said(text) for text in texts]
    day = AT.date()
    parts: dict[str, Callable[[Said], object]] = {
        "prepare the text": lambda post: tokens(said(post.typed).low),
        "opt-outs": lambda post: opt_out_of(post),
        "wishes for a person": lambda post: asks_for_human(post),
        "prices, buying, questions": lambda post: (asks_price(post), wants_to_buy(post), is_question(post)),
        "answers of all kinds": lambda post: slots_in(post, day),
    }
    found = []
    for name, part in parts.items():
        spans = []
        for _ in range(3):  # the best of three: other processes cool the caches
            began = time.process_time()
            for post in posts:
                part(post)
            spans.append(time.process_time() - began)
        found.append((name, min(spans) / len(posts) * 1e6))
    return sorted(found, key=lambda one: -one[1])


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed, memory and size of the reader on this machine.")
    parser.add_argument("files", nargs="*", type=Path, help="rows with `text`; the written posts if left out")
    parser.add_argument("--posts", type=int, default=2000, help="for each process")
    chosen = parser.parse_args()
    files = chosen.files or sorted(DATA.joinpath("written").glob("*.jsonl"))
    rows = [json.loads(line)["text"] for file in files for line in file.read_text("utf-8").splitlines()]
    texts = [rows[i] for i in np.random.default_rng(7).permutation(len(rows))]
    texts = list(islice(cycle(texts), chosen.posts))
    cores = os.cpu_count() or 1
    console = Console(stderr=True)
    with console.status("one post alone"), ProcessPoolExecutor(1) as pool:
        one = pool.submit(read_all, texts[:500], BACKLOG, 500, 0.0).result()
    with console.status("as people come, in ones"):
        ones = per_s(texts, size=BACKLOG, processes=cores)
    with console.status("a backlog"):
        backlog = per_s(texts, size=256, processes=cores)
    shipped = sum(f.stat().st_size for where in (SHIPPED, DATA) for f in where.rglob("*") if f.is_file())
    p50, p99 = np.percentile(one.alone_ms, [50, 99])
    table = Table("what", "figure", "aim", title=f"the reader on {cores} cores, {len(texts)} posts a process")
    table.add_row("backlog, posts/s", f"{backlog:,.0f}", "≥ 3,000")
    table.add_row("everybody with care, posts/s", f"{ones:,.0f}", "")
    table.add_row("one post, p50 and p99 ms", f"{p50:.1f}, {p99:.1f}", "p99 ≤ 12")
    table.add_row("resident MB", f"{one.rss_mb:.0f}", "≤ 300")
    table.add_row("model and data MB", f"{shipped / 1e6:.1f}", "≤ 60")
    rules = Table("everything but the models", "µs a post", title="processor time of rules and answers")
    for name, micros in shares(texts):
        rules.add_row(name, f"{micros:.0f}")
    Console().print(table, rules)


if __name__ == "__main__":
    main()
