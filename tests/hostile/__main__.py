"""``python -m tests.hostile --lines 200000``: prints what became of them; exit code 1 if one is wrong."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from pathlib import Path

import structlog

from tests.hostile.run import flood


def say(line: str) -> None:
    """To the terminal."""
    sys.stdout.write(line + "\n")


def main() -> int:
    """Run it once."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile")
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcome = flood(Path(folder), asked.lines, seed=asked.seed)
    mb = [size / 1_048_576 for size in outcome.rss]
    say(f"{outcome.lines} lines in {time.monotonic() - began:.0f} s, seed {asked.seed}")
    say("  " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in outcome.counts.items()))
    say(f"  honest mentions: {outcome.honest} sent, {outcome.heard} heard")
    say(f"  set aside: {outcome.counted_aside} counted, the newest {outcome.kept} kept")
    say(f"  memory: {mb[0]:.1f} MB before, {mb[1]:.1f} MB after a tenth, {mb[2]:.1f} MB at the end")
    for problem in outcome.problems:
        say(f"  PROBLEM: {problem}")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
