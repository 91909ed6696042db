"""make bench: one table, and the same as JSON in bench/result.json."""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.inbox import SilentReader, inbox_to_commit, reading_alone
from bench.paced import paced
from bench.starting import cold_start_s, help_s
from leadbot.nlp import load_reader

AIMS = {
    "inbox_to_commit_per_s": "≥ 1500",
    "p99_ms_at_100": "≤ 100",
    "peak_rss_mb": "≤ 300",
    "help_s": "≤ 0.3",
}


def measure(*, count: int, seconds: float, console: Console) -> dict[str, Any]:
    """All figures, in one run, so that they can be compared with each other."""
    reader = load_reader()
    gc.freeze()  # as `leadbot run` does
    with console.status("reading"):
        reading = reading_alone(reader, count)
    with console.status("deciding and committing, with nothing to read"):
        commits = inbox_to_commit(SilentReader(), count)
    with console.status("inbox → committed decision"):
        whole = inbox_to_commit(reader, count)
    with console.status("10 posts a second"):
        slow = paced(10, seconds=seconds)
    with console.status("100 posts a second"):
        fast = paced(100, seconds=seconds)
    with console.status("cold start"):
        starting, helping = cold_start_s(), help_s()
    return {
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}",
        "inbox_to_commit_per_s": round(whole.per_s),
        "reading_per_s": round(reading.per_s),
        "deciding_and_commits_per_s": round(commits.per_s),
        "share_of_reading": round(whole.per_s / reading.per_s, 2),
        "share_of_commits": round(whole.per_s / commits.per_s, 2),
        "p50_ms_at_10": round(slow.p50_ms, 1),
        "p99_ms_at_10": round(slow.p99_ms, 1),
        "p50_ms_at_100": round(fast.p50_ms, 1),
        "p99_ms_at_100": round(fast.p99_ms, 1),
        "answered_at_100": f"{fast.answered} of {fast.posts}",
        "peak_rss_mb": round(max(slow.peak_rss_mb, fast.peak_rss_mb)),
        "cold_start_s": round(starting, 2),
        "help_s": round(helping, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed and memory of leadbot on this machine.")
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    chosen = parser.parse_args()
    console = Console(stderr=True)
    found = measure(count=chosen.posts, seconds=chosen.seconds, console=console)
    table = Table("what", "figure", "aim", title="leadbot on this machine")
    for name, value in found.items():
        table.add_row(name, str(value), AIMS.get(name, ""))
    console.print(table)
    text = json.dumps(found, indent=2)
    (Path(__file__).parent / "result.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
